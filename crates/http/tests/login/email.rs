//! Signing in by e-mail.

use crate::support::proven;
use lockwork_testkit::TestApp;
use lockwork_testkit::browser::{FIRST_PASSWORD, mailed_code};
use lockwork_testkit::databases::Kind;
use serde_json::{Value, json};
use std::time::Duration;

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn somebody_signs_up_by_e_mail_makes_an_organization_and_owns_it() {
    let test = TestApp::new().await;
    let browser = test.browser(&test.client).await;
    let settings = browser.get("/api/intermediate/v1/settings").await.ok()["settings"].clone();
    assert_eq!(settings["projectDisplayName"], "Acme");
    assert_eq!((&settings["logInWithEmail"], &settings["mailEnabled"]), (&json!(true), &json!(true)));
    assert_eq!(settings.get("providers"), None);

    browser.begin().await;
    assert!(browser.cookie("intermediate_access_token").is_some());
    assert_eq!(browser.whoami().await.get("email"), None);
    browser.prove("Ada@Example.com").await;
    let state = browser.whoami().await;
    assert_eq!((&state["email"], &state["emailVerified"]), (&json!(ADA), &json!(true)));
    assert_eq!((&state["primaryAuthFactor"], &state["newUser"]), (&json!(1), &json!(true)));
    assert_eq!(browser.organizations().await, Vec::<String>::new());

    let made = browser.step("organizations", json!({ "display_name": "Analytical Engines" })).await.ok();
    let state = browser.whoami().await;
    assert_eq!(state["organizationId"], made["organizationId"]);
    assert_eq!(state["organizationDisplayName"], "Analytical Engines");
    assert_eq!(state.get("missing"), Some(&json!("PASSWORD")));
    let _ = browser.step("register-password", json!({ "password": "correct horse battery" })).await.ok();
    assert_eq!(browser.whoami().await.get("missing"), None);

    let session = browser.finish().await;
    assert_eq!(session["newUser"], true);
    assert_eq!(browser.cookie("access_token").as_deref(), session["accessToken"].as_str());
    assert_eq!(browser.cookie("refresh_token").as_deref(), session["refreshToken"].as_str());
    assert_eq!(browser.cookie("intermediate_access_token"), None);
    let me = browser.me().await;
    assert_eq!((&me["email"], &me["owner"]), (&json!(ADA), &json!(true)));
    assert_eq!(me["organizationId"], made["organizationId"]);
}

#[tokio::test]
async fn on_postgres_too_somebody_signs_up_refreshes_and_logs_out() {
    let test = TestApp::on(Kind::Postgres).await;
    let browser = test.browser(&test.client).await;
    let session = browser.sign_in(ADA).await;
    assert_eq!(session["newUser"], true);
    let _ = browser.refresh().await.ok();
    let again = test.browser(&test.client).await;
    again.begin().await;
    let password = json!({ "email": ADA, "password": FIRST_PASSWORD });
    let _ = again.step("verify-password", password).await.ok();
    assert_eq!(again.finish().await.get("newUser"), None);
    let _ = browser.post("/api/frontend/v1/logout", json!({})).await.ok();
    let _ = browser.refresh().await.refused(401, "unauthenticated");
    let _ = again.refresh().await.ok();
}

#[tokio::test]
async fn the_cookies_are_as_the_contract_has_them() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Customer").await;
    let _ = test.member(&organization, ADA, false).await;
    let browser = proven(&test, ADA).await;
    browser.choose(&organization).await;
    let answer = browser.step("exchange-intermediate-session-for-session", json!({})).await;
    let lines: Vec<&str> =
        answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("text")).collect();
    let line = |kind: &str| *lines.iter().find(|line| line.contains(&format!("_{kind}="))).expect("a cookie");
    assert!(line("access_token").ends_with("; Path=/; Max-Age=300; SameSite=Lax; Secure"));
    assert!(line("refresh_token").ends_with("; Path=/; Max-Age=604800; SameSite=Lax; Secure; HttpOnly"));
    assert!(
        line("intermediate_access_token").contains("=; Path=/; Max-Age=0; SameSite=Lax; Secure; HttpOnly")
    );
    assert!(lines.iter().all(|line| line.starts_with("tesseral_project_")));
}

#[tokio::test]
async fn the_link_proves_the_address_as_well_as_the_digits_and_each_works_once() {
    let test = TestApp::new().await;
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let _ = browser.step("issue-email-verification-challenge", json!({ "email": ADA })).await.ok();
    let mail = test.mailbox.messages().into_iter().next().expect("a mail");
    let (_, rest) = mail.text.split_once("verify-email?code=").expect("a link");
    assert!(mail.text.contains(&format!("http://{}/verify-email?code=", browser.host())));
    let code = rest.split_whitespace().next().expect("a code").to_owned();
    let _ = browser.step("verify-email-challenge", json!({ "code": code })).await.ok();
    assert_eq!(browser.whoami().await["emailVerified"], true);
    for replayed in [code, mailed_code(&test.mailbox, ADA)] {
        let refused = browser.step("verify-email-challenge", json!({ "code": replayed })).await;
        let _ = refused.refused(400, "invalid_argument");
    }
}

#[tokio::test]
async fn a_code_works_only_in_the_browser_that_asked_for_it() {
    let test = TestApp::new().await;
    let (asked, other) = (test.browser(&test.client).await, test.browser(&test.client).await);
    asked.begin().await;
    let _ = asked.step("issue-email-verification-challenge", json!({ "email": ADA })).await.ok();
    let code = json!({ "code": mailed_code(&test.mailbox, ADA) });
    other.begin().await;
    let _ = other.step("verify-email-challenge", code.clone()).await.refused(400, "failed_precondition");
    let _ = other.step("issue-email-verification-challenge", json!({ "email": ADA })).await.ok();
    let _ = other.step("verify-email-challenge", code.clone()).await.refused(400, "invalid_argument");
    let _ = asked.step("verify-email-challenge", code).await.ok();
}

#[tokio::test]
async fn a_later_mail_replaces_the_earlier_one_and_another_address_all_that_was_shown() {
    let test = TestApp::new().await;
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let mail = json!({ "email": ADA });
    let _ = browser.step("issue-email-verification-challenge", mail.clone()).await.ok();
    let first = mailed_code(&test.mailbox, ADA);
    let _ = browser.step("issue-email-verification-challenge", mail).await.ok();
    let second = mailed_code(&test.mailbox, ADA);
    let _ = browser
        .step("verify-email-challenge", json!({ "code": first }))
        .await
        .refused(400, "invalid_argument");
    let _ = browser.step("verify-email-challenge", json!({ "code": second })).await.ok();
    let _ =
        browser.step("issue-email-verification-challenge", json!({ "email": "eve@example.com" })).await.ok();
    let state = browser.whoami().await;
    assert_eq!((&state["email"], state.get("emailVerified")), (&json!("eve@example.com"), None));
}

#[tokio::test]
async fn a_login_is_over_after_a_quarter_of_an_hour_and_after_it_became_a_session() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Customer").await;
    let _ = test.member(&organization, ADA, false).await;
    let browser = proven(&test, ADA).await;
    let token = browser.cookie("intermediate_access_token").expect("a cookie");
    test.clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(browser.cookie("intermediate_access_token"), None);
    let name = format!("tesseral_{}_intermediate_access_token", project_id(&test).await);
    browser.plant(&format!("{name}={token}"));
    let _ = browser.get("/api/intermediate/v1/whoami").await.refused(401, "unauthenticated");

    let browser = proven(&test, ADA).await;
    let token = browser.cookie("intermediate_access_token").expect("a cookie");
    browser.choose(&organization).await;
    let _ = browser.finish().await;
    browser.plant(&format!("{name}={token}"));
    let replayed = browser.step("exchange-intermediate-session-for-session", json!({})).await;
    let _ = replayed.refused(401, "unauthenticated");
}

#[tokio::test]
async fn every_step_needs_a_login() {
    let test = TestApp::new().await;
    let browser = test.browser(&test.client).await;
    let name = format!("tesseral_{}_intermediate_access_token", project_id(&test).await);
    let steps = ["set-email-as-primary-login-factor", "issue-password-reset-code", "get-passkey-options"];
    for planted in ["", "x", "tesseral_secret_intermediate_session_token_0000000000000000000000000"] {
        browser.plant(&format!("{name}={planted}"));
        for step in steps {
            let _ = browser.step(step, json!({})).await.refused(401, "unauthenticated");
        }
        let _ = browser.get("/api/intermediate/v1/organizations").await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn addresses_are_read_strictly_and_kept_in_one_form() {
    let test = TestApp::new().await;
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let wrong: [Value; 8] = [
        json!(""),
        json!("ada"),
        json!("ada@localhost"),
        json!("ada@example.com\r\nBcc: eve@example.com"),
        json!("ada@[127.0.0.1]"),
        json!("a".repeat(10_000)),
        json!(7),
        Value::Null,
    ];
    for email in wrong {
        let refused = browser.step("issue-email-verification-challenge", json!({ "email": email })).await;
        assert!(refused.refused(400, "invalid_argument").starts_with("email: "), "{email}");
    }
    assert!(test.mailbox.messages().is_empty());
    let body = json!({ "email": "ada@M\u{dc}NCHEN.de" });
    let _ = browser.step("issue-email-verification-challenge", body).await.ok();
    assert_eq!(test.mailbox.messages()[0].to, "ada@xn--mnchen-3ya.de");
}

#[tokio::test]
async fn five_mails_to_one_address_are_enough_for_ten_minutes() {
    let test = TestApp::new().await;
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let mail = json!({ "email": ADA });
    for _ in 0..5 {
        let _ = browser.step("issue-email-verification-challenge", mail.clone()).await.ok();
    }
    let refused = browser.step("issue-email-verification-challenge", mail.clone()).await;
    assert_eq!(refused.headers["retry-after"], "600");
    let _ = refused.refused(429, "resource_exhausted");
    assert_eq!(test.mailbox.messages().len(), 5);
    test.clock.advance(Duration::from_secs(600));
    let _ = browser.step("issue-email-verification-challenge", mail).await.ok();
}

async fn project_id(test: &TestApp) -> String {
    test.client.get("/v1/project").await.ok()["project"]["id"].as_str().expect("an id").to_owned()
}
