//! A change of limits or permissions made at one node is in the verdicts of the other within a second.

use crate::clients::{ApiKey, Client, text};
use crate::nodes::within_a_second;
use crate::several::Pair;
use serde_json::{Value, json};

/// The first limit and what is left of it, as a node sees them.
async fn first_limit(client: &Client, key: &ApiKey) -> Value {
    let verdict = client.verify(&key.secret, json!({ "cost": 0 })).await;
    verdict["limits"][0]["limit"].clone()
}

/// All keys come to have this limit, `null` for none.
async fn limit_reaches(clients: [&Client; 2], keys: &[ApiKey], limit: Value) {
    let [a, b] = clients;
    for key in keys {
        assert_eq!(first_limit(a, key).await, limit);
    }
    within_a_second(&format!("every limit is {limit}"), async || {
        for key in keys {
            if first_limit(b, key).await != limit {
                return None;
            }
        }
        Some(())
    })
    .await;
}

async fn code_reaches(clients: [&Client; 2], key: &ApiKey, fields: Value, code: &str) {
    let [a, b] = clients;
    let verdict = async |client: &Client| text(&client.verify(&key.secret, fields.clone()).await["code"]);
    assert_eq!(verdict(a).await, code);
    within_a_second(&format!("the code is {code}"), async || (verdict(b).await == code).then_some(())).await;
}

/// Makes a plan's changes at the first node.
async fn plan_edits(clients: [&Client; 2]) {
    let [a, _] = clients;
    let limits = |limit: u64| json!([{ "name": "a", "kind": "WINDOW", "limit": limit, "windowSeconds": 60 }]);
    let plan = json!({ "displayName": "A plan", "limits": limits(10) });
    let plan = text(&a.post("/v1/plans", plan).await["plan"]["id"]);
    let on_key = a.organization().await;
    let on_organization = a.organization().await;
    let mut keys = Vec::new();
    for _ in 0..3 {
        keys.push(a.api_key_with(&on_key, json!({ "planId": plan })).await);
        keys.push(a.api_key_with(&on_organization, json!({})).await);
    }
    a.patch(&format!("/v1/organizations/{on_organization}"), json!({ "planId": plan })).await;
    limit_reaches(clients, &keys, json!(10)).await;
    for limit in [7, 1_000_000, 1] {
        a.patch(&format!("/v1/plans/{plan}"), json!({ "limits": limits(limit) })).await;
        limit_reaches(clients, &keys, json!(limit)).await;
    }
    // In effect, and not only shown.
    for client in clients {
        for key in &keys[..1] {
            assert_eq!(client.verdict(&key.secret).await, "VALID");
            assert_eq!(client.verdict(&key.secret).await, "RATE_LIMITED");
        }
    }
    a.patch(&format!("/v1/plans/{plan}"), json!({ "limits": [] })).await;
    limit_reaches(clients, &keys, Value::Null).await;
    a.patch(&format!("/v1/organizations/{on_organization}"), json!({ "limits": limits(5) })).await;
    limit_reaches(clients, &[keys.remove(1)], json!(5)).await;
}

/// Makes changes of a role and switches of an organization and of a key at the first node.
async fn role_edits_and_switches(clients: [&Client; 2]) {
    let [a, _] = clients;
    let actions = json!([{ "name": "acme.widgets.read" }, { "name": "acme.widgets.write" }]);
    a.put("/v1/rbac-policy", json!({ "rbacPolicy": { "actions": actions } })).await;
    let role = json!({ "displayName": "A role", "actions": ["acme.widgets.read"] });
    let role = text(&a.post("/v1/roles", role).await["role"]["id"]);
    let organization = a.organization().await;
    let key = a.api_key_with(&organization, json!({ "roleIds": [role] })).await;
    let read = json!({ "permissions": "acme.widgets.read" });
    code_reaches(clients, &key, read.clone(), "VALID").await;
    for (actions, code) in
        [("acme.widgets.write", "INSUFFICIENT_PERMISSIONS"), ("acme.widgets.read", "VALID")]
    {
        a.patch(&format!("/v1/roles/{role}"), json!({ "actions": [actions] })).await;
        code_reaches(clients, &key, read.clone(), code).await;
    }
    for (enabled, code) in [(false, "ORGANIZATION_DISABLED"), (true, "VALID")] {
        a.patch(&format!("/v1/organizations/{organization}"), json!({ "apiKeysEnabled": enabled })).await;
        code_reaches(clients, &key, json!({}), code).await;
    }
    for (switch, code) in [("disable", "DISABLED"), ("enable", "VALID")] {
        a.post(&format!("/v1/api-keys/{}/{switch}", key.id), json!({})).await;
        code_reaches(clients, &key, json!({}), code).await;
    }
    let networks = json!({ "apiKey": { "ipAllowlist": ["192.0.2.0/24"] } });
    a.patch(&format!("/v1/api-keys/{}", key.id), networks).await;
    code_reaches(clients, &key, json!({ "ipAddress": "198.51.100.1" }), "ADDRESS_NOT_ALLOWED").await;
    code_reaches(clients, &key, json!({ "ipAddress": "192.0.2.7" }), "VALID").await;
}

/// A balance that is set anew makes blocks of the old one worthless, on the node that holds them too.
async fn a_new_balance(clients: [&Client; 2]) {
    let [a, b] = clients;
    let organization = a.organization().await;
    let credits = |remaining: u64| json!({ "credits": { "remaining": remaining, "blockSize": 50 } });
    let key = a.api_key_with(&organization, credits(1_000)).await;
    within_a_second("both nodes hold a block", async || {
        (b.verdict(&key.secret).await == "VALID").then_some(())
    })
    .await;
    assert_eq!(a.verdict(&key.secret).await, "VALID");
    a.patch(&format!("/v1/api-keys/{}", key.id), json!({ "apiKey": credits(0) })).await;
    code_reaches(clients, &key, json!({}), "CREDITS_EXHAUSTED").await;
    a.patch(&format!("/v1/api-keys/{}", key.id), json!({ "apiKey": { "credits": null } })).await;
    code_reaches(clients, &key, json!({}), "VALID").await;
}

#[tokio::test]
async fn edits_of_plans_reach_the_verdicts_of_all_their_keys_on_the_other_node_within_a_second() {
    let pair = Pair::new().await;
    let (a, b) = pair.clients();
    plan_edits([&a, &b]).await;
    plan_edits([&b, &a]).await;
}

#[tokio::test]
async fn edits_of_roles_and_switches_reach_the_verdicts_on_the_other_node_within_a_second() {
    let pair = Pair::new().await;
    let (a, b) = pair.clients();
    role_edits_and_switches([&a, &b]).await;
    role_edits_and_switches([&b, &a]).await;
}

#[tokio::test]
async fn a_balance_that_is_set_reaches_the_other_node_within_a_second() {
    let pair = Pair::new().await;
    let (a, b) = pair.clients();
    a_new_balance([&a, &b]).await;
    a_new_balance([&b, &a]).await;
}
