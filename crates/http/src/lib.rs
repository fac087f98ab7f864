//! Every HTTP surface: wire shapes and routes. What the product does is in `lockwork-app`.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod backend;
mod branding;
pub mod config;
mod cookies;
mod dev_mail;
mod error;
mod extract;
pub mod fast_lane;
mod file;
pub mod frontend;
mod header_lines;
mod health;
mod hosts;
mod idempotency;
mod layers;
pub mod login;
pub mod metrics;
pub mod openapi;
mod origins;
mod rate_limit_headers;
mod reference;
pub mod serve;
mod ui;
mod wire;

pub use backend::api_key_verification::Hot;

use axum::Router;
use lockwork_app::App;
use lockwork_app::identity::mail::Mailbox;
use std::time::Duration;

/// What bounds a request.
#[derive(Debug, Clone)]
pub struct RouterOptions {
    /// How long it may take.
    pub request_timeout: Duration,
    /// How large its body may be.
    pub max_body_bytes: usize,
    /// The mail that `/dev/mail` shows to everybody, in development only.
    pub dev_mailbox: Option<Mailbox>,
}

impl Default for RouterOptions {
    fn default() -> Self {
        Self { request_timeout: Duration::from_secs(30), max_body_bytes: 256 * 1024, dev_mailbox: None }
    }
}

/// Every route of the server, each at the hosts that serve it.
pub fn router(app: App, options: RouterOptions) -> Router {
    hosts::router(app, options)
}

/// What API hosts serve.
fn api_routes(dev_mailbox: Option<Mailbox>) -> Router<App> {
    let (backend, _) = backend::routes().split_for_parts();
    let (config, _) = config::routes().split_for_parts();
    let routes =
        Router::new().merge(backend).merge(config).merge(health::routes()).merge(reference::routes());
    match dev_mailbox {
        Some(mailbox) => routes.merge(dev_mail::routes(mailbox)),
        None => routes,
    }
}

/// What the hosts of projects' pages serve.
fn portal_routes() -> Router<App> {
    people_routes().merge(ui::portal())
}

/// What the console's host serves: the same for its own people, and the Backend API by their cookie.
fn console_routes() -> Router<App> {
    let (backend, _) = backend::routes().split_for_parts();
    people_routes().merge(backend).merge(ui::console())
}

/// The APIs that people's browsers call, and what colours their pages.
fn people_routes() -> Router<App> {
    let (login, _) = login::routes().split_for_parts();
    let (frontend, _) = frontend::routes().split_for_parts();
    Router::new().merge(login).merge(frontend).merge(branding::routes())
}
