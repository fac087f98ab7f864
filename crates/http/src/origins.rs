//! Which pages' scripts may call the APIs of a project's pages, and do so with the browser's cookies (contract §3.5).
//!
//! Two questions that must not be mixed up: CORS, whether a script may read an answer, asked by the browser; and
//! CSRF, whether a request that a cookie vouches for was meant, asked by whoever takes the cookie.

use crate::error::{Refusal, Result};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lockwork_app::Pages;
use lockwork_model::error::{Error, ErrorCode};
use std::sync::Arc;

/// The APIs that are meant for scripts: the Frontend API and the Login API.
const SCRIPT_PATHS: [&str; 2] = ["/api/frontend/", "/api/intermediate/"];
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
/// What scripts may read beside the headers that the fetch standard always shows.
const EXPOSED: HeaderValue = HeaderValue::from_static("retry-after, x-request-id");
/// How long browsers remember a preflight, in seconds.
const REMEMBERED_SECONDS: HeaderValue = HeaderValue::from_static("600");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What a request to pages asks of CORS, noted before the request is gone.
pub(crate) struct Asked {
    of_script_api: bool,
    origin: Option<HeaderValue>,
}

impl Asked {
    /// Notes it.
    pub(crate) fn of(request: &Request) -> Self {
        let of_script_api = is_script_api(request.uri().path());
        Self { of_script_api, origin: only(request.headers(), &header::ORIGIN).cloned() }
    }

    /// Tells the browser who may read the answer, refusals included.
    ///
    /// No page has a reason to embed an answer of these APIs as a picture or script, so none may
    /// (`Cross-Origin-Resource-Policy`, which CORS requests do not ask for).
    pub(crate) fn finish(self, pages: &Pages, headers: &mut HeaderMap) {
        if !self.of_script_api {
            return;
        }
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
        let allowed = |origin: &HeaderValue| origin.to_str().is_ok_and(|origin| pages.allows_origin(origin));
        if let Some(origin) = self.origin.filter(allowed) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
}

/// Answers a browser that asks before it sends; everything else goes on. The origin's own headers come from
/// [`Asked::finish`].
pub(crate) async fn answer_preflight(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_preflight = request.method() == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight || !is_script_api(request.uri().path()) {
        return next.run(request).await;
    }
    let pages = request.extensions().get::<Arc<Pages>>();
    if !pages.is_some_and(|pages| has_origin(headers, |origin| pages.allows_origin(origin))) {
        let message = "this origin's pages may not call this project; add its domain to trustedDomains";
        return denied(message).into_response();
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let answer = response.headers_mut();
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED_SECONDS);
    if let Some(wanted) = only(headers, &header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    response
}

/// Refuses a change that a cookie vouches for and that another site's page may have sent.
///
/// Browsers say where a request comes from in `Origin`, and none lets a script write that or `Sec-Fetch-Site`.
///
/// # Errors
/// `PermissionDenied`.
pub(crate) fn check_cookie_request(pages: &Pages, parts: &Parts) -> Result<()> {
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    if reads || is_same_origin(parts) || has_origin(&parts.headers, |origin| pages.allows_origin(origin)) {
        return Ok(());
    }
    Err(denied(
        "this is a cross-site request: one that a cookie vouches for must come from the project's own pages or from \
         its trustedDomains, and say so in its Origin header",
    ))
}

/// Refuses to begin a login, or a session, for a browser whose page is not of this very host: another site must not
/// sign anybody in as somebody else, a trusted one neither.
///
/// # Errors
/// `PermissionDenied`.
pub(crate) fn check_same_host(pages: &Pages, parts: &Parts) -> Result<()> {
    if is_same_origin(parts) || has_origin(&parts.headers, |origin| pages.is_own_origin(origin)) {
        return Ok(());
    }
    Err(denied("this is a cross-site request: signing in begins on the project's own pages"))
}

fn is_script_api(path: &str) -> bool {
    SCRIPT_PATHS.iter().any(|prefix| path.starts_with(prefix))
}

fn is_same_origin(parts: &Parts) -> bool {
    only(&parts.headers, &SEC_FETCH_SITE).is_some_and(|site| site == "same-origin")
}

fn has_origin(headers: &HeaderMap, is_allowed: impl Fn(&str) -> bool) -> bool {
    only(headers, &header::ORIGIN).and_then(|origin| origin.to_str().ok()).is_some_and(is_allowed)
}

/// The value of a header that stands there once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn denied(message: &str) -> Refusal {
    Error::new(ErrorCode::PermissionDenied, message).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockwork_app::Site;
    use lockwork_testkit::TestApp;

    /// Pages at `login.example.com:8443` that trust `app.test`.
    async fn pages() -> Arc<Pages> {
        let test = TestApp::new().await;
        test.database
            .execute("UPDATE projects SET vault_domain = 'login.example.com' WHERE display_name = 'Acme'")
            .await;
        test.database.execute("UPDATE project_trusted_domains SET domain = 'app.test'").await;
        match test.app.site(Some("login.example.com:8443")).await.unwrap() {
            Some(Site::Pages(pages)) => pages,
            other => panic!("{other:?}"),
        }
    }

    fn parts(method: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(axum::body::Body::empty()).unwrap().into_parts().0
    }

    #[tokio::test]
    async fn a_change_by_cookie_must_come_from_the_projects_own_pages_or_from_trusted_ones() {
        let pages = pages().await;
        let allowed = |method: &str, headers: &[(&str, &str)]| {
            let checked = check_cookie_request(&pages, &parts(method, headers));
            assert!(checked.as_ref().err().is_none_or(|refusal| refusal.status() == StatusCode::FORBIDDEN));
            checked.is_ok()
        };
        for origin in ["https://login.example.com:8443", "https://app.test", "https://a.app.test:3000"] {
            assert!(allowed("POST", &[("origin", origin)]), "{origin}");
        }
        assert!(allowed("POST", &[("sec-fetch-site", "same-origin")]));
        for headers in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "https://example.com")],
            &[("origin", "https://other.example.com")],
            &[("origin", "https://app.test.evil.net")],
            &[("origin", "http://app.test")],
            &[("origin", "https://evil.net"), ("origin", "https://app.test")],
            &[("origin", "https://evil.net"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("referer", "https://app.test/")],
        ] {
            for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
                assert!(!allowed(method, headers), "{method} {headers:?}");
            }
            assert!(allowed("GET", headers) && allowed("HEAD", headers), "{headers:?}");
        }
    }

    #[tokio::test]
    async fn signing_in_begins_on_the_pages_own_host_whatever_else_is_trusted() {
        let pages = pages().await;
        let allowed = |headers: &[(&str, &str)]| check_same_host(&pages, &parts("POST", headers)).is_ok();
        assert!(allowed(&[("origin", "https://login.example.com:8443")]));
        assert!(allowed(&[("origin", "https://login.example.com")]));
        assert!(allowed(&[("sec-fetch-site", "same-origin")]));
        for headers in [
            &[][..],
            &[("origin", "https://app.test")],
            &[("origin", "https://a.login.example.com")],
            &[("origin", "http://login.example.com")],
            &[("origin", "null")],
            &[("origin", "https://app.test"), ("sec-fetch-site", "same-site")],
        ] {
            assert!(!allowed(headers), "{headers:?}");
        }
        assert!(check_same_host(&pages, &parts("GET", &[])).is_err());
    }
}
