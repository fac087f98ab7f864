//! Cross-domain mode: an app on another domain gets tokens of its own (contract §4.4).

use crate::support::proven;
use lockwork_testkit::{Browser, TestApp};
use serde_json::{Value, json};
use std::time::Duration;

const ADA: &str = "ada@example.com";
const APP: &str = "https://app.example.com";
const EXCHANGE: &str = "exchange-relayed-session-token-for-session";

/// What the app's browser comes back with, and the browser on the project's pages.
async fn relayed(test: &TestApp) -> (Browser, Value) {
    let _ = test.client.patch("/v1/project", json!({ "trustedDomains": ["app.example.com"] })).await.ok();
    let organization = test.open_organization("Customer").await;
    let _ = test.client.post("/v1/users", json!({ "organizationId": organization, "email": ADA })).await.ok();
    let browser = test.browser(&test.client).await;
    let start = json!({
        "relayedSessionState": "the app's own state", "redirectUri": "https://app.example.com/a",
        "returnRelayedSessionTokenAsQueryParam": true,
    });
    let _ = browser.step("intermediate-session", start).await.ok();
    browser.prove(ADA).await;
    browser.choose(&organization).await;
    let session = browser.finish().await;
    (browser, session)
}

#[tokio::test]
async fn the_app_exchanges_its_token_once_and_refreshes_with_its_own() {
    let test = TestApp::new().await;
    let (vault, session) = relayed(&test).await;
    assert_eq!(session["redirectUri"], "https://app.example.com/a");
    assert_eq!(session["returnRelayedSessionTokenAsQueryParam"], true);
    let token = json!({ "relayedSessionToken": session["relayedSessionToken"] });

    let app = test.browser(&test.client).await.called_from(Some(APP));
    let answer = app.step(EXCHANGE, token.clone()).await;
    assert_eq!(answer.headers["access-control-allow-origin"], APP);
    assert_eq!(answer.headers["access-control-allow-credentials"], "true");
    assert_eq!(answer.headers.get("set-cookie"), None);
    let tokens = answer.ok();
    assert_eq!(tokens["relayedSessionState"], "the app's own state");
    assert_ne!(tokens["refreshToken"], session["refreshToken"]);
    let _ = app.step(EXCHANGE, token).await.refused(401, "unauthenticated");

    let refresh = json!({ "refreshToken": tokens["refreshToken"] });
    let refreshed = app.post("/api/frontend/v1/refresh", refresh.clone()).await;
    assert_eq!(refreshed.headers.get("set-cookie"), None);
    let refreshed = refreshed.ok();
    let me = app.bearing(refreshed["accessToken"].as_str().expect("a token")).me().await;
    assert_eq!(me["email"], ADA);

    // Logging out on the project's pages ends it for the app at once.
    let _ = vault.post("/api/frontend/v1/logout", json!({})).await.ok();
    let over = app.post("/api/frontend/v1/refresh", refresh).await;
    let _ = over.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_token_is_good_for_a_minute_and_in_its_own_project() {
    let test = TestApp::new().await;
    let (_, session) = relayed(&test).await;
    let token = json!({ "relayedSessionToken": session["relayedSessionToken"] });
    let other = test.other_project().await;
    let stranger = test.browser(&other).await;
    let _ = stranger.step(EXCHANGE, token.clone()).await.refused(401, "unauthenticated");
    test.clock.advance(Duration::from_secs(60));
    let app = test.browser(&test.client).await.called_from(Some(APP));
    let _ = app.step(EXCHANGE, token).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_login_that_no_app_asked_for_has_no_token_to_relay() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Customer").await;
    let _ = test.client.post("/v1/users", json!({ "organizationId": organization, "email": ADA })).await.ok();
    let browser = proven(&test, ADA).await;
    browser.choose(&organization).await;
    let session = browser.finish().await;
    assert_eq!((session.get("relayedSessionToken"), session.get("redirectUri")), (None, None));
}
