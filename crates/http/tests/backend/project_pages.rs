//! `/v1/project`: how people sign in, and where.

use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

async fn change(test: &TestApp, body: Value) -> Value {
    test.client.patch("/v1/project", body).await.ok()["project"].clone()
}

async fn refused(test: &TestApp, body: Value) -> String {
    test.client.patch("/v1/project", body).await.refused(400, "invalid_argument")
}

async fn default_host(test: &TestApp) -> String {
    test.client.get("/v1/project").await.ok()["project"]["cookieDomain"].as_str().unwrap().to_owned()
}

on_both! {
    async fn a_sign_in_method_that_goes_off_goes_off_in_every_organization(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let body = json!({ "logInWithEmail": true, "logInWithPassword": true });
        let made = test.client.post("/v1/organizations", body).await.ok();
        let path = format!("/v1/organizations/{}", made["organization"]["id"].as_str().unwrap());
        let changed = change(&test, json!({ "logInWithPassword": false, "log_in_with_google": true })).await;
        assert_eq!((&changed["logInWithPassword"], &changed["logInWithGoogle"]), (&json!(false), &json!(true)));
        let organization = test.client.get(&path).await.ok()["organization"].clone();
        assert_eq!((&organization["logInWithPassword"], &organization["logInWithEmail"]), (&json!(false), &json!(true)));
        assert_eq!(organization["logInWithGoogle"], false);
        let refused = test.client.patch(&path, json!({ "logInWithPassword": true })).await;
        assert_eq!(refused.refused(403, "permission_denied"), "log in with password is not enabled for this project");
        // On again, it stays off where it was taken.
        let _ = change(&test, json!({ "logInWithPassword": true })).await;
        assert_eq!(test.client.get(&path).await.ok()["organization"]["logInWithPassword"], false);
    }

    async fn switches_and_redirects_are_kept_and_shown(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let fields = json!({
            "loginsDisabled": true, "auditLogsEnabled": false, "selfServeCreateUsers": false,
            "selfServeCreateOrganizations": false, "autoCreateOrganizations": true,
            "redirectUri": "https://app.example.com/", "afterLoginRedirectUri": "https://example.com/in?a=b#c",
            "afterSignupRedirectUri": "http://localhost:3000/up",
        });
        let mut body = fields.clone();
        body["trustedDomains"] = json!(["Example.com:8080", "localhost:3000"]);
        let changed = change(&test, body).await;
        for (field, value) in fields.as_object().unwrap() {
            assert_eq!(&changed[field], value, "{field}");
        }
        assert_eq!(changed["trustedDomains"], json!(["example.com", "localhost", default_host(&test).await]));
        assert_eq!(test.client.get("/v1/project").await.ok()["project"], changed);
        let cleared = change(&test, json!({ "afterLoginRedirectUri": null, "loginsDisabled": false })).await;
        assert_eq!(cleared.get("afterLoginRedirectUri"), None);
        assert_eq!((&cleared["redirectUri"], &cleared["loginsDisabled"]), (&changed["redirectUri"], &json!(false)));
    }

    async fn a_client_at_a_provider_is_kept_sealed_and_its_secret_never_shown(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let id = |project: &Value| project["googleOauthClientId"].clone();
        let needs = "googleOauthClientSecret: is required with a new client";
        assert_eq!(refused(&test, json!({ "googleOauthClientId": "one" })).await, needs);
        let needs = "googleOauthClientId: is required with a new client";
        assert_eq!(refused(&test, json!({ "googleOauthClientSecret": "hush-hush" })).await, needs);

        let both = json!({ "googleOauthClientId": "one", "googleOauthClientSecret": "hush-hush" });
        let answer = test.client.patch("/v1/project", both).await;
        assert!(!answer.text.contains("hush-hush"));
        assert_eq!(id(&answer.ok()["project"]), json!("one"));
        assert_eq!(id(&change(&test, json!({ "googleOauthClientSecret": "hush-again" })).await), json!("one"));
        assert_eq!(id(&change(&test, json!({ "google_oauth_client_id": "two" })).await), json!("two"));
        assert_eq!(id(&change(&test, json!({ "githubOauthClientId": null })).await), json!("two"));
        for path in ["/v1/project", "/v1/audit-log-events"] {
            assert!(!test.client.get(path).await.text.contains("hush"), "{path}");
        }
        let shown = change(&test, json!({ "googleOauthClientId": null })).await;
        assert_eq!(shown.get("googleOauthClientId"), None);
    }

    async fn a_host_of_its_own_takes_the_cookies_along_and_goes_back(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let host = default_host(&test).await;
        let changed = change(&test, json!({ "vaultDomain": "Login.Example.com" })).await;
        assert_eq!((&changed["vaultDomain"], &changed["vaultDomainCustom"]), (&json!("login.example.com"), &json!(true)));
        assert_eq!(changed["cookieDomain"], "login.example.com");
        assert_eq!(changed["trustedDomains"], json!(["login.example.com", host]));
        let wider = change(&test, json!({ "cookieDomain": "example.com", "trustedDomains": ["example.com"] })).await;
        assert_eq!((&wider["cookieDomain"], &wider["vaultDomain"]), (&json!("example.com"), &json!("login.example.com")));
        assert_eq!(wider["trustedDomains"], json!(["example.com", "login.example.com", host]));
        // Another host below the same domain keeps it; one elsewhere cannot.
        let moved = change(&test, json!({ "vaultDomain": "auth.example.com" })).await;
        assert_eq!(moved["cookieDomain"], "example.com");
        let moved = change(&test, json!({ "vaultDomain": "auth.example.net" })).await;
        assert_eq!(moved["cookieDomain"], "auth.example.net");

        let stranger = test.other_project().await;
        let taken = stranger.patch("/v1/project", json!({ "vaultDomain": "auth.example.net" })).await;
        assert_eq!(taken.refused(409, "already_exists"), "another project has this vaultDomain");
        let back = change(&test, json!({ "vaultDomain": "" })).await;
        assert_eq!((&back["vaultDomain"], &back["vaultDomainCustom"]), (&json!(format!("{host}:7777")), &json!(false)));
        assert_eq!(back["cookieDomain"], json!(host));
        let _ = stranger.patch("/v1/project", json!({ "vaultDomain": "auth.example.net" })).await.ok();
    }
}

#[tokio::test]
async fn a_host_below_the_root_is_nobodys_to_take() {
    let test = TestApp::new().await;
    let label = default_host(&test).await;
    let label = label.split('.').next().unwrap();
    for (host, problem) in [
        ("console.localhost".to_owned(), "must not be localhost or below it".to_owned()),
        ("a.b.localhost".to_owned(), "must not be localhost or below it".to_owned()),
        (format!("{label}.example.com"), format!("must not begin with {label}")),
        ("localhost".to_owned(), "must be a domain name such as example.com".to_owned()),
        ("https://login.example.com".to_owned(), "must be a domain name such as example.com".to_owned()),
        ("login.example.com:443".to_owned(), "must be a domain name such as example.com".to_owned()),
        ("login.example.com/x".to_owned(), "must be a domain name such as example.com".to_owned()),
    ] {
        assert_eq!(refused(&test, json!({ "vaultDomain": host })).await, format!("vaultDomain: {problem}"));
    }
}

#[tokio::test]
async fn cookies_are_for_the_pages_own_domain() {
    let test = TestApp::new().await;
    let problem = "cookieDomain: must be a vaultDomain of your own, or a domain above it such as example.com";
    // At the default host, a wider domain would show them to other projects.
    assert_eq!(refused(&test, json!({ "cookieDomain": "example.com" })).await, problem);
    let _ = change(&test, json!({ "vaultDomain": "login.example.com" })).await;
    for domain in ["other.com", "ample.com", "a.login.example.com"] {
        assert_eq!(refused(&test, json!({ "cookieDomain": domain })).await, problem, "{domain}");
    }
    for domain in [".example.com", "com", "example.com:443"] {
        let problem = "cookieDomain: must be a domain name such as example.com";
        assert_eq!(refused(&test, json!({ "cookieDomain": domain })).await, problem, "{domain}");
    }
}

#[tokio::test]
async fn people_are_sent_to_trusted_domains_only() {
    let test = TestApp::new().await;
    let _ = change(&test, json!({ "trustedDomains": ["example.com"] })).await;
    let absolute = "must be an absolute URL that begins with https://, or with http:// on localhost";
    let untrusted = "must be on one of the project's trustedDomains";
    for field in ["redirectUri", "afterLoginRedirectUri", "afterSignupRedirectUri"] {
        for (address, problem) in [
            ("//evil.com", absolute),
            ("https:evil.com", absolute),
            ("/path", absolute),
            ("javascript:alert(1)", absolute),
            ("http://example.com", absolute),
            ("https://evil.com@example.com", absolute),
            ("https://evil.com\\.example.com", absolute),
            ("https://example.com\r\nX: y", absolute),
            ("https://ex\u{0430}mple.com", absolute),
            ("https://evil.com", untrusted),
            ("https://example.com.evil.com", untrusted),
            ("https://evilexample.com", untrusted),
        ] {
            assert_eq!(refused(&test, json!({ (field): address })).await, format!("{field}: {problem}"));
        }
        let _ = change(&test, json!({ (field): "https://app.example.com/x" })).await;
        let problem = refused(&test, json!({ "trustedDomains": ["example.net"] })).await;
        assert_eq!(problem, format!("{field}: {untrusted}"));
        let _ = change(&test, json!({ (field): null })).await;
    }
    for domains in [json!(["a b"]), json!(["https://example.com"]), json!(["example.com:http"]), json!([""])]
    {
        let problem = "trustedDomains: must be a domain name such as example.com";
        assert_eq!(refused(&test, json!({ "trustedDomains": domains })).await, problem, "{domains}");
    }
    let many: Vec<String> = (0..101).map(|number| format!("d{number}.com")).collect();
    let problem = refused(&test, json!({ "trustedDomains": many })).await;
    assert_eq!(problem, "trustedDomains: must have at most 100 entries");
}

#[tokio::test]
async fn the_last_second_factor_stays_on_while_an_organization_demands_one() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let path = format!("/v1/organizations/{organization}");
    let _ =
        test.client.patch(&path, json!({ "logInWithAuthenticatorApp": true, "requireMfa": true })).await.ok();
    let _ = test.client.patch("/v1/project", json!({ "project": { "logInWithPasskey": false } })).await.ok();
    let body = json!({ "project": { "logInWithAuthenticatorApp": false } });
    let refused = test.client.patch("/v1/project", body.clone()).await.refused(400, "failed_precondition");
    assert_eq!(
        refused,
        format!(
            "{organization} demands a second factor and would have none; set its requireMfa to false first"
        )
    );
    assert_eq!(test.client.get(&path).await.ok()["organization"]["logInWithAuthenticatorApp"], true);
    let _ = test.client.patch(&path, json!({ "requireMfa": false })).await.ok();
    let _ = test.client.patch("/v1/project", body).await.ok();
    assert_eq!(test.client.get(&path).await.ok()["organization"]["logInWithAuthenticatorApp"], false);
}
