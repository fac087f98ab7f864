//! Many rows in one statement: as a JSON array of arrays, bytes and ids in hexadecimal.
//!
//! Drivers have no common way to bind a list of rows; both databases can read JSON.

use serde_json::Value;
use uuid::Uuid;

/// The text of the rows.
pub(crate) fn json_rows<'a, T: 'a>(
    items: impl IntoIterator<Item = &'a T>,
    row: impl Fn(&T) -> Value,
) -> String {
    Value::Array(items.into_iter().map(row).collect()).to_string()
}

/// The text of rows or values that are there already.
pub(crate) fn json_texts(values: Vec<Value>) -> String {
    Value::Array(values).to_string()
}

/// The text of a list of ids.
pub(crate) fn json_ids(ids: impl IntoIterator<Item = Uuid>) -> String {
    json_texts(ids.into_iter().map(|id| Value::String(id.simple().to_string())).collect())
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
