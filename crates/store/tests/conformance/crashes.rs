//! A database server that crashes.

use crate::fixtures::{World, follow};
use lockwork_store::Store;
use lockwork_store::feed::Feed;
use lockwork_testkit::databases::TestDatabase;
use std::process::Command;

/// Kills one of the server's processes, so that it recovers as from a crash, and waits until it answers again.
async fn crash(store: &Store) {
    let Store::Postgres(pool) = store else { panic!("PostgreSQL only") };
    let process: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(pool).await.unwrap();
    assert!(Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap().success());
    while !matches!(sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(pool).await, Ok::<i32, _>(pid) if pid != process)
    {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// Transactions that left no trace on the disk are forgotten by the crash, and their ids are handed out once more. A
/// follower that knows them as finished must not take the new ones for seen.
#[tokio::test]
async fn a_crash_that_hands_out_transaction_ids_twice_hides_no_change() {
    let world = World::of(&TestDatabase::durable_postgres().await).await;
    let Store::Postgres(pool) = &world.store else { panic!("PostgreSQL only") };
    let mut feed = Feed::now(&world.store).await.unwrap();
    let mut highest = 0;
    for _ in 0..50 {
        let mut tx = pool.begin().await.unwrap();
        let sql = "SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)";
        highest = sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut *tx).await.unwrap();
        tx.rollback().await.unwrap();
    }
    assert_eq!(follow(&mut feed, &world.store).await, []);
    crash(&world.store).await;

    let key = world.key();
    world.insert_key(&key, &[]).await;
    let id = crate::fixtures::number(&world.store, "SELECT MAX(transaction_id) FROM changes").await;
    assert!(id <= highest, "this server did not hand out an id twice, so this test proves nothing: {id} {highest}");
    let found = loop {
        match feed.next(&world.store).await {
            Ok(lockwork_store::feed::Batch::Changes { changes, .. }) => break changes,
            Ok(too_old) => panic!("{too_old:?}"),
            // The connection from before the crash.
            Err(error) => assert!(matches!(error, lockwork_store::StoreError::Unavailable(_)), "{error:?}"),
        }
    };
    assert!(found.iter().any(|change| change.entity == key.id.uuid()), "{found:?}");
    assert_eq!(follow(&mut feed, &world.store).await, []);
}

/// What was acknowledged is on the disk.
#[tokio::test]
async fn a_crash_loses_nothing_that_was_acknowledged() {
    let world = World::of(&TestDatabase::durable_postgres().await).await;
    let keys: Vec<_> = (0..20).map(|_| world.key()).collect();
    for key in &keys {
        world.insert_key(key, &[]).await;
    }
    crash(&world.store).await;
    for key in keys {
        assert_eq!(world.find_key(key.id).await, Some(key));
    }
}
