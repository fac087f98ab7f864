//! placeholder until the helper's file
use axum::Router;
use lockwork_app::App;
pub(crate) fn routes() -> Router<App> { Router::new() }
