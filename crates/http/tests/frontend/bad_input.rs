//! Whatever is sent, the answer is a refusal in the one shape, never a failure: every documented operation of the Frontend
//! and the Login API.

use crate::support::two_people;
use axum::http::Method;
use lockwork_testkit::document::{Operation, Surface, operations_of};
use lockwork_testkit::{Answer, Browser, TestApp};
use serde_json::{Value, json};

fn all() -> Vec<Operation> {
    [Surface::Frontend, Surface::Login].into_iter().flat_map(operations_of).collect()
}

fn method(operation: &Operation) -> Method {
    operation.method.parse().expect("a method")
}

/// Refused as a mistake of the caller, in the one shape.
fn assert_refused(answer: &Answer, what: &str) {
    let status = answer.status.as_u16();
    assert!((400..500).contains(&status), "{what}: {status} {}", answer.text);
    assert_eq!(answer.json["status"], status, "{what}: {}", answer.text);
    assert!(answer.json["details"][0]["description"].as_str().is_some_and(|text| !text.is_empty()), "{what}");
}

/// Somebody who is signed in and signing in at the same time.
async fn busy(test: &TestApp) -> Browser {
    let (_, owner, _) = two_people(test).await;
    owner.begin().await;
    owner
}

/// What needs neither a session nor a login.
const OPEN: [&str; 2] = ["get_settings", "create_intermediate_session"];

#[tokio::test]
async fn every_operation_but_the_first_two_wants_credentials() {
    let test = TestApp::new().await;
    for operation in all() {
        let nobody = test.browser(&test.client).await;
        let path = operation.path.replace("{id}", "x");
        let body = (operation.method != "GET").then(|| {
            json!({ "relayedSessionToken": "x", "secretUserImpersonationToken": "x", "refreshToken": "x" })
        });
        let status = nobody.send(method(&operation), &path, body).await.status.as_u16();
        let is_open = OPEN.contains(&operation.id.as_str());
        assert_eq!(status, if is_open { 200 } else { 401 }, "{}", operation.id);
    }
}

#[tokio::test]
async fn bodies_that_are_no_json_object_are_refused() {
    let test = TestApp::new().await;
    let browser = busy(&test).await;
    let wrong = [json!([]), json!([1, "x"]), json!("x"), json!(7), json!(true), Value::Null];
    for operation in
        all().into_iter().filter(|operation| operation.method != "GET" && operation.id != "logout")
    {
        let path = operation.path.replace("{id}", "x");
        for body in &wrong {
            let answer = browser.send(method(&operation), &path, Some(body.clone())).await;
            assert_refused(&answer, &format!("{} {body}", operation.id));
        }
    }
}

#[tokio::test]
async fn fields_of_the_wrong_type_are_refused() {
    let test = TestApp::new().await;
    let browser = busy(&test).await;
    let fields = [
        "email",
        "code",
        "password",
        "redirectUrl",
        "state",
        "displayName",
        "organizationId",
        "totpCode",
        "passwordResetCode",
        "attestationObject",
        "clientDataJson",
        "credentialId",
        "relayedSessionToken",
        "secretUserImpersonationToken",
        "signUpToken",
        "refreshToken",
        "redirectUri",
        "userId",
        "roleId",
        "apiKey",
        "apiKeyRoleAssignment",
        "googleHostedDomains",
        "microsoftTenantIds",
        "owner",
    ];
    for wrong in [json!([[]]), json!(-1.5)] {
        let body: Value = fields.iter().map(|field| ((*field).to_owned(), wrong.clone())).collect();
        for operation in all().into_iter().filter(|operation| operation.takes_body) {
            let path = operation.path.replace("{id}", "x");
            let answer = browser.send(method(&operation), &path, Some(body.clone())).await;
            assert_refused(&answer, &format!("{} {wrong}", operation.id));
        }
    }
}

#[tokio::test]
async fn unknown_parameters_and_malformed_ids_are_refused() {
    let test = TestApp::new().await;
    let browser = busy(&test).await;
    for operation in all().into_iter().filter(|operation| operation.id != "logout") {
        let path = operation.path.replace("{id}", "api_key_0000000000000000000000001");
        for query in ["unknown=1", "pageToken=%00", "pageSize=0", "pageSize=x", "orderBy=x", "%ff=1"] {
            let path = format!("{path}?{query}");
            let body = (operation.method != "GET").then(|| json!({}));
            let answer = browser.send(method(&operation), &path, body).await;
            assert_refused(&answer, &format!("{} {query}", operation.id));
        }
        if !operation.path.contains("{id}") {
            continue;
        }
        for id in [
            "x",
            "user_",
            "user_zzzzzzzzzzzzzzzzzzzzzzzzz",
            "%00",
            "%ff",
            "..%2f..",
            "api_key_1",
            "%F0%9F%98%80",
        ] {
            let path = operation.path.replace("{id}", id);
            let body = (operation.method != "GET").then(|| json!({}));
            let answer = browser.send(method(&operation), &path, body).await;
            assert_refused(&answer, &format!("{} {id}", operation.id));
        }
    }
}

#[tokio::test]
async fn bodies_that_are_not_declared_or_too_large_are_refused() {
    let test = TestApp::new().await;
    let browser = busy(&test).await;
    let huge = json!({ "email": "x".repeat(300 * 1024), "refreshToken": "x" });
    for operation in all().into_iter().filter(|operation| operation.takes_body) {
        let path = operation.path.replace("{id}", "x");
        let answer = browser.send(method(&operation), &path, Some(huge.clone())).await;
        // An id in the path may be refused before the body is read.
        assert!(matches!(answer.status.as_u16(), 400 | 413), "{}: {}", operation.id, answer.text);
        assert_refused(&answer, &operation.id);
    }
}
