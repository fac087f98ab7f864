//! `/v1/organizations`

use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};
use std::time::Duration;

async fn make(test: &TestApp, body: Value) -> Value {
    test.client.post("/v1/organizations", body).await.ok()["organization"].clone()
}

async fn change(test: &TestApp, id: &Value, body: Value) -> Value {
    let path = format!("/v1/organizations/{}", id.as_str().unwrap());
    test.client.patch(&path, body).await.ok()["organization"].clone()
}

async fn show(test: &TestApp, id: &Value) -> Value {
    test.client.get(&format!("/v1/organizations/{}", id.as_str().unwrap())).await.ok()["organization"].clone()
}

/// What an organization is when nothing was said about it.
fn plain(id: &Value) -> Value {
    json!({
        "id": id, "createTime": "2030-01-01T00:00:00Z", "updateTime": "2030-01-01T00:00:00Z",
        "requireMfa": false, "scimEnabled": false, "customRolesEnabled": false, "apiKeysEnabled": false,
        "personalApiKeysEnabled": false, "loginsDisabled": false,
        "logInWithGoogle": false, "logInWithMicrosoft": false, "logInWithGithub": false, "logInWithEmail": false,
        "logInWithPassword": false, "logInWithSaml": false, "logInWithOidc": false,
        "logInWithAuthenticatorApp": false, "logInWithPasskey": false,
    })
}

#[tokio::test]
async fn an_organization_is_made_with_everything_off_and_every_switch_shown() {
    let test = TestApp::new().await;
    let made = make(&test, json!({})).await;
    assert_eq!(made, plain(&made["id"]));
    assert_eq!(show(&test, &made["id"]).await, made);
}

#[tokio::test]
async fn what_only_an_update_may_switch_is_ignored_at_creation() {
    let test = TestApp::new().await;
    let made = make(
        &test,
        json!({
            "displayName": "Customer", "scimEnabled": true, "logInWithEmail": true, "requireMfa": true,
            "apiKeysEnabled": true, "customRolesEnabled": true, "id": "org_mine", "createTime": "1999", "unheardOf": 1,
        }),
    )
    .await;
    let mut wanted = plain(&made["id"]);
    wanted["displayName"] = json!("Customer");
    wanted["scimEnabled"] = json!(true);
    wanted["logInWithEmail"] = json!(true);
    assert_eq!(made, wanted);
}

#[tokio::test]
async fn an_organization_may_only_use_ways_to_sign_in_that_the_project_has() {
    let test = TestApp::new().await;
    let organization = make(&test, json!({})).await;
    let path = format!("/v1/organizations/{}", organization["id"].as_str().unwrap());
    for (field, noun) in [
        ("logInWithGoogle", "google"),
        ("logInWithMicrosoft", "microsoft"),
        ("logInWithGithub", "github"),
        ("logInWithSaml", "saml"),
        ("logInWithOidc", "oidc"),
    ] {
        let wanted = format!("log in with {noun} is not enabled for this project");
        let refused = test.client.post("/v1/organizations", json!({ (field): true })).await;
        assert_eq!(refused.refused(403, "permission_denied"), wanted);
        let refused = test.client.patch(&path, json!({ (field): true })).await;
        assert_eq!(refused.refused(403, "permission_denied"), wanted);
        // Off is never refused.
        let _ = make(&test, json!({ (field): false })).await;
        assert_eq!(change(&test, &organization["id"], json!({ (field): false })).await[field], false);
    }
    for field in ["logInWithEmail", "logInWithPassword", "logInWithAuthenticatorApp", "logInWithPasskey"] {
        assert_eq!(make(&test, json!({ (field): true })).await[field], true);
        assert_eq!(change(&test, &organization["id"], json!({ (field): true })).await[field], true);
    }
}

#[tokio::test]
async fn a_second_factor_can_be_demanded_only_while_there_is_one() {
    let test = TestApp::new().await;
    let id = make(&test, json!({ "logInWithEmail": true })).await["id"].clone();
    let path = format!("/v1/organizations/{}", id.as_str().unwrap());
    let needs = "requireMfa: needs logInWithAuthenticatorApp or logInWithPasskey to be enabled";
    for factor in ["logInWithAuthenticatorApp", "logInWithPasskey"] {
        let refused = test.client.patch(&path, json!({ "requireMfa": true })).await;
        assert_eq!(refused.refused(400, "invalid_argument"), needs);
        let changed = change(&test, &id, json!({ "requireMfa": true, (factor): true })).await;
        assert_eq!((&changed["requireMfa"], &changed[factor]), (&json!(true), &json!(true)));
        // The last factor cannot go while one is demanded.
        let refused = test.client.patch(&path, json!({ (factor): false })).await;
        assert_eq!(refused.refused(400, "invalid_argument"), needs);
        let changed = change(&test, &id, json!({ "requireMfa": false, (factor): false })).await;
        assert_eq!((&changed["requireMfa"], &changed[factor]), (&json!(false), &json!(false)));
    }
}

#[tokio::test]
async fn an_update_leaves_absent_empty_and_null_fields_as_they_were() {
    let test = TestApp::new().await;
    let made =
        make(&test, json!({ "displayName": "Customer", "logInWithEmail": true, "scimEnabled": true })).await;
    test.clock.advance(Duration::from_secs(60));
    let mut wanted = made.clone();
    wanted["updateTime"] = json!("2030-01-01T00:01:00Z");
    for nothing in [
        json!({}),
        json!({ "displayName": "" }),
        json!({ "displayName": null, "logInWithEmail": null, "scimEnabled": null, "apiKeysEnabled": null }),
        json!({ "id": "org_other", "createTime": "1999", "unheardOf": true }),
    ] {
        assert_eq!(change(&test, &made["id"], nothing.clone()).await, wanted, "{nothing}");
    }
    let changes = json!({
        "displayName": "Renamed", "logInWithEmail": false, "logInWithPasskey": true, "requireMfa": true,
        "scimEnabled": false, "customRolesEnabled": true, "apiKeysEnabled": true,
    });
    for (field, value) in changes.as_object().unwrap() {
        wanted[field] = value.clone();
    }
    assert_eq!(change(&test, &made["id"], changes).await, wanted);
    assert_eq!(show(&test, &made["id"]).await, wanted);
}

#[tokio::test]
async fn an_organization_shows_its_api_keys_as_off_while_the_project_has_them_off() {
    let test = TestApp::new().await;
    let id = json!(test.organization("Customer").await);
    let switch = async |enabled: bool| {
        let _ = test.client.patch("/v1/project", json!({ "apiKeysEnabled": enabled })).await.ok();
    };
    let count = async |filter: &str| {
        let found = test.client.get(&format!("/v1/organizations?apiKeysEnabled={filter}")).await.ok();
        found["organizations"].as_array().map_or(0, Vec::len)
    };
    switch(false).await;
    assert_eq!(show(&test, &id).await["apiKeysEnabled"], false);
    assert_eq!(change(&test, &id, json!({ "displayName": "Renamed" })).await["apiKeysEnabled"], false);
    assert_eq!((count("true").await, count("false").await), (0, 1));
    // Its own switch was not touched.
    switch(true).await;
    assert_eq!(show(&test, &id).await["apiKeysEnabled"], true);
    assert_eq!((count("true").await, count("false").await), (1, 0));
}

#[tokio::test]
async fn switching_an_organizations_api_keys_is_in_effect_at_once() {
    let test = TestApp::new().await;
    let id = test.organization("Customer").await;
    let (_, secret) = test.api_key(&id, json!({})).await;
    let _ = change(&test, &json!(id), json!({ "apiKeysEnabled": false })).await;
    assert_eq!(test.verify(&secret).await["code"], "ORGANIZATION_DISABLED");
    let refused = test.client.post("/v1/api-keys", json!({ "apiKey": { "organizationId": id } })).await;
    assert_eq!(refused.refused(403, "permission_denied"), "api keys are not enabled for this organization");
    let _ = change(&test, &json!(id), json!({ "apiKeysEnabled": true })).await;
    assert_eq!(test.verify(&secret).await["code"], "VALID");
}

on_both! {
    async fn organizations_are_found_by_a_part_of_their_name_and_counted_when_asked(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        for name in ["Acme Works", "100% acme", "Other"] {
            let _ = test.organization(name).await;
        }
        let _ = make(&test, json!({ "displayName": "ACME without keys" })).await;
        for (query, wanted) in [
            ("search=acme", vec!["100% acme", "ACME without keys", "Acme Works"]),
            ("search=ME+w", vec!["ACME without keys", "Acme Works"]),
            ("search=%25", vec!["100% acme"]),
            ("search=_", vec![]),
            ("search=", vec!["100% acme", "ACME without keys", "Acme Works", "Other"]),
            ("search=acme&apiKeysEnabled=true", vec!["100% acme", "Acme Works"]),
            ("search=acme&displayName=Other", vec![]),
        ] {
            let path = format!("/v1/organizations?orderBy=displayName&count=true&{query}");
            let answer = test.client.get(&path).await.ok();
            let found = answer["organizations"].as_array().cloned().unwrap_or_default();
            let names: Vec<_> = found.iter().map(|row| row["displayName"].as_str().unwrap()).collect();
            assert_eq!(names, wanted, "{query}");
            assert_eq!(answer["totalCount"], wanted.len(), "{query}");
        }
        let page = test.client.get("/v1/organizations?pageSize=1&count=true&search=acme").await.ok();
        assert_eq!((page["organizations"].as_array().unwrap().len(), &page["totalCount"]), (1, &json!(3)));
        assert!(test.client.get("/v1/organizations?pageSize=1").await.ok().get("totalCount").is_none());
        let _ = test.client.patch("/v1/project", json!({ "apiKeysEnabled": false })).await.ok();
        let none = test.client.get("/v1/organizations?count=true&apiKeysEnabled=true").await.ok();
        assert_eq!(none, json!({ "totalCount": 0 }));
        let theirs = test.other_project().await.get("/v1/organizations?count=true&search=acme").await.ok();
        assert_eq!(theirs, json!({ "totalCount": 0 }));
    }

    async fn a_deleted_organization_takes_its_keys_and_roles_along_at_once(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let (id, other) = (test.organization("Customer").await, test.organization("Other").await);
        let (key, secret) = test.api_key(&id, json!({})).await;
        let (_, kept) = test.api_key(&other, json!({})).await;
        let role = test.client.post("/v1/roles", json!({ "organizationId": id, "displayName": "Own" })).await.ok();
        let role = role["role"]["id"].as_str().unwrap();

        let path = format!("/v1/organizations/{id}");
        assert_eq!(test.client.delete(&path).await.ok(), json!({}));
        assert_eq!(test.verify(&secret).await, json!({ "valid": false, "code": "NOT_FOUND" }));
        assert_eq!(test.verify(&kept).await["code"], "VALID");
        for (path, noun) in [
            (path.clone(), "organization"),
            (format!("/v1/organizations/{id}/domains"), "organization"),
            (format!("/v1/api-keys/{key}"), "api key"),
            (format!("/v1/roles/{role}"), "role"),
        ] {
            assert_eq!(test.client.get(&path).await.refused(404, "not_found"), format!("{noun} not found"));
        }
        assert_eq!(test.client.get(&format!("/v1/api-keys?organizationId={id}")).await.ok(), json!({}));
        assert_eq!(test.client.delete(&path).await.refused(404, "not_found"), "organization not found");
    }
}
