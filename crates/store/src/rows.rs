//! From columns to model types.

use crate::db::Result;
use crate::error::StoreError;
use lockwork_model::secrets::SecretHash;
use lockwork_model::time::Timestamp;

pub(crate) const fn time(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

pub(crate) fn optional_time(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(Timestamp::from_micros)
}

pub(crate) fn micros(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_micros)
}

pub(crate) fn secret_hash(bytes: &[u8], table: &'static str, row: impl ToString) -> Result<SecretHash> {
    parsed(<[u8; 32]>::try_from(bytes).ok(), table, "secret_hash", row).map(SecretHash::from_bytes)
}

/// A value that must be there, or the row is corrupt.
pub(crate) fn parsed<T>(
    value: Option<T>,
    table: &'static str,
    column: &'static str,
    row: impl ToString,
) -> Result<T> {
    value.ok_or_else(|| StoreError::Corrupt { table, column, row: row.to_string() })
}

/// All rows were made, or one refers to what is not there in the project.
pub(crate) fn all_made(made: u64, wanted: usize, table: &'static str) -> Result<()> {
    if usize::try_from(made) == Ok(wanted) {
        Ok(())
    } else {
        Err(StoreError::Dangling(format!("a row of {table} refers to what is not there")))
    }
}
