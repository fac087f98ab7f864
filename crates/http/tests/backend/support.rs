//! What several of these tests ask of the product.

use lockwork_app::Ctx;
use lockwork_model::access::{Caller, Member, SignedIn};
use lockwork_model::error::{Error, ErrorCode};
use lockwork_model::ids::SessionId;
use lockwork_testkit::TestApp;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

pub(crate) const START: &str = "2030-01-01T00:00:00Z";

/// An object with more fields.
pub(crate) fn merged(mut object: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("no object: {more}") };
    object.as_object_mut().expect("an object").extend(more);
    object
}

/// The verdict on a secret that is used so.
pub(crate) async fn verdict(test: &TestApp, secret: &str, more: Value) -> Value {
    let body = merged(json!({ "secretToken": secret }), more);
    test.client.post("/v1/api-keys/verify", body).await.ok()
}

/// The verdict's code.
pub(crate) async fn code(test: &TestApp, secret: &str) -> String {
    coded(&test.verify(secret).await)
}

/// The code of a verdict, with which its validity must agree.
pub(crate) fn coded(verdict: &Value) -> String {
    let code = verdict["code"].as_str().expect("a code");
    assert_eq!(verdict["valid"], code == "VALID");
    code.to_owned()
}

/// The codes of so many uses, one after the other.
pub(crate) async fn codes<const N: usize>(test: &TestApp, secret: &str) -> [String; N] {
    let mut codes = [const { String::new() }; N];
    for place in &mut codes {
        *place = code(test, secret).await;
    }
    codes
}

pub(crate) async fn get_key(test: &TestApp, id: &str) -> Value {
    test.client.get(&format!("/v1/api-keys/{id}")).await.ok()["apiKey"].clone()
}

/// Changes a key, which must be shown as it then is.
pub(crate) async fn patch_key(test: &TestApp, id: &str, fields: Value) -> Value {
    let path = format!("/v1/api-keys/{id}");
    let changed = test.client.patch(&path, json!({ "apiKey": fields })).await.ok()["apiKey"].clone();
    assert_eq!(changed, get_key(test, id).await);
    changed
}

/// Why a change to a key is refused.
pub(crate) async fn key_refusal(test: &TestApp, id: &str, fields: Value) -> String {
    let answer = test.client.patch(&format!("/v1/api-keys/{id}"), json!({ "apiKey": fields })).await;
    answer.refused(400, "invalid_argument")
}

pub(crate) async fn patch_organization(test: &TestApp, id: &str, fields: Value) -> Value {
    let path = format!("/v1/organizations/{id}");
    test.client.patch(&path, fields).await.ok()["organization"].clone()
}

/// A new plan: its id.
pub(crate) async fn plan(test: &TestApp, limits: Value) -> String {
    let made = test.client.post("/v1/plans", json!({ "displayName": "A plan", "limits": limits })).await.ok();
    made["plan"]["id"].as_str().expect("an id").to_owned()
}

pub(crate) fn window(name: &str, limit: u64, seconds: u64) -> Value {
    json!({ "name": name, "kind": "WINDOW", "limit": limit, "windowSeconds": seconds })
}

pub(crate) fn quota(name: &str, limit: u64, period: &str) -> Value {
    json!({ "name": name, "kind": "QUOTA", "limit": limit, "period": period })
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Lets time pass until this moment.
pub(crate) fn advance_to(test: &TestApp, moment: &str) {
    let moment: lockwork_model::time::Timestamp = moment.parse().expect("a time");
    let left = moment.as_micros() - test.app.now().as_micros();
    test.clock.advance(Duration::from_micros(left.try_into().expect("a moment to come")));
}

/// Someone of an organization who owns nothing and may nothing, as a caller of the operations.
pub(crate) fn member_of(organization: &str, user: &str) -> Member {
    let user = user.parse().expect("a user's id");
    Member {
        who: SignedIn { user, session: SessionId::from_uuid(Uuid::nil()), impersonator: None },
        organization: organization.parse().expect("an organization's id"),
        owner: false,
        reads_api_keys: false,
        writes_api_keys: false,
        has_personal_api_keys: false,
    }
}

/// A request of a member of the first project.
pub(crate) async fn as_member(test: &TestApp, member: Member) -> Ctx {
    let project = test.app.operator().await.expect("a first project").project();
    Ctx::new(Caller::member(project, member), test.app.now())
}

/// Why an operation was refused.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> (ErrorCode, String) {
    let refused = result.expect_err("a refusal");
    (refused.code(), refused.message().to_owned())
}
