//! Writes the head and body of a hot answer.

use super::date::kept_date;
use crate::header_lines::write_decimal;

/// What stands in every answer, up to the request's id. The router's answers have the same headers, see `layers`.
const PLAIN: &[u8] = b"content-type: application/json\r\ncache-control: no-store\r\n\
    x-content-type-options: nosniff\r\nx-request-id: ";

/// An answer that is ready to be written.
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) request_id: &'a str,
    /// Header lines of its own, each with its `\r\n`.
    pub(super) head: &'a [u8],
    pub(super) body: &'a [u8],
    /// Whether the connection ends with it.
    pub(super) close: bool,
}

/// Appends a whole answer to `out`.
pub(super) fn write(out: &mut Vec<u8>, answer: &Answer<'_>) {
    let &Answer { status, request_id, head, body, close } = answer;
    out.reserve(300 + head.len() + body.len());
    if status == 200 {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
    } else {
        out.extend_from_slice(b"HTTP/1.1 ");
        write_decimal(out, u64::from(status));
        out.push(b' ');
        out.extend_from_slice(reason(status).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(PLAIN);
    out.extend_from_slice(request_id.as_bytes());
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(head);
    out.extend_from_slice(b"content-length: ");
    write_decimal(out, body.len() as u64);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RouterOptions;
    use crate::extract::Json;
    use crate::header_lines;
    use axum::Router;
    use axum::body::Body;
    use axum::http::Request;
    use axum::routing::post;
    use std::collections::BTreeMap;
    use tower::ServiceExt;

    fn written(status: u16, head: &[u8], body: &[u8], close: bool) -> String {
        let mut out = Vec::new();
        write(&mut out, &Answer { status, request_id: "id-1", head, body, close });
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_answer_is_a_whole_http_message() {
        super::super::keep_date("2026-01-02T03:04:05Z".parse().unwrap());
        assert_eq!(
            written(200, b"", b"{}", false),
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncache-control: no-store\r\n\
             x-content-type-options: nosniff\r\nx-request-id: id-1\r\ncontent-length: 2\r\n\
             date: Fri, 02 Jan 2026 03:04:05 GMT\r\n\r\n{}"
        );
    }

    #[test]
    fn answers_are_appended_and_leave_earlier_ones_as_they_are() {
        let mut out = b"before".to_vec();
        write(&mut out, &Answer { status: 200, request_id: "i", head: b"", body: b"{}", close: false });
        assert!(out.starts_with(b"beforeHTTP/1.1 200 OK\r\n"));
    }

    #[test]
    fn a_refusal_names_its_status_and_may_close() {
        let text = written(400, b"", &[b'x'; 1234], true);
        assert!(text.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{text}");
        assert!(text.contains("\r\ncontent-length: 1234\r\nconnection: close\r\n"), "{text}");
    }

    #[test]
    fn a_limits_refusal_has_its_own_headers_among_the_others() {
        let text = written(429, b"retry-after: 7\r\n", b"{}", false);
        assert!(text.starts_with("HTTP/1.1 429 Too Many Requests\r\n"), "{text}");
        assert!(text.contains("x-request-id: id-1\r\nretry-after: 7\r\ncontent-length: 2\r\n"), "{text}");
        assert_eq!(text.matches("\r\n\r\n").count(), 1, "{text}");
    }

    #[tokio::test]
    async fn it_has_the_headers_that_the_routers_answers_have() {
        let routes = Router::new().route("/", post(async || Json([0; 0])));
        let router = crate::layers::surround(routes, &RouterOptions::default());
        let request = Request::post("/").header("x-request-id", "id-1").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let from_router: BTreeMap<String, String> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let text = written(200, b"", b"[]", false);
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        let (_, lines) = head.split_once("\r\n").unwrap();
        let mut from_fast_lane: BTreeMap<String, String> = header_lines::each(lines.as_bytes())
            .map(|(name, value)| [name, value].map(|text| String::from_utf8(text.to_vec()).unwrap()).into())
            .collect();
        // hyper adds the date to what the router answers.
        assert!(from_fast_lane.remove("date").is_some());
        assert_eq!(from_fast_lane, from_router);
    }
}
