//! `/v1/sessions`

use lockwork_testkit::TestApp;
use serde_json::json;
use std::time::Duration;

const UNKNOWN: &str = "session_0000000000000000000000001";

#[tokio::test]
async fn a_project_has_no_sessions_at_first() {
    let test = TestApp::new().await;
    assert_eq!(test.client.get("/v1/sessions").await.ok(), json!({}));
    let unknown_user = "/v1/sessions?userId=user_0000000000000000000000001";
    assert_eq!(test.client.get(unknown_user).await.ok(), json!({}));
    let refused = test.client.get(&format!("/v1/sessions/{UNKNOWN}")).await.refused(404, "not_found");
    assert_eq!(refused, "session not found");
    assert_eq!(
        test.client.get("/v1/sessions/x").await.refused(400, "invalid_argument"),
        "invalid session id"
    );
}

#[tokio::test]
async fn sessions_are_listed_newest_first_with_the_factor_as_a_number() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (ada, bob) = (
        test.user(&organization, "ada@example.com").await,
        test.user(&organization, "bob@example.com").await,
    );
    let older = test.session(&ada).await;
    test.clock.advance(Duration::from_secs(1));
    let newer = test.session(&ada).await;
    let _ = test.session(&bob).await;
    let listed = test.client.get(&format!("/v1/sessions?userId={ada}")).await.ok();
    let ids =
        |value: &serde_json::Value| [value["sessions"][0]["id"].clone(), value["sessions"][1]["id"].clone()];
    assert_eq!(ids(&listed), [json!(newer), json!(older)]);
    let shown = test.client.get(&format!("/v1/sessions/{older}")).await.ok();
    assert_eq!(
        shown,
        json!({ "session": {
            "id": older, "userId": ada, "revoked": true, "primaryAuthFactor": 2,
            "createTime": "2030-01-01T00:00:00Z", "lastActiveTime": "2030-01-01T00:00:00Z",
            "expireTime": "2030-01-01T01:00:00Z",
        } })
    );
    let stranger = test.other_project().await;
    assert_eq!(
        stranger.get(&format!("/v1/sessions/{older}")).await.refused(404, "not_found"),
        "session not found"
    );
    assert_eq!(stranger.get("/v1/sessions").await.ok(), json!({}));
}
