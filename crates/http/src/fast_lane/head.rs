//! Reads the head of a hot request, or says that it is none.

use super::{HotRoute, request_id};
use httparse::{EMPTY_HEADER, Request, Status};

/// More headers than any client of these routes sends; hyper takes those that have more.
const HEADERS_MAX: usize = 32;

const REQUEST_LINES: [(&[u8], HotRoute); 2] = [
    (b"POST /v1/api-keys/verify HTTP/1.1\r\n", HotRoute::Verify),
    (b"POST /v1/api-keys/authenticate HTTP/1.1\r\n", HotRoute::Authenticate),
];

/// The head of a hot request.
#[derive(Debug, PartialEq, Eq)]
pub struct Head<'b> {
    /// Which route.
    pub route: HotRoute,
    /// The value of its only `Authorization` header.
    pub authorization: Option<&'b [u8]>,
    /// The value of its only `Content-Type` header.
    pub content_type: Option<&'b [u8]>,
    /// The caller's own id for the request, if it is an acceptable one.
    pub request_id: Option<&'b str>,
    /// Bytes up to and including the empty line.
    pub head_bytes: usize,
    /// Bytes of body that follow.
    pub body_bytes: usize,
}

/// What the first bytes of a request are.
#[derive(Debug, PartialEq, Eq)]
pub enum Parsed<'b> {
    /// A hot request whose head is complete.
    Hot(Head<'b>),
    /// It may become anything.
    Partial,
    /// Hyper's business.
    Unusual,
}

/// Reads the request at the start of `bytes`.
///
/// Hot is only what two servers cannot read differently (RFC 9112 §11.2): a fixed request line, lines that end in
/// CRLF, one `Host`, one `Content-Length` of digits up to `body_bytes_max`, and none of the headers that change
/// framing or the connection.
#[must_use]
pub fn parse(bytes: &[u8], body_bytes_max: usize) -> Parsed<'_> {
    let Some(route) = route_of(bytes) else { return Parsed::Unusual };
    let mut headers = [EMPTY_HEADER; HEADERS_MAX];
    let mut request = Request::new(&mut headers);
    let head_bytes = match request.parse(bytes) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Parsed::Partial,
        Err(_) => return Parsed::Unusual,
    };
    let Some(route) = route else { return Parsed::Unusual };
    match read_headers(route, head_bytes, request.headers, body_bytes_max) {
        Some(head) if only_crlf(bytes.get(..head_bytes).unwrap_or_default()) => Parsed::Hot(head),
        _ => Parsed::Unusual,
    }
}

/// `None` if the request line is another; `Some(None)` if it is not complete yet.
fn route_of(bytes: &[u8]) -> Option<Option<HotRoute>> {
    for (line, route) in REQUEST_LINES {
        if bytes.starts_with(line) {
            return Some(Some(route));
        }
        if line.starts_with(bytes) {
            return Some(None);
        }
    }
    None
}

fn read_headers<'b>(
    route: HotRoute,
    head_bytes: usize,
    headers: &[httparse::Header<'b>],
    body_bytes_max: usize,
) -> Option<Head<'b>> {
    let mut head =
        Head { route, authorization: None, content_type: None, request_id: None, head_bytes, body_bytes: 0 };
    let (mut hosts, mut lengths) = (0, 0);
    for header in headers {
        let (name, value) = (header.name, header.value);
        // The length is compared first, so that most headers cost one comparison.
        match name.len() {
            4 if name.eq_ignore_ascii_case("host") => hosts += 1,
            6 if name.eq_ignore_ascii_case("expect") => return None,
            7 if name.eq_ignore_ascii_case("upgrade") => return None,
            10 if name.eq_ignore_ascii_case("connection") && !value.eq_ignore_ascii_case(b"keep-alive") => {
                return None;
            }
            12 if name.eq_ignore_ascii_case("content-type") => {
                set_once(&mut head.content_type, value)?;
            }
            12 if name.eq_ignore_ascii_case(request_id::HEADER) => {
                head.request_id = request_id::accepted(value)
            }
            13 if name.eq_ignore_ascii_case("authorization") => {
                set_once(&mut head.authorization, value)?;
            }
            14 if name.eq_ignore_ascii_case("content-length") => {
                lengths += 1;
                head.body_bytes = decimal(value).filter(|&length| length <= body_bytes_max)?;
            }
            16 if name.eq_ignore_ascii_case("content-encoding") => return None,
            17 if name.eq_ignore_ascii_case("transfer-encoding") => return None,
            _ => {}
        }
    }
    (hosts == 1 && lengths == 1).then_some(head)
}

/// `None` if it was set before.
fn set_once<'b>(slot: &mut Option<&'b [u8]>, value: &'b [u8]) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

/// Digits only: no sign, no list, no space.
fn decimal(value: &[u8]) -> Option<usize> {
    if value.is_empty() || value.len() > 9 {
        return None;
    }
    value.iter().try_fold(0, |number: usize, byte| {
        byte.is_ascii_digit().then(|| number * 10 + usize::from(byte - b'0'))
    })
}

/// Whether each LF stands behind a CR. httparse takes a bare LF for a line's end, another server may not.
fn only_crlf(head: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', head).all(|at| at > 0 && head.get(at - 1) == Some(&b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 1000;

    fn hot(bytes: &[u8]) -> Head<'_> {
        match parse(bytes, MAX) {
            Parsed::Hot(head) => head,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_plain_request_is_hot() {
        let text = b"POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\ncontent-type: application/json\r\nCONTENT-LENGTH: 12\r\nConnection: Keep-Alive\r\nX-Request-Id: abc-1\r\n\r\n{";
        let head = hot(text);
        assert_eq!(
            head,
            Head {
                route: HotRoute::Verify,
                authorization: Some(b"Bearer x"),
                content_type: Some(b"application/json"),
                request_id: Some("abc-1"),
                head_bytes: text.len() - 1,
                body_bytes: 12
            }
        );
        let text = b"POST /v1/api-keys/authenticate HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(hot(text).route, HotRoute::Authenticate);
    }

    #[test]
    fn every_proper_beginning_of_a_hot_head_is_partial() {
        let text = b"POST /v1/api-keys/authenticate HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n";
        for length in 0..text.len() {
            assert_eq!(parse(&text[..length], MAX), Parsed::Partial, "{length}");
        }
    }

    #[test]
    fn another_request_line_is_unusual() {
        for line in [
            "GET /v1/api-keys/verify HTTP/1.1",
            "POST /v1/api-keys/verify?x=1 HTTP/1.1",
            "POST /v1/api-keys/verify HTTP/1.0",
            "POST  /v1/api-keys/verify HTTP/1.1",
            "POST /v1/api-keys/verify/ HTTP/1.1",
            "POST http://a/v1/api-keys/verify HTTP/1.1",
            "post /v1/api-keys/verify HTTP/1.1",
            "POST /v1/api-keys/%76erify HTTP/1.1",
            "\r\nPOST /v1/api-keys/verify HTTP/1.1",
            "PRI * HTTP/2.0",
        ] {
            let text = format!("{line}\r\nHost: a\r\nContent-Length: 2\r\n\r\n{{}}");
            assert_eq!(parse(text.as_bytes(), MAX), Parsed::Unusual, "{line}");
        }
    }

    #[test]
    fn a_doubtful_head_is_unusual() {
        for headers in [
            "Host: a\r\n",
            "Content-Length: 2\r\n",
            "Host: a\r\nHost: a\r\nContent-Length: 2\r\n",
            "Host: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n",
            "Host: a\r\nContent-Length: 2, 2\r\n",
            "Host: a\r\nContent-Length: +2\r\n",
            "Host: a\r\nContent-Length: -2\r\n",
            "Host: a\r\nContent-Length: 0x2\r\n",
            "Host: a\r\nContent-Length: 2 2\r\n",
            "Host: a\r\nContent-Length:\r\n",
            "Host: a\r\nContent-Length: 99999999999999999999\r\n",
            "Host: a\r\nContent-Length: 1001\r\n",
            "Host: a\r\nContent-Length : 2\r\n",
            "Host: a\r\n Content-Length: 2\r\n",
            "Host: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n",
            "Host: a\r\nTransfer-Encoding: chunked\r\n",
            "Host: a\r\nContent-Length: 2\r\nTransfer-Encoding: identity\r\n",
            "Host: a\r\nContent-Length: 2\r\nX: a\r\n b\r\n",
            "Host: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n",
            "Host: a\r\nContent-Length: 2\r\nUpgrade: h2c\r\n",
            "Host: a\r\nContent-Length: 2\r\nConnection: close\r\n",
            "Host: a\r\nContent-Length: 2\r\nConnection: keep-alive, x\r\n",
            "Host: a\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n",
            "Host: a\r\nContent-Length: 2\r\nAuthorization: a\r\nAuthorization: a\r\n",
            "Host: a\r\nContent-Length: 2\r\nContent-Type: a\r\nContent-Type: a\r\n",
            "Host: a\nContent-Length: 2\r\n",
            "Host: a\r\nContent-Length: 2\r\nX: a\rb\r\n",
            "Host: a\r\nContent-Length: 2\r\nX: a\0b\r\n",
            "Host: a\r\nContent-Length: 2\r\nno colon\r\n",
        ] {
            let text = format!("POST /v1/api-keys/verify HTTP/1.1\r\n{headers}\r\n{{}}");
            assert_eq!(parse(text.as_bytes(), MAX), Parsed::Unusual, "{headers}");
        }
    }

    #[test]
    fn more_headers_than_clients_send_are_unusual() {
        let many = "X: 1\r\n".repeat(HEADERS_MAX);
        let text =
            format!("POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n{many}\r\n{{}}");
        assert_eq!(parse(text.as_bytes(), MAX), Parsed::Unusual);
    }

    #[test]
    fn an_unacceptable_request_id_is_left_out() {
        let text = "POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nX-Request-Id: a b\r\n\r\n{}";
        assert_eq!(hot(text.as_bytes()).request_id, None);
    }
}
