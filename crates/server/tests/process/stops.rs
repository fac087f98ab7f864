//! Clean stops, and the index image that they leave behind.

use crate::clients::ApiKey;
use crate::nodes::{Site, eventually};
use lockwork_testkit::databases::Kind;
use serde_json::json;
use std::fs;
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;

async fn a_stop_under_load_answers_what_it_took(kind: Kind) {
    let site = Site::new(kind).await;
    let first = site.init();
    let node = site.start().await;
    let client = node.client_of(&first);
    let organization = client.organization().await;
    let (acknowledged, mut callers) = (Arc::new(Mutex::new(Vec::new())), JoinSet::new());
    for _ in 0..6 {
        let (client, organization, made) = (client.clone(), organization.clone(), acknowledged.clone());
        callers.spawn(async move {
            loop {
                match client.try_api_key(&organization).await {
                    Ok((status, answer)) => {
                        assert_eq!(status, 200, "{answer}");
                        made.lock().unwrap().push(ApiKey::of(&answer));
                    }
                    Err(error) => return assert!(!error.is_body() && !error.is_decode(), "{error:?}"),
                }
            }
        });
    }
    let reached = || (acknowledged.lock().unwrap().len() >= 50).then_some(());
    eventually("the load is on", async || reached()).await;
    node.stop().await;
    callers.join_all().await;
    let keys = acknowledged.lock().unwrap().clone();

    let node = site.start().await;
    assert!(node.came_from_image());
    let client = node.client_of(&first);
    for key in &keys {
        assert_eq!(client.verdict(&key.secret).await, "VALID");
    }
    // Nothing was carried out and left unanswered.
    let audited = client.audited("tesseral.api_keys.create").await;
    assert_eq!(audited.len(), keys.len());
    assert!(keys.iter().all(|key| audited.get(&key.id) == Some(&1)));
}

#[tokio::test]
async fn a_stop_under_load_answers_what_it_took_sqlite() {
    a_stop_under_load_answers_what_it_took(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_stop_under_load_answers_what_it_took_postgres() {
    a_stop_under_load_answers_what_it_took(Kind::Postgres).await;
}

/// One place stops and leaves an image; changes are made at the other before it starts again.
async fn an_image_is_brought_up_to_date(mut site: Site, other: Option<Site>) {
    let first = site.init();
    let node = site.start().await;
    let client = node.client_of(&first);
    client
        .put("/v1/rbac-policy", json!({ "rbacPolicy": { "actions": [{ "name": "acme.widgets.read" }] } }))
        .await;
    let (organization, gone) = (client.organization().await, client.organization().await);
    let (kept, revoked) = (client.api_key(&organization).await, client.api_key(&organization).await);
    let deleted = client.api_key(&gone).await;
    node.stop().await;

    site.set("VERIFY__IMAGE", "false");
    let node = other.as_ref().unwrap_or(&site).start().await;
    let client = node.client_of(&first);
    client.revoke(&revoked).await;
    client.delete(&format!("/v1/organizations/{gone}")).await;
    let added = client.api_key(&organization).await;
    let role = json!({ "displayName": "A role", "actions": ["acme.widgets.read"] });
    let role = client.post("/v1/roles", role).await["role"]["id"].clone();
    let assignment = json!({ "apiKeyRoleAssignment": { "apiKeyId": kept.id, "roleId": role } });
    client.post("/v1/api-key-role-assignments", assignment).await;
    node.stop().await;

    site.set("VERIFY__IMAGE", "true");
    let node = site.start().await;
    assert!(node.came_from_image());
    let client = node.client_of(&first);
    let expected = [(&kept, "VALID"), (&revoked, "REVOKED"), (&deleted, "NOT_FOUND"), (&added, "VALID")];
    for (key, code) in expected {
        assert_eq!(client.verdict(&key.secret).await, code);
    }
    let verdict = client.post("/v1/api-keys/verify", json!({ "secretToken": kept.secret })).await;
    assert_eq!(verdict["actions"], json!(["acme.widgets.read"]));
}

#[tokio::test]
async fn an_image_is_brought_up_to_date_sqlite() {
    an_image_is_brought_up_to_date(Site::new(Kind::Sqlite).await, None).await;
}

#[tokio::test]
async fn an_image_is_brought_up_to_date_postgres() {
    let site = Site::new(Kind::Postgres).await;
    let other = site.beside();
    an_image_is_brought_up_to_date(site, Some(other)).await;
}

#[tokio::test]
async fn a_damaged_or_strange_image_is_ignored_with_a_warning() {
    let (site, stranger) = (Site::new(Kind::Sqlite).await, Site::new(Kind::Sqlite).await);
    let first = site.init();
    stranger.init();
    stranger.start().await.stop().await;
    let node = site.start().await;
    let organization = node.client_of(&first).organization().await;
    let key = node.client_of(&first).api_key(&organization).await;
    node.stop().await;
    let image = fs::read(site.path("index.image")).unwrap();
    let mut flipped = image.clone();
    flipped[image.len() / 2] ^= 1;
    let images = [
        flipped,
        image[..image.len() - 1].to_vec(),
        image[..image.len() / 3].to_vec(),
        Vec::new(),
        [&image[..], b"more"].concat(),
        fs::read(stranger.path("index.image")).unwrap(),
    ];
    for bytes in images {
        fs::write(site.path("index.image"), bytes).unwrap();
        let node = site.start().await;
        assert!(!node.came_from_image());
        let log = node.log().text();
        assert!(log.contains("the index image was not used; reading the rows"), "{log}");
        assert_eq!(node.client_of(&first).verdict(&key.secret).await, "VALID");
        node.kill();
    }
}

#[tokio::test]
async fn an_image_that_is_ahead_of_a_restored_database_is_not_used() {
    let site = Site::new(Kind::Sqlite).await;
    let first = site.init();
    let node = site.start().await;
    let organization = node.client_of(&first).organization().await;
    let key = node.client_of(&first).api_key(&organization).await;
    node.stop().await;
    let backup = fs::read(site.path("lockwork.db")).unwrap();
    let node = site.start().await;
    let lost = node.client_of(&first).api_key(&organization).await;
    node.stop().await;

    fs::write(site.path("lockwork.db"), backup).unwrap();
    let node = site.start().await;
    assert!(!node.came_from_image());
    let client = node.client_of(&first);
    assert_eq!(client.verdict(&lost.secret).await, "NOT_FOUND");
    // The change takes the place in the feed that the lost key had.
    client.revoke(&key).await;
    assert_eq!(client.verdict(&key.secret).await, "REVOKED");
}
