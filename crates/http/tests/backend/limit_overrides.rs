//! `/v1/limit-overrides`. What they do is told in `limits_check.rs`.

use crate::support::{merged, seconds};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

const PATH: &str = "/v1/limit-overrides";

fn new(namespace: &str, identifier: &str) -> Value {
    json!({ "namespace": namespace, "identifier": identifier, "limit": 5, "windowSeconds": 60 })
}

async fn make(test: &TestApp, body: Value) -> Value {
    test.client.post(PATH, body).await.ok()["limitOverride"].clone()
}

on_both! {
    async fn an_override_is_made_shown_changed_and_deleted(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let made = make(&test, json!({ "limitOverride": new("logins", "ünï@example.com") })).await;
        let mut wanted = merged(new("logins", "ünï@example.com"), json!({
            "id": made["id"], "kind": "WINDOW", "createTime": "2030-01-01T00:00:00Z",
            "updateTime": "2030-01-01T00:00:00Z",
        }));
        assert_eq!(made, wanted);
        let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
        assert_eq!(test.client.get(&path).await.ok(), json!({ "limitOverride": wanted }));

        test.clock.advance(seconds(1));
        wanted["updateTime"] = json!("2030-01-01T00:00:01Z");
        for (change, fields) in [
            (json!({}), json!({})),
            (json!({ "limit": 0 }), json!({ "limit": 0 })),
            (json!({ "windowSeconds": 30 }), json!({ "windowSeconds": 30 })),
            (json!({ "kind": "BUCKET", "limit": 6 }), json!({ "kind": "BUCKET", "limit": 6, "burst": 6 })),
            // A burst that was the limit follows it; one of its own stays.
            (json!({ "limit": 7 }), json!({ "limit": 7, "burst": 7 })),
            (json!({ "burst": 9 }), json!({ "burst": 9 })),
            (json!({ "limit": 8 }), json!({ "limit": 8 })),
        ] {
            wanted = merged(wanted, fields);
            assert_eq!(test.client.patch(&path, change.clone()).await.ok(), json!({ "limitOverride": wanted }), "{change}");
        }
        wanted["kind"] = json!("WINDOW");
        wanted.as_object_mut().unwrap().remove("burst");
        assert_eq!(test.client.patch(&path, json!({ "kind": "WINDOW" })).await.ok(), json!({ "limitOverride": wanted }));

        assert_eq!(test.client.delete(&path).await.ok(), json!({}));
        for answer in [
            test.client.get(&path).await, test.client.delete(&path).await, test.client.patch(&path, json!({})).await,
        ] {
            assert_eq!(answer.refused(404, "not_found"), "limit override not found");
        }
    }

    async fn an_identifier_has_one_override_in_each_namespace_and_project(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let other = test.other_project().await;
        let first = make(&test, new("logins", "a")).await;
        let twice = test.client.post(PATH, new("logins", "a")).await;
        assert_eq!(twice.refused(409, "already_exists"), "the identifier has a limit override already");
        let second = make(&test, new("exports", "a")).await;
        let third = make(&test, new("logins", "A")).await;
        let theirs = other.post(PATH, new("logins", "a")).await.ok()["limitOverride"].clone();

        let found = async |query: &str| {
            let list = test.client.get(&format!("{PATH}?orderBy=createTime&{query}")).await.ok();
            let mut ids: Vec<_> = list["limitOverrides"].as_array().into_iter().flatten().map(|it| it["id"].clone()).collect();
            ids.sort_by_key(Value::to_string);
            ids
        };
        let sorted = |mut ids: Vec<&Value>| {
            ids.sort_by_key(|id| id.to_string());
            ids.into_iter().cloned().collect::<Vec<_>>()
        };
        let [first, second, third] = [&first["id"], &second["id"], &third["id"]];
        assert_eq!(found("").await, sorted(vec![first, second, third]));
        assert_eq!(found("namespace=logins").await, sorted(vec![first, third]));
        assert_eq!(found("identifier=a").await, sorted(vec![first, second]));
        assert_eq!(found("identifier=a&namespace=logins").await, sorted(vec![first]));
        assert_eq!(found("namespace=none").await, sorted(vec![]));

        let path = format!("{PATH}/{}", theirs["id"].as_str().unwrap());
        for answer in [
            test.client.get(&path).await,
            test.client.patch(&path, json!({ "limit": 1 })).await,
            test.client.delete(&path).await,
        ] {
            assert_eq!(answer.refused(404, "not_found"), "limit override not found");
        }
        assert_eq!(other.get(&path).await.ok()["limitOverride"], theirs);
    }
}

#[tokio::test]
async fn a_wrong_override_is_refused_by_its_fields_name() {
    let test = TestApp::new().await;
    let path = format!("{PATH}/{}", make(&test, new("logins", "b")).await["id"].as_str().unwrap());
    for (field, value, problem) in [
        ("namespace", json!(null), "is required"),
        ("namespace", json!("a b"), "must be 1 to 64 characters"),
        ("identifier", json!(""), "is required"),
        ("identifier", json!("x".repeat(257)), "must be at most 256 characters long"),
        ("limit", json!(null), "is required"),
        ("limit", json!(-1), "invalid value: integer"),
        ("limit", json!((1_u64 << 53) + 1), "invalid value: integer"),
        ("windowSeconds", json!(null), "is required"),
        ("windowSeconds", json!(0), "must be from 1 to 31536000 (a year)"),
        ("windowSeconds", json!(31_536_001), "must be from 1 to 31536000 (a year)"),
        ("kind", json!("QUOTA"), "must be WINDOW or BUCKET"),
        ("burst", json!(5), "is only for limits of the kind BUCKET"),
    ] {
        let body = merged(new("logins", "a"), json!({ (field): value }));
        let mut answers = vec![test.client.post(PATH, body).await];
        if !value.is_null() && !["namespace", "identifier"].contains(&field) {
            answers.push(test.client.patch(&path, json!({ (field): value })).await);
        }
        for answer in answers {
            let refused = answer.refused(400, "invalid_argument");
            assert!(refused.starts_with(&format!("{field}: {problem}")), "{field} {value}: {refused}");
        }
    }
}
