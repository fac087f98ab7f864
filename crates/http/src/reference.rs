//! The API reference that the binary serves below `/docs`: a page, and the OpenAPI documents that it is made from.

mod curl;
mod document;
mod examples;
mod html;
mod markdown;
mod operation;
mod page;
mod schema;

use crate::file::File;
use axum::Router;
use axum::http::HeaderMap;
use axum::response::Redirect;
use axum::routing::get;
use document::Api;
use lockwork_app::App;
use std::sync::LazyLock;

static PAGE: LazyLock<File> = LazyLock::new(|| {
    let apis =
        [Api::read("backend", &crate::openapi::backend()), Api::read("config", &crate::openapi::config())];
    File::new("text/html; charset=utf-8", page::render(&apis))
});
static STYLE: LazyLock<File> = LazyLock::new(|| {
    File::new("text/css; charset=utf-8", include_str!("reference/reference.css").to_owned())
});
static SCRIPT: LazyLock<File> = LazyLock::new(|| {
    File::new("text/javascript; charset=utf-8", include_str!("reference/reference.js").to_owned())
});
static BACKEND: LazyLock<File> = LazyLock::new(|| File::new("application/json", crate::openapi::backend()));
static CONFIG: LazyLock<File> = LazyLock::new(|| File::new("application/json", crate::openapi::config()));

/// The reference's routes, and the way from `/` to it. They need no credentials.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(to_reference))
        .route("/docs", get(async |headers: HeaderMap| PAGE.answer(&headers)))
        .route("/docs/", get(to_reference))
        .route("/docs/reference.css", get(async |headers: HeaderMap| STYLE.answer(&headers)))
        .route("/docs/reference.js", get(async |headers: HeaderMap| SCRIPT.answer(&headers)))
        .route("/docs/openapi/backend.json", get(async |headers: HeaderMap| BACKEND.answer(&headers)))
        .route("/docs/openapi/config.json", get(async |headers: HeaderMap| CONFIG.answer(&headers)))
}

async fn to_reference() -> Redirect {
    Redirect::to("/docs")
}
