//! The fast lane's reading of a request's head: what it takes, a full parser takes in the same way.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockwork_http::fast_lane::{Parsed, parse};

const BODY_BYTES_MAX: usize = 1 << 16;

fuzz_target!(|input: (&[u8], u16)| {
    let (mut bytes, cut) = (input.0.to_vec(), usize::from(input.1));
    check(&bytes, cut);
    // Behind a right request line, which mutations seldom leave whole.
    bytes.splice(..0, *b"POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\n");
    check(&bytes, cut);
});

fn check(bytes: &[u8], cut: usize) {
    let whole = parse(bytes, BODY_BYTES_MAX);
    let part = &bytes[..cut % (bytes.len() + 1)];
    let early = parse(part, BODY_BYTES_MAX);
    match &whole {
        Parsed::Hot(head) => {
            // The same however it arrives.
            assert!(if part.len() < head.head_bytes { early == Parsed::Partial } else { early == whole });
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut request = httparse::Request::new(&mut headers);
            assert_eq!(request.parse(bytes), Ok(httparse::Status::Complete(head.head_bytes)));
            assert_eq!((request.method, request.path), (Some("POST"), Some(head.route.path())));
            assert_eq!(request.version, Some(1));
            let values = |name: &str| -> Vec<&[u8]> {
                request
                    .headers
                    .iter()
                    .filter(|it| it.name.eq_ignore_ascii_case(name))
                    .map(|it| it.value)
                    .collect()
            };
            assert_eq!(values("content-length").len(), 1);
            let length = std::str::from_utf8(values("content-length")[0]).expect("digits");
            assert_eq!(length.parse(), Ok(head.body_bytes));
            assert!(head.body_bytes <= BODY_BYTES_MAX);
            assert_eq!(values("host").len(), 1);
            assert_eq!(values("authorization"), Vec::from_iter(head.authorization));
            assert_eq!(values("content-type"), Vec::from_iter(head.content_type));
            for name in ["transfer-encoding", "content-encoding", "expect", "upgrade"] {
                assert!(values(name).is_empty(), "{name}");
            }
            assert!(head.request_id.is_none_or(|id| values("x-request-id").contains(&id.as_bytes())));
            let end = &bytes[..head.head_bytes];
            assert!(end.ends_with(b"\r\n\r\n"));
            assert!(end.iter().zip(&end[1..]).all(|(&before, &byte)| byte != b'\n' || before == b'\r'));
        }
        Parsed::Partial => assert_eq!(early, Parsed::Partial),
        // What it can no longer become, it does not become later.
        Parsed::Unusual => assert!(!matches!(early, Parsed::Hot(_))),
    }
}
