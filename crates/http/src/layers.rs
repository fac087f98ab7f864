//! What happens around each request: its id, its time limit, its log line, its count, the bodies of refusals.

use crate::error::Refusal;
use crate::fast_lane::request_id::{self, RequestId};
use crate::metrics::METRICS;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lockwork_model::error::{Error, ErrorCode};
use std::any::Any;
use std::time::{Duration, Instant};

/// Runs a request inside `limit`, then finishes its response.
pub(crate) async fn around(limit: Duration, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let path = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    let header = request.headers().get(request_id::HEADER);
    let id = match header.and_then(|value| request_id::accepted(value.as_bytes())) {
        Some(id) => id.to_owned(),
        None => RequestId::next().as_str().to_owned(),
    };
    let response = match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => late().into_response(),
    };
    let response = finish(response, &id);
    let (status, took) = (response.status().as_u16(), began.elapsed());
    METRICS.routed_request(method.as_str(), path, status, took);
    tracing::info!(
        http.method = %method, http.path = path, http.status = status, request.id = id,
        took_micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX), "request answered"
    );
    response
}

/// Writes the body of a refusal and the headers of every answer.
fn finish(mut response: Response, id: &str) -> Response {
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        let mut body = Vec::new();
        refusal.write(id, &mut body);
        if let Some(context) = refusal.error().context() {
            tracing::warn!(request.id = id, error = ?refusal.error(), context, "request refused");
        }
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        *response.body_mut() = Body::from(body);
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(request_id::HEADER, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// No route has this path.
pub(crate) async fn no_such_path() -> Refusal {
    Error::new(ErrorCode::NotFound, "there is nothing at this path; see /docs for what there is").into()
}

/// The path exists, but not with this method; axum adds `Allow`.
pub(crate) async fn no_such_method() -> Refusal {
    let error = Error::invalid("this path does not take this method; the Allow header names those it takes");
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, error)
}

fn late() -> Refusal {
    Refusal::new(StatusCode::GATEWAY_TIMEOUT, Error::unavailable("the request's time limit passed"))
}

/// A handler panicked: our fault, and no reason to stop serving.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    Refusal::from(Error::internal(format!("a handler panicked: {text}"))).into_response()
}
