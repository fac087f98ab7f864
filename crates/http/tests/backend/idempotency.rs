//! `Idempotency-Key`: the same request twice makes one key, or one rotation.

use crate::support::{code, get_key, seconds};
use lockwork_testkit::app::options;
use lockwork_testkit::{Answer, Client, TestApp, on_both};
use serde_json::{Value, json};

const ANOTHER: &str = "another request had this Idempotency-Key; make up a new key for a new request";

fn with_key(client: &Client, key: &str) -> Client {
    client.with_header("idempotency-key", key.as_bytes())
}

async fn create(client: &Client, organization: &str, name: &str) -> Answer {
    let key = json!({ "organizationId": organization, "displayName": name });
    client.post("/v1/api-keys", json!({ "apiKey": key })).await
}

async fn count(test: &TestApp, organization: &str) -> Value {
    let path = format!("/v1/api-keys?organizationId={organization}&count=true");
    test.client.get(&path).await.ok()["totalCount"].clone()
}

on_both! {
    async fn the_same_request_twice_makes_one_key_and_shows_its_secret_again(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let client = with_key(&test.client, "a1b2 c3/d4");
        let first = create(&client, &organization, "Key").await.ok();
        let secret = first["apiKey"]["secretToken"].as_str().unwrap();
        assert_eq!(code(&test, secret).await, "VALID");
        test.clock.advance(seconds(3599));
        assert_eq!(create(&client, &organization, "Key").await.ok(), first);
        // The same object in other words.
        let text = format!(
            r#" {{ "apiKey" : {{ "displayName": "K\u0065y", "organizationId": "{organization}" }} }} "#
        );
        let post = axum::http::Method::POST;
        let again = client.send(post, "/v1/api-keys", Some("application/json"), text.into_bytes()).await;
        assert_eq!(again.ok(), first);
        assert_eq!(count(&test, &organization).await, 1);

        let refused = create(&client, &organization, "Another key").await;
        assert_eq!(refused.refused(400, "failed_precondition"), ANOTHER);
        // A key of its own, or none, is another request.
        let _ = create(&with_key(&test.client, "a1b2 c3/d5"), &organization, "Key").await.ok();
        let _ = create(&test.client, &organization, "Key").await.ok();
        assert_eq!(count(&test, &organization).await, 3);
    }

    async fn the_secret_is_forgotten_after_an_hour_and_the_request_recognised_for_a_day(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let client = with_key(&test.client, "once");
        let first = create(&client, &organization, "Key").await.ok()["apiKey"].clone();
        let mut without = first.clone();
        without.as_object_mut().unwrap().remove("secretToken");
        // With and without the job that forgets, which runs when it runs.
        for pass in [3600, 20 * 3600] {
            test.clock.advance(seconds(pass));
            assert_eq!(create(&client, &organization, "Key").await.ok()["apiKey"], without);
            test.app.forget_old_requests().await.unwrap();
            assert_eq!(create(&client, &organization, "Key").await.ok()["apiKey"], without);
        }
        assert_eq!(create(&client, &organization, "Other").await.refused(400, "failed_precondition"), ANOTHER);
        test.clock.advance(seconds(4 * 3600));
        test.app.forget_old_requests().await.unwrap();
        let second = create(&client, &organization, "Key").await.ok()["apiKey"].clone();
        assert_ne!(second["id"], first["id"]);
        assert!(second["secretToken"].is_string());
    }

    async fn two_at_once_make_one_key(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        for round in 0..5 {
            let client = with_key(&test.client, &format!("round {round}"));
            let ask = || create(&client, &organization, "Key");
            let (a, b, c, other) = tokio::join!(ask(), ask(), ask(), create(&test.client, &organization, "Other"));
            let a = a.ok();
            assert_eq!((&b.ok(), &c.ok()), (&a, &a));
            assert_ne!(other.ok()["apiKey"]["id"], a["apiKey"]["id"]);
        }
        assert_eq!(count(&test, &organization).await, 10);
    }

    async fn a_key_is_rotated_once_by_the_same_request(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, old) = test.api_key(&organization, json!({})).await;
        let (other, _) = test.api_key(&organization, json!({})).await;
        let client = with_key(&test.client, "turn");
        let path = format!("/v1/api-keys/{id}/rotate");
        let body = json!({ "overlapSeconds": 60 });
        let (a, b) = tokio::join!(client.post(&path, body.clone()), client.post(&path, body.clone()));
        let first = a.ok();
        assert_eq!(b.ok(), first);
        assert_eq!(client.post(&path, body.clone()).await.ok(), first);
        let secret = first["apiKey"]["secretToken"].as_str().unwrap();
        assert_eq!([code(&test, &old).await, code(&test, secret).await], ["VALID", "VALID"]);
        assert_eq!(client.post(&path, json!({})).await.refused(400, "failed_precondition"), ANOTHER);
        // It is bound to the key and to the operation.
        let _ = client.post(&format!("/v1/api-keys/{other}/rotate"), body.clone()).await.ok();
        let _ = create(&client, &organization, "Key").await.ok();
        test.clock.advance(seconds(3600));
        let late = client.post(&path, body).await.ok();
        assert_eq!(late["apiKey"].get("secretToken"), None);
        assert_eq!(late["apiKey"]["secretTokenSuffix"], get_key(&test, &id).await["secretTokenSuffix"]);
    }

    async fn each_project_has_idempotency_keys_of_its_own(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let ours = test.organization("Customer").await;
        let other = test.other_project().await;
        let theirs = other.post("/v1/organizations", json!({ "displayName": "Theirs" })).await.ok();
        let theirs = theirs["organization"]["id"].as_str().unwrap();
        let _ = other.patch(&format!("/v1/organizations/{theirs}"), json!({ "apiKeysEnabled": true })).await.ok();
        let first = create(&with_key(&test.client, "same"), &ours, "Key").await.ok();
        let second = create(&with_key(&other, "same"), theirs, "Key").await.ok();
        assert_ne!(first["apiKey"]["id"], second["apiKey"]["id"]);
        let unknown = create(&with_key(&other, "same"), &ours, "Key").await;
        assert_eq!(unknown.refused(400, "failed_precondition"), ANOTHER);
    }

    async fn a_request_that_failed_is_no_request_that_was_answered(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let client = with_key(&test.client, "again");
        let body = json!({ "apiKey": { "organizationId": organization, "actions": ["acme.widgets.create"] } });
        let _ = client.post("/v1/api-keys", body.clone()).await.refused(400, "invalid_argument");
        test.actions(&["acme.widgets.create"]).await;
        let made = client.post("/v1/api-keys", body.clone()).await.ok();
        // A key that is gone cannot be given again, and no second one is made.
        let path = format!("/v1/api-keys/{}?force=true", made["apiKey"]["id"].as_str().unwrap());
        let _ = test.client.delete(&path).await.ok();
        let refused = client.post("/v1/api-keys", body).await.refused(400, "failed_precondition");
        assert_eq!(refused, "the api key that the first request with this Idempotency-Key made is gone");
        assert_eq!(count(&test, &organization).await, 0);
    }
}

#[tokio::test]
async fn a_strange_idempotency_key_is_refused() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let problem = "Idempotency-Key: must be sent once, with 1 to 255 visible ASCII characters";
    let long = [b'x'; 256];
    for key in [&b""[..], b"\xff", "ü".as_bytes(), &long] {
        let client = test.client.with_header("idempotency-key", key);
        let refused = create(&client, &organization, "Key").await.refused(400, "invalid_argument");
        assert_eq!(refused, problem, "{key:?}");
    }
    let twice = with_key(&with_key(&test.client, "a"), "a");
    assert_eq!(create(&twice, &organization, "Key").await.refused(400, "invalid_argument"), problem);
    let longest = test.client.with_header("idempotency-key", &long[..255]);
    let _ = create(&longest, &organization, "Key").await.ok();
    assert_eq!(count(&test, &organization).await, 1);
}
