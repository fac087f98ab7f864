//! `/v1/api-keys`: a key's life. Lists are in `lists.rs`, `verify` and `authenticate` in files of their own.

use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};
use std::time::Duration;

async fn make(test: &TestApp, key: Value) -> Value {
    test.client.post("/v1/api-keys", json!({ "apiKey": key })).await.ok()["apiKey"].clone()
}

/// The id of the Backend API key that the tests call with.
async fn backend_api_key(test: &TestApp) -> Value {
    let keys = test.client.get("/v1/backend-api-keys?displayName=First+key").await.ok();
    keys["backendApiKeys"][0]["id"].clone()
}

async fn refusal(test: &TestApp, key: Value) -> (u16, String) {
    let answer = test.client.post("/v1/api-keys", json!({ "apiKey": key })).await;
    let status = answer.status.as_u16();
    let slug = answer.json["message"].as_str().unwrap().to_owned();
    (status, answer.refused(status, &slug))
}

on_both! {
    async fn a_key_is_made_shown_renamed_revoked_and_deleted(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let made = make(&test, json!({ "organizationId": organization, "displayName": "Key" })).await;
        let (id, secret) = (made["id"].as_str().unwrap(), made["secretToken"].as_str().unwrap());
        assert!(secret.starts_with("lw_"));
        assert_eq!(secret.len(), 3 + 55);
        let mut wanted = json!({
            "id": id, "organizationId": organization, "displayName": "Key",
            "createTime": "2030-01-01T00:00:00Z", "updateTime": "2030-01-01T00:00:00Z",
            "secretToken": secret, "secretTokenSuffix": secret[secret.len() - 4..], "enabled": true,
            "secrets": [{ "suffix": secret[secret.len() - 4..], "createTime": "2030-01-01T00:00:00Z" }],
            "creator": { "backendApiKeyId": backend_api_key(&test).await },
        });
        assert_eq!(made, wanted);

        let path = format!("/v1/api-keys/{id}");
        wanted.as_object_mut().unwrap().remove("secretToken");
        assert_eq!(test.client.get(&path).await.ok(), json!({ "apiKey": wanted }));

        test.clock.advance(Duration::from_secs(1));
        wanted["displayName"] = json!("Renamed");
        wanted["updateTime"] = json!("2030-01-01T00:00:01Z");
        let renamed = test.client.patch(&path, json!({ "apiKey": { "displayName": "Renamed" } })).await.ok();
        assert_eq!(renamed, json!({ "apiKey": wanted }));
        assert_eq!(test.verify(secret).await["displayName"], "Renamed");

        let refused = test.client.delete(&path).await.refused(400, "failed_precondition");
        assert_eq!(refused, "api key must be revoked to be deleted");
        assert_eq!(test.verify(secret).await["code"], "VALID");

        test.clock.advance(Duration::from_secs(1));
        let revoke = format!("{path}/revoke");
        assert_eq!(test.client.post_empty(&revoke).await.ok(), json!({}));
        wanted["updateTime"] = json!("2030-01-01T00:00:02Z");
        wanted["revoked"] = json!(true);
        wanted["enabled"] = json!(false);
        wanted.as_object_mut().unwrap().remove("secretTokenSuffix");
        wanted.as_object_mut().unwrap().remove("secrets");
        assert_eq!(test.client.get(&path).await.ok(), json!({ "apiKey": wanted }));
        assert_eq!(test.verify(secret).await["code"], "REVOKED");

        // Twice succeeds, and the first time stays.
        test.clock.advance(Duration::from_secs(1));
        assert_eq!(test.client.post(&revoke, json!({})).await.ok(), json!({}));
        assert_eq!(test.client.get(&path).await.ok(), json!({ "apiKey": wanted }));

        assert_eq!(test.client.delete(&path).await.ok(), json!({}));
        assert_eq!(test.verify(secret).await, json!({ "valid": false, "code": "NOT_FOUND" }));
        for answer in [
            test.client.get(&path).await,
            test.client.delete(&path).await,
            test.client.post_empty(&revoke).await,
            test.client.patch(&path, json!({ "apiKey": {} })).await,
        ] {
            assert_eq!(answer.refused(404, "not_found"), "api key not found");
        }
    }

    async fn a_key_may_be_given_roles_and_actions_at_once(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        test.actions(&["acme.widgets.create", "acme.widgets.delete", "acme.widgets.read"]).await;
        let organization = test.organization("Customer").await;
        let maker = test.role("Maker", &["acme.widgets.create", "acme.widgets.read"]).await;
        let reader = test.role("Reader", &["acme.widgets.read"]).await;
        let mut roles = [maker.clone(), reader.clone()];
        roles.sort();
        let made = make(&test, json!({
            "organizationId": organization, "roleIds": [reader, maker, reader],
            "actions": ["acme.widgets.read", "acme.widgets.delete", "acme.widgets.read"],
        })).await;
        let given = |key: &Value| (key["roleIds"].clone(), key["actions"].clone());
        let wanted = (json!(roles), json!(["acme.widgets.delete", "acme.widgets.read"]));
        assert_eq!(given(&made), wanted);
        let shown = test.client.get(&format!("/v1/api-keys/{}", made["id"].as_str().unwrap())).await.ok();
        assert_eq!(given(&shown["apiKey"]), wanted);
        let verdict = test.verify(made["secretToken"].as_str().unwrap()).await;
        assert_eq!(verdict["actions"], json!(["acme.widgets.create", "acme.widgets.delete", "acme.widgets.read"]));
    }
}

#[tokio::test]
async fn the_name_is_optional_and_only_a_named_change_touches_it() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let made = make(&test, json!({ "organizationId": organization, "displayName": null })).await;
    assert_eq!(made.get("displayName"), None);
    let path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
    let change =
        async |body: Value| test.client.patch(&path, body).await.ok()["apiKey"]["displayName"].clone();
    assert_eq!(change(json!({ "apiKey": { "displayName": "Named" } })).await, "Named");
    for nothing in [
        json!({ "apiKey": {} }),
        json!({ "apiKey": { "displayName": null, "expireTime": "2031-01-01T00:00:00Z", "revoked": true } }),
    ] {
        assert_eq!(change(nothing).await, "Named");
    }
    // An empty name is a name here: the contract takes it as it comes.
    assert_eq!(change(json!({ "apiKey": { "displayName": "" } })).await, Value::Null);
}

#[tokio::test]
async fn a_key_expires_at_the_very_microsecond_and_is_not_revoked_by_it() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let at = "2030-01-01T01:00:00.000001Z";
    let made = make(&test, json!({ "organizationId": organization, "expireTime": at })).await;
    assert_eq!(made["expireTime"], at);
    let secret = made["secretToken"].as_str().unwrap();
    test.clock.advance(Duration::from_secs(3600));
    let verdict = test.verify(secret).await;
    assert_eq!((&verdict["code"], &verdict["expireTime"]), (&json!("VALID"), &json!(at)));
    test.clock.advance(Duration::from_micros(1));
    let verdict = test.verify(secret).await;
    assert_eq!((&verdict["code"], &verdict["expireTime"]), (&json!("EXPIRED"), &json!(at)));
    let shown = test.client.get(&format!("/v1/api-keys/{}", made["id"].as_str().unwrap())).await.ok();
    assert_eq!(shown["apiKey"].get("revoked"), None);
    assert_eq!(shown["apiKey"]["expireTime"], at);
}

#[tokio::test]
async fn an_expiry_must_be_a_time_in_the_future() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    for past in [
        "2030-01-01T00:00:00Z",
        "2029-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00Z",
        "2030-01-01T01:00:00+01:00",
    ] {
        let refused = refusal(&test, json!({ "organizationId": organization, "expireTime": past })).await;
        assert_eq!(refused, (400, "apiKey.expireTime: must be in the future".to_owned()), "{past}");
    }
    for wrong in ["", "tomorrow", "2031-01-01", "2031-02-30T00:00:00Z", "10000-01-01T00:00:00Z"] {
        let (status, description) =
            refusal(&test, json!({ "organizationId": organization, "expireTime": wrong })).await;
        assert_eq!(status, 400, "{wrong}");
        assert!(description.starts_with("apiKey.expireTime: not a time in RFC 3339 form"), "{description}");
    }
    for (given, shown) in [
        ("2030-01-01T00:00:00.000001Z", "2030-01-01T00:00:00.000001Z"),
        ("2031-01-01T00:00:00.120Z", "2031-01-01T00:00:00.120Z"),
        ("2031-01-01T00:00:00.123456789Z", "2031-01-01T00:00:00.123456Z"),
        ("2031-01-01T02:00:00+02:00", "2031-01-01T00:00:00Z"),
    ] {
        let made = make(&test, json!({ "organizationId": organization, "expireTime": given })).await;
        assert_eq!(made["expireTime"], shown);
    }
    let made = make(&test, json!({ "organizationId": organization, "expireTime": null })).await;
    assert_eq!(made.get("expireTime"), None);
}

#[tokio::test]
async fn what_a_key_is_given_must_exist_and_belong_to_its_organization() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.create"]).await;
    let (mine, other) = (test.organization("Mine").await, test.organization("Other").await);
    let body = json!({ "organizationId": other, "displayName": "Theirs" });
    let theirs = test.client.post("/v1/roles", body).await.ok()["role"]["id"].clone();
    let many: Vec<String> = (0..101).map(|number| format!("role_{number:025}")).collect();
    let actions: Vec<String> = (0..101).map(|number| format!("a.b.c{number}")).collect();
    for (fields, status, description) in [
        (json!({}), 400, "apiKey.organizationId: is required"),
        (json!({ "organizationId": "" }), 400, "apiKey.organizationId: is required"),
        (json!({ "organizationId": "org_x" }), 400, "invalid organization id"),
        (json!({ "organizationId": "org_0000000000000000000000001" }), 404, "organization not found"),
        (
            json!({ "organizationId": mine, "roleIds": ["role_0000000000000000000000001"] }),
            404,
            "role not found",
        ),
        (json!({ "organizationId": mine, "roleIds": ["maker"] }), 400, "apiKey.roleIds: invalid role id"),
        (
            json!({ "organizationId": mine, "roleIds": [theirs] }),
            400,
            "the role belongs to another organization than the api key",
        ),
        (
            json!({ "organizationId": mine, "roleIds": many }),
            400,
            "apiKey.roleIds: must name at most 100 roles",
        ),
        (json!({ "organizationId": mine, "actions": ["a.b.c"] }), 400, "invalid action \"a.b.c\""),
        (
            json!({ "organizationId": mine, "actions": actions }),
            400,
            "apiKey.actions: must name at most 100 actions",
        ),
    ] {
        assert_eq!(refusal(&test, fields.clone()).await, (status, description.to_owned()), "{fields}");
    }
    for nothing in [json!({}), json!({ "apiKey": null }), json!({ "organizationId": mine })] {
        let refused = test.client.post("/v1/api-keys", nothing).await.refused(400, "invalid_argument");
        assert_eq!(refused, "apiKey: is required");
    }
    // Nothing was left behind by any of them.
    assert_eq!(test.client.get(&format!("/v1/api-keys?organizationId={mine}")).await.ok(), json!({}));
}
