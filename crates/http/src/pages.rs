//! The hosted pages at a project's own host: signing in and up, and coming back from mails and sign-in providers. One
//! page whose script speaks with the Login API and the Frontend API as anybody could.

use crate::file::File;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use lockwork_app::App;
use std::sync::LazyLock;

/// Where the page is (contract §4.4, §5.2); the script sees which of them it was asked for at.
const PATHS: [&str; 15] = [
    "/",
    "/login",
    "/signup",
    "/sign-up",
    "/verify-email",
    "/reset-password",
    "/google-oauth-callback",
    "/microsoft-oauth-callback",
    "/github-oauth-callback",
    "/impersonate",
    "/switch-organizations/{id}",
    "/logout",
    "/user",
    "/user-settings",
    "/organization-settings",
];

static PAGE: LazyLock<File> =
    LazyLock::new(|| File::new("text/html; charset=utf-8", include_str!("pages/pages.html").to_owned()));
static STYLE: LazyLock<File> =
    LazyLock::new(|| File::new("text/css; charset=utf-8", include_str!("pages/pages.css").to_owned()));
static SCRIPT: LazyLock<File> =
    LazyLock::new(|| File::new("text/javascript; charset=utf-8", include_str!("pages/pages.js").to_owned()));
static LOGIN: LazyLock<File> =
    LazyLock::new(|| File::new("text/javascript; charset=utf-8", include_str!("pages/login.js").to_owned()));

/// The page, its style and its scripts.
pub(crate) fn routes() -> Router<App> {
    let page = async |headers: HeaderMap| PAGE.answer(&headers);
    PATHS
        .into_iter()
        .fold(Router::new(), |routes, path| routes.route(path, get(page)))
        .route("/assets/pages.css", get(async |headers: HeaderMap| STYLE.answer(&headers)))
        .route("/assets/pages.js", get(async |headers: HeaderMap| SCRIPT.answer(&headers)))
        .route("/assets/login.js", get(async |headers: HeaderMap| LOGIN.answer(&headers)))
}
