//! Quotas and credits are spent at most once, whatever crashes; and a clean stop loses none.

use crate::clients::{ApiKey, Client, text};
use crate::load::{Load, Seat, Used};
use crate::nodes::{Site, eventually};
use lockwork_model::time::{Clock, SystemClock};
use lockwork_testkit::databases::Kind;
use serde_json::json;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use tokio::task::JoinSet;

const CALLERS: usize = 8;
const KILLS: u64 = 4;

/// What a key may spend.
#[derive(Clone, Copy)]
enum Purse {
    Credits { granted: u64, block: u64 },
    Quota { limit: u64 },
}

impl Purse {
    /// A new key with it that all nodes know. A quota's period begins now, so that none ends during the test.
    async fn key(self, seats: &[Seat]) -> ApiKey {
        let client = seats[0].client();
        let organization = client.organization().await;
        let fields = match self {
            Self::Credits { granted, block } => {
                json!({ "credits": { "remaining": granted, "blockSize": block } })
            }
            Self::Quota { limit } => json!({ "limits": [{
                "name": "monthly", "kind": "QUOTA", "limit": limit, "period": "MONTH",
                "anchorTime": SystemClock.now(),
            }] }),
        };
        let key = client.api_key_with(&organization, fields).await;
        for seat in seats {
            eventually("the node knows the key", async || {
                let verdict = seat.client().verify(&key.secret, json!({ "cost": 0 })).await;
                (verdict["code"] == "VALID").then_some(())
            })
            .await;
        }
        key
    }

    const fn whole(self) -> u64 {
        match self {
            Self::Credits { granted: whole, .. } | Self::Quota { limit: whole } => whole,
        }
    }

    /// How much a node holds at most.
    fn block(self) -> u64 {
        match self {
            Self::Credits { block, .. } => block,
            Self::Quota { limit } => (limit / 100).clamp(1, 1000),
        }
    }

    const fn refusal(self) -> &'static str {
        match self {
            Self::Credits { .. } => "CREDITS_EXHAUSTED",
            Self::Quota { .. } => "RATE_LIMITED",
        }
    }

    /// What is left; exact while no node holds a block.
    async fn left(self, client: &Client, key: &ApiKey) -> u64 {
        let left = match self {
            Self::Credits { .. } => client.shown(key).await["credits"]["remaining"].clone(),
            Self::Quota { .. } => {
                client.verify(&key.secret, json!({ "cost": 0 })).await["limits"][0]["remaining"].clone()
            }
        };
        left.as_u64().expect("an amount")
    }

    /// Spends it in one piece, and finds it empty then.
    async fn spend_all(self, client: &Client, key: &ApiKey, left: u64) {
        let verdict = client.verify(&key.secret, json!({ "cost": left + 1 })).await;
        assert_eq!(verdict["code"], self.refusal(), "{verdict}");
        let verdict = client.verify(&key.secret, json!({ "cost": left })).await;
        assert_eq!(verdict["code"], "VALID", "{verdict}");
        let verdict = client.verify(&key.secret, json!({ "cost": 1 })).await;
        assert_eq!(verdict["code"], self.refusal(), "{verdict}");
    }
}

/// Running nodes on one database: two on PostgreSQL, one on SQLite.
async fn seats(kind: Kind) -> Vec<Seat> {
    let site = Site::new(kind).await;
    let first = site.init();
    let beside = (kind == Kind::Postgres).then(|| site.beside());
    let mut seats = vec![Seat::taken(site, &first).await];
    if let Some(beside) = beside {
        seats.push(Seat::taken(beside, &first).await);
    }
    seats
}

/// One of them, whichever.
fn any(seats: &mut [Seat]) -> &mut Seat {
    let index = RandomState::new().hash_one(0) as usize % seats.len();
    &mut seats[index]
}

/// Stops all nodes, and starts one.
async fn alone(seats: &mut [Seat]) -> Client {
    for seat in &mut *seats {
        seat.stop().await;
    }
    seats[0].take().await;
    seats[0].client()
}

/// Nodes are killed in the middle of what they do. What was spent and what is left are never more than there was, and
/// less only by what those nodes held.
async fn kills_lose_at_most_a_block(kind: Kind, purse: Purse) {
    let mut seats = seats(kind).await;
    let key = purse.key(&seats).await;
    let load = Load::on(&seats, CALLERS, &key, purse.refusal());
    for _ in 0..KILLS {
        load.go_on(40).await;
        any(&mut seats).kill().await;
    }
    load.go_on(40).await;
    let Used { valid, lost } = load.end().await;
    let client = alone(&mut seats).await;
    let left = purse.left(&client, &key).await;
    let whole = purse.whole();
    assert!(valid + left <= whole, "{valid} were spent and {left} are left of {whole}");
    let missing = whole - valid - left;
    let held = KILLS * (purse.block() - 1);
    assert!(missing <= held + lost, "{missing} are missing: {held} were held, {lost} requests were lost");
    purse.spend_all(&client, &key, left).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn kills_lose_at_most_a_block_of_credits_sqlite() {
    kills_lose_at_most_a_block(Kind::Sqlite, Purse::Credits { granted: 100_000, block: 10 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn kills_lose_at_most_a_block_of_credits_postgres() {
    kills_lose_at_most_a_block(Kind::Postgres, Purse::Credits { granted: 100_000, block: 10 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn kills_lose_no_credits_but_those_of_requests_in_flight_where_the_block_is_one_sqlite() {
    kills_lose_at_most_a_block(Kind::Sqlite, Purse::Credits { granted: 100_000, block: 1 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn kills_lose_no_credits_but_those_of_requests_in_flight_where_the_block_is_one_postgres() {
    kills_lose_at_most_a_block(Kind::Postgres, Purse::Credits { granted: 100_000, block: 1 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn kills_lose_at_most_a_block_of_a_quota_sqlite() {
    kills_lose_at_most_a_block(Kind::Sqlite, Purse::Quota { limit: 1500 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn kills_lose_at_most_a_block_of_a_quota_postgres() {
    kills_lose_at_most_a_block(Kind::Postgres, Purse::Quota { limit: 100_000 }).await;
}

/// Waits until no node has anything left. One asks the database again a second after it could not draw.
async fn found_empty(seats: &[Seat], key: &ApiKey) {
    for seat in seats {
        eventually("the node finds it empty", async || {
            let verdict = seat.client().verify(&key.secret, json!({ "cost": 0 })).await;
            let left = [&verdict["limits"][0]["remaining"], &verdict["credits"]["remaining"]];
            left.contains(&&json!(0)).then_some(())
        })
        .await;
    }
}

/// More is asked for than there is, while nodes are killed.
async fn nothing_is_spent_twice(purse: Purse) {
    let mut seats = seats(Kind::Postgres).await;
    let key = purse.key(&seats).await;
    let load = Load::on(&seats, CALLERS, &key, purse.refusal());
    load.go_on(purse.whole() / 3).await;
    any(&mut seats).kill().await;
    any(&mut seats).kill().await;
    found_empty(&seats, &key).await;
    let Used { valid, lost } = load.end().await;
    let whole = purse.whole();
    assert!(valid <= whole, "{valid} were spent of {whole}");
    let missing = whole - valid;
    let held = 2 * (purse.block() - 1);
    assert!(missing <= held + lost, "{missing} are missing: {held} were held, {lost} requests were lost");
    let client = alone(&mut seats).await;
    assert_eq!(purse.left(&client, &key).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn two_nodes_that_are_killed_spend_no_more_credits_than_there_are() {
    nothing_is_spent_twice(Purse::Credits { granted: 300, block: 10 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn two_nodes_that_are_killed_spend_no_more_single_credits_than_there_are() {
    nothing_is_spent_twice(Purse::Credits { granted: 150, block: 1 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn two_nodes_that_are_killed_admit_no_more_than_a_quota() {
    nothing_is_spent_twice(Purse::Quota { limit: 300 }).await;
}

#[tokio::test]
async fn asking_what_is_left_takes_no_single_credit_from_the_database() {
    let purse = Purse::Credits { granted: 100, block: 1 };
    let seats = seats(Kind::Sqlite).await;
    let key = purse.key(&seats).await;
    let verdict = seats[0].client().verify(&key.secret, json!({ "cost": 0 })).await;
    assert_eq!(verdict["credits"]["remaining"], 100);
    assert_eq!(purse.left(&seats[0].client(), &key).await, 100);
}

/// A node that nobody asks holds a block at most, however many asked at once before.
async fn an_idle_node_holds_a_block(kind: Kind) {
    let purse = Purse::Credits { granted: 100_000, block: 10 };
    let mut seats = seats(kind).await;
    let key = purse.key(&seats).await;
    let (client, mut left) = (seats[0].client(), purse.whole());
    for _ in 0..10 {
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (client, key) = (client.clone(), key.clone());
            callers.spawn(async move { text(&client.verify(&key.secret, json!({})).await["code"]) });
        }
        for code in callers.join_all().await {
            assert_eq!(code, "VALID");
            left -= 1;
        }
        let in_database = purse.left(&client, &key).await;
        let held = left - in_database;
        assert!(held <= seats.len() as u64 * (purse.block() - 1), "{held} are held");
    }
    seats[0].kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn an_idle_node_holds_no_more_credits_than_a_block_sqlite() {
    an_idle_node_holds_a_block(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn an_idle_node_holds_no_more_credits_than_a_block_postgres() {
    an_idle_node_holds_a_block(Kind::Postgres).await;
}

/// Nodes are stopped and started under load: exactly what was let in is spent.
async fn stops_lose_nothing(kind: Kind, purse: Purse) {
    let began = SystemClock.now();
    let mut seats = seats(kind).await;
    let key = purse.key(&seats).await;
    let load = Load::on(&seats, CALLERS, &key, purse.refusal());
    for index in 0..2 {
        load.go_on(40).await;
        let count = seats.len();
        seats[index % count].restart().await;
    }
    load.go_on(40).await;
    let Used { valid, .. } = load.end().await;
    let ended = SystemClock.now();
    let client = alone(&mut seats).await;
    assert_eq!(purse.left(&client, &key).await, purse.whole() - valid, "{valid} were spent");
    let last_used = client.shown(&key).await["lastUsedTime"].clone();
    let last_used = text(&last_used).parse().expect("a time");
    assert!(began < last_used && last_used <= ended, "{began} < {last_used} <= {ended}");
    purse.spend_all(&client, &key, purse.whole() - valid).await;
}

#[tokio::test]
async fn stops_give_unspent_credits_back_sqlite() {
    stops_lose_nothing(Kind::Sqlite, Purse::Credits { granted: 100_000, block: 100 }).await;
}

#[tokio::test]
async fn stops_give_unspent_credits_back_postgres() {
    stops_lose_nothing(Kind::Postgres, Purse::Credits { granted: 100_000, block: 100 }).await;
}

#[tokio::test]
async fn stops_give_back_what_was_not_used_of_a_quota_sqlite() {
    stops_lose_nothing(Kind::Sqlite, Purse::Quota { limit: 100_000 }).await;
}

#[tokio::test]
async fn stops_give_back_what_was_not_used_of_a_quota_postgres() {
    stops_lose_nothing(Kind::Postgres, Purse::Quota { limit: 100_000 }).await;
}

/// With restarts as an operator makes them, two nodes admit a quota exactly, to the last.
#[tokio::test]
async fn a_quota_is_admitted_exactly_by_two_nodes_through_restarts() {
    let purse = Purse::Quota { limit: 300 };
    let mut seats = seats(Kind::Postgres).await;
    let key = purse.key(&seats).await;
    let load = Load::on(&seats, 6, &key, purse.refusal());
    load.go_on(60).await;
    for seat in &mut seats {
        seat.restart().await;
    }
    found_empty(&seats, &key).await;
    let used = load.end().await;
    assert_eq!(used.valid, purse.whole(), "{used:?}");
    let client = alone(&mut seats).await;
    assert_eq!(purse.left(&client, &key).await, 0);
}
