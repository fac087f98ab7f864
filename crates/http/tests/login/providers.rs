//! Signing in with Google, Microsoft and GitHub, each played by a provider that the test starts.

use crate::support::patch;
use lockwork_app::identity::providers::local::{CLIENT_ID, CLIENT_SECRET, Fault, LocalPerson, LocalProvider};
use lockwork_model::providers::Provider;
use lockwork_model::secrets::SecretText;
use lockwork_testkit::app::options;
use lockwork_testkit::databases::TestDatabase;
use lockwork_testkit::determinism::TestClock;
use lockwork_testkit::{Browser, TestApp};
use serde_json::{Value, json};
use std::sync::Arc;

/// The product with all three providers, and an organization that takes them.
async fn world() -> (TestApp, LocalProvider, String) {
    let provider = LocalProvider::start(Arc::new(TestClock::default())).await.expect("a provider");
    let mut options = options();
    for kind in Provider::ALL {
        let settings = options.people.provider_mut(kind);
        settings.endpoints = provider.endpoints(kind);
        settings.client = Some((CLIENT_ID.into(), SecretText::new(CLIENT_SECRET.into())));
    }
    let test = TestApp::with(TestDatabase::sqlite().await, options).await;
    let ways = json!({ "logInWithGoogle": true, "logInWithMicrosoft": true, "logInWithGithub": true });
    let _ = test.client.patch("/v1/project", ways.clone()).await.ok();
    let organization = test.open_organization("Customer").await;
    patch(&test, &organization, ways).await;
    let user = json!({ "organizationId": organization, "email": "ada@example.com" });
    let _ = test.client.post("/v1/users", user).await.ok();
    (test, provider, organization)
}

fn callback_url(browser: &Browser, kind: Provider) -> String {
    format!("http://{}/{}-oauth-callback", browser.host(), kind.as_str())
}

/// Sends a browser to the provider: what it brings back.
async fn asked(browser: &Browser, provider: &LocalProvider, kind: Provider) -> Value {
    let redirect_url = callback_url(browser, kind);
    let step = format!("{}-oauth-redirect-url", kind.as_str());
    let answer = browser.step(&step, json!({ "redirectUrl": redirect_url })).await.ok();
    let url = answer["url"].as_str().expect("an address").parse().expect("an address");
    let back = provider.visit(&url).expect("a request that a provider accepts");
    let parameter = |name: &str| {
        let found = back.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    json!({ "code": parameter("code"), "state": parameter("state"), "redirectUrl": redirect_url })
}

#[tokio::test]
async fn each_provider_signs_somebody_in() {
    let (test, provider, organization) = world().await;
    for (kind, factor) in [(Provider::Google, 2), (Provider::Microsoft, 3), (Provider::Github, 6)] {
        let browser = test.browser(&test.client).await;
        browser.begin().await;
        let back = asked(&browser, &provider, kind).await;
        let redeem = format!("redeem-{}-oauth-code", kind.as_str());
        let _ = browser.step(&redeem, back.clone()).await.ok();
        let state = browser.whoami().await;
        assert_eq!(state["primaryAuthFactor"], factor, "{kind:?}");
        assert_eq!((&state["email"], &state["emailVerified"]), (&json!("ada@example.com"), &json!(true)));
        let replayed = browser.step(&redeem, back).await;
        let _ = replayed.refused(400, "invalid_argument");
        browser.choose(&organization).await;
        let _ = browser.finish().await;
        let me = browser.me().await;
        assert_eq!(me[format!("{}UserId", kind.as_str())], "1815", "{kind:?}");
    }
}

#[tokio::test]
async fn an_answer_belongs_to_the_browser_the_provider_and_the_page_that_asked() {
    let (test, provider, _) = world().await;
    let (victim, attacker) = (test.browser(&test.client).await, test.browser(&test.client).await);
    victim.begin().await;
    attacker.begin().await;
    let theirs = asked(&attacker, &provider, Provider::Google).await;
    let _ = asked(&victim, &provider, Provider::Google).await;
    let planted = victim.step("redeem-google-oauth-code", theirs.clone()).await;
    let _ = planted.refused(400, "invalid_argument");
    assert_eq!(victim.whoami().await.get("email"), None);
    let mixed = attacker.step("redeem-github-oauth-code", theirs).await;
    let _ = mixed.refused(400, "invalid_argument");
    let mut back = asked(&attacker, &provider, Provider::Google).await;
    back["redirectUrl"] = json!(format!("http://{}/elsewhere", attacker.host()));
    let moved = attacker.step("redeem-google-oauth-code", back).await;
    let _ = moved.refused(400, "invalid_argument");
}

#[tokio::test]
async fn an_address_that_the_provider_does_not_vouch_for_must_be_proven_first() {
    let (test, provider, _) = world().await;
    provider.sign_in_as(LocalPerson { email_verified: false, ..LocalPerson::default() });
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let back = asked(&browser, &provider, Provider::Google).await;
    let _ = browser.step("redeem-google-oauth-code", back).await.ok();
    assert_eq!(browser.whoami().await.get("emailVerified"), None);
    let listed = browser.get("/api/intermediate/v1/organizations").await;
    let _ = listed.refused(403, "permission_denied");
    let mail = json!({ "email": "ada@example.com" });
    let _ = browser.step("issue-email-verification-challenge", mail).await.ok();
    let code = lockwork_testkit::browser::mailed_code(&test.mailbox, "ada@example.com");
    let _ = browser.step("verify-email-challenge", json!({ "code": code })).await.ok();
    assert_eq!(browser.whoami().await["primaryAuthFactor"], 2);
    assert_eq!(browser.organizations().await.len(), 1);
}

#[tokio::test]
async fn a_forged_or_broken_answer_signs_nobody_in() {
    let (test, provider, _) = world().await;
    for fault in [
        Fault::WrongNonce,
        Fault::WrongIssuer,
        Fault::OtherAudience,
        Fault::Expired,
        Fault::WrongSignature,
        Fault::Unsigned,
        Fault::SignedWithClientSecret,
        Fault::ServerError,
    ] {
        provider.fail_with(None);
        let browser = test.browser(&test.client).await;
        browser.begin().await;
        let back = asked(&browser, &provider, Provider::Google).await;
        provider.fail_with(Some(fault));
        let refused = browser.step("redeem-google-oauth-code", back).await;
        assert!(matches!(refused.status.as_u16(), 400 | 503), "{fault:?}: {}", refused.text);
        assert_eq!(browser.whoami().await.get("email"), None, "{fault:?}");
    }
}

#[tokio::test]
async fn a_provider_sends_browsers_back_to_these_very_pages_only() {
    let (test, _, _) = world().await;
    let _ = test.client.patch("/v1/project", json!({ "trustedDomains": ["app.example.com"] })).await.ok();
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let name = browser.host().split(':').next().expect("a name").to_owned();
    for url in [
        "https://evil.example/google-oauth-callback".to_owned(),
        "https://app.example.com/".to_owned(),
        "//evil.example".to_owned(),
        "https:evil.example".to_owned(),
        format!("http://{}@evil.example", browser.host()),
        format!("http://x.{}", browser.host()),
        format!("http://{}.evil.example", browser.host()),
        format!("http://{}\\@evil.example", browser.host()),
        format!("http://{name}:1/google-oauth-callback"),
        format!("http://{}/\r\nx", browser.host()),
    ] {
        let refused = browser.step("google-oauth-redirect-url", json!({ "redirectUrl": url })).await;
        let problem = refused.refused(400, "invalid_argument");
        assert!(problem.starts_with("redirectUrl: "), "{url}: {problem}");
    }
}

#[tokio::test]
async fn a_provider_that_is_switched_off_or_not_set_up_is_not_asked() {
    let test = TestApp::new().await;
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let body = json!({ "redirectUrl": callback_url(&browser, Provider::Google) });
    let off = browser.step("google-oauth-redirect-url", body.clone()).await;
    assert!(matches!(off.status.as_u16(), 400 | 403), "{}", off.text);
    let _ = test.client.patch("/v1/project", json!({ "logInWithGoogle": true })).await.ok();
    let not_set_up = browser.step("google-oauth-redirect-url", body).await;
    let _ = not_set_up.refused(400, "failed_precondition");
}
