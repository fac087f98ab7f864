//! The requests about people, and the entries that they must leave.

use super::{Entry, World};
use axum::http::Method;
use serde_json::{Value, json};

impl World {
    fn about(&self, name: &'static str, kind: &'static str, id: &str, details: Value) -> Vec<Entry> {
        vec![(name, Some(self.organization.clone()), Some(kind), Some(id.to_owned()), details)]
    }

    pub(super) async fn user(&self, operation: &str) -> Vec<Entry> {
        let user = |id: &str, email: &str, name: &str, owner: bool, created: &str, updated: &str| {
            json!({
                "id": id, "organizationId": self.organization, "email": email, "displayName": name, "owner": owner,
                "profilePictureUrl": null, "googleUserId": operation, "microsoftUserId": null, "githubUserId": null,
                "hasAuthenticatorApp": false, "createTime": created, "updateTime": updated,
            })
        };
        let body = json!({
            "organizationId": self.organization, "email": format!("{operation}@Example.com"),
            "displayName": "Ada", "googleUserId": operation,
        });
        let (made, created) = self.call(Method::POST, "/v1/users", body).await;
        let id = made["user"]["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/users/{id}");
        let before = user(&id, &format!("{operation}@example.com"), "Ada", false, &created, &created);
        let (name, details) = match operation {
            "create_user" => ("tesseral.users.create", json!({ "user": before })),
            "update_user" => {
                let change = json!({ "email": "ada@example.org", "owner": true });
                let (_, now) = self.call(Method::PATCH, &path, change).await;
                let after = user(&id, "ada@example.org", "Ada", true, &created, &now);
                ("tesseral.users.update", json!({ "user": after, "previousUser": before }))
            }
            _ => {
                let _ = self.call(Method::DELETE, &path, json!({})).await;
                ("tesseral.users.delete", json!({ "user": before }))
            }
        };
        self.about(name, "user", &id, details)
    }

    pub(super) async fn user_invite(&self, operation: &str) -> Vec<Entry> {
        // The entry tells of the invitation in the very shape of the answer.
        let body = json!({ "organizationId": self.organization, "email": "ada@example.net", "owner": true });
        let (made, _) = self.call(Method::POST, "/v1/user-invites", body).await;
        let id = made["userInvite"]["id"].as_str().unwrap().to_owned();
        if operation == "create_user_invite" {
            return self.about("tesseral.user_invites.create", "user_invite", &id, made);
        }
        let _ = self.call(Method::DELETE, &format!("/v1/user-invites/{id}"), json!({})).await;
        self.about("tesseral.user_invites.delete", "user_invite", &id, made)
    }

    pub(super) async fn user_role(&self, operation: &str) -> Vec<Entry> {
        let user = self.test.user(&self.organization, &format!("{operation}@example.com")).await;
        let (path, body) = ("/v1/user-role-assignments", json!({ "userId": user, "roleId": self.role }));
        let (made, _) = self.call(Method::POST, path, body).await;
        let id = made["userRoleAssignment"]["id"].as_str().unwrap().to_owned();
        if operation == "create_user_role_assignment" {
            return self.about("tesseral.users.assign_role", "user", &user, made);
        }
        let _ = self.call(Method::DELETE, &format!("{path}/{id}"), json!({})).await;
        self.about("tesseral.users.unassign_role", "user", &user, made)
    }

    pub(super) async fn passkey(&self, operation: &str) -> Vec<Entry> {
        let user = self.test.user(&self.organization, &format!("{operation}@example.com")).await;
        let id = self.test.passkey(&user).await;
        let path = format!("/v1/passkeys/{id}");
        let made = self.test.client.get(&path).await.ok()["passkey"].clone();
        let passkey = |disabled: bool, updated: &Value| {
            json!({
                "id": id, "userId": user, "disabled": disabled, "aaguid": made["aaguid"], "rpId": made["rpId"],
                "createTime": made["createTime"], "updateTime": updated,
            })
        };
        let before = passkey(false, &made["createTime"]);
        if operation == "delete_passkey" {
            let _ = self.call(Method::DELETE, &path, json!({})).await;
            return self.about("tesseral.passkeys.delete", "passkey", &id, json!({ "passkey": before }));
        }
        let (_, now) = self.call(Method::PATCH, &path, json!({ "disabled": true })).await;
        let details = json!({ "passkey": passkey(true, &json!(now)), "previousPasskey": before });
        self.about("tesseral.passkeys.update", "passkey", &id, details)
    }

    pub(super) async fn end_session(&self) -> Vec<Entry> {
        let user = self.test.user(&self.organization, "session@example.com").await;
        let id = self.test.session(&user).await;
        let path = format!("/v1/sessions/{id}");
        let shown = |session: &Value, revoked: bool| {
            json!({
                "id": id, "userId": user, "primaryAuthFactor": "google", "impersonatorUserId": null,
                "revoked": revoked, "createTime": session["createTime"],
                "lastActiveTime": session["lastActiveTime"], "expireTime": session["expireTime"],
            })
        };
        let before = self.test.client.get(&path).await.ok()["session"].clone();
        let was_revoked = before["revoked"] == true;
        let (after, _) = self.call(Method::POST, &format!("{path}/revoke"), json!({})).await;
        let details = json!({
            "session": shown(&after["session"], true), "previousSession": shown(&before, was_revoked),
        });
        self.about("tesseral.sessions.revoke", "session", &id, details)
    }
}
