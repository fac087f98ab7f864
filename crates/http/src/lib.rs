//! Every HTTP surface: wire shapes and routes. What the product does is in `lockwork-app`.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod backend;
pub mod config;
mod error;
mod extract;
pub mod fast_lane;
mod header_lines;
mod health;
mod idempotency;
mod layers;
pub mod metrics;
pub mod openapi;
mod rate_limit_headers;
mod reference;
pub mod serve;
mod wire;

pub use backend::api_key_verification::Hot;

use axum::Router;
use axum::routing::get;
use lockwork_app::App;
use std::time::Duration;

/// What bounds a request.
#[derive(Debug, Clone, Copy)]
pub struct RouterOptions {
    /// How long it may take.
    pub request_timeout: Duration,
    /// How large its body may be.
    pub max_body_bytes: usize,
}

impl Default for RouterOptions {
    fn default() -> Self {
        Self { request_timeout: Duration::from_secs(30), max_body_bytes: 256 * 1024 }
    }
}

/// Every route of the server.
pub fn router(app: App, options: RouterOptions) -> Router {
    let (backend, _) = backend::routes().split_for_parts();
    let (config, _) = config::routes().split_for_parts();
    let routes = Router::new()
        .merge(backend)
        .merge(config)
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .merge(reference::routes());
    layers::surround(routes, options).with_state(app)
}
