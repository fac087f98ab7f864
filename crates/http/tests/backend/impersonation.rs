//! `/v1/user-impersonation-tokens`. How the token is used is the Login API's.

use lockwork_app::Ctx;
use lockwork_model::access::{Caller, SignedIn};
use lockwork_model::error::ErrorCode;
use lockwork_model::ids::{SessionId, UserId};
use lockwork_testkit::TestApp;
use serde_json::json;
use uuid::Uuid;

const STAFF: UserId = UserId::from_uuid(Uuid::from_u128(7));
const SESSION: SessionId = SessionId::from_uuid(Uuid::from_u128(8));

/// A person of the console, at work on the first project.
async fn staff(test: &TestApp, owner: bool, impersonator: Option<UserId>) -> Ctx {
    let project = test.app.operator().await.unwrap().project();
    let who = SignedIn { user: STAFF, session: SESSION, impersonator };
    Ctx::new(Caller::console(project, who, owner), test.app.now())
}

#[tokio::test]
async fn an_owner_at_the_console_gets_a_token_for_half_a_minute_and_the_log_says_so() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let user: UserId = test.user(&organization, "ada@example.com").await.parse().unwrap();
    test.clock.advance(std::time::Duration::from_secs(1));
    let owner = staff(&test, true, None).await;
    let token = test.app.create_user_impersonation_token(&owner, user).await.unwrap();
    assert!(token.secret.reveal().starts_with("tesseral_secret_user_impersonation_token_"));
    assert_eq!((token.impersonator, token.user), (STAFF, user));
    assert_eq!(token.expires_at.as_micros() - token.created_at.as_micros(), 30_000_000);

    let listed = test.client.get("/v1/audit-log-events?startTime=2030-01-01T00:00:01Z").await;
    assert!(!listed.text.contains(&token.secret.reveal()[token.secret.reveal().len() - 25..]));
    let events = listed.ok()["auditLogEvents"].clone();
    let wanted = json!([{
        "id": events[0]["id"], "organizationId": organization, "eventName": "tesseral.users.impersonate",
        "eventTime": "2030-01-01T00:00:01Z", "resourceType": "user", "resourceId": user,
        "actorConsoleUserId": STAFF, "actorConsoleSessionId": SESSION,
        "eventDetails": { "userImpersonationToken": {
            "id": token.id, "impersonatorId": STAFF, "impersonatedId": user,
            "createTime": "2030-01-01T00:00:01Z", "expireTime": "2030-01-01T00:00:31Z",
        } },
    }]);
    assert_eq!(events, wanted);
    for query in ["actorConsoleUserId", "actorConsoleSessionId"] {
        let value = if query == "actorConsoleUserId" { STAFF.to_string() } else { SESSION.to_string() };
        let found = test.client.get(&format!("/v1/audit-log-events?{query}={value}")).await.ok();
        assert_eq!(found["auditLogEvents"], wanted, "{query}");
    }
}

#[tokio::test]
async fn nobody_else_acts_as_a_user() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let user: UserId = test.user(&organization, "ada@example.com").await.parse().unwrap();
    let body = json!({ "userImpersonationToken": { "impersonatedId": user } });
    let refused = test.client.post("/v1/user-impersonation-tokens", body).await;
    assert_eq!(
        refused.refused(403, "permission_denied"),
        "this endpoint cannot be invoked by project API keys"
    );
    for ctx in
        [staff(&test, false, None).await, staff(&test, true, Some(UserId::from_uuid(Uuid::nil()))).await]
    {
        let refused = test.app.create_user_impersonation_token(&ctx, user).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::PermissionDenied);
    }
    let unknown = UserId::from_uuid(Uuid::from_u128(9));
    let owner = staff(&test, true, None).await;
    let refused = test.app.create_user_impersonation_token(&owner, unknown).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (ErrorCode::NotFound, "user not found"));
}
