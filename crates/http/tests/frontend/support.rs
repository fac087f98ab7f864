//! What several of these tests ask of the product.

use lockwork_testkit::{Answer, Browser, TestApp};
use serde_json::{Value, json};

pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const BOB: &str = "bob@example.com";

/// An organization with an owner, Ada, and a member, Bob, both signed in.
pub(crate) async fn two_people(test: &TestApp) -> (String, Browser, Browser) {
    let organization = test.open_organization("Customer").await;
    let owner = test.member(&organization, ADA, true).await;
    let member = test.member(&organization, BOB, false).await;
    (organization, owner, member)
}

/// The address of a part of the Frontend API.
pub(crate) fn path(part: &str) -> String {
    format!("/api/frontend/v1/{part}")
}

/// The id of whoever is signed in.
pub(crate) async fn id_of(browser: &Browser) -> String {
    browser.me().await["id"].as_str().expect("an id").to_owned()
}

/// Gives a person a role of these actions.
pub(crate) async fn give(test: &TestApp, user: &str, name: &str, actions: &[&str]) -> String {
    let role = test.role(name, actions).await;
    let body = json!({ "userId": user, "roleId": role });
    let _ = test.client.post("/v1/user-role-assignments", body).await.ok();
    role
}

/// Changes an organization.
pub(crate) async fn patch(test: &TestApp, organization: &str, fields: Value) {
    let _ = test.client.patch(&format!("/v1/organizations/{organization}"), fields).await.ok();
}

/// Makes an API key as somebody: the whole answer.
pub(crate) async fn make_key(browser: &Browser, fields: Value) -> Answer {
    browser.post(&path("api-keys"), json!({ "apiKey": fields })).await
}

/// The refusal of a caller who may not do it.
pub(crate) fn denied(answer: Answer) -> String {
    answer.refused(403, "permission_denied")
}
