//! For every documented operation one valid request on things that exist.

use axum::http::Method;
use lockwork_testkit::TestApp;
use lockwork_testkit::document::Operation;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// A project's things: at least two rows for each list, so that each has a second page.
pub(crate) struct Things {
    pub(crate) organization: String,
    pub(crate) role: String,
    /// A role that the key does not have.
    pub(crate) spare_role: String,
    pub(crate) api_key: String,
    pub(crate) secret: String,
    pub(crate) revoked_api_key: String,
    /// A key with credits, in a rotation.
    pub(crate) metered_api_key: String,
    /// A key of the metered organization, to be revoked.
    pub(crate) doomed_api_key: String,
    /// An organization with credits.
    pub(crate) metered_organization: String,
    pub(crate) plan: String,
    pub(crate) limit_override: String,
    pub(crate) assignment: String,
    pub(crate) backend_api_key: String,
    pub(crate) revoked_backend_api_key: String,
    pub(crate) publishable_key: String,
    pub(crate) user: String,
    pub(crate) user_invite: String,
    pub(crate) user_assignment: String,
    pub(crate) passkey: String,
    pub(crate) session: String,
}

/// A request that succeeds with a full key of the project.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) method: Method,
    /// With the query.
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

/// What only people of the console may do, whatever their request.
pub(crate) const CONSOLE_ONLY: [&str; 2] = ["create_project", "create_user_impersonation_token"];

/// The smallest text that counts as a picture.
pub(crate) const PICTURE: &str = "data:image/jpeg;base64,/9j/";

pub(crate) const ACTION: &str = "acme.widgets.create";

impl Things {
    /// New things in the first project.
    pub(crate) async fn new(test: &TestApp) -> Self {
        test.actions(&[ACTION]).await;
        let organization = test.organization("Customer").await;
        let roles = [
            test.role("Maker", &[ACTION]).await,
            test.role("Other", &[]).await,
            test.role("Spare", &[]).await,
        ];
        let [role, second_role, spare_role] = roles;
        let (api_key, secret) = test.api_key(&organization, json!({ "roleIds": [role, second_role] })).await;
        let (metered_api_key, _) =
            test.api_key(&organization, json!({ "credits": { "remaining": 10 } })).await;
        let rotate = json!({ "overlapSeconds": 1_000_000 });
        let _ = test.client.post(&format!("/v1/api-keys/{metered_api_key}/rotate"), rotate).await.ok();
        let (revoked_api_key, _) = test.api_key(&organization, json!({})).await;
        let revoke = |kind: &str, id: &str| format!("/v1/{kind}/{id}/revoke");
        let _ = test.client.post_empty(&revoke("api-keys", &revoked_api_key)).await.ok();
        let assignments =
            test.client.get(&format!("/v1/api-key-role-assignments?apiKeyId={api_key}")).await.ok();
        let backend_api_key = made(test, "backend-api-keys", "backendApiKey").await;
        let revoked_backend_api_key = made(test, "backend-api-keys", "backendApiKey").await;
        let _ = test.client.post_empty(&revoke("backend-api-keys", &revoked_backend_api_key)).await.ok();
        let publishable_key = made(test, "publishable-keys", "publishableKey").await;
        let user = test.user(&organization, &email()).await;
        test.user(&organization, &email()).await;
        let user_invite = invited(test, &organization).await;
        invited(test, &organization).await;
        let user_assignment = assigned(test, &user, &role).await;
        assigned(test, &user, &second_role).await;
        let passkey = test.passkey(&user).await;
        test.passkey(&user).await;
        let session = test.session(&user).await;
        test.session(&user).await;
        let metered_organization = test.organization("Second").await;
        let credits = json!({ "credits": { "remaining": 10 } });
        let _ = test.client.patch(&format!("/v1/organizations/{metered_organization}"), credits).await.ok();
        let (doomed_api_key, _) = test.api_key(&metered_organization, json!({})).await;
        let plan = made(test, "plans", "plan").await;
        made(test, "plans", "plan").await;
        let limit_override = overridden(test).await;
        overridden(test).await;
        let assignment = assignments["apiKeyRoleAssignments"][0]["id"].as_str().expect("an id").to_owned();
        Self {
            organization,
            role,
            spare_role,
            api_key,
            secret,
            revoked_api_key,
            metered_api_key,
            doomed_api_key,
            metered_organization,
            plan,
            limit_override,
            assignment,
            backend_api_key,
            revoked_backend_api_key,
            publishable_key,
            user,
            user_invite,
            user_assignment,
            passkey,
            session,
        }
    }

    /// The valid request of an operation.
    pub(crate) fn request(&self, operation: &Operation) -> Prepared {
        let (id, query, body) = self.parts(&operation.id);
        let mut path = operation.path.clone();
        if let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            path.replace_range(from..=to, id);
        }
        if !query.is_empty() {
            path = format!("{path}?{query}");
        }
        let method = operation.method.parse().expect("a method");
        Prepared { method, path, body: operation.takes_body.then_some(body) }
    }

    /// The id in the path, the query and the body, where the operation has them.
    fn parts(&self, operation: &str) -> (&str, String, Value) {
        fn at<T>(id: &str, rest: T) -> (&str, T) {
            (id, rest)
        }
        let none = || (String::new(), Value::Null);
        let of_organization = || (format!("organizationId={}", self.organization), Value::Null);
        let with = |body: Value| (String::new(), body);
        let named = || with(json!({ "displayName": "A name" }));
        let (id, (query, body)) = match operation {
            "get_project" | "get_branding" | "get_rbac_policy" => ("", none()),
            "create_project" | "update_project" => ("", named()),
            "update_branding" => ("", with(json!({ "primaryColor": "#2244cc", "logo": PICTURE }))),
            "preview_branding" => ("", ("primaryColor=%232244cc".to_owned(), Value::Null)),
            "update_rbac_policy" => {
                ("", with(json!({ "actions": [{ "name": ACTION, "description": "Makes one" }] })))
            }
            "list_organizations" | "list_roles" | "list_backend_api_keys" | "list_publishable_keys" => {
                ("", none())
            }
            "list_sessions" | "list_audit_log_events" | "list_plans" | "list_limit_overrides" => ("", none()),
            "list_user_invites" | "list_passkeys" => ("", none()),
            "create_organization" => ("", with(json!({ "displayName": "A name", "planId": self.plan }))),
            "get_organization" | "delete_organization" => at(&self.organization, none()),
            "get_organization_domains"
            | "get_organization_google_hosted_domains"
            | "get_organization_microsoft_tenant_ids" => at(&self.organization, none()),
            "update_organization" => {
                at(&self.organization, with(json!({ "displayName": "New", "apiKeysEnabled": true })))
            }
            "update_organization_domains" => {
                at(&self.organization, with(json!({ "domains": ["example.com"] })))
            }
            "update_organization_google_hosted_domains" => {
                at(&self.organization, with(json!({ "googleHostedDomains": ["example.com"] })))
            }
            "update_organization_microsoft_tenant_ids" => {
                let tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
                at(&self.organization, with(json!({ "microsoftTenantIds": [tenant] })))
            }
            "list_users" | "list_api_keys" => ("", of_organization()),
            "create_user" => {
                let body = json!({
                    "organizationId": self.organization, "email": email(), "displayName": "Ada",
                    "googleUserId": email(), "profilePictureUrl": "https://example.com/ada.png",
                });
                ("", with(body))
            }
            "get_user" | "delete_user" => at(&self.user, none()),
            "update_user" => at(&self.user, with(json!({ "displayName": "New", "owner": true }))),
            "create_user_invite" => {
                ("", with(json!({ "organizationId": self.organization, "email": email(), "owner": true })))
            }
            "get_user_invite" | "delete_user_invite" => at(&self.user_invite, none()),
            "list_user_role_assignments" => ("", (format!("userId={}", self.user), Value::Null)),
            "create_user_role_assignment" => {
                ("", with(json!({ "userId": self.user, "roleId": self.spare_role })))
            }
            "get_user_role_assignment" | "delete_user_role_assignment" => at(&self.user_assignment, none()),
            "create_user_impersonation_token" => ("", with(json!({ "impersonatedId": self.user }))),
            "get_passkey" | "delete_passkey" => at(&self.passkey, none()),
            "update_passkey" => at(&self.passkey, with(json!({ "disabled": true }))),
            "get_session" | "end_session" => at(&self.session, none()),
            "create_role" => {
                let body = json!({
                    "organizationId": self.organization, "displayName": "New", "description": "d", "actions": [ACTION],
                });
                ("", with(body))
            }
            "get_role" | "delete_role" => at(&self.role, none()),
            "update_role" => at(&self.role, with(json!({ "displayName": "New", "actions": [ACTION] }))),
            "create_api_key" => {
                let body = json!({
                    "organizationId": self.organization, "displayName": "New", "expireTime": "2040-01-01T00:00:00Z",
                    "roleIds": [self.role], "actions": [ACTION],
                });
                ("", with(json!({ "apiKey": body })))
            }
            "get_api_key" | "disable_api_key" | "enable_api_key" => at(&self.api_key, none()),
            "revoke_api_key" => at(&self.doomed_api_key, with(json!({ "reason": "leaked" }))),
            "revoke_api_keys" => {
                let body =
                    json!({ "organizationId": self.metered_organization, "ids": [self.doomed_api_key] });
                ("", with(body))
            }
            "get_api_key_limits" => at(&self.metered_api_key, none()),
            "rotate_api_key" => at(&self.api_key, with(json!({ "overlapSeconds": 60 }))),
            "end_api_key_rotation" => at(&self.metered_api_key, none()),
            "who_am_i" => ("", with(json!({ "secretToken": self.secret }))),
            "add_api_key_credits" => at(&self.metered_api_key, with(json!({ "amount": 5 }))),
            "add_organization_credits" => at(&self.metered_organization, with(json!({ "amount": 5 }))),
            "update_api_key" => at(&self.api_key, with(json!({ "apiKey": { "displayName": "New" } }))),
            "delete_api_key" => at(&self.revoked_api_key, none()),
            "authenticate_api_key" => ("", with(json!({ "secretToken": self.secret }))),
            "verify_api_key" => ("", with(json!({ "secretToken": self.secret, "permissions": ACTION }))),
            "create_plan" => ("", with(json!({ "displayName": "New", "limits": [limit()] }))),
            "get_plan" | "delete_plan" => at(&self.plan, none()),
            "update_plan" => at(&self.plan, with(json!({ "displayName": "New", "limits": [limit()] }))),
            "create_limit_override" => ("", with(limit_override(&email()))),
            "get_limit_override" | "delete_limit_override" => at(&self.limit_override, none()),
            "update_limit_override" => at(&self.limit_override, with(json!({ "limit": 7 }))),
            "check_limits" => ("", with(json!({ "checks": [limit_override(&email())] }))),
            "list_api_key_role_assignments" => ("", (format!("apiKeyId={}", self.api_key), Value::Null)),
            "create_api_key_role_assignment" => {
                let body = json!({ "apiKeyId": self.api_key, "roleId": self.spare_role });
                ("", with(json!({ "apiKeyRoleAssignment": body })))
            }
            "delete_api_key_role_assignment" => at(&self.assignment, none()),
            "create_backend_api_key" => ("", with(json!({ "displayName": "New", "scope": "read" }))),
            "get_backend_api_key" | "revoke_backend_api_key" => at(&self.backend_api_key, none()),
            "update_backend_api_key" => at(&self.backend_api_key, named()),
            "delete_backend_api_key" => at(&self.revoked_backend_api_key, none()),
            "create_publishable_key" => ("", with(json!({ "displayName": "New", "crossDomainMode": true }))),
            "get_publishable_key" | "delete_publishable_key" => at(&self.publishable_key, none()),
            "update_publishable_key" => at(&self.publishable_key, named()),
            "get_config" => at(&self.publishable_key, none()),
            "create_audit_log_event" => {
                let body = json!({
                    "eventName": "acme.widgets.sold", "eventDetails": { "price": 7 },
                    "organizationId": self.organization,
                });
                ("", with(body))
            }
            _ => panic!(
                "no valid request is prepared for {operation}: add one to Things::parts in \
                 crates/http/tests/access/requests.rs"
            ),
        };
        (id, query, body)
    }
}

/// A new thing with nothing but a name: its id.
async fn made(test: &TestApp, path: &str, field: &str) -> String {
    let made = test.client.post(&format!("/v1/{path}"), json!({ "displayName": "One" })).await.ok();
    made[field]["id"].as_str().expect("an id").to_owned()
}

/// A new invitation: its id.
async fn invited(test: &TestApp, organization: &str) -> String {
    let body = json!({ "organizationId": organization, "email": email() });
    let made = test.client.post("/v1/user-invites", body).await.ok();
    made["userInvite"]["id"].as_str().expect("an id").to_owned()
}

/// A role given to a user: the assignment's id.
async fn assigned(test: &TestApp, user: &str, role: &str) -> String {
    let made =
        test.client.post("/v1/user-role-assignments", json!({ "userId": user, "roleId": role })).await.ok();
    made["userRoleAssignment"]["id"].as_str().expect("an id").to_owned()
}

fn limit() -> Value {
    json!({ "name": "requests", "kind": "WINDOW", "limit": 100, "windowSeconds": 60 })
}

fn limit_override(identifier: &str) -> Value {
    json!({ "namespace": "logins", "identifier": identifier, "limit": 5, "windowSeconds": 60 })
}

/// A new limit override of an identifier of its own: its id.
async fn overridden(test: &TestApp) -> String {
    let made = test.client.post("/v1/limit-overrides", limit_override(&email())).await.ok();
    made["limitOverride"]["id"].as_str().expect("an id").to_owned()
}

fn email() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("person{}@example.com", NEXT.fetch_add(1, Ordering::Relaxed))
}
