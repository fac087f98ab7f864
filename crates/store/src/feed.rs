//! Following the change feed (decision 0004).
//!
//! SQLite has one writer, so positions are in commit order. On PostgreSQL commits overtake each other: a row with a
//! smaller number may become visible later. There a follower remembers what its last read could see
//! (`pg_current_snapshot`): the next read takes the rows of exactly those transactions that it could not see.

use crate::db::{Queries, Result, Sql, for_update};
use crate::error::StoreError;
use crate::json_rows::{hex, json_rows};
use crate::place::Place;
use crate::store::Store;
use crate::tx::Tx;
use lockwork_model::changes::{Change, ChangeKind};
use lockwork_model::time::Timestamp;
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use uuid::Uuid;

crate::repositories::sql! {
    INSERT_CHANGES = Sql {
        sqlite: "INSERT INTO changes (kind, entity_id, detail, recorded_at, transaction_id)
                 SELECT value ->> 0, unhex(value ->> 1), unhex(value ->> 2), $2, 0 FROM json_each($1)",
        postgres: "INSERT INTO changes (kind, entity_id, detail, recorded_at, transaction_id)
                   SELECT CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS UUID), decode(value ->> 2, 'hex'), $2,
                       CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)
                   FROM json_array_elements(CAST($1 AS JSON))",
    };
    // The place of now: whoever reads everything after asking for it misses nothing by following from it.
    NOW = Sql {
        sqlite: "SELECT COALESCE((SELECT MAX(position) + 1 FROM changes) || '::', place) FROM change_floor",
        postgres: "SELECT CAST(pg_current_snapshot() AS TEXT)",
    };
    // Each unseen row with the floor and the place that a complete read reaches; one row of NULLs when there are none.
    // One statement, so that the rows cannot be cut off between its parts.
    NEXT = Sql {
        sqlite: "SELECT f.place AS floor, f.now, c.position, c.transaction_id, c.kind, c.entity_id, c.detail
                 FROM (SELECT place, COALESCE((SELECT MAX(position) + 1 FROM changes) || '::', place) AS now
                       FROM change_floor) f
                 LEFT JOIN (SELECT * FROM changes WHERE position >= $1 ORDER BY position LIMIT $2) c ON TRUE
                 ORDER BY c.position",
        postgres: "SELECT f.place AS floor, s.now, c.position, c.transaction_id, c.kind, c.entity_id, c.detail
                   FROM change_floor f
                   CROSS JOIN (SELECT CAST(pg_current_snapshot() AS TEXT) AS now) s
                   LEFT JOIN LATERAL (
                       SELECT * FROM (
                           (SELECT * FROM changes
                            WHERE (transaction_id, position) > ($1, $2)
                              AND transaction_id < $6 AND transaction_id <> ALL($7)
                            ORDER BY transaction_id, position LIMIT $8)
                           UNION ALL
                           (SELECT * FROM changes
                            WHERE transaction_id = ANY($3) AND (transaction_id, position) > ($4, $5)
                              AND transaction_id < $6 AND transaction_id <> ALL($7)
                            ORDER BY transaction_id, position LIMIT $8)
                       ) unseen ORDER BY transaction_id, position LIMIT $8
                   ) c ON TRUE
                   WHERE f.id = 1
                   ORDER BY c.transaction_id, c.position",
    };
    FLOOR_FOR_UPDATE = for_update!("SELECT next_place, next_at FROM change_floor WHERE id = 1");
    RAISE_FLOOR = "UPDATE change_floor SET place = next_place, next_place = $1, next_at = $2 WHERE id = 1";
    PRUNE = Sql {
        sqlite: "DELETE FROM changes WHERE position < CAST($1 AS INTEGER)",
        postgres: "DELETE FROM changes
                   WHERE transaction_id < CAST(CAST(pg_snapshot_xmax(CAST($1 AS pg_snapshot)) AS TEXT) AS BIGINT)
                     AND pg_visible_in_snapshot(CAST(CAST(transaction_id AS TEXT) AS xid8), CAST($1 AS pg_snapshot))",
    };
    FLOOR = "SELECT place FROM change_floor WHERE id = 1";
    RESET_FLOOR = "UPDATE change_floor SET place = $1, next_place = $1 WHERE id = 1";
    FORGET_ALL = "DELETE FROM changes";
}

/// How many rows a read takes at most.
const BATCH: i64 = 10_000;
/// After a crash PostgreSQL may hand out once more the ids of transactions that had left no trace on the disk. So a
/// follower that lost its connection reads this many of the last transactions again.
const READ_AGAIN: i64 = 10_000;
/// How long a read may take before its connection counts as lost.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// A follower's place in the feed. Clones are places of the same follower: keep one until the changes that another
/// handed out are applied.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Every change up to here was handed out.
    seen: Place,
    /// How far the present read has come, while it needs several batches.
    sweep: Option<Sweep>,
    session: Arc<Mutex<Session>>,
    /// The session that read last.
    session_number: u64,
}

/// The follower's own connection to PostgreSQL. As long as it lives the server has not crashed.
#[derive(Debug, Default)]
struct Session {
    conn: Option<PgConnection>,
    /// Counts the connections, from 1.
    number: u64,
}

impl Session {
    /// The living connection or a new one.
    async fn conn(&mut self, pool: &PgPool) -> Result<PgConnection> {
        if let Some(conn) = self.conn.take() {
            return Ok(conn);
        }
        self.number += 1;
        Ok(pool.acquire().await?.detach())
    }
}

/// A read in several batches: everything that was visible to `until` and not before, in order.
#[derive(Debug, Clone)]
struct Sweep {
    from: Place,
    until: Place,
    /// Transaction and position of the last row handed out.
    after: (i64, i64),
}

impl Sweep {
    const fn from(from: Place) -> Self {
        Self { from, until: Place::END, after: (i64::MIN, i64::MIN) }
    }
}

/// What a read of the feed found.
#[derive(Debug, PartialEq, Eq)]
pub enum Batch {
    /// These changes, and whether more may be waiting.
    Changes {
        /// In the order of their transactions.
        changes: Vec<Change>,
        /// Whether the batch was full.
        more: bool,
    },
    /// The feed was cut off beyond this place, or is another one (a restored backup): start from a new snapshot.
    TooOld,
}

#[derive(sqlx::FromRow)]
struct NextRow {
    floor: String,
    now: String,
    position: Option<i64>,
    transaction_id: Option<i64>,
    kind: Option<i64>,
    entity_id: Option<Uuid>,
    detail: Option<Vec<u8>>,
}

impl Feed {
    /// The place of now. Ask for it before reading a snapshot.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn now(store: &Store) -> Result<Self> {
        let mut session = Session::default();
        let now = match store {
            Store::Sqlite { .. } => place(&mut store.read().await?, NOW).await?,
            Store::Postgres(pool) => {
                let mut conn = session.conn(pool).await?;
                let now: String = sqlx::query_scalar(NOW.postgres).fetch_one(&mut conn).await?;
                session.conn = Some(conn);
                Place::parse(&now)?
            }
        };
        let session_number = session.number;
        Ok(Self { seen: now, sweep: None, session: Arc::new(Mutex::new(session)), session_number })
    }

    /// The place that [`Self::position`] told.
    #[must_use]
    pub fn at(position: i64) -> Self {
        Self { seen: Place::at(position), sweep: None, session: Arc::default(), session_number: 0 }
    }

    /// A place from which nothing is missed, for an index image.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.seen.start()
    }

    /// Reads on. A change is handed out once, but for those of just before a connection was lost.
    ///
    /// # Errors
    /// When the database cannot be read; the place stays as it was.
    pub async fn next(&mut self, store: &Store) -> Result<Batch> {
        let read = async {
            match store {
                Store::Sqlite { .. } => self.next_on_sqlite(store).await,
                Store::Postgres(pool) => self.next_on_postgres(pool).await,
            }
        };
        let slow = |_| StoreError::Unavailable("the change feed was not read in time".into());
        tokio::time::timeout(READ_TIMEOUT, read).await.map_err(slow)?
    }

    async fn next_on_sqlite(&mut self, store: &Store) -> Result<Batch> {
        let rows: Vec<NextRow> = store.read().await?.fetch_all(NEXT, (self.seen.start(), BATCH)).await?;
        if self.is_too_old(&rows)? {
            return Ok(Batch::TooOld);
        }
        if let Some(last) = rows.last().and_then(|row| row.position) {
            self.seen = Place::at(last + 1);
        }
        Ok(batch(&rows))
    }

    async fn next_on_postgres(&mut self, pool: &PgPool) -> Result<Batch> {
        let shared = Arc::clone(&self.session);
        let mut session = shared.lock().await;
        let mut conn = session.conn(pool).await?;
        let sweep = match &self.sweep {
            _ if self.session_number != session.number => Sweep::from(self.seen.earlier(READ_AGAIN)),
            Some(sweep) => sweep.clone(),
            None => Sweep::from(self.seen.clone()),
        };
        // Of the transactions that had not begun, and of those that were running.
        let young = sweep.after.max((sweep.from.end.saturating_sub(1), i64::MAX));
        let rows: Vec<NextRow> = sqlx::query_as(NEXT.postgres)
            .bind(young.0)
            .bind(young.1)
            .bind(&sweep.from.running)
            .bind(sweep.after.0)
            .bind(sweep.after.1)
            .bind(sweep.until.end)
            .bind(&sweep.until.running)
            .bind(BATCH)
            .fetch_all(&mut conn)
            .await?;
        session.conn = Some(conn);
        if self.is_too_old(&rows)? {
            return Ok(Batch::TooOld);
        }
        // The first batch fixes how far the sweep goes.
        let until = match rows.first() {
            Some(row) if sweep.until == Place::END => Place::parse(&row.now)?,
            _ => sweep.until,
        };
        match rows.last().and_then(|row| row.transaction_id.zip(row.position)) {
            Some(after) if is_full(&rows) => self.sweep = Some(Sweep { from: sweep.from, until, after }),
            _ => {
                self.seen = until;
                self.sweep = None;
            }
        }
        self.session_number = session.number;
        Ok(batch(&rows))
    }

    fn is_too_old(&self, rows: &[NextRow]) -> Result<bool> {
        let Some(row) = rows.first() else { return Ok(false) };
        let (floor, now) = (Place::parse(&row.floor)?, Place::parse(&row.now)?);
        Ok(!self.seen.covers(&floor) || self.seen.end > now.end.saturating_add(READ_AGAIN))
    }

    /// Forgets the changes that were in the feed at an earlier call at least `keep` ago, and raises the floor. Call
    /// it now and then: rows live between `keep` and `keep` plus twice the pause between two calls.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn prune(store: &Store, now: Timestamp, keep: Duration) -> Result<u64> {
        let mut tx = store.begin().await?;
        let Some((next_place, next_at)) = tx.fetch_optional::<(String, i64)>(FLOOR_FOR_UPDATE, ()).await?
        else {
            return Err(no_floor());
        };
        if Timestamp::from_micros(next_at).after(keep) > now {
            return Ok(0);
        }
        let here = place(&mut tx, NOW).await?;
        tx.execute(RAISE_FLOOR, (here.to_string(), now.as_micros())).await?;
        let pruned = tx.execute(PRUNE, (next_place,)).await?;
        tx.commit_unaudited(now).await?;
        Ok(pruned)
    }
}

fn is_full(rows: &[NextRow]) -> bool {
    rows.len() as i64 >= BATCH
}

fn batch(rows: &[NextRow]) -> Batch {
    Batch::Changes { changes: rows.iter().filter_map(change).collect(), more: is_full(rows) }
}

fn change(row: &NextRow) -> Option<Change> {
    Some(Change {
        kind: ChangeKind::from_number(row.kind?)?,
        entity: row.entity_id?,
        detail: row.detail.clone(),
    })
}

async fn place(conn: &mut impl Queries, sql: Sql) -> Result<Place> {
    let (text,) = conn.fetch_optional::<(String,)>(sql, ()).await?.ok_or_else(no_floor)?;
    Place::parse(&text)
}

fn no_floor() -> StoreError {
    StoreError::Corrupt { table: "change_floor", column: "place", row: "1".into() }
}

/// Writes changes into the feed; a transaction's commit does it.
pub(crate) async fn insert(tx: &mut Tx, changes: &HashSet<Change>, at: Timestamp) -> Result<()> {
    let rows = json_rows(changes, |change| {
        json!([change.kind.number(), change.entity.simple(), change.detail.as_deref().map(hex)])
    });
    tx.execute(INSERT_CHANGES, (rows, at.as_micros())).await.map(drop)
}

/// Empties a feed that came with a dump from another server, whose transaction ids mean nothing on this one. Nodes
/// start from a snapshot then, which they do anyway after a restore.
pub(crate) async fn settle(store: &Store) -> Result<()> {
    let mut conn = store.read().await?;
    let (floor, now) = (place(&mut conn, FLOOR).await?, place(&mut conn, NOW).await?);
    drop(conn);
    if now.end >= floor.end {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    tx.execute(FORGET_ALL, ()).await?;
    tx.execute(RESET_FLOOR, (now.to_string(),)).await?;
    tx.commit_unaudited(Timestamp::MIN).await
}
