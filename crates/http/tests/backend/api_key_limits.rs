//! `/v1/api-keys/{id}/limits`: what is left, without counting.

use crate::support::{code, merged, patch_key, patch_organization, plan, quota, seconds, window};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

async fn left(test: &TestApp, id: &str) -> Value {
    test.client.get(&format!("/v1/api-keys/{id}/limits")).await.ok()
}

on_both! {
    async fn everything_that_a_use_counts_against_is_told(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let shared = plan(&test, json!([window("requests", 1, 1), quota("exports", 7, "DAY")])).await;
        let terms = json!({ "limits": [window("requests", 50, 60)], "credits": { "remaining": 20 } });
        patch_organization(&test, &organization, terms).await;
        let bucket = json!({ "name": "burst", "kind": "BUCKET", "limit": 60, "windowSeconds": 60, "burst": 20, "onlyWhenNamed": true });
        let fields = json!({
            "planId": shared, "limits": [window("requests", 10, 60), bucket],
            "credits": { "remaining": 100, "blockSize": 10, "refill": { "amount": 100, "period": "MONTH" } },
        });
        let (id, secret) = test.api_key(&organization, fields).await;
        let fresh = json!({
            "limits": [
                { "name": "requests", "scope": "API_KEY", "kind": "WINDOW", "limit": 10, "windowSeconds": 60, "remaining": 10 },
                { "name": "burst", "scope": "API_KEY", "kind": "BUCKET", "limit": 60, "windowSeconds": 60, "burst": 20,
                  "onlyWhenNamed": true, "remaining": 20 },
                { "name": "exports", "scope": "API_KEY", "kind": "QUOTA", "limit": 7, "period": "DAY", "remaining": 7,
                  "resetTime": "2030-01-02T00:00:00Z" },
                { "name": "organization.requests", "scope": "ORGANIZATION", "kind": "WINDOW", "limit": 50,
                  "windowSeconds": 60, "remaining": 50 },
            ],
            "credits": [
                { "scope": "API_KEY", "remaining": 100, "resetTime": "2030-02-01T00:00:00Z" },
                { "scope": "ORGANIZATION", "remaining": 20 },
            ],
        });
        assert_eq!(left(&test, &id).await, fresh);
        assert_eq!(left(&test, &id).await, fresh, "and asking uses nothing up");

        for _ in 0..3 {
            assert_eq!(code(&test, &secret).await, "VALID");
        }
        let used = left(&test, &id).await;
        let remaining = |kind: &str| -> Vec<u64> {
            used[kind].as_array().unwrap().iter().map(|row| row["remaining"].as_u64().unwrap()).collect()
        };
        assert_eq!(remaining("limits"), [7, 20, 4, 47]);
        assert_eq!(remaining("credits"), [97, 17]);
        assert!(used["limits"][0]["resetTime"].as_str().unwrap() > "2030-01-01T00:01:00Z");
        assert!(used["limits"][1].get("resetTime").is_none());
        test.clock.advance(seconds(120));
        assert_eq!(left(&test, &id).await["limits"][0], fresh["limits"][0], "the window is over");
    }

    async fn asking_makes_no_counter_and_draws_nothing(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let limits = json!({ "limits": [window("requests", 10, 60), quota("exports", 5, "DAY")], "credits": { "remaining": 3 } });
        let (id, _) = test.api_key(&organization, limits).await;
        let before = test.app.limiter().memory();
        left(&test, &id).await;
        assert_eq!(test.app.limiter().memory(), before);
        assert_eq!(before.counters, 0);
        test.app.give_back(true).await.unwrap();
        let drawn = test.client.get(&format!("/v1/api-keys/{id}")).await.ok()["apiKey"]["credits"]["remaining"].clone();
        assert_eq!(drawn, 3);
    }

    async fn what_the_node_gave_back_and_what_was_set_anew_is_told_as_it_is(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let fields = json!({ "limits": [quota("exports", 1000, "DAY")], "credits": { "remaining": 50, "blockSize": 10 } });
        let (id, secret) = test.api_key(&organization, fields).await;
        assert_eq!(code(&test, &secret).await, "VALID");
        let numbers = async || {
            let left = left(&test, &id).await;
            (left["limits"][0]["remaining"].as_u64().unwrap(), left["credits"][0]["remaining"].as_u64().unwrap())
        };
        assert_eq!(numbers().await, (999, 49));
        test.app.give_back(true).await.unwrap();
        assert_eq!(numbers().await, (999, 49));
        patch_key(&test, &id, json!({ "credits": { "remaining": 8 } })).await;
        assert_eq!(numbers().await, (999, 8), "what was drawn of the old balance is worth nothing");
        patch_key(&test, &id, json!({ "limits": [quota("exports", 500, "DAY")] })).await;
        assert_eq!(numbers().await, (499, 8));
        test.clock.advance(seconds(86_400));
        assert_eq!(numbers().await, (500, 8), "another day");
    }

    async fn a_rotated_key_keeps_what_it_counted(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, secret) = test.api_key(&organization, json!({ "limits": [window("requests", 10, 60)] })).await;
        assert_eq!(code(&test, &secret).await, "VALID");
        let _ = test.client.post(&format!("/v1/api-keys/{id}/rotate"), json!({ "overlapSeconds": 600 })).await.ok();
        assert_eq!(left(&test, &id).await["limits"][0]["remaining"], 9);
        assert_eq!(code(&test, &secret).await, "VALID");
        assert_eq!(left(&test, &id).await["limits"][0]["remaining"], 8);
    }
}

#[tokio::test]
async fn a_key_without_limits_has_none_and_what_is_no_key_of_the_project_is_not_found() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, _) = test.api_key(&organization, json!({})).await;
    assert_eq!(left(&test, &id).await, json!({}));
    let path = format!("/v1/api-keys/{id}/limits");
    let _ = test.other_project().await.get(&path).await.refused(404, "not_found");
    let _ = test.scoped("verify").await.get(&path).await.refused(403, "permission_denied");
    let limited = merged(window("requests", 2, 60), json!({ "onlyWhenNamed": true }));
    patch_key(&test, &id, json!({ "limits": [limited] })).await;
    let _ = test.client.post_empty(&format!("/v1/api-keys/{id}/disable")).await.ok();
    assert_eq!(left(&test, &id).await["limits"][0]["remaining"], 2, "a key that is off has limits too");
}
