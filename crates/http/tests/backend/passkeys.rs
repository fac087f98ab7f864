//! `/v1/passkeys`

use crate::support::{START, seconds};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::json;

const UNKNOWN: &str = "/v1/passkeys/passkey_0000000000000000000000001";

on_both! {
    async fn a_passkey_is_shown_taken_out_of_use_and_deleted(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let user = test.user(&organization, "ada@example.com").await;
        let id = test.passkey(&user).await;
        let path = format!("/v1/passkeys/{id}");
        let shown = test.client.get(&path).await.ok()["passkey"].clone();
        assert_eq!(shown, json!({
            "id": id, "userId": user, "disabled": false, "createTime": START, "updateTime": START,
            "credentialId": shown["credentialId"], "rpId": "localhost",
            "publicKeyPkix": "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n",
            "aaguid": "00000000-0000-0000-0000-000000000000",
        }));
        assert_eq!(shown["credentialId"].as_str().unwrap().len(), 24, "16 bytes in base64");

        test.clock.advance(seconds(1));
        let changed = test.client.patch(&path, json!({ "disabled": true })).await.ok()["passkey"].clone();
        assert_eq!((&changed["disabled"], &changed["updateTime"]), (&json!(true), &json!("2030-01-01T00:00:01Z")));
        assert_eq!(test.client.patch(&path, json!({})).await.ok()["passkey"]["disabled"], true);
        assert_eq!(test.client.patch(&path, json!({ "disabled": false })).await.ok()["passkey"]["disabled"], false);

        assert_eq!(test.client.delete(&path).await.ok(), json!({}));
        assert_eq!(test.client.get(&path).await.refused(404, "not_found"), "passkey not found");
    }
}

#[tokio::test]
async fn passkeys_are_listed_by_user_in_their_project_only() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let ada = test.user(&organization, "ada@example.com").await;
    let bob = test.user(&organization, "bob@example.com").await;
    let (id, _) = (test.passkey(&ada).await, test.passkey(&bob).await);
    let listed = test.client.get(&format!("/v1/passkeys?userId={ada}")).await.ok();
    assert_eq!(listed["passkeys"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["passkeys"][0]["id"], json!(id));
    assert_eq!(test.client.get("/v1/passkeys").await.ok()["passkeys"].as_array().map(Vec::len), Some(2));

    let stranger = test.other_project().await;
    assert_eq!(stranger.get("/v1/passkeys").await.ok(), json!({}));
    assert_eq!(stranger.get(&format!("/v1/passkeys?userId={ada}")).await.ok(), json!({}));
    let path = format!("/v1/passkeys/{id}");
    assert_eq!(stranger.get(&path).await.refused(404, "not_found"), "passkey not found");
    let off = json!({ "disabled": true });
    assert_eq!(stranger.patch(&path, off).await.refused(404, "not_found"), "passkey not found");
    assert_eq!(stranger.delete(&path).await.refused(404, "not_found"), "passkey not found");
    assert_eq!(test.client.get(UNKNOWN).await.refused(404, "not_found"), "passkey not found");
    // They go with the user.
    let _ = test.client.delete(&format!("/v1/users/{ada}")).await.ok();
    assert_eq!(test.client.get(&path).await.refused(404, "not_found"), "passkey not found");
}
