//! What happens around each request: its id, its time limit, its log line, its count, the bodies of refusals.

use crate::RouterOptions;
use crate::error::Refusal;
use crate::fast_lane::request_id::{self, RequestId};
use crate::metrics::METRICS;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use lockwork_model::error::{Error, ErrorCode};
use std::any::Any;
use std::time::{Duration, Instant};
use tower_http::catch_panic::CatchPanicLayer;

/// The routes, and refusals where there is none, with everything around them.
pub(crate) fn surround<S: Clone + Send + Sync + 'static>(
    routes: Router<S>,
    options: &RouterOptions,
) -> Router<S> {
    enclose(with_refusals(routes), options)
}

/// The routes, and refusals where there is none.
pub(crate) fn with_refusals<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes.fallback(no_such_path).method_not_allowed_fallback(no_such_method)
}

/// What happens around each request, whatever answers it.
pub(crate) fn enclose<S: Clone + Send + Sync + 'static>(
    routes: Router<S>,
    options: &RouterOptions,
) -> Router<S> {
    let request_timeout = options.request_timeout;
    routes
        .layer(CatchPanicLayer::custom(panicked))
        .layer(DefaultBodyLimit::max(options.max_body_bytes))
        .layer(from_fn(move |request, next| around(request_timeout, request, next)))
}

/// Runs a request inside `limit`, then finishes its response.
async fn around(limit: Duration, request: Request, next: Next) -> Response {
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
    let response = finish(response, &method, &id);
    let (status, took) = (response.status().as_u16(), began.elapsed());
    METRICS.routed_request(method.as_str(), path, status, took);
    tracing::info!(
        http.method = %method, http.path = path, http.status = status, request.id = id,
        took_micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX), "request answered"
    );
    response
}

/// Writes the body of a refusal and the headers of every answer.
fn finish(mut response: Response, method: &Method, id: &str) -> Response {
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        let mut body = Vec::new();
        refusal.write(id, &mut body);
        if let Some(context) = refusal.error().context() {
            tracing::warn!(request.id = id, error = ?refusal.error(), context, "request refused");
        }
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        if method != Method::HEAD {
            *response.body_mut() = Body::from(body);
        }
    }
    add_headers(response.headers_mut(), id);
    response
}

/// Adds what every answer says. The fast lane writes the same, see `fast_lane::response`.
pub(crate) fn add_headers(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(request_id::HEADER, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// No route has this path.
async fn no_such_path() -> Refusal {
    Error::new(ErrorCode::NotFound, "there is nothing at this path; see /docs for what there is").into()
}

/// The path exists, but not with this method; axum adds `Allow`.
async fn no_such_method() -> Refusal {
    let error = Error::invalid("this path does not take this method; the Allow header names those it takes");
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, error)
}

/// The time limit has passed.
pub(crate) fn late() -> Refusal {
    let message =
        "the request took too long and was broken off; see whether it took effect before trying again";
    Error::new(ErrorCode::DeadlineExceeded, message).into()
}

/// A handler panicked: our fault, and no reason to stop serving.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    Refusal::from(Error::internal(format!("a handler panicked: {text}"))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    async fn get_json(router: &Router, path: &str) -> (StatusCode, Value) {
        let request = Request::get(path).header(request_id::HEADER, "this-one").body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()[request_id::HEADER], "this-one");
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_panic_in_a_handler_is_a_500_in_the_shape_and_the_next_request_is_answered() {
        let routes = Router::new()
            .route("/text", get(async || -> &'static str { panic!("on purpose") }))
            .route("/formatted", get(async || -> &'static str { panic!("{} purpose", "on") }))
            .route("/number", get(async || -> &'static str { std::panic::panic_any(7) }))
            .route("/fine", get(async || "7"));
        let router = surround(routes, &RouterOptions::default());
        for path in ["/text", "/formatted", "/number"] {
            let expected = json!({
                "code": 13, "message": "internal server error", "details": [],
                "type": "about:blank", "title": "Internal Server Error", "status": 500,
                "detail": "internal server error", "instance": "this-one",
            });
            assert_eq!(
                get_json(&router, path).await,
                (StatusCode::INTERNAL_SERVER_ERROR, expected),
                "{path}"
            );
        }
        assert_eq!(get_json(&router, "/fine").await, (StatusCode::OK, json!(7)));
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_a_504_in_the_shape() {
        let routes = Router::new().route("/never", get(std::future::pending::<&'static str>));
        let options = RouterOptions { request_timeout: Duration::from_millis(1), ..RouterOptions::default() };
        let (status, body) = get_json(&surround(routes, &options), "/never").await;
        assert_eq!((status, &body["status"]), (StatusCode::GATEWAY_TIMEOUT, &json!(504)));
        assert_eq!((&body["code"], &body["message"]), (&json!(4), &json!("deadline_exceeded")));
        assert_eq!(body["detail"], body["details"][0]["description"]);
        assert_eq!(body["instance"], "this-one");
    }

    #[tokio::test]
    async fn a_refusal_of_head_has_the_length_of_its_body_but_no_body() {
        let router = surround(Router::new(), &RouterOptions::default());
        let request = Request::head("/nowhere").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_ne!(response.headers()[header::CONTENT_LENGTH], "0");
        assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
    }
}
