//! The console's own people: how the first of them signs up, makes projects, and acts as a user.

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
async fn an_owner_makes_another_project_and_goes_on_there_with_their_password() {
    let test = TestApp::new().await;
    let console = console(&test).await;
    let body = json!({ "displayName": "Staging", "apiKeySecretTokenPrefix": "test_" });
    let made = console.post("/v1/projects", body.clone()).await.ok();
    let project = made["project"].clone();
    assert_eq!((&project["displayName"], &project["apiKeysEnabled"]), (&json!("Staging"), &json!(true)));
    // The project that they are in now is the same as before.
    assert_ne!(console.get("/v1/project").await.ok()["project"]["id"], project["id"]);

    let _ = console.step("exchange-session-for-intermediate-session", json!({})).await.ok();
    let staff = made["consoleOrganizationId"].as_str().expect("an id");
    console.choose(staff).await;
    if console.whoami().await["missing"] == "PASSWORD" {
        let password = json!({ "password": "a good password" });
        let _ = console.step("verify-password", password).await.ok();
    }
    let _ = console.finish().await;
    assert_eq!(console.get("/v1/project").await.ok()["project"], project);
    assert_eq!(console.me().await["owner"], true);
    let keys = console.get("/v1/publishable-keys").await.ok();
    assert_eq!(keys["publishableKeys"].as_array().map(Vec::len), Some(1));
    let log = console.get("/v1/audit-log-events").await.ok();
    let events = log["auditLogEvents"].as_array().expect("events");
    let made =
        events.iter().find(|event| event["eventName"] == "tesseral.projects.create").expect("the making");
    assert_eq!(
        (&made["resourceId"], &made["eventDetails"]["project"]["displayName"]),
        (&project["id"], &json!("Staging"))
    );
    assert!(made["actorConsoleUserId"].is_string());

    for (body, field) in [
        (json!({}), "displayName"),
        (json!({ "displayName": "" }), "displayName"),
        (json!({ "displayName": "a".repeat(257) }), "displayName"),
        (json!({ "displayName": "Staging", "apiKeySecretTokenPrefix": "No!" }), "apiKeySecretTokenPrefix"),
    ] {
        let problem = console.post("/v1/projects", body).await.refused(400, "invalid_argument");
        assert!(problem.starts_with(field), "{problem}");
    }
    let mut answers = Vec::new();
    for _ in 0..49 {
        answers.push(console.post("/v1/projects", body.clone()).await.status.as_u16());
    }
    assert_eq!(answers.iter().filter(|&&status| status == 200).count(), 48);
    let refused = console.post("/v1/projects", body).await.refused(400, "failed_precondition");
    assert_eq!(refused, "you are in 50 projects already, which is the most");
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
