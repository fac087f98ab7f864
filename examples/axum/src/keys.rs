//! What stands between the network and a handler: a good API key, or an answer that says no.

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lockwork::{Client, Rejection};

/// Which keys a route accepts.
#[derive(Clone)]
pub(crate) struct Accepted {
    pub(crate) lockwork: Client,
    /// A permission expression, or `None` for every good key.
    pub(crate) permissions: Option<&'static str>,
}

/// Middleware: lets a request with an accepted key through, its [`lockwork::Verdict`] as an extension.
pub(crate) async fn require_key(
    State(accepted): State<Accepted>,
    mut request: Request,
    next: Next,
) -> Response {
    let authorization = request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
    match accepted.lockwork.authorize(authorization, accepted.permissions).await {
        Ok(verdict) => {
            request.extensions_mut().insert(verdict);
            next.run(request).await
        }
        Err(rejection) => refuse(&rejection),
    }
}

fn refuse(rejection: &Rejection) -> Response {
    if let Rejection::NoVerdict(error) = rejection {
        eprintln!("no verdict on an API key: {error}");
    }
    let mut response =
        (rejection.status(), [(CONTENT_TYPE, "application/json")], rejection.body()).into_response();
    if let Some(challenge) = rejection.www_authenticate() {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}
