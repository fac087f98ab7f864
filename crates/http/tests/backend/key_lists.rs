//! `GET /v1/api-keys` by everything that keys can be looked for by.

use crate::support::seconds;
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::json;

/// The ids that a list answers, in the order of their creation.
async fn found(test: &TestApp, organization: &str, query: &str) -> Vec<String> {
    let path = format!("/v1/api-keys?organizationId={organization}&orderBy=createTime&{query}");
    let answer = test.client.get(&path).await.ok();
    let keys = answer["apiKeys"].as_array().cloned().unwrap_or_default();
    keys.iter().map(|key| key["id"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn keys_are_found_by_each_of_their_attributes(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let mut keys = Vec::new();
        for fields in [
            json!({ "displayName": "Deploys 100%", "externalId": "cus_1", "tags": ["prod", "eu"] }),
            json!({ "displayName": "nightly DEPLOYS", "externalId": "cus_1", "expiresInSeconds": 100 }),
            json!({ "displayName": "Ünïcode_key", "tags": ["prod"], "expiresInSeconds": 1000 }),
            json!({ "displayName": "back\\slash", "externalId": "CUS_1" }),
            json!({ "displayName": "last", "externalId": "cus_2", "tags": ["production"], "enabled": false }),
        ] {
            keys.push(test.api_key(&organization, fields).await);
            test.clock.advance(seconds(1));
        }
        let other = test.organization("Other").await;
        let _ = test.api_key(&other, json!({ "externalId": "cus_1", "displayName": "Deploys", "tags": ["prod"] })).await;
        let user = test.user(&organization, "ada@example.com").await;
        test.made_by(&user, &keys[3].0).await;
        let creator = test.client.get("/v1/backend-api-keys").await.ok()["backendApiKeys"][0]["id"].clone();
        let creator = creator.as_str().unwrap();
        let suffix = &keys[1].1[keys[1].1.len() - 4..];
        for (query, wanted) in [
            ("search=deploys".to_owned(), vec![0, 1]),
            ("search=DEPLOYS".to_owned(), vec![0, 1]),
            ("search=Y".to_owned(), vec![0, 1, 2]),
            ("search=%C3%9Cn%C3%AF".to_owned(), vec![2]),
            ("search=100%25".to_owned(), vec![0]),
            ("search=%25".to_owned(), vec![0]),
            ("search=_".to_owned(), vec![2]),
            ("search=%5C".to_owned(), vec![3]),
            ("search=".to_owned(), vec![0, 1, 2, 3, 4]),
            (format!("secretTokenSuffix={suffix}"), vec![1]),
            (format!("id={}", keys[2].0), vec![2]),
            ("externalId=cus_1".to_owned(), vec![0, 1]),
            ("external_id=cus_1&search=night".to_owned(), vec![1]),
            ("externalId=cus".to_owned(), vec![]),
            ("tag=prod".to_owned(), vec![0, 2]),
            ("tag=eu".to_owned(), vec![0]),
            ("tag=pro".to_owned(), vec![]),
            (format!("creatorUserId={user}"), vec![3]),
            (format!("creatorBackendApiKeyId={creator}"), vec![0, 1, 2, 4]),
            (format!("creatorBackendApiKeyId={creator}&creatorUserId={user}"), vec![]),
            ("expiresBefore=2030-01-01T00:10:00Z".to_owned(), vec![1]),
            ("expires_before=2031-01-01T00:00:00Z&tag=prod".to_owned(), vec![2]),
        ] {
            let wanted: Vec<_> = wanted.into_iter().map(|index: usize| keys[index].0.clone()).collect();
            assert_eq!(found(&test, &organization, &query).await, wanted, "{query}");
        }
        let foreign = found(&test, &other, &format!("id={}", keys[0].0)).await;
        assert_eq!(foreign, Vec::<String>::new());
    }

    async fn a_key_is_in_one_state_at_a_time(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let mut ids = Vec::new();
        for fields in [json!({}), json!({ "enabled": false }), json!({ "expiresInSeconds": 10 }), json!({})] {
            ids.push(test.api_key(&organization, fields).await.0);
            test.clock.advance(seconds(1));
        }
        let _ = test.client.post_empty(&format!("/v1/api-keys/{}/revoke", ids[3])).await.ok();
        let in_state = async |state: &str| found(&test, &organization, &format!("state={state}")).await;
        assert_eq!(in_state("ACTIVE").await, [ids[0].as_str(), &ids[2]]);
        assert_eq!(in_state("EXPIRED").await, [""; 0]);
        test.clock.advance(seconds(10));
        assert_eq!(in_state("ACTIVE").await, [ids[0].as_str()]);
        assert_eq!(in_state("DISABLED").await, [ids[1].as_str()]);
        assert_eq!(in_state("EXPIRED").await, [ids[2].as_str()]);
        assert_eq!(in_state("REVOKED").await, [ids[3].as_str()]);
        assert_eq!(found(&test, &organization, "state=ACTIVE&revoked=true").await, [""; 0]);
    }

    async fn every_filter_fits_the_keys_of_the_whole_project_too(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let (one, two) = (test.organization("One").await, test.organization("Two").await);
        let (a, _) = test.api_key(&one, json!({ "displayName": "Deploys", "expiresInSeconds": 100 })).await;
        test.clock.advance(seconds(1));
        let (b, _) = test.api_key(&two, json!({ "displayName": "Other deploys", "tags": ["prod"] })).await;
        test.clock.advance(seconds(1));
        let (c, _) = test.api_key(&two, json!({ "displayName": "Last", "enabled": false })).await;
        for (query, wanted) in [
            ("search=deploys", vec![&a, &b]),
            ("tag=prod", vec![&b]),
            ("state=ACTIVE", vec![&a, &b]),
            ("state=DISABLED", vec![&c]),
            ("state=ACTIVE&expiresBefore=2031-01-01T00:00:00Z", vec![&a]),
            ("search=nothing", vec![]),
        ] {
            let path = format!("/v1/api-keys?orderBy=createTime&count=true&{query}");
            let answer = test.client.get(&path).await.ok();
            let found = answer["apiKeys"].as_array().cloned().unwrap_or_default();
            assert_eq!(found.iter().map(|key| key["id"].as_str().unwrap()).collect::<Vec<_>>(), wanted, "{query}");
            assert_eq!(answer["totalCount"], wanted.len(), "{query}");
            assert!(answer.get("totalCountIsLowerBound").is_none(), "{query}");
        }
    }

    async fn a_list_says_what_each_key_may_do(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        test.actions(&["acme.a.read", "acme.b.read", "acme.c.read"]).await;
        let organization = test.organization("Customer").await;
        let role = test.role("Reader", &["acme.b.read", "acme.a.read"]).await;
        let given = json!({ "displayName": "1", "roleIds": [role], "actions": ["acme.c.read", "acme.a.read"] });
        let _ = test.api_key(&organization, given).await;
        let _ = test.api_key(&organization, json!({ "displayName": "2" })).await;
        let path = format!("/v1/api-keys?organizationId={organization}&orderBy=displayName");
        let listed = test.client.get(&path).await.ok()["apiKeys"].clone();
        assert_eq!(listed[0]["effectiveActions"], json!(["acme.a.read", "acme.b.read", "acme.c.read"]));
        assert!(listed[1].get("effectiveActions").is_none());
        let _ = test.client.patch(&format!("/v1/roles/{role}"), json!({ "actions": ["acme.b.read"] })).await.ok();
        let listed = test.client.get(&path).await.ok()["apiKeys"].clone();
        assert_eq!(listed[0]["effectiveActions"], json!(["acme.a.read", "acme.b.read", "acme.c.read"]));
        let _ = test.client.delete(&format!("/v1/roles/{role}")).await.ok();
        let listed = test.client.get(&path).await.ok()["apiKeys"].clone();
        assert_eq!(listed[0]["effectiveActions"], json!(["acme.a.read", "acme.c.read"]));
    }

    async fn keys_are_counted_over_all_pages_when_asked(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        for number in 0..5 {
            let _ = test.api_key(&organization, json!({ "displayName": format!("Key {}", number % 2) })).await;
        }
        let _ = test.api_key(&test.organization("Other").await, json!({})).await;
        let path = format!("/v1/api-keys?organizationId={organization}&pageSize=2");
        for (query, count) in [("count=true", Some(5)), ("count=true&search=0", Some(3)), ("count=false", None), ("", None)] {
            let page = test.client.get(&format!("{path}&{query}")).await.ok();
            assert_eq!(page.get("totalCount").and_then(|count| count.as_u64()), count, "{query}");
            assert_eq!(page["apiKeys"].as_array().unwrap().len(), 2);
        }
        let nobody = "/v1/api-keys?count=true&organizationId=org_0000000000000000000000001";
        assert_eq!(test.client.get(nobody).await.ok(), json!({ "totalCount": 0 }));
    }
}
