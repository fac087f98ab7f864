//! A database server that crashes.

use crate::fixtures::{World, follow};
use lockwork_store::feed::{Batch, Feed};
use lockwork_store::{Store, StoreError};
use lockwork_testkit::databases::TestDatabase;
use sqlx::{Connection, PgConnection, PgPool};
use std::process::Command;
use std::time::Duration;
use tokio::sync::Mutex;

/// One after the other, since they share a server.
static ONE: Mutex<()> = Mutex::const_new(());

/// Kills one of the server's processes, so that it ends all others and recovers, and waits until it answers again.
async fn crash(pool: &PgPool) {
    let options = pool.connect_options();
    let mut witness = PgConnection::connect_with(&options).await.unwrap();
    let process: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(pool).await.unwrap();
    assert!(Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap().success());
    while witness.ping().await.is_ok() {
        tokio::task::yield_now().await;
    }
    while PgConnection::connect_with(&options).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Transactions that left no trace on the disk are forgotten by the crash, and their ids are handed out once more. A
/// follower that knows them as finished must not take the new ones for seen.
#[tokio::test]
async fn a_crash_that_hands_out_transaction_ids_twice_hides_no_change() {
    let _one = ONE.lock().await;
    let world = World::of(&TestDatabase::durable_postgres().await).await;
    let mut attempts = 0;
    while !is_seen_though_its_transaction_id_came_twice(&world).await {
        attempts += 1;
        assert!(attempts < 5, "this server hands out no id twice");
    }
}

/// Whether that could be tried.
async fn is_seen_though_its_transaction_id_came_twice(world: &World) -> bool {
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
    crash(pool).await;

    let key = world.key();
    world.insert_key(&key, &[]).await;
    let id = crate::fixtures::number(&world.store, "SELECT MAX(transaction_id) FROM changes").await;
    let found = loop {
        match feed.next(&world.store).await {
            Ok(Batch::Changes { changes, .. }) => break changes,
            Ok(Batch::TooOld) => panic!("too old"),
            // The connection from before the crash.
            Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}"),
        }
    };
    assert!(found.iter().any(|change| change.entity == key.id.uuid()), "{found:?}");
    assert_eq!(follow(&mut feed, &world.store).await, []);
    id <= highest
}

/// What was acknowledged is on the disk.
#[tokio::test]
async fn a_crash_loses_nothing_that_was_acknowledged() {
    let _one = ONE.lock().await;
    let world = World::of(&TestDatabase::durable_postgres().await).await;
    let Store::Postgres(pool) = &world.store else { panic!("PostgreSQL only") };
    let keys: Vec<_> = (0..20).map(|_| world.key()).collect();
    for key in &keys {
        world.insert_key(key, &[]).await;
    }
    crash(pool).await;
    for key in keys {
        assert_eq!(world.find_key(key.id).await, Some(key));
    }
}
