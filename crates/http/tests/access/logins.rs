//! The Login API's table: every operation, called with and without a login, and from pages that have no business with it.

use crate::{cell, table};
use lockwork_testkit::document::{Surface, operations_of};
use lockwork_testkit::{Browser, TestApp};
use serde_json::{Value, json};

const COLUMNS: [&str; 6] =
    ["nobody", "from another site", "other project", "signed in", "login begun", "email proven"];
/// What needs no login: it begins one, shows what there is, or takes another kind of token.
const WITHOUT_LOGIN: [&str; 6] = [
    "create_intermediate_session",
    "get_settings",
    "exchange_relayed_session_token_for_session",
    "exchange_session_for_intermediate_session",
    "redeem_user_impersonation_token",
    "redeem_sign_up_token",
];

fn body(operation: &str) -> Option<Value> {
    let nobody_s = |prefix: &str| format!("{prefix}{}", "0".repeat(25));
    Some(match operation {
        "issue_email_verification_challenge" => json!({ "email": "ada@example.com" }),
        "verify_email_challenge" => json!({ "code": "000000" }),
        "google_oauth_redirect_url" | "microsoft_oauth_redirect_url" | "github_oauth_redirect_url" => {
            json!({ "redirectUrl": "http://localhost/google-oauth-callback" })
        }
        "redeem_google_oauth_code" | "redeem_microsoft_oauth_code" | "redeem_github_oauth_code" => {
            json!({ "code": "a", "state": "b", "redirectUrl": "http://localhost/" })
        }
        "create_organization" => json!({ "displayName": "Mine" }),
        "set_organization" => json!({ "organizationId": nobody_s("org_") }),
        "register_password" => json!({ "password": "a long enough one" }),
        "verify_password" => json!({ "email": "ada@example.com", "password": "wrong" }),
        "verify_password_reset_code" => json!({ "passwordResetCode": nobody_s("password_reset_code_") }),
        "register_passkey" => json!({ "attestationObject": "AA", "clientDataJson": "AA" }),
        "verify_passkey" => json!({
            "credentialId": "AA", "clientDataJson": "AA", "authenticatorData": "AA", "signature": "AA",
        }),
        "register_authenticator_app" | "verify_authenticator_app" => json!({ "totpCode": "000000" }),
        "exchange_relayed_session_token_for_session" => {
            json!({ "relayedSessionToken": nobody_s("tesseral_secret_relayed_session_token_") })
        }
        "redeem_user_impersonation_token" => {
            let token = nobody_s("tesseral_secret_user_impersonation_token_");
            json!({ "secretUserImpersonationToken": token })
        }
        "redeem_sign_up_token" => {
            json!({ "signUpToken": nobody_s("tesseral_secret_sign_up_token_"), "email": "ada@example.com" })
        }
        "create_intermediate_session" => json!({}),
        _ => return None,
    })
}

async fn begun(test: &TestApp, proven: bool) -> Browser {
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    if proven {
        browser.prove("grace@example.com").await;
    }
    browser
}

#[tokio::test]
async fn every_login_operation_answers_every_browser_as_the_table_says() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Customer").await;
    let pages = test.browser(&test.client).await.host().to_owned();
    let project = test.client.get("/v1/project").await.ok()["project"]["id"].clone();
    let project = project.as_str().expect("an id");
    let other = test.browser(&test.other_project().await).await;
    let mut rows = Vec::new();
    for operation in operations_of(Surface::Login) {
        // So that the mails of one operation do not lock the next out.
        test.clock.advance(std::time::Duration::from_secs(11 * 60));
        other.begin().await;
        // Another project's login, in this one's cookie.
        let token = other.cookie("intermediate_access_token").expect("a login");
        let planted = test.browser_at(&pages);
        planted.plant(&format!("tesseral_{project}_intermediate_access_token={token}; Path=/; Secure"));
        let signed_in = test.member(&organization, &format!("{}@example.com", operation.id), false).await;
        let browsers = [
            test.browser_at(&pages),
            begun(&test, false).await.called_from(Some("https://evil.example")),
            planted,
            signed_in,
            begun(&test, false).await,
            begun(&test, true).await,
        ];
        let mut cells = Vec::new();
        for (column, browser) in browsers.iter().enumerate() {
            let method = operation.method.parse().expect("a method");
            let answer = browser.send(method, &operation.path, body(&operation.id)).await;
            let needs_login = !WITHOUT_LOGIN.contains(&operation.id.as_str());
            if needs_login && [0, 2, 3].contains(&column) {
                assert_eq!(
                    answer.status, 401,
                    "{} without a login, {}: {}",
                    operation.id, COLUMNS[column], answer.text
                );
            }
            if needs_login && column == 1 {
                let expected = if operation.method == "GET" { 200 } else { 403 };
                let status = answer.status.as_u16();
                // Some reading needs a proven address, which says 403 for that.
                assert!(status == expected || status == 403, "{}: {}", operation.id, answer.text);
                assert!(answer.headers.get("access-control-allow-origin").is_none(), "{}", operation.id);
            }
            cells.push(cell(&answer));
        }
        rows.push((operation.id, cells));
    }
    insta::with_settings!({ snapshot_path => ".", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("logins", table(&COLUMNS, &rows));
    });
}
