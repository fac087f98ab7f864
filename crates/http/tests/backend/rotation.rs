//! `/v1/api-keys/{id}/rotate` and `/end-rotation`.

use crate::support::{
    START, code, coded, codes, get_key, patch_key, patch_organization, seconds, verdict, window,
};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

const IN_A_ROTATION: &str = "the api key is still in a rotation: its former secret works until \
                             2030-01-01T00:01:00Z; end that rotation first";

async fn rotate(test: &TestApp, id: &str, body: Value) -> lockwork_testkit::Answer {
    test.client.post(&format!("/v1/api-keys/{id}/rotate"), body).await
}

/// The new secret.
async fn rotated(test: &TestApp, id: &str, overlap_seconds: u64) -> String {
    let answer = rotate(test, id, json!({ "overlapSeconds": overlap_seconds })).await.ok();
    answer["apiKey"]["secretToken"].as_str().unwrap().to_owned()
}

fn suffix(secret: &str) -> &str {
    &secret[secret.len() - 4..]
}

on_both! {
    async fn without_an_overlap_the_old_secret_ends_at_once(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, first) = test.api_key(&organization, json!({})).await;
        let answer = test.client.post_empty(&format!("/v1/api-keys/{id}/rotate")).await.ok();
        let second = answer["apiKey"]["secretToken"].as_str().unwrap().to_owned();
        assert_ne!(first, second);
        let shown = get_key(&test, &id).await;
        assert_eq!(shown.get("secretToken"), None);
        assert_eq!(shown["secretTokenSuffix"], suffix(&second));
        assert_eq!(shown["secrets"], json!([{ "suffix": suffix(&second), "createTime": START }]));
        let verdict = test.verify(&first).await;
        assert_eq!((coded(&verdict).as_str(), &verdict["apiKeyId"]), ("EXPIRED", &json!(id)));
        let refused = test.client.post("/v1/api-keys/authenticate", json!({ "secretToken": first })).await;
        assert_eq!(refused.refused(400, "unauthenticated_api_key"), "invalid_api_key_secret_token");
        assert_eq!(code(&test, &second).await, "VALID");

        // One former secret is remembered; the one before it is unknown.
        let third = rotated(&test, &id, 0).await;
        assert_eq!(code(&test, &first).await, "NOT_FOUND");
        assert_eq!(code(&test, &second).await, "EXPIRED");
        assert_eq!(code(&test, &third).await, "VALID");
    }

    async fn with_an_overlap_both_secrets_work_until_it_is_over(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, first) = test.api_key(&organization, json!({})).await;
        test.clock.advance(seconds(10));
        let second = rotated(&test, &id, 50).await;
        assert_eq!(get_key(&test, &id).await["secrets"], json!([
            { "suffix": suffix(&second), "createTime": "2030-01-01T00:00:10Z" },
            { "suffix": suffix(&first), "createTime": START, "expireTime": "2030-01-01T00:01:00Z" },
        ]));
        assert_eq!(test.verify(&first).await["expireTime"], "2030-01-01T00:01:00Z");
        assert_eq!(test.verify(&second).await.get("expireTime"), None);
        let refused = rotate(&test, &id, json!({})).await;
        assert_eq!(refused.refused(400, "failed_precondition"), IN_A_ROTATION);

        test.clock.advance(seconds(49));
        assert_eq!([code(&test, &first).await, code(&test, &second).await], ["VALID", "VALID"]);
        test.clock.advance(seconds(1));
        assert_eq!([code(&test, &first).await, code(&test, &second).await], ["EXPIRED", "VALID"]);
        assert_eq!(get_key(&test, &id).await["secrets"].as_array().unwrap().len(), 1);
        let third = rotated(&test, &id, 50).await;
        let codes = [code(&test, &first).await, code(&test, &second).await, code(&test, &third).await];
        assert_eq!(codes, ["NOT_FOUND", "VALID", "VALID"]);
    }

    async fn a_rotation_is_ended_before_its_time(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, first) = test.api_key(&organization, json!({})).await;
        let path = format!("/v1/api-keys/{id}/end-rotation");
        let refused = test.client.post_empty(&path).await.refused(400, "failed_precondition");
        assert_eq!(refused, "the api key is in no rotation");
        let second = rotated(&test, &id, 7_776_000).await;
        let ended = test.client.post_empty(&path).await.ok();
        assert_eq!(ended["apiKey"], get_key(&test, &id).await);
        assert_eq!(ended["apiKey"]["secrets"].as_array().unwrap().len(), 1);
        assert_eq!([code(&test, &first).await, code(&test, &second).await], ["EXPIRED", "VALID"]);
        let _ = test.client.post_empty(&path).await.refused(400, "failed_precondition");
        let third = rotated(&test, &id, 0).await;
        assert_eq!([code(&test, &second).await, code(&test, &third).await], ["EXPIRED", "VALID"]);
    }

    async fn a_rotation_changes_the_secret_and_nothing_else(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        test.actions(&["acme.widgets.create"]).await;
        let organization = test.organization("Customer").await;
        let role = test.role("Maker", &["acme.widgets.create"]).await;
        let (id, first) = test.api_key(&organization, json!({
            "displayName": "Key", "roleIds": [role], "externalId": "7", "metadata": { "a": 1 }, "tags": ["x"],
            "limits": [window("requests", 3, 43)], "expireTime": "2030-02-01T00:00:00Z",
        })).await;
        let before = get_key(&test, &id).await;
        assert_eq!(codes(&test, &first).await, ["VALID", "VALID"]);
        let second = rotated(&test, &id, 3600).await;
        let mut after = get_key(&test, &id).await;
        for field in ["secretTokenSuffix", "secrets"] {
            assert_ne!(after[field], before[field]);
            after[field] = before[field].clone();
        }
        assert_eq!(after, before);

        // Both secrets draw on one counter, which went on counting.
        let last = test.verify(&second).await;
        assert_eq!(last["limits"], json!([
            { "name": "requests", "scope": "API_KEY", "limit": 3, "remaining": 0, "resetSeconds": 44 },
        ]));
        assert_eq!(last["actions"], json!(["acme.widgets.create"]));
        assert_eq!([code(&test, &first).await, code(&test, &second).await], ["RATE_LIMITED", "RATE_LIMITED"]);
        test.clock.advance(seconds(44));
        assert_eq!([code(&test, &first).await, code(&test, &second).await], ["VALID", "VALID"]);
        assert_eq!(verdict(&test, &first, json!({ "cost": 0 })).await["limits"][0]["remaining"], 1);
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_used_again_is_not_rotated() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (revoked, _) = test.api_key(&organization, json!({})).await;
    let _ = test.client.post_empty(&format!("/v1/api-keys/{revoked}/revoke")).await.ok();
    let refused = rotate(&test, &revoked, json!({})).await.refused(400, "failed_precondition");
    assert_eq!(refused, "the api key is revoked; make a new one");
    let (expired, _) = test.api_key(&organization, json!({ "expiresInSeconds": 60 })).await;
    test.clock.advance(seconds(60));
    let refused = rotate(&test, &expired, json!({})).await.refused(400, "failed_precondition");
    assert_eq!(refused, "the api key is expired; give it another expireTime first");
    patch_key(&test, &expired, json!({ "expiresInSeconds": 60 })).await;
    let _ = rotated(&test, &expired, 0).await;

    let (id, secret) = test.api_key(&organization, json!({})).await;
    patch_organization(&test, &organization, json!({ "apiKeysEnabled": false })).await;
    let refused = rotate(&test, &id, json!({})).await.refused(403, "permission_denied");
    assert_eq!(refused, "api keys are not enabled for this organization");
    patch_organization(&test, &organization, json!({ "apiKeysEnabled": true })).await;
    let _ = test.client.post_empty(&format!("/v1/api-keys/{id}/disable")).await.ok();
    let second = rotated(&test, &id, 60).await;
    assert_eq!([code(&test, &secret).await, code(&test, &second).await], ["DISABLED", "DISABLED"]);
}

#[tokio::test]
async fn an_overlap_is_at_most_90_days_and_no_longer_than_the_key_lives() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, secret) = test.api_key(&organization, json!({ "expiresInSeconds": 60 })).await;
    for (overlap, problem) in [
        (json!(61), "overlapSeconds: must not be longer than the api key lives"),
        (json!(7_776_001), "overlapSeconds: must be from 0 to 7776000 (90 days)"),
        (json!(9_007_199_254_740_992_u64), "overlapSeconds: must be from 0 to 7776000 (90 days)"),
    ] {
        let refused = rotate(&test, &id, json!({ "overlapSeconds": overlap })).await;
        assert_eq!(refused.refused(400, "invalid_argument"), problem);
    }
    for overlap in [json!(-1), json!(0.5), json!("60"), json!(9_007_199_254_740_993_u64)] {
        let refused = rotate(&test, &id, json!({ "overlapSeconds": overlap })).await;
        let refused = refused.refused(400, "invalid_argument");
        assert!(refused.starts_with("overlapSeconds: invalid "), "{refused}");
    }
    assert_eq!(get_key(&test, &id).await["secretTokenSuffix"], suffix(&secret));
    let _ = rotated(&test, &id, 60).await;
}

#[tokio::test]
async fn a_new_secret_has_the_projects_present_prefix() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, first) = test.api_key(&organization, json!({})).await;
    let _ = test.client.patch("/v1/project", json!({ "apiKeySecretTokenPrefix": "new_" })).await.ok();
    let second = rotated(&test, &id, 60).await;
    assert!(first.starts_with("lw_") && second.starts_with("new_"));
    assert_eq!([code(&test, &first).await, code(&test, &second).await], ["VALID", "VALID"]);
}
