//! Plans and limit overrides, and what a change of each must leave.

use super::{Entry, World};
use axum::http::Method;
use serde_json::{Value, json};

impl World {
    pub(super) async fn plan(&self, operation: &str) -> Vec<Entry> {
        let path = "/v1/plans";
        let limits = json!([
            { "name": "burst", "kind": "BUCKET", "limit": 10, "windowSeconds": 1, "burst": 20 },
            { "name": "monthly", "kind": "QUOTA", "limit": 1000, "period": "MONTH", "onlyWhenNamed": true },
        ]);
        let shown_limits = json!([
            {
                "name": "burst", "kind": "BUCKET", "limit": 10, "windowSeconds": 1, "burst": 20,
                "onlyWhenNamed": false,
            },
            {
                "name": "monthly", "kind": "QUOTA", "limit": 1000, "period": "MONTH", "anchorTime": null,
                "onlyWhenNamed": true,
            },
        ]);
        let shown = |made: &Value, limits: Value, updated: &Value| {
            json!({
                "id": made["id"], "displayName": "New", "description": "", "limits": limits,
                "createTime": made["createTime"], "updateTime": updated,
            })
        };
        let body = json!({ "displayName": "New", "limits": limits });
        let (made, now) = self.call(Method::POST, path, body).await;
        let made = &made["plan"];
        let id = made["id"].as_str().unwrap().to_owned();
        let path = format!("{path}/{id}");
        let before = shown(made, shown_limits, &json!(now));
        let (name, details) = match operation {
            "create_plan" => ("tesseral.plans.create", json!({ "plan": before })),
            "update_plan" => {
                let (_, now) = self.call(Method::PATCH, &path, json!({ "limits": [] })).await;
                let after = shown(made, json!([]), &json!(now));
                ("tesseral.plans.update", json!({ "plan": after, "previousPlan": before }))
            }
            _ => {
                let _ = self.call(Method::DELETE, &path, json!({})).await;
                ("tesseral.plans.delete", json!({ "plan": before }))
            }
        };
        vec![(name, None, Some("plan"), Some(id), details)]
    }

    pub(super) async fn limit_override(&self, operation: &str) -> Vec<Entry> {
        // The entry tells of the override in the very shape of the answer.
        let path = "/v1/limit-overrides";
        let body = json!({ "namespace": "logins", "identifier": operation, "limit": 0, "windowSeconds": 60 });
        let (before, _) = self.call(Method::POST, path, body).await;
        let before = &before["limitOverride"];
        let id = before["id"].as_str().unwrap().to_owned();
        let path = format!("{path}/{id}");
        let (name, details) = match operation {
            "create_limit_override" => {
                ("tesseral.limit_overrides.create", json!({ "limitOverride": before }))
            }
            "update_limit_override" => {
                let change = json!({ "kind": "BUCKET", "limit": 5, "burst": 7 });
                let (after, _) = self.call(Method::PATCH, &path, change).await;
                let details =
                    json!({ "limitOverride": after["limitOverride"], "previousLimitOverride": before });
                ("tesseral.limit_overrides.update", details)
            }
            _ => {
                let _ = self.call(Method::DELETE, &path, json!({})).await;
                ("tesseral.limit_overrides.delete", json!({ "limitOverride": before }))
            }
        };
        vec![(name, None, Some("limit_override"), Some(id), details)]
    }
}
