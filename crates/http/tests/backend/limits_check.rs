//! `/v1/limits/check`

use crate::support::{merged, seconds};
use lockwork_testkit::app::options;
use lockwork_testkit::{Client, TestApp, on_both};
use serde_json::{Value, json};

const PATH: &str = "/v1/limits/check";

/// A check of so much in 43 seconds, whose window is over after 44.
fn check(namespace: &str, identifier: &str, limit: u64) -> Value {
    json!({ "namespace": namespace, "identifier": identifier, "limit": limit, "windowSeconds": 43 })
}

async fn ask(client: &Client, checks: Value) -> Value {
    client.post(PATH, json!({ "checks": checks })).await.ok()
}

/// Whether one check lets the request in.
async fn allowed(client: &Client, check: &Value) -> bool {
    ask(client, json!([check])).await["allowed"].as_bool().unwrap()
}

fn state(allowed: bool, limit: u64, remaining: u64, reset_seconds: u64) -> Value {
    json!({ "allowed": allowed, "limit": limit, "remaining": remaining, "resetSeconds": reset_seconds })
}

async fn put_override(test: &TestApp, limit: Value) -> String {
    let made = test.client.post("/v1/limit-overrides", limit).await.ok();
    made["limitOverride"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_identifier_is_let_in_up_to_the_limit_of_each_kind() {
    let test = TestApp::new().await;
    let window = check("logins", "a@example.com", 2);
    for (allowed, remaining) in [(true, 1), (true, 0), (false, 0), (false, 0)] {
        let checks = [state(allowed, 2, remaining, 44)];
        assert_eq!(ask(&test.client, json!([window])).await, json!({ "allowed": allowed, "checks": checks }));
    }
    test.clock.advance(seconds(44));
    let costly = merged(window.clone(), json!({ "cost": 3 }));
    assert_eq!(ask(&test.client, json!([costly])).await["checks"], json!([state(false, 2, 2, 0)]));
    let asked = merged(window, json!({ "cost": 0, "kind": "WINDOW" }));
    assert_eq!(ask(&test.client, json!([asked])).await["checks"], json!([state(true, 2, 2, 0)]));

    let bucket = json!({
        "namespace": "logins", "identifier": "a", "limit": 10, "window_seconds": 20, "kind": "BUCKET", "burst": 2,
    });
    for (allowed, remaining, reset) in [(true, 1, 2), (true, 0, 4), (false, 0, 2)] {
        let checks = json!([state(allowed, 10, remaining, reset)]);
        assert_eq!(ask(&test.client, json!([bucket])).await["checks"], checks);
    }
}

#[tokio::test]
async fn several_checks_are_taken_all_or_none_and_answered_in_their_order() {
    let test = TestApp::new().await;
    let (wide, narrow) = (check("requests", "a", 10), check("exports", "a", 1));
    let first = ask(&test.client, json!([wide, narrow])).await;
    let wanted = json!({ "allowed": true, "checks": [state(true, 10, 9, 44), state(true, 1, 0, 44)] });
    assert_eq!(first, wanted);
    for _ in 0..3 {
        let wanted = json!({ "allowed": false, "checks": [state(true, 10, 9, 44), state(false, 1, 0, 44)] });
        assert_eq!(ask(&test.client, json!([wide, narrow])).await, wanted);
    }
    assert_eq!(ask(&test.client, json!([wide])).await["checks"][0]["remaining"], 8);
    // The same counter twice costs twice.
    let twice = check("pairs", "a", 3);
    assert_eq!(ask(&test.client, json!([twice, twice])).await["allowed"], true);
    assert_eq!(ask(&test.client, json!([twice, twice])).await["allowed"], false);
    assert_eq!(ask(&test.client, json!([twice])).await["checks"], json!([state(true, 3, 0, 44)]));
}

on_both! {
    async fn identifiers_do_not_mix_over_namespaces_projects_and_windows(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let other = test.other_project().await;
        for (namespace, identifier) in [("a", "b"), ("a", "c"), ("b", "b"), ("a.b", "b"), ("a", "B"), ("a", "b "), ("a", ".bb")] {
            let check = check(namespace, identifier, 1);
            assert!(allowed(&test.client, &check).await, "{namespace} {identifier}");
            assert!(!allowed(&test.client, &check).await);
        }
        assert!(allowed(&other, &check("a", "b", 1)).await);
        let longer = merged(check("a", "b", 1), json!({ "windowSeconds": 60 }));
        assert!(allowed(&test.client, &longer).await);
        // A larger limit counts what was counted with a smaller one.
        assert_eq!(ask(&test.client, json!([check("a", "b", 3)])).await["checks"], json!([state(true, 3, 1, 44)]));
    }

    async fn an_override_counts_instead_of_the_checks_limit_at_once(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let other = test.other_project().await;
        let brought = check("logins", "vip", 1);
        let id = put_override(&test, check("logins", "vip", 3)).await;
        for remaining in [2, 1, 0] {
            assert_eq!(ask(&test.client, json!([brought])).await["checks"], json!([state(true, 3, remaining, 44)]));
        }
        assert!(!allowed(&test.client, &brought).await);
        assert!(allowed(&test.client, &check("logins", "nobody", 1)).await);
        assert!(allowed(&other, &brought).await);
        assert!(!allowed(&other, &brought).await, "another project has no such override");

        let path = format!("/v1/limit-overrides/{id}");
        let change = async |fields: Value| drop(test.client.patch(&path, fields).await.ok());
        change(json!({ "limit": 4 })).await;
        assert_eq!(ask(&test.client, json!([brought])).await["checks"], json!([state(true, 4, 0, 44)]));
        change(json!({ "limit": 0 })).await;
        test.clock.advance(seconds(100));
        let blocked = ask(&test.client, json!([brought])).await;
        assert_eq!((&blocked["allowed"], &blocked["checks"][0]["limit"]), (&json!(false), &json!(0)));
        let asked = merged(brought.clone(), json!({ "cost": 0 }));
        assert!(!allowed(&test.client, &asked).await, "not even for nothing");
        change(json!({ "limit": 2, "kind": "BUCKET", "windowSeconds": 10 })).await;
        assert_eq!(ask(&test.client, json!([brought])).await["checks"], json!([state(true, 2, 1, 5)]));
        let _ = test.client.delete(&path).await.ok();
        assert_eq!(ask(&test.client, json!([brought])).await["checks"], json!([state(true, 1, 0, 44)]));
        assert!(!allowed(&test.client, &brought).await);
    }
}

#[tokio::test]
async fn a_wrong_check_is_refused_by_its_fields_name() {
    let test = TestApp::new().await;
    let right = check("logins", "a", 1);
    let refusal = async |checks: Value| {
        test.client.post(PATH, json!({ "checks": checks })).await.refused(400, "invalid_argument")
    };
    assert_eq!(refusal(Value::Null).await, "checks: is required");
    assert_eq!(refusal(json!([])).await, "checks: must be 1 to 16 checks");
    assert_eq!(refusal(json!(vec![&right; 17])).await, "checks: must be 1 to 16 checks");
    let too_large = (1_u64 << 53) + 1;
    for (field, value, problem) in [
        ("namespace", json!(null), "is required"),
        ("namespace", json!("Logins"), "must be 1 to 64 characters"),
        ("identifier", json!(null), "is required"),
        ("identifier", json!(""), "is required"),
        ("identifier", json!("x".repeat(257)), "must be at most 256 characters long"),
        ("limit", json!(null), "is required"),
        ("limit", json!(0), "must be from 1 to 2^53"),
        ("limit", json!(-1), "invalid value: integer"),
        ("limit", json!(1.5), "invalid type: floating"),
        ("limit", json!(too_large), "invalid value: integer"),
        ("windowSeconds", json!(null), "is required"),
        ("windowSeconds", json!(0), "must be from 1 to 31536000 (a year)"),
        ("windowSeconds", json!(31_536_001), "must be from 1 to 31536000 (a year)"),
        ("windowSeconds", json!(0.5), "invalid type: floating"),
        ("kind", json!("QUOTA"), "must be WINDOW or BUCKET"),
        ("burst", json!(5), "is only for limits of the kind BUCKET"),
        ("cost", json!(too_large), "invalid value: integer"),
        ("cost", json!(-1), "invalid value: integer"),
    ] {
        let wrong = merged(right.clone(), json!({ (field): value }));
        let refused = refusal(json!([right, wrong])).await;
        assert!(refused.starts_with(&format!("checks[1].{field}: {problem}")), "{field} {value}: {refused}");
    }
    assert_eq!(ask(&test.client, json!([right])).await["checks"], json!([state(true, 1, 0, 44)]));
}
