use crate::fixtures::{World, at, execute, number, project, scope};
use lockwork_model::api_keys::Lifetime;
use lockwork_model::projects::Project;
use lockwork_store::StoreError;
use lockwork_testkit::on_both;

on_both! {
    async fn a_project_is_found_as_it_was_written(db: TestDatabase) {
        let world = World::of(&db).await;
        let found = world.read().await.projects(&world.scope).find().await.unwrap();
        assert_eq!(found.as_ref(), Some(&world.project));
        let mut tx = world.begin().await;
        assert_eq!(tx.projects(&world.scope).find_for_update().await.unwrap(), found);
        let nobody = scope(project().id);
        assert_eq!(tx.projects(&nobody).find().await.unwrap(), None);
    }

    async fn an_update_changes_the_project_and_no_other(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let renamed = Project {
            display_name: "Renamed".into(),
            api_keys_enabled: false,
            api_key_prefix: None,
            max_key_lifetime: Lifetime::from_seconds(86_400),
            time_zone: "Europe/Berlin".parse().unwrap(),
            updated_at: at(9),
            ..world.project.clone()
        };
        let mut tx = world.begin().await;
        tx.projects(&world.scope).update(&renamed).await.unwrap();
        tx.commit_unaudited(at(9)).await.unwrap();
        assert_eq!(world.read().await.projects(&world.scope).find().await.unwrap(), Some(renamed));
        assert_eq!(world.read().await.projects(&other.scope).find().await.unwrap(), Some(other.project));
    }

    async fn a_scope_changes_its_own_project_whatever_it_is_handed(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let stolen = Project { display_name: "Stolen".into(), ..other.project.clone() };
        let mut tx = world.begin().await;
        tx.projects(&world.scope).update(&stolen).await.unwrap();
        tx.commit_unaudited(at(9)).await.unwrap();
        assert_eq!(world.read().await.projects(&other.scope).find().await.unwrap(), Some(other.project));
    }

    async fn every_prefix_that_was_ever_used_is_remembered_once(db: TestDatabase) {
        let world = World::of(&db).await;
        for (step, prefix) in ["b_", "acme_sk_", "b_", "a_"].into_iter().enumerate() {
            let changed = Project {
                api_key_prefix: Some(prefix.parse().unwrap()),
                updated_at: at(10 + step as i64),
                ..world.project.clone()
            };
            let mut tx = world.begin().await;
            tx.projects(&world.scope).update(&changed).await.unwrap();
            tx.commit_unaudited(changed.updated_at).await.unwrap();
        }
        let facts = world.read().await.project_facts(world.project.id).await.unwrap().unwrap();
        assert_eq!(facts.prefix, Some("a_".parse().unwrap()));
        let prefixes: Vec<&str> = facts.prefixes.iter().map(|prefix| prefix.as_str()).collect();
        assert_eq!(prefixes, ["acme_sk_", "b_", "a_"]);
        assert_eq!(world.count("project_api_key_prefixes").await, 3);
    }

    async fn two_projects_cannot_share_a_vault_domain(db: TestDatabase) {
        let world = World::of(&db).await;
        let twin = Project { vault_domain: world.project.vault_domain.clone(), ..project() };
        let mut tx = world.begin().await;
        let refused = tx.system().insert_project(&twin).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused:?}");
    }

    async fn keys_cannot_be_on_without_a_prefix(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut tx = world.begin().await;
        tx.system().insert_project(&Project { api_key_prefix: None, ..project() }).await.unwrap_err();
        drop(tx);
        assert_eq!(number(&world.store, "SELECT COUNT(*) FROM projects").await, 1);
    }

    async fn a_longest_life_and_a_time_zone_are_kept_from_the_beginning(db: TestDatabase) {
        let strict = Project {
            max_key_lifetime: Lifetime::from_seconds(Lifetime::MAX_SECONDS),
            time_zone: "America/St_Johns".parse().unwrap(),
            ..project()
        };
        let mut tx = db.store().begin().await.unwrap();
        tx.system().insert_project(&strict).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        let mut conn = db.store().read().await.unwrap();
        assert_eq!(conn.system().find_project(strict.id).await.unwrap(), Some(strict));
    }

    async fn a_time_zone_or_a_longest_life_that_cannot_be_is_corrupt(db: TestDatabase) {
        let world = World::of(&db).await;
        for (column, value) in [("max_key_lifetime_seconds", "0"), ("time_zone", "'Mars/Olympus'")] {
            execute(&world.store, &format!("UPDATE projects SET {column} = {value}")).await;
            let error = world.read().await.projects(&world.scope).find().await.unwrap_err();
            let wanted = format!("projects row {}: column {column} is corrupt", world.project.id.uuid());
            assert_eq!(error.to_string(), wanted);
            execute(&world.store, "UPDATE projects SET max_key_lifetime_seconds = NULL").await;
        }
    }
}
