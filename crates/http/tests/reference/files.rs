//! How the files are served.

use crate::harness::{get, head};
use axum::http::{Method, StatusCode};
use lockwork_testkit::TestApp;

const FILES: [(&str, &str); 5] = [
    ("/docs", "text/html; charset=utf-8"),
    ("/docs/reference.css", "text/css; charset=utf-8"),
    ("/docs/reference.js", "text/javascript; charset=utf-8"),
    ("/docs/openapi/backend.json", "application/json"),
    ("/docs/openapi/config.json", "application/json"),
];

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[tokio::test]
async fn every_file_has_its_type_and_strict_headers_and_needs_no_credentials() {
    for (path, content_type) in FILES {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.text.is_empty(), "{path}");
        for (name, value) in [
            ("content-type", content_type),
            ("content-security-policy", POLICY),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-cache"),
        ] {
            assert_eq!(answer.headers[name], value, "{path} {name}");
        }
    }
}

#[tokio::test]
async fn a_head_request_has_the_headers_of_the_file_and_no_body() {
    for (path, content_type) in FILES {
        let (whole, answer) = (get(path).await, head(path).await);
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.text, "", "{path}");
        assert_eq!(answer.headers["content-type"], content_type);
        assert_eq!(answer.headers["etag"], whole.headers["etag"]);
        assert_eq!(answer.headers["content-length"], whole.text.len().to_string().as_str(), "{path}");
    }
}

#[tokio::test]
async fn a_file_that_the_browser_has_is_not_sent_again() {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    let app = TestApp::new().await;
    let router = lockwork_http::router(app.app.clone(), lockwork_http::RouterOptions::default());
    let ask = async |path: &str, tag: &str| {
        let request = Request::get(path).header("if-none-match", tag).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap()
    };
    for (path, _) in FILES {
        let tag = app.nobody().get(path).await.headers["etag"].to_str().unwrap().to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let answer = ask(path, &known).await;
            assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{path} {known}");
            assert_eq!(answer.headers()["etag"], tag.as_str());
            let body = axum::body::to_bytes(answer.into_body(), 1).await.unwrap();
            assert!(body.is_empty());
        }
        assert_eq!(ask(path, "\"other\"").await.status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn files_differ_in_their_entity_tags() {
    let mut tags = Vec::new();
    for (path, _) in FILES {
        tags.push(get(path).await.headers["etag"].clone());
    }
    tags.sort_unstable();
    tags.dedup();
    assert_eq!(tags.len(), FILES.len());
}

#[tokio::test]
async fn the_documents_are_what_the_command_line_prints() {
    assert_eq!(get("/docs/openapi/backend.json").await.text, lockwork_http::openapi::backend());
    assert_eq!(get("/docs/openapi/config.json").await.text, lockwork_http::openapi::config());
}

#[tokio::test]
async fn the_server_s_root_leads_to_the_reference() {
    for path in ["/", "/docs/"] {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.headers["location"], "/docs");
    }
}

#[tokio::test]
async fn an_unknown_file_is_refused_in_the_shape_of_errors() {
    for path in
        ["/docs/reference.map", "/docs/openapi/frontend.json", "/docs/../Cargo.toml", "/docs/%2e%2e/x"]
    {
        let description = get(path).await.refused(404, "not_found");
        assert!(description.contains("/docs"), "{description}");
    }
}

#[tokio::test]
async fn files_can_only_be_read() {
    let app = TestApp::new().await;
    for (path, _) in FILES {
        let answer = app.nobody().send(Method::POST, path, None, Vec::new()).await;
        assert_eq!(answer.headers["allow"], "GET,HEAD");
        let _ = answer.refused(405, "invalid_argument");
    }
}
