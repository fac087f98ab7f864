//! `/v1/publishable-keys`

use lockwork_testkit::TestApp;
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/v1/publishable-keys";

async fn make(test: &TestApp, body: Value) -> Value {
    test.client.post(PATH, body).await.ok()["publishableKey"].clone()
}

#[tokio::test]
async fn a_key_is_made_shown_changed_and_deleted() {
    let test = TestApp::new().await;
    let mut wanted =
        make(&test, json!({ "publishableKey": { "displayName": "Site", "crossDomainMode": true } })).await;
    let id = wanted["id"].as_str().unwrap().to_owned();
    assert_eq!(
        wanted,
        json!({
            "id": id, "displayName": "Site", "crossDomainMode": true,
            "createTime": "2030-01-01T00:00:00Z", "updateTime": "2030-01-01T00:00:00Z",
        })
    );
    let path = format!("{PATH}/{id}");
    assert_eq!(test.client.get(&path).await.ok(), json!({ "publishableKey": wanted }));

    test.clock.advance(Duration::from_secs(1));
    wanted["updateTime"] = json!("2030-01-01T00:00:01Z");
    // The mode is not reset by a change that does not name it.
    for nothing in [
        json!({}),
        json!({ "publishable_key": { "displayName": "" } }),
        json!({ "displayName": null, "crossDomainMode": null, "unheardOf": 1 }),
    ] {
        assert_eq!(test.client.patch(&path, nothing).await.ok(), json!({ "publishableKey": wanted }));
    }
    wanted["displayName"] = json!("Renamed");
    wanted["crossDomainMode"] = json!(false);
    let changes = json!({ "displayName": "Renamed", "crossDomainMode": false });
    assert_eq!(test.client.patch(&path, changes).await.ok(), json!({ "publishableKey": wanted }));
    let listed = test.client.get(&format!("{PATH}?displayName=Renamed")).await.ok();
    assert_eq!(listed, json!({ "publishableKeys": [wanted] }));

    let _ = test.nobody().get(&format!("/v1/config/{id}")).await.ok();
    assert_eq!(test.client.delete(&path).await.ok(), json!({}));
    assert_eq!(test.nobody().get(&format!("/v1/config/{id}")).await.status.as_u16(), 404);
    for answer in [
        test.client.get(&path).await,
        test.client.delete(&path).await,
        test.client.patch(&path, json!({})).await,
    ] {
        assert_eq!(answer.refused(404, "not_found"), "publishable key not found");
    }
}

#[tokio::test]
async fn the_mode_is_shown_even_when_false() {
    let test = TestApp::new().await;
    let made = make(&test, json!({})).await;
    assert_eq!((&made["crossDomainMode"], made.get("displayName")), (&json!(false), None));
    let first = test.client.get(&format!("{PATH}?displayName=First+key")).await.ok();
    assert_eq!(first["publishableKeys"][0]["id"], json!(test.publishable_key));
}
