//! Signing in by password, choosing one, and forgetting one.

use crate::support::{PASSWORD, patch, proven, with_password};
use lockwork_app::identity::breached_passwords::BreachedPasswords;
use lockwork_testkit::TestApp;
use lockwork_testkit::app::options;
use lockwork_testkit::databases::TestDatabase;
use serde_json::json;

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn address_and_password_are_enough_where_the_organization_says_so() {
    let test = TestApp::new().await;
    let organization = with_password(&test, ADA).await;
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let wrong = json!({ "email": ADA, "password": "wrong password" });
    let _ = browser.step("verify-password", wrong).await.refused(400, "incorrect_password");
    assert_eq!(browser.whoami().await.get("email"), None);
    let right = json!({ "email": "ADA@example.com", "password": PASSWORD });
    let _ = browser.step("verify-password", right).await.ok();
    let state = browser.whoami().await;
    assert_eq!((&state["organizationId"], &state["passwordVerified"]), (&json!(organization), &json!(true)));
    assert_eq!(state["primaryAuthFactor"], 8);
    let session = browser.finish().await;
    assert_eq!(session.get("newUser"), None);
}

#[tokio::test]
async fn an_organization_that_wants_a_password_takes_no_mail_alone() {
    let test = TestApp::new().await;
    let organization = with_password(&test, ADA).await;
    let browser = proven(&test, ADA).await;
    browser.choose(&organization).await;
    assert_eq!(browser.whoami().await["missing"], "PASSWORD");
    let finish = "exchange-intermediate-session-for-session";
    let _ = browser.step(finish, json!({})).await.refused(400, "failed_precondition");
    let another = json!({ "password": "another password" });
    let _ = browser.step("register-password", another).await.refused(400, "failed_precondition");
    let wrong = json!({ "password": "another password" });
    let _ = browser.step("verify-password", wrong).await.refused(400, "incorrect_password");
    let _ = browser.step("verify-password", json!({ "password": PASSWORD })).await.ok();
    let _ = browser.finish().await;
}

#[tokio::test]
async fn a_password_of_one_organization_says_nothing_to_another() {
    let test = TestApp::new().await;
    let _ = with_password(&test, ADA).await;
    let other = test.open_organization("Other").await;
    patch(&test, &other, json!({ "logInWithPassword": true })).await;
    let user = json!({ "organizationId": other, "email": ADA });
    let _ = test.client.post("/v1/users", user).await.ok();
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let _ = browser.step("verify-password", json!({ "email": ADA, "password": PASSWORD })).await.ok();
    let elsewhere = browser.step("set-organization", json!({ "organizationId": other })).await;
    let _ = elsewhere.refused(403, "permission_denied");
    browser.prove(ADA).await;
    browser.choose(&other).await;
    assert_eq!(browser.whoami().await.get("passwordVerified"), None);
    let finish = "exchange-intermediate-session-for-session";
    let _ = browser.step(finish, json!({})).await.refused(400, "failed_precondition");
}

#[tokio::test]
async fn passwords_are_8_to_256_characters_and_no_stolen_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    // SHA-1 of "password": 5BAA6 and the rest.
    std::fs::write(folder.path().join("5BAA6"), "1E4C9B93F3F0682250B6CF8331B7EE68FD8:3\n").expect("a file");
    let mut options = options();
    options.people.breached_passwords = BreachedPasswords::Folder(folder.path().to_owned());
    let test = TestApp::with(TestDatabase::sqlite().await, options).await;
    let organization = test.open_organization("Customer").await;
    patch(&test, &organization, json!({ "logInWithPassword": true })).await;
    let _ = test.client.post("/v1/users", json!({ "organizationId": organization, "email": ADA })).await.ok();
    let browser = proven(&test, ADA).await;
    let early = browser.step("register-password", json!({ "password": PASSWORD })).await;
    let _ = early.refused(400, "failed_precondition");
    browser.choose(&organization).await;
    for wrong in ["".to_owned(), "7 chars".to_owned(), "x".repeat(257), "x".repeat(10_000)] {
        let refused = browser.step("register-password", json!({ "password": wrong })).await;
        assert!(refused.refused(400, "invalid_argument").starts_with("password: "));
    }
    let stolen = browser.step("register-password", json!({ "password": "password" })).await;
    let _ = stolen.refused(400, "password_compromised");
    let _ = browser.step("register-password", json!({ "password": PASSWORD })).await.ok();
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_mail_once() {
    let test = TestApp::new().await;
    let organization = with_password(&test, ADA).await;
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let _ = browser.step("issue-password-reset-code", json!({ "email": ADA })).await.ok();
    let mail = test.mailbox.messages().into_iter().next().expect("a mail");
    let (_, rest) = mail.text.split_once("reset-password?code=").expect("a link");
    let code = json!({ "passwordResetCode": rest.split_whitespace().next().expect("a code") });
    let other = test.browser(&test.client).await;
    other.begin().await;
    let _ = other.step("verify-password-reset-code", code.clone()).await.refused(400, "failed_precondition");
    let _ = browser.step("verify-password-reset-code", code.clone()).await.ok();
    let _ = browser.step("verify-password-reset-code", code).await.refused(400, "invalid_argument");
    let _ = browser.step("set-password-as-primary-login-factor", json!({})).await.ok();
    browser.choose(&organization).await;
    // Choosing forgets what was shown for another organization, not the mail.
    assert_eq!(browser.whoami().await["emailVerified"], true);
    let new = "a password to remember";
    let _ = browser.step("register-password", json!({ "password": new })).await.ok();
    let _ = browser.finish().await;

    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let old = json!({ "email": ADA, "password": PASSWORD });
    let _ = browser.step("verify-password", old).await.refused(400, "incorrect_password");
    let _ = browser.step("verify-password", json!({ "email": ADA, "password": new })).await.ok();
}
