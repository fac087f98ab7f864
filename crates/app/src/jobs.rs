//! What runs beside the requests. Each job may be repeated, and run on every node at once.

use crate::app::App;
use lockwork_store::feed::Feed;
use std::time::Duration;

/// How long the change feed is kept. A node that was away longer reads the rows.
const CHANGES_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const PRUNE_EVERY: Duration = Duration::from_secs(60 * 60);
const PURGE_EVERY: Duration = Duration::from_secs(60);

impl App {
    /// Runs the jobs until `shutdown`.
    pub async fn run_jobs(self, shutdown: impl Future<Output = ()>) {
        tokio::select! {
            () = shutdown => {}
            () = self.prune_changes() => {}
            () = self.purge_index() => {}
        }
    }

    async fn prune_changes(&self) {
        loop {
            match Feed::prune(self.store(), self.now(), CHANGES_KEPT).await {
                Ok(0) => {}
                Ok(pruned) => tracing::info!(changes = pruned, "old entries of the change feed were removed"),
                Err(error) => {
                    tracing::warn!(error = %error, "old entries of the change feed could not be removed")
                }
            }
            tokio::time::sleep(PRUNE_EVERY).await;
        }
    }

    /// Frees the index records of deleted organizations.
    async fn purge_index(&self) {
        loop {
            tokio::time::sleep(PURGE_EVERY).await;
            let app = self.clone();
            if let Ok(purged @ 1..) = tokio::task::spawn_blocking(move || app.index().purge()).await {
                tracing::info!(keys = purged, "keys of deleted organizations left the index");
            }
        }
    }
}
