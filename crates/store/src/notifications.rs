//! Telling other nodes at once that the change feed has grown. A help only: the poll alone is enough.

use crate::db::Result;
use crate::store::Store;
use sqlx::postgres::PgListener;
use std::time::Duration;

const CHANNEL: &str = "lockwork_changes";
/// How long to rest before listening again after the connection was lost.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);

/// Notifications of the other nodes.
pub struct Notifications {
    store: Store,
    listener: Option<PgListener>,
}

impl Store {
    /// Notifications of the other nodes' commits; on SQLite there are none.
    #[must_use]
    pub fn notifications(&self) -> Notifications {
        Notifications { store: self.clone(), listener: None }
    }

    /// Notifies the other nodes, after a commit.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn notify(&self) -> Result<()> {
        if let Self::Postgres(pool) = self {
            sqlx::query("SELECT pg_notify('lockwork_changes', '')").execute(pool).await?;
        }
        Ok(())
    }
}

impl Notifications {
    /// Waits for the next notification; for ever on SQLite. After a lost connection it returns once, since something
    /// may have been missed.
    pub async fn received(&mut self) {
        let Store::Postgres(pool) = &self.store else { return std::future::pending().await };
        if self.listener.is_none() {
            match listen(pool).await {
                Ok(listener) => self.listener = Some(listener),
                Err(_) => return tokio::time::sleep(RECONNECT_AFTER).await,
            }
        }
        if let Some(listener) = &mut self.listener
            && !matches!(listener.try_recv().await, Ok(Some(_)))
        {
            self.listener = None;
        }
    }
}

async fn listen(pool: &sqlx::PgPool) -> Result<PgListener> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}
