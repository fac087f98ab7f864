//! The caller's organization, and what they see of the project.

use crate::support::{denied, patch, path, two_people};
use lockwork_testkit::TestApp;
use serde_json::json;

#[tokio::test]
async fn members_look_and_owners_change_what_is_theirs_to_decide() {
    let test = TestApp::new().await;
    let (id, owner, member) = two_people(&test).await;
    let shown = member.get(&path("organization")).await.ok()["organization"].clone();
    assert_eq!((&shown["id"], &shown["displayName"]), (&json!(id), &json!("Customer")));
    assert_eq!(shown.get("planId"), None);
    let change = json!({
        "displayName": "Renamed", "logInWithPasskey": true, "personalApiKeysEnabled": true,
        "apiKeysEnabled": false, "customRolesEnabled": true, "loginsDisabled": true, "id": "org_x",
    });
    let _ = denied(member.patch(&path("organization"), change.clone()).await);
    let changed = owner.patch(&path("organization"), change).await.ok()["organization"].clone();
    assert_eq!((&changed["displayName"], &changed["logInWithPasskey"]), (&json!("Renamed"), &json!(true)));
    assert_eq!((&changed["apiKeysEnabled"], &changed["customRolesEnabled"]), (&json!(true), &json!(false)));
    assert_eq!(changed["personalApiKeysEnabled"], true);
    let mfa = owner.patch(&path("organization"), json!({ "requireMfa": true })).await.ok();
    assert_eq!(mfa["organization"]["requireMfa"], true);
    let google = owner.patch(&path("organization"), json!({ "logInWithGoogle": true })).await;
    assert_eq!(denied(google), "log in with google is not enabled for this project");
}

#[tokio::test]
async fn the_lists_of_domains_and_tenants_are_the_owners() {
    let test = TestApp::new().await;
    let (id, owner, member) = two_people(&test).await;
    for (part, field, wrapper, entry) in [
        ("google-hosted-domains", "googleHostedDomains", "organizationGoogleHostedDomains", "example.com"),
        (
            "microsoft-tenant-ids",
            "microsoftTenantIds",
            "organizationMicrosoftTenantIds",
            "8f2d1c5e-6a3b-4c7d-9e0f-1a2b3c4d5e6f",
        ),
    ] {
        let body = json!({ field: [entry] });
        let _ = denied(member.patch(&path(part), body.clone()).await);
        let wanted = json!({ wrapper: { "organizationId": id, field: [entry] } });
        assert_eq!(owner.patch(&path(part), body).await.ok(), wanted);
        assert_eq!(member.get(&path(part)).await.ok(), wanted);
    }
}

#[tokio::test]
async fn the_project_and_its_actions_are_shown_without_what_is_the_developers() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.read"]).await;
    let (_, _, member) = two_people(&test).await;
    let project = member.get(&path("project")).await.ok()["project"].clone();
    assert_eq!((&project["displayName"], &project["vaultDomain"]), (&json!("Acme"), &json!(member.host())));
    for hidden in ["googleOauthClientId", "trustedDomains", "cookieDomain", "redirectUri"] {
        assert_eq!(project.get(hidden), None);
    }
    let policy = member.get(&path("rbac-policy")).await.ok();
    assert_eq!(policy["rbacPolicy"]["actions"][0]["name"], "acme.widgets.read");
}

#[tokio::test]
async fn roles_of_their_own_are_the_owners_where_the_organization_may_have_them() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.read"]).await;
    let (id, owner, member) = two_people(&test).await;
    let everywhere = test.role("Everywhere", &["acme.widgets.read"]).await;
    let body = json!({ "displayName": "Ours", "actions": ["acme.widgets.read"], "organizationId": "org_x" });
    let _ = owner.post(&path("roles"), body.clone()).await.refused(400, "failed_precondition");
    patch(&test, &id, json!({ "customRolesEnabled": true })).await;
    let _ = denied(member.post(&path("roles"), body.clone()).await);
    let made = owner.post(&path("roles"), body).await.ok()["role"].clone();
    assert_eq!(made["organizationId"], json!(id));
    let ours = made["id"].as_str().expect("an id");
    let listed = member.get(&path("roles")).await.ok();
    assert_eq!(listed["roles"][0]["id"], json!(everywhere));
    let listed = member.get(&path(&format!("roles?organizationId={id}"))).await.ok();
    assert_eq!(listed["roles"], json!([made]));

    let change = json!({ "displayName": "Changed" });
    let refused = owner.patch(&path(&format!("roles/{everywhere}")), change.clone()).await;
    assert!(matches!(refused.status.as_u16(), 403 | 404), "{}", refused.text);
    let changed = owner.patch(&path(&format!("roles/{ours}")), change.clone()).await.ok();
    assert_eq!(changed["role"]["displayName"], "Changed");
    let other = test.open_organization("Other").await;
    patch(&test, &other, json!({ "customRolesEnabled": true })).await;
    let stranger = test.member(&other, "eve@example.com", true).await;
    let _ = stranger.get(&path(&format!("roles/{ours}"))).await.refused(404, "not_found");
    let _ = stranger.patch(&path(&format!("roles/{ours}")), change).await.refused(404, "not_found");
    let _ = stranger.delete(&path(&format!("roles/{ours}"))).await.refused(404, "not_found");
    let _ = owner.delete(&path(&format!("roles/{ours}"))).await.ok();
}
