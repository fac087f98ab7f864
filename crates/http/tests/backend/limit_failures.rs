//! What happens when a limit cannot be counted for want of room. Without a database: see the server's tests.

use crate::support::{codes, window};
use lockwork_app::{LimitOptions, OnFailure};
use lockwork_testkit::TestApp;
use lockwork_testkit::app::options;
use lockwork_testkit::databases::TestDatabase;
use serde_json::{Value, json};

/// A node with room for no counter of a rate at all.
async fn crowded(rates_on_failure: OnFailure) -> (TestApp, String) {
    let limits = LimitOptions { max_counters: 0, rates_on_failure, ..LimitOptions::default() };
    let test =
        TestApp::with(TestDatabase::sqlite().await, lockwork_app::Options { limits, ..options() }).await;
    let organization = test.organization("Customer").await;
    let fields = json!({ "limits": [window("requests", 1, 60)], "credits": { "remaining": 2 } });
    let (_, secret) = test.api_key(&organization, fields).await;
    (test, secret)
}

async fn check(test: &TestApp) -> Value {
    let check = json!({ "namespace": "a", "identifier": "b", "limit": 1, "windowSeconds": 60 });
    test.client.post("/v1/limits/check", json!({ "checks": [check] })).await.ok()["allowed"].clone()
}

#[tokio::test]
async fn without_room_to_count_rates_let_in_and_credits_still_count() {
    let (test, secret) = crowded(OnFailure::Allow).await;
    assert_eq!(codes(&test, &secret).await, ["VALID", "VALID", "CREDITS_EXHAUSTED"]);
    for _ in 0..3 {
        assert_eq!(check(&test).await, true);
    }
}

#[tokio::test]
async fn without_room_to_count_rates_refuse_where_the_operator_chose_so() {
    let (test, secret) = crowded(OnFailure::Refuse).await;
    assert_eq!(codes(&test, &secret).await, ["RATE_LIMITED", "RATE_LIMITED"]);
    assert_eq!(check(&test).await, false);
    let refused = test.client.post("/v1/api-keys/authenticate", json!({ "secretToken": secret })).await;
    let _ = refused.refused(429, "resource_exhausted");
}
