//! What another site's page can, and cannot, make a browser do.

use crate::support::{proven, shape};
use lockwork_testkit::browser::mailed_code;
use lockwork_testkit::{Browser, TestApp};
use serde_json::json;

const ADA: &str = "ada@example.com";
const FINISH: &str = "exchange-intermediate-session-for-session";

async fn project_id(test: &TestApp) -> String {
    test.client.get("/v1/project").await.ok()["project"]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn only_the_pages_themselves_begin_a_login_not_even_trusted_ones() {
    let test = TestApp::new().await;
    let _ = test.client.patch("/v1/project", json!({ "trustedDomains": ["app.example.com"] })).await.ok();
    let browser = test.browser(&test.client).await;
    let lookalike = format!("http://{}.evil.example", browser.host());
    let origins = ["https://evil.example", "https://app.example.com", "null", lookalike.as_str()];
    for origin in origins.map(Some).into_iter().chain([None]) {
        let forged = browser.called_from(origin);
        let begin = forged.step("intermediate-session", json!({})).await;
        let _ = begin.refused(403, "permission_denied");
        let token = json!({ "secretUserImpersonationToken": "x" });
        let _ = forged.step("redeem-user-impersonation-token", token).await.refused(403, "permission_denied");
        let link = json!({ "signUpToken": "x", "email": ADA });
        let _ = forged.step("redeem-sign-up-token", link).await.refused(403, "permission_denied");
    }
    assert_eq!(browser.cookie("intermediate_access_token"), None);
    let same = browser.called_from(None).with_header("sec-fetch-site", b"same-origin");
    let _ = same.step("intermediate-session", json!({})).await.ok();
}

#[tokio::test]
async fn no_other_site_takes_a_step_in_somebodys_login() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Customer").await;
    let _ = test.member(&organization, ADA, false).await;
    let browser = proven(&test, ADA).await;
    browser.choose(&organization).await;
    for origin in [Some("https://evil.example"), Some("null"), Some("http://localhost.evil.example"), None] {
        let forged = browser.called_from(origin);
        let _ = forged.step(FINISH, json!({})).await.refused(403, "permission_denied");
        let mail = json!({ "email": "eve@example.com" });
        let refused = forged.step("issue-email-verification-challenge", mail).await;
        assert_eq!(refused.headers.get("access-control-allow-origin"), None);
        let _ = refused.refused(403, "permission_denied");
    }
    assert_eq!(browser.whoami().await["email"], ADA);
    let _ = browser.finish().await;
    for origin in ["https://evil.example", "null"] {
        let forged = browser.called_from(Some(origin));
        let switch = forged.step("exchange-session-for-intermediate-session", json!({})).await;
        let _ = switch.refused(403, "permission_denied");
    }
    assert!(browser.cookie("refresh_token").is_some());
}

#[tokio::test]
async fn a_login_that_somebody_planted_is_replaced_or_refused_and_worth_nothing_afterwards() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Customer").await;
    let _ = test.member(&organization, ADA, false).await;
    let name = format!("tesseral_{}_intermediate_access_token", project_id(&test).await);
    let attacker = test.browser(&test.client).await;
    attacker.begin().await;
    let planted = attacker.cookie("intermediate_access_token").expect("a cookie");

    // In the very place of the victim's own: beginning replaces it.
    let victim: Browser = test.browser(&test.client).await;
    victim.plant(&format!("{name}={planted}"));
    let _ = victim.sign_in_to(&organization, ADA).await;
    assert_eq!(attacker.whoami().await.get("email"), None);
    let _ = attacker.step(FINISH, json!({})).await.refused(400, "failed_precondition");

    // From a neighbouring host, beside the victim's own: two of a name speak for nobody.
    let victim = test.browser(&test.client).await;
    victim.begin().await;
    victim.plant(&format!("{name}={planted}; Domain=localhost"));
    let mail = json!({ "email": ADA });
    let refused = victim.step("issue-email-verification-challenge", mail).await;
    let _ = refused.refused(401, "unauthenticated");
    assert_eq!(attacker.whoami().await.get("email"), None);
}

#[tokio::test]
async fn a_wrong_token_of_any_kind_is_refused_in_one_way() {
    let test = TestApp::new().await;
    let browser = test.browser(&test.client).await;
    let wrong = ["", "x", "tesseral_secret_relayed_session_token_0000000000000000000000001"];
    let mut shapes = Vec::new();
    for token in wrong {
        let body = json!({ "relayedSessionToken": token });
        let answer = browser.step("exchange-relayed-session-token-for-session", body).await;
        shapes.push(shape(&answer));
        let _ = answer.refused(401, "unauthenticated");
        let body = json!({ "secretUserImpersonationToken": token });
        let answer = browser.step("redeem-user-impersonation-token", body).await;
        let _ = answer.refused(401, "unauthenticated");
    }
    assert!(shapes.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn whoever_planted_a_login_has_no_share_in_what_its_victim_proves() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Customer").await;
    let _ = test.member(&organization, ADA, true).await;
    let name = format!("tesseral_{}_intermediate_access_token", project_id(&test).await);
    let (attacker, victim) = (test.browser(&test.client).await, test.browser(&test.client).await);
    attacker.begin().await;
    let body = json!({ "email": ADA });
    let _ = attacker.step("issue-email-verification-challenge", body).await.ok();
    let token = attacker.cookie("intermediate_access_token").expect("a login");
    victim.plant(&format!("{name}={token}; Path=/; Secure"));
    // Ada gets a mail, and opens its link in her own browser.
    let code = mailed_code(victim.mailbox(), ADA);
    let _ = victim.step("verify-email-challenge", json!({ "code": code })).await.ok();
    assert_ne!(victim.cookie("intermediate_access_token").as_deref(), Some(token.as_str()));
    let path = "/api/intermediate/v1/whoami";
    let refused = attacker.get(path).await.refused(401, "unauthenticated");
    assert!(refused.starts_with("there is no login in progress here"), "{refused}");
    assert_eq!(victim.whoami().await["emailVerified"], true);
}
