//! `/v1/user-role-assignments`

use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::json;

const PATH: &str = "/v1/user-role-assignments";

on_both! {
    async fn a_role_is_given_to_a_user_once_however_often_it_is_given(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let user = test.user(&organization, "ada@example.com").await;
        let (role, other) = (test.role("Reader", &[]).await, test.role("Writer", &[]).await);
        let body = json!({ "userId": user, "roleId": role });
        let made = test.client.post(PATH, body.clone()).await.ok()["userRoleAssignment"].clone();
        assert_eq!(made, json!({ "id": made["id"], "userId": user, "roleId": role }));
        assert_eq!(test.client.post(PATH, body).await.ok()["userRoleAssignment"], made);
        let _ = test.client.post(PATH, json!({ "user_id": user, "role_id": other })).await.ok();

        let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
        assert_eq!(test.client.get(&path).await.ok(), json!({ "userRoleAssignment": made }));
        let of_role = test.client.get(&format!("{PATH}?roleId={role}")).await.ok();
        assert_eq!(of_role, json!({ "userRoleAssignments": [made] }));
        let of_user = test.client.get(&format!("{PATH}?userId={user}")).await.ok();
        assert_eq!(of_user["userRoleAssignments"].as_array().map(Vec::len), Some(2));
        let of_both = test.client.get(&format!("{PATH}?userId={user}&roleId={role}")).await.ok();
        assert_eq!(of_both, json!({ "userRoleAssignments": [made] }));

        assert_eq!(test.client.delete(&path).await.ok(), json!({}));
        assert_eq!(test.client.get(&path).await.refused(404, "not_found"), "user role assignment not found");
        assert_eq!(test.client.delete(&path).await.refused(404, "not_found"), "user role assignment not found");
    }
}

#[tokio::test]
async fn a_role_of_another_organization_or_project_is_not_given() {
    let test = TestApp::new().await;
    let (organization, other) = (test.organization("Customer").await, test.organization("Other").await);
    let user = test.user(&organization, "ada@example.com").await;
    let made = test.client.post("/v1/roles", json!({ "organizationId": other })).await.ok();
    let refused = test.client.post(PATH, json!({ "userId": user, "roleId": made["role"]["id"] })).await;
    assert_eq!(
        refused.refused(400, "failed_precondition"),
        "the role belongs to another organization than the user"
    );
    let role = test.role("Reader", &[]).await;
    let stranger = test.other_project().await;
    let refused = stranger.post(PATH, json!({ "userId": user, "roleId": role })).await;
    assert_eq!(refused.refused(404, "not_found"), "user not found");
    let theirs = stranger.post("/v1/roles", json!({})).await.ok()["role"]["id"].clone();
    let refused = test.client.post(PATH, json!({ "userId": user, "roleId": theirs })).await;
    assert_eq!(refused.refused(404, "not_found"), "role not found");
    assert_eq!(stranger.get(&format!("{PATH}?roleId={role}")).await.ok(), json!({}));
}

#[tokio::test]
async fn a_list_is_of_a_user_or_of_a_role() {
    let test = TestApp::new().await;
    for query in ["", "?userId=", "?pageSize=5"] {
        let refused = test.client.get(&format!("{PATH}{query}")).await.refused(400, "invalid_argument");
        assert_eq!(refused, "userId or roleId is required");
    }
    for (body, problem) in [
        (json!({}), "userId: is required"),
        (json!({ "userId": "user_0000000000000000000000001" }), "roleId: is required"),
        (json!({ "userId": "ada" }), "invalid user id"),
    ] {
        assert_eq!(test.client.post(PATH, body).await.refused(400, "invalid_argument"), problem);
    }
}
