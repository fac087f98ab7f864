//! `/v1/users`

use crate::support::{START, get_key, seconds};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

const UNKNOWN: &str = "user_0000000000000000000000001";

async fn make(test: &TestApp, body: Value) -> Value {
    test.client.post("/v1/users", body).await.ok()["user"].clone()
}

#[tokio::test]
async fn a_project_has_no_users_at_first() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    assert_eq!(test.client.get("/v1/users").await.ok(), json!({}));
    assert_eq!(test.client.get(&format!("/v1/users?organizationId={organization}")).await.ok(), json!({}));
    let refused = test.client.get(&format!("/v1/users/{UNKNOWN}")).await.refused(404, "not_found");
    assert_eq!(refused, "user not found");
    assert_eq!(test.client.get("/v1/users/ada").await.refused(400, "invalid_argument"), "invalid user id");
}

on_both! {
    async fn a_user_is_added_changed_field_by_field_and_removed(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let made = make(&test, json!({
            "organizationId": organization, "email": "Ada.Lovelace@Example.COM", "owner": true, "displayName": "Ada",
            "googleUserId": "g", "microsoftUserId": "m", "githubUserId": "h",
            "profilePictureUrl": "https://example.com/ada.png",
        })).await;
        let id = made["id"].as_str().unwrap();
        let mut wanted = json!({
            "id": id, "organizationId": organization, "email": "ada.lovelace@example.com", "owner": true,
            "displayName": "Ada", "googleUserId": "g", "microsoftUserId": "m", "githubUserId": "h",
            "profilePictureUrl": "https://example.com/ada.png", "createTime": START, "updateTime": START,
        });
        assert_eq!(made, wanted);
        let path = format!("/v1/users/{id}");
        assert_eq!(test.client.get(&path).await.ok(), json!({ "user": wanted }));

        test.clock.advance(seconds(1));
        wanted["updateTime"] = json!("2030-01-01T00:00:01Z");
        for nothing in [json!({}), json!({ "email": "", "displayName": "", "googleUserId": "" })] {
            assert_eq!(test.client.patch(&path, nothing).await.ok()["user"], wanted);
        }
        for (change, field, value) in [
            (json!({ "email": "ADA@example.org" }), "email", json!("ada@example.org")),
            (json!({ "owner": false }), "owner", json!(false)),
            (json!({ "display_name": "Countess" }), "displayName", json!("Countess")),
            (json!({ "googleUserId": "g2" }), "googleUserId", json!("g2")),
            (json!({ "profilePictureUrl": null }), "profilePictureUrl", Value::Null),
            (json!({ "githubUserId": null }), "githubUserId", Value::Null),
            (json!({ "displayName": null }), "displayName", Value::Null),
        ] {
            match value {
                Value::Null => drop(wanted.as_object_mut().unwrap().remove(field)),
                value => wanted[field] = value,
            }
            assert_eq!(test.client.patch(&path, change).await.ok()["user"], wanted);
        }

        let session = test.session(id).await;
        assert_eq!(test.client.delete(&path).await.ok(), json!({}));
        assert_eq!(test.client.get(&path).await.refused(404, "not_found"), "user not found");
        let gone = test.client.get(&format!("/v1/sessions/{session}")).await;
        assert_eq!(gone.refused(404, "not_found"), "session not found");
    }

    async fn an_address_and_an_id_at_a_provider_are_unique_in_an_organization_only(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let (organization, other) = (test.organization("Customer").await, test.organization("Other").await);
        let new = |organization: &str, email: &str, google: Option<&str>| {
            json!({ "organizationId": organization, "email": email, "googleUserId": google })
        };
        let _ = make(&test, new(&organization, "ada@example.com", Some("g"))).await;
        let bob = make(&test, new(&organization, "bob@example.com", None)).await;
        let _ = make(&test, new(&other, "ada@example.com", Some("g"))).await;
        let taken = "the organization has a user with this email, or with this id at a sign-in provider";
        for (email, google) in [("ada@example.com", None), ("ADA@EXAMPLE.COM", None), ("eve@example.com", Some("g"))] {
            let refused = test.client.post("/v1/users", new(&organization, email, google)).await;
            assert_eq!(refused.refused(409, "already_exists"), taken);
        }
        let path = format!("/v1/users/{}", bob["id"].as_str().unwrap());
        for change in [json!({ "email": "ada@example.com" }), json!({ "googleUserId": "g" })] {
            assert_eq!(test.client.patch(&path, change).await.refused(409, "already_exists"), taken);
        }
        assert_eq!(test.client.get(&path).await.ok()["user"], bob);
    }

    async fn removing_a_user_revokes_the_keys_they_made_where_keys_are_personal(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (ada, bob) = (
            test.user(&organization, "ada@example.com").await,
            test.user(&organization, "bob@example.com").await,
        );
        let (hers, secret) = test.api_key(&organization, json!({})).await;
        let (his, _) = test.api_key(&organization, json!({})).await;
        let (ours, _) = test.api_key(&organization, json!({})).await;
        test.made_by(&ada, &hers).await;
        test.made_by(&bob, &his).await;
        let _ = test.client.delete(&format!("/v1/users/{bob}")).await.ok();
        assert_eq!(get_key(&test, &his).await["enabled"], true, "keys of this organization are not personal");

        let personal = json!({ "personalApiKeysEnabled": true });
        let _ = test.client.patch(&format!("/v1/organizations/{organization}"), personal).await.ok();
        test.clock.advance(seconds(1));
        let _ = test.client.delete(&format!("/v1/users/{ada}")).await.ok();
        let revoked = get_key(&test, &hers).await;
        assert_eq!((&revoked["revoked"], &revoked["revokeReason"]), (&json!(true), &json!("the user who made it was removed")));
        assert_eq!(test.verify(&secret).await["code"], "REVOKED");
        assert_eq!(get_key(&test, &ours).await["enabled"], true);
        let events = test.client.get("/v1/audit-log-events?startTime=2030-01-01T00:00:01Z").await.ok();
        let mut names: Vec<_> =
            events["auditLogEvents"].as_array().unwrap().iter().map(|event| event["eventName"].clone()).collect();
        names.sort_by_key(ToString::to_string);
        assert_eq!(names, ["tesseral.api_keys.revoke", "tesseral.users.delete"]);
    }
}

#[tokio::test]
async fn a_user_is_shown_and_listed_by_organization_in_their_project_only() {
    let test = TestApp::new().await;
    let (organization, other) = (test.organization("Customer").await, test.organization("Other").await);
    let id = test.user(&organization, "ada@example.com").await;
    let wanted = json!({
        "id": id, "organizationId": organization, "email": "ada@example.com", "owner": false,
        "createTime": START, "updateTime": START,
    });
    let path = format!("/v1/users/{id}");
    assert_eq!(test.client.get(&path).await.ok(), json!({ "user": wanted }));
    for query in [
        String::new(),
        format!("?organization_id={organization}"),
        "?email=ADA%40example.com".into(),
        "?search=DA%40EX".into(),
    ] {
        assert_eq!(test.client.get(&format!("/v1/users{query}")).await.ok(), json!({ "users": [wanted] }));
    }
    for query in [format!("organizationId={other}"), "email=eve%40example.com".into(), "search=eve".into()] {
        assert_eq!(test.client.get(&format!("/v1/users?{query}")).await.ok(), json!({}), "{query}");
    }
    let stranger = test.other_project().await;
    assert_eq!(stranger.get(&path).await.refused(404, "not_found"), "user not found");
    assert_eq!(stranger.patch(&path, json!({})).await.refused(404, "not_found"), "user not found");
    assert_eq!(stranger.delete(&path).await.refused(404, "not_found"), "user not found");
    assert_eq!(stranger.get("/v1/users").await.ok(), json!({}));
    let new = json!({ "organizationId": organization, "email": "eve@example.com" });
    assert_eq!(stranger.post("/v1/users", new).await.refused(404, "not_found"), "organization not found");
}

#[tokio::test]
async fn addresses_of_every_legal_shape_are_taken_in_one_form_and_others_refused() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let body = |email: &Value| json!({ "organizationId": organization, "email": email });
    for (email, kept) in [
        ("a@b.co", "a@b.co"),
        ("Ada+keys@Example.com", "ada+keys@example.com"),
        ("\"a b\"@example.com", "\"a b\"@example.com"),
        ("ada@münchen.de", "ada@xn--mnchen-3ya.de"),
        ("ada@ex\u{0430}mple.com", "ada@xn--exmple-4nf.com"),
    ] {
        assert_eq!(make(&test, body(&json!(email))).await["email"], kept);
    }
    let problem = "email: must be an e-mail address such as ada@example.com, in ASCII before the @";
    for email in
        ["ada", "@example.com", "ada@", "a b@example.com", "ada@example", "ada@example.com\r\nBcc: b@c.de"]
    {
        let refused = test.client.post("/v1/users", body(&json!(email))).await;
        assert_eq!(refused.refused(400, "invalid_argument"), problem, "{email}");
    }
    for nothing in [json!(null), json!("")] {
        let refused = test.client.post("/v1/users", body(&nothing)).await;
        assert_eq!(refused.refused(400, "invalid_argument"), "email: is required");
    }
    for (field, wrong, problem) in [
        (
            "profilePictureUrl",
            json!("javascript:alert(1)"),
            "must be an absolute URL that begins with https://",
        ),
        (
            "profilePictureUrl",
            json!("//example.com/a.png"),
            "must be an absolute URL that begins with https://",
        ),
        ("displayName", json!("x".repeat(257)), "must be at most 256 characters long"),
        ("githubUserId", json!("x".repeat(257)), "must be at most 256 characters long"),
    ] {
        let mut body = body(&json!("eve@example.com"));
        body[field] = wrong;
        let refused = test.client.post("/v1/users", body).await;
        assert_eq!(refused.refused(400, "invalid_argument"), format!("{field}: {problem}"));
    }
}
