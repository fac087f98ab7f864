//! `/v1/project`

use lockwork_model::access::{Caller, Permission};
use lockwork_model::audit_log_events::AuditLogFilter;
use lockwork_model::page::PageRequest;
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

async fn change(test: &TestApp, body: Value) -> Value {
    test.client.patch("/v1/project", body).await.ok()["project"].clone()
}

async fn code(test: &TestApp, secret: &str) -> Value {
    test.verify(secret).await["code"].clone()
}

#[tokio::test]
async fn the_project_is_shown_whole_with_every_switch() {
    let test = TestApp::new().await;
    let shown = test.client.get("/v1/project").await.ok();
    let id = shown["project"]["id"].as_str().unwrap();
    let label = id.replace('_', "-");
    assert_eq!(
        shown,
        json!({ "project": {
            "id": id, "displayName": "Acme",
            "createTime": "2030-01-01T00:00:00Z", "updateTime": "2030-01-01T00:00:00Z",
            "vaultDomain": format!("{label}.localhost:7777"), "vaultDomainCustom": false,
            "trustedDomains": [format!("{label}.localhost")], "cookieDomain": format!("{label}.localhost"),
            "emailSendFromDomain": "localhost", "timeZone": "UTC",
            "apiKeysEnabled": true, "apiKeySecretTokenPrefix": "lw_", "auditLogsEnabled": true,
            "loginsDisabled": false, "selfServeCreateUsers": true, "selfServeCreateOrganizations": true,
            "autoCreateOrganizations": false,
            "logInWithGoogle": false, "logInWithMicrosoft": false, "logInWithGithub": false,
            "logInWithEmail": true, "logInWithPassword": true, "logInWithSaml": false, "logInWithOidc": false,
            "logInWithAuthenticatorApp": true, "logInWithPasskey": true,
        } })
    );
}

/// Who runs the project goes by its name where people choose between projects.
#[tokio::test]
async fn a_project_that_is_renamed_renames_the_organization_of_those_who_run_it() {
    let test = TestApp::new().await;
    let owner = test.staff_owner("grace@console.example").await;
    let name =
        async || owner.get("/api/frontend/v1/organization").await.ok()["organization"]["displayName"].clone();
    assert_eq!(name().await, "Acme");
    test.clock.advance(std::time::Duration::from_secs(1));
    let _ = change(&test, json!({ "displayName": "Acme Works" })).await;
    assert_eq!(name().await, "Acme Works");
    let _ = change(&test, json!({ "displayName": "Acme Works", "auditLogsEnabled": true })).await;

    let mut conn = test.database.store().read().await.unwrap();
    let console = conn.system().instance().await.unwrap().unwrap().console_project.unwrap();
    let scope = Caller::operator(console).require(Permission::AuditLogRead).unwrap();
    let filter =
        AuditLogFilter { event_name: Some("tesseral.organizations.update"), ..AuditLogFilter::default() };
    let logged = conn.audit_log_events(&scope).list(filter, &PageRequest::default()).await.unwrap().items;
    assert_eq!(logged.len(), 1, "only a new name is a change");
    assert_eq!(logged[0].event_details["organization"]["displayName"], "Acme Works");
    assert_eq!(logged[0].event_details["previousOrganization"]["displayName"], "Acme");
    assert!(logged[0].actor.backend_api_key.is_some());
}

#[tokio::test]
async fn a_change_is_taken_bare_and_wrapped_and_leaves_the_rest_as_it_was() {
    let test = TestApp::new().await;
    let before = test.client.get("/v1/project").await.ok()["project"].clone();
    test.clock.advance(std::time::Duration::from_millis(1500));

    let bare = change(&test, json!({ "displayName": "Bare" })).await;
    let mut wanted = before;
    wanted["displayName"] = json!("Bare");
    wanted["updateTime"] = json!("2030-01-01T00:00:01.500Z");
    assert_eq!(bare, wanted);

    let wrapped = change(&test, json!({ "project": { "displayName": "Wrapped" } })).await;
    wanted["displayName"] = json!("Wrapped");
    assert_eq!(wrapped, wanted);

    for nothing in [
        json!({}),
        json!({ "project": {} }),
        json!({ "displayName": "", "apiKeySecretTokenPrefix": "" }),
        json!({ "displayName": null, "apiKeysEnabled": null, "apiKeySecretTokenPrefix": null }),
        json!({ "redirectUri": "", "trustedDomains": [], "cookieDomain": "", "googleOauthClientSecret": "" }),
        json!({ "unheardOf": [1] }),
    ] {
        assert_eq!(change(&test, nothing.clone()).await, wanted, "{nothing}");
    }
    assert_eq!(test.client.get("/v1/project").await.ok()["project"], wanted);
}

on_both! {
    async fn keys_with_every_earlier_prefix_keep_working_through_several_changes(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let mut secrets = vec![test.api_key(&organization, json!({})).await.1];
        for prefix in ["acme_", "acme_sk_", "a", "lw_", "acme_"] {
            let changed = change(&test, json!({ "apiKeySecretTokenPrefix": prefix })).await;
            assert_eq!(changed["apiKeySecretTokenPrefix"], prefix);
            let (_, secret) = test.api_key(&organization, json!({})).await;
            assert!(secret.starts_with(prefix));
            assert_eq!(secret.len(), prefix.len() + 55);
            secrets.push(secret);
            for secret in &secrets {
                assert_eq!(code(&test, secret).await, "VALID", "{secret} under {prefix}");
            }
        }
    }
}

#[tokio::test]
async fn the_digits_of_a_key_behind_another_prefix_are_malformed() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (_, secret) = test.api_key(&organization, json!({})).await;
    let _ = change(&test, json!({ "apiKeySecretTokenPrefix": "acme_" })).await;
    let digits = secret.strip_prefix("lw_").unwrap();
    assert_eq!(code(&test, &format!("acme_{digits}")).await, "MALFORMED");
    assert_eq!(code(&test, &format!("never_{digits}")).await, "MALFORMED");
}

on_both! {
    async fn switching_api_keys_off_stops_every_key_at_once_and_on_again_revives_them(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, secret) = test.api_key(&organization, json!({})).await;

        assert_eq!(change(&test, json!({ "apiKeysEnabled": false })).await["apiKeysEnabled"], false);
        assert_eq!(code(&test, &secret).await, "PROJECT_DISABLED");
        let body = json!({ "apiKey": { "organizationId": organization } });
        let refused = test.client.post("/v1/api-keys", body).await;
        assert_eq!(refused.refused(403, "permission_denied"), "api keys are not enabled for this project");
        // What is there stays in sight and can still be ended.
        assert_eq!(test.client.get(&format!("/v1/api-keys/{id}")).await.ok()["apiKey"]["id"], json!(id));

        assert_eq!(change(&test, json!({ "apiKeysEnabled": true })).await["apiKeysEnabled"], true);
        assert_eq!(code(&test, &secret).await, "VALID");
    }
}

#[tokio::test]
async fn api_keys_cannot_be_switched_on_without_a_prefix() {
    let test = TestApp::new().await;
    test.database.execute("UPDATE projects SET api_keys_enabled = FALSE, api_key_prefix = NULL").await;
    let shown = test.client.get("/v1/project").await.ok();
    assert_eq!(shown["project"].get("apiKeySecretTokenPrefix"), None);

    let refused = test.client.patch("/v1/project", json!({ "apiKeysEnabled": true })).await;
    let description = refused.refused(400, "failed_precondition");
    assert_eq!(description, "set apiKeySecretTokenPrefix before switching API keys on");

    let both = change(&test, json!({ "apiKeysEnabled": true, "apiKeySecretTokenPrefix": "acme_" })).await;
    assert_eq!((&both["apiKeysEnabled"], &both["apiKeySecretTokenPrefix"]), (&json!(true), &json!("acme_")));
}

#[tokio::test]
async fn a_prefix_is_1_to_64_of_lower_case_letters_digits_and_underscores() {
    let test = TestApp::new().await;
    let longest = "a".repeat(64);
    assert_eq!(
        change(&test, json!({ "apiKeySecretTokenPrefix": longest })).await["apiKeySecretTokenPrefix"],
        json!(longest)
    );
    for wrong in ["A", "a-b", "ä", "a b", " ", "a\n", &"a".repeat(65)] {
        let refused = test.client.patch("/v1/project", json!({ "apiKeySecretTokenPrefix": wrong })).await;
        assert_eq!(
            refused.refused(400, "invalid_argument"),
            "apiKeySecretTokenPrefix: must be 1 to 64 characters of a-z, 0-9 and _"
        );
    }
    assert_eq!(
        test.client.get("/v1/project").await.ok()["project"]["apiKeySecretTokenPrefix"],
        json!(longest)
    );
}
