//! Who may do what: every documented operation, called by everybody.
//!
//! The table is `table.snap`; `make accept` takes a new one over after you have read it.

mod logins;
mod members;
mod requests;
mod staff;

use lockwork_testkit::document::{Operation, operations};
use lockwork_testkit::{Answer, Client, TestApp};
use requests::{CONSOLE_ONLY, Prepared, Things};
use serde_json::Value;
use std::fmt::Write;
use std::time::Duration;

const COLUMNS: [&str; 7] = ["nobody", "wrong key", "revoked key", "verify", "read", "full", "other project"];
/// What changes nothing that is stored although it is no GET.
const READING_POSTS: [&str; 4] = ["authenticate_api_key", "check_limits", "verify_api_key", "who_am_i"];
const FULL: usize = 5;
const OTHER: usize = 6;

async fn send(client: &Client, request: Prepared) -> Answer {
    match request.body {
        Some(body) => client.json(request.method, &request.path, body).await,
        None => client.send(request.method, &request.path, None, Vec::new()).await,
    }
}

/// Every caller but the full one, who changes what the others are shown.
async fn others(test: &TestApp) -> [Option<Client>; 7] {
    let wrong = "Bearer tesseral_secret_key_0000000000000000000000001";
    let made =
        test.client.post("/v1/backend-api-keys", serde_json::json!({ "displayName": "revoked" })).await.ok();
    let (id, secret) = (&made["backendApiKey"]["id"], &made["backendApiKey"]["secretToken"]);
    let revoked =
        test.client.with_authorization(Some(&format!("Bearer {}", secret.as_str().expect("a secret"))));
    let _ = test
        .client
        .post_empty(&format!("/v1/backend-api-keys/{}/revoke", id.as_str().expect("an id")))
        .await
        .ok();
    [
        Some(test.nobody()),
        Some(test.client.with_authorization(Some(wrong))),
        Some(revoked),
        Some(test.scoped("verify").await),
        Some(test.scoped("read").await),
        None,
        Some(test.other_project().await),
    ]
}

/// All that the first project's reading operations show, without the entries that tell of refusals.
async fn state(test: &TestApp, things: &Things) -> Vec<(String, Value)> {
    let mut state = Vec::new();
    for operation in operations().iter().filter(|operation| operation.method == "GET") {
        let mut request = things.request(operation);
        if operation.id.starts_with("list_") {
            request.path.push_str(if request.path.contains('?') { "&pageSize=100" } else { "?pageSize=100" });
        }
        let mut json = send(&test.client, request).await.ok();
        assert!(json["nextPageToken"].is_null(), "{} has more rows than this looks at", operation.id);
        if let Some(events) = json["auditLogEvents"].as_array_mut() {
            events.retain(|event| event["eventName"] != "tesseral.access.refuse");
        }
        state.push((operation.id.clone(), json));
    }
    state
}

fn ids(things: &Things) -> [&str; 19] {
    [
        &things.organization,
        &things.role,
        &things.spare_role,
        &things.api_key,
        &things.revoked_api_key,
        &things.metered_api_key,
        &things.doomed_api_key,
        &things.metered_organization,
        &things.plan,
        &things.limit_override,
        &things.assignment,
        &things.backend_api_key,
        &things.revoked_backend_api_key,
        &things.publishable_key,
        &things.user,
        &things.user_invite,
        &things.user_assignment,
        &things.passkey,
        &things.session,
    ]
}

fn cell(answer: &Answer) -> String {
    let mark = if answer.status.is_success() { '✔' } else { '✘' };
    format!("{mark} {}", answer.status.as_u16())
}

/// A line for each operation, below one that names the callers.
fn table(columns: &[&str], rows: &[(String, Vec<String>)]) -> String {
    let mut text = String::new();
    let mut line = |name: &str, cells: &[&str]| {
        let _ = write!(text, "{name:<46}");
        for cell in cells {
            let _ = write!(text, "{cell:<18}");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    };
    line("", columns);
    for (operation, cells) in rows {
        line(operation, &cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
    text
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_the_table_says() {
    let test = TestApp::new().await;
    let things = Things::new(&test).await;
    let callers = others(&test).await;
    let before = state(&test, &things).await;
    let mut rows: Vec<(Operation, [String; 7])> =
        operations().into_iter().map(|operation| (operation, Default::default())).collect();
    for (operation, cells) in &mut rows {
        for (index, caller) in callers.iter().enumerate() {
            let Some(caller) = caller else { continue };
            let answer = send(caller, things.request(operation)).await;
            cells[index] = cell(&answer);
            if index == OTHER && operation.authenticated {
                assert_eq!(
                    answer.status == 403,
                    CONSOLE_ONLY.contains(&&*operation.id),
                    "{}: another project's things are missing, not forbidden",
                    operation.id
                );
                for id in ids(&things) {
                    assert!(
                        !answer.text.contains(id),
                        "{} shows another project's {id}: {}",
                        operation.id,
                        answer.text
                    );
                }
            }
        }
    }
    for (before, after) in before.iter().zip(&state(&test, &things).await) {
        assert_eq!(before, after, "someone else than the holder of a full key has changed something");
    }
    for (operation, cells) in &mut rows {
        let things = Things::new(&test).await;
        cells[FULL] = cell(&send(&test.client, things.request(operation)).await);
    }
    insta::with_settings!({ snapshot_path => ".", prepend_module_to_snapshot => false, omit_expression => true }, {
        let rows: Vec<_> = rows.into_iter().map(|(operation, cells)| (operation.id, cells.to_vec())).collect();
        insta::assert_snapshot!("table", table(&COLUMNS, &rows));
    });
}

#[tokio::test]
async fn every_change_leaves_an_audit_entry_and_no_reading_does() {
    let test = TestApp::new().await;
    for operation in operations().iter().filter(|operation| !CONSOLE_ONLY.contains(&&*operation.id)) {
        let things = Things::new(&test).await;
        test.clock.advance(Duration::from_secs(1));
        let now = test.app.now();
        let _ = send(&test.client, things.request(operation)).await.ok();
        let events = test.client.get(&format!("/v1/audit-log-events?startTime={now}")).await.ok();
        let reads = operation.method == "GET" || READING_POSTS.contains(&&*operation.id);
        assert_eq!(events["auditLogEvents"].is_null(), reads, "{}: {events}", operation.id);
    }
}

#[tokio::test]
async fn a_refusal_for_want_of_a_permission_leaves_an_audit_entry() {
    let test = TestApp::new().await;
    let things = Things::new(&test).await;
    let reader = test.scoped("read").await;
    for operation in operations() {
        test.clock.advance(Duration::from_secs(61));
        let now = test.app.now();
        let refused = send(&reader, things.request(&operation)).await.status == 403;
        let events = test.client.get(&format!("/v1/audit-log-events?startTime={now}")).await.ok();
        let names: Vec<_> =
            events["auditLogEvents"].as_array().into_iter().flatten().map(|e| &e["eventName"]).collect();
        let expected = if refused { vec!["tesseral.access.refuse"] } else { Vec::new() };
        assert_eq!(names, expected, "{}", operation.id);
    }
}
