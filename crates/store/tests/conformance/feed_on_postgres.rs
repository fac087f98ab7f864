//! The change feed where commits overtake each other.

use crate::feed::{HOUR, HOURS, assert_each_once, entities, fill};
use crate::fixtures::{World, at, bytes, execute, follow, literal, uuid};
use lockwork_store::Store;
use lockwork_store::feed::{Batch, Feed};
use lockwork_testkit::databases::TestDatabase;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Transaction};
use std::collections::HashSet;
use uuid::Uuid;

fn pool(store: &Store) -> &sqlx::PgPool {
    match store {
        Store::Postgres(pool) => pool,
        Store::Sqlite { .. } => panic!("PostgreSQL only"),
    }
}

/// Writes a change past the repositories, in a transaction that the test ends when it likes.
async fn write(tx: &mut PgConnection, entity: Uuid) {
    let sql = format!(
        "INSERT INTO changes (kind, entity_id, recorded_at, transaction_id)
         VALUES (5, '{entity}', 0, CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT))"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(tx).await.unwrap();
}

/// Takes a transaction id without writing a change.
async fn take_id(tx: &mut PgConnection) {
    sqlx::raw_sql("SELECT pg_current_xact_id()").execute(tx).await.unwrap();
}

async fn begin(store: &Store) -> Transaction<'static, Postgres> {
    pool(store).begin().await.unwrap()
}

#[tokio::test]
async fn transactions_that_commit_out_of_order_are_both_seen_and_once() {
    let world = World::of(&TestDatabase::postgres().await).await;
    let store = &world.store;
    let mut feed = Feed::now(store).await.unwrap();
    let (early, late) = (uuid(), uuid());
    let mut a = begin(store).await;
    write(&mut a, early).await;
    let mut b = begin(store).await;
    write(&mut b, late).await;
    b.commit().await.unwrap();
    assert_eq!(entities(&follow(&mut feed, store).await), [late]);
    assert_eq!(follow(&mut feed, store).await, []);
    a.commit().await.unwrap();
    assert_eq!(entities(&follow(&mut feed, store).await), [early]);
    assert_eq!(follow(&mut feed, store).await, []);
}

#[tokio::test]
async fn a_smaller_position_of_a_later_transaction_is_seen() {
    let world = World::of(&TestDatabase::postgres().await).await;
    let store = &world.store;
    let mut feed = Feed::now(store).await.unwrap();
    // The older transaction takes its position last and commits first.
    let (of_old, of_young) = (uuid(), uuid());
    let (mut old, mut young) = (begin(store).await, begin(store).await);
    take_id(&mut old).await;
    write(&mut young, of_young).await;
    write(&mut old, of_old).await;
    old.commit().await.unwrap();
    assert_eq!(entities(&follow(&mut feed, store).await), [of_old]);
    young.commit().await.unwrap();
    assert_eq!(entities(&follow(&mut feed, store).await), [of_young]);
}

#[tokio::test]
async fn no_order_of_beginning_writing_and_ending_hides_a_change() {
    let world = World::of(&TestDatabase::postgres().await).await;
    let store = &world.store;
    let mut feed = Feed::now(store).await.unwrap();
    let (mut open, mut wanted, mut found) = (Vec::new(), HashSet::new(), Vec::new());
    for _ in 0..400 {
        let [what, which, ..] = bytes();
        let which = usize::from(which) % (open.len() + 1);
        match what % 6 {
            0 | 1 if open.len() < 12 => {
                let mut tx = begin(store).await;
                take_id(&mut tx).await;
                open.push((tx, Vec::new()));
            }
            2 | 3 if which < open.len() => {
                let entity = uuid();
                write(&mut open[which].0, entity).await;
                open[which].1.push(entity);
            }
            4 if which < open.len() => {
                let (tx, written) = open.swap_remove(which);
                if what % 12 == 4 {
                    tx.commit().await.unwrap();
                    wanted.extend(written);
                } else {
                    tx.rollback().await.unwrap();
                }
            }
            _ => found.extend(follow(&mut feed, store).await),
        }
    }
    for (tx, written) in open {
        tx.commit().await.unwrap();
        wanted.extend(written);
        found.extend(follow(&mut feed, store).await);
    }
    found.extend(follow(&mut feed, store).await);
    assert!(wanted.len() > 20, "{}", wanted.len());
    assert_eq!(found.len(), wanted.len());
    assert_eq!(entities(&found).into_iter().collect::<HashSet<_>>(), wanted);
}

#[tokio::test]
async fn a_commit_in_the_middle_of_a_long_read_is_seen_after_it() {
    let world = World::of(&TestDatabase::postgres().await).await;
    let store = &world.store;
    let mut feed = Feed::now(store).await.unwrap();
    let late = uuid();
    let mut slow = begin(store).await;
    write(&mut slow, late).await;
    fill(store, 25_000).await;
    let Batch::Changes { changes, more: true } = feed.next(store).await.unwrap() else {
        panic!("a full batch")
    };
    slow.commit().await.unwrap();
    let rest = follow(&mut feed, store).await;
    let last = follow(&mut feed, store).await;
    let all = [changes, rest, last].concat();
    assert!(entities(&all).contains(&late));
    assert_each_once(&all, 25_001);
}

#[tokio::test]
async fn a_foreign_transaction_that_does_not_end_delays_nothing() {
    let world = World::of(&TestDatabase::postgres().await).await;
    let store = &world.store;
    // It may even run in another database of the server.
    let elsewhere = TestDatabase::postgres().await;
    let elsewhere = elsewhere.store();
    let mut foreign = begin(&elsewhere).await;
    take_id(&mut foreign).await;
    let mut feed = Feed::now(store).await.unwrap();
    for hours in 0..4 {
        let key = world.key();
        world.insert_key(&key, &[]).await;
        assert_eq!(entities(&follow(&mut feed, store).await), [key.id.uuid()]);
        assert_eq!(follow(&mut feed, store).await, []);
        // Nor does it make a follower too old that read all the time, or one that starts anew.
        Feed::prune(store, at(hours * HOURS), HOUR).await.unwrap();
        assert_eq!(follow(&mut Feed::now(store).await.unwrap(), store).await, []);
    }
    assert_eq!(world.count("changes").await, 1);
    foreign.rollback().await.unwrap();
    assert_eq!(follow(&mut feed, store).await, []);
}

#[tokio::test]
async fn a_change_that_commits_after_its_place_was_marked_survives_the_cut() {
    let world = World::of(&TestDatabase::postgres().await).await;
    let store = &world.store;
    let mut feed = Feed::now(store).await.unwrap();
    let late = uuid();
    let mut slow = begin(store).await;
    write(&mut slow, late).await;
    fill(store, 3).await;
    Feed::prune(store, at(0), HOUR).await.unwrap();
    // Behind the mark: transactions of other databases on the server count too.
    follow(&mut feed, store).await;
    slow.commit().await.unwrap();
    Feed::prune(store, at(HOURS), HOUR).await.unwrap();
    assert_eq!(entities(&follow(&mut feed, store).await), [late]);
}

#[tokio::test]
async fn a_dump_restored_on_another_server_starts_a_new_feed() {
    let world = World::of(&TestDatabase::postgres().await).await;
    let store = &world.store;
    // What comes with the dump has transaction ids from far ahead of this server's.
    let entity = literal(store, uuid());
    execute(
        store,
        &format!(
            "INSERT INTO changes (kind, entity_id, recorded_at, transaction_id) VALUES (5, {entity}, 0, 1099511627776);
             UPDATE change_floor SET place = '1099511627776:1099511627776:', next_place = '1099511627777:1099511627777:'"
        ),
    )
    .await;
    assert_eq!(Feed::now(store).await.unwrap().next(store).await.unwrap(), Batch::TooOld);
    store.migrate().await.unwrap();
    assert_eq!(world.count("changes").await, 0);
    let mut feed = Feed::now(store).await.unwrap();
    let key = world.key();
    world.insert_key(&key, &[]).await;
    assert_eq!(entities(&follow(&mut feed, store).await), [key.id.uuid()]);
    for hours in 0..3 {
        Feed::prune(store, at(hours * HOURS), HOUR).await.unwrap();
        assert_eq!(follow(&mut feed, store).await, []);
    }
    assert_eq!(world.count("changes").await, 0);
}
