//! A rotation under constant load: nobody is refused who should be let in, and nobody let in who should be refused.

use crate::clients::{ApiKey, Client, text};
use crate::nodes::{eventually, within_a_second};
use crate::several::Pair;
use lockwork_model::time::{Clock, SystemClock, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::RwLock;
use tokio::task::JoinSet;

const LIMIT: u64 = 1_000_000;

/// Callers of one node: every use of the secret that they know is let in.
struct Callers {
    client: Client,
    /// Read by a caller for as long as a request takes; `None` ends them.
    secret: Arc<RwLock<Option<String>>>,
    uses: Arc<AtomicU64>,
    tasks: JoinSet<()>,
}

impl Callers {
    fn of(client: &Client, secret: &str) -> Self {
        let mut callers = Self {
            client: client.clone(),
            secret: Arc::new(RwLock::new(Some(secret.to_owned()))),
            uses: Arc::default(),
            tasks: JoinSet::new(),
        };
        for _ in 0..3 {
            let (client, secret, uses) = (client.clone(), callers.secret.clone(), callers.uses.clone());
            callers.tasks.spawn(async move {
                while let Some(secret) = &*secret.read().await {
                    let verdict = client.verify(secret, json!({})).await;
                    assert_eq!(verdict["code"], "VALID", "{verdict}");
                    uses.fetch_add(1, SeqCst);
                }
            });
        }
        callers
    }

    async fn go_on(&self) {
        let enough = self.uses.load(SeqCst) + 20;
        let reached = || (self.uses.load(SeqCst) >= enough).then_some(());
        eventually("the key was used often enough", async || reached()).await;
    }

    /// Tells them of another secret; then no request is under way with the one before.
    async fn learn(&self, secret: &str) {
        *self.secret.write().await = Some(secret.to_owned());
    }

    /// Ends them; what they used was counted once, whichever secret they had.
    async fn end(self) {
        let secret = self.secret.write().await.take().expect("a secret");
        self.tasks.join_all().await;
        let verdict = self.client.verify(&secret, json!({ "cost": 0 })).await;
        let used = LIMIT - verdict["limits"][0]["remaining"].as_u64().unwrap();
        assert_eq!(used, self.uses.load(SeqCst));
    }
}

/// A key with a limit that both nodes know.
async fn key_of([a, b]: [&Client; 2]) -> ApiKey {
    let limit = json!({ "name": "a", "kind": "WINDOW", "limit": LIMIT, "windowSeconds": 86_400 });
    let organization = a.organization().await;
    let key = a.api_key_with(&organization, json!({ "limits": [limit] })).await;
    let known = async || (b.verify(&key.secret, json!({ "cost": 0 })).await["code"] == "VALID").then_some(());
    eventually("the other node knows the key", known).await;
    key
}

/// The key as the rotation shows it.
async fn rotate(client: &Client, key: &ApiKey, overlap_seconds: u64) -> Value {
    let path = format!("/v1/api-keys/{}/rotate", key.id);
    client.post(&path, json!({ "overlapSeconds": overlap_seconds })).await["apiKey"].clone()
}

async fn refuses(client: &Client, secret: &str) -> bool {
    let verdict = client.verify(secret, json!({ "cost": 0 })).await;
    let refused = verdict["code"] == "EXPIRED" || verdict["code"] == "NOT_FOUND";
    assert!(refused || verdict["code"] == "VALID", "{verdict}");
    refused
}

/// The node that rotates knows the new secret when it shows it, the other within a second; whoever learns of it uses it
/// at once, and the old one works beside it. When the rotation is ended, the old one is refused as fast.
#[tokio::test]
async fn a_rotation_under_load_refuses_nobody_and_its_end_lets_no_old_secret_in() {
    let pair = Pair::new().await;
    let (a, b) = pair.clients();
    let key = key_of([&a, &b]).await;
    let at = [Callers::of(&a, &key.secret), Callers::of(&b, &key.secret)];
    let mut old = vec![key.secret.clone()];
    for round in 0..4 {
        let (here, there) = (&at[round % 2], &at[(round + 1) % 2]);
        here.go_on().await;
        there.go_on().await;
        let secret = text(&rotate(&here.client, &key, 60).await["secretToken"]);
        here.learn(&secret).await;
        within_a_second("the other node knows the new secret", async || {
            (!refuses(&there.client, &secret).await).then_some(())
        })
        .await;
        // Here the new one, there still the old one.
        here.go_on().await;
        there.go_on().await;
        there.learn(&secret).await;
        there.go_on().await;

        here.client.post(&format!("/v1/api-keys/{}/end-rotation", key.id), json!({})).await;
        let former = &old[round];
        assert!(refuses(&here.client, former).await);
        within_a_second("the other node refuses the old secret", async || {
            refuses(&there.client, former).await.then_some(())
        })
        .await;
        old.push(secret);
        for former in &old[..=round] {
            assert!(refuses(&here.client, former).await && refuses(&there.client, former).await);
        }
    }
    let [one, other] = at;
    tokio::join!(one.end(), other.end());
}

/// Asks for the verdict on a former secret until after its end: valid before, refused from then on.
async fn ends_on_time(client: &Client, secret: &str, end: Timestamp) {
    let long_after = end.after(Duration::from_millis(200));
    let clock = SystemClock;
    while clock.now() < long_after {
        let asked_at = clock.now();
        let refused = refuses(client, secret).await;
        let answered_at = clock.now();
        assert!(!refused || answered_at >= end, "refused at {answered_at}, before {end}");
        assert!(refused || asked_at < end, "let in at {asked_at}, after {end}");
    }
}

#[tokio::test]
async fn an_overlap_ends_on_time_on_every_node_under_load() {
    let pair = Pair::new().await;
    let (a, b) = pair.clients();
    let key = key_of([&a, &b]).await;
    let at = [Callers::of(&a, &key.secret), Callers::of(&b, &key.secret)];
    let rotated = rotate(&a, &key, 2).await;
    let secret = text(&rotated["secretToken"]);
    let end = text(&rotated["secrets"][1]["expireTime"]).parse().unwrap();
    at[0].learn(&secret).await;
    within_a_second("the other node knows the new secret", async || {
        (!refuses(&b, &secret).await).then_some(())
    })
    .await;
    at[1].learn(&secret).await;
    tokio::join!(ends_on_time(&a, &key.secret, end), ends_on_time(&b, &key.secret, end));
    for callers in at {
        callers.go_on().await;
        callers.end().await;
    }
}

/// Without an overlap the old secret ends when the new one is shown.
#[tokio::test]
async fn a_rotation_without_an_overlap_ends_the_old_secret_at_once() {
    let pair = Pair::new().await;
    let (a, b) = pair.clients();
    let key = key_of([&a, &b]).await;
    let secret = text(&rotate(&a, &key, 0).await["secretToken"]);
    assert!(refuses(&a, &key.secret).await);
    assert!(!refuses(&a, &secret).await);
    within_a_second("the other node changed secrets", async || {
        (refuses(&b, &key.secret).await && !refuses(&b, &secret).await).then_some(())
    })
    .await;
}
