//! A key's life, and what each step of it must leave.

use super::{Entry, World};
use axum::http::Method;
use serde_json::{Value, json};

/// Its latest secret's suffix.
fn suffix(made: &Value) -> &str {
    let secret = made["secretToken"].as_str().unwrap();
    &secret[secret.len() - 4..]
}

/// What an entry says of a key.
fn key(made: &Value, suffix: &str, enabled: bool, updated: &str) -> Value {
    json!({
        "id": made["id"], "organizationId": made["organizationId"], "displayName": "New", "enabled": enabled,
        "revoked": false, "secretTokenSuffix": suffix, "createTime": made["createTime"], "updateTime": updated,
    })
}

impl World {
    async fn new_key(&mut self) -> (Value, String) {
        let fields = json!({ "organizationId": self.organization, "displayName": "New" });
        let made = self.made("/v1/api-keys", json!({ "apiKey": fields })).await;
        self.secrets.push(made["secretToken"].as_str().unwrap().to_owned());
        let id = made["id"].as_str().unwrap().to_owned();
        (made, id)
    }

    pub(super) async fn lifecycle(&mut self, operation: &str) -> Vec<Entry> {
        let (made, id) = self.new_key().await;
        let path = format!("/v1/api-keys/{id}");
        let (first, created) = (suffix(&made), made["createTime"].as_str().unwrap());
        let before = key(&made, first, true, created);
        if ["disable_api_key", "enable_api_key"].contains(&operation) {
            let (_, now) = self.call(Method::POST, &format!("{path}/disable"), json!({})).await;
            let off = key(&made, first, false, &now);
            if operation == "disable_api_key" {
                let details = json!({ "apiKey": off, "previousApiKey": before });
                return vec![self.of_key("tesseral.api_keys.disable", &id, details)];
            }
            let (_, now) = self.call(Method::POST, &format!("{path}/enable"), json!({})).await;
            let details = json!({ "apiKey": key(&made, first, true, &now), "previousApiKey": off });
            return vec![self.of_key("tesseral.api_keys.enable", &id, details)];
        }
        let (answer, now) =
            self.call(Method::POST, &format!("{path}/rotate"), json!({ "overlapSeconds": 60 })).await;
        self.secrets.push(answer["apiKey"]["secretToken"].as_str().unwrap().to_owned());
        let second = suffix(&answer["apiKey"]).to_owned();
        let mut rotated = key(&made, &second, true, &now);
        rotated["formerSecret"] =
            json!({ "suffix": first, "expireTime": answer["apiKey"]["secrets"][1]["expireTime"] });
        if operation == "rotate_api_key" {
            let details = json!({ "apiKey": rotated, "previousApiKey": before });
            return vec![self.of_key("tesseral.api_keys.rotate", &id, details)];
        }
        let (_, now) = self.call(Method::POST, &format!("{path}/end-rotation"), json!({})).await;
        let mut ended = key(&made, &second, true, &now);
        ended["formerSecret"] = json!({ "suffix": first, "expireTime": now });
        let details = json!({ "apiKey": ended, "previousApiKey": rotated });
        vec![self.of_key("tesseral.api_keys.end_rotation", &id, details)]
    }

    pub(super) async fn revoke_many(&mut self) -> Vec<Entry> {
        let (_, id) = self.new_key().await;
        let body = json!({ "ids": [id], "reason": "leaked" });
        let _ = self.call(Method::POST, "/v1/api-keys/revoke-many", body).await;
        let details = json!({ "apiKey": {
            "id": id, "organizationId": self.organization, "displayName": "New", "revoked": true,
            "revokeReason": "leaked",
        } });
        vec![self.of_key("tesseral.api_keys.revoke", &id, details)]
    }

    pub(super) async fn credits(&mut self, operation: &str) -> Vec<Entry> {
        let given = json!({ "remaining": 10 });
        let (name, kind, path) = if operation == "add_api_key_credits" {
            let change = json!({ "apiKey": { "credits": given } });
            let path = format!("/v1/api-keys/{}", self.key);
            let _ = self.test.client.patch(&path, change).await.ok();
            ("tesseral.api_keys.add_credits", "api_key", path)
        } else {
            let path = format!("/v1/organizations/{}", self.organization);
            let _ = self.test.client.patch(&path, json!({ "credits": given })).await.ok();
            ("tesseral.organizations.add_credits", "organization", path)
        };
        let _ = self.call(Method::POST, &format!("{path}/add-credits"), json!({ "amount": 5 })).await;
        let credits = json!({ "remaining": 15, "refill": null, "blockSize": 1 });
        let id = path.rsplit('/').next().unwrap().to_owned();
        let details = json!({ "amount": 5, "credits": credits });
        vec![(name, Some(self.organization.clone()), Some(kind), Some(id), details)]
    }
}
