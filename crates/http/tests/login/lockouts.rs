//! Five wrong answers lock for ten minutes, however they come.

use crate::support::{PASSWORD, patch, proven, with_password};
use lockwork_testkit::app::{node, options};
use lockwork_testkit::authenticator_app::AuthenticatorApp;
use lockwork_testkit::databases::{Kind, TestDatabase};
use lockwork_testkit::{Browser, Client, TestApp};
use serde_json::{Value, json};
use std::time::Duration;

const ADA: &str = "ada@example.com";

fn attempt(password: &str) -> Value {
    json!({ "email": ADA, "password": password })
}

async fn begun(test: &TestApp) -> Browser {
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    browser
}

async fn parallel_guesses_lock_on_every_node(kind: Kind) {
    let test = TestApp::with(TestDatabase::of(kind).await, options()).await;
    let _ = with_password(&test, ADA).await;
    let (other, follower) = node(test.database.store(), options(), &test.clock, 2).await;
    let other = Client::new(lockwork_http::router(other, Default::default()), None);
    let (here, there) = (begun(&test).await, begun(&test).await);
    let there = there.through(&other);
    let guesses = (0..12).map(|number| {
        let browser = if number % 2 == 0 { here.clone() } else { there.clone() };
        tokio::spawn(async move {
            let wrong = attempt(&format!("wrong password {number}"));
            browser.step("verify-password", wrong).await.status.as_u16()
        })
    });
    let mut judged = 0;
    for guess in guesses.collect::<Vec<_>>() {
        match guess.await.expect("an answer") {
            400 => judged += 1,
            status => assert_eq!(status, 429),
        }
    }
    assert_eq!(judged, 5);
    for browser in [&here, &there] {
        let locked = browser.step("verify-password", attempt(PASSWORD)).await;
        assert_eq!(locked.headers["retry-after"], "600");
        let _ = locked.refused(429, "resource_exhausted");
    }
    test.clock.advance(Duration::from_secs(599));
    let locked = begun(&test).await.step("verify-password", attempt(PASSWORD)).await;
    assert_eq!(locked.headers["retry-after"], "1");
    test.clock.advance(Duration::from_secs(1));
    let _ = begun(&test).await.step("verify-password", attempt(PASSWORD)).await.ok();
    follower.abort();
}

#[tokio::test]
async fn parallel_guesses_lock_on_every_node_of_sqlite() {
    parallel_guesses_lock_on_every_node(Kind::Sqlite).await;
}

#[tokio::test]
async fn parallel_guesses_lock_on_every_node_of_postgres() {
    parallel_guesses_lock_on_every_node(Kind::Postgres).await;
}

#[tokio::test]
async fn a_right_answer_clears_the_count() {
    let test = TestApp::new().await;
    let _ = with_password(&test, ADA).await;
    let browser = begun(&test).await;
    for _ in 0..3 {
        for _ in 0..4 {
            let wrong = browser.step("verify-password", attempt("wrong password")).await;
            let _ = wrong.refused(400, "incorrect_password");
        }
        let _ = browser.step("verify-password", attempt(PASSWORD)).await.ok();
    }
}

#[tokio::test]
async fn five_wrong_codes_of_a_mail_lock_and_beginning_again_does_not_help() {
    let test = TestApp::new().await;
    for _ in 0..5 {
        let browser = begun(&test).await;
        let _ = browser.step("issue-email-verification-challenge", json!({ "email": ADA })).await.ok();
        let wrong = browser.step("verify-email-challenge", json!({ "code": "x" })).await;
        let _ = wrong.refused(400, "invalid_argument");
    }
    test.clock.advance(Duration::from_secs(60));
    let browser = begun(&test).await;
    let locked = browser.step("issue-email-verification-challenge", json!({ "email": ADA })).await;
    let _ = locked.refused(429, "resource_exhausted");
}

#[tokio::test]
async fn five_wrong_codes_of_an_authenticator_app_lock_the_user_and_not_one_login() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Customer").await;
    patch(&test, &organization, json!({ "logInWithAuthenticatorApp": true })).await;
    patch(&test, &organization, json!({ "requireMfa": true })).await;
    let _ = test.client.post("/v1/users", json!({ "organizationId": organization, "email": ADA })).await.ok();
    let browser = proven(&test, ADA).await;
    browser.choose(&organization).await;
    let options = browser.step("get-authenticator-app-options", json!({})).await.ok();
    let app = AuthenticatorApp::of(options["otpauthUri"].as_str().expect("an address"));
    let code = json!({ "totpCode": app.code(test.app.now()) });
    let _ = browser.step("register-authenticator-app", code).await.ok();
    let _ = browser.finish().await;
    test.clock.advance(Duration::from_secs(60));
    let wrong = app.wrong_code(test.app.now());
    let logins = [proven(&test, ADA).await, proven(&test, ADA).await];
    for login in &logins {
        login.choose(&organization).await;
    }
    for number in 0..5 {
        let answer = logins[number % 2].step("verify-authenticator-app", json!({ "totpCode": wrong })).await;
        let _ = answer.refused(400, "incorrect_totp_code");
    }
    let right = json!({ "totpCode": app.code(test.app.now()) });
    for login in &logins {
        let locked = login.step("verify-authenticator-app", right.clone()).await;
        assert_eq!(locked.headers["retry-after"], "600");
        let _ = locked.refused(429, "resource_exhausted");
    }
    test.clock.advance(Duration::from_secs(600));
    let right = json!({ "totpCode": app.code(test.app.now()) });
    let _ = logins[0].step("verify-authenticator-app", right).await.ok();
}

#[tokio::test]
async fn logins_begin_no_more_quickly_than_a_node_takes_them() {
    let test = TestApp::new().await;
    let browser = test.browser(&test.client).await;
    for _ in 0..300 {
        browser.begin().await;
    }
    let answer = browser.step("intermediate-session", json!({})).await;
    assert_eq!(answer.headers["retry-after"], "1");
    let _ = answer.refused(429, "resource_exhausted");
    test.clock.advance(std::time::Duration::from_secs(1));
    browser.begin().await;
}
