//! Nobody learns from an answer whether somebody has an account.

use crate::support::{shape, with_password};
use lockwork_testkit::{Answer, Browser, TestApp};
use serde_json::{Value, json};

const KNOWN: &str = "ada@example.com";
const UNKNOWN: &str = "eve@example.com";

/// The answers to the same step about both addresses, each in a browser of its own.
async fn both(test: &TestApp, step: &str, body: impl Fn(&str) -> Value) -> [Answer; 2] {
    let ask = async |email: &str| -> Answer {
        let browser: Browser = test.browser(&test.client).await;
        browser.begin().await;
        browser.step(step, body(email)).await
    };
    [ask(KNOWN).await, ask(UNKNOWN).await]
}

#[tokio::test]
async fn known_and_unknown_addresses_have_the_same_answers() {
    let test = TestApp::new().await;
    let _ = with_password(&test, KNOWN).await;
    let password = |email: &str| json!({ "email": email, "password": "wrong password" });
    let only_email = |email: &str| json!({ "email": email });
    for (step, body) in [
        ("verify-password", &password as &dyn Fn(&str) -> Value),
        ("issue-password-reset-code", &only_email),
        ("issue-email-verification-challenge", &only_email),
    ] {
        let [known, unknown] = both(&test, step, body).await;
        assert_eq!(shape(&known), shape(&unknown), "{step}");
    }
}

#[tokio::test]
async fn an_unknown_address_locks_like_a_known_one() {
    let test = TestApp::new().await;
    let _ = with_password(&test, KNOWN).await;
    let body = |email: &str| json!({ "email": email, "password": "wrong password" });
    for attempt in 0..7 {
        let [known, unknown] = both(&test, "verify-password", body).await;
        assert_eq!(shape(&known), shape(&unknown));
        assert_eq!(known.status.as_u16(), if attempt < 5 { 400 } else { 429 });
    }
}

#[tokio::test]
async fn a_reset_of_an_unknown_address_sends_nothing_and_a_guess_at_its_code_looks_like_any_other() {
    let test = TestApp::new().await;
    let _ = with_password(&test, KNOWN).await;
    let mails = test.mailbox.messages().len();
    let mut answers = Vec::new();
    for email in [KNOWN, UNKNOWN] {
        let browser = test.browser(&test.client).await;
        browser.begin().await;
        let _ = browser.step("issue-password-reset-code", json!({ "email": email })).await.ok();
        let guess = json!({ "passwordResetCode": "password_reset_code_0000000000000000000000001" });
        answers.push(shape(&browser.step("verify-password-reset-code", guess).await));
        answers.push(shape(&browser.get("/api/intermediate/v1/organizations").await));
    }
    assert_eq!(answers[..2], answers[2..]);
    assert_eq!(test.mailbox.messages().len(), mails + 1);
}
