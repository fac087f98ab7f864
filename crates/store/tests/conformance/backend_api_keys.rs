use crate::fixtures::{BY_ALL, ROWS, World, assert_pages, at, hash, uuid};
use lockwork_model::access::BackendKeyScope;
use lockwork_model::backend_api_keys::BackendApiKey;
use lockwork_model::ids::BackendApiKeyId;
use lockwork_model::page::PageRequest;
use lockwork_store::StoreError;
use lockwork_store::backend_api_keys::BackendApiKeyFilter;
use lockwork_testkit::on_both;

fn key() -> BackendApiKey {
    BackendApiKey {
        id: BackendApiKeyId::from_uuid(uuid()),
        display_name: "Key".into(),
        scope: BackendKeyScope::Full,
        secret_hash: hash(),
        revoked_at: None,
        created_at: at(1),
        updated_at: at(2),
    }
}

async fn insert(world: &World, key: &BackendApiKey) -> Result<(), StoreError> {
    let mut tx = world.begin().await;
    tx.backend_api_keys(&world.scope).insert(key).await?;
    tx.commit_unaudited(at(0)).await
}

async fn find(world: &World, key: &BackendApiKey) -> Option<BackendApiKey> {
    world.read().await.backend_api_keys(&world.scope).find(key.id).await.unwrap()
}

on_both! {
    async fn a_key_of_each_scope_is_found_as_it_was_written(db: TestDatabase) {
        let world = World::of(&db).await;
        for scope in BackendKeyScope::ALL {
            let key = BackendApiKey { scope, revoked_at: Some(at(9)), ..key() };
            insert(&world, &key).await.unwrap();
            let mut tx = world.begin().await;
            let found = tx.backend_api_keys(&world.scope).find_for_update(key.id).await.unwrap();
            assert_eq!(found.as_ref(), Some(&key));
            drop(tx);
            assert_eq!(find(&world, &key).await, Some(key));
        }
    }

    async fn a_key_is_renamed_revoked_and_deleted(db: TestDatabase) {
        let world = World::of(&db).await;
        let key = key();
        insert(&world, &key).await.unwrap();
        let changed = BackendApiKey { display_name: "Renamed".into(), ..key }.revoked(at(30));
        let mut tx = world.begin().await;
        tx.backend_api_keys(&world.scope).update(&changed).await.unwrap();
        tx.commit_unaudited(at(30)).await.unwrap();
        assert_eq!(find(&world, &changed).await.as_ref(), Some(&changed));
        let mut tx = world.begin().await;
        tx.backend_api_keys(&world.scope).delete(&changed).await.unwrap();
        tx.commit_unaudited(at(31)).await.unwrap();
        assert_eq!(find(&world, &changed).await, None);
    }

    async fn pages_follow_on_each_other_in_every_order(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let mut rows = Vec::new();
        for (name, time) in ROWS {
            let row = BackendApiKey { display_name: name.into(), created_at: at(time), ..key() };
            insert(&world, &row).await.unwrap();
            insert(&other, &key()).await.unwrap();
            rows.push(row);
        }
        let order = |row: &BackendApiKey| (row.created_at, row.display_name.clone(), row.id.uuid());
        assert_pages(&rows, BY_ALL, order, async |page| {
            let mut conn = world.read().await;
            conn.backend_api_keys(&world.scope).list(BackendApiKeyFilter::default(), page).await.unwrap()
        })
        .await;
    }

    async fn filters_narrow_the_list(db: TestDatabase) {
        let world = World::of(&db).await;
        let (a, b) = (key(), BackendApiKey { display_name: "key".into(), ..key() }.revoked(at(9)));
        insert(&world, &a).await.unwrap();
        insert(&world, &b).await.unwrap();
        let list = async |name: Option<&str>, revoked| {
            let filter = BackendApiKeyFilter { display_name: name.map(Into::into), revoked };
            let mut conn = world.read().await;
            conn.backend_api_keys(&world.scope).list(filter, &PageRequest::default()).await.unwrap().items
        };
        assert_eq!(list(Some("Key"), None).await, std::slice::from_ref(&a));
        assert_eq!(list(None, Some(false)).await, [a]);
        assert_eq!(list(None, Some(true)).await, std::slice::from_ref(&b));
        assert_eq!(list(Some("Key"), Some(true)).await, []);
        assert_eq!(list(Some("key"), Some(true)).await, [b]);
    }

    async fn another_project_s_key_is_out_of_reach(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let theirs = key();
        insert(&other, &theirs).await.unwrap();
        assert_eq!(find(&world, &theirs).await, None);
        let mut tx = world.begin().await;
        let mut mine = tx.backend_api_keys(&world.scope);
        assert_eq!(mine.find_for_update(theirs.id).await.unwrap(), None);
        mine.update(&theirs.clone().revoked(at(9))).await.unwrap();
        mine.delete(&theirs).await.unwrap();
        tx.commit_unaudited(at(9)).await.unwrap();
        assert_eq!(find(&other, &theirs).await, Some(theirs));
    }

    async fn a_hash_comes_once(db: TestDatabase) {
        let world = World::of(&db).await;
        let first = key();
        insert(&world, &first).await.unwrap();
        let twice = insert(&world, &BackendApiKey { secret_hash: first.secret_hash, ..key() }).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
    }
}
