//! What a key is given beside its secret: notes, an expiry and the longest life that project and organization allow.

use crate::support::{START, code, get_key, key_refusal, patch_key, patch_organization, seconds};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

async fn refusal(test: &TestApp, organization: &str, fields: Value) -> String {
    let fields = crate::support::merged(json!({ "organizationId": organization }), fields);
    test.client.post("/v1/api-keys", json!({ "apiKey": fields })).await.refused(400, "invalid_argument")
}

on_both! {
    async fn notes_come_back_as_they_were_given_and_stand_in_the_verdict(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let metadata = json!({ "plan": "pro", "seats": 3, "nested": { "ünïcode": ["🔑", null, 1.5, "\"\\\n"] } });
        let (id, secret) = test.api_key(&organization, json!({
            "displayName": "Key", "description": "Deploys on Fridays", "externalId": "cus_42/7 ü",
            "metadata": metadata, "tags": ["team:a", "prod", "team:a", "eu/west"],
        })).await;
        let shown = get_key(&test, &id).await;
        assert_eq!(shown["description"], "Deploys on Fridays");
        assert_eq!(shown["externalId"], "cus_42/7 ü");
        assert_eq!(shown["metadata"], metadata);
        assert_eq!(shown["tags"], json!(["eu/west", "prod", "team:a"]), "each once, sorted");
        assert_eq!(test.verify(&secret).await, json!({
            "valid": true, "code": "VALID", "apiKeyId": id, "organizationId": organization, "displayName": "Key",
            "externalId": "cus_42/7 ü", "metadata": metadata,
        }));
    }

    async fn what_a_change_names_is_set_what_is_null_removed_and_what_is_absent_kept(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let plan = crate::support::plan(&test, json!([])).await;
        let given = json!({
            "externalId": "one", "metadata": { "a": 1 }, "expireTime": "2031-01-01T00:00:00Z",
            "ipAllowlist": ["10.0.0.0/8"], "planId": plan,
            "limits": [{ "name": "a", "kind": "BUCKET", "limit": 5, "windowSeconds": 60, "burst": 9 }],
            "credits": { "remaining": 7, "blockSize": 1 },
        });
        let others = json!({
            "externalId": "two", "metadata": { "b": [] }, "expireTime": "2032-01-01T00:00:00Z",
            "ipAllowlist": ["2001:db8::/32"], "planId": crate::support::plan(&test, json!([])).await,
            "limits": [{ "name": "b", "kind": "QUOTA", "limit": 5, "period": "DAY", "anchorTime": START }],
            "credits": { "remaining": 8, "refill": { "amount": 9, "period": "MONTH" }, "blockSize": 1 },
        });
        let (id, _) = test.api_key(&organization, given.clone()).await;
        // The secrets' expiry is the key's.
        let patched = async |fields: Value| {
            let mut key = patch_key(&test, &id, fields).await;
            assert_eq!(key["secrets"][0]["expireTime"], key["expireTime"]);
            key.as_object_mut().unwrap().remove("secrets");
            key
        };
        let mut wanted = patched(json!({})).await;
        for (name, value) in given.as_object().unwrap() {
            assert_eq!(wanted[name], *value, "{name}");
        }
        for name in given.as_object().unwrap().keys() {
            wanted[name] = others[name].clone();
            assert_eq!(patched(json!({ (name): others[name] })).await, wanted, "{name} set, the others kept");
            wanted.as_object_mut().unwrap().remove(name);
            for _ in 0..2 {
                assert_eq!(patched(json!({ (name): null })).await, wanted, "{name} removed");
            }
        }
        assert_eq!(patched(json!({})).await, wanted);
        // The rest has no third state: an empty value is what removes it.
        patched(json!({ "description": "d", "tags": ["t"] })).await;
        let kept = patched(json!({ "description": null, "tags": null })).await;
        assert_eq!((&kept["description"], &kept["tags"]), (&json!("d"), &json!(["t"])));
        assert_eq!(patched(json!({ "description": "", "tags": [] })).await, wanted);
    }

    async fn an_expiry_is_set_moved_and_removed_by_time_and_by_seconds(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, secret) = test.api_key(&organization, json!({ "expiresInSeconds": 60 })).await;
        assert_eq!(get_key(&test, &id).await["expireTime"], "2030-01-01T00:01:00Z");
        test.clock.advance(seconds(60));
        assert_eq!(code(&test, &secret).await, "EXPIRED");
        for (change, expiry) in [
            (json!({ "expiresInSeconds": 60 }), json!("2030-01-01T00:02:00Z")),
            (json!({ "expireTime": "2030-01-01T00:03:00Z" }), json!("2030-01-01T00:03:00Z")),
            (json!({ "expireTime": null }), Value::Null),
            (json!({ "expire_time": "2030-01-01T00:02:00Z" }), json!("2030-01-01T00:02:00Z")),
        ] {
            assert_eq!(patch_key(&test, &id, change.clone()).await["expireTime"], expiry);
            assert_eq!(code(&test, &secret).await, "VALID", "{change}");
        }
        test.clock.advance(seconds(60));
        assert_eq!(code(&test, &secret).await, "EXPIRED");
    }

    async fn keys_live_no_longer_than_project_and_organization_allow(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (forever, _) = test.api_key(&organization, json!({})).await;
        let demand = json!({ "maxApiKeyLifetimeSeconds": 100 });
        let shown = test.client.patch("/v1/project", demand.clone()).await.ok();
        assert_eq!(shown["project"]["maxApiKeyLifetimeSeconds"], 100);
        let missing = "apiKey.expireTime: is required: keys here live at most 100 seconds";
        assert_eq!(refusal(&test, &organization, json!({})).await, missing);
        let late = "apiKey.expireTime: must be at most 100 seconds after the secret was made: by 2030-01-01T00:01:40Z";
        assert_eq!(refusal(&test, &organization, json!({ "expiresInSeconds": 101 })).await, late);
        let (id, _) = test.api_key(&organization, json!({ "expiresInSeconds": 100 })).await;

        // The stricter of two counts, and what lives longer already stays as it is.
        let shown = patch_organization(&test, &organization, json!({ "maxApiKeyLifetimeSeconds": 50 })).await;
        assert_eq!(shown["maxApiKeyLifetimeSeconds"], 50);
        assert!(refusal(&test, &organization, json!({ "expiresInSeconds": 51 })).await.contains("at most 50 seconds"));
        patch_organization(&test, &organization, json!({ "maxApiKeyLifetimeSeconds": 200 })).await;
        assert!(refusal(&test, &organization, json!({ "expiresInSeconds": 101 })).await.contains("at most 100 seconds"));
        assert_eq!(get_key(&test, &forever).await.get("expireTime"), None);
        patch_key(&test, &forever, json!({ "displayName": "Still without an end" })).await;

        // It counts from when the secret was made, so that only a rotation gives more time.
        test.clock.advance(seconds(90));
        assert_eq!(key_refusal(&test, &id, json!({ "expireTime": null })).await, missing);
        assert_eq!(key_refusal(&test, &id, json!({ "expiresInSeconds": 11 })).await, late);
        patch_key(&test, &id, json!({ "expiresInSeconds": 10 })).await;
        let _ = test.client.post_empty(&format!("/v1/api-keys/{id}/rotate")).await.ok();
        patch_key(&test, &id, json!({ "expiresInSeconds": 100 })).await;
        let refused = test.client.post_empty(&format!("/v1/api-keys/{forever}/rotate")).await;
        assert_eq!(refused.refused(400, "invalid_argument"), missing);

        let shown = test.client.patch("/v1/project", json!({ "maxApiKeyLifetimeSeconds": null })).await.ok();
        assert_eq!(shown["project"].get("maxApiKeyLifetimeSeconds"), None);
        let shown = patch_organization(&test, &organization, json!({ "maxApiKeyLifetimeSeconds": null })).await;
        assert_eq!(shown.get("maxApiKeyLifetimeSeconds"), None);
        let _ = test.api_key(&organization, json!({})).await;
    }

    async fn the_last_use_is_shown_once_it_was_written_down(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, secret) = test.api_key(&organization, json!({ "ipAllowlist": ["10.0.0.1"] })).await;
        let last_used = async || {
            test.app.write_last_uses(100).await.unwrap();
            get_key(&test, &id).await["lastUsedTime"].clone()
        };
        let used = json!({ "secretToken": secret, "ipAddress": "10.0.0.1" });
        let _ = test.verify(&secret).await;
        assert_eq!(last_used().await, Value::Null, "a refused request is no use");
        test.clock.advance(seconds(5));
        let _ = test.client.post("/v1/api-keys/verify", used.clone()).await.ok();
        assert_eq!(last_used().await, "2030-01-01T00:00:05Z");
        test.clock.advance(seconds(5));
        let _ = test.client.post("/v1/api-keys/authenticate", used).await.ok();
        assert_eq!(last_used().await, "2030-01-01T00:00:10Z");
        let _ = test.client.post_empty(&format!("/v1/api-keys/{id}/revoke")).await.ok();
        assert_eq!(last_used().await, "2030-01-01T00:00:10Z");
    }
}

#[tokio::test]
async fn notes_are_bounded() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, _) = test.api_key(&organization, json!({})).await;
    let deep = (0..9).fold(json!(1), |inner, _| json!({ "a": inner }));
    let tags: Vec<String> = (0..21).map(|number| format!("tag{number}")).collect();
    for (fields, problem) in [
        (
            json!({ "description": "x".repeat(2049) }),
            "apiKey.description: must be at most 2048 characters long",
        ),
        (json!({ "externalId": "x".repeat(257) }), "apiKey.externalId: must be at most 256 characters long"),
        (json!({ "externalId": "" }), "apiKey.externalId: must not be empty; null removes it"),
        (
            json!({ "metadata": { "a": "x".repeat(2048) } }),
            "apiKey.metadata: must be at most 2048 bytes of JSON",
        ),
        (json!({ "metadata": deep }), "apiKey.metadata: must be nested at most 8 deep"),
        (json!({ "tags": tags }), "apiKey.tags: must be at most 20 tags"),
        (json!({ "tags": ["a", "b c"] }), "apiKey.tags[1]: "),
        (json!({ "tags": [""] }), "apiKey.tags[0]: "),
        (json!({ "expiresInSeconds": 0 }), "apiKey.expiresInSeconds: must be from 1 to 3153600000"),
        (
            json!({ "expiresInSeconds": 3_153_600_001_u64 }),
            "apiKey.expiresInSeconds: must be from 1 to 3153600000",
        ),
        (json!({ "expireTime": START }), "apiKey.expireTime: must be in the future"),
        (
            json!({ "expireTime": "2031-01-01T00:00:00Z", "expiresInSeconds": 60 }),
            "apiKey.expiresInSeconds: must not be given beside expireTime",
        ),
    ] {
        for refused in [
            refusal(&test, &organization, fields.clone()).await,
            key_refusal(&test, &id, fields.clone()).await,
        ] {
            assert!(refused.starts_with(problem), "{fields}: {refused}");
        }
    }
    for path in ["/v1/project".to_owned(), format!("/v1/organizations/{organization}")] {
        for lifetime in [0, 3_153_600_001_u64] {
            let refused = test.client.patch(&path, json!({ "maxApiKeyLifetimeSeconds": lifetime })).await;
            let refused = refused.refused(400, "invalid_argument");
            assert!(refused.starts_with("maxApiKeyLifetimeSeconds: must be from 1 to"), "{refused}");
        }
    }
}
