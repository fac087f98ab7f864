//! Limits while the database is away: what is counted in memory goes on, and what must be drawn is let through or
//! refused as configured.

use crate::clients::{ApiKey, Client, text};
use crate::database_down::Server;
use crate::nodes::eventually;
use crate::several::Pair;
use lockwork_model::time::{Clock, SystemClock};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// What a node holds after the first use.
const BLOCK: u64 = 8;

/// One key of each kind.
struct Keys {
    free: ApiKey,
    window: ApiKey,
    quota: ApiKey,
    credits: ApiKey,
}

impl Keys {
    async fn new(client: &Client) -> Self {
        let organization = client.organization().await;
        let key = async |fields: Value| client.api_key_with(&organization, fields).await;
        let window = json!({ "name": "a", "kind": "WINDOW", "limit": 100, "windowSeconds": 86_400 });
        let quota = json!({ "name": "a", "kind": "QUOTA", "limit": 100 * BLOCK, "period": "MONTH",
            "anchorTime": SystemClock.now() });
        Self {
            free: key(json!({})).await,
            window: key(json!({ "limits": [window] })).await,
            quota: key(json!({ "limits": [quota] })).await,
            credits: key(json!({ "credits": { "remaining": 100, "blockSize": BLOCK } })).await,
        }
    }

    fn all(&self) -> [&ApiKey; 4] {
        [&self.free, &self.window, &self.quota, &self.credits]
    }
}

/// The first use, after which the node holds the rest of a block.
async fn first_use(client: &Client, key: &ApiKey) {
    eventually("the node knows the key", async || {
        (client.verdict(&key.secret).await == "VALID").then_some(())
    })
    .await;
}

/// So many uses are let in, all after them have this code.
async fn goes_on(client: &Client, key: &ApiKey, held: u64, code: &str) {
    for _ in 0..held {
        assert_eq!(client.verdict(&key.secret).await, "VALID");
    }
    for _ in 0..5 {
        assert_eq!(client.verdict(&key.secret).await, code);
    }
}

/// Requests whose limits could not be drawn: those let in, and those refused.
async fn failures(client: &Client) -> [u64; 2] {
    let (_, metrics) = client.plain("/metrics").await.unwrap();
    ["true", "false"].map(|let_in| {
        let name = format!("lockwork_limit_failures_total{{what=\"database\",let_in=\"{let_in}\"}} ");
        let count = metrics.lines().find_map(|line| line.strip_prefix(&name));
        count.expect("a counter").parse().unwrap()
    })
}

#[tokio::test]
async fn without_its_database_a_node_counts_rates_and_does_with_the_rest_as_configured() {
    let turned = [("LIMITS__QUOTAS_ON_FAILURE", "refuse"), ("LIMITS__CREDITS_ON_FAILURE", "allow")];
    let pair = Pair::with_each([&[], &turned]).await;
    let (client, turned) = pair.clients();
    let keys = Keys::new(&client).await;
    for client in [&client, &turned] {
        for key in keys.all() {
            first_use(client, key).await;
        }
        assert_eq!(failures(client).await, [0, 0]);
    }

    pair.database().disconnect().await;
    for client in [&client, &turned] {
        goes_on(client, &keys.free, 5, "VALID").await;
        goes_on(client, &keys.window, 99, "RATE_LIMITED").await;
        assert_eq!(failures(client).await, [0, 0]);
    }
    goes_on(&client, &keys.quota, BLOCK - 1, "VALID").await;
    assert_eq!(failures(&client).await, [5, 0]);
    goes_on(&client, &keys.credits, BLOCK - 1, "CREDITS_EXHAUSTED").await;
    assert_eq!(failures(&client).await, [5, 5]);
    goes_on(&turned, &keys.quota, BLOCK - 1, "RATE_LIMITED").await;
    assert_eq!(failures(&turned).await, [0, 5]);
    goes_on(&turned, &keys.credits, BLOCK - 1, "VALID").await;
    assert_eq!(failures(&turned).await, [5, 5]);
    assert_eq!(client.authenticates(&keys.quota.secret).await, 200);
    assert_eq!(client.authenticates(&keys.credits.secret).await, 429);
    assert_eq!(turned.authenticates(&keys.quota.secret).await, 429);
    assert_eq!(turned.authenticates(&keys.credits.secret).await, 200);

    pair.database().connect().await;
    let mut counted = 2 * BLOCK;
    for (client, refused) in [(&client, &keys.credits), (&turned, &keys.quota)] {
        eventually("what was refused is let in again", async || {
            (client.verdict(&refused.secret).await == "VALID").then_some(())
        })
        .await;
        let before = failures(client).await;
        goes_on(client, &keys.quota, 10, "VALID").await;
        goes_on(client, &keys.credits, 10, "VALID").await;
        assert_eq!(failures(client).await, before);
    }
    // Beside the two that were waited for, one of either kind.
    counted += 1 + 2 * 15;
    let (_node, client) = pair.alone().await;
    let quota = client.verify(&keys.quota.secret, json!({ "cost": 0 })).await;
    assert_eq!(quota["limits"][0]["remaining"], 100 * BLOCK - counted, "{quota}");
    assert_eq!(client.shown(&keys.credits).await["credits"]["remaining"], 100 - counted);
    assert_eq!(text(&client.verify(&keys.credits.secret, json!({})).await["code"]), "VALID");
}

#[tokio::test]
async fn connections_that_went_dead_delay_only_what_must_be_drawn() {
    let pair = Pair::new().await;
    let (client, _) = pair.clients();
    let keys = Keys::new(&client).await;
    for key in keys.all() {
        first_use(&client, key).await;
    }
    let _hanging = Server::of(pair.database()).hang_connections();
    for key in [&keys.quota, &keys.credits] {
        for _ in 0..BLOCK - 1 {
            assert_eq!(client.verdict(&key.secret).await, "VALID");
        }
    }
    let drawn = AtomicBool::new(false);
    let drawing = async {
        let quota = client.verdict(&keys.quota.secret);
        let credits = client.verdict(&keys.credits.secret);
        assert_eq!(tokio::join!(quota, credits), ("VALID".into(), "CREDITS_EXHAUSTED".into()));
        drawn.store(true, SeqCst);
    };
    let counting = async {
        goes_on(&client, &keys.free, 5, "VALID").await;
        goes_on(&client, &keys.window, 99, "RATE_LIMITED").await;
        assert!(!drawn.load(SeqCst));
    };
    tokio::join!(drawing, counting);
    assert_eq!(failures(&client).await, [1, 1]);
    // Over new connections.
    eventually("credits are drawn again", async || {
        (client.verdict(&keys.credits.secret).await == "VALID").then_some(())
    })
    .await;
}
