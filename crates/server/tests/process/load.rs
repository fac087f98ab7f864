//! Callers that use a key without pause, at nodes that are killed or stopped under them.

use crate::clients::{ApiKey, Client};
use crate::nodes::{Node, Site, eventually};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Where a node runs, and another one when that is gone.
pub(crate) struct Seat {
    site: Site,
    node: Option<Node>,
    first: Value,
    client: watch::Sender<Client>,
}

impl Seat {
    /// A running node here; `first` is what `init` printed.
    pub(crate) async fn taken(site: Site, first: &Value) -> Self {
        let node = site.start().await;
        let client = watch::Sender::new(node.client_of(first));
        Self { site, node: Some(node), first: first.clone(), client }
    }

    /// The present node's client.
    pub(crate) fn client(&self) -> Client {
        self.client.borrow().clone()
    }

    /// Kills the node and starts another.
    pub(crate) async fn kill(&mut self) {
        self.leave().kill();
        self.take().await;
    }

    /// Stops the node as an operator does and starts another.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.take().await;
    }

    /// Stops the node as an operator does.
    pub(crate) async fn stop(&mut self) {
        self.leave().stop().await;
    }

    /// Starts a node after a stop.
    pub(crate) async fn take(&mut self) {
        let node = self.site.start().await;
        self.client.send_replace(node.client_of(&self.first));
        self.node = Some(node);
    }

    fn leave(&mut self) -> Node {
        self.node.take().expect("a running node")
    }
}

#[derive(Default)]
struct Tally {
    valid: AtomicU64,
    lost: AtomicU64,
    done: AtomicBool,
}

/// Callers that go on until they are told to end.
pub(crate) struct Load {
    tally: Arc<Tally>,
    callers: JoinSet<()>,
}

/// What came back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Used {
    /// Uses that were let in, and whose caller learned it.
    pub(crate) valid: u64,
    /// Requests that a node had got, perhaps, and did not answer.
    pub(crate) lost: u64,
}

impl Load {
    /// Lets so many callers use the key, evenly at all seats. Every verdict is `VALID` or `refusal`.
    pub(crate) fn on(seats: &[Seat], callers: usize, key: &ApiKey, refusal: &'static str) -> Self {
        let mut load = Self { tally: Arc::default(), callers: JoinSet::new() };
        for seat in seats.iter().cycle().take(callers) {
            let (node, key, tally) = (seat.client.subscribe(), key.clone(), load.tally.clone());
            load.callers.spawn(use_on(node, key, refusal, tally));
        }
        load
    }

    /// Waits until so many uses more were let in.
    pub(crate) async fn go_on(&self, uses: u64) {
        let enough = self.tally.valid.load(SeqCst) + uses;
        let reached = || (self.tally.valid.load(SeqCst) >= enough).then_some(());
        eventually("the key was used often enough", async || reached()).await;
    }

    pub(crate) async fn end(self) -> Used {
        self.tally.done.store(true, SeqCst);
        self.callers.join_all().await;
        Used { valid: self.tally.valid.load(SeqCst), lost: self.tally.lost.load(SeqCst) }
    }
}

async fn use_on(mut node: watch::Receiver<Client>, key: ApiKey, refusal: &'static str, tally: Arc<Tally>) {
    while !tally.done.load(SeqCst) {
        let client = node.borrow_and_update().clone();
        match client.try_verify(&key.secret, json!({})).await {
            Ok((200, verdict)) if verdict["code"] == "VALID" => {
                tally.valid.fetch_add(1, SeqCst);
            }
            Ok((status, verdict)) => {
                assert!(status == 200 && verdict["code"] == refusal, "{status} {verdict}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => {
                // What never reached a node is not lost.
                if !error.is_connect() {
                    tally.lost.fetch_add(1, SeqCst);
                }
                let again = tokio::time::timeout(Duration::from_secs(60), node.changed()).await;
                assert!(again.is_ok(), "the node ended by itself: {error:?}");
            }
        }
    }
}
