use crate::fixtures::{World, at, event, follow, organization};
use lockwork_model::api_keys::{ApiKey, Lifecycle};
use lockwork_store::feed::Feed;
use lockwork_store::{Audit, StoreError};
use lockwork_testkit::databases::TestDatabase;
use lockwork_testkit::on_both;

on_both! {
    async fn a_dropped_transaction_leaves_nothing(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        let key = world.key();
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).insert(&key, &[]).await.unwrap();
        assert!(tx.api_keys(&world.scope).find(key.id).await.unwrap().is_some());
        drop(tx);
        assert_eq!(world.find_key(key.id).await, None);
        assert_eq!(follow(&mut feed, &world.store).await, []);
        world.insert_key(&key, &[]).await;
        assert_eq!(world.find_key(key.id).await, Some(key));
    }

    async fn a_failed_statement_fails_the_whole_transaction(db: TestDatabase) {
        let world = World::of(&db).await;
        let key = world.key();
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).insert(&key, &[]).await.unwrap();
        tx.api_keys(&world.scope).insert(&key, &[]).await.unwrap_err();
        drop(tx);
        assert_eq!(world.find_key(key.id).await, None);
    }

    async fn nobody_sees_a_change_before_its_commit(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        let key = world.key();
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).insert(&key, &[]).await.unwrap();
        assert_eq!(world.find_key(key.id).await, None);
        assert_eq!(follow(&mut feed, &world.store).await, []);
        tx.commit(Audit::of(&world.scope, event(at(0))), at(0)).await.unwrap();
        assert_eq!(world.find_key(key.id).await, Some(key));
        assert_eq!(follow(&mut feed, &world.store).await.len(), 1);
    }

    async fn two_that_change_one_key_go_one_after_the_other(db: TestDatabase) {
        let world = World::of(&db).await;
        let key = world.key();
        world.insert_key(&key, &[]).await;
        // Whichever is second must see what the first wrote: neither the name nor the end may get lost.
        let rename = async {
            let mut tx = world.begin().await;
            let found = tx.api_keys(&world.scope).find_for_update(key.id).await.unwrap().unwrap();
            tokio::task::yield_now().await;
            tx.api_keys(&world.scope).update(&ApiKey { display_name: "Renamed".into(), ..found }).await.unwrap();
            tx.commit_unaudited(at(20)).await.unwrap();
        };
        let revoke = async {
            let mut tx = world.begin().await;
            let found = tx.api_keys(&world.scope).find_for_update(key.id).await.unwrap().unwrap();
            tokio::task::yield_now().await;
            tx.api_keys(&world.scope).update(&found.revoked(None, at(21))).await.unwrap();
            tx.commit_unaudited(at(21)).await.unwrap();
        };
        tokio::join!(rename, revoke);
        let found = world.find_key(key.id).await.unwrap();
        assert_eq!(found.display_name, "Renamed");
        assert_eq!(found.lifecycle, Lifecycle::Revoked { at: at(21), reason: None });
    }

    async fn whoever_revokes_second_keeps_the_first_time(db: TestDatabase) {
        let world = World::of(&db).await;
        let key = world.key();
        world.insert_key(&key, &[]).await;
        let mut first = world.begin().await;
        let found = first.api_keys(&world.scope).find_for_update(key.id).await.unwrap().unwrap();
        first.api_keys(&world.scope).update(&found.revoked(None, at(20))).await.unwrap();
        let second = async {
            let mut tx = world.begin().await;
            let found = tx.api_keys(&world.scope).find_for_update(key.id).await.unwrap().unwrap();
            assert_eq!(found.lifecycle, Lifecycle::Revoked { at: at(20), reason: None });
            tx.api_keys(&world.scope).update(&found.revoked(None, at(30))).await.unwrap();
            tx.commit_unaudited(at(30)).await.unwrap();
        };
        let (first, ()) = tokio::join!(first.commit_unaudited(at(20)), second);
        first.unwrap();
        assert_eq!(world.find_key(key.id).await.unwrap().lifecycle, Lifecycle::Revoked { at: at(20), reason: None });
    }

    async fn thirty_two_callers_write_at_once(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        let create = async |_: usize| {
            for _ in 0..4 {
                world.insert_key(&world.key(), &[]).await;
            }
        };
        let callers: Vec<_> = (0..32).map(create).collect();
        futures_util::future::join_all(callers).await;
        assert_eq!(world.count("api_keys").await, 128);
        assert_eq!(follow(&mut feed, &world.store).await.len(), 128);
    }

    async fn a_key_for_an_organization_that_is_being_deleted_finds_no_home(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut deleting = world.begin().await;
        deleting.organizations(&world.scope).delete(world.organization.id).await.unwrap();
        let create = async {
            let mut tx = world.begin().await;
            tx.api_keys(&world.scope).insert(&world.key(), &[]).await
        };
        let (created, deleted) = tokio::join!(create, deleting.commit_unaudited(at(1)));
        deleted.unwrap();
        assert!(matches!(created, Err(StoreError::Dangling(_))), "{created:?}");
    }

    async fn what_was_committed_is_there_when_the_database_is_opened_again(db: TestDatabase) {
        let mut db = db;
        let world = World::of(&db).await;
        let key = world.key();
        world.insert_key(&key, &[]).await;
        db.reopen().await;
        let world = World { store: db.store(), ..world };
        assert_eq!(world.find_key(key.id).await, Some(key));
        let next = organization(world.project.id, "Next");
        let mut tx = world.begin().await;
        tx.organizations(&world.scope).insert(&next).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
    }
}

/// The embedded database has one writer: the second waits, but not for ever.
#[tokio::test]
async fn a_reader_does_not_wait_for_the_writer_of_the_embedded_database() {
    let world = World::of(&TestDatabase::sqlite().await).await;
    let key = world.key();
    world.insert_key(&key, &[]).await;
    let mut tx = world.begin().await;
    tx.api_keys(&world.scope).update(&key.clone().revoked(None, at(9))).await.unwrap();
    assert_eq!(world.find_key(key.id).await, Some(key));
}
