//! `kill -9` in the middle of finishing logins: each is finished whole or not at all, and once.

use crate::browsers::Browser;
use crate::clients::{Client, text};
use crate::nodes::{Node, Site};
use lockwork_testkit::databases::Kind;
use serde_json::{Value, json};
use tokio::task::JoinSet;

const ROUNDS: usize = 3;
const LOGINS: usize = 8;

/// A login of somebody who was invited and is not there yet, ready to be finished.
struct Ready {
    email: String,
    browser: Browser,
}

async fn ready(node: &Node, client: &Client, organization: &str, email: String) -> Ready {
    let invite = json!({ "organizationId": organization, "email": email });
    client.post("/v1/user-invites", invite).await;
    let browser = node.browser(&client.pages_host().await);
    browser.begin().await;
    browser.prove(&email).await;
    browser.choose(organization).await;
    Ready { email, browser }
}

/// Finishes every login twice at once, and kills the node when so many were answered: how many were finished.
async fn finished_before_a_kill(node: Node, logins: &[Ready], enough: usize) -> usize {
    let mut finishing = JoinSet::new();
    for browser in logins.iter().flat_map(|login| [login.browser.kept(), login.browser.kept()]) {
        finishing.spawn(async move { browser.try_finish().await });
    }
    let mut replies = Vec::new();
    while replies.len() < enough {
        replies.push(finishing.join_next().await.unwrap().unwrap());
    }
    node.kill();
    replies.extend(finishing.join_all().await);
    replies.into_iter().flatten().filter(|reply| reply.status == 200).count()
}

async fn listed(client: &Client, things: &str, filter: &str) -> Vec<Value> {
    let listed = client.get(&format!("/v1/{things}?pageSize=100&{filter}")).await;
    listed[things].as_array().or(listed["userInvites"].as_array()).cloned().unwrap_or_default()
}

async fn logins_are_finished_whole_and_once(kind: Kind) {
    let site = Site::new(kind).await.dev();
    let first = site.init();
    let mut node = site.start().await;
    let client = node.client_of(&first);
    let (organization, _) = client.customer(&["logInWithEmail"], "first@example.com").await;
    let in_organization = format!("organizationId={organization}");
    for round in 0..ROUNDS {
        let client = node.client_of(&first);
        let mut logins = Vec::new();
        for number in 0..LOGINS {
            let email = format!("person{round}{number}@example.com");
            logins.push(ready(&node, &client, &organization, email).await);
        }
        let finished = finished_before_a_kill(node, &logins, 1 + 4 * round).await;

        node = site.start().await;
        let client = node.client_of(&first);
        let users = listed(&client, "users", &in_organization).await;
        let user_of = |users: &[Value], login: &Ready| {
            users.iter().find(|user| user["email"] == login.email.as_str()).map(|user| text(&user["id"]))
        };
        let joined = logins.iter().filter(|login| user_of(&users, login).is_some()).count();
        assert!(finished <= joined, "{finished} were finished, {joined} are there");
        for login in &logins {
            let again = login.browser.through(&node).finish().await;
            match user_of(&users, login) {
                Some(_) => again.refused(401, "unauthenticated"),
                None => drop(again.ok()),
            }
        }

        let users = listed(&client, "users", &in_organization).await;
        let made = client.audited("tesseral.users.create").await;
        let begun = client.audited("tesseral.sessions.create").await;
        for login in &logins {
            let user = user_of(&users, login).expect("everybody is there in the end");
            assert_eq!(made.get(&user), Some(&1));
            let sessions = listed(&client, "sessions", &format!("userId={user}")).await;
            assert_eq!(sessions.len(), 1, "{sessions:?}");
            assert_eq!(begun.get(&text(&sessions[0]["id"])), Some(&1));
        }
        assert_eq!(begun.len(), (round + 1) * LOGINS);
        assert!(listed(&client, "user-invites", &in_organization).await.is_empty());
    }
}

#[tokio::test]
async fn logins_that_a_kill_cut_off_are_finished_whole_and_once_sqlite() {
    logins_are_finished_whole_and_once(Kind::Sqlite).await;
}

#[tokio::test]
async fn logins_that_a_kill_cut_off_are_finished_whole_and_once_postgres() {
    logins_are_finished_whole_and_once(Kind::Postgres).await;
}
