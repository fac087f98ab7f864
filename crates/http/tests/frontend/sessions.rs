//! Refreshing, logging out, and what ends a session.

use crate::support::{ADA, id_of, patch, path, two_people};
use lockwork_testkit::{Browser, TestApp};
use serde_json::json;
use std::time::Duration;

const DAY: u64 = 24 * 60 * 60;

async fn refused(browser: &Browser) {
    let _ = browser.refresh().await.refused(401, "unauthenticated");
    let _ = browser.get(&path("me")).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_cookie_refreshes_the_session_and_both_cookies() {
    let test = TestApp::new().await;
    let (_, owner, _) = two_people(&test).await;
    let before = owner.cookie("access_token");
    test.clock.advance(Duration::from_secs(300));
    assert_eq!(owner.cookie("access_token"), None);
    let _ = owner.get(&path("me")).await.refused(401, "unauthenticated");
    let refreshed = owner.refresh().await.ok();
    assert_eq!(owner.cookie("access_token").as_deref(), refreshed["accessToken"].as_str());
    assert_ne!(owner.cookie("access_token"), before);
    assert_eq!(owner.me().await["email"], ADA);
}

#[tokio::test]
async fn a_token_in_the_body_needs_no_cookie_and_sets_none() {
    let test = TestApp::new().await;
    let (_, owner, _) = two_people(&test).await;
    let token = json!({ "refresh_token": owner.cookie("refresh_token") });
    let server = test.browser(&test.client).await.called_from(None);
    let answer = server.post(&path("refresh"), token).await;
    assert_eq!(answer.headers.get("set-cookie"), None);
    let token = answer.ok()["accessToken"].as_str().expect("a token").to_owned();
    assert_eq!(server.bearing(&token).me().await["email"], ADA);
    for wrong in [json!({}), json!({ "refreshToken": "" }), json!({ "refreshToken": "x" })] {
        let _ = server.post(&path("refresh"), wrong).await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_cookie_that_does_not_hold_is_cleared() {
    let test = TestApp::new().await;
    let (_, owner, _) = two_people(&test).await;
    let other = owner.clone();
    let session = owner.get(&path("me/sessions")).await.ok()["sessions"][0]["id"].clone();
    let session = session.as_str().expect("an id");
    let _ = test.client.post(&format!("/v1/sessions/{session}/revoke"), json!({})).await.ok();
    let _ = owner.refresh().await.refused(401, "unauthenticated");
    assert_eq!((other.cookie("refresh_token"), other.cookie("access_token")), (None, None));
}

#[tokio::test]
async fn a_session_ends_after_seven_idle_days_and_after_thirty_at_most() {
    let test = TestApp::new().await;
    let (_, owner, member) = two_people(&test).await;
    for _ in 0..4 {
        test.clock.advance(Duration::from_secs(7 * DAY - 1));
        let _ = owner.refresh().await.ok();
    }
    // The last cookie lives as long as the session may.
    test.clock.advance(Duration::from_secs(2 * DAY + 3));
    assert!(owner.cookie("refresh_token").is_some());
    let _ = owner.refresh().await.ok();
    test.clock.advance(Duration::from_secs(1));
    assert_eq!(owner.cookie("refresh_token"), None);
    assert_eq!(member.cookie("refresh_token"), None);
}

#[tokio::test]
async fn an_idle_session_is_over_for_whoever_kept_its_token() {
    let test = TestApp::new().await;
    let (_, owner, _) = two_people(&test).await;
    let token = json!({ "refreshToken": owner.cookie("refresh_token") });
    test.clock.advance(Duration::from_secs(7 * DAY));
    let kept = test.browser(&test.client).await;
    let _ = kept.post(&path("refresh"), token).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn logging_out_ends_the_session_at_once_and_clears_the_cookies() {
    let test = TestApp::new().await;
    let (_, owner, member) = two_people(&test).await;
    let (refresh, access) = (owner.cookie("refresh_token"), owner.cookie("access_token"));
    let _ = owner.post(&path("logout"), json!({})).await.ok();
    assert_eq!((owner.cookie("refresh_token"), owner.cookie("access_token")), (None, None));
    let kept = test.browser(&test.client).await;
    let replayed = kept.post(&path("refresh"), json!({ "refreshToken": refresh })).await;
    let _ = replayed.refused(401, "unauthenticated");
    let replayed = kept.bearing(&access.expect("a token")).get(&path("me")).await;
    let _ = replayed.refused(401, "unauthenticated");
    let _ = member.refresh().await.ok();
    let _ = owner.post(&path("logout"), json!({})).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_refresh_cookie_alone_logs_out_too() {
    let test = TestApp::new().await;
    let (_, owner, _) = two_people(&test).await;
    let token = json!({ "refreshToken": owner.cookie("refresh_token") });
    test.clock.advance(Duration::from_secs(300));
    let _ = owner.post(&path("logout"), json!({})).await.ok();
    assert_eq!(owner.cookie("refresh_token"), None);
    let kept = test.browser(&test.client).await;
    let _ = kept.post(&path("refresh"), token).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn removing_a_user_ends_their_sessions_at_once() {
    let test = TestApp::new().await;
    let (_, owner, member) = two_people(&test).await;
    let bob = id_of(&member).await;
    let _ = owner.delete(&path(&format!("users/{bob}"))).await.ok();
    refused(&member).await;
}

#[tokio::test]
async fn disabling_an_organization_or_a_project_shuts_everybody_out_at_once() {
    let test = TestApp::new().await;
    let (organization, owner, _) = two_people(&test).await;
    let elsewhere = test.member(&test.open_organization("Other").await, "eve@example.com", true).await;
    patch(&test, &organization, json!({ "loginsDisabled": true })).await;
    refused(&owner).await;
    let _ = elsewhere.refresh().await.ok();
    let _ = test.client.patch("/v1/project", json!({ "loginsDisabled": true })).await.ok();
    refused(&elsewhere).await;
}

#[tokio::test]
async fn other_sites_neither_refresh_nor_log_out_nor_change_anything() {
    let test = TestApp::new().await;
    let (_, owner, _) = two_people(&test).await;
    for origin in [Some("https://evil.example"), Some("null"), None] {
        let forged = owner.called_from(origin);
        let _ = forged.refresh().await.refused(403, "permission_denied");
        let _ = forged.post(&path("logout"), json!({})).await.refused(403, "permission_denied");
        let change = json!({ "displayName": "Forged" });
        let _ = forged.patch(&path("organization"), change).await.refused(403, "permission_denied");
    }
    assert_eq!(owner.me().await["email"], ADA);
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions_only() {
    let test = TestApp::new().await;
    let (organization, owner, member) = two_people(&test).await;
    test.clock.advance(Duration::from_secs(1));
    let again = test.browser(&test.client).await;
    let _ = again.sign_in_to(&organization, ADA).await;
    let listed =
        owner.get(&path("me/sessions")).await.ok()["sessions"].as_array().cloned().expect("sessions");
    assert_eq!(listed.len(), 2);
    for session in &listed {
        let revoke = path(&format!("me/sessions/{}/revoke", session["id"].as_str().expect("an id")));
        let _ = member.post(&revoke, json!({})).await.refused(404, "not_found");
    }
    let newest = listed[0]["id"].as_str().expect("an id");
    let _ = owner.post(&path(&format!("me/sessions/{newest}/revoke")), json!({})).await.ok();
    refused(&again).await;
    let _ = owner.refresh().await.ok();
}
