//! Users, invitations and the roles of people.

use crate::support::{ADA, BOB, denied, id_of, path, two_people};
use lockwork_testkit::TestApp;
use serde_json::json;

const EVE: &str = "eve@example.com";

#[tokio::test]
async fn members_see_their_colleagues_and_nobody_else() {
    let test = TestApp::new().await;
    let (_, owner, member) = two_people(&test).await;
    let stranger = test.member(&test.open_organization("Other").await, EVE, true).await;
    let listed = member.get(&path("users")).await.ok()["users"].as_array().cloned().expect("users");
    let mut emails: Vec<&str> = listed.iter().filter_map(|user| user["email"].as_str()).collect();
    emails.sort_unstable();
    assert_eq!(emails, [ADA, BOB]);
    let found = member.get(&path("users?search=ada")).await.ok();
    assert_eq!(found["users"].as_array().expect("users").len(), 1);
    let (ada, eve) = (id_of(&owner).await, id_of(&stranger).await);
    assert_eq!(member.get(&path(&format!("users/{ada}"))).await.ok()["user"]["email"], ADA);
    let _ = owner.get(&path(&format!("users/{eve}"))).await.refused(404, "not_found");
    let promote = json!({ "owner": false });
    let _ = owner.patch(&path(&format!("users/{eve}")), promote).await.refused(404, "not_found");
    let _ = owner.delete(&path(&format!("users/{eve}"))).await.refused(404, "not_found");
}

#[tokio::test]
async fn owners_make_owners_and_the_last_one_stays() {
    let test = TestApp::new().await;
    let (_, owner, member) = two_people(&test).await;
    let (ada, bob) = (id_of(&owner).await, id_of(&member).await);
    let promote = json!({ "owner": true, "email": "mallory@example.com" });
    let _ = denied(member.patch(&path(&format!("users/{bob}")), promote.clone()).await);
    let _ = denied(member.delete(&path(&format!("users/{ada}"))).await);
    for part in [format!("users/{ada}")] {
        let demoted = owner.patch(&path(&part), json!({ "owner": false })).await;
        let _ = demoted.refused(400, "failed_precondition");
        let removed = owner.delete(&path(&part)).await;
        assert!(matches!(removed.status.as_u16(), 400 | 403), "{}", removed.text);
    }
    let promoted = owner.patch(&path(&format!("users/{bob}")), promote).await.ok()["user"].clone();
    assert_eq!((&promoted["owner"], &promoted["email"]), (&json!(true), &json!(BOB)));
    // An owner at once, not only after the next refresh.
    let demoted = member.patch(&path(&format!("users/{ada}")), json!({ "owner": false })).await.ok();
    assert_eq!(demoted["user"]["owner"], false);
    let _ = denied(owner.delete(&path(&format!("users/{bob}"))).await);
}

#[tokio::test]
async fn owners_invite_and_whoever_is_invited_joins() {
    let test = TestApp::new().await;
    let (id, owner, member) = two_people(&test).await;
    let invite = json!({ "email": EVE });
    let _ = denied(member.post(&path("user-invites"), invite.clone()).await);
    let made = owner.post(&path("user-invites?sendEmail=true"), invite.clone()).await.ok();
    assert_eq!(test.mailbox.messages()[0].to, EVE);
    assert_eq!(made["userInvite"]["organizationId"], json!(id));
    let invite_path = path(&format!("user-invites/{}", made["userInvite"]["id"].as_str().expect("an id")));
    assert_eq!(member.get(&invite_path).await.ok(), made);
    assert_eq!(member.get(&path("user-invites")).await.ok()["userInvites"], json!([made["userInvite"]]));
    let known = owner.post(&path("user-invites"), json!({ "email": BOB })).await;
    let _ = known.refused(400, "failed_precondition");

    let stranger = test.member(&test.open_organization("Other").await, "mallory@example.com", true).await;
    let _ = stranger.get(&invite_path).await.refused(404, "not_found");
    let _ = stranger.delete(&invite_path).await.refused(404, "not_found");
    let eve = test.browser(&test.client).await;
    let _ = eve.sign_in_to(&id, EVE).await;
    assert_eq!(eve.me().await["organizationId"], json!(id));
    assert_eq!(owner.get(&path("user-invites")).await.ok(), json!({}));

    let _ = test.client.patch("/v1/project", json!({ "selfServeCreateUsers": false })).await.ok();
    let _ = denied(owner.post(&path("user-invites"), json!({ "email": "x@example.com" })).await);
}

#[tokio::test]
async fn owners_give_and_take_roles() {
    let test = TestApp::new().await;
    test.actions(&["acme.widgets.read"]).await;
    let (_, owner, member) = two_people(&test).await;
    let (bob, role) = (id_of(&member).await, test.role("Reader", &["acme.widgets.read"]).await);
    let body = json!({ "userId": bob, "roleId": role });
    let _ = denied(member.post(&path("user-role-assignments"), body.clone()).await);
    let made = owner.post(&path("user-role-assignments"), body.clone()).await.ok();
    assert_eq!(owner.post(&path("user-role-assignments"), body.clone()).await.ok(), made);
    let listed = member.get(&path(&format!("user-role-assignments?userId={bob}"))).await.ok();
    assert_eq!(listed["userRoleAssignments"], json!([made["userRoleAssignment"]]));
    let one =
        path(&format!("user-role-assignments/{}", made["userRoleAssignment"]["id"].as_str().expect("an id")));
    assert_eq!(member.get(&one).await.ok(), made);
    let stranger = test.member(&test.open_organization("Other").await, EVE, true).await;
    let _ = stranger.get(&one).await.refused(404, "not_found");
    let _ = stranger.delete(&one).await.refused(404, "not_found");
    let _ = stranger.post(&path("user-role-assignments"), body).await.refused(404, "not_found");
    let by_role = stranger.get(&path(&format!("user-role-assignments?roleId={role}"))).await.ok();
    assert_eq!(by_role, json!({}));
    let neither = member.get(&path("user-role-assignments")).await;
    let _ = neither.refused(400, "invalid_argument");
    let _ = denied(member.delete(&one).await);
    let _ = owner.delete(&one).await.ok();
}
