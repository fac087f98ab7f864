//! What owners read of what happened in their organization.

use crate::support::{denied, id_of, make_key, path, two_people};
use lockwork_testkit::TestApp;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn owners_read_their_organizations_log_and_filter_it() {
    let test = TestApp::new().await;
    let (id, owner, member) = two_people(&test).await;
    let stranger = test.member(&test.open_organization("Other").await, "eve@example.com", true).await;
    test.clock.advance(Duration::from_secs(60));
    let _ = member.refresh().await.ok();
    test.clock.advance(Duration::from_secs(1));
    let began = test.app.now();
    let _ = make_key(&owner, json!({ "displayName": "A key" })).await.ok();
    let _ = make_key(&stranger, json!({ "displayName": "Another's" })).await.ok();

    let all = path("audit-log-events");
    let _ = denied(member.get(&all).await);
    let listed = owner.get(&format!("{all}?filterEventName=tesseral.api_keys.create")).await.ok();
    let events = listed["auditLogEvents"].as_array().expect("events");
    assert_eq!(events.len(), 1);
    let ada = id_of(&owner).await;
    assert_eq!((&events[0]["actorUserId"], &events[0]["organizationId"]), (&json!(ada), &json!(id)));
    assert!(events[0]["actorSessionId"].as_str().is_some());
    let since = owner.get(&format!("{all}?filterStartTime={began}&pageSize=100")).await.ok();
    assert_eq!(since["auditLogEvents"].as_array().expect("events").len(), 1);
    let until = owner.get(&format!("{all}?filterEndTime={began}&pageSize=100")).await.ok();
    let until = until["auditLogEvents"].as_array().cloned().expect("events");
    assert!(until.iter().all(|event| event["organizationId"] == json!(id)));
    let bob = id_of(&member).await;
    let his = owner.get(&format!("{all}?filterUserId={bob}")).await.ok();
    let his = his["auditLogEvents"].as_array().cloned().expect("events");
    assert!(his.iter().all(|event| event["actorUserId"] == json!(bob)));
    let eve = id_of(&stranger).await;
    assert_eq!(owner.get(&format!("{all}?filterUserId={eve}")).await.ok(), json!({}));
}
