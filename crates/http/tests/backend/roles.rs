//! `/v1/roles`

use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};
use std::time::Duration;

const UNKNOWN: &str = "role_0000000000000000000000001";

async fn make(test: &TestApp, body: Value) -> Value {
    test.client.post("/v1/roles", body).await.ok()["role"].clone()
}

fn path(role: &Value) -> String {
    format!("/v1/roles/{}", role["id"].as_str().unwrap())
}

async fn names(test: &TestApp, query: &str) -> Vec<String> {
    let found = test.client.get(&format!("/v1/roles{query}")).await.ok();
    let roles = found["roles"].as_array().cloned().unwrap_or_default();
    roles.iter().map(|role| role["displayName"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_role_is_made_for_the_project_or_for_one_organization() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.create", "acme.widgets.delete"]).await;
    let empty = make(&test, json!({})).await;
    let times = ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
    assert_eq!(empty, json!({ "id": empty["id"], "createTime": times.0, "updateTime": times.1 }));

    let organization = test.organization("Customer").await;
    let fields = json!({
        "organizationId": organization, "displayName": "Maker", "description": "Makes widgets",
        "actions": ["acme.widgets.delete", "acme.widgets.create", "acme.widgets.delete"],
    });
    let full = make(&test, fields).await;
    assert_eq!(
        full,
        json!({
            "id": full["id"], "organizationId": organization, "displayName": "Maker", "description": "Makes widgets",
            "actions": ["acme.widgets.create", "acme.widgets.delete"],
            "createTime": times.0, "updateTime": times.1,
        })
    );
    assert_eq!(test.client.get(&path(&full)).await.ok(), json!({ "role": full }));
}

#[tokio::test]
async fn the_list_has_the_projects_roles_or_those_of_one_organization_never_both() {
    let test = TestApp::new().await;
    let (one, two) = (test.organization("One").await, test.organization("Two").await);
    let _ = make(&test, json!({ "displayName": "Everywhere" })).await;
    let _ = make(&test, json!({ "displayName": "In one", "organizationId": one })).await;
    let _ = make(&test, json!({ "displayName": "In two", "organizationId": two })).await;
    assert_eq!(names(&test, "").await, ["Everywhere"]);
    assert_eq!(names(&test, "?organizationId=").await, ["Everywhere"]);
    assert_eq!(names(&test, &format!("?organizationId={one}")).await, ["In one"]);
    assert_eq!(names(&test, &format!("?organization_id={two}")).await, ["In two"]);
    assert_eq!(names(&test, &format!("?organizationId={two}&displayName=In+one")).await, [""; 0]);
    let unknown = test.client.get("/v1/roles?organizationId=org_0000000000000000000000001").await.ok();
    assert_eq!(unknown, json!({}));
}

#[tokio::test]
async fn an_update_replaces_actions_and_leaves_absent_empty_and_null_fields_as_they_were() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.create", "acme.widgets.delete"]).await;
    let (one, two) = (test.organization("One").await, test.organization("Two").await);
    let fields = json!({
        "organizationId": one, "displayName": "Maker", "description": "Makes", "actions": ["acme.widgets.create"],
    });
    let mut wanted = make(&test, fields).await;
    test.clock.advance(Duration::from_micros(1));
    wanted["updateTime"] = json!("2030-01-01T00:00:00.000001Z");
    for nothing in [
        json!({}),
        json!({ "displayName": "", "description": "", "actions": [] }),
        json!({ "displayName": null, "description": null, "actions": null }),
        json!({ "organizationId": two, "id": UNKNOWN, "unheardOf": 1 }),
    ] {
        let changed = test.client.patch(&path(&wanted), nothing.clone()).await.ok();
        assert_eq!(changed["role"], wanted, "{nothing}");
    }
    let changes =
        json!({ "displayName": "Breaker", "description": "Breaks", "actions": ["acme.widgets.delete"] });
    for (field, value) in changes.as_object().unwrap() {
        wanted[field] = value.clone();
    }
    assert_eq!(test.client.patch(&path(&wanted), changes).await.ok()["role"], wanted);
    assert_eq!(test.client.get(&path(&wanted)).await.ok()["role"], wanted);
}

on_both! {
    async fn an_edit_of_a_role_reaches_the_verdicts_on_its_keys_at_once(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        test.actions(&["acme.widgets.create", "acme.widgets.delete"]).await;
        let organization = test.organization("Customer").await;
        let role = make(&test, json!({ "actions": ["acme.widgets.create"] })).await;
        let (key, secret) = test.api_key(&organization, json!({ "roleIds": [role["id"]] })).await;
        assert_eq!(test.verify(&secret).await["actions"], json!(["acme.widgets.create"]));

        let _ = test.client.patch(&path(&role), json!({ "actions": ["acme.widgets.delete"] })).await.ok();
        assert_eq!(test.verify(&secret).await["actions"], json!(["acme.widgets.delete"]));

        assert_eq!(test.client.delete(&path(&role)).await.ok(), json!({}));
        assert_eq!(test.verify(&secret).await.get("actions"), None);
        let assignments = test.client.get(&format!("/v1/api-key-role-assignments?apiKeyId={key}")).await.ok();
        assert_eq!(assignments, json!({}));
    }
}

#[tokio::test]
async fn an_action_that_the_policy_does_not_have_is_refused_by_name() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.create"]).await;
    let role = make(&test, json!({ "actions": ["acme.widgets.create"] })).await;
    for unknown in ["acme.widgets.delete", "x", "", "acme.widgets.*"] {
        let body = json!({ "displayName": "Changed", "actions": ["acme.widgets.create", unknown] });
        let wanted = format!("invalid action \"{unknown}\"");
        let made = test.client.post("/v1/roles", body.clone()).await;
        assert_eq!(made.refused(400, "invalid_argument"), wanted);
        let changed = test.client.patch(&path(&role), body).await;
        assert_eq!(changed.refused(400, "invalid_argument"), wanted);
    }
    assert_eq!(test.client.get("/v1/roles").await.ok(), json!({ "roles": [role] }));
}

#[tokio::test]
async fn a_role_that_is_not_there_is_not_found() {
    let test = TestApp::new().await;
    let path = format!("/v1/roles/{UNKNOWN}");
    assert_eq!(test.client.get(&path).await.refused(404, "not_found"), "role not found");
    assert_eq!(test.client.patch(&path, json!({})).await.refused(404, "not_found"), "role not found");
    assert_eq!(test.client.delete(&path).await.refused(404, "not_found"), "role not found");
    let body = json!({ "organizationId": "org_0000000000000000000000001" });
    assert_eq!(test.client.post("/v1/roles", body).await.refused(404, "not_found"), "organization not found");
    let malformed = test.client.get("/v1/roles/maker").await.refused(400, "invalid_argument");
    assert_eq!(malformed, "invalid role id");
}
