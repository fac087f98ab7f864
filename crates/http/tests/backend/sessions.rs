//! `/v1/sessions`

use lockwork_testkit::app::options;
use lockwork_testkit::databases::Kind;
use lockwork_testkit::{TestApp, on_both};
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

on_both! {
    async fn a_session_is_ended_once_and_for_all(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let user = test.user(&organization, "ada@example.com").await;
        let (id, other) = (test.session(&user).await, test.session(&user).await);
        // As sign-in leaves it.
        let refresh = match test.database.kind() {
            Kind::Sqlite => "randomblob(32)",
            Kind::Postgres => "sha256(CAST(CAST(id AS TEXT) AS BYTEA))",
        };
        test.database.execute(&format!("UPDATE sessions SET refresh_token_hash = {refresh}")).await;
        let path = format!("/v1/sessions/{id}");
        let live = async || {
            let listed = test.client.get("/v1/sessions?live=true").await.ok();
            listed["sessions"].as_array().map_or(0, Vec::len)
        };
        assert_eq!(test.client.get(&path).await.ok()["session"].get("revoked"), None);
        assert_eq!(live().await, 2);

        test.clock.advance(Duration::from_secs(1));
        let ended = test.client.post_empty(&format!("{path}/revoke")).await.ok();
        assert_eq!((&ended["session"]["revoked"], &ended["session"]["id"]), (&json!(true), &json!(id)));
        assert_eq!(ended["session"]["expireTime"], "2030-01-01T00:00:01Z");
        assert_eq!(test.client.get(&path).await.ok(), ended);
        assert_eq!(live().await, 1);
        test.clock.advance(Duration::from_secs(1));
        assert_eq!(test.client.post_empty(&format!("{path}/revoke")).await.ok(), ended);

        let stranger = test.other_project().await;
        let refused = stranger.post_empty(&format!("/v1/sessions/{other}/revoke")).await;
        assert_eq!(refused.refused(404, "not_found"), "session not found");
        test.clock.advance(Duration::from_secs(3600));
        assert_eq!(live().await, 0, "the other has expired");
    }
}
