//! The requests, noun by noun, and the entries that they must leave.

use super::{Entry, START, World};
use axum::http::Method;
use serde_json::{Value, json};

impl World {
    fn of_organization(&self, name: &'static str, details: Value) -> Vec<Entry> {
        let id = self.organization.clone();
        vec![(name, Some(id.clone()), Some("organization"), Some(id), details)]
    }

    pub(super) fn of_key(&self, name: &'static str, id: &str, details: Value) -> Entry {
        (name, Some(self.organization.clone()), Some("api_key"), Some(id.to_owned()), details)
    }

    pub(super) async fn project(&self, operation: &str) -> Vec<Entry> {
        let shown = self.test.client.get("/v1/project").await.ok()["project"].clone();
        let id = shown["id"].as_str().map(str::to_owned);
        if operation == "update_rbac_policy" {
            let body = json!({ "actions": [{ "name": "acme.widgets.create", "description": "Make" }, { "name": "a.b.c" }] });
            let _ = self.call(Method::PUT, "/v1/rbac-policy", body).await;
            let details = json!({
                "previousRbacPolicy": { "actions": [{ "name": "acme.widgets.create", "description": "" }] },
                "rbacPolicy": { "actions": [
                    { "name": "a.b.c", "description": "" }, { "name": "acme.widgets.create", "description": "Make" },
                ] },
            });
            return vec![("tesseral.rbac_policy.update", None, Some("rbac_policy"), id, details)];
        }
        if operation == "update_branding" {
            let body = json!({ "primaryColor": "#2244CC", "logo": "data:image/jpeg;base64,/9j/" });
            let _ = self.call(Method::PATCH, "/v1/project/branding", body).await;
            let sha256 = "blaOH2f7olgYTHgYFTnl6P3uRH5Ju3BvwOo0+/EjNqU=";
            let details = json!({
                "previousBranding": { "detectDarkModeEnabled": true, "logInLayout": "CENTERED" },
                "branding": {
                    "primaryColor": "#2244cc", "detectDarkModeEnabled": true, "logInLayout": "CENTERED",
                    "logo": { "mediaType": "image/jpeg", "sha256": sha256 },
                },
            });
            return vec![("tesseral.projects.update_branding", None, Some("project"), id, details)];
        }
        let body = json!({ "displayName": "Renamed", "apiKeySecretTokenPrefix": "acme_" });
        let (_, now) = self.call(Method::PATCH, "/v1/project", body).await;
        let host = shown["cookieDomain"].as_str().unwrap();
        let project = |name: &str, prefix: &str, time: &str| {
            json!({
                "id": id, "displayName": name, "apiKeysEnabled": true, "apiKeySecretTokenPrefix": prefix,
                "createTime": START, "updateTime": time, "maxApiKeyLifetimeSeconds": null, "timeZone": "UTC",
                "logInWith": ["email", "password", "authenticator app", "passkey"], "loginsDisabled": false,
                "auditLogsEnabled": true, "redirectUri": null, "afterLoginRedirectUri": null,
                "afterSignupRedirectUri": null, "selfServeCreateUsers": true,
                "selfServeCreateOrganizations": true, "autoCreateOrganizations": false,
                "vaultDomain": format!("{host}:7777"), "cookieDomain": host, "trustedDomains": [host],
            })
        };
        let details = json!({ "previousProject": project("Acme", "lw_", START), "project": project("Renamed", "acme_", &now) });
        vec![("tesseral.projects.update", None, Some("project"), id, details)]
    }

    pub(super) async fn organization(&self, operation: &str) -> Vec<Entry> {
        let organization = |id: &str, name: &str, methods: Value, created: &Value, updated: &str| {
            json!({
                "id": id, "displayName": name, "logInWith": methods, "requireMfa": false, "scimEnabled": false,
                "customRolesEnabled": false, "apiKeysEnabled": false, "personalApiKeysEnabled": false,
                "loginsDisabled": false, "createTime": created, "updateTime": updated,
                "planId": null, "limits": [], "ipAllowlist": [], "maxApiKeyLifetimeSeconds": null,
            })
        };
        let fields = json!({ "displayName": "New", "logInWithEmail": true });
        if operation == "create_organization" {
            let (answer, now) = self.call(Method::POST, "/v1/organizations", fields).await;
            let id = answer["organization"]["id"].as_str().unwrap();
            let details =
                json!({ "organization": organization(id, "New", json!(["email"]), &json!(now), &now) });
            let id = Some(id.to_owned());
            return vec![("tesseral.organizations.create", id.clone(), Some("organization"), id, details)];
        }
        let made = self.made("/v1/organizations", fields).await;
        let (id, created) = (made["id"].as_str().unwrap(), &made["createTime"]);
        let path = format!("/v1/organizations/{id}");
        let before = organization(id, "New", json!(["email"]), created, created.as_str().unwrap());
        let (name, details) = if operation == "delete_organization" {
            let _ = self.call(Method::DELETE, &path, json!({})).await;
            ("tesseral.organizations.delete", json!({ "organization": before }))
        } else {
            let change =
                json!({ "displayName": "Changed", "logInWithEmail": false, "logInWithPasskey": true });
            let (_, now) = self.call(Method::PATCH, &path, change).await;
            let after = organization(id, "Changed", json!(["passkey"]), created, &now);
            (
                "tesseral.organizations.update",
                json!({ "organization": after, "previousOrganization": before }),
            )
        };
        vec![(name, Some(id.to_owned()), Some("organization"), Some(id.to_owned()), details)]
    }

    pub(super) async fn domains(&self, path: &str, verb: &str, noun: &str) -> Vec<Entry> {
        let path = format!("/v1/organizations/{}/{path}", self.organization);
        let field = format!("{}{}", noun[..1].to_lowercase(), &noun[1..]);
        let (old, new) = match verb {
            "microsoft_tenant_ids" => {
                ("cacb398c-454f-447c-9f61-8394f2309f81", "0c83134e-b2b9-4216-b57b-6dce610275ff")
            }
            _ => ("old.example.com", "new.example.com"),
        };
        let _ = self.test.client.patch(&path, json!({ (&field): [old] })).await.ok();
        let _ = self.call(Method::PATCH, &path, json!({ (&field): [new] })).await;
        let list = |entry: &str| json!({ "organizationId": self.organization, (&field): [entry] });
        let details = json!({ format!("organization{noun}"): list(new), format!("previousOrganization{noun}"): list(old) });
        let name = match verb {
            "domains" => "tesseral.organizations.update_domains",
            "google_hosted_domains" => "tesseral.organizations.update_google_hosted_domains",
            _ => "tesseral.organizations.update_microsoft_tenant_ids",
        };
        self.of_organization(name, details)
    }

    pub(super) async fn role(&self, operation: &str) -> Vec<Entry> {
        let role = |id: &str, name: &str, actions: Value, created: &str, updated: &str| {
            json!({
                "id": id, "organizationId": self.organization, "displayName": name, "description": "",
                "actions": actions, "createTime": created, "updateTime": updated,
            })
        };
        let fields = json!({ "organizationId": self.organization, "displayName": "New" });
        let (id, name, details);
        if operation == "create_role" {
            let (answer, now) = self.call(Method::POST, "/v1/roles", fields).await;
            id = answer["role"]["id"].as_str().unwrap().to_owned();
            (name, details) =
                ("tesseral.roles.create", json!({ "role": role(&id, "New", json!([]), &now, &now) }));
        } else {
            let made = self.made("/v1/roles", fields).await;
            id = made["id"].as_str().unwrap().to_owned();
            let created = made["createTime"].as_str().unwrap();
            let path = format!("/v1/roles/{id}");
            let before = role(&id, "New", json!([]), created, created);
            (name, details) = if operation == "delete_role" {
                let _ = self.call(Method::DELETE, &path, json!({})).await;
                ("tesseral.roles.delete", json!({ "role": before }))
            } else {
                let change = json!({ "displayName": "Changed", "actions": ["acme.widgets.create"] });
                let (_, now) = self.call(Method::PATCH, &path, change).await;
                let after = role(&id, "Changed", json!(["acme.widgets.create"]), created, &now);
                ("tesseral.roles.update", json!({ "role": after, "previousRole": before }))
            };
        }
        vec![(name, Some(self.organization.clone()), Some("role"), Some(id), details)]
    }

    pub(super) async fn api_key(&mut self, operation: &str) -> Vec<Entry> {
        let expire = "2031-01-01T00:00:00Z";
        let key = |made: &Value, name: &str, updated: &str, revoked: bool| {
            let secret = made["secretToken"].as_str().unwrap();
            json!({
                "id": made["id"], "organizationId": made["organizationId"], "displayName": name, "expireTime": expire,
                "createTime": made["createTime"], "updateTime": updated, "revoked": revoked, "enabled": !revoked,
                "secretTokenSuffix": secret[secret.len() - 4..],
            })
        };
        let mut fields =
            json!({ "organizationId": self.organization, "displayName": "New", "expireTime": expire });
        if operation == "create_api_key" {
            fields["roleIds"] = json!([self.role]);
            let (answer, now) = self.call(Method::POST, "/v1/api-keys", json!({ "apiKey": fields })).await;
            let made = &answer["apiKey"];
            self.secrets.push(made["secretToken"].as_str().unwrap().to_owned());
            let id = made["id"].as_str().unwrap();
            let assignments =
                self.test.client.get(&format!("/v1/api-key-role-assignments?apiKeyId={id}")).await.ok();
            let assigned = json!({ "apiKeyRoleAssignment": assignments["apiKeyRoleAssignments"][0] });
            return vec![
                self.of_key("tesseral.api_keys.assign_role", id, assigned),
                self.of_key(
                    "tesseral.api_keys.create",
                    id,
                    json!({ "apiKey": key(made, "New", &now, false) }),
                ),
            ];
        }
        let made = self.made("/v1/api-keys", json!({ "apiKey": fields })).await;
        self.secrets.push(made["secretToken"].as_str().unwrap().to_owned());
        let (id, created) = (made["id"].as_str().unwrap(), made["createTime"].as_str().unwrap());
        let path = format!("/v1/api-keys/{id}");
        let before = key(&made, "New", created, false);
        let (name, details) = match operation {
            "update_api_key" => {
                let (_, now) =
                    self.call(Method::PATCH, &path, json!({ "apiKey": { "displayName": "Changed" } })).await;
                let after = key(&made, "Changed", &now, false);
                ("tesseral.api_keys.update", json!({ "apiKey": after, "previousApiKey": before }))
            }
            "revoke_api_key" => {
                let (_, now) = self.call(Method::POST, &format!("{path}/revoke"), json!({})).await;
                let after = key(&made, "New", &now, true);
                ("tesseral.api_keys.revoke", json!({ "apiKey": after, "previousApiKey": before }))
            }
            _ => {
                let (_, revoked) = self.call(Method::POST, &format!("{path}/revoke"), json!({})).await;
                let _ = self.call(Method::DELETE, &path, json!({})).await;
                ("tesseral.api_keys.delete", json!({ "apiKey": key(&made, "New", &revoked, true) }))
            }
        };
        vec![self.of_key(name, id, details)]
    }

    pub(super) async fn assignment(&self, operation: &str) -> Vec<Entry> {
        let body = json!({ "apiKeyRoleAssignment": { "apiKeyId": self.key, "roleId": self.role } });
        let path = "/v1/api-key-role-assignments";
        if operation == "create_api_key_role_assignment" {
            let (answer, _) = self.call(Method::POST, path, body).await;
            let id = answer["apiKeyRoleAssignment"]["id"].as_str().unwrap();
            let _ = self.test.client.delete(&format!("{path}/{id}")).await.ok();
            let taken = self.of_key("tesseral.api_keys.unassign_role", &self.key, answer.clone());
            return vec![self.of_key("tesseral.api_keys.assign_role", &self.key, answer), taken];
        }
        let made = self.made(path, body).await;
        let _ =
            self.call(Method::DELETE, &format!("{path}/{}", made["id"].as_str().unwrap()), json!({})).await;
        vec![self.of_key(
            "tesseral.api_keys.unassign_role",
            &self.key,
            json!({ "apiKeyRoleAssignment": made }),
        )]
    }

    pub(super) async fn backend_api_key(&mut self, operation: &str) -> Vec<Entry> {
        let key = |made: &Value, name: &str, updated: &str, revoked: bool| {
            json!({
                "id": made["id"], "displayName": name, "scope": "read", "createTime": made["createTime"],
                "updateTime": updated, "revoked": revoked,
            })
        };
        let (path, fields) = ("/v1/backend-api-keys", json!({ "displayName": "New", "scope": "read" }));
        let (made, now) = self.call(Method::POST, path, fields).await;
        let made = &made["backendApiKey"];
        self.secrets.push(made["secretToken"].as_str().unwrap().to_owned());
        let id = made["id"].as_str().unwrap().to_owned();
        let path = format!("{path}/{id}");
        let before = key(made, "New", &now, false);
        let (name, details) = match operation {
            "create_backend_api_key" => {
                ("tesseral.backend_api_keys.create", json!({ "backendApiKey": before }))
            }
            "update_backend_api_key" => {
                let (_, now) = self.call(Method::PATCH, &path, json!({ "displayName": "Changed" })).await;
                let after = key(made, "Changed", &now, false);
                (
                    "tesseral.backend_api_keys.update",
                    json!({ "backendApiKey": after, "previousBackendApiKey": before }),
                )
            }
            _ => {
                let (_, now) = self.call(Method::POST, &format!("{path}/revoke"), json!({})).await;
                let after = key(made, "New", &now, true);
                if operation == "revoke_backend_api_key" {
                    let details = json!({ "backendApiKey": after, "previousBackendApiKey": before });
                    ("tesseral.backend_api_keys.revoke", details)
                } else {
                    let _ = self.call(Method::DELETE, &path, json!({})).await;
                    ("tesseral.backend_api_keys.delete", json!({ "backendApiKey": after }))
                }
            }
        };
        vec![(name, None, Some("backend_api_key"), Some(id), details)]
    }

    pub(super) async fn publishable_key(&self, operation: &str) -> Vec<Entry> {
        // The entry tells of the key in the very shape of the answer.
        let path = "/v1/publishable-keys";
        let (before, _) = self.call(Method::POST, path, json!({ "displayName": "New" })).await;
        let before = &before["publishableKey"];
        let id = before["id"].as_str().unwrap().to_owned();
        let path = format!("{path}/{id}");
        let (name, details) = match operation {
            "create_publishable_key" => {
                ("tesseral.publishable_keys.create", json!({ "publishableKey": before }))
            }
            "update_publishable_key" => {
                let (after, _) = self.call(Method::PATCH, &path, json!({ "crossDomainMode": true })).await;
                let details =
                    json!({ "publishableKey": after["publishableKey"], "previousPublishableKey": before });
                ("tesseral.publishable_keys.update", details)
            }
            _ => {
                let _ = self.call(Method::DELETE, &path, json!({})).await;
                ("tesseral.publishable_keys.delete", json!({ "publishableKey": before }))
            }
        };
        vec![(name, None, Some("publishable_key"), Some(id), details)]
    }
}
