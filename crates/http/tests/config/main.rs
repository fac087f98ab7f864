//! The Config API, in process, on SQLite; every answer is checked against the OpenAPI document.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork_testkit::{Answer, TestApp};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn config(test: &TestApp, key: &str) -> Answer {
    test.nobody().get(&format!("/v1/config/{key}")).await
}

#[tokio::test]
async fn anybody_gets_a_projects_configuration_by_its_publishable_key() {
    let test = TestApp::new().await;
    let project = test.client.get("/v1/project").await.ok()["project"].clone();
    let answer = config(&test, &test.publishable_key).await;
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert_eq!(answer.headers["content-type"], "application/json");
    let shown = answer.ok();
    let key = &shown["keys"][0];
    assert_eq!(
        shown,
        json!({
            "projectId": project["id"], "vaultDomain": project["vaultDomain"], "cookieDomain": project["cookieDomain"],
            "devMode": false, "crossDomainMode": false, "trustedDomains": project["trustedDomains"],
            "keys": [{
                "kid": key["kid"], "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig",
                "x": key["x"], "y": key["y"],
            }],
        })
    );
    assert!(key["kid"].as_str().unwrap().starts_with("session_signing_key_"));
    // Credentials are neither needed nor looked at.
    let path = format!("/v1/config/{}", test.publishable_key);
    assert_eq!(test.client.with_authorization(Some("Bearer nonsense")).get(&path).await.ok(), shown);
}

#[tokio::test]
async fn coordinates_have_32_bytes_whatever_their_leading_ones_and_each_project_has_its_own_key() {
    let test = TestApp::new().await;
    let mut keys = BTreeSet::new();
    let mut with_a_leading_zero = 0;
    // One coordinate in 256 begins with a zero byte, which must not be dropped.
    for number in 0..300 {
        let project = test.app.add_project(&format!("Project {number}"), "p_").await.unwrap();
        let shown = config(&test, &project.publishable_key.to_string()).await.ok();
        for name in ["x", "y"] {
            let text = shown["keys"][0][name].as_str().unwrap().to_owned();
            let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
            assert_eq!(bytes.len(), 32, "{text}");
            with_a_leading_zero += usize::from(bytes[0] == 0);
            keys.insert(text);
        }
    }
    assert_eq!(keys.len(), 600);
    assert!(with_a_leading_zero > 0);
}

#[tokio::test]
async fn the_cross_domain_mode_has_both_its_names() {
    let test = TestApp::new().await;
    let body = json!({ "publishableKey": { "crossDomainMode": true } });
    let made = test.client.post("/v1/publishable-keys", body).await.ok();
    let shown = config(&test, made["publishableKey"]["id"].as_str().unwrap()).await.ok();
    assert_eq!((&shown["devMode"], &shown["crossDomainMode"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn lists_without_entries_are_empty_never_null() {
    let test = TestApp::new().await;
    test.database.execute("DELETE FROM project_trusted_domains").await;
    test.database.execute("DELETE FROM session_signing_keys").await;
    let shown = config(&test, &test.publishable_key).await.ok();
    assert_eq!((&shown["trustedDomains"], &shown["keys"]), (&json!([]), &json!([])));
}

fn refusal(code: u16, message: &str, description: &str) -> Value {
    json!({ "code": code, "message": message, "details": [{ "description": description }] })
}

#[tokio::test]
async fn an_unknown_key_is_404_and_a_malformed_one_400_in_the_config_apis_own_shape() {
    let test = TestApp::new().await;
    let id = test.publishable_key.trim_start_matches("publishable_key_");
    let unknown = config(&test, "publishable_key_0000000000000000000000001").await;
    assert_eq!(unknown.headers["access-control-allow-origin"], "*");
    assert_eq!(unknown.status.as_u16(), 404);
    assert_eq!(unknown.json, refusal(404, "not_found", "publishable key not found"));
    for malformed in [
        "x".to_owned(),
        id.to_owned(),
        format!("publishable_key_{}", id.to_uppercase()),
        format!("publishable_key_{id}0"),
        format!("project_{id}"),
        "publishable_key_f5lxx1zz5pnorynqglhzmsp34".to_owned(),
        "publishable_key_zzzzzzzzzzzzzzzzzzzzzzzzz".to_owned(),
        "%FF".to_owned(),
        "%00".to_owned(),
    ] {
        let answer = config(&test, &malformed).await;
        assert_eq!(answer.status.as_u16(), 400, "{malformed}");
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        assert_eq!(answer.json, refusal(400, "invalid_argument", "invalid publishable key id"));
    }
}

#[tokio::test]
async fn the_configuration_can_only_be_read() {
    let test = TestApp::new().await;
    let path = format!("/v1/config/{}", test.publishable_key);
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = test.nobody().send(method, &path, None, Vec::new()).await;
        assert_eq!((answer.status.as_u16(), &answer.headers["allow"]), (405, &"GET,HEAD".parse().unwrap()));
    }
    let unknown = test.nobody().get(&format!("{path}?more=1")).await;
    assert_eq!((unknown.status.as_u16(), &unknown.json["message"]), (400, &json!("invalid_argument")));
}
