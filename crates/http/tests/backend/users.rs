//! `/v1/users`

use lockwork_testkit::TestApp;
use serde_json::json;

const UNKNOWN: &str = "user_0000000000000000000000001";

#[tokio::test]
async fn a_project_has_no_users_at_first() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    assert_eq!(test.client.get("/v1/users").await.ok(), json!({}));
    assert_eq!(test.client.get(&format!("/v1/users?organizationId={organization}")).await.ok(), json!({}));
    let refused = test.client.get(&format!("/v1/users/{UNKNOWN}")).await.refused(404, "not_found");
    assert_eq!(refused, "user not found");
    assert_eq!(test.client.get("/v1/users/ada").await.refused(400, "invalid_argument"), "invalid user id");
}

#[tokio::test]
async fn a_user_is_shown_and_listed_by_organization_in_their_project_only() {
    let test = TestApp::new().await;
    let (organization, other) = (test.organization("Customer").await, test.organization("Other").await);
    let id = test.user(&organization, "ada@example.com").await;
    let wanted = json!({
        "id": id, "organizationId": organization, "email": "ada@example.com", "owner": false,
        "createTime": "2030-01-01T00:00:00Z", "updateTime": "2030-01-01T00:00:00Z",
    });
    let path = format!("/v1/users/{id}");
    assert_eq!(test.client.get(&path).await.ok(), json!({ "user": wanted }));
    assert_eq!(test.client.get("/v1/users").await.ok(), json!({ "users": [wanted] }));
    assert_eq!(
        test.client.get(&format!("/v1/users?organization_id={organization}")).await.ok(),
        json!({ "users": [wanted] })
    );
    assert_eq!(test.client.get(&format!("/v1/users?organizationId={other}")).await.ok(), json!({}));
    let stranger = test.other_project().await;
    assert_eq!(stranger.get(&path).await.refused(404, "not_found"), "user not found");
    assert_eq!(stranger.get("/v1/users").await.ok(), json!({}));
}
