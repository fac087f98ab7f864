//! The two apps of `ui/`, from the binary's memory: the portal at projects' hosts, the console at its own. They speak
//! with our documented APIs as anybody could.

use crate::file::File;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{MethodRouter, get};
use lockwork_app::App;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Nothing but our own may run, load or be talked to. Pictures of people are where their sign-in providers say.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data: https:; font-src 'self'; form-action 'none'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// What the portal's router knows, each with everything below it; any other path is refused as one that is not there.
const PORTAL_PATHS: [&str; 18] = [
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
    "/switch-organizations",
    "/logout",
    "/organization",
    "/organization-settings",
    "/logs",
    "/audit-logs",
    "/user",
    "/user-settings",
];

/// The same of the console's.
const CONSOLE_PATHS: [&str; 9] = [
    "/",
    "/organizations",
    "/api-keys",
    "/access",
    "/limits",
    "/developer-keys",
    "/audit-log",
    "/connect",
    "/settings",
];

/// A file of an app, as the build script found it.
struct Built {
    path: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/built.rs"));

type Files = BTreeMap<String, File>;

static PORTAL_FILES: LazyLock<Files> = LazyLock::new(|| files(PORTAL));
static CONSOLE_FILES: LazyLock<Files> = LazyLock::new(|| files(CONSOLE));

/// What projects' hosts show.
pub(crate) fn portal() -> Router<App> {
    served(pages(&PORTAL_FILES, &PORTAL_PATHS))
}

/// What the console's host shows: the console, and the portal's pages (signing in, one's own account) where the console
/// has none of its own.
pub(crate) fn console() -> Router<App> {
    let mut pages_of_both = pages(&PORTAL_FILES, &PORTAL_PATHS);
    pages_of_both.extend(pages(&CONSOLE_FILES, &CONSOLE_PATHS));
    served(pages_of_both)
}

fn files(built: &'static [Built]) -> Files {
    let file = |built: &Built| {
        let file = File::new(content_type(built.path), built.plain).with_policy(POLICY);
        let file = if built.path.starts_with("assets/") { file.kept() } else { file };
        match built.brotli {
            Some(brotli) => file.with_brotli(brotli),
            None => file,
        }
    };
    built.iter().map(|built| (format!("/{}", built.path), file(built))).collect()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// Which file is at which path: every file at its own, and the app's page at all paths that its router knows.
fn pages(files: &'static Files, paths: &[&str]) -> BTreeMap<String, &'static File> {
    let assets = files.iter().filter(|(path, _)| path.as_str() != INDEX);
    let mut pages: BTreeMap<String, &'static File> =
        assets.map(|(path, file)| (path.clone(), file)).collect();
    if let Some(index) = files.get(INDEX) {
        for path in paths {
            pages.insert((*path).to_owned(), index);
            if *path != "/" {
                pages.insert(format!("{path}/{{*below}}"), index);
            }
        }
    }
    pages
}

const INDEX: &str = "/index.html";

fn served(pages: BTreeMap<String, &'static File>) -> Router<App> {
    pages.into_iter().fold(Router::new(), |routes, (path, file)| routes.route(&path, answering(file)))
}

fn answering(file: &'static File) -> MethodRouter<App> {
    get(async move |headers: HeaderMap| file.answer(&headers))
}
