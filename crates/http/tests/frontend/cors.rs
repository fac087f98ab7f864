//! Which pages' scripts may read answers.

use crate::support::{path, two_people};
use axum::http::Method;
use lockwork_testkit::TestApp;
use serde_json::json;

#[tokio::test]
async fn answers_and_refusals_name_a_trusted_origin_and_no_other() {
    let test = TestApp::new().await;
    let _ = test.client.patch("/v1/project", json!({ "trustedDomains": ["app.example.com"] })).await.ok();
    let (_, owner, _) = two_people(&test).await;
    for origin in ["https://app.example.com", "https://x.app.example.com:8443"] {
        for part in ["me", "audit-log-events?pageSize=0"] {
            let answer = owner.called_from(Some(origin)).get(&path(part)).await;
            assert_eq!(answer.headers["access-control-allow-origin"], origin);
            assert_eq!(answer.headers["access-control-allow-credentials"], "true");
            assert_eq!(answer.headers["vary"], "Origin");
        }
    }
    for origin in ["https://evil.example", "http://app.example.com", "https://app.example.com.evil.example"] {
        let answer = owner.called_from(Some(origin)).get(&path("me")).await;
        assert_eq!(answer.headers.get("access-control-allow-origin"), None, "{origin}");
        assert_eq!(answer.headers["vary"], "Origin");
    }
}

#[tokio::test]
async fn a_preflight_is_answered_for_trusted_origins() {
    let test = TestApp::new().await;
    let _ = test.client.patch("/v1/project", json!({ "trustedDomains": ["app.example.com"] })).await.ok();
    let browser = test.browser(&test.client).await;
    let ask = |origin: &'static str| {
        browser
            .called_from(Some(origin))
            .with_header("access-control-request-method", b"PATCH")
            .with_header("access-control-request-headers", b"content-type, authorization")
    };
    let answer = ask("https://app.example.com").send(Method::OPTIONS, &path("me"), None).await;
    assert_eq!(answer.status.as_u16(), 204);
    assert_eq!(answer.headers["access-control-allow-origin"], "https://app.example.com");
    assert_eq!(answer.headers["access-control-allow-headers"], "content-type, authorization");
    assert_eq!(answer.headers["access-control-max-age"], "600");
    let answer = ask("https://evil.example").send(Method::OPTIONS, &path("me"), None).await;
    assert_eq!(answer.headers.get("access-control-allow-origin"), None);
}
