//! Many rows in one statement: as a JSON array of arrays, bytes and ids in hexadecimal.
//!
//! Drivers have no common way to bind a list of rows; both databases can read JSON.

use serde_json::Value;

/// The text of the rows.
pub(crate) fn json_rows<'a, T: 'a>(
    items: impl IntoIterator<Item = &'a T>,
    row: impl Fn(&T) -> Value,
) -> String {
    Value::Array(items.into_iter().map(row).collect()).to_string()
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
