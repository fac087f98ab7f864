//! Header lines as bytes, each with its `\r\n`: the fast lane sends them as they are, the router takes them apart.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The names and values of header lines.
pub(crate) fn each(lines: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    lines.split(|&byte| byte == b'\n').filter_map(|line| {
        let colon = memchr::memchr(b':', line)?;
        Some((line[..colon].trim_ascii(), line[colon + 1..].trim_ascii()))
    })
}

/// Sets the headers of the lines.
pub(crate) fn insert(lines: &[u8], headers: &mut HeaderMap) {
    for (name, value) in each(lines) {
        // We wrote them ourselves, so both are legal.
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            headers.insert(name, value);
        }
    }
}

/// Appends a number in decimal.
pub(crate) fn write_decimal(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_were_written() {
        let lines = b"a: b:c\r\nretry-after: 7\r\n";
        let expected: [(&[u8], &[u8]); 2] = [(b"a", b"b:c"), (b"retry-after", b"7")];
        assert_eq!(each(lines).collect::<Vec<_>>(), expected);
        assert_eq!(each(b"").count(), 0);
        let mut headers = HeaderMap::new();
        insert(lines, &mut headers);
        assert_eq!(
            (headers.len(), &headers["a"], &headers["retry-after"]),
            (2, &HeaderValue::from_static("b:c"), &HeaderValue::from_static("7"))
        );
    }

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        for number in [0, 9, 10, 1234, 1 << 53, u64::MAX] {
            let mut out = Vec::new();
            write_decimal(&mut out, number);
            assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
        }
    }
}
