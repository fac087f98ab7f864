use crate::fixtures::{World, at, bytes, execute, hash, project, uuid};
use lockwork_model::ids::{PublishableKeyId, SessionSigningKeyId};
use lockwork_model::projects::Project;
use lockwork_model::publishable_keys::PublishableKey;
use lockwork_model::session_signing_keys::SessionSigningKey;
use lockwork_store::StoreError;
use lockwork_store::system::Instance;
use lockwork_testkit::on_both;

fn instance() -> Instance {
    Instance {
        pepper_fingerprint: hash(),
        page_token_key: bytes().to_vec(),
        console_project: None,
        created_at: at(1),
    }
}

on_both! {
    async fn the_first_instance_row_stays(db: TestDatabase) {
        let store = db.store();
        assert!(store.read().await.unwrap().system().instance().await.unwrap().is_none());
        let first = instance();
        for (row, inserted) in [(&first, true), (&instance(), false)] {
            let mut tx = store.begin().await.unwrap();
            assert_eq!(tx.system().insert_instance(row).await.unwrap(), inserted);
            tx.commit_unaudited(at(1)).await.unwrap();
        }
        let found = store.read().await.unwrap().system().instance().await.unwrap().unwrap();
        assert_eq!(found.pepper_fingerprint, first.pepper_fingerprint);
        assert_eq!(found.page_token_key, first.page_token_key);
        assert_eq!((found.console_project, found.created_at), (None, first.created_at));
    }

    async fn the_console_s_project_is_named_once_and_is_not_the_first_project(db: TestDatabase) {
        let world = World::of(&db).await;
        let later = Project { created_at: at(100), ..project() };
        let mut tx = world.begin().await;
        tx.system().insert_instance(&instance()).await.unwrap();
        assert!(tx.system().set_console_project(world.project.id).await.unwrap());
        assert!(!tx.system().set_console_project(later.id).await.unwrap());
        assert!(tx.system().first_project().await.unwrap().is_none());
        tx.system().insert_project(&later).await.unwrap();
        tx.system().insert_project(&Project { created_at: at(101), ..project() }).await.unwrap();
        tx.commit_unaudited(at(1)).await.unwrap();
        let mut conn = world.read().await;
        assert_eq!(conn.system().instance().await.unwrap().unwrap().console_project, Some(world.project.id));
        assert_eq!(conn.system().first_project().await.unwrap().unwrap().id, later.id);
        assert_eq!(conn.system().find_project(later.id).await.unwrap(), Some(later));
        assert_eq!(conn.system().find_project(project().id).await.unwrap(), None);
    }

    async fn signing_keys_come_newest_first(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        assert_eq!(world.read().await.system().any_signing_key().await.unwrap(), None);
        let key = |time| SessionSigningKey {
            id: SessionSigningKeyId::from_uuid(uuid()),
            public_key: bytes().to_vec(),
            sealed_private_key: bytes().to_vec(),
            created_at: at(time),
        };
        let (old, new) = (key(1), key(2));
        let mut tx = world.begin().await;
        for (project, key) in [(world.project.id, &old), (world.project.id, &new), (other.project.id, &key(3))] {
            tx.system().insert_signing_key(project, key).await.unwrap();
        }
        tx.commit_unaudited(at(1)).await.unwrap();
        let mut conn = world.read().await;
        assert_eq!(conn.system().signing_keys(world.project.id).await.unwrap(), [new.clone(), old.clone()]);
        assert!(conn.system().any_signing_key().await.unwrap().is_some());
        let mut tx = world.begin().await;
        assert!(!tx.system().delete_signing_key(other.project.id, old.id).await.unwrap());
        assert!(tx.system().delete_signing_key(world.project.id, old.id).await.unwrap());
        assert!(!tx.system().delete_signing_key(world.project.id, old.id).await.unwrap());
        assert_eq!(tx.system().signing_keys(world.project.id).await.unwrap(), [new]);
        let orphan = tx.system().insert_signing_key(project().id, &key(4)).await;
        assert!(matches!(orphan, Err(StoreError::Dangling(_))), "{orphan:?}");
    }

    async fn the_first_publishable_key_is_the_oldest(db: TestDatabase) {
        let world = World::of(&db).await;
        assert_eq!(world.read().await.system().first_publishable_key(world.project.id).await.unwrap(), None);
        let key = |time| PublishableKey {
            id: PublishableKeyId::from_uuid(uuid()),
            display_name: String::new(),
            cross_domain_mode: false,
            created_at: at(time),
            updated_at: at(time),
        };
        let (new, old) = (key(2), key(1));
        let mut tx = world.begin().await;
        tx.publishable_keys(&world.scope).insert(&new).await.unwrap();
        tx.publishable_keys(&world.scope).insert(&old).await.unwrap();
        tx.commit_unaudited(at(1)).await.unwrap();
        let mut conn = world.read().await;
        assert_eq!(conn.system().first_publishable_key(world.project.id).await.unwrap(), Some(old.id));
    }

    async fn a_ping_tells_whether_the_database_answers(db: TestDatabase) {
        let store = db.store();
        store.read().await.unwrap().system().ping().await.unwrap();
        execute(&store, "DELETE FROM change_floor").await;
        store.read().await.unwrap().system().ping().await.unwrap_err();
        store.close().await;
        assert!(matches!(store.read().await.err(), Some(StoreError::Unavailable(_))));
        assert!(matches!(store.begin().await.err(), Some(StoreError::Unavailable(_))));
    }
}
