//! For load balancers and monitoring.

use crate::metrics::{Gauge, METRICS};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use lockwork_app::App;

/// Their paths, which every host answers.
pub(crate) const PATHS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Their routes.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
}

/// The process runs.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The node may be sent requests: its index is loaded and not stale.
async fn readyz(State(app): State<App>) -> impl IntoResponse {
    match app.readiness().reason {
        None => (StatusCode::OK, "ready\n".to_owned()),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")),
    }
}

/// Prometheus metrics.
async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let readiness = app.readiness();
    let memory = app.index().memory();
    let limits = app.limiter().memory();
    let gauges = [
        ("lockwork_ready", "Whether the node may be sent requests.", f64::from(u8::from(readiness.ready))),
        ("lockwork_index_keys", "API keys in the index.", readiness.keys as f64),
        (
            "lockwork_index_staleness_seconds",
            "Time since the node last knew that it had seen every change.",
            readiness.staleness.as_secs_f64(),
        ),
        ("lockwork_index_records_bytes", "Memory of the index's records.", memory.records_bytes as f64),
        ("lockwork_index_names_bytes", "Memory of the keys' names.", memory.names_bytes as f64),
        (
            "lockwork_index_directory_bytes",
            "Memory of organizations and permission sets.",
            memory.directory_bytes as f64,
        ),
        ("lockwork_limit_counters", "Rate limits that are counted now.", limits.counters as f64),
        (
            "lockwork_limit_leases",
            "Quotas and credits of which this node holds a block.",
            limits.leases as f64,
        ),
        ("lockwork_limit_bytes", "Memory of both.", limits.bytes as f64),
        (
            "lockwork_last_uses_dropped",
            "Uses of keys that were not noted for want of memory, since the start.",
            app.last_uses_dropped() as f64,
        ),
    ]
    .map(|(name, help, value)| Gauge { name, help, value });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], METRICS.render(&gauges))
}
