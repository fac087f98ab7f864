//! What two nodes let through together, for each kind of limit.

use crate::clients::{ApiKey, Client, text};
use crate::nodes::eventually;
use crate::several::Pair;
use lockwork_model::time::{Clock, SystemClock};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const LIMIT: usize = 21;

/// A key with these fields that both nodes know.
async fn key(clients: &[Client; 2], fields: Value) -> ApiKey {
    let [a, b] = clients;
    let organization = a.organization().await;
    let key = a.api_key_with(&organization, fields).await;
    eventually("the other node knows the key", async || {
        (b.verify(&key.secret, json!({ "cost": 0 })).await["code"] == "VALID").then_some(())
    })
    .await;
    key
}

/// How many of twice as many requests as the limit allows each node lets in, both at a time.
async fn admitted(clients: &[Client; 2], key: &ApiKey) -> [usize; 2] {
    let all_of = |client: &Client| {
        let mut callers = JoinSet::new();
        for _ in 0..4 {
            let (client, key) = (client.clone(), key.clone());
            callers.spawn(async move {
                let mut admitted = 0;
                for _ in 0..LIMIT.div_ceil(2) {
                    admitted += usize::from(client.verdict(&key.secret).await == "VALID");
                }
                admitted
            });
        }
        callers
    };
    let [a, b] = clients.each_ref().map(all_of);
    let (a, b) = tokio::join!(a.join_all(), b.join_all());
    [a, b].map(|of_callers| of_callers.into_iter().sum())
}

/// One key for each kind of limit: of windows, of buckets, a quota, credits. None comes back while a test runs.
async fn keys(clients: &[Client; 2]) -> [ApiKey; 4] {
    let limit = |kind: &str| json!({ "name": "a", "kind": kind, "limit": LIMIT, "windowSeconds": 86_400 });
    let quota = json!({ "name": "a", "kind": "QUOTA", "limit": LIMIT, "period": "MONTH",
        "anchorTime": SystemClock.now() });
    [
        key(clients, json!({ "limits": [limit("WINDOW")] })).await,
        key(clients, json!({ "limits": [limit("BUCKET")] })).await,
        key(clients, json!({ "limits": [quota] })).await,
        key(clients, json!({ "credits": { "remaining": LIMIT, "blockSize": 5 } })).await,
    ]
}

/// What is drawn is admitted once, by whichever node drew it.
async fn quotas_and_credits_are_shared(clients: &[Client; 2], quota: &ApiKey, credits: &ApiKey) {
    for key in [quota, credits] {
        let [a, b] = admitted(clients, key).await;
        assert!(a + b <= LIMIT, "{a} and {b} were let in");
        assert!(a + b > 0);
    }
}

#[tokio::test]
async fn each_node_counts_rates_alone_and_quotas_and_credits_together() {
    let pair = Pair::new().await;
    let clients: [Client; 2] = pair.clients().into();
    let [window, bucket, quota, credits] = keys(&clients).await;
    for key in [&window, &bucket] {
        assert_eq!(admitted(&clients, key).await, [LIMIT, LIMIT]);
    }
    quotas_and_credits_are_shared(&clients, &quota, &credits).await;
}

#[tokio::test]
async fn nodes_that_share_rates_let_through_no_more_than_the_limit_together() {
    let pair = Pair::with(&[("LIMITS__RATE_NODES", "2")]).await;
    let clients: [Client; 2] = pair.clients().into();
    let [window, bucket, quota, credits] = keys(&clients).await;
    for key in [&window, &bucket] {
        assert_eq!(admitted(&clients, key).await, [LIMIT / 2, LIMIT / 2]);
    }
    quotas_and_credits_are_shared(&clients, &quota, &credits).await;
}

#[tokio::test]
async fn limits_of_organizations_and_plans_and_without_a_key_are_counted_like_those_of_keys() {
    let pair = Pair::with(&[("LIMITS__RATE_NODES", "2")]).await;
    let clients: [Client; 2] = pair.clients().into();
    let a = &clients[0];
    let limits = json!([{ "name": "a", "kind": "WINDOW", "limit": LIMIT, "windowSeconds": 86_400 }]);
    let plan = a.post("/v1/plans", json!({ "displayName": "Small", "limits": limits })).await;
    let with_plan = key(&clients, json!({ "planId": plan["plan"]["id"] })).await;
    assert_eq!(admitted(&clients, &with_plan).await, [LIMIT / 2, LIMIT / 2]);

    let organization = a.organization().await;
    a.patch(&format!("/v1/organizations/{organization}"), json!({ "limits": limits })).await;
    let (one, other) =
        (a.api_key_with(&organization, json!({})).await, a.api_key_with(&organization, json!({})).await);
    eventually("the other node knows the keys", async || {
        let known = clients[1].verify(&other.secret, json!({ "cost": 0 })).await;
        (known["limits"][0]["limit"] == LIMIT).then_some(())
    })
    .await;
    assert_eq!(admitted(&clients, &one).await, [LIMIT / 2, LIMIT / 2]);
    assert_eq!(admitted(&clients, &other).await, [0, 0]);

    for client in &clients {
        let mut allowed = 0;
        for _ in 0..LIMIT {
            let check = json!({ "namespace": "logins", "identifier": "1.2.3.4", "limit": LIMIT,
                "windowSeconds": 86_400 });
            let answer = client.post("/v1/limits/check", json!({ "checks": [check] })).await;
            allowed += usize::from(answer["allowed"] == true);
        }
        assert_eq!(allowed, LIMIT / 2);
    }
}

/// When a request that was let in was on its way: it was counted some time between.
struct Admitted {
    sent: Instant,
    answered: Instant,
}

/// Both nodes are asked without pause, for some windows of a second.
async fn overloaded(clients: &[Client; 2], key: &ApiKey) -> Vec<Admitted> {
    let end = Instant::now() + Duration::from_millis(2_500);
    let mut callers = JoinSet::new();
    for client in clients.iter().cycle().take(6) {
        let (client, key) = (client.clone(), key.clone());
        callers.spawn(async move {
            let mut all = Vec::new();
            while Instant::now() < end {
                let sent = Instant::now();
                let code = text(&client.verify(&key.secret, json!({})).await["code"]);
                if code == "VALID" {
                    all.push(Admitted { sent, answered: Instant::now() });
                } else {
                    assert_eq!(code, "RATE_LIMITED");
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
            all
        });
    }
    callers.join_all().await.into_iter().flatten().collect()
}

/// The most that were let in within a second; what cannot be told for certain is not counted.
fn most_in_a_second(admitted: &[Admitted]) -> usize {
    let since = |from: Instant| {
        let until = from + Duration::from_secs(1);
        admitted.iter().filter(|one| from <= one.sent && one.answered < until).count()
    };
    admitted.iter().map(|one| since(one.sent)).max().unwrap_or(0)
}

#[tokio::test]
async fn the_bound_holds_in_every_window_of_an_overload() {
    let limit = |kind: &str| json!([{ "name": "a", "kind": kind, "limit": LIMIT, "windowSeconds": 1 }]);
    // A bucket lets its burst through at once, and in the same window what flows back.
    for (nodes, of_windows, of_buckets) in [("1", 2 * LIMIT, 4 * LIMIT), ("2", LIMIT, 2 * LIMIT)] {
        let pair = Pair::with(&[("LIMITS__RATE_NODES", nodes)]).await;
        let clients: [Client; 2] = pair.clients().into();
        let window = key(&clients, json!({ "limits": limit("WINDOW") })).await;
        let bucket = key(&clients, json!({ "limits": limit("BUCKET") })).await;
        let (window, bucket) = tokio::join!(overloaded(&clients, &window), overloaded(&clients, &bucket));
        for (admitted, most) in [(window, of_windows), (bucket, of_buckets)] {
            assert!(most_in_a_second(&admitted) <= most, "with {nodes}: {}", most_in_a_second(&admitted));
            assert!(admitted.len() > most / 2, "with {nodes}: {}", admitted.len());
        }
    }
}
