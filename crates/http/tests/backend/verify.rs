//! `/v1/api-keys/verify`

use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/v1/api-keys/verify";

async fn verdict(test: &TestApp, secret: &str, permissions: &str) -> Value {
    test.client.post(PATH, json!({ "secretToken": secret, "permissions": permissions })).await.ok()
}

async fn switch(test: &TestApp, path: &str, enabled: bool) {
    let _ = test.client.patch(path, json!({ "apiKeysEnabled": enabled })).await.ok();
}

on_both! {
    async fn the_first_failure_in_the_order_is_the_verdict(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let organization_path = format!("/v1/organizations/{organization}");
        let expire = json!({ "expireTime": "2030-01-01T01:00:00Z" });
        let (worst_id, worst) = test.api_key(&organization, expire.clone()).await;
        let (_, expired) = test.api_key(&organization, expire).await;
        let (_, weak) = test.api_key(&organization, json!({})).await;
        let _ = test.client.post_empty(&format!("/v1/api-keys/{worst_id}/revoke")).await.ok();
        let twin = test.app.add_project("Twin", "lw_").await.unwrap();
        test.app.refresh().await.unwrap();
        let twin = test.client.with_authorization(Some(&format!("Bearer {}", twin.backend_api_key.unwrap().reveal())));
        test.clock.advance(Duration::from_secs(3600));

        let codes = async || {
            let mut codes = Vec::new();
            for secret in ["lw_", &worst, &expired, &weak] {
                let verdict = verdict(&test, secret, "acme.widgets.create").await;
                assert_eq!(verdict["valid"], false);
                codes.push(verdict["code"].as_str().unwrap().to_owned());
            }
            codes
        };
        assert_eq!(codes().await, ["MALFORMED", "REVOKED", "EXPIRED", "INSUFFICIENT_PERMISSIONS"]);
        switch(&test, &organization_path, false).await;
        let off = "ORGANIZATION_DISABLED";
        assert_eq!(codes().await, ["MALFORMED", off, off, off]);
        switch(&test, "/v1/project", false).await;
        let off = "PROJECT_DISABLED";
        assert_eq!(codes().await, ["MALFORMED", off, off, off]);

        // A key of another project is unknown, and so is one that is gone, even while the project is off.
        let foreign = twin.post(PATH, json!({ "secretToken": weak })).await.ok();
        assert_eq!(foreign, json!({ "valid": false, "code": "NOT_FOUND" }));
        let _ = test.client.delete(&format!("/v1/api-keys/{worst_id}")).await.ok();
        assert_eq!(test.verify(&worst).await, json!({ "valid": false, "code": "NOT_FOUND" }));

        switch(&test, "/v1/project", true).await;
        switch(&test, &organization_path, true).await;
        assert_eq!(test.verify(&weak).await["code"], "VALID");
    }

    async fn a_verdict_tells_all_about_the_key_also_when_it_says_no(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        test.actions(&["acme.widgets.create", "acme.widgets.delete"]).await;
        let organization = test.organization("Customer").await;
        let (id, secret) = test.api_key(&organization, json!({
            "displayName": "Ünïcode \"quoted\" \\ 🔑", "expireTime": "2030-01-01T01:00:00.500Z",
            "actions": ["acme.widgets.delete"],
        })).await;
        let mut wanted = json!({
            "valid": true, "code": "VALID", "apiKeyId": id, "organizationId": organization,
            "displayName": "Ünïcode \"quoted\" \\ 🔑", "actions": ["acme.widgets.delete"],
            "expireTime": "2030-01-01T01:00:00.500Z",
        });
        assert_eq!(test.verify(&secret).await, wanted);
        let _ = test.client.post_empty(&format!("/v1/api-keys/{id}/revoke")).await.ok();
        wanted["valid"] = json!(false);
        wanted["code"] = json!("REVOKED");
        assert_eq!(test.verify(&secret).await, wanted);
    }
}

#[tokio::test]
async fn a_wrong_checksum_is_malformed_and_empty_values_are_left_out() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, secret) = test.api_key(&organization, json!({ "displayName": "" })).await;
    let wanted = json!({ "valid": true, "code": "VALID", "apiKeyId": id, "organizationId": organization });
    assert_eq!(test.verify(&secret).await, wanted);
    for place in 3..secret.len() {
        let mut digits = secret.clone().into_bytes();
        digits[place] = if digits[place] == b'0' { b'1' } else { b'0' };
        let mistyped = String::from_utf8(digits).unwrap();
        assert_eq!(
            test.verify(&mistyped).await,
            json!({ "valid": false, "code": "MALFORMED" }),
            "{mistyped}"
        );
    }
}

#[tokio::test]
async fn permissions_are_an_expression_over_the_keys_actions() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.create", "acme.widgets.delete", "acme.users.read"]).await;
    let organization = test.organization("Customer").await;
    let role = test.role("Maker", &["acme.widgets.create"]).await;
    let fields = json!({ "roleIds": [role], "actions": ["acme.users.read"] });
    let (_, secret) = test.api_key(&organization, fields).await;
    for (permissions, held) in [
        ("", true),
        ("acme.widgets.create", true),
        ("acme.widgets.delete", false),
        ("acme.unheard.of", false),
        ("acme.widgets.create AND acme.users.read", true),
        ("acme.widgets.create AND acme.widgets.delete", false),
        ("acme.widgets.delete OR acme.users.read", true),
        ("NOT acme.widgets.delete", true),
        ("NOT acme.widgets.create", false),
        ("acme.widgets.*", true),
        ("acme.*.delete", false),
        ("*.*.read", true),
        ("acme.users.read OR acme.users.read AND acme.widgets.delete", true),
        ("(acme.users.read OR acme.users.read) AND acme.widgets.delete", false),
        ("  ( acme.widgets.create )  ", true),
    ] {
        let verdict = verdict(&test, &secret, permissions).await;
        let code = if held { "VALID" } else { "INSUFFICIENT_PERMISSIONS" };
        assert_eq!((&verdict["valid"], &verdict["code"]), (&json!(held), &json!(code)), "{permissions}");
    }
    let null =
        test.client.post(PATH, json!({ "secret_token": secret, "permissions": null, "more": 1 })).await.ok();
    assert_eq!(null["valid"], true);
}

#[tokio::test]
async fn a_syntax_error_is_the_callers_with_its_position_whatever_the_key() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, good) = test.api_key(&organization, json!({})).await;
    let (_, gone) = test.api_key(&organization, json!({})).await;
    let _ = test.client.post_empty(&format!("/v1/api-keys/{id}/revoke")).await.ok();
    let long = "a".repeat(4097);
    for (permissions, problem) in [
        ("acme.widgets.create AND", "expected an action name at position 23"),
        ("acme.widgets.create acme.users.read", "expected AND, OR or the end at position 20"),
        ("acme.widgets.create and acme.users.read", "expected AND, OR or the end at position 20"),
        ("(acme.widgets.create", "an open parenthesis at position 0"),
        ("acme.widgets.create)", "expected AND, OR or the end at position 19"),
        ("acme.widgets", "expected an action name at position 0"),
        ("acme.widgets.create OR acme.wid*.create", "expected an action name at position 23"),
        ("   ", "expected an action name at position 3"),
        (&long, "an expression longer than 4096 bytes at position 4096"),
    ] {
        for secret in [good.as_str(), gone.as_str(), "nonsense"] {
            let answer =
                test.client.post(PATH, json!({ "secretToken": secret, "permissions": permissions })).await;
            assert_eq!(answer.refused(400, "invalid_argument"), format!("permissions: {problem}"));
        }
    }
}

#[tokio::test]
async fn the_secret_must_be_given_and_be_a_text() {
    let test = TestApp::new().await;
    for nothing in [json!({}), json!({ "secretToken": null }), json!({ "permissions": "a.b.c" })] {
        let refused = test.client.post(PATH, nothing).await.refused(400, "invalid_argument");
        assert_eq!(refused, "secretToken: is required");
    }
    let refused = test.client.post(PATH, json!({ "secretToken": 7 })).await.refused(400, "invalid_argument");
    assert!(refused.starts_with("secretToken: invalid type"), "{refused}");
    assert_eq!(test.verify("").await, json!({ "valid": false, "code": "MALFORMED" }));
}
