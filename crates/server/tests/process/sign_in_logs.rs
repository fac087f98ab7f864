//! Nothing that signs somebody in is ever logged, or repeated in a refusal, however much is logged.

use crate::browsers::{Browser, PASSWORD, digits, in_link};
use crate::clients::text;
use crate::logs::shapes;
use crate::nodes::{Node, Site, eventually};
use lockwork_model::short_secrets::RefreshToken;
use lockwork_model::time::{Clock, SystemClock, Timestamp};
use lockwork_testkit::authenticator_app::AuthenticatorApp;
use lockwork_testkit::databases::Kind;
use reqwest::Method;
use serde_json::{Value, json};

const ADA: &str = "ada@example.com";
const OWNER: &str = "owner@example.com";
const WRONG: &str = "a wrong password of hers";
const NEXT: &str = "the password after that";
const LAST: &str = "the password in the end";
const CONSOLE: &str = "console.localhost";

/// What nobody may read but whom it was given to.
#[derive(Default)]
struct Secrets(Vec<String>);

impl Secrets {
    fn add(&mut self, secret: String) -> String {
        self.0.push(secret.clone());
        secret
    }

    /// Every token in an answer, and every cookie that there is now.
    fn add_all(&mut self, browser: &Browser, answer: &Value) {
        self.0.extend(browser.cookies());
        for name in ["refreshToken", "accessToken", "relayedSessionToken", "intermediateSessionSecretToken"] {
            self.0.extend(answer[name].as_str().filter(|token| !token.is_empty()).map(str::to_owned));
        }
    }

    /// The one that stands in this text.
    fn in_text(&self, text: &str) -> Option<&String> {
        self.0.iter().find(|secret| stands_in(secret, text))
    }
}

/// Six digits must stand alone: they also are part of many a time.
fn stands_in(secret: &str, text: &str) -> bool {
    let is_code = secret.len() == 6;
    text.match_indices(secret).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + secret.len()..].chars().next();
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        !is_code || !(is_part(before) || is_part(after))
    })
}

/// By mail, with a first password and an authenticator app, for an app on another domain.
async fn first_sign_in(
    node: &Node,
    host: &str,
    organization: &str,
    secrets: &mut Secrets,
) -> AuthenticatorApp {
    let browser = node.browser(host);
    let state = secrets.add("a-state-that-only-the-app-knows".to_owned());
    let begun = browser.step("intermediate-session", json!({ "relayedSessionState": state })).await.ok();
    secrets.add_all(&browser, &begun);
    browser.prove(ADA).await;
    let mail = text(&node.client("").mail_to(ADA).await["text"]);
    secrets.add(digits(&mail));
    secrets.add(in_link(&mail, "code"));
    browser.choose(organization).await;
    browser.register_password(PASSWORD).await.ok();
    let uri = text(&browser.step("get-authenticator-app-options", json!({})).await.ok()["otpauthUri"]);
    secrets.add(in_link(&uri, "secret"));
    let app = AuthenticatorApp::of(&uri);
    let code = secrets.add(app.code(Timestamp::from_micros(SystemClock.now().as_micros() - 30_000_000)));
    let codes = browser.step("register-authenticator-app", json!({ "totpCode": code })).await.ok();
    secrets.0.extend(codes["recoveryCodes"].as_array().unwrap().iter().map(text));
    let session = browser.finish().await.ok();
    secrets.add_all(&browser, &session);
    let token = json!({ "relayedSessionToken": session["relayedSessionToken"] });
    let relayed = browser.step("exchange-relayed-session-token-for-session", token.clone()).await.ok();
    secrets.add_all(&browser, &relayed);
    let used = browser.step("exchange-relayed-session-token-for-session", token).await;
    used.refused(401, "unauthenticated");
    let refresh = json!({ "refreshToken": relayed["refreshToken"] });
    let refreshed = node.browser(host).post("/api/frontend/v1/refresh", refresh).await.ok();
    secrets.add_all(&browser, &refreshed);
    app
}

/// By a password, wrong ones first, with a code.
async fn second_sign_in(node: &Node, host: &str, app: &AuthenticatorApp, secrets: &mut Secrets) {
    let browser = node.browser(host);
    secrets.add_all(&browser, &browser.begin().await);
    browser.give_password(ADA, WRONG).await.refused(400, "incorrect_password");
    browser.give_password(ADA, PASSWORD).await.ok();
    let wrong = json!({ "totpCode": secrets.add(app.wrong_code(SystemClock.now())) });
    browser.step("verify-authenticator-app", wrong).await.refused(400, "incorrect_totp_code");
    let code = json!({ "totpCode": secrets.add(app.code(SystemClock.now())) });
    browser.step("verify-authenticator-app", code).await.ok();
    secrets.add_all(&browser, &browser.finish().await.ok());
    secrets.add_all(&browser, &browser.refresh().await.ok());
    let change = json!({ "password": NEXT, "currentPassword": PASSWORD });
    browser.post("/api/frontend/v1/set-user-password", change).await.ok();
}

/// By a mail about a forgotten password, with a recovery code.
async fn third_sign_in(
    node: &Node,
    host: &str,
    organization: &str,
    recovery: &str,
    secrets: &mut Secrets,
) -> Browser {
    let browser = node.browser(host);
    secrets.add_all(&browser, &browser.begin().await);
    browser.step("issue-password-reset-code", json!({ "email": ADA })).await.ok();
    let mail = text(&node.client("").mail_to(ADA).await["text"]);
    let code = json!({ "passwordResetCode": secrets.add(in_link(&mail, "code")) });
    browser.step("verify-password-reset-code", code.clone()).await.ok();
    browser.step("verify-password-reset-code", code).await.refused(400, "invalid_argument");
    browser.choose(organization).await;
    browser.register_password(LAST).await.ok();
    browser.step("verify-authenticator-app", json!({ "recoveryCode": recovery })).await.ok();
    secrets.add_all(&browser, &browser.finish().await.ok());
    browser
}

/// The first owner of the console, who then signs in as her.
async fn impersonation(node: &Node, host: &str, first: &Value, user: &str, secrets: &mut Secrets) {
    let owner = node.browser(CONSOLE);
    secrets.add_all(&owner, &owner.begin().await);
    let token = secrets.add(in_link(&text(&first["signUpLink"]), "token"));
    owner.step("redeem-sign-up-token", json!({ "signUpToken": token, "email": OWNER })).await.ok();
    owner.register_password(NEXT).await.ok();
    secrets.add_all(&owner, &owner.finish().await.ok());
    let wanted = json!({ "userImpersonationToken": { "impersonatedId": user } });
    let made = owner.post("/v1/user-impersonation-tokens", wanted).await.ok();
    let token = secrets.add(text(&made["userImpersonationToken"]["secretToken"]));
    let browser = node.browser(host);
    let token = json!({ "secretUserImpersonationToken": token });
    secrets.add_all(&browser, &browser.step("redeem-user-impersonation-token", token.clone()).await.ok());
    browser.step("redeem-user-impersonation-token", token).await.refused(401, "unauthenticated");
}

/// Each secret in places where it does not belong, by somebody who is signing in and somebody who has; no refusal
/// repeats it.
async fn misplace_all(login: &Browser, session: &Browser, secrets: &Secrets) {
    for secret in &secrets.0 {
        let in_path = secret.replace(' ', "+");
        let steps = [
            ("verify-email-challenge", json!({ "code": secret })),
            ("verify-email-challenge", json!({ "code": [secret] })),
            ("verify-email-challenge", json!({ secret.as_str(): secret })),
            ("issue-email-verification-challenge", json!({ "email": secret })),
            ("verify-password", json!({ "email": secret, "password": secret })),
            ("verify-password", json!({ "password": { secret.as_str(): 1 } })),
            ("verify-authenticator-app", json!({ "totpCode": secret, "recoveryCode": secret })),
            ("verify-password-reset-code", json!({ "passwordResetCode": secret })),
            ("redeem-sign-up-token", json!({ "signUpToken": secret, "email": ADA })),
            ("redeem-google-oauth-code", json!({ "code": secret, "state": secret, "redirectUrl": secret })),
            ("set-organization", json!({ "organizationId": secret })),
            ("intermediate-session", json!({ "redirectUri": secret })),
            (&in_path, json!({})),
        ];
        let steps =
            steps.map(|(name, body)| (login, Method::POST, format!("intermediate/v1/{name}"), Some(body)));
        let lookups = ["users/", "users?pageToken=", "me?code="];
        let lookups =
            lookups.map(|start| (session, Method::GET, format!("frontend/v1/{start}{in_path}"), None));
        let changes = [
            (Method::POST, "set-user-password", json!({ "currentPassword": secret })),
            (Method::PATCH, "me", json!(secret)),
            (Method::PATCH, "me", json!({ "displayName": [secret] })),
        ];
        let changes =
            changes.map(|(method, name, body)| (session, method, format!("frontend/v1/{name}"), Some(body)));
        for (browser, method, path, body) in steps.into_iter().chain(lookups).chain(changes) {
            let reply = browser.send(method, &format!("/api/{path}"), body).await;
            assert!((400..500).contains(&reply.status), "{path}: {} {}", reply.status, reply.json);
            let told = reply.json.to_string();
            assert!(!stands_in(secret, &told), "{path}: {secret} is repeated: {told}");
        }
    }
}

async fn nothing_of_a_sign_in_is_logged(kind: Kind) {
    let site = Site::new(kind).await.dev().with("LOG__LEVEL", "trace,sqlx::query=trace");
    let first = site.init();
    let node = site.start().await;
    let (client, log) = (node.client_of(&first), node.log().clone());
    let host = client.pages_host().await;
    let switches = ["logInWithEmail", "logInWithPassword", "logInWithAuthenticatorApp", "requireMfa"];
    let (organization, user) = client.customer(&switches, ADA).await;

    let mut secrets = Secrets([PASSWORD, WRONG, NEXT, LAST].map(str::to_owned).to_vec());
    let app = first_sign_in(&node, &host, &organization, &mut secrets).await;
    let recovery =
        secrets.0.iter().find(|secret| secret.starts_with("authenticator_app_recovery_code_")).cloned();
    let recovery = recovery.expect("a recovery code");
    second_sign_in(&node, &host, &app, &mut secrets).await;
    let three = third_sign_in(&node, &host, &organization, &recovery, &mut secrets).await;
    impersonation(&node, &host, &first, &user, &mut secrets).await;
    let login = node.browser(&host);
    secrets.add_all(&login, &login.begin().await);
    misplace_all(&login, &three, &secrets).await;
    three.post("/api/frontend/v1/logout", json!({})).await.ok();
    node.stop().await;

    let whole = || Some(log.text()).filter(|text| text.contains("\"stopped\""));
    let log = eventually("the whole log is read", async || whole()).await;
    assert!(log.contains("\"level\":\"DEBUG\""), "the log is not what this test means to read");
    for path in ["verify-email-challenge", "verify-authenticator-app", "redeem-user-impersonation-token"] {
        assert!(log.contains(&format!("\"http.path\":\"/api/intermediate/v1/{path}\"")), "{path}");
    }
    let tokens = secrets.0.iter().filter_map(|secret| secret.parse::<RefreshToken>().ok());
    let hashes: Vec<String> = tokens.flat_map(|token| shapes(&token.hash())).collect();
    assert!(hashes.len() >= 9, "the refresh tokens were not found");
    secrets.0.extend(hashes);
    secrets.0.push("$argon2id$".to_owned());
    for line in log.lines() {
        if let Some(secret) = secrets.in_text(line) {
            panic!("{secret} was logged: {line}");
        }
    }
}

#[test]
fn six_digits_are_found_where_they_stand_alone_and_other_secrets_anywhere() {
    assert!(stands_in("123456", "code 123456") && stands_in("123456", r#"{"code":"123456"}"#));
    assert!(!stands_in("123456", "00:00:00.123456Z took 1234567"));
    assert!(stands_in("a_token", "/path/a_tokens"));
}

#[tokio::test]
async fn nothing_of_a_sign_in_is_logged_sqlite() {
    nothing_of_a_sign_in_is_logged(Kind::Sqlite).await;
}

#[tokio::test]
async fn nothing_of_a_sign_in_is_logged_postgres() {
    nothing_of_a_sign_in_is_logged(Kind::Postgres).await;
}
