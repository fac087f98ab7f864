//! `/v1/api-key-role-assignments`

use lockwork_testkit::{Answer, TestApp};
use serde_json::{Value, json};

const PATH: &str = "/v1/api-key-role-assignments";
const NO_KEY: &str = "api_key_0000000000000000000000001";
const NO_ROLE: &str = "role_0000000000000000000000001";

async fn assign(test: &TestApp, key: &str, role: &str) -> Answer {
    test.client.post(PATH, json!({ "apiKeyRoleAssignment": { "apiKeyId": key, "roleId": role } })).await
}

async fn list(test: &TestApp, key: &str) -> Value {
    test.client.get(&format!("{PATH}?apiKeyId={key}")).await.ok()
}

#[tokio::test]
async fn a_role_is_given_and_taken_with_effect_at_once() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.create"]).await;
    let organization = test.organization("Customer").await;
    let role = test.role("Maker", &["acme.widgets.create"]).await;
    let (key, secret) = test.api_key(&organization, json!({})).await;
    assert_eq!(list(&test, &key).await, json!({}));

    let made = assign(&test, &key, &role).await.ok();
    let id = made["apiKeyRoleAssignment"]["id"].as_str().unwrap();
    let wanted = json!({ "id": id, "apiKeyId": key, "roleId": role });
    assert_eq!(made, json!({ "apiKeyRoleAssignment": wanted }));
    assert_eq!(list(&test, &key).await, json!({ "apiKeyRoleAssignments": [wanted] }));
    assert_eq!(test.verify(&secret).await["actions"], json!(["acme.widgets.create"]));

    // Published clients send the key along.
    assert_eq!(test.client.delete(&format!("{PATH}/{id}?apiKeyId={key}")).await.ok(), json!({}));
    assert_eq!(list(&test, &key).await, json!({}));
    assert_eq!(test.verify(&secret).await.get("actions"), None);
    let again = test.client.delete(&format!("{PATH}/{id}")).await.refused(404, "not_found");
    assert_eq!(again, "api key role assignment not found");
}

#[tokio::test]
async fn roles_that_a_key_was_made_with_are_assignments_like_any_other() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let role = test.role("Maker", &[]).await;
    let (key, _) = test.api_key(&organization, json!({ "roleIds": [role] })).await;
    let listed = list(&test, &key).await;
    let id = listed["apiKeyRoleAssignments"][0]["id"].as_str().unwrap();
    assert_eq!(listed, json!({ "apiKeyRoleAssignments": [{ "id": id, "apiKeyId": key, "roleId": role }] }));
    assert_eq!(test.client.delete(&format!("{PATH}/{id}")).await.ok(), json!({}));
}

#[tokio::test]
async fn a_second_assignment_of_the_same_role_already_exists() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let role = test.role("Maker", &[]).await;
    let (key, _) = test.api_key(&organization, json!({})).await;
    let first = assign(&test, &key, &role).await.ok();
    let refused = assign(&test, &key, &role).await.refused(409, "already_exists");
    assert_eq!(refused, "the api key has this role already");
    assert_eq!(list(&test, &key).await, json!({ "apiKeyRoleAssignments": [first["apiKeyRoleAssignment"]] }));
}

#[tokio::test]
async fn a_role_of_another_organization_cannot_be_given() {
    let test = TestApp::new().await;
    let (mine, other) = (test.organization("Mine").await, test.organization("Other").await);
    let own = async |organization: &str| {
        let made = test.client.post("/v1/roles", json!({ "organizationId": organization })).await.ok();
        made["role"]["id"].as_str().unwrap().to_owned()
    };
    let (my_role, other_role) = (own(&mine).await, own(&other).await);
    let (key, _) = test.api_key(&mine, json!({})).await;
    let refused = assign(&test, &key, &other_role).await.refused(400, "failed_precondition");
    assert_eq!(refused, "the role belongs to another organization than the api key");
    assert_eq!(list(&test, &key).await, json!({}));
    let _ = assign(&test, &key, &my_role).await.ok();
}

#[tokio::test]
async fn both_sides_must_be_named_and_must_exist() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let role = test.role("Maker", &[]).await;
    let (key, _) = test.api_key(&organization, json!({})).await;
    for (given, status, slug, description) in [
        (json!({}), 400, "invalid_argument", "apiKeyRoleAssignment.apiKeyId: is required"),
        (json!({ "apiKeyId": key }), 400, "invalid_argument", "apiKeyRoleAssignment.roleId: is required"),
        (json!({ "apiKeyId": "x", "roleId": role }), 400, "invalid_argument", "invalid api key id"),
        (json!({ "apiKeyId": key, "roleId": "x" }), 400, "invalid_argument", "invalid role id"),
        (json!({ "apiKeyId": NO_KEY, "roleId": role }), 404, "not_found", "api key not found"),
        (json!({ "apiKeyId": key, "roleId": NO_ROLE }), 404, "not_found", "role not found"),
    ] {
        let answer = test.client.post(PATH, json!({ "apiKeyRoleAssignment": given })).await;
        assert_eq!(answer.refused(status, slug), description, "{given}");
    }
    let bare = test.client.post(PATH, json!({ "apiKeyId": key, "roleId": role })).await;
    assert_eq!(bare.refused(400, "invalid_argument"), "apiKeyRoleAssignment: is required");
    let unnamed = test.client.get(PATH).await.refused(400, "invalid_argument");
    assert_eq!(unnamed, "apiKeyId: is required");
    assert_eq!(list(&test, NO_KEY).await, json!({}));
}
