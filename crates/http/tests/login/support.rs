//! What several of these tests ask of the product.

use lockwork_testkit::{Answer, Browser, TestApp};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A browser with a login in which this address is proven.
pub(crate) async fn proven(test: &TestApp, email: &str) -> Browser {
    let browser = test.browser(&test.client).await;
    browser.begin().await;
    browser.prove(email).await;
    browser
}

/// Changes an organization.
pub(crate) async fn patch(test: &TestApp, organization: &str, fields: Value) {
    let _ = test.client.patch(&format!("/v1/organizations/{organization}"), fields).await.ok();
}

/// An organization that takes passwords, and a person there with one.
pub(crate) async fn with_password(test: &TestApp, email: &str) -> String {
    let organization = test.open_organization("Customer").await;
    patch(test, &organization, json!({ "logInWithPassword": true })).await;
    let user = json!({ "organizationId": organization, "email": email });
    let _ = test.client.post("/v1/users", user).await.ok();
    let browser = proven(test, email).await;
    browser.choose(&organization).await;
    let _ = browser.step("register-password", json!({ "password": PASSWORD })).await.ok();
    let _ = browser.finish().await;
    organization
}

/// All of an answer that does not name the very request: its status, its headers and its body.
pub(crate) fn shape(answer: &Answer) -> (u16, Vec<String>, Value) {
    let own = ["x-request-id", "date"];
    let headers = answer.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let mut headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.sort();
    let mut body = answer.json.clone();
    if let Some(fields) = body.as_object_mut() {
        let _ = fields.remove("instance");
    }
    (answer.status.as_u16(), headers, body)
}
