//! Personal API keys: everybody's own, where the organization allows them.

use crate::support::{denied, give, id_of, make_key, patch, path, two_people};
use lockwork_testkit::TestApp;
use serde_json::json;

#[tokio::test]
async fn everybody_manages_the_keys_that_they_made_and_owners_all() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.read"]).await;
    let (id, owner, member) = two_people(&test).await;
    let _ = denied(make_key(&member, json!({})).await);
    patch(&test, &id, json!({ "personalApiKeysEnabled": true })).await;
    let mine = make_key(&member, json!({ "displayName": "Mine" })).await.ok()["apiKey"].clone();
    let theirs = make_key(&owner, json!({ "displayName": "Theirs" })).await.ok()["apiKey"].clone();
    let refused = make_key(&member, json!({ "actions": ["acme.widgets.read"] })).await;
    assert!(denied(refused).contains("acme.widgets.read"));

    let listed = member.get(&path("api-keys?count=true")).await.ok();
    assert_eq!((&listed["totalCount"], &listed["apiKeys"][0]["displayName"]), (&json!(1), &json!("Mine")));
    let one = |key: &serde_json::Value| path(&format!("api-keys/{}", key["id"].as_str().expect("an id")));
    let _ = member.get(&one(&theirs)).await.refused(404, "not_found");
    let _ = member.post(&format!("{}/revoke", one(&theirs)), json!({})).await.refused(404, "not_found");
    let _ = member.post(&format!("{}/rotate", one(&mine)), json!({})).await.ok();
    let _ = owner.post(&format!("{}/disable", one(&mine)), json!({})).await.ok();
    assert_eq!(owner.get(&path("api-keys")).await.ok()["apiKeys"].as_array().expect("keys").len(), 2);
}

#[tokio::test]
async fn whose_key_it_is_sees_what_it_may_do_and_what_is_left_of_its_limits() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.read"]).await;
    let (id, owner, member) = two_people(&test).await;
    let shared = json!({ "name": "requests", "kind": "WINDOW", "limit": 5, "windowSeconds": 60 });
    patch(&test, &id, json!({ "personalApiKeysEnabled": true, "limits": [shared] })).await;
    give(&test, &id_of(&member).await, "Reader", &["acme.widgets.read"]).await;
    let mine = make_key(&member, json!({ "actions": ["acme.widgets.read"] })).await.ok()["apiKey"].clone();
    let theirs = make_key(&owner, json!({})).await.ok()["apiKey"].clone();
    assert_eq!(test.verify(mine["secretToken"].as_str().expect("a secret")).await["valid"], true);

    let listed = member.get(&path("api-keys")).await.ok()["apiKeys"].clone();
    assert_eq!(listed.as_array().expect("keys").len(), 1);
    assert_eq!(listed[0]["effectiveActions"], json!(["acme.widgets.read"]));
    let limits =
        |key: &serde_json::Value| path(&format!("api-keys/{}/limits", key["id"].as_str().expect("an id")));
    let left = member.get(&limits(&mine)).await.ok();
    assert_eq!(
        (&left["limits"][0]["name"], &left["limits"][0]["remaining"]),
        (&json!("organization.requests"), &json!(4))
    );
    let _ = member.get(&limits(&theirs)).await.refused(404, "not_found");
    assert_eq!(owner.get(&limits(&theirs)).await.ok()["limits"][0]["remaining"], 4);
}

#[tokio::test]
async fn the_personal_keys_of_somebody_who_is_removed_end() {
    let test = TestApp::new().await;
    let (id, owner, member) = two_people(&test).await;
    patch(&test, &id, json!({ "personalApiKeysEnabled": true })).await;
    let made = make_key(&member, json!({ "displayName": "Bob's" })).await.ok()["apiKey"].clone();
    let secret = made["secretToken"].as_str().expect("a secret");
    assert_eq!(test.verify(secret).await["valid"], true);
    let bob = id_of(&member).await;
    let _ = owner.delete(&path(&format!("users/{bob}"))).await.ok();
    assert_eq!(test.verify(secret).await["valid"], false);
}
