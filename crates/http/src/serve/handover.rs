//! Connections that the fast lane does not serve: hyper speaks HTTP/1.1 and HTTP/2, the router answers.

use super::Shared;
use super::io::GuardedStream;
use crate::fast_lane::request_id::{self, RequestId};
use crate::fast_lane::{Answered, HotPath, HotRequest, HotRoute};
use crate::metrics::METRICS;
use crate::{header_lines, layers};
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, interval_at, timeout};
use tower::ServiceExt;

/// Streams of one HTTP/2 connection at a time.
const STREAMS_MAX: u32 = 256;
/// hyper's own least.
const HEAD_BYTES_LEAST: usize = 8 << 10;
/// How often an HTTP/2 peer is asked whether it is still there, and how long it may take to answer.
const PING: Duration = Duration::from_secs(20);

/// Serves the rest of a connection.
pub(super) async fn run<H: HotPath, S>(
    shared: &Arc<Shared<H>>,
    stream: GuardedStream<S>,
    mut stop: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let options = &shared.options;
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // hyper starts this timer when it begins to wait, so it covers idle connections too.
        .header_read_timeout(options.idle_timeout)
        .max_buf_size(options.max_head_bytes.max(HEAD_BYTES_LEAST));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(u32::try_from(options.max_head_bytes).unwrap_or(u32::MAX))
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    let activity = Arc::new(Activity::default());
    let service = Service { shared: shared.clone(), activity: activity.clone() };
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut stopped = pin!(async move {
        let _ = stop.wait_for(|stop| *stop).await;
    });
    let mut looks = interval_at(Instant::now() + options.idle_timeout, options.idle_timeout);
    let (mut stopping, mut started_before) = (false, 0);
    loop {
        tokio::select! {
            biased;
            ended = &mut connection => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "connection ended early");
                }
                return;
            }
            () = &mut stopped, if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            _ = looks.tick() => {
                let started = activity.started.load(Relaxed);
                if started == started_before && started == activity.ended.load(Relaxed) {
                    METRICS.timed_out();
                    // HTTP/2 says goodbye to its peer; one that does not react is dropped.
                    connection.as_mut().graceful_shutdown();
                    let _ = timeout(options.head_timeout, connection.as_mut()).await;
                    return;
                }
                started_before = started;
            }
        }
    }
}

/// Requests of one connection, from their heads to the ends of their answers.
#[derive(Default)]
struct Activity {
    started: AtomicU64,
    ended: AtomicU64,
}

struct InFlight(Arc<Activity>);

impl InFlight {
    fn new(activity: &Arc<Activity>) -> Self {
        activity.started.fetch_add(1, Relaxed);
        Self(activity.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Relaxed);
    }
}

struct Service<H> {
    shared: Arc<Shared<H>>,
    activity: Arc<Activity>,
}

impl<H: HotPath> hyper::service::Service<Request<Incoming>> for Service<H> {
    type Response = Response<Body>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, hyper::Error>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let in_flight = InFlight::new(&self.activity);
        let shared = self.shared.clone();
        Box::pin(async move {
            let response = match hot_route(&request, shared.options.max_body_bytes) {
                Some(route) => answer(&shared, route, request).await?,
                None => operate(&shared, request.map(Body::new)).await,
            };
            Ok(response.map(|body| {
                Body::new(body.map_err(move |error| {
                    let _until_the_end_of_the_body = &in_flight;
                    error
                }))
            }))
        })
    }
}

/// The hot route of a request whose framing is plain enough to answer it here.
fn hot_route(request: &Request<Incoming>, body_bytes_max: usize) -> Option<HotRoute> {
    let headers = request.headers();
    let alone = |name| headers.get_all(name).iter().nth(1).is_none();
    let plain = request.method() == Method::POST
        && request.uri().query().is_none()
        && request.body().size_hint().exact().is_some_and(|bytes| bytes <= body_bytes_max as u64)
        && alone(header::AUTHORIZATION)
        && alone(header::CONTENT_TYPE)
        && !headers.contains_key(header::CONTENT_ENCODING);
    if plain { HotRoute::of_path(request.uri().path()) } else { None }
}

async fn answer<H: HotPath>(
    shared: &Shared<H>,
    route: HotRoute,
    request: Request<Incoming>,
) -> Result<Response<Body>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let Ok(collected) = timeout(shared.options.body_timeout, body.collect()).await else {
        METRICS.timed_out();
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return Ok(response);
    };
    let body = collected?.to_bytes();
    match from_memory(&shared.hot, route, &parts, &body) {
        Some(response) => Ok(response),
        None => Ok(operate(shared, Request::from_parts(parts, Body::from(body))).await),
    }
}

fn from_memory(hot: &impl HotPath, route: HotRoute, parts: &Parts, body: &Bytes) -> Option<Response<Body>> {
    fn value(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&[u8]> {
        headers.get(name).map(HeaderValue::as_bytes)
    }
    let made = RequestId::next();
    let id =
        value(&parts.headers, request_id::HEADER).and_then(request_id::accepted).unwrap_or(made.as_str());
    let request = HotRequest {
        route,
        authorization: value(&parts.headers, header::AUTHORIZATION),
        content_type: value(&parts.headers, header::CONTENT_TYPE),
        body,
        request_id: id,
    };
    let (mut head, mut answer) = (Vec::new(), Vec::with_capacity(512));
    // What has to wait waits in the router, where it goes on when the client leaves.
    let Answered::Done(status) = hot.answer(&request, &mut head, &mut answer) else { return None };
    METRICS.hot_request(route, status);
    let mut response = Response::new(Body::from(answer));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    header_lines::insert(&head, response.headers_mut());
    layers::add_headers(response.headers_mut(), id);
    Some(response)
}

/// Runs the router where operations run. A client that leaves does not stop what it has begun.
async fn operate<H: HotPath>(shared: &Shared<H>, request: Request<Body>) -> Response<Body> {
    let operation = shared.operations.spawn(shared.router.clone().oneshot(request));
    match operation.await {
        Ok(Ok(response)) => response,
        Err(error) => {
            tracing::error!(%error, "an operation ended without an answer");
            let body = r#"{"code":13,"message":"internal server error"}"#;
            let mut response = Response::new(Body::from(body));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
    }
}
