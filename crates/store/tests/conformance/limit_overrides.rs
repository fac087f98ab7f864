use crate::fixtures::{BY_ID_AND_TIME, World, assert_pages, at, execute, follow, uuid};
use lockwork_model::changes::{Change, ChangeKind};
use lockwork_model::ids::LimitOverrideId;
use lockwork_model::limit_overrides::{Identifier, LimitOverride};
use lockwork_model::limits::{AMOUNT_MAX, Rate};
use lockwork_model::page::PageRequest;
use lockwork_model::verification::LimitOverrideFacts;
use lockwork_store::StoreError;
use lockwork_store::feed::Feed;
use lockwork_store::limit_overrides::LimitOverrideFilter;
use lockwork_testkit::on_both;

fn of(namespace: &str, identifier: &str) -> LimitOverride {
    LimitOverride {
        id: LimitOverrideId::from_uuid(uuid()),
        identifier: Identifier::new("", namespace, identifier.into()).unwrap(),
        limit: 10,
        rate: Rate::Window { seconds: 60 },
        created_at: at(1),
        updated_at: at(2),
    }
}

async fn insert(world: &World, limit_override: &LimitOverride) -> Result<(), StoreError> {
    let mut tx = world.begin().await;
    tx.limit_overrides(&world.scope).insert(limit_override).await?;
    tx.commit_unaudited(at(0)).await
}

on_both! {
    async fn an_override_is_found_as_it_was_written_changed_and_deleted_and_verification_learns_of_each(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        let first = of("logins", "203.0.113.7");
        insert(&world, &first).await.unwrap();
        let told = [Change { kind: ChangeKind::LimitOverride, entity: first.id.uuid(), detail: None }];
        assert_eq!(follow(&mut feed, &world.store).await, told);
        for (limit, rate) in [
            (0, Rate::Window { seconds: 31_536_000 }),
            (AMOUNT_MAX, Rate::Bucket { seconds: 1, burst: AMOUNT_MAX }),
            (1, Rate::Window { seconds: 1 }),
        ] {
            let changed = LimitOverride { limit, rate, updated_at: at(50), ..first.clone() };
            let mut tx = world.begin().await;
            assert!(tx.limit_overrides(&world.scope).find_for_update(first.id).await.unwrap().is_some());
            tx.limit_overrides(&world.scope).update(&changed).await.unwrap();
            tx.commit_unaudited(at(50)).await.unwrap();
            assert_eq!(follow(&mut feed, &world.store).await, told);
            let mut conn = world.read().await;
            let facts = LimitOverrideFacts {
                id: first.id,
                project: world.project.id,
                identifier: first.identifier.clone(),
                limit,
                rate,
            };
            assert_eq!(conn.limit_overrides(&world.scope).find(first.id).await.unwrap(), Some(changed));
            assert_eq!(conn.limit_override_facts(first.id).await.unwrap().as_ref(), Some(&facts));
            assert_eq!(conn.all_limit_override_facts().await.unwrap(), [facts]);
        }
        let mut tx = world.begin().await;
        tx.limit_overrides(&world.scope).delete(first.id).await.unwrap();
        tx.commit_unaudited(at(51)).await.unwrap();
        assert_eq!(follow(&mut feed, &world.store).await, told);
        let mut conn = world.read().await;
        assert_eq!(conn.limit_overrides(&world.scope).find(first.id).await.unwrap(), None);
        assert_eq!(conn.limit_override_facts(first.id).await.unwrap(), None);
    }

    async fn an_identifier_has_one_override_in_each_namespace_of_each_project(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        insert(&world, &of("logins", "a")).await.unwrap();
        insert(&world, &of("logins", "A")).await.unwrap();
        insert(&world, &of("exports", "a")).await.unwrap();
        insert(&other, &of("logins", "a")).await.unwrap();
        let twice = insert(&world, &of("logins", "a")).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
    }

    async fn the_list_comes_in_pages_and_is_narrowed_by_namespace_and_identifier(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        insert(&other, &of("logins", "0")).await.unwrap();
        let mut rows = Vec::new();
        for index in 0..8_i64 {
            let namespace = ["logins", "exports"][index as usize % 2];
            let row = LimitOverride { created_at: at(index / 3), ..of(namespace, &(index / 2).to_string()) };
            insert(&world, &row).await.unwrap();
            rows.push(row);
        }
        let list = async |filter: &LimitOverrideFilter, page: &PageRequest| {
            world.read().await.limit_overrides(&world.scope).list(filter, page).await.unwrap()
        };
        let key = |row: &LimitOverride| (row.created_at, String::new(), row.id.uuid());
        assert_pages(&rows, BY_ID_AND_TIME, key, async |page| list(&LimitOverrideFilter::default(), page).await).await;
        let logins = LimitOverrideFilter { namespace: "logins".parse().ok(), identifier: None };
        assert_eq!(list(&logins, &PageRequest::default()).await.items.len(), 4);
        let one = LimitOverrideFilter { identifier: Some("2".into()), ..logins };
        assert_eq!(list(&one, &PageRequest::default()).await.items, [rows[4].clone()]);
    }

    async fn another_project_s_override_is_out_of_reach(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let theirs = of("logins", "a");
        insert(&other, &theirs).await.unwrap();
        let mut tx = world.begin().await;
        let mut mine = tx.limit_overrides(&world.scope);
        assert_eq!(mine.find(theirs.id).await.unwrap(), None);
        assert_eq!(mine.find_for_update(theirs.id).await.unwrap(), None);
        mine.update(&LimitOverride { limit: 99, ..theirs.clone() }).await.unwrap();
        mine.delete(theirs.id).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        let found = other.read().await.limit_overrides(&other.scope).find(theirs.id).await.unwrap();
        assert_eq!(found, Some(theirs));
    }

    async fn an_amount_that_cannot_be_is_corrupt(db: TestDatabase) {
        let world = World::of(&db).await;
        let row = of("logins", "a");
        insert(&world, &row).await.unwrap();
        execute(&world.store, "UPDATE limit_overrides SET max_amount = -1").await;
        let error = world.read().await.limit_override_facts(row.id).await.unwrap_err();
        let wanted = format!("limit_overrides row {}: column max_amount is corrupt", row.id.uuid());
        assert_eq!(error.to_string(), wanted);
    }
}
