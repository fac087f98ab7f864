//! The console's own people: how the first of them signs up, and how they act as a user.

use lockwork_testkit::{Browser, TestApp};
use serde_json::{Value, json};
use std::time::Duration;

const ADA: &str = "ada@example.com";
const GRACE: &str = "grace@console.example";

/// The console, with a first owner who came by the sign-up link.
async fn console(test: &TestApp) -> Browser {
    let link = test.app.create_sign_up_link().await.expect("a link");
    let (pages, token) = link.reveal().split_once("/sign-up?token=").expect("a link with a token");
    let browser = test.browser_at(pages.strip_prefix("http://").expect("a host"));
    browser.begin().await;
    let redeem = json!({ "signUpToken": token, "email": GRACE });
    let _ = browser.step("redeem-sign-up-token", redeem).await.ok();
    browser.prove(GRACE).await;
    if browser.whoami().await["missing"] == "PASSWORD" {
        let _ = browser.step("register-password", json!({ "password": "a good password" })).await.ok();
    }
    let _ = browser.finish().await;

    let again = test.browser_at(browser.host());
    again.begin().await;
    let replayed = json!({ "signUpToken": token, "email": "eve@console.example" });
    let _ = again.step("redeem-sign-up-token", replayed).await.refused(400, "invalid_argument");
    browser
}

async fn impersonation_token(console: &Browser, user: &Value) -> Value {
    let body = json!({ "userImpersonationToken": { "impersonatedId": user } });
    let made = console.post("/v1/user-impersonation-tokens", body).await.ok();
    json!({ "secretUserImpersonationToken": made["userImpersonationToken"]["secretToken"] })
}

#[tokio::test]
async fn the_first_owner_signs_up_by_the_link_and_works_on_the_project() {
    let test = TestApp::new().await;
    let console = console(&test).await;
    assert_eq!(console.me().await["owner"], true);
    let organization = json!({ "displayName": "Made on the console" });
    let _ = console.post("/v1/organizations", organization).await.ok();
    let listed = test.client.get("/v1/organizations").await.ok();
    assert_eq!(listed["organizations"][0]["displayName"], "Made on the console");
    let forged = console.called_from(Some("https://evil.example"));
    let refused = forged.post("/v1/organizations", json!({ "displayName": "Forged" })).await;
    let _ = refused.refused(403, "permission_denied");
}

#[tokio::test]
async fn the_console_acts_as_a_user_once_and_says_so() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Customer").await;
    let member = test.member(&organization, ADA, true).await;
    let user = member.me().await["id"].clone();
    let console = console(&test).await;
    let token = impersonation_token(&console, &user).await;

    let browser = test.browser(&test.client).await;
    let session = browser.step("redeem-user-impersonation-token", token.clone()).await.ok();
    assert_eq!(browser.me().await["id"], user);
    let replayed = test.browser(&test.client).await.step("redeem-user-impersonation-token", token).await;
    let _ = replayed.refused(401, "unauthenticated");
    let claims = claims(&session["accessToken"]);
    assert_eq!(claims["impersonator"], json!({ "email": GRACE }));
    let refreshed = browser.refresh().await.ok();
    assert_eq!(self::claims(&refreshed["accessToken"])["impersonator"]["email"], GRACE);

    // What the impersonator does is marked; what would let them come back as the user is refused.
    let _ = browser.patch("/api/frontend/v1/me", json!({ "displayName": "Ada L." })).await.ok();
    let events = test.client.get("/v1/audit-log-events?eventName=tesseral.users.update").await.ok();
    let event = &events["auditLogEvents"][0];
    assert_eq!(event["actorUserId"], user);
    assert!(event["actorImpersonatorUserId"].as_str().is_some(), "{event}");
    let password = json!({ "password": "a password of theirs" });
    let _ =
        browser.post("/api/frontend/v1/set-user-password", password).await.refused(403, "permission_denied");
    for step in ["me/passkeys/options", "me/authenticator-app/options"] {
        let refused = browser.post(&format!("/api/frontend/v1/{step}"), json!({})).await;
        let _ = refused.refused(403, "permission_denied");
    }
    let switch = browser.step("exchange-session-for-intermediate-session", json!({})).await;
    let _ = switch.refused(403, "permission_denied");
}

#[tokio::test]
async fn an_impersonation_token_lasts_half_a_minute_and_no_key_makes_one() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Customer").await;
    let user = test.member(&organization, ADA, false).await.me().await["id"].clone();
    let body = json!({ "userImpersonationToken": { "impersonatedId": user } });
    let refused = test.client.post("/v1/user-impersonation-tokens", body).await;
    let _ = refused.refused(403, "permission_denied");
    let console = console(&test).await;
    let token = impersonation_token(&console, &user).await;
    test.clock.advance(Duration::from_secs(30));
    let late = test.browser(&test.client).await.step("redeem-user-impersonation-token", token).await;
    let _ = late.refused(401, "unauthenticated");
}

/// The claims of an access token, unverified.
fn claims(token: &Value) -> Value {
    use base64::Engine;
    let payload = token.as_str().and_then(|token| token.split('.').nth(1)).expect("a payload");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("claims")
}
