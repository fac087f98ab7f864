//! Choosing, making and switching organizations.

use crate::support::{patch, proven};
use lockwork_testkit::TestApp;
use serde_json::json;

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn somebody_sees_the_organizations_that_know_or_invited_them_and_no_others() {
    let test = TestApp::new().await;
    let [known, invited, stranger, closed] = [
        test.open_organization("Known").await,
        test.open_organization("Invited").await,
        test.open_organization("Stranger").await,
        test.open_organization("Closed").await,
    ];
    for organization in [&known, &closed] {
        let user = json!({ "organizationId": organization, "email": ADA });
        let _ = test.client.post("/v1/users", user).await.ok();
    }
    patch(&test, &closed, json!({ "loginsDisabled": true })).await;
    let invite = json!({ "organizationId": invited, "email": ADA, "owner": true });
    let _ = test.client.post("/v1/user-invites", invite).await.ok();

    let browser = test.browser(&test.client).await;
    browser.begin().await;
    let unproven = browser.get("/api/intermediate/v1/organizations").await;
    let _ = unproven.refused(403, "permission_denied");
    browser.prove(ADA).await;
    let mut seen = browser.organizations().await;
    seen.sort();
    let mut wanted = vec![known.clone(), invited.clone()];
    wanted.sort();
    assert_eq!(seen, wanted);
    let listed = browser.get("/api/intermediate/v1/organizations").await.ok();
    for shown in listed["organizations"].as_array().expect("organizations") {
        let exists = shown["id"] == json!(known);
        assert_eq!(shown.get("userExists").is_some(), exists);
        assert_eq!(shown["logInWithEmail"], true);
    }
    for hidden in [&stranger, &closed] {
        let refused = browser.step("set-organization", json!({ "organizationId": hidden })).await;
        let _ = refused.refused(404, "not_found");
    }
    let wrong = browser.step("set-organization", json!({ "organizationId": "org_1" })).await;
    let _ = wrong.refused(400, "invalid_argument");

    browser.choose(&invited).await;
    let session = browser.finish().await;
    assert_eq!(session["newUser"], true);
    assert_eq!(browser.me().await["owner"], true);
    assert_eq!(test.client.get("/v1/user-invites").await.ok(), json!({}));
}

#[tokio::test]
async fn where_people_neither_join_nor_make_organizations_by_themselves_only_the_invited_come_in() {
    let test = TestApp::new().await;
    let closed = json!({ "selfServeCreateUsers": false, "selfServeCreateOrganizations": false });
    let _ = test.client.patch("/v1/project", closed).await.ok();
    let organization = test.open_organization("Customer").await;
    let browser = proven(&test, ADA).await;
    let refused = browser.step("organizations", json!({ "displayName": "Mine" })).await;
    let _ = refused.refused(403, "permission_denied");
    let refused = browser.step("set-organization", json!({ "organizationId": organization })).await;
    let _ = refused.refused(404, "not_found");
    let invite = json!({ "organizationId": organization, "email": ADA });
    let _ = test.client.post("/v1/user-invites", invite).await.ok();
    browser.choose(&organization).await;
    let _ = browser.finish().await;
    assert_eq!(browser.me().await["owner"], false);
}

#[tokio::test]
async fn a_session_becomes_a_login_to_switch_organizations_and_is_over() {
    let test = TestApp::new().await;
    let (first, second) = (test.open_organization("First").await, test.open_organization("Second").await);
    let user = json!({ "organizationId": second, "email": ADA });
    let _ = test.client.post("/v1/users", user).await.ok();
    let browser = test.member(&first, ADA, false).await;
    let listed = browser.get("/api/frontend/v1/switch-organizations/organizations").await.ok();
    let mut names: Vec<&str> = listed["switchableOrganizations"]
        .as_array()
        .expect("organizations")
        .iter()
        .map(|organization| organization["displayName"].as_str().expect("a name"))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["First", "Second"]);

    let refresh = browser.cookie("refresh_token").expect("a cookie");
    let _ = browser.step("exchange-session-for-intermediate-session", json!({})).await.ok();
    assert_eq!((browser.cookie("refresh_token"), browser.cookie("access_token")), (None, None));
    let stale = browser.post("/api/frontend/v1/refresh", json!({ "refreshToken": refresh })).await;
    let _ = stale.refused(401, "unauthenticated");
    assert_eq!(browser.whoami().await["emailVerified"], true);
    browser.choose(&second).await;
    let _ = browser.finish().await;
    assert_eq!(browser.me().await["organizationId"], json!(second));
    let nobody = test.browser(&test.client).await;
    let refused = nobody.step("exchange-session-for-intermediate-session", json!({})).await;
    let _ = refused.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_way_to_sign_in_that_the_organization_does_not_take_is_not_enough() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let user = json!({ "organizationId": organization, "email": ADA });
    let _ = test.client.post("/v1/users", user).await.ok();
    let browser = proven(&test, ADA).await;
    browser.choose(&organization).await;
    assert_eq!(browser.whoami().await["missing"], "ALLOWED_PRIMARY_FACTOR");
    let finish = "exchange-intermediate-session-for-session";
    let _ = browser.step(finish, json!({})).await.refused(400, "failed_precondition");
    patch(&test, &organization, json!({ "logInWithEmail": true })).await;
    let _ = test.client.patch("/v1/project", json!({ "loginsDisabled": true })).await.ok();
    let _ = browser.step(finish, json!({})).await.refused(400, "failed_precondition");
    let _ = test.client.patch("/v1/project", json!({ "loginsDisabled": false })).await.ok();
    let _ = browser.finish().await;
}
