//! Two nodes on one PostgreSQL: what one acknowledged is in effect there at once, and soon at the other.

use crate::clients::{Client, text};
use crate::nodes::{Node, Site, eventually};
use lockwork_testkit::databases::{Kind, TestDatabase};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// Ends connections as a network does that drops them. `which` chooses among `pg_stat_activity`.
async fn cut(database: &TestDatabase, which: &str) {
    let others = "datname = current_database() AND pid <> pg_backend_pid()";
    database
        .execute(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others} AND {which}"
        ))
        .await;
}

const LISTENERS: &str = "query LIKE 'LISTEN%'";
const NODES: &str = "application_name = 'lockwork' AND pid <> pg_backend_pid()";

pub(crate) struct Pair {
    site: Site,
    first: Value,
    a: Node,
    b: Node,
}

impl Pair {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// Nodes with these settings, as `VERIFY__IMAGE`.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::with_each([settings, settings]).await
    }

    /// Nodes with settings of their own.
    pub(crate) async fn with_each([of_a, of_b]: [&[(&str, &str)]; 2]) -> Self {
        let mut site = Site::new(Kind::Postgres).await;
        let mut beside = site.beside();
        of_a.iter().for_each(|(setting, value)| site.set(setting, value));
        of_b.iter().for_each(|(setting, value)| beside.set(setting, value));
        let first = site.init();
        let (a, b) = (site.start().await, beside.start().await);
        Self { site, first, a, b }
    }

    pub(crate) fn database(&self) -> &TestDatabase {
        self.site.postgres()
    }

    /// Stops both nodes as an operator does, and starts one.
    pub(crate) async fn alone(self) -> (Node, Client) {
        self.a.stop().await;
        self.b.stop().await;
        let node = self.site.start().await;
        let client = node.client_of(&self.first);
        (node, client)
    }

    pub(crate) fn clients(&self) -> (Client, Client) {
        (self.a.client_of(&self.first), self.b.client_of(&self.first))
    }
}

/// The second node comes to this verdict.
async fn soon(client: &Client, secret: &str, permission: Option<&str>, code: &str) {
    eventually(&format!("the other node says {code}"), async || {
        (verdict(client, secret, permission).await == code).then_some(())
    })
    .await;
}

async fn verdict(client: &Client, secret: &str, permission: Option<&str>) -> String {
    text(&client.verify(secret, json!({ "permissions": permission })).await["code"])
}

/// Every kind of change that verification must learn of, made at `a`.
async fn changes_reach_the_other(a: &Client, b: &Client) {
    let organization = a.organization().await;
    let (kept, revoked) = (a.api_key(&organization).await, a.api_key(&organization).await);
    for key in [&kept, &revoked] {
        assert_eq!(a.verdict(&key.secret).await, "VALID");
        soon(b, &key.secret, None, "VALID").await;
    }
    a.revoke(&revoked).await;
    assert_eq!(a.verdict(&revoked.secret).await, "REVOKED");
    soon(b, &revoked.secret, None, "REVOKED").await;

    let actions = json!([{ "name": "acme.widgets.read" }, { "name": "acme.widgets.write" }]);
    a.put("/v1/rbac-policy", json!({ "rbacPolicy": { "actions": actions } })).await;
    let role = json!({ "displayName": "A role", "actions": ["acme.widgets.read"] });
    let role = text(&a.post("/v1/roles", role).await["role"]["id"]);
    let assignment = json!({ "apiKeyRoleAssignment": { "apiKeyId": kept.id, "roleId": role } });
    a.post("/v1/api-key-role-assignments", assignment).await;
    let read = Some("acme.widgets.read");
    assert_eq!(verdict(a, &kept.secret, read).await, "VALID");
    soon(b, &kept.secret, read, "VALID").await;
    let edit = json!({ "actions": ["acme.widgets.write"] });
    a.patch(&format!("/v1/roles/{role}"), edit).await;
    assert_eq!(verdict(a, &kept.secret, read).await, "INSUFFICIENT_PERMISSIONS");
    soon(b, &kept.secret, read, "INSUFFICIENT_PERMISSIONS").await;

    for (path, on, off) in [
        (format!("/v1/organizations/{organization}"), "VALID", "ORGANIZATION_DISABLED"),
        ("/v1/project".to_owned(), "VALID", "PROJECT_DISABLED"),
    ] {
        for (enabled, code) in [(false, off), (true, on)] {
            a.patch(&path, json!({ "apiKeysEnabled": enabled })).await;
            assert_eq!(a.verdict(&kept.secret).await, code);
            soon(b, &kept.secret, None, code).await;
        }
    }

    let made = json!({ "backendApiKey": { "displayName": "Another", "scope": "full" } });
    let made = a.post("/v1/backend-api-keys", made).await["backendApiKey"].clone();
    let (at_a, at_b) = (a.with_key(&text(&made["secretToken"])), b.with_key(&text(&made["secretToken"])));
    let status =
        async |client: &Client| client.send(reqwest::Method::GET, "/v1/project", None).await.unwrap().0;
    assert_eq!(status(&at_a).await, 200);
    eventually("the other node knows the key", async || (status(&at_b).await == 200).then_some(())).await;
    a.post(&format!("/v1/backend-api-keys/{}/revoke", text(&made["id"])), json!({})).await;
    assert_eq!(status(&at_a).await, 401);
    eventually("the other node refuses the key", async || (status(&at_b).await == 401).then_some(())).await;

    a.delete(&format!("/v1/organizations/{organization}")).await;
    assert_eq!(a.verdict(&kept.secret).await, "NOT_FOUND");
    soon(b, &kept.secret, None, "NOT_FOUND").await;
}

#[tokio::test]
async fn what_one_node_acknowledged_is_in_effect_at_the_other() {
    let pair = Pair::new().await;
    let (a, b) = pair.clients();
    changes_reach_the_other(&a, &b).await;
    changes_reach_the_other(&b, &a).await;
}

#[tokio::test]
async fn changes_arrive_without_notifications() {
    let pair = Pair::new().await;
    let (a, b) = pair.clients();
    let done = AtomicBool::new(false);
    let cutting = async {
        while !done.load(SeqCst) {
            cut(pair.site.postgres(), LISTENERS).await;
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let changing = async {
        changes_reach_the_other(&a, &b).await;
        done.store(true, SeqCst);
    };
    tokio::join!(cutting, changing);
}

#[tokio::test]
async fn nodes_that_lost_every_connection_miss_nothing() {
    let pair = Pair::new().await;
    let (a, b) = pair.clients();
    let organization = a.organization().await;
    let mut keys = Vec::new();
    for _ in 0..12 {
        keys.push(a.api_key(&organization).await);
    }
    for key in &keys {
        cut(pair.site.postgres(), NODES).await;
        // Refused in the contract's shape at worst, until a new connection is there.
        eventually("a revocation is acknowledged", async || {
            let (status, answer) = a.try_revoke(key).await.unwrap();
            assert!(status == 200 || (status == 503 && answer["code"] == 14), "{status} {answer}");
            (status == 200).then_some(())
        })
        .await;
        assert_eq!(a.verdict(&key.secret).await, "REVOKED");
    }
    for key in &keys {
        soon(&b, &key.secret, None, "REVOKED").await;
    }
}
