//! Opening a database, migrating it, and the only two doors: [`Store::read`] and [`Store::begin`].

use crate::db::{Conn, RawTx, Result};
use crate::error::StoreError;
use crate::tx::Tx;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long an operation waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the database is.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres(Box<PgConnectOptions>),
}

impl DatabaseUrl {
    /// The embedded database of a data directory.
    #[must_use]
    pub fn sqlite_in(data_dir: &Path) -> Self {
        Self::Sqlite(data_dir.join("lockwork.db"))
    }

    /// Reads `postgres://user:password@host/database`.
    ///
    /// # Errors
    /// A text that says what is wrong, without the password.
    pub fn parse(url: &str) -> Result<Self> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(StoreError::Database("the database URL must begin with postgres://".into()));
        }
        let options = url.parse::<PgConnectOptions>().map_err(|_| {
            StoreError::Database("the database URL is not of the form postgres://user@host/name".into())
        })?;
        Ok(Self::Postgres(Box::new(options.application_name("lockwork"))))
    }
}

/// Shows where, never the password.
impl std::fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite {}", path.display()),
            Self::Postgres(options) => write!(
                f,
                "postgres://{}@{}:{}/{}",
                options.get_username(),
                options.get_host(),
                options.get_port(),
                options.get_database().unwrap_or_default()
            ),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// An open database.
#[derive(Clone)]
pub enum Store {
    /// SQLite: many readers, one writer.
    Sqlite {
        /// Where the file is.
        path: PathBuf,
        /// Readers.
        read: sqlx::SqlitePool,
        /// The writer.
        write: sqlx::SqlitePool,
    },
    /// PostgreSQL.
    Postgres(sqlx::PgPool),
}

impl Store {
    /// Opens the database; a SQLite file is made when it is missing.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn open(url: &DatabaseUrl) -> Result<Self> {
        match url {
            DatabaseUrl::Sqlite(path) => Self::open_sqlite(path).await,
            DatabaseUrl::Postgres(options) => {
                // No transaction of ours may hold back the change feed or a lock for long.
                let options = options
                    .clone()
                    .options([("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "30s")]);
                let pool = PgPoolOptions::new().max_connections(20).acquire_timeout(ACQUIRE_TIMEOUT);
                Ok(Self::Postgres(pool.connect_with(options).await?))
            }
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(ACQUIRE_TIMEOUT)
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "memory");
        // Making the file and its journal is not for two at once.
        let lock = lock_file(path.with_extension("lock")).await?;
        let write = SqlitePoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_TIMEOUT);
        let write = write.connect_with(options.clone()).await?;
        drop(lock);
        // Readers open on demand, after the writer has made the file and its journal.
        let read = SqlitePoolOptions::new().max_connections(8).acquire_timeout(ACQUIRE_TIMEOUT);
        let read = read.connect_with(options.read_only(true)).await?;
        Ok(Self::Sqlite { path: path.to_owned(), read, write })
    }

    /// Brings the schema up to date. Several nodes may call it at once: one does it, the others wait.
    ///
    /// # Errors
    /// When a migration fails, or the schema is newer than this binary.
    pub async fn migrate(&self) -> Result<()> {
        let migrated = match self {
            Self::Sqlite { path, write, .. } => {
                let lock = lock_file(path.with_extension("lock")).await?;
                let migrated = sqlx::migrate!("migrations/sqlite").run(write).await;
                drop(lock);
                migrated
            }
            // sqlx takes an advisory lock on PostgreSQL, and whoever waits for it may have to wait long.
            Self::Postgres(pool) => {
                let options = pool.connect_options().as_ref().clone().options([("lock_timeout", "0")]);
                let patient = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
                let migrated = sqlx::migrate!("migrations/postgres").run(&patient).await;
                patient.close().await;
                migrated
            }
        };
        migrated.map_err(|error| StoreError::Database(format!("migration failed: {error}")))?;
        crate::feed::settle(self).await
    }

    /// Whether the schema is up to date, without changing it.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn is_migrated(&self) -> Result<bool> {
        let mut conn = self.read().await?;
        let known = match &conn {
            Conn::Sqlite(_) => sqlx::migrate!("migrations/sqlite").iter().count(),
            Conn::Postgres(_) => sqlx::migrate!("migrations/postgres").iter().count(),
        };
        let sql = "SELECT COUNT(*) FROM _sqlx_migrations WHERE success = TRUE";
        match crate::db::Queries::fetch_optional::<(i64,)>(&mut conn, sql, ()).await {
            Ok(applied) => Ok(applied.is_some_and(|(count,)| count as usize >= known)),
            Err(StoreError::Database(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When the database cannot be reached in time.
    pub async fn read(&self) -> Result<Conn> {
        Ok(match self {
            Self::Sqlite { read, .. } => Conn::Sqlite(read.acquire().await?),
            Self::Postgres(pool) => Conn::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction. Dropping it rolls it back.
    ///
    /// # Errors
    /// When the database cannot be reached in time.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx::new(match self {
            Self::Sqlite { write, .. } => RawTx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => RawTx::Postgres(pool.begin().await?),
        }))
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

async fn lock_file(path: PathBuf) -> Result<std::fs::File> {
    let locked = tokio::task::spawn_blocking(move || {
        let file = std::fs::File::options().create(true).truncate(false).write(true).open(path)?;
        file.lock()?;
        std::io::Result::Ok(file)
    });
    match locked.await {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(error)) => Err(StoreError::Unavailable(format!("cannot lock the data directory: {error}"))),
        Err(error) => Err(StoreError::Database(error.to_string())),
    }
}
