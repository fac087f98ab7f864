//! A file that is made once and served from memory.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Nothing but our own style and script may run, load or be talked to; `data:` is for the page's icon.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file with its type and its entity tag.
pub(crate) struct File {
    content_type: &'static str,
    policy: &'static str,
    cache_control: &'static str,
    plain: Bytes,
    brotli: Option<Bytes>,
    tag: String,
}

impl File {
    /// A file of this type, to be asked about before each use. Its tag depends on its bytes alone, so every node of a
    /// release agrees on it.
    pub(crate) fn new(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let plain = body.into();
        let mut hasher = DefaultHasher::new();
        plain.hash(&mut hasher);
        let tag = format!("\"{:016x}\"", hasher.finish());
        Self { content_type, policy: POLICY, cache_control: "no-cache", plain, brotli: None, tag }
    }

    /// The same with this Content-Security-Policy.
    pub(crate) fn with_policy(self, policy: &'static str) -> Self {
        Self { policy, ..self }
    }

    /// The same, to be kept for a year: its name changes with its bytes.
    pub(crate) fn kept(self) -> Self {
        Self { cache_control: "public, max-age=31536000, immutable", ..self }
    }

    /// The same, also compressed. Its tag is weak from then on, for it stands for both (RFC 9110 §8.8.1).
    pub(crate) fn with_brotli(self, brotli: &'static [u8]) -> Self {
        Self { brotli: Some(Bytes::from_static(brotli)), tag: format!("W/{}", self.tag), ..self }
    }

    /// The file, or 304 if the request's `If-None-Match` names it (RFC 9110 §13.1.2).
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response {
        let mut response = Response::new(Body::empty());
        let compressed = self.brotli.as_ref().filter(|_| takes_brotli(request));
        if self.is_known_to(request) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            *response.body_mut() = Body::from(compressed.unwrap_or(&self.plain).clone());
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(self.policy));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache_control));
        if self.brotli.is_some() {
            headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        if compressed.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        if let Ok(tag) = HeaderValue::from_str(&self.tag) {
            headers.insert(header::ETAG, tag);
        }
        response
    }

    fn is_known_to(&self, request: &HeaderMap) -> bool {
        let mut tags = listed(request, header::IF_NONE_MATCH);
        tags.any(|tag| tag == "*" || opaque(tag) == opaque(&self.tag))
    }
}

/// What a tag is compared by: weak or strong makes no difference here.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// Whether `Accept-Encoding` names Brotli and does not refuse it (RFC 9110 §12.5.3).
fn takes_brotli(request: &HeaderMap) -> bool {
    listed(request, header::ACCEPT_ENCODING).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0_f32));
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

/// The members of a header that is a list.
fn listed(request: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let values = request.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_compressed_file_goes_to_those_who_take_it() {
        let file = File::new("text/css", "a{}").with_brotli(b"squeezed").kept();
        for (accepted, takes) in [
            ("gzip, deflate, br, zstd", true),
            ("BR;q=0.5", true),
            ("gzip", false),
            ("br;q=0", false),
            ("br; q=0.000", false),
            ("brotli", false),
        ] {
            let answer = file.answer(&asked(header::ACCEPT_ENCODING, accepted));
            assert_eq!(answer.headers().contains_key(header::CONTENT_ENCODING), takes, "{accepted}");
            assert_eq!(answer.headers()[header::VARY], "Accept-Encoding");
            assert_eq!(answer.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        }
    }

    #[test]
    fn both_forms_of_a_file_are_known_by_one_tag() {
        let file = File::new("text/css", "a{}").with_brotli(b"squeezed");
        let tag = file.tag.clone();
        assert!(tag.starts_with("W/\""), "{tag}");
        for known in [tag.clone(), opaque(&tag).to_owned()] {
            let request =
                HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_str(&known).unwrap())]);
            assert_eq!(file.answer(&request).status(), StatusCode::NOT_MODIFIED);
        }
        let other = file.answer(&asked(header::IF_NONE_MATCH, "\"other\""));
        assert_eq!(other.status(), StatusCode::OK);
    }
}
