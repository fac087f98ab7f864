//! `/v1/api-keys/authenticate`, row by row as the contract has it (§3.6).

use lockwork_testkit::app::options;
use lockwork_testkit::{Answer, Client, TestApp, on_both};
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/v1/api-keys/authenticate";
const MALFORMED: (u16, &str, &str) = (400, "unauthenticated_api_key", "malformed_api_key_secret_token");
const INVALID: (u16, &str, &str) = (400, "unauthenticated_api_key", "invalid_api_key_secret_token");
const PROJECT_OFF: (u16, &str, &str) =
    (403, "permission_denied", "api keys are not enabled for this project");
const ORGANIZATION_OFF: (u16, &str, &str) =
    (403, "permission_denied", "api keys are not enabled for this organization");

async fn authenticate(test: &TestApp, secret: &str) -> Answer {
    test.client.post(PATH, json!({ "secretToken": secret })).await
}

async fn assert_refused(test: &TestApp, secret: &str, (status, slug, description): (u16, &str, &str)) {
    assert_eq!(authenticate(test, secret).await.refused(status, slug), description, "{secret}");
}

async fn switch_project(test: &TestApp, enabled: bool) {
    let _ = test.client.patch("/v1/project", json!({ "apiKeysEnabled": enabled })).await.ok();
}

async fn switch_organization(test: &TestApp, id: &str, enabled: bool) {
    let _ = test
        .client
        .patch(&format!("/v1/organizations/{id}"), json!({ "apiKeysEnabled": enabled }))
        .await
        .ok();
}

/// Texts that are no key of a project with the prefix `lw_`, each for a reason of its own.
fn malformed(secret: &str) -> Vec<String> {
    let digits = secret.strip_prefix("lw_").unwrap();
    let other_digit = if digits.ends_with('0') { '1' } else { '0' };
    vec![
        String::new(),
        "lw_".into(),
        digits.into(),
        format!("other_{digits}"),
        format!("LW_{digits}"),
        format!(" lw_{digits}"),
        format!("lw_{digits} "),
        format!("lw_{digits}0"),
        format!("lw_{}", &digits[1..]),
        format!("lw_{}", digits.to_uppercase()),
        format!("lw_{}-", &digits[..54]),
        // Right in form, wrong in checksum.
        format!("lw_{}{other_digit}", &digits[..54]),
        format!("lw_{}", "0".repeat(55)),
        // The largest 35 bytes, and one more.
        "lw_1rqebqrqf0vfcdz5pu5fquov5813iobr29qjm1mf1lrufy1ifr3y8sf".into(),
        "lw_1rqebqrqf0vfcdz5pu5fquov5813iobr29qjm1mf1lrufy1ifr3y8sg".into(),
        format!("lw_{}", "z".repeat(55)),
        format!("lw_{}é", &digits[..53]),
        "tesseral_secret_key_0000000000000000000000001".into(),
    ]
}

on_both! {
    async fn a_good_key_is_answered_flat_with_its_actions_sorted_by_bytes(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        test.actions(&["a.b.c", "a.b.c1", "a.b.c_", "a.b0.c", "a0.b.c", "a_.b.c"]).await;
        let organization = test.organization("Customer").await;
        let role = test.role("Some", &["a_.b.c", "a.b.c_", "a.b.c"]).await;
        let fields = json!({ "roleIds": [role], "actions": ["a.b.c1", "a0.b.c", "a.b.c", "a.b0.c"] });
        let (id, secret) = test.api_key(&organization, fields).await;
        assert_eq!(
            authenticate(&test, &secret).await.ok(),
            json!({
                "apiKeyId": id, "organizationId": organization,
                "actions": ["a.b.c", "a.b.c1", "a.b.c_", "a.b0.c", "a0.b.c", "a_.b.c"],
            })
        );
    }

    async fn every_row_of_the_contracts_table_is_answered_in_its_order(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, good) = test.api_key(&organization, json!({})).await;
        let (revoked_id, revoked) = test.api_key(&organization, json!({})).await;
        let (deleted_id, deleted) = test.api_key(&organization, json!({})).await;
        let (_, expired) = test.api_key(&organization, json!({ "expireTime": "2030-01-01T01:00:00Z" })).await;
        for id in [&revoked_id, &deleted_id] {
            assert_eq!(test.client.post_empty(&format!("/v1/api-keys/{id}/revoke")).await.ok(), json!({}));
        }
        assert_eq!(test.client.delete(&format!("/v1/api-keys/{deleted_id}")).await.ok(), json!({}));
        test.clock.advance(Duration::from_secs(3600));
        let wrong = [&revoked, &deleted, &expired];

        let found = json!({ "apiKeyId": id, "organizationId": organization });
        assert_eq!(authenticate(&test, &good).await.ok(), found);
        for text in malformed(&good) {
            assert_refused(&test, &text, MALFORMED).await;
        }
        for secret in wrong {
            assert_refused(&test, secret, INVALID).await;
        }

        // The organization comes last: whoever holds a dead key learns nothing of it.
        switch_organization(&test, &organization, false).await;
        assert_refused(&test, &good, ORGANIZATION_OFF).await;
        assert_refused(&test, "lw_", MALFORMED).await;
        for secret in wrong {
            assert_refused(&test, secret, INVALID).await;
        }

        // The project comes first, whatever the key.
        switch_project(&test, false).await;
        assert_refused(&test, &good, PROJECT_OFF).await;
        for text in malformed(&good) {
            assert_refused(&test, &text, PROJECT_OFF).await;
        }
        for secret in wrong {
            assert_refused(&test, secret, PROJECT_OFF).await;
        }

        switch_organization(&test, &organization, true).await;
        switch_project(&test, true).await;
        assert_eq!(authenticate(&test, &good).await.ok(), found);
    }

    async fn a_key_of_another_project_with_the_same_prefix_is_invalid(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (_, secret) = test.api_key(&organization, json!({})).await;
        let twin = test.app.add_project("Twin", "lw_").await.unwrap();
        test.app.refresh().await.unwrap();
        let bearer = format!("Bearer {}", twin.backend_api_key.unwrap().reveal());
        let refused = test.client.with_authorization(Some(&bearer)).post(PATH, json!({ "secretToken": secret })).await;
        assert_eq!(refused.refused(400, "unauthenticated_api_key"), INVALID.2);
    }
}

#[tokio::test]
async fn the_refusal_of_a_key_is_the_contracts_to_the_letter() {
    let test = TestApp::new().await;
    let answer = authenticate(&test, "nonsense").await;
    let id = answer.headers["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(answer.status.as_u16(), 400);
    assert_eq!(
        answer.json,
        json!({
            "code": 3, "message": "unauthenticated_api_key",
            "details": [{
                "@type": "type.googleapis.com/tesseral.common.v1.ErrorDetail",
                "description": "malformed_api_key_secret_token", "docsLink": "",
            }],
            "type": "about:blank", "title": "Bad Request", "status": 400,
            "detail": "malformed_api_key_secret_token", "instance": id,
        })
    );
}

#[tokio::test]
async fn the_secret_may_be_named_in_either_case_and_must_be_a_text() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, secret) = test.api_key(&organization, json!({})).await;
    let escaped: String = secret.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    for body in [
        format!(r#"{{"secretToken":"{secret}"}}"#),
        format!(r#"{{"secret_token":"{secret}"}}"#),
        format!(r#" {{ "unheardOf" : [1, {{}}] , "secretToken" : "{secret}" }} "#),
        format!(r#"{{"secretToken":"{escaped}"}}"#),
    ] {
        let answer =
            test.client.send(axum::http::Method::POST, PATH, Some("application/json"), body.into()).await;
        assert_eq!(answer.ok(), json!({ "apiKeyId": id, "organizationId": organization }));
    }
    for nothing in [json!({}), json!({ "secretToken": null }), json!({ "secretToken": "" })] {
        let refused = test.client.post(PATH, nothing).await.refused(400, "unauthenticated_api_key");
        assert_eq!(refused, MALFORMED.2);
    }
    for wrong in [json!(7), json!(["a"]), json!({}), json!(true)] {
        let refused =
            test.client.post(PATH, json!({ "secretToken": wrong })).await.refused(400, "invalid_argument");
        assert!(refused.starts_with("secretToken: invalid type"), "{refused}");
    }
}

#[tokio::test]
async fn keys_of_every_scope_may_authenticate_and_nobody_else() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, secret) = test.api_key(&organization, json!({})).await;
    let body = json!({ "secretToken": secret });
    let found = |value: Value| assert_eq!(value["apiKeyId"], json!(id));
    for scope in ["full", "read", "verify"] {
        let client: Client = test.scoped(scope).await;
        found(client.post(PATH, body.clone()).await.ok());
    }
    let nobody = test.nobody().post(PATH, body.clone()).await.refused(401, "unauthenticated");
    assert!(nobody.starts_with("missing credentials"), "{nobody}");
    // An API key is no Backend API key.
    let itself = test.client.with_authorization(Some(&format!("Bearer {secret}"))).post(PATH, body).await;
    assert_eq!(itself.refused(401, "unauthenticated"), "invalid backend api key secret token");
}
