use crate::fixtures::{BY_ALL, ROWS, World, assert_pages, at, uuid};
use lockwork_model::ids::PublishableKeyId;
use lockwork_model::page::PageRequest;
use lockwork_model::publishable_keys::PublishableKey;
use lockwork_testkit::on_both;

fn key() -> PublishableKey {
    PublishableKey {
        id: PublishableKeyId::from_uuid(uuid()),
        display_name: "Key".into(),
        cross_domain_mode: true,
        created_at: at(1),
        updated_at: at(2),
    }
}

async fn insert(world: &World, key: &PublishableKey) {
    let mut tx = world.begin().await;
    tx.publishable_keys(&world.scope).insert(key).await.unwrap();
    tx.commit_unaudited(at(0)).await.unwrap();
}

async fn find(world: &World, key: &PublishableKey) -> Option<PublishableKey> {
    world.read().await.publishable_keys(&world.scope).find(key.id).await.unwrap()
}

on_both! {
    async fn a_key_is_written_changed_and_deleted(db: TestDatabase) {
        let world = World::of(&db).await;
        let key = key();
        insert(&world, &key).await;
        assert_eq!(find(&world, &key).await.as_ref(), Some(&key));
        let changed =
            PublishableKey { display_name: "Renamed".into(), cross_domain_mode: false, updated_at: at(9), ..key };
        let mut tx = world.begin().await;
        tx.publishable_keys(&world.scope).update(&changed).await.unwrap();
        let found = tx.publishable_keys(&world.scope).find_for_update(changed.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&changed));
        tx.publishable_keys(&world.scope).delete(changed.id).await.unwrap();
        tx.commit_unaudited(at(9)).await.unwrap();
        assert_eq!(find(&world, &changed).await, None);
    }

    async fn pages_follow_on_each_other_in_every_order(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let mut rows = Vec::new();
        for (name, time) in ROWS {
            let row = PublishableKey { display_name: name.into(), created_at: at(time), ..key() };
            insert(&world, &row).await;
            insert(&other, &key()).await;
            rows.push(row);
        }
        let order = |row: &PublishableKey| (row.created_at, row.display_name.clone(), row.id.uuid());
        assert_pages(&rows, BY_ALL, order, async |page| {
            world.read().await.publishable_keys(&world.scope).list(None, page).await.unwrap()
        })
        .await;
        let mut conn = world.read().await;
        let named = conn.publishable_keys(&world.scope).list(Some("b".into()), &PageRequest::default()).await.unwrap();
        assert_eq!(named.items.len(), 2);
        assert!(named.items.iter().all(|row| row.display_name == "b"));
    }

    async fn another_project_s_key_is_out_of_reach(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let theirs = key();
        insert(&other, &theirs).await;
        assert_eq!(find(&world, &theirs).await, None);
        let mut tx = world.begin().await;
        let mut mine = tx.publishable_keys(&world.scope);
        assert_eq!(mine.find_for_update(theirs.id).await.unwrap(), None);
        mine.update(&PublishableKey { display_name: "Stolen".into(), ..theirs.clone() }).await.unwrap();
        mine.delete(theirs.id).await.unwrap();
        tx.commit_unaudited(at(9)).await.unwrap();
        assert_eq!(find(&other, &theirs).await.as_ref(), Some(&theirs));
        let found = world.read().await.system().find_publishable_key(theirs.id).await.unwrap();
        assert_eq!(found, Some((other.project.id, theirs)));
    }
}
