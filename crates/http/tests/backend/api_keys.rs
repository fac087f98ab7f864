//! `/v1/api-keys`

use lockwork_testkit::TestApp;
use serde_json::json;

#[tokio::test]
async fn a_key_is_made_verified_and_revoked() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.create", "acme.widgets.delete"]).await;
    let organization = test.organization("Customer").await;
    let role = test.role("Maker", &["acme.widgets.create"]).await;
    let (id, secret) = test.api_key(&organization, json!({ "roleIds": [role], "actions": ["acme.widgets.delete"] })).await;

    assert_eq!(
        test.verify(&secret).await,
        json!({
            "valid": true, "code": "VALID", "apiKeyId": id, "organizationId": organization, "displayName": "A key",
            "actions": ["acme.widgets.create", "acme.widgets.delete"],
        })
    );
    let authenticated = test.client.post("/v1/api-keys/authenticate", json!({ "secretToken": secret })).await.ok();
    assert_eq!(
        authenticated,
        json!({
            "apiKeyId": id, "organizationId": organization,
            "actions": ["acme.widgets.create", "acme.widgets.delete"],
        })
    );

    assert_eq!(test.client.post_empty(&format!("/v1/api-keys/{id}/revoke")).await.ok(), json!({}));
    let verdict = test.verify(&secret).await;
    assert_eq!((&verdict["valid"], &verdict["code"]), (&json!(false), &json!("REVOKED")));
    let refused = test.client.post("/v1/api-keys/authenticate", json!({ "secretToken": secret })).await;
    assert_eq!(refused.refused(400, "unauthenticated_api_key"), "invalid_api_key_secret_token");
}
