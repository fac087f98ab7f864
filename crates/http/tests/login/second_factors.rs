//! Second factors: authenticator apps with their recovery codes, and passkeys.

use crate::support::{patch, proven};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use lockwork_app::identity::passkeys::soft::SoftAuthenticator;
use lockwork_app::{AssertionResponse, RegistrationResponse};
use lockwork_testkit::authenticator_app::AuthenticatorApp;
use lockwork_testkit::determinism::SeededEntropy;
use lockwork_testkit::{Browser, TestApp};
use serde_json::{Value, json};
use std::time::Duration;

const ADA: &str = "ada@example.com";
const FINISH: &str = "exchange-intermediate-session-for-session";

/// An organization that wants a second factor, with Ada in it.
async fn strict(test: &TestApp, email: &str) -> String {
    let organization = test.open_organization("Strict").await;
    let ways = json!({ "logInWithAuthenticatorApp": true, "logInWithPasskey": true });
    patch(test, &organization, ways).await;
    patch(test, &organization, json!({ "requireMfa": true })).await;
    let user = json!({ "organizationId": organization, "email": email });
    let _ = test.client.post("/v1/users", user).await.ok();
    organization
}

async fn chosen(test: &TestApp, organization: &str) -> Browser {
    let browser = proven(test, ADA).await;
    browser.choose(organization).await;
    browser
}

fn registration(made: &RegistrationResponse) -> Value {
    json!({
        "attestationObject": STANDARD.encode(&made.attestation_object),
        "clientDataJson": String::from_utf8_lossy(&made.client_data_json),
    })
}

fn assertion(signed: &AssertionResponse) -> Value {
    json!({
        "credentialId": URL_SAFE_NO_PAD.encode(&signed.credential_id),
        "clientDataJson": STANDARD.encode(&signed.client_data_json),
        "authenticatorData": URL_SAFE_NO_PAD.encode(&signed.authenticator_data),
        "signature": STANDARD.encode(&signed.signature),
    })
}

#[tokio::test]
async fn an_authenticator_app_is_set_up_on_the_way_and_asked_for_the_next_time() {
    let test = TestApp::new().await;
    let organization = strict(&test, ADA).await;
    let browser = chosen(&test, &organization).await;
    assert_eq!(browser.whoami().await["missing"], "SECOND_FACTOR");
    let _ = browser.step(FINISH, json!({})).await.refused(400, "failed_precondition");
    let early = browser.step("register-authenticator-app", json!({ "totpCode": "000000" })).await;
    let _ = early.refused(400, "failed_precondition");

    let options = browser.step("get-authenticator-app-options", json!({})).await.ok();
    let app = AuthenticatorApp::of(options["otpauthUri"].as_str().expect("an address"));
    let wrong = json!({ "totpCode": app.wrong_code(test.app.now()) });
    let _ = browser.step("register-authenticator-app", wrong).await.refused(400, "incorrect_totp_code");
    let code = json!({ "totpCode": app.code(test.app.now()) });
    let made = browser.step("register-authenticator-app", code.clone()).await.ok();
    let codes = made["recoveryCodes"].as_array().expect("codes").clone();
    assert_eq!(codes.len(), 10);
    let _ = browser.finish().await;
    assert_eq!(browser.me().await["hasAuthenticatorApp"], true);

    let browser = chosen(&test, &organization).await;
    let another = browser.step("get-authenticator-app-options", json!({})).await;
    let _ = another.refused(400, "failed_precondition");
    let replayed = browser.step("verify-authenticator-app", code).await;
    let _ = replayed.refused(400, "incorrect_totp_code");
    test.clock.advance(Duration::from_secs(30));
    let fresh = json!({ "totpCode": app.code(test.app.now()) });
    let _ = browser.step("verify-authenticator-app", fresh.clone()).await.ok();
    let session = browser.finish().await;
    assert_eq!(session.get("newUser"), None);

    let browser = chosen(&test, &organization).await;
    let _ = browser.step("verify-authenticator-app", fresh).await.refused(400, "incorrect_totp_code");
    let recovery = json!({ "recoveryCode": codes[3] });
    let _ = browser.step("verify-authenticator-app", recovery.clone()).await.ok();
    let _ = browser.step("verify-authenticator-app", recovery).await.refused(400, "incorrect_totp_code");
    let _ = browser.finish().await;
    let both = json!({ "recoveryCode": codes[4], "totpCode": "000000" });
    let browser = chosen(&test, &organization).await;
    let _ = browser.step("verify-authenticator-app", both).await.refused(400, "invalid_argument");
}

#[tokio::test]
async fn a_passkey_is_made_on_the_way_and_asked_for_the_next_time() {
    let test = TestApp::new().await;
    let organization = strict(&test, ADA).await;
    let mut device = SoftAuthenticator::new(&mut SeededEntropy(7)).expect("a device");
    let browser = chosen(&test, &organization).await;
    let origin = format!("http://{}", browser.host());
    let answer = browser.step("get-passkey-options", json!({})).await.ok();
    assert_eq!(answer["rpId"], json!(browser.host().split(':').next()));
    let made = device.register(&origin, &answer["options"]).expect("a passkey");
    let _ = browser.step("register-passkey", registration(&made)).await.ok();
    let replayed = browser.step("register-passkey", registration(&made)).await;
    let _ = replayed.refused(400, "failed_precondition");
    let _ = browser.finish().await;
    let kept = browser.get("/api/frontend/v1/me/passkeys").await.ok();
    assert_eq!(kept["passkeys"].as_array().expect("passkeys").len(), 1);

    let browser = chosen(&test, &organization).await;
    let _ = browser.step(FINISH, json!({})).await.refused(400, "failed_precondition");
    let asked = browser.step("issue-passkey-challenge", json!({})).await.ok();
    assert_eq!(asked["credentialIds"], json!([STANDARD.encode(&device.credential_id)]));
    let signed = device.authenticate(&origin, &asked["options"]).expect("a signature");
    let _ = browser.step("verify-passkey", assertion(&signed)).await.ok();
    let replayed = browser.step("verify-passkey", assertion(&signed)).await;
    let _ = replayed.refused(400, "failed_precondition");
    let _ = browser.finish().await;

    // What was signed for an earlier challenge, or on another site's page, is worth nothing.
    let browser = chosen(&test, &organization).await;
    let _ = browser.step("issue-passkey-challenge", json!({})).await.ok();
    let _ = browser.step("verify-passkey", assertion(&signed)).await.refused(400, "invalid_argument");
    let asked = browser.step("issue-passkey-challenge", json!({})).await.ok();
    let phished = device.authenticate("https://evil.example", &asked["options"]).expect("a signature");
    let _ = browser.step("verify-passkey", assertion(&phished)).await.refused(400, "invalid_argument");
    let _ = browser.step(FINISH, json!({})).await.refused(400, "failed_precondition");
}

#[tokio::test]
async fn a_second_factor_comes_after_the_first_and_only_where_it_is_allowed() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Lax").await;
    let _ = test.client.post("/v1/users", json!({ "organizationId": organization, "email": ADA })).await.ok();
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    for step in ["get-passkey-options", "get-authenticator-app-options", "issue-passkey-challenge"] {
        let early = browser.step(step, json!({})).await;
        assert!(matches!(early.status.as_u16(), 400 | 403), "{step}: {}", early.text);
    }
    let browser = chosen(&test, &organization).await;
    for step in ["get-passkey-options", "get-authenticator-app-options", "issue-passkey-challenge"] {
        let _ = browser.step(step, json!({})).await.refused(400, "failed_precondition");
    }
}
