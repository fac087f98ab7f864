//! What happens when a limit cannot be counted for want of room. Without a database: see the server's tests.

use crate::support::{codes, window};
use lockwork_app::{LimitOptions, OnFailure};
use lockwork_testkit::TestApp;
use lockwork_testkit::app::options;
use lockwork_testkit::databases::TestDatabase;
use serde_json::{Value, json};

/// A node with room for so many counters of rates.
async fn with_room(max_counters: usize, rates_on_failure: OnFailure) -> TestApp {
    let limits = LimitOptions { max_counters, rates_on_failure, ..LimitOptions::default() };
    TestApp::with(TestDatabase::sqlite().await, lockwork_app::Options { limits, ..options() }).await
}

/// A node with room for no counter of a rate at all.
async fn crowded(rates_on_failure: OnFailure) -> (TestApp, String) {
    let test = with_room(0, rates_on_failure).await;
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

#[tokio::test]
async fn a_limit_that_has_its_counter_goes_on_counting_beside_one_that_finds_no_room() {
    let test = with_room(1, OnFailure::Allow).await;
    let organization = test.organization("Customer").await;
    let limits = json!([window("first", 2, 60), window("second", 1, 60)]);
    let (_, secret) = test.api_key(&organization, json!({ "limits": limits })).await;
    assert_eq!(codes(&test, &secret).await, ["VALID", "VALID", "RATE_LIMITED"]);
    let check = |identifier: &str, limit: u64| json!({ "namespace": "a", "identifier": identifier, "limit": limit, "windowSeconds": 60 });
    let test = with_room(1, OnFailure::Allow).await;
    for allowed in [true, true, false] {
        let checks = json!({ "checks": [check("first", 2), check("second", 1)] });
        assert_eq!(test.client.post("/v1/limits/check", checks).await.ok()["allowed"], allowed);
    }
}
