//! `kill -9` loses nothing that was acknowledged.

use crate::clients::{ApiKey, Client};
use crate::nodes::{Node, Site, eventually};
use lockwork_testkit::databases::Kind;
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;

const CALLERS: usize = 6;
const ROUNDS: usize = 3;

/// The keys whose request was answered whole.
type Acknowledged = Arc<Mutex<Vec<ApiKey>>>;

/// Kills the node once so many requests were answered, while others are under way.
async fn kill_after(
    enough: usize,
    node: Node,
    callers: JoinSet<()>,
    acknowledged: Acknowledged,
) -> Vec<ApiKey> {
    let reached = || (acknowledged.lock().unwrap().len() >= enough).then_some(());
    eventually("enough was acknowledged", async || reached()).await;
    node.kill();
    callers.join_all().await;
    let acknowledged = acknowledged.lock().unwrap();
    acknowledged.clone()
}

/// Makes keys until the node is gone.
async fn creations(node: Node, client: &Client, organization: &str) -> Vec<ApiKey> {
    let (acknowledged, mut callers) = (Acknowledged::default(), JoinSet::new());
    for _ in 0..CALLERS {
        let (client, organization, made) = (client.clone(), organization.to_owned(), acknowledged.clone());
        callers.spawn(async move {
            while let Ok((status, answer)) = client.try_api_key(&organization).await {
                assert_eq!(status, 200, "{answer}");
                made.lock().unwrap().push(ApiKey::of(&answer));
            }
        });
    }
    kill_after(60, node, callers, acknowledged).await
}

/// Revokes these keys until the node is gone.
async fn revocations(node: Node, client: &Client, keys: &[ApiKey]) -> Vec<ApiKey> {
    let (acknowledged, mut callers) = (Acknowledged::default(), JoinSet::new());
    for share in keys.chunks(keys.len().div_ceil(CALLERS)) {
        let (client, share, revoked) = (client.clone(), share.to_vec(), acknowledged.clone());
        callers.spawn(async move {
            for key in share {
                let Ok((status, answer)) = client.try_revoke(&key).await else { return };
                assert_eq!(status, 200, "{answer}");
                revoked.lock().unwrap().push(key);
            }
        });
    }
    kill_after(keys.len() / 2, node, callers, acknowledged).await
}

async fn created_keys_survive(kind: Kind) {
    let site = Site::new(kind).await;
    let first = site.init();
    let mut node = site.start().await;
    let organization = node.client_of(&first).organization().await;
    let mut keys = Vec::new();
    for _ in 0..ROUNDS {
        let client = node.client_of(&first);
        keys.extend(creations(node, &client, &organization).await);
        node = site.start().await;
        let client = node.client_of(&first);
        for key in &keys {
            assert_eq!(client.verdict(&key.secret).await, "VALID", "{}", key.id);
        }
    }
    let client = node.client_of(&first);
    let audited = client.audited("tesseral.api_keys.create").await;
    assert!(audited.values().all(|&times| times == 1));
    assert!(keys.iter().all(|key| audited.contains_key(&key.id)));
    // A key that was stored without having been acknowledged is in the log too, and none is there that was not stored.
    let mut stored = 0;
    let mut token = String::new();
    loop {
        let path = format!("/v1/api-keys?organizationId={organization}&pageSize=100&pageToken={token}");
        let page = client.get(&path).await;
        for key in page["apiKeys"].as_array().into_iter().flatten() {
            assert!(audited.contains_key(key["id"].as_str().unwrap()), "{key}");
            stored += 1;
        }
        match page["nextPageToken"].as_str() {
            Some(next) if !next.is_empty() => token = next.to_owned(),
            _ => break,
        }
    }
    assert_eq!(stored, audited.len());
}

async fn revocations_survive(kind: Kind) {
    let site = Site::new(kind).await;
    let first = site.init();
    let node = site.start().await;
    let client = node.client_of(&first);
    let organization = client.organization().await;
    let mut keys = Vec::new();
    for _ in 0..90 {
        keys.push(client.api_key(&organization).await);
    }
    // The image of this stop knows no revocation.
    node.stop().await;
    let mut revoked = Vec::new();
    for share in keys.chunks(45) {
        let node = site.start().await;
        assert!(node.came_from_image());
        let client = node.client_of(&first);
        revoked.extend(revocations(node, &client, share).await);
        let node = site.start().await;
        assert!(node.came_from_image());
        let client = node.client_of(&first);
        for key in &revoked {
            assert_eq!(client.verdict(&key.secret).await, "REVOKED", "{}", key.id);
            assert_eq!(client.authenticates(&key.secret).await, 400, "{}", key.id);
        }
        let audited = client.audited("tesseral.api_keys.revoke").await;
        assert!(revoked.iter().all(|key| audited.get(&key.id) == Some(&1)));
        node.kill();
    }
}

#[tokio::test]
async fn keys_that_were_acknowledged_verify_after_a_kill_sqlite() {
    created_keys_survive(Kind::Sqlite).await;
}

#[tokio::test]
async fn keys_that_were_acknowledged_verify_after_a_kill_postgres() {
    created_keys_survive(Kind::Postgres).await;
}

#[tokio::test]
async fn revocations_that_were_acknowledged_hold_after_a_kill_and_against_an_old_image_sqlite() {
    revocations_survive(Kind::Sqlite).await;
}

#[tokio::test]
async fn revocations_that_were_acknowledged_hold_after_a_kill_and_against_an_old_image_postgres() {
    revocations_survive(Kind::Postgres).await;
}
