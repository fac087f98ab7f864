//! What runs beside the requests. Each job may be repeated, and run on every node at once.

use crate::app::App;
use crate::last_use::AT_A_TIME;
use lockwork_model::error::Result;
use lockwork_store::feed::Feed;
use std::time::Duration;

/// How long the change feed is kept. A node that was away longer reads the rows.
const CHANGES_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const PRUNE_EVERY: Duration = Duration::from_secs(60 * 60);
const PURGE_EVERY: Duration = Duration::from_secs(60);
const SWEEP_EVERY: Duration = Duration::from_secs(60);
const GIVE_BACK_EVERY: Duration = Duration::from_secs(10);
const WRITE_USES_EVERY: Duration = Duration::from_secs(5);
const FORGET_LOGINS_EVERY: Duration = Duration::from_secs(60);
const ROTATE_SIGNING_KEYS_EVERY: Duration = Duration::from_secs(10 * 60);
const FORGET_REQUESTS_EVERY: Duration = Duration::from_secs(5 * 60);

impl App {
    /// Runs the jobs until `shutdown`.
    pub async fn run_jobs(self, shutdown: impl Future<Output = ()>) {
        tokio::select! {
            () = shutdown => {}
            () = self.prune_changes() => {}
            () = self.purge_index() => {}
            () = self.sweep_limits() => {}
            () = self.give_back_idle() => {}
            () = self.write_uses() => {}
            () = self.forget_requests() => {}
            () = self.forget_logins() => {}
            () = self.keep_signing_keys() => {}
        }
    }

    /// Gives back what was drawn and writes down what was noted: for the end, when no request comes any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle(&self) -> Result<()> {
        // What is worth money first, in case the time does not suffice for both.
        let given = self.give_back(true).await;
        // Those that wait, and those that were noted since.
        self.write_last_uses(usize::MAX).await?;
        given.and(self.write_last_uses(usize::MAX).await)
    }

    /// Forgets counters of rate limits that nobody uses any more.
    async fn sweep_limits(&self) {
        loop {
            tokio::time::sleep(SWEEP_EVERY).await;
            let app = self.clone();
            let _ = tokio::task::spawn_blocking(move || app.limiter().sweep(app.tick())).await;
        }
    }

    async fn give_back_idle(&self) {
        loop {
            tokio::time::sleep(GIVE_BACK_EVERY).await;
            // In a task of its own, which the end of the jobs does not cut off between taking and giving.
            let app = self.clone();
            if let Ok(Err(error)) = tokio::spawn(async move { app.give_back(false).await }).await {
                tracing::warn!(error = ?error, "idle blocks of quotas and credits could not be given back");
            }
        }
    }

    async fn write_uses(&self) {
        loop {
            tokio::time::sleep(WRITE_USES_EVERY).await;
            let app = self.clone();
            if let Ok(Err(error)) = tokio::spawn(async move { app.write_last_uses(AT_A_TIME).await }).await {
                tracing::warn!(error = ?error, "when keys were last used could not be written down yet");
            }
        }
    }

    async fn forget_requests(&self) {
        loop {
            tokio::time::sleep(FORGET_REQUESTS_EVERY).await;
            if let Err(error) = self.forget_old_requests().await {
                tracing::warn!(error = ?error, "old requests with an Idempotency-Key could not be forgotten");
            }
        }
    }

    /// Forgets logins that nobody finished, and challenges, links, counts and tokens that are too old.
    async fn forget_logins(&self) {
        loop {
            tokio::time::sleep(FORGET_LOGINS_EVERY).await;
            if let Err(error) = self.forget_expired().await {
                tracing::warn!(error = ?error, "old logins could not be forgotten");
            }
        }
    }

    async fn forget_expired(&self) -> Result<()> {
        loop {
            let mut tx = self.store().begin().await?;
            let forgotten = tx.system().delete_expired(self.now()).await?;
            tx.commit_unaudited(self.now()).await?;
            if forgotten == 0 {
                return Ok(());
            }
        }
    }

    async fn keep_signing_keys(&self) {
        loop {
            match self.rotate_signing_keys().await {
                Ok(0) => {}
                Ok(made) => tracing::info!(keys = made, "new keys for access tokens were made"),
                Err(error) => {
                    tracing::warn!(error = ?error, "the keys for access tokens could not be renewed")
                }
            }
            tokio::time::sleep(ROTATE_SIGNING_KEYS_EVERY).await;
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
