//! `/v1/rbac-policy`

use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

async fn put(test: &TestApp, body: Value) -> Value {
    test.client.put("/v1/rbac-policy", body).await.ok()
}

#[tokio::test]
async fn a_new_project_has_an_empty_policy() {
    let test = TestApp::new().await;
    assert_eq!(test.client.get("/v1/rbac-policy").await.ok(), json!({ "rbacPolicy": {} }));
}

#[tokio::test]
async fn the_policy_is_replaced_whole_wrapped_or_bare_and_sorted_by_name() {
    let test = TestApp::new().await;
    let actions = json!([
        { "name": "acme.widgets.delete", "description": "Remove widgets" },
        { "name": "acme.widgets.create" },
        { "name": "acme.widgets.create_many", "description": "" },
    ]);
    let sorted = json!({ "rbacPolicy": { "actions": [
        { "name": "acme.widgets.create" },
        { "name": "acme.widgets.create_many" },
        { "name": "acme.widgets.delete", "description": "Remove widgets" },
    ] } });
    assert_eq!(put(&test, json!({ "rbacPolicy": { "actions": actions } })).await, sorted);
    assert_eq!(test.client.get("/v1/rbac-policy").await.ok(), sorted);

    let one = json!({ "rbacPolicy": { "actions": [{ "name": "acme.users.read" }] } });
    assert_eq!(put(&test, json!({ "actions": [{ "name": "acme.users.read" }] })).await, one);
    assert_eq!(
        put(&test, json!({ "rbac_policy": { "actions": [{ "name": "acme.users.read" }] } })).await,
        one
    );
    assert_eq!(test.client.get("/v1/rbac-policy").await.ok(), one);

    assert_eq!(put(&test, json!({ "actions": [] })).await, json!({ "rbacPolicy": {} }));
}

#[tokio::test]
async fn actions_that_stay_keep_their_place_in_roles_keys_and_verdicts() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.create", "acme.widgets.delete"]).await;
    let organization = test.organization("Customer").await;
    let role = test.role("Maker", &["acme.widgets.create"]).await;
    let (_, secret) =
        test.api_key(&organization, json!({ "roleIds": [role], "actions": ["acme.widgets.delete"] })).await;
    let before = test.client.get(&format!("/v1/roles/{role}")).await.ok();

    test.actions(&["acme.aaa.first", "acme.widgets.delete", "acme.widgets.create"]).await;
    assert_eq!(test.client.get(&format!("/v1/roles/{role}")).await.ok(), before);
    assert_eq!(test.verify(&secret).await["actions"], json!(["acme.widgets.create", "acme.widgets.delete"]));
}

on_both! {
    async fn a_removed_action_vanishes_from_roles_keys_and_verdicts_and_does_not_come_back_with_its_name(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        test.actions(&["acme.widgets.create", "acme.widgets.delete", "acme.widgets.read"]).await;
        let organization = test.organization("Customer").await;
        let role = test.role("Maker", &["acme.widgets.create", "acme.widgets.read"]).await;
        let fields = json!({ "roleIds": [role], "actions": ["acme.widgets.delete"] });
        let (id, secret) = test.api_key(&organization, fields).await;

        test.actions(&["acme.widgets.read"]).await;
        let shown = test.client.get(&format!("/v1/roles/{role}")).await.ok();
        assert_eq!(shown["role"]["actions"], json!(["acme.widgets.read"]));
        assert_eq!(test.client.get(&format!("/v1/api-keys/{id}")).await.ok()["apiKey"].get("actions"), None);
        assert_eq!(test.verify(&secret).await["actions"], json!(["acme.widgets.read"]));

        test.actions(&[]).await;
        assert_eq!(test.client.get(&format!("/v1/roles/{role}")).await.ok()["role"].get("actions"), None);
        assert_eq!(test.verify(&secret).await.get("actions"), None);

        test.actions(&["acme.widgets.create", "acme.widgets.delete", "acme.widgets.read"]).await;
        assert_eq!(test.verify(&secret).await.get("actions"), None);
    }
}

#[tokio::test]
async fn a_policy_with_an_illegal_or_repeated_name_is_refused_and_changes_nothing() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.create"]).await;
    let before = test.client.get("/v1/rbac-policy").await.ok();
    let form = "rbacPolicy.actions.name: an action name has the form x.y.z over a-z, 0-9 and _, and does not begin \
                with tesseral";
    for name in
        ["", "a.b", "a.b.c.d", "a.B.c", "a.b.c ", "a.b.c!", "a..c", "a.b.*", "tesseral.a.b", "tesseral_x.a.b"]
    {
        let body = json!({ "actions": [{ "name": "acme.widgets.read" }, { "name": name }] });
        let refused = test.client.put("/v1/rbac-policy", body).await;
        assert_eq!(refused.refused(400, "invalid_argument"), form, "{name}");
    }
    let twice = json!({ "actions": [{ "name": "a.b.c" }, { "name": "a.b.d" }, { "name": "a.b.c" }] });
    let refused = test.client.put("/v1/rbac-policy", twice).await.refused(400, "invalid_argument");
    assert_eq!(refused, "rbacPolicy.actions: \"a.b.c\" is named twice");
    let many: Vec<Value> = (0..1001).map(|number| json!({ "name": format!("a.b.c{number}") })).collect();
    let refused =
        test.client.put("/v1/rbac-policy", json!({ "actions": many })).await.refused(400, "invalid_argument");
    assert_eq!(refused, "rbacPolicy.actions: must have at most 1000 entries");
    // Leaving the list out is no way to empty it.
    for body in [json!({}), json!({ "rbacPolicy": {} }), json!({ "actions": null })] {
        let refused = test.client.put("/v1/rbac-policy", body).await.refused(400, "invalid_argument");
        assert_eq!(refused, "actions: is required");
    }
    assert_eq!(test.client.get("/v1/rbac-policy").await.ok(), before);
}
