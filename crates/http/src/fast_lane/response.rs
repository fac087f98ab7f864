//! Writes the head and body of a hot answer.

use super::date::kept_date;

/// Appends a whole answer to `out`.
pub(super) fn write(out: &mut Vec<u8>, status: u16, request_id: &str, body: &[u8], close: bool) {
    out.reserve(200 + body.len());
    if status == 200 {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
    } else {
        out.extend_from_slice(b"HTTP/1.1 ");
        write_decimal(out, usize::from(status));
        out.push(b' ');
        out.extend_from_slice(reason(status).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"content-type: application/json\r\nx-request-id: ");
    out.extend_from_slice(request_id.as_bytes());
    out.extend_from_slice(b"\r\ncontent-length: ");
    write_decimal(out, body.len());
    if close {
        out.extend_from_slice(b"\r\nconnection: close");
    }
    out.extend_from_slice(b"\r\ndate: ");
    out.extend_from_slice(&kept_date());
    out.extend_from_slice(b"\r\n\r\n");
    out.extend_from_slice(body);
}

/// The reason phrases of RFC 9110 §15 for the statuses of our operations; empty, which is legal, for others.
const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "",
    }
}

fn write_decimal(out: &mut Vec<u8>, number: usize) {
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
    fn an_answer_is_a_whole_http_message() {
        super::super::keep_date("2026-01-02T03:04:05Z".parse().unwrap());
        let mut out = b"before".to_vec();
        write(&mut out, 200, "id-1", b"{}", false);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "beforeHTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: id-1\r\ncontent-length: 2\r\n\
             date: Fri, 02 Jan 2026 03:04:05 GMT\r\n\r\n{}"
        );
    }

    #[test]
    fn a_refusal_names_its_status_and_may_close() {
        let mut out = Vec::new();
        write(&mut out, 400, "i", &[b'x'; 1234], true);
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{text}");
        assert!(text.contains("\r\ncontent-length: 1234\r\nconnection: close\r\n"), "{text}");
    }
}
