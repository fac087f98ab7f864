//! API keys in the hands of an organization's people: who manages them, and what they may give.

use crate::support::{denied, give, id_of, make_key, path, two_people};
use lockwork_testkit::{Browser, TestApp};
use serde_json::{Value, json};

const ACTIONS: [&str; 4] =
    ["acme.widgets.read", "acme.widgets.write", "lockwork.api_keys.read", "lockwork.api_keys.write"];

async fn key_path(browser: &Browser, fields: Value) -> String {
    let made = make_key(browser, fields).await.ok();
    path(&format!("api-keys/{}", made["apiKey"]["id"].as_str().expect("an id")))
}

#[tokio::test]
async fn an_owner_makes_changes_rotates_and_ends_a_key() {
    let test = TestApp::new().await;
    test.actions(&ACTIONS).await;
    let (id, owner, _) = two_people(&test).await;
    let fields = json!({
        "displayName": "Deploy", "organizationId": "org_other", "planId": "plan_x", "credits": { "balance": 7 },
        "metadata": { "plan": "enterprise" }, "actions": ["acme.widgets.read"], "tags": ["ci"],
    });
    let made = make_key(&owner, fields).await.ok()["apiKey"].clone();
    for hidden in ["organizationId", "planId", "credits", "metadata", "externalId"] {
        assert_eq!(made.get(hidden), None);
    }
    assert_eq!(made["creator"], json!({ "userId": id_of(&owner).await }));
    let secret = made["secretToken"].as_str().expect("a secret");
    let verdict = test.verify(secret).await;
    assert_eq!((&verdict["valid"], &verdict["organizationId"]), (&json!(true), &json!(id)));
    let key = made["id"].as_str().expect("an id");
    let stored = test.client.get(&format!("/v1/api-keys/{key}")).await.ok()["apiKey"].clone();
    assert_eq!((stored.get("metadata"), stored.get("planId")), (None, None));

    let one = path(&format!("api-keys/{key}"));
    let change = json!({ "apiKey": { "displayName": "Renamed", "ipAllowlist": ["192.0.2.0/24"] } });
    let changed = owner.patch(&one, change).await.ok()["apiKey"].clone();
    assert_eq!(
        (&changed["displayName"], &changed["ipAllowlist"]),
        (&json!("Renamed"), &json!(["192.0.2.0/24"]))
    );
    let rotated = owner.post(&format!("{one}/rotate"), json!({ "overlapSeconds": 60 })).await.ok();
    assert_ne!(rotated["apiKey"]["secretToken"], made["secretToken"]);
    let _ = owner.post(&format!("{one}/end-rotation"), json!({})).await.ok();
    assert_eq!(owner.post(&format!("{one}/disable"), json!({})).await.ok()["apiKey"]["enabled"], false);
    assert_eq!(owner.post(&format!("{one}/enable"), json!({})).await.ok()["apiKey"]["enabled"], true);
    let _ = owner.delete(&one).await.refused(400, "failed_precondition");
    let _ = owner.post(&format!("{one}/revoke"), json!({ "reason": "leaked" })).await.ok();
    let ended = owner.get(&one).await.ok()["apiKey"].clone();
    assert_eq!((&ended["revoked"], &ended["revokeReason"]), (&json!(true), &json!("leaked")));
    let listed = owner.get(&path("api-keys?state=REVOKED&count=true")).await.ok();
    assert_eq!(listed["totalCount"], 1);
    let _ = owner.delete(&one).await.ok();
    assert_eq!(owner.get(&path("api-keys")).await.ok(), json!({}));
}

#[tokio::test]
async fn a_member_needs_the_action_to_see_and_the_other_one_to_change() {
    let test = TestApp::new().await;
    test.actions(&ACTIONS).await;
    let (_, owner, member) = two_people(&test).await;
    let one = key_path(&owner, json!({ "displayName": "The owner's" })).await;
    let all = path("api-keys");
    let refusal =
        "user must be an owner of the organization, or have a role with the action lockwork.api_keys.read";
    assert_eq!(denied(member.get(&all).await), refusal);
    let _ = denied(member.get(&one).await);
    let _ = denied(make_key(&member, json!({})).await);

    let bob = id_of(&member).await;
    let _ = give(&test, &bob, "Reader", &["lockwork.api_keys.read"]).await;
    assert_eq!(member.get(&all).await.ok()["apiKeys"].as_array().expect("keys").len(), 1);
    for (step, body) in [("rotate", json!({})), ("revoke", json!({})), ("disable", json!({}))] {
        let _ = denied(member.post(&format!("{one}/{step}"), body).await);
    }
    let _ = denied(member.patch(&one, json!({ "apiKey": { "displayName": "x" } })).await);
    let _ = denied(make_key(&member, json!({})).await);

    let _ = give(&test, &bob, "Writer", &["lockwork.api_keys.write"]).await;
    let _ = make_key(&member, json!({ "displayName": "Bob's" })).await.ok();
    let _ = member.post(&format!("{one}/rotate"), json!({})).await.ok();
}

#[tokio::test]
async fn nobody_gives_a_key_what_they_do_not_hold() {
    let test = TestApp::new().await;
    test.actions(&ACTIONS).await;
    let (_, owner, member) = two_people(&test).await;
    let bob = id_of(&member).await;
    let _ = give(&test, &bob, "Half", &["lockwork.api_keys.write", "acme.widgets.read"]).await;
    let strong_role = test.role("Strong", &["acme.widgets.read", "acme.widgets.write"]).await;
    let weak_role = test.role("Weak", &["acme.widgets.read"]).await;

    let _ = make_key(&member, json!({ "actions": ["acme.widgets.read"], "roleIds": [weak_role] })).await.ok();
    let refused = make_key(&member, json!({ "actions": ["acme.widgets.write"] })).await;
    assert!(denied(refused).contains("acme.widgets.write"));
    let refused = make_key(&member, json!({ "roleIds": [strong_role] })).await;
    assert!(denied(refused).contains("acme.widgets.write"));

    let weak = key_path(&member, json!({ "displayName": "Weak" })).await;
    let strong = key_path(&owner, json!({ "actions": ["acme.widgets.write"] })).await;
    let assign = |key: &str, role: &str| {
        let id = key.rsplit('/').next().expect("an id").to_owned();
        json!({ "apiKeyRoleAssignment": { "apiKeyId": id, "roleId": role } })
    };
    let assignments = path("api-key-role-assignments");
    let _ = denied(member.post(&assignments, assign(&weak, &strong_role)).await);
    let made = member.post(&assignments, assign(&weak, &weak_role)).await.ok();
    let assignment = made["apiKeyRoleAssignment"]["id"].as_str().expect("an id");
    let key = weak.rsplit('/').next().expect("an id");
    let listed = member.get(&format!("{assignments}?apiKeyId={key}")).await.ok();
    assert_eq!(listed["apiKeyRoleAssignments"].as_array().expect("assignments").len(), 1);
    let _ = member.delete(&format!("{assignments}/{assignment}")).await.ok();

    // Nor do they get at the secret of a key that may do more than they, or make it last.
    let _ = denied(member.post(&format!("{strong}/rotate"), json!({})).await);
    let _ = owner.post(&format!("{strong}/disable"), json!({})).await.ok();
    let _ = denied(member.post(&format!("{strong}/enable"), json!({})).await);
    let longer = json!({ "apiKey": { "expiresInSeconds": 1_000_000 } });
    let _ = denied(member.patch(&strong, longer).await);
    let _ = member.post(&format!("{strong}/revoke"), json!({})).await.ok();
}

#[tokio::test]
async fn keys_of_another_organization_do_not_exist() {
    let test = TestApp::new().await;
    test.actions(&ACTIONS).await;
    let (_, owner, _) = two_people(&test).await;
    let one = key_path(&owner, json!({ "displayName": "Ours" })).await;
    let stranger = test.member(&test.open_organization("Other").await, "eve@example.com", true).await;
    assert_eq!(stranger.get(&path("api-keys")).await.ok(), json!({}));
    let _ = stranger.get(&one).await.refused(404, "not_found");
    let change = json!({ "apiKey": { "displayName": "Theirs" } });
    let _ = stranger.patch(&one, change).await.refused(404, "not_found");
    for step in ["rotate", "revoke", "disable", "enable", "end-rotation"] {
        let _ = stranger.post(&format!("{one}/{step}"), json!({})).await.refused(404, "not_found");
    }
    let _ = stranger.delete(&one).await.refused(404, "not_found");
    let role = test.role("Reader", &["acme.widgets.read"]).await;
    let key = one.rsplit('/').next().expect("an id");
    let body = json!({ "apiKeyRoleAssignment": { "apiKeyId": key, "roleId": role } });
    let _ = stranger.post(&path("api-key-role-assignments"), body).await.refused(404, "not_found");
}
