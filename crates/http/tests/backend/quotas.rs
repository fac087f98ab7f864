//! Quotas: so much per hour, day or month of the project's calendar, or per period counted from an anchor.

use crate::support::{advance_to, code, coded, merged, patch_key, quota, verdict};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

/// What a use that costs so much is told: its code, what remains and for how long.
async fn used(test: &TestApp, secret: &str, cost: u64) -> (String, u64, u64) {
    let verdict = verdict(test, secret, json!({ "cost": cost })).await;
    let number = |field: &str| verdict["limits"][0][field].as_u64().unwrap();
    (coded(&verdict), number("remaining"), number("resetSeconds"))
}

fn said(code: &str, remaining: u64, reset: u64) -> (String, u64, u64) {
    (code.to_owned(), remaining, reset)
}

async fn limited(test: &TestApp, limit: Value) -> (String, String) {
    let organization = test.organization("Customer").await;
    test.api_key(&organization, json!({ "limits": [limit] })).await
}

on_both! {
    async fn a_month_ends_when_it_ends_even_in_a_leap_year(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let (_, secret) = limited(&test, quota("monthly", 3, "MONTH")).await;
        const DAY: u64 = 86_400;
        assert_eq!(used(&test, &secret, 0).await, said("VALID", 3, 31 * DAY));
        assert_eq!(used(&test, &secret, 2).await, said("VALID", 1, 31 * DAY));
        assert_eq!(used(&test, &secret, 2).await, said("RATE_LIMITED", 1, 31 * DAY), "and leaves the one");
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 0, 31 * DAY));
        advance_to(&test, "2030-01-31T23:59:59Z");
        assert_eq!(used(&test, &secret, 1).await, said("RATE_LIMITED", 0, 1));
        advance_to(&test, "2030-02-01T00:00:00Z");
        assert_eq!(used(&test, &secret, 3).await, said("VALID", 0, 28 * DAY));
        advance_to(&test, "2032-02-01T12:00:00Z");
        assert_eq!(used(&test, &secret, 3).await, said("VALID", 0, 28 * DAY + DAY / 2));
        advance_to(&test, "2032-02-29T23:59:59Z");
        assert_eq!(code(&test, &secret).await, "RATE_LIMITED");
        advance_to(&test, "2032-03-01T00:00:00Z");
        assert_eq!(code(&test, &secret).await, "VALID");
    }

    async fn days_and_months_are_those_of_the_projects_time_zone(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let zone = json!({ "timeZone": "Pacific/Auckland" });
        assert_eq!(test.client.patch("/v1/project", zone).await.ok()["project"]["timeZone"], "Pacific/Auckland");
        let (id, secret) = limited(&test, quota("daily", 1, "DAY")).await;
        // There it is one in the afternoon.
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 0, 11 * 3600));
        advance_to(&test, "2030-01-01T10:59:59Z");
        assert_eq!(used(&test, &secret, 1).await, said("RATE_LIMITED", 0, 1));
        advance_to(&test, "2030-01-01T11:00:00Z");
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 0, 86_400));
        patch_key(&test, &id, json!({ "limits": [quota("monthly", 1, "MONTH")] })).await;
        advance_to(&test, "2030-01-31T10:59:00Z");
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 0, 60));
        advance_to(&test, "2030-01-31T11:00:00Z");
        assert_eq!(code(&test, &secret).await, "VALID");
    }

    async fn an_anchor_says_when_a_period_begins(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let anchor = json!({ "anchorTime": "2029-10-31T10:00:00Z" });
        let (_, secret) = limited(&test, merged(quota("billing", 1, "MONTH"), anchor)).await;
        assert_eq!(code(&test, &secret).await, "VALID");
        for (last, first) in [
            ("2030-01-31T09:59:59Z", "2030-01-31T10:00:00Z"),
            ("2030-02-28T09:59:59Z", "2030-02-28T10:00:00Z"),
            ("2030-03-31T09:59:59Z", "2030-03-31T10:00:00Z"),
        ] {
            advance_to(&test, last);
            assert_eq!(used(&test, &secret, 1).await, said("RATE_LIMITED", 0, 1), "{last}");
            advance_to(&test, first);
            assert_eq!(code(&test, &secret).await, "VALID", "{first}");
        }
    }

    async fn an_edit_counts_at_once_and_what_was_drawn_before_it_as_used_until_it_is_given_back(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        // So large that more is drawn than is used.
        let (id, secret) = limited(&test, quota("daily", 1000, "DAY")).await;
        assert_eq!(used(&test, &secret, 3).await, said("VALID", 997, 86_400));
        patch_key(&test, &id, json!({ "limits": [quota("daily", 4, "DAY")] })).await;
        assert_eq!(used(&test, &secret, 1).await, said("RATE_LIMITED", 0, 86_400));
        test.app.settle().await.unwrap();
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 0, 86_400));
        assert_eq!(used(&test, &secret, 1).await, said("RATE_LIMITED", 0, 86_400));
        patch_key(&test, &id, json!({ "limits": [quota("daily", 10, "DAY")] })).await;
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 5, 86_400));
        advance_to(&test, "2030-01-01T01:00:00Z");
        patch_key(&test, &id, json!({ "limits": [quota("daily", 10, "HOUR")] })).await;
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 9, 3_600));
    }

    async fn what_was_used_is_still_used_after_a_restart(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        // Large enough for blocks: a hundredth is drawn at a time.
        let (_, secret) = limited(&test, quota("daily", 1000, "DAY")).await;
        for left in (990..1000).rev() {
            assert_eq!(used(&test, &secret, 1).await, said("VALID", left, 86_400));
        }
        assert_eq!(used(&test, &secret, 5).await, said("VALID", 985, 86_400));
        test.app.settle().await.unwrap();
        let (app, follower) =
            lockwork_testkit::app::node(test.database.store(), options(), &test.clock, 2).await;
        let router = lockwork_http::router(app.clone(), lockwork_http::RouterOptions::default());
        let bearer = format!("Bearer {}", test.backend_api_key);
        let restarted = lockwork_testkit::Client::new(router, Some(bearer));
        let body = json!({ "secretToken": secret, "cost": 985 });
        let verdict = restarted.post("/v1/api-keys/verify", body.clone()).await.ok();
        assert_eq!(verdict["limits"][0]["remaining"], 0);
        assert_eq!(coded(&restarted.post("/v1/api-keys/verify", body).await.ok()), "RATE_LIMITED");
        assert_eq!(code(&test, &secret).await, "RATE_LIMITED", "the other node knows it too");
        follower.abort();
    }
}

#[tokio::test]
async fn a_time_zone_must_be_one() {
    let test = TestApp::new().await;
    for wrong in ["Berlin", "+02:00", "UTC+2", "Europe/../etc"] {
        let refused = test.client.patch("/v1/project", json!({ "timeZone": wrong })).await;
        let refused = refused.refused(400, "invalid_argument");
        assert!(refused.starts_with("timeZone: must be the name of a time zone"), "{refused}");
    }
    assert_eq!(test.client.get("/v1/project").await.ok()["project"]["timeZone"], "UTC");
}
