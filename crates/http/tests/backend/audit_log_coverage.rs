//! Every documented operation that changes something leaves exactly its entries in the audit log, and no secret.

mod cases;
mod lifecycle;
mod limits;
mod people;

use axum::http::Method;
use lockwork_testkit::{TestApp, document};
use serde_json::{Value, json};
use std::time::Duration;

/// What the cases work on.
struct World {
    test: TestApp,
    organization: String,
    role: String,
    key: String,
    secrets: Vec<String>,
}

/// An entry: its name, organization, resource type, resource id and details.
type Entry = (&'static str, Option<String>, Option<&'static str>, Option<String>, Value);

const START: &str = "2030-01-01T00:00:00Z";

impl World {
    async fn new() -> Self {
        let test = TestApp::new().await;
        test.actions(&["acme.widgets.create"]).await;
        let organization = test.organization("Customer").await;
        let role = test.role("Maker", &["acme.widgets.create"]).await;
        let (key, secret) = test.api_key(&organization, json!({ "displayName": "Key" })).await;
        let secrets = vec![secret, test.backend_api_key.clone()];
        Self { test, organization, role, key, secrets }
    }

    /// Makes the request a second later than everything before it; returns its answer and its time.
    async fn call(&self, method: Method, path: &str, body: Value) -> (Value, String) {
        self.test.clock.advance(Duration::from_secs(1));
        let now = lockwork_model::time::Clock::now(&self.test.clock).to_string();
        (self.test.client.json(method, path, body).await.ok(), now)
    }

    /// A thing made before the request that counts.
    async fn made(&self, path: &str, body: Value) -> Value {
        self.test.client.post(path, body).await.ok().as_object().unwrap().values().next().unwrap().clone()
    }

    /// Makes the request of an operation; returns the entries that it must leave.
    async fn perform(&mut self, operation: &str) -> Vec<Entry> {
        match operation {
            "update_project" | "update_branding" | "update_rbac_policy" => self.project(operation).await,
            "create_organization" | "update_organization" | "delete_organization" => {
                self.organization(operation).await
            }
            "update_organization_domains" => self.domains("domains", "domains", "Domains").await,
            "update_organization_google_hosted_domains" => {
                self.domains("google-hosted-domains", "google_hosted_domains", "GoogleHostedDomains").await
            }
            "update_organization_microsoft_tenant_ids" => {
                self.domains("microsoft-tenant-ids", "microsoft_tenant_ids", "MicrosoftTenantIds").await
            }
            "create_role" | "update_role" | "delete_role" => self.role(operation).await,
            "create_api_key" | "update_api_key" | "revoke_api_key" | "delete_api_key" => {
                self.api_key(operation).await
            }
            "disable_api_key" | "enable_api_key" | "rotate_api_key" | "end_api_key_rotation" => {
                self.lifecycle(operation).await
            }
            "revoke_api_keys" => self.revoke_many().await,
            "add_api_key_credits" | "add_organization_credits" => self.credits(operation).await,
            "create_plan" | "update_plan" | "delete_plan" => self.plan(operation).await,
            "create_limit_override" | "update_limit_override" | "delete_limit_override" => {
                self.limit_override(operation).await
            }
            "create_api_key_role_assignment" | "delete_api_key_role_assignment" => {
                self.assignment(operation).await
            }
            "create_user" | "update_user" | "delete_user" => self.user(operation).await,
            "create_user_invite" | "delete_user_invite" => self.user_invite(operation).await,
            "create_user_role_assignment" | "delete_user_role_assignment" => self.user_role(operation).await,
            "update_passkey" | "delete_passkey" => self.passkey(operation).await,
            "end_session" => self.end_session().await,
            "create_backend_api_key"
            | "update_backend_api_key"
            | "revoke_backend_api_key"
            | "delete_backend_api_key" => self.backend_api_key(operation).await,
            "create_publishable_key" | "update_publishable_key" | "delete_publishable_key" => {
                self.publishable_key(operation).await
            }
            "create_audit_log_event" => {
                let body = json!({ "eventName": "acme.widgets.sold", "actorApiKeyId": self.key, "eventDetails": { "n": 1 } });
                let _ = self.call(Method::POST, "/v1/audit-log-events", body).await;
                vec![("acme.widgets.sold", Some(self.organization.clone()), None, None, json!({ "n": 1 }))]
            }
            _ => panic!("{operation} changes something and has no audit case: write one"),
        }
    }

    /// What was written since the last request that counts, and how it must have been written.
    async fn assert_left(&self, operation: &str, entries: Vec<Entry>) {
        let now = lockwork_model::time::Clock::now(&self.test.clock).to_string();
        let path = format!("/v1/audit-log-events?pageSize=100&startTime={now}");
        let mut found =
            self.test.client.get(&path).await.ok()["auditLogEvents"].as_array().cloned().unwrap_or_default();
        found.sort_by_key(|event| event["eventName"].to_string());
        assert_eq!(found.len(), entries.len(), "{operation} left {found:?}");
        let keys = self.test.client.get("/v1/backend-api-keys?displayName=First+key").await.ok();
        let wanted: Vec<Value> = entries
            .into_iter()
            .zip(&found)
            .map(|((name, organization, resource_type, resource, details), found)| {
                let mut event = json!({
                    "id": found["id"], "eventName": name, "eventTime": now, "eventDetails": details,
                    "organizationId": organization, "resourceType": resource_type, "resourceId": resource,
                    "actorBackendApiKeyId": keys["backendApiKeys"][0]["id"],
                });
                event.as_object_mut().unwrap().retain(|_, value| !value.is_null());
                if !name.starts_with("tesseral.") {
                    // Whom the developer names did it, not the developer's own key.
                    event.as_object_mut().unwrap().remove("actorBackendApiKeyId");
                    event["actorApiKeyId"] = json!(self.key);
                }
                event
            })
            .collect();
        assert_eq!(found, wanted, "{operation}");
    }
}

#[tokio::test]
async fn every_change_leaves_exactly_its_entries_with_details_and_actor() {
    let mut world = World::new().await;
    let mut changes = document::operations();
    changes.retain(|operation| operation.method != "GET");
    let reads = ["verify_api_key", "authenticate_api_key", "who_am_i", "check_limits"];
    changes.retain(|operation| !reads.contains(&operation.id.as_str()));
    // Not for Backend API keys; impersonation.rs and the tests of the console's host have their entries.
    let personal = ["create_user_impersonation_token", "create_project"];
    changes.retain(|operation| !personal.contains(&operation.id.as_str()));
    assert!(changes.len() >= 47);
    for operation in changes {
        let entries = world.perform(&operation.id).await;
        world.assert_left(&operation.id, entries).await;
    }

    let (mut path, mut pages) = ("/v1/audit-log-events?pageSize=100".to_owned(), 0);
    while !path.is_empty() {
        let page = world.test.client.get(&path).await;
        for secret in &world.secrets {
            // Nor its digits behind another prefix, nor a hash of either.
            let digits = &secret[secret.rfind('_').unwrap() + 1..];
            assert!(!page.text.contains(digits), "a secret in {}", page.text);
        }
        assert!(!page.text.to_lowercase().contains("hash"), "{}", page.text);
        let token = page.json["nextPageToken"].as_str().unwrap_or_default().replace('=', "%3D");
        path = if token.is_empty() {
            token
        } else {
            format!("/v1/audit-log-events?pageSize=100&pageToken={token}")
        };
        pages += 1;
    }
    assert!(pages > 0 && world.secrets.len() > 5);
}

#[tokio::test]
async fn what_changes_nothing_leaves_no_entry() {
    let World { test, organization, key, .. } = World::new().await;
    test.clock.advance(Duration::from_secs(1));
    for path in [
        "/v1/project",
        "/v1/organizations",
        "/v1/roles",
        "/v1/audit-log-events",
        &format!("/v1/api-keys/{key}"),
    ] {
        let _ = test.client.get(path).await.ok();
    }
    let _ = test.verify("nonsense").await;
    let _ = test
        .client
        .post("/v1/api-keys/authenticate", json!({}))
        .await
        .refused(400, "unauthenticated_api_key");
    let _ = test.client.patch(&format!("/v1/api-keys/{key}"), json!({ "apiKey": {} })).await.ok();
    // Refused for another reason than a missing permission.
    let _ = test.client.delete(&format!("/v1/api-keys/{key}")).await.refused(400, "failed_precondition");
    let body = json!({ "apiKey": { "organizationId": organization, "actions": ["a.b.c"] } });
    let _ = test.client.post("/v1/api-keys", body).await.refused(400, "invalid_argument");
    let left = test.client.get("/v1/audit-log-events?startTime=2030-01-01T00:00:01Z").await.ok();
    assert_eq!(left, json!({}));
}
