use crate::fixtures::{BY_ALL, ROWS, World, assert_pages, at, execute, follow, limits, plan};
use lockwork_model::api_keys::ApiKey;
use lockwork_model::changes::{Change, ChangeKind};
use lockwork_model::organizations::Organization;
use lockwork_model::page::PageRequest;
use lockwork_model::plans::Plan;
use lockwork_model::verification::PlanFacts;
use lockwork_store::StoreError;
use lockwork_store::feed::Feed;
use lockwork_store::plans::{PlanFilter, PlanUsage};
use lockwork_testkit::on_both;

on_both! {
    async fn a_plan_is_found_as_it_was_written_changed_and_deleted_and_verification_learns_of_each(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        let plan = world.insert_plan("Pro").await;
        let told = [Change { kind: ChangeKind::Plan, entity: plan.id.uuid(), detail: None }];
        assert_eq!(follow(&mut feed, &world.store).await, told);
        let mut tx = world.begin().await;
        assert_eq!(tx.plans(&world.scope).find_for_update(plan.id).await.unwrap().as_ref(), Some(&plan));
        let changed = Plan {
            display_name: "Max".into(),
            description: String::new(),
            limits: Vec::new(),
            updated_at: at(50),
            ..plan.clone()
        };
        tx.plans(&world.scope).update(&changed).await.unwrap();
        tx.commit_unaudited(at(50)).await.unwrap();
        assert_eq!(follow(&mut feed, &world.store).await, told);
        let mut conn = world.read().await;
        assert_eq!(conn.plans(&world.scope).find(plan.id).await.unwrap(), Some(changed));
        let mut tx = world.begin().await;
        tx.plans(&world.scope).delete(plan.id).await.unwrap();
        tx.commit_unaudited(at(51)).await.unwrap();
        assert_eq!(follow(&mut feed, &world.store).await, told);
        assert_eq!(conn.plans(&world.scope).find(plan.id).await.unwrap(), None);
    }

    async fn pages_follow_on_each_other_in_every_order(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        other.insert_plan("b").await;
        let mut rows = Vec::new();
        for (name, time) in ROWS {
            let row = Plan { created_at: at(time), ..plan(name) };
            let mut tx = world.begin().await;
            tx.plans(&world.scope).insert(&row).await.unwrap();
            tx.commit_unaudited(at(0)).await.unwrap();
            rows.push(row);
        }
        let key = |row: &Plan| (row.created_at, row.display_name.clone(), row.id.uuid());
        assert_pages(&rows, BY_ALL, key, async |page| {
            world.read().await.plans(&world.scope).list(&PlanFilter::default(), page).await.unwrap()
        })
        .await;
        let named = PlanFilter { display_name: Some("b".into()) };
        let page = world.read().await.plans(&world.scope).list(&named, &PageRequest::default()).await.unwrap();
        assert_eq!(page.items.len(), 2);
    }

    async fn another_project_s_plan_is_out_of_reach(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let theirs = other.insert_plan("Theirs").await;
        other.insert_key(&ApiKey { plan: Some(theirs.id), ..other.key() }, &[]).await;
        let mut tx = world.begin().await;
        let mut mine = tx.plans(&world.scope);
        assert_eq!(mine.find(theirs.id).await.unwrap(), None);
        assert_eq!(mine.find_for_update(theirs.id).await.unwrap(), None);
        assert_eq!(mine.usage(theirs.id).await.unwrap(), PlanUsage::default());
        mine.update(&Plan { display_name: "Stolen".into(), ..theirs.clone() }).await.unwrap();
        mine.delete(theirs.id).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(other.read().await.plans(&other.scope).find(theirs.id).await.unwrap(), Some(theirs));
    }

    async fn whoever_has_a_plan_is_counted_and_keeps_it_from_being_deleted(db: TestDatabase) {
        let world = World::of(&db).await;
        let plan = world.insert_plan("Pro").await;
        let usage = async || world.read().await.plans(&world.scope).usage(plan.id).await.unwrap();
        assert_eq!(usage().await, PlanUsage { organizations: 0, api_keys: 0 });
        for _ in 0..3 {
            world.insert_key(&ApiKey { plan: Some(plan.id), ..world.key() }, &[]).await;
        }
        world.insert_key(&world.key(), &[]).await;
        let mut tx = world.begin().await;
        let with_plan = Organization { plan: Some(plan.id), ..world.organization.clone() };
        tx.organizations(&world.scope).update(&with_plan).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(usage().await, PlanUsage { organizations: 1, api_keys: 3 });
        let mut tx = world.begin().await;
        let refused = tx.plans(&world.scope).delete(plan.id).await;
        assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
    }

    async fn verification_reads_each_plan_s_limits_and_never_takes_a_broken_one_for_none(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let mut wanted = Vec::new();
        for world in [&world, &other] {
            let plan = world.insert_plan("Pro").await;
            wanted.push(PlanFacts { id: plan.id, limits: limits() });
        }
        wanted.sort_by_key(|facts| facts.id);
        let mut conn = world.read().await;
        let mut all = conn.all_plan_facts().await.unwrap();
        all.sort_by_key(|facts| facts.id);
        assert_eq!(all, wanted);
        assert_eq!(conn.plan_facts(wanted[0].id).await.unwrap().as_ref(), Some(&wanted[0]));
        assert_eq!(conn.plan_facts(plan("").id).await.unwrap(), None);
        for broken in ["", "{}", "[{\"name\":\"a\"}]"] {
            execute(&world.store, &format!("UPDATE plans SET limits = '{broken}'")).await;
            let error = conn.plan_facts(wanted[0].id).await.unwrap_err();
            assert!(matches!(error, StoreError::Corrupt { column: "limits", .. }), "{error:?}");
            assert!(matches!(conn.all_plan_facts().await, Err(StoreError::Corrupt { .. })));
        }
    }
}
