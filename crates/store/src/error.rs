//! What can go wrong in storage, and how it becomes the product's error.

use lockwork_model::error::Error;

/// A failure of storage.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with that key exists.
    #[error("a unique constraint was violated: {0}")]
    Conflict(String),
    /// A row that this one points at does not exist (any more).
    #[error("a foreign key was violated: {0}")]
    Dangling(String),
    /// The database cannot be reached, or is too busy.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A row holds what it never should.
    #[error("{table} row {row}: column {column} is corrupt")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
    /// Anything else.
    #[error("{0}")]
    Database(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => {
                Self::Conflict(error.to_string())
            }
            sqlx::Error::Database(database) if database.is_foreign_key_violation() => {
                Self::Dangling(error.to_string())
            }
            sqlx::Error::Database(database) if is_transient(database.code().as_deref()) => {
                Self::Unavailable(error.to_string())
            }
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            _ => Self::Database(error.to_string()),
        }
    }
}

/// SQLite's busy and locked, disk full and I/O errors; PostgreSQL's connection (08), shutdown (57P), resource (53),
/// deadlock, serialisation and lock time-out classes.
fn is_transient(code: Option<&str>) -> bool {
    let Some(code) = code else { return false };
    if let Ok(sqlite) = code.parse::<i64>()
        && code.len() < 5
    {
        return matches!(sqlite & 255, 5 | 6 | 10 | 13);
    }
    ["08", "53", "57P", "40001", "40P01", "55P03"].iter().any(|class| code.starts_with(class))
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::already_exists("it exists already").because(error),
            StoreError::Dangling(_) => {
                Self::failed_precondition("something that this refers to was just deleted").because(error)
            }
            StoreError::Unavailable(_) => Self::unavailable(error),
            StoreError::Corrupt { .. } | StoreError::Database(_) => Self::internal(error),
        }
    }
}

/// Turns a violated unique constraint into the operation's own error.
pub trait OnConflict<T> {
    /// `error()` if a row with that key exists.
    ///
    /// # Errors
    /// Any other failure as it is.
    fn on_conflict(self, error: impl FnOnce() -> Error) -> Result<T, Error>;
}

impl<T> OnConflict<T> for Result<T, StoreError> {
    fn on_conflict(self, error: impl FnOnce() -> Error) -> Result<T, Error> {
        self.map_err(|failure| match failure {
            StoreError::Conflict(context) => error().because(context),
            other => other.into(),
        })
    }
}
