//! When keys were last let in: noted in memory by whoever verifies, written down together.

use crate::app::App;
use crate::key_map::KeyMap;
use lockwork_model::error::Result;
use lockwork_model::ids::ApiKeyId;
use lockwork_model::time::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

const SHARDS: usize = 64;
/// Keys that a shard remembers between two writings; what comes above is not written down.
const SHARD_MAX: usize = 16_384;
/// How many keys one statement writes.
const BATCH: usize = 2_000;
/// How many keys are written at a time while the node serves, so that writing takes little of it: where more are in use,
/// each is written less often.
pub(crate) const AT_A_TIME: usize = 10_000;

/// Keys that were used since the last writing.
pub(crate) struct LastUse {
    shards: [Mutex<KeyMap<Timestamp>>; SHARDS],
    /// Taken from the shards and not written yet.
    waiting: Mutex<Vec<(ApiKeyId, Timestamp)>>,
    dropped: AtomicU64,
}

impl Default for LastUse {
    fn default() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            waiting: Mutex::default(),
            dropped: AtomicU64::new(0),
        }
    }
}

impl LastUse {
    /// Notes that a key was let in.
    pub(crate) fn note(&self, key: ApiKeyId, at: Timestamp) {
        // Ids are random, so that any byte spreads them; the maps go by the last ones.
        let [byte, ..] = key.uuid().into_bytes();
        let Some(shard) = self.shards.get(usize::from(byte) % SHARDS) else { return };
        let mut used = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() < SHARD_MAX || used.contains_key(&key) {
            let last = used.entry(key).or_insert(at);
            *last = at.max(*last);
        } else {
            self.dropped.fetch_add(1, Relaxed);
        }
    }

    /// Up to so many, in turn: what was noted meanwhile comes when all of these were.
    fn take(&self, at_most: usize) -> Vec<(ApiKeyId, Timestamp)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.is_empty() {
            let shard = |shard: &Mutex<KeyMap<Timestamp>>| {
                std::mem::take(&mut *shard.lock().unwrap_or_else(PoisonError::into_inner))
            };
            *waiting = self.shards.iter().flat_map(shard).collect();
        }
        let left = waiting.len().saturating_sub(at_most);
        waiting.split_off(left)
    }

    /// Takes back what could not be written.
    fn put_back(&self, used: &[(ApiKeyId, Timestamp)]) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).extend(used);
    }
}

impl App {
    /// How many uses were not noted for want of memory.
    #[must_use]
    pub fn last_uses_dropped(&self) -> u64 {
        self.last_use().dropped.load(Relaxed)
    }

    /// Writes down when keys were last used, of at most `at_most` keys.
    ///
    /// # Errors
    /// When the database fails; then what was not written is kept for the next time.
    pub async fn write_last_uses(&self, at_most: usize) -> Result<()> {
        let used = self.last_use().take(at_most);
        for (index, batch) in used.chunks(BATCH).enumerate() {
            let written = async {
                let mut tx = self.store().begin().await?;
                tx.system().record_use(batch).await?;
                tx.commit_unaudited(self.now()).await
            };
            if let Err(error) = written.await {
                self.last_use().put_back(used.get(index * BATCH..).unwrap_or_default());
                return Err(error.into());
            }
        }
        Ok(())
    }
}
