//! `/v1/backend-api-keys`

use lockwork_testkit::{Client, TestApp};
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/v1/backend-api-keys";

async fn make(test: &TestApp, body: Value) -> Value {
    test.client.post(PATH, body).await.ok()["backendApiKey"].clone()
}

fn path(key: &Value) -> String {
    format!("{PATH}/{}", key["id"].as_str().unwrap())
}

fn holder(test: &TestApp, key: &Value) -> Client {
    test.client.with_authorization(Some(&format!("Bearer {}", key["secretToken"].as_str().unwrap())))
}

#[tokio::test]
async fn a_key_is_made_shown_renamed_revoked_and_deleted_and_its_secret_shown_once() {
    let test = TestApp::new().await;
    let made = make(&test, json!({ "backendApiKey": { "displayName": "Worker", "scope": "read" } })).await;
    let secret = made["secretToken"].as_str().unwrap();
    let mut wanted = json!({
        "id": made["id"], "displayName": "Worker", "scope": "read", "secretToken": secret,
        "createTime": "2030-01-01T00:00:00Z", "updateTime": "2030-01-01T00:00:00Z",
    });
    assert_eq!(made, wanted);
    assert_eq!(secret.len(), "tesseral_secret_key_".len() + 25);
    let holder = holder(&test, &made);
    let _ = holder.get("/v1/project").await.ok();

    wanted.as_object_mut().unwrap().remove("secretToken");
    assert_eq!(test.client.get(&path(&made)).await.ok(), json!({ "backendApiKey": wanted }));
    test.clock.advance(Duration::from_secs(1));
    // Only the name can be changed.
    let changes = json!({ "displayName": "Renamed", "scope": "full" });
    wanted["displayName"] = json!("Renamed");
    wanted["updateTime"] = json!("2030-01-01T00:00:01Z");
    assert_eq!(test.client.patch(&path(&made), changes).await.ok(), json!({ "backendApiKey": wanted }));
    for nothing in
        [json!({}), json!({ "backend_api_key": { "displayName": "" } }), json!({ "displayName": null })]
    {
        assert_eq!(test.client.patch(&path(&made), nothing).await.ok(), json!({ "backendApiKey": wanted }));
    }
    let refused = test.client.delete(&path(&made)).await.refused(400, "failed_precondition");
    assert_eq!(refused, "backend api key must be revoked to be deleted");

    let revoke = format!("{}/revoke", path(&made));
    wanted["revoked"] = json!(true);
    assert_eq!(test.client.post_empty(&revoke).await.ok(), json!({ "backendApiKey": wanted }));
    let refused = holder.get("/v1/project").await.refused(401, "unauthenticated");
    assert_eq!(refused, "backend api key not found; it may have been revoked");
    test.clock.advance(Duration::from_secs(1));
    assert_eq!(test.client.post_empty(&revoke).await.ok(), json!({ "backendApiKey": wanted }));

    let listed = test.client.get(&format!("{PATH}?revoked=true")).await.ok();
    assert_eq!(listed, json!({ "backendApiKeys": [wanted] }));
    assert_eq!(test.client.delete(&path(&made)).await.ok(), json!({}));
    for answer in [
        test.client.get(&path(&made)).await,
        test.client.delete(&path(&made)).await,
        test.client.post_empty(&revoke).await,
    ] {
        assert_eq!(answer.refused(404, "not_found"), "backend api key not found");
    }
}

#[tokio::test]
async fn a_key_is_full_unless_said_otherwise_and_the_body_may_be_bare() {
    let test = TestApp::new().await;
    for body in [
        json!({}),
        json!({ "scope": "" }),
        json!({ "backendApiKey": {} }),
        json!({ "backend_api_key": { "scope": null } }),
    ] {
        let made = make(&test, body).await;
        assert_eq!((&made["scope"], made.get("displayName")), (&json!("full"), None));
    }
    assert_eq!(make(&test, json!({ "displayName": "Bare", "scope": "verify" })).await["scope"], "verify");
    for wrong in ["admin", "FULL", "full "] {
        let refused =
            test.client.post(PATH, json!({ "scope": wrong })).await.refused(400, "invalid_argument");
        assert_eq!(refused, "backendApiKey.scope: must be full, read or verify");
    }
}

#[tokio::test]
async fn a_scope_allows_what_it_says_and_no_more() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, secret) = test.api_key(&organization, json!({})).await;
    let (read, verify) = (test.scoped("read").await, test.scoped("verify").await);
    let denied = |scope: &str| {
        format!(
            "this backend api key has the scope \"{scope}\", which does not allow this; use a key with the scope \"full\""
        )
    };
    let key = format!("/v1/api-keys/{id}");
    for path in ["/v1/project", "/v1/organizations", "/v1/backend-api-keys", "/v1/audit-log-events", &key] {
        let _ = read.get(path).await.ok();
        assert_eq!(verify.get(path).await.refused(403, "permission_denied"), denied("verify"));
    }
    for (client, scope) in [(&read, "read"), (&verify, "verify")] {
        for answer in [
            client.patch("/v1/project", json!({ "displayName": "Mine" })).await,
            client.post(PATH, json!({ "scope": "full" })).await,
            client.post("/v1/organizations", json!({})).await,
            client.post("/v1/api-keys", json!({ "apiKey": { "organizationId": organization } })).await,
            client.post_empty(&format!("{key}/revoke")).await,
            client.delete(&key).await,
        ] {
            assert_eq!(answer.refused(403, "permission_denied"), denied(scope));
        }
        for operation in ["verify", "authenticate"] {
            let answer = client
                .post(&format!("/v1/api-keys/{operation}"), json!({ "secretToken": secret }))
                .await
                .ok();
            assert_eq!(answer["apiKeyId"], json!(id));
        }
    }
}

#[tokio::test]
async fn a_key_may_revoke_itself_and_is_then_refused() {
    let test = TestApp::new().await;
    let made = make(&test, json!({ "displayName": "Leaked" })).await;
    let holder = holder(&test, &made);
    let answer = holder.post_empty(&format!("{}/revoke", path(&made))).await.ok();
    assert_eq!(answer["backendApiKey"]["revoked"], true);
    let _ = holder.get("/v1/project").await.refused(401, "unauthenticated");
    let body = json!({ "secretToken": "nonsense" });
    let _ = holder.post("/v1/api-keys/authenticate", body).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_list_is_filtered_by_name_and_state_and_shows_no_secret() {
    let test = TestApp::new().await;
    let made = make(&test, json!({ "displayName": "Worker" })).await;
    for (query, wanted) in
        [("displayName=Worker", 1), ("display_name=worker", 0), ("revoked=false", 2), ("revoked=true", 0)]
    {
        let answer = test.client.get(&format!("{PATH}?{query}")).await;
        assert!(!answer.text.contains("secretToken"), "{}", answer.text);
        assert_eq!(answer.ok()["backendApiKeys"].as_array().map_or(0, Vec::len), wanted, "{query}");
    }
    let theirs = test.other_project().await.get(&path(&made)).await.refused(404, "not_found");
    assert_eq!(theirs, "backend api key not found");
}
