//! The apps at the hosts that show them. What is in them, the browser's tests see; without Node it is one line.

use crate::pages_host;
use axum::http::Method;
use lockwork_testkit::TestApp;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data: https:; font-src 'self'; form-action 'none'; base-uri 'none'; \
                      frame-ancestors 'none'";

#[tokio::test]
async fn an_app_is_at_the_paths_that_it_knows_with_a_strict_policy() {
    let test = TestApp::new().await;
    let portal = pages_host(&test).await;
    for (host, paths) in [
        (
            portal.as_str(),
            ["/", "/login", "/switch-organizations/org_1", "/organization/api-keys/a/b", "/user"],
        ),
        ("console.localhost", ["/", "/login", "/organizations/org_1/users", "/settings/branding", "/user"]),
    ] {
        let mut tags = Vec::new();
        for path in paths {
            let answer = test.nobody().at(host).get(path).await;
            assert_eq!(answer.status, 200, "{host}{path}");
            assert!(answer.text.starts_with("<!doctype html>"), "{}", answer.text);
            for (name, value) in [
                ("content-type", "text/html; charset=utf-8"),
                ("content-security-policy", POLICY),
                ("referrer-policy", "no-referrer"),
                ("x-content-type-options", "nosniff"),
                ("cache-control", "no-cache"),
            ] {
                assert_eq!(answer.headers[name], value, "{host}{path} {name}");
            }
            tags.push(answer.headers["etag"].clone());
        }
        // The account's pages are the portal's at the console's host too; the rest is the host's own app.
        assert_eq!(tags[0] == tags[1], host == portal || nothing_is_built(&test).await, "{host}");
    }
}

/// Whether both apps are the line that stands for them.
async fn nothing_is_built(test: &TestApp) -> bool {
    test.nobody().at("console.localhost").get("/").await.text.contains("built without its pages")
}

#[tokio::test]
async fn an_app_is_at_no_other_path_and_only_to_be_read() {
    let test = TestApp::new().await;
    let portal = pages_host(&test).await;
    for host in [portal.as_str(), "console.localhost"] {
        let client = test.nobody().at(host);
        for path in ["/index.html", "/loginx", "/nowhere", "/assets/", "/assets/none.js", "/api/nowhere"] {
            let _ = client.get(path).await.refused(404, "not_found");
        }
        let answer = client.send(Method::POST, "/login", None, Vec::new()).await;
        assert_eq!(answer.headers["allow"], "GET,HEAD");
        let _ = answer.refused(405, "invalid_argument");
    }
    let _ = test.nobody().at(&portal).get("/organizations").await.refused(404, "not_found");
    let _ = test.nobody().at("console.localhost").get("/v1/nowhere").await.refused(404, "not_found");
}

#[tokio::test]
async fn every_file_that_a_page_names_is_kept_for_a_year() {
    let test = TestApp::new().await;
    let portal = pages_host(&test).await;
    for host in [portal.as_str(), "console.localhost"] {
        let client = test.nobody().at(host);
        let page = client.get("/").await.text;
        for path in page.split('"').filter(|text| text.starts_with("/assets/")) {
            let answer = client.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.headers["cache-control"], "public, max-age=31536000, immutable", "{path}");
            let browser = client.with_header("accept-encoding", b"gzip, br");
            let squeezed = browser.send(Method::HEAD, path, None, Vec::new()).await;
            let is_squeezed = squeezed.headers.contains_key("content-encoding");
            assert_eq!(is_squeezed, answer.headers.contains_key("vary"), "{path}");
        }
    }
}
