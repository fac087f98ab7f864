//! The Backend API on the console's host, for the people who run the project.

use crate::requests::{Prepared, Things};
use crate::{cell, table};
use lockwork_testkit::document::{Surface, operations_of};
use lockwork_testkit::{Answer, Browser, TestApp};
use serde_json::json;
use std::time::Duration;

const COLUMNS: [&str; 4] = ["signed out", "member", "owner, elsewhere", "owner"];
const OWNER: usize = 3;
const PASSWORD: &str = "a password that nobody stole";

async fn send(browser: &Browser, request: Prepared) -> Answer {
    browser.send(request.method, &request.path, request.body).await
}

/// Somebody whom the owner invited, who owns nothing.
async fn member(test: &TestApp, owner: &Browser) -> Browser {
    const EMAIL: &str = "ada@console.example";
    let invite = json!({ "userInvite": { "email": EMAIL }, "email": EMAIL });
    let _ = owner.post("/api/frontend/v1/user-invites", invite).await.ok();
    let browser = test.browser_at(owner.host());
    browser.begin().await;
    browser.prove(EMAIL).await;
    let organizations = browser.organizations().await;
    browser.choose(organizations.first().expect("an invitation")).await;
    let _ = browser.step("register-password", json!({ "password": PASSWORD })).await.ok();
    let _ = browser.finish().await;
    browser
}

#[tokio::test]
async fn the_console_answers_those_who_run_the_project_as_the_table_says() {
    let test = TestApp::new().await;
    let things = Things::new(&test).await;
    let owner = test.staff_owner("grace@console.example").await;
    let member = member(&test, &owner).await;
    let before = crate::state(&test, &things).await;
    let callers = [test.browser_at(owner.host()), member, owner.called_from(Some("https://evil.example"))];
    let mut rows = Vec::new();
    for operation in operations_of(Surface::Backend) {
        let mut cells = Vec::new();
        for caller in &callers {
            cells.push(cell(&send(caller, things.request(&operation)).await));
        }
        rows.push((operation, cells));
    }
    for (before, after) in before.iter().zip(&crate::state(&test, &things).await) {
        assert_eq!(before, after, "someone else than an owner has changed something");
    }
    for (operation, cells) in &mut rows {
        let things = Things::new(&test).await;
        // The project of the test stays the oldest one.
        test.clock.advance(Duration::from_micros(1));
        let answer = send(&owner, things.request(operation)).await;
        assert!(answer.status.is_success(), "{}: {}", operation.id, answer.text);
        cells.push(cell(&answer));
        assert_eq!(cells.len(), OWNER + 1);
    }
    insta::with_settings!({ snapshot_path => ".", prepend_module_to_snapshot => false, omit_expression => true }, {
        let rows: Vec<_> = rows.into_iter().map(|(operation, cells)| (operation.id, cells)).collect();
        insta::assert_snapshot!("staff", table(&COLUMNS, &rows));
    });
}
