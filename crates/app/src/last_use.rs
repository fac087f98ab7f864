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

/// Keys that were used since the last writing.
pub(crate) struct LastUse {
    shards: [Mutex<KeyMap<Timestamp>>; SHARDS],
    dropped: AtomicU64,
}

impl Default for LastUse {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), dropped: AtomicU64::new(0) }
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

    fn take(&self) -> Vec<(ApiKeyId, Timestamp)> {
        let shard = |shard: &Mutex<KeyMap<Timestamp>>| {
            std::mem::take(&mut *shard.lock().unwrap_or_else(PoisonError::into_inner))
        };
        self.shards.iter().flat_map(shard).collect()
    }
}

impl App {
    /// How many uses were not noted for want of memory.
    #[must_use]
    pub fn last_uses_dropped(&self) -> u64 {
        self.last_use().dropped.load(Relaxed)
    }

    /// Writes down when keys were last used.
    ///
    /// # Errors
    /// When the database fails; then what was not written is kept for the next time.
    pub async fn write_last_uses(&self) -> Result<()> {
        let used = self.last_use().take();
        for (index, batch) in used.chunks(BATCH).enumerate() {
            let written = async {
                let mut tx = self.store().begin().await?;
                tx.system().record_use(batch).await?;
                tx.commit_unaudited(self.now()).await
            };
            if let Err(error) = written.await {
                used.iter().skip(index * BATCH).for_each(|&(key, at)| self.last_use().note(key, at));
                return Err(error.into());
            }
        }
        Ok(())
    }
}
