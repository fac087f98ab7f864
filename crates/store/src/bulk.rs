//! Reading millions of rows: by SQLite's own cursor and PostgreSQL's binary COPY, which cost a fraction of what a
//! query's rows do.

use crate::db::Result;
use crate::error::StoreError;
use crate::snapshot::KeyRange;
use crate::store::Store;
use futures_util::TryStreamExt;
use rusqlite::OpenFlags;
use rusqlite::types::ValueRef;
use sqlx::{Connection, PgPool};
use std::path::PathBuf;
use uuid::Uuid;

/// A column of a row, where it lies.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Field<'a> {
    Null,
    Integer(i64),
    Bytes(&'a [u8]),
}

impl<'a> Field<'a> {
    pub(crate) fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Null | Self::Integer(_) => None,
        }
    }

    pub(crate) fn uuid(self) -> Option<Uuid> {
        self.bytes().and_then(|bytes| Uuid::from_slice(bytes).ok())
    }

    pub(crate) fn text(self) -> Option<&'a str> {
        self.bytes().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// PostgreSQL sends flags as one byte.
    pub(crate) fn flag(self) -> Option<bool> {
        match self {
            Self::Integer(number) => Some(number != 0),
            Self::Bytes([byte]) => Some(*byte != 0),
            Self::Null | Self::Bytes(_) => None,
        }
    }

    /// PostgreSQL sends integers as eight bytes.
    pub(crate) fn integer(self) -> Option<i64> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(number),
            Self::Bytes(bytes) => bytes.try_into().ok().map(i64::from_be_bytes),
        }
    }
}

impl Store {
    /// Hands every row of a query over a range of ids (`$1` to `$2`) to `each`, and gives the state back.
    pub(crate) async fn fold_rows<const N: usize, S, F>(
        &self,
        query: &'static str,
        range: KeyRange,
        state: S,
        each: F,
    ) -> Result<S>
    where
        S: Send + 'static,
        F: FnMut(&mut S, [Field<'_>; N]) -> Result<()> + Send + 'static,
    {
        match self {
            Self::Sqlite { path, .. } => {
                let path = path.clone();
                let folded =
                    tokio::task::spawn_blocking(move || fold_sqlite(path, query, range, state, each));
                folded.await.map_err(|error| StoreError::Database(error.to_string()))?
            }
            Self::Postgres(pool) => fold_postgres(pool, query, range, state, each).await,
        }
    }
}

fn fold_sqlite<const N: usize, S>(
    path: PathBuf,
    query: &'static str,
    (first, last): KeyRange,
    mut state: S,
    mut each: impl FnMut(&mut S, [Field<'_>; N]) -> Result<()>,
) -> Result<S> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = rusqlite::Connection::open_with_flags(path, flags).map_err(sqlite_error)?;
    let mut statement = conn.prepare(query).map_err(sqlite_error)?;
    let params = [first.as_bytes().as_slice(), last.as_bytes().as_slice()];
    let mut rows = statement.query(params).map_err(sqlite_error)?;
    while let Some(row) = rows.next().map_err(sqlite_error)? {
        let mut fields = [Field::Null; N];
        for (index, field) in fields.iter_mut().enumerate() {
            *field = match row.get_ref(index).map_err(sqlite_error)? {
                ValueRef::Null | ValueRef::Real(_) => Field::Null,
                ValueRef::Integer(number) => Field::Integer(number),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Field::Bytes(bytes),
            };
        }
        each(&mut state, fields)?;
    }
    Ok(state)
}

fn sqlite_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(
            rusqlite::ErrorCode::DatabaseBusy
            | rusqlite::ErrorCode::DatabaseLocked
            | rusqlite::ErrorCode::CannotOpen
            | rusqlite::ErrorCode::SystemIoFailure,
        ) => StoreError::Unavailable(error.to_string()),
        _ => StoreError::Database(error.to_string()),
    }
}

/// Bytes before the first row: the signature, flags, and the length of an extension that is always empty.
const COPY_HEADER_BYTES: usize = 19;

async fn fold_postgres<const N: usize, S>(
    pool: &PgPool,
    query: &'static str,
    (first, last): KeyRange,
    mut state: S,
    mut each: impl FnMut(&mut S, [Field<'_>; N]) -> Result<()>,
) -> Result<S> {
    // COPY takes no parameters; a uuid's text is digits and hyphens.
    let query = query.replace("$1", &format!("'{first}'")).replace("$2", &format!("'{last}'"));
    // Not the pool's any more: an error below leaves the connection in the middle of its rows.
    let mut conn = pool.acquire().await?.detach();
    let mut parts = conn.copy_out_raw(&format!("COPY ({query}) TO STDOUT (FORMAT BINARY)")).await?;
    let (mut pending, mut header) = (Vec::new(), COPY_HEADER_BYTES);
    while let Some(part) = parts.try_next().await? {
        // A part is mostly one whole row, so the rest of the one before is mostly empty.
        let owned;
        let mut rest: &[u8] = if pending.is_empty() {
            &part
        } else {
            pending.extend_from_slice(&part);
            owned = std::mem::take(&mut pending);
            &owned
        };
        if header > 0 {
            match rest.split_at_checked(header) {
                Some((_, rows)) => (rest, header) = (rows, 0),
                None => {
                    pending = rest.to_vec();
                    continue;
                }
            }
        }
        while let Some((fields, behind)) = copy_row::<N>(rest) {
            each(&mut state, fields)?;
            rest = behind;
        }
        pending = rest.to_vec();
    }
    drop(parts);
    conn.close().await?;
    Ok(state)
}

/// The first row of a binary COPY and what is behind it; `None` where it is not whole, and at the end.
fn copy_row<const N: usize>(rest: &[u8]) -> Option<([Field<'_>; N], &[u8])> {
    let (count, mut rest) = rest.split_first_chunk::<2>()?;
    if usize::try_from(i16::from_be_bytes(*count)) != Ok(N) {
        return None;
    }
    let mut fields = [Field::Null; N];
    for field in &mut fields {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        rest = behind;
        if let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) {
            let (bytes, behind) = rest.split_at_checked(length)?;
            *field = Field::Bytes(bytes);
            rest = behind;
        }
    }
    Some((fields, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_binary_copy_are_read_one_by_one() {
        let rows = [
            &[0, 2, 0, 0, 0, 1, 7, 255, 255, 255, 255][..],
            &[0, 2, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 0],
            &[255, 255],
        ]
        .concat();
        let ([a, b], rest) = copy_row::<2>(&rows).unwrap();
        assert_eq!((a.bytes(), b.bytes()), (Some([7].as_slice()), None));
        let ([a, b], rest) = copy_row::<2>(rest).unwrap();
        assert_eq!((a.bytes(), b.integer()), (Some([].as_slice()), Some(256)));
        assert!(copy_row::<2>(rest).is_none());
        for cut in 0..11 {
            assert!(copy_row::<2>(&rows[..cut]).is_none());
        }
    }
}
