//! Keys that are made side by side share transactions; nobody may notice.

use lockwork_testkit::TestApp;
use lockwork_testkit::databases::Kind;
use serde_json::{Value, json};
use std::collections::HashSet;

const CALLERS: usize = 40;

async fn callers_at_once_each_get_their_own_key_or_their_own_refusal(kind: Kind) {
    let test = TestApp::on(kind).await;
    test.actions(&["acme.widgets.read"]).await;
    let (on, other) = (test.organization("On").await, test.other_project().await);
    let made = test.client.post("/v1/organizations", json!({ "displayName": "Off" })).await.ok();
    let off = made["organization"]["id"].as_str().unwrap().to_owned();
    let role = test.role("Reader", &["acme.widgets.read"]).await;
    let missing = "role_0000000000000000000000000";

    let mut calls = tokio::task::JoinSet::new();
    for number in 0..CALLERS {
        let (client, on, off, role) = (test.client.clone(), on.clone(), off.clone(), role.clone());
        let other = other.clone();
        calls.spawn(async move {
            let body = |organization: &str, role: &str| {
                json!({ "apiKey": {
                    "organizationId": organization, "displayName": format!("Key {number}"), "roleIds": [role],
                } })
            };
            match number % 4 {
                0 | 1 => Some((number, client.post("/v1/api-keys", body(&on, &role)).await.ok())),
                2 => {
                    let refused = client.post("/v1/api-keys", body(&on, missing)).await;
                    assert_eq!(refused.refused(404, "not_found"), "role not found");
                    let refused = other.post("/v1/api-keys", body(&on, &role)).await;
                    assert_eq!(refused.refused(404, "not_found"), "organization not found");
                    None
                }
                _ => {
                    let refused = client.post("/v1/api-keys", body(&off, &role)).await;
                    let problem = "api keys are not enabled for this organization";
                    assert_eq!(refused.refused(403, "permission_denied"), problem);
                    None
                }
            }
        });
    }
    let made: Vec<(usize, Value)> = calls.join_all().await.into_iter().flatten().collect();
    assert_eq!(made.len(), CALLERS / 2);
    let secrets: HashSet<&str> =
        made.iter().map(|(_, key)| key["apiKey"]["secretToken"].as_str().unwrap()).collect();
    assert_eq!(secrets.len(), made.len());
    for (number, key) in &made {
        let key = &key["apiKey"];
        let verdict = test.verify(key["secretToken"].as_str().unwrap()).await;
        assert_eq!(verdict["apiKeyId"], key["id"]);
        assert_eq!(verdict["displayName"], format!("Key {number}"));
        assert_eq!(verdict["actions"], json!(["acme.widgets.read"]));
        let path = format!("/v1/audit-log-events?resourceId={}", key["id"].as_str().unwrap());
        let log = test.client.get(&path).await.ok();
        let names: HashSet<&str> = log["auditLogEvents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["eventName"].as_str().unwrap())
            .collect();
        assert_eq!(log["auditLogEvents"].as_array().unwrap().len(), 2, "each entry once");
        assert_eq!(names, HashSet::from(["tesseral.api_keys.create", "tesseral.api_keys.assign_role"]));
    }
    let listed = test.client.get(&format!("/v1/api-keys?organizationId={on}&pageSize=100")).await.ok();
    assert_eq!(listed["apiKeys"].as_array().unwrap().len(), made.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_at_once_each_get_their_own_key_or_their_own_refusal_on_sqlite() {
    callers_at_once_each_get_their_own_key_or_their_own_refusal(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_at_once_each_get_their_own_key_or_their_own_refusal_on_postgres() {
    callers_at_once_each_get_their_own_key_or_their_own_refusal(Kind::Postgres).await;
}
