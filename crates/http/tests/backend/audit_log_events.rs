//! `/v1/audit-log-events`: reading the log, refusals, and the developer's own entries. That every change leaves its
//! entry is in `audit_log_coverage.rs`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork_testkit::app::options;
use lockwork_testkit::{Answer, TestApp, on_both};
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/v1/audit-log-events";

async fn events(test: &TestApp, query: &str) -> Vec<Value> {
    let found = test.client.get(&format!("{PATH}?pageSize=100&{query}")).await.ok();
    found["auditLogEvents"].as_array().cloned().unwrap_or_default()
}

async fn names(test: &TestApp, query: &str) -> Vec<String> {
    let events = events(test, query).await;
    events
        .iter()
        .map(|event| event["eventName"].as_str().unwrap().trim_start_matches("tesseral.").to_owned())
        .collect()
}

async fn report(test: &TestApp, fields: Value) -> Answer {
    let mut body = json!({ "eventName": "acme.widgets.sold" });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    test.client.post(PATH, body).await
}

/// An access token that nobody signed.
fn access_token(claims: &Value) -> String {
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    let header = json!({ "alg": "ES256", "kid": "session_signing_key_0000000000000000000000001" });
    format!("{}.{}.{}", part(header.to_string()), part(claims.to_string()), part("signature".into()))
}

on_both! {
    async fn the_log_is_filtered_by_each_of_its_fields_newest_first(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        assert_eq!(test.client.get(PATH).await.ok(), json!({}));
        let tick = || test.clock.advance(Duration::from_secs(1));
        let organization = test.organization("Customer").await;
        tick();
        let (key, _) = test.api_key(&organization, json!({})).await;
        tick();
        let role = test.role("Maker", &[]).await;
        tick();
        let _ = report(&test, json!({ "actorApiKeyId": key })).await.ok();
        tick();
        let _ = test.client.patch("/v1/project", json!({ "displayName": "Renamed" })).await.ok();

        let all = ["projects.update", "acme.widgets.sold", "roles.create", "api_keys.create", "organizations.update", "organizations.create"];
        let found = names(&test, "").await;
        assert_eq!(found[..4], all[..4]);
        let project = test.client.get("/v1/project").await.ok()["project"]["id"].as_str().unwrap().to_owned();
        let backend = events(&test, "").await[0]["actorBackendApiKeyId"].as_str().unwrap().to_owned();
        for (query, wanted) in [
            ("eventName=tesseral.api_keys.create".to_owned(), vec!["api_keys.create"]),
            ("event_name=tesseral.api_keys".to_owned(), vec![]),
            (format!("resourceId={key}"), vec!["api_keys.create"]),
            (format!("resource_id={role}"), vec!["roles.create"]),
            (format!("resourceId={project}"), vec!["projects.update"]),
            ("resourceType=role".to_owned(), vec!["roles.create"]),
            ("resource_type=publishable_key".to_owned(), vec![]),
            (format!("resourceType=role&resourceId={key}"), vec![]),
            (format!("organizationId={organization}&resourceType=api_key"), vec!["api_keys.create"]),
            (format!("actorApiKeyId={key}"), vec!["acme.widgets.sold"]),
            (format!("actor_api_key_id={key}&organization_id={organization}"), vec!["acme.widgets.sold"]),
            (format!("actorBackendApiKeyId={backend}&startTime=2030-01-01T00:00:02Z"), vec!["projects.update", "roles.create"]),
            ("actorUserId=user_0000000000000000000000001".to_owned(), vec![]),
            ("actorSessionId=session_0000000000000000000000001".to_owned(), vec![]),
            // The start belongs to the span, the end does not.
            ("startTime=2030-01-01T00:00:01Z&endTime=2030-01-01T00:00:03Z".to_owned(), vec!["roles.create", "api_keys.create"]),
            ("start_time=2030-01-01T00:00:03.000001Z".to_owned(), vec!["projects.update"]),
            ("end_time=2030-01-01T00:00:00Z".to_owned(), vec![]),
            ("startTime=2030-01-01T01:00:04%2B01:00".to_owned(), vec!["projects.update"]),
        ] {
            assert_eq!(names(&test, &query).await, wanted, "{query}");
        }
        let mut of_organization = names(&test, &format!("organizationId={organization}")).await;
        of_organization[2..].sort();
        assert_eq!(of_organization, ["acme.widgets.sold", "api_keys.create", "organizations.create", "organizations.update"]);

        let mut walked = Vec::new();
        let mut page = test.client.get(&format!("{PATH}?pageSize=2")).await.ok();
        loop {
            walked.extend(page["auditLogEvents"].as_array().unwrap().iter().map(|event| event["id"].clone()));
            let Some(token) = page["nextPageToken"].as_str() else { break };
            page = test.client.get(&format!("{PATH}?pageSize=2&pageToken={}", token.replace('=', "%3D"))).await.ok();
        }
        let whole: Vec<Value> = events(&test, "").await.iter().map(|event| event["id"].clone()).collect();
        assert_eq!((walked.len(), walked), (all.len(), whole));
    }
}

#[tokio::test]
async fn a_filter_that_makes_no_sense_is_refused() {
    let test = TestApp::new().await;
    for (query, description) in [
        ("resourceType=planet", "resourceType: is not one of the types"),
        ("resourceId=x", "resourceId: must be the id of something that the log tells of"),
        ("organizationId=x", "invalid organization id"),
        ("actorApiKeyId=x", "invalid api key id"),
        ("actorUserId=x", "invalid user id"),
        ("actorSessionId=x", "invalid session id"),
        ("actorBackendApiKeyId=x", "invalid backend api key id"),
    ] {
        let refused = test.client.get(&format!("{PATH}?{query}")).await.refused(400, "invalid_argument");
        assert_eq!(refused, description);
    }
    let refused =
        test.client.get(&format!("{PATH}?startTime=yesterday")).await.refused(400, "invalid_argument");
    assert!(refused.contains("not a time in RFC 3339 form"), "{refused}");
}

#[tokio::test]
async fn a_refused_change_leaves_one_entry_a_minute_for_each_permission_and_key() {
    let test = TestApp::new().await;
    let (reader, other) = (test.scoped("read").await, test.scoped("read").await);
    test.clock.advance(Duration::from_secs(1));
    let refusals = async || names(&test, "eventName=tesseral.access.refuse").await.len();
    let rename = json!({ "displayName": "Mine" });
    for _ in 0..3 {
        let _ = reader.patch("/v1/project", rename.clone()).await.refused(403, "permission_denied");
    }
    let entry = events(&test, "eventName=tesseral.access.refuse").await;
    assert_eq!(
        entry,
        [json!({
            "id": entry[0]["id"], "eventName": "tesseral.access.refuse", "eventTime": "2030-01-01T00:00:01Z",
            "actorBackendApiKeyId": entry[0]["actorBackendApiKeyId"], "eventDetails": { "permission": "ProjectWrite" },
        })]
    );
    let _ = reader.post("/v1/organizations", json!({})).await.refused(403, "permission_denied");
    assert_eq!(refusals().await, 2);
    let _ = other.patch("/v1/project", rename.clone()).await.refused(403, "permission_denied");
    assert_eq!(refusals().await, 3);
    test.clock.advance(Duration::from_micros(59_999_999));
    let _ = reader.patch("/v1/project", rename.clone()).await.refused(403, "permission_denied");
    assert_eq!(refusals().await, 3);
    test.clock.advance(Duration::from_micros(1));
    let _ = reader.patch("/v1/project", rename.clone()).await.refused(403, "permission_denied");
    assert_eq!(refusals().await, 4);
    assert_eq!(test.client.get("/v1/project").await.ok()["project"]["displayName"], "Acme");
}

on_both! {
    async fn an_event_is_reported_with_each_source_and_read_back_as_it_was_answered(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (key, secret) = test.api_key(&organization, json!({})).await;
        let (gone, gone_secret) = test.api_key(&organization, json!({})).await;
        let _ = test.client.post_empty(&format!("/v1/api-keys/{gone}/revoke")).await.ok();
        let user = test.user(&organization, "ada@example.com").await;
        let session = test.session(&user).await;
        let with_session = access_token(&json!({ "sub": user, "session": { "id": session }, "exp": 1 }));
        let without = access_token(&json!({ "sub": user }));
        for (source, actor) in [
            (json!({ "organizationId": organization }), json!({})),
            (json!({ "actorApiKeyId": key }), json!({ "actorApiKeyId": key })),
            (json!({ "actorUserId": user }), json!({ "actorUserId": user })),
            (json!({ "actorSessionId": session }), json!({ "actorUserId": user, "actorSessionId": session })),
            (json!({ "actorCredentials": secret }), json!({ "actorApiKeyId": key })),
            (json!({ "actorCredentials": gone_secret }), json!({ "actorApiKeyId": gone })),
            (json!({ "actorCredentials": with_session }), json!({ "actorUserId": user, "actorSessionId": session })),
            (json!({ "actorCredentials": without }), json!({ "actorUserId": user })),
        ] {
            test.clock.advance(Duration::from_secs(1));
            let made = report(&test, source.clone()).await.ok()["auditLogEvent"].clone();
            let mut wanted = json!({
                "id": made["id"], "organizationId": organization, "eventName": "acme.widgets.sold",
                "eventTime": made["eventTime"],
            });
            for (name, value) in actor.as_object().unwrap() {
                wanted[name] = value.clone();
            }
            assert_eq!(made, wanted, "{source}");
            assert_eq!(events(&test, "").await[0], wanted, "{source}");
        }
    }
}

#[tokio::test]
async fn an_event_has_a_time_and_details_of_its_own() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let details = json!({ "widget": { "id": 7, "tags": ["a", null] }, "note": "ünïcode" });
    let made = report(
        &test,
        json!({ "organizationId": organization, "eventTime": "2029-05-06T07:08:09.123456Z", "eventDetails": details }),
    )
    .await
    .ok()["auditLogEvent"]
        .clone();
    assert_eq!(
        (&made["eventTime"], &made["eventDetails"]),
        (&json!("2029-05-06T07:08:09.123456Z"), &details)
    );
    // Older than everything else, so last.
    assert_eq!(events(&test, "").await.last(), Some(&made));
    let now =
        report(&test, json!({ "organizationId": organization, "eventTime": null, "eventDetails": null }))
            .await
            .ok();
    assert_eq!(now["auditLogEvent"]["eventTime"], "2030-01-01T00:00:00Z");
    let large = json!({ "organizationId": organization, "eventDetails": { "text": "x".repeat(16 * 1024) } });
    let refused = report(&test, large).await.refused(400, "invalid_argument");
    assert_eq!(refused, "eventDetails: must be at most 16384 bytes of JSON");
    let list = json!({ "organizationId": organization, "eventDetails": [1] });
    let refused = report(&test, list).await.refused(400, "invalid_argument");
    assert!(refused.starts_with("eventDetails: invalid type"), "{refused}");
}

#[tokio::test]
async fn an_event_has_exactly_one_source_and_a_name_that_is_not_ours() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (key, _) = test.api_key(&organization, json!({})).await;
    let before = events(&test, "").await;
    let one =
        "give exactly one of actorCredentials, actorApiKeyId, actorSessionId, actorUserId and organizationId";
    let refused_actor = |field: &str| format!("{field}: cannot be the actor of an event that you report");
    let form = "eventName: must have the form x.y.z over a-z, 0-9 and _";
    let ours = "eventName: must not begin with tesseral";
    for (fields, description) in [
        (json!({}), one.to_owned()),
        (json!({ "organizationId": organization, "actorApiKeyId": key }), one.to_owned()),
        (json!({ "organizationId": "", "actorCredentials": "" }), one.to_owned()),
        (
            json!({ "organizationId": organization, "actorBackendApiKeyId": "backend_api_key_x" }),
            refused_actor("actorBackendApiKeyId"),
        ),
        (json!({ "actorIntermediateSessionId": "x" }), refused_actor("actorIntermediateSessionId")),
        (json!({ "organizationId": organization, "eventName": null }), form.to_owned()),
        (json!({ "organizationId": organization, "eventName": "a.b" }), form.to_owned()),
        (json!({ "organizationId": organization, "eventName": "a.b.C" }), form.to_owned()),
        (json!({ "organizationId": organization, "eventName": "a.b.c!" }), form.to_owned()),
        (json!({ "organizationId": organization, "eventName": "tesseral.api_keys.create" }), ours.to_owned()),
        (json!({ "organizationId": organization, "eventName": "tesseralx.a.b" }), ours.to_owned()),
    ] {
        assert_eq!(
            report(&test, fields.clone()).await.refused(400, "invalid_argument"),
            description,
            "{fields}"
        );
    }
    assert_eq!(events(&test, "").await, before);
}

#[tokio::test]
async fn a_source_must_be_of_this_project_even_in_a_forged_access_token() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (key, secret) = test.api_key(&organization, json!({})).await;
    let (user, bob) = (
        test.user(&organization, "ada@example.com").await,
        test.user(&organization, "bob@example.com").await,
    );
    let session = test.session(&user).await;
    let token =
        |user: &str, session: &str| access_token(&json!({ "sub": user, "session": { "id": session } }));
    let stranger = test.other_project().await;
    let ask = async |fields: Value, status: u16, slug: &str| {
        let mut body = json!({ "eventName": "acme.widgets.sold" });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        stranger.post(PATH, body).await.refused(status, slug)
    };
    for (fields, noun) in [
        (json!({ "organizationId": organization }), "organization"),
        (json!({ "actorApiKeyId": key }), "api key"),
        (json!({ "actorUserId": user }), "user"),
        (json!({ "actorSessionId": session }), "session"),
        (json!({ "actorCredentials": token(&user, &session) }), "user"),
    ] {
        assert_eq!(ask(fields, 404, "not_found").await, format!("{noun} not found"));
    }
    for credentials in [secret.as_str(), "nonsense", "a.b.c", &access_token(&json!({ "sub": "ada" }))] {
        let refused = ask(json!({ "actorCredentials": credentials }), 400, "unauthenticated_api_key").await;
        assert_eq!(refused, "malformed_api_key_secret_token");
    }
    assert_eq!(stranger.get(PATH).await.ok(), json!({}));
    // A user with somebody else's session.
    let mixed = report(&test, json!({ "actorCredentials": token(&bob, &session) })).await;
    assert_eq!(mixed.refused(404, "not_found"), "session not found");
}
