//! What stands between the network and a handler: a caller with a good access token or API key, or an answer that says no.

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lockwork::{Client, Rejection};

/// Which callers a route accepts.
#[derive(Clone)]
pub(crate) struct Accepted {
    pub(crate) lockwork: Client,
    /// The action that they must be permitted, or `None` for everybody who is signed in and every good key.
    pub(crate) action: Option<&'static str>,
}

/// Middleware: lets a request of an accepted caller through, its [`lockwork::Caller`] as an extension.
pub(crate) async fn require_caller(
    State(accepted): State<Accepted>,
    mut request: Request,
    next: Next,
) -> Response {
    match accepted.lockwork.authenticate(request.headers(), accepted.action).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(rejection) => refuse(&rejection),
    }
}

fn refuse(rejection: &Rejection) -> Response {
    if let Rejection::NoVerdict(error) = rejection {
        eprintln!("no verdict on a caller: {error}");
    }
    let mut response =
        (rejection.status(), [(CONTENT_TYPE, "application/json")], rejection.body()).into_response();
    if let Some(challenge) = rejection.www_authenticate() {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}
