//! `/v1/api-keys/{id}/disable`, `/enable`, `/revoke`; deletion; `/v1/api-keys/revoke-many` and `/whoami`.

use crate::support::{code, get_key, patch_organization};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

const REVOKE_MANY: &str = "/v1/api-keys/revoke-many";

async fn revoke_many(test: &TestApp, which: Value) -> Value {
    test.client.post(REVOKE_MANY, which).await.ok()["revokedCount"].clone()
}

async fn whoami(test: &TestApp, secret: &str) -> lockwork_testkit::Answer {
    test.client.post("/v1/api-keys/whoami", json!({ "secretToken": secret })).await
}

on_both! {
    async fn a_key_is_switched_off_and_on_with_effect_at_once(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, secret) = test.api_key(&organization, json!({})).await;
        let path = format!("/v1/api-keys/{id}");
        for _ in 0..2 {
            let off = test.client.post_empty(&format!("{path}/disable")).await.ok();
            assert_eq!(off["apiKey"]["enabled"], false);
            assert_eq!(off["apiKey"], get_key(&test, &id).await);
            assert_eq!(code(&test, &secret).await, "DISABLED");
        }
        let body = json!({ "secretToken": secret });
        let refused = test.client.post("/v1/api-keys/authenticate", body.clone()).await;
        assert_eq!(refused.refused(400, "unauthenticated_api_key"), "invalid_api_key_secret_token");
        // It is still a key that works some day: its secret is shown and it cannot be deleted.
        assert_eq!(get_key(&test, &id).await["secretTokenSuffix"], secret[secret.len() - 4..]);
        let _ = test.client.delete(&path).await.refused(400, "failed_precondition");
        for _ in 0..2 {
            let on = test.client.post(&format!("{path}/enable"), json!({})).await.ok();
            assert_eq!(on["apiKey"]["enabled"], true);
            assert_eq!(code(&test, &secret).await, "VALID");
        }
        let _ = test.client.post("/v1/api-keys/authenticate", body).await.ok();
    }

    async fn a_revocation_keeps_its_reason_and_is_for_good(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, secret) = test.api_key(&organization, json!({})).await;
        let path = format!("/v1/api-keys/{id}");
        for reason in ["Found in a public repository", "Another one"] {
            let body = json!({ "reason": reason });
            assert_eq!(test.client.post(&format!("{path}/revoke"), body).await.ok(), json!({}));
            let shown = get_key(&test, &id).await;
            assert_eq!(shown["revoked"], true);
            assert_eq!(shown["revokeReason"], "Found in a public repository");
            assert_eq!(code(&test, &secret).await, "REVOKED");
        }
        for step in ["enable", "disable"] {
            let refused = test.client.post_empty(&format!("{path}/{step}")).await;
            assert_eq!(refused.refused(400, "failed_precondition"), "the api key is revoked, which is for good");
        }
        for use_of_it in [
            json!({ "expireTime": null }), json!({ "planId": null }), json!({ "limits": [] }),
            json!({ "ipAllowlist": [] }), json!({ "credits": null }),
        ] {
            let refused = test.client.patch(&path, json!({ "apiKey": use_of_it })).await;
            assert_eq!(refused.refused(400, "failed_precondition"), "the api key is revoked; make a new one");
        }
        // What is only a note can still be changed.
        let noted = json!({ "apiKey": { "description": "Was leaked", "tags": ["leaked"] } });
        assert_eq!(test.client.patch(&path, noted).await.ok()["apiKey"]["description"], "Was leaked");
    }

    async fn many_keys_are_revoked_by_each_criterion_and_by_several_together(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let (ours, theirs) = (test.organization("Ours").await, test.organization("Theirs").await);
        let role = test.role("Maker", &[]).await;
        let user = test.user(&ours, "ada@example.com").await;
        let made = test.client.post("/v1/backend-api-keys", json!({ "displayName": "Other" })).await.ok();
        let (backend_id, backend) = (&made["backendApiKey"]["id"], &made["backendApiKey"]["secretToken"]);
        let backend = test.client.with_authorization(Some(&format!("Bearer {}", backend.as_str().unwrap())));

        let (plain, _) = test.api_key(&ours, json!({})).await;
        let (in_role, _) = test.api_key(&ours, json!({ "roleIds": [role] })).await;
        let (by_user, _) = test.api_key(&ours, json!({})).await;
        test.made_by(&user, &by_user).await;
        let new = json!({ "apiKey": { "organizationId": ours } });
        let by_backend = backend.post("/v1/api-keys", new).await.ok()["apiKey"]["id"].clone();
        let _ = test.client.patch("/v1/project", json!({ "apiKeySecretTokenPrefix": "other_" })).await.ok();
        let (prefixed, secret) = test.api_key(&ours, json!({})).await;
        let (foreign, _) = test.api_key(&theirs, json!({ "roleIds": [role] })).await;
        assert!(secret.starts_with("other_"));

        let unknown = "api_key_0000000000000000000000001";
        assert_eq!(revoke_many(&test, json!({ "ids": [] })).await, 0);
        assert_eq!(revoke_many(&test, json!({ "ids": [unknown] })).await, 0);
        assert_eq!(revoke_many(&test, json!({ "roleId": role, "prefix": "other_", "organizationId": ours })).await, 0);
        for (which, count, gone) in [
            (json!({ "ids": [plain, unknown, plain] }), 1, json!(plain)),
            (json!({ "roleId": role, "organizationId": ours, "reason": "leaked" }), 1, json!(in_role)),
            (json!({ "creatorUserId": user }), 1, json!(by_user)),
            (json!({ "creatorBackendApiKeyId": backend_id }), 1, by_backend),
            (json!({ "prefix": "other_", "ids": [prefixed, foreign, plain] , "organizationId": ours }), 1, json!(prefixed)),
            // Those that have ended before do not count.
            (json!({ "organizationId": ours }), 0, json!(plain)),
            (json!({ "organizationId": theirs }), 1, json!(foreign)),
        ] {
            let was_live = get_key(&test, gone.as_str().unwrap()).await["enabled"] == true;
            assert_eq!(was_live, count == 1, "{which}");
            assert_eq!(revoke_many(&test, which.clone()).await, count, "{which}");
            assert_eq!(get_key(&test, gone.as_str().unwrap()).await["revoked"], true, "{which}");
        }
        assert_eq!(get_key(&test, &in_role).await["revokeReason"], "leaked");
        assert_eq!(get_key(&test, &plain).await.get("revokeReason"), None);
        assert_eq!(code(&test, &secret).await, "REVOKED");
    }

    async fn a_secret_tells_whose_it_is_whatever_became_of_the_key(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let fields = json!({ "limits": [{ "name": "once", "kind": "WINDOW", "limit": 1, "windowSeconds": 60 }] });
        let (id, first) = test.api_key(&organization, fields).await;
        for _ in 0..3 {
            assert_eq!(whoami(&test, &first).await.ok(), json!({ "apiKey": get_key(&test, &id).await }));
        }
        assert_eq!(code(&test, &first).await, "VALID", "nothing was used up");

        let rotated = test.client.post_empty(&format!("/v1/api-keys/{id}/rotate")).await.ok();
        let second = rotated["apiKey"]["secretToken"].as_str().unwrap();
        let _ = test.client.post_empty(&format!("/v1/api-keys/{id}/disable")).await.ok();
        patch_organization(&test, &organization, json!({ "apiKeysEnabled": false })).await;
        for secret in [&first, second] {
            assert_eq!(whoami(&test, secret).await.ok()["apiKey"]["id"], id, "former and disabled");
        }
        let _ = test.client.post_empty(&format!("/v1/api-keys/{id}/revoke")).await.ok();
        for secret in [&first, second] {
            assert_eq!(whoami(&test, secret).await.ok()["apiKey"]["revoked"], true);
        }
        let _ = test.client.delete(&format!("/v1/api-keys/{id}")).await.ok();
        for secret in [first.as_str(), second, "nonsense", ""] {
            assert_eq!(whoami(&test, secret).await.refused(404, "not_found"), "api key not found");
        }
    }
}

#[tokio::test]
async fn a_key_may_be_made_switched_off() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, secret) = test.api_key(&organization, json!({ "enabled": false })).await;
    assert_eq!(get_key(&test, &id).await["enabled"], false);
    assert_eq!(code(&test, &secret).await, "DISABLED");
    let _ = test.client.post_empty(&format!("/v1/api-keys/{id}/enable")).await.ok();
    assert_eq!(code(&test, &secret).await, "VALID");
}

#[tokio::test]
async fn only_a_revoked_key_is_deleted_unless_it_is_forced() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, secret) = test.api_key(&organization, json!({})).await;
    let path = format!("/v1/api-keys/{id}");
    for query in ["", "?force=false"] {
        let refused = test.client.delete(&format!("{path}{query}")).await;
        assert_eq!(refused.refused(400, "failed_precondition"), "api key must be revoked to be deleted");
    }
    assert_eq!(test.client.delete(&format!("{path}?force=true")).await.ok(), json!({}));
    assert_eq!(code(&test, &secret).await, "NOT_FOUND");
    let _ = test.client.get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn revoking_many_needs_to_know_which() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, secret) = test.api_key(&organization, json!({})).await;
    for nothing in [json!({}), json!({ "reason": "all of them" }), json!({ "ids": null, "prefix": "" })] {
        let refused = test.client.post(REVOKE_MANY, nothing).await.refused(400, "invalid_argument");
        assert!(refused.starts_with("say which keys"), "{refused}");
    }
    let refused = test.client.post(REVOKE_MANY, json!({ "prefix": "LW_" })).await;
    assert_eq!(
        refused.refused(400, "invalid_argument"),
        "prefix: must be 1 to 64 characters of a-z, 0-9 and _"
    );
    let reason = "x".repeat(2049);
    for path in [REVOKE_MANY.to_owned(), format!("/v1/api-keys/{id}/revoke")] {
        let refused = test.client.post(&path, json!({ "ids": [id], "reason": reason })).await;
        assert_eq!(refused.refused(400, "invalid_argument"), "reason: must be at most 2048 characters long");
    }
    // Another project's keys are not among those that fit.
    let other = test.other_project().await;
    for which in
        [json!({ "ids": [id] }), json!({ "organizationId": organization }), json!({ "prefix": "lw_" })]
    {
        assert_eq!(other.post(REVOKE_MANY, which).await.ok(), json!({ "revokedCount": 0 }));
    }
    let theirs = other.post("/v1/api-keys/whoami", json!({ "secretToken": secret })).await;
    assert_eq!(theirs.refused(404, "not_found"), "api key not found");
    assert_eq!(code(&test, &secret).await, "VALID");
}
