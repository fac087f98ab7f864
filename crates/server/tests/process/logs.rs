//! No secret is ever logged, however much is.

use crate::clients::{ApiKey, text};
use crate::nodes::{MASTER_KEY, Site, eventually};
use lockwork_model::secrets::{KeyBytes, SecretHash, SecretHasher, split_token};
use lockwork_model::short_secrets::BackendSecret;
use lockwork_testkit::databases::Kind;
use reqwest::Method;
use serde_json::json;
use std::fmt::Write;

const PASSWORD: &str = "correct-horse-battery";
const PEPPER: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

/// A hash as it might come to be printed.
pub(crate) fn shapes(hash: &SecretHash) -> [String; 3] {
    let bytes = hash.as_bytes();
    let hexadecimal = bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    let list = format!("{bytes:?}");
    [hexadecimal.to_uppercase(), hexadecimal, list.trim_matches(['[', ']']).to_owned()]
}

fn hashes_of_key(secret: &str) -> Vec<SecretHash> {
    let (_, digits) = split_token(secret).unwrap();
    let bytes = KeyBytes::decode(digits).unwrap();
    let pepper = lockwork_model::secrets::Pepper::from_bytes([2; 32]);
    [None, Some(&pepper)].map(|pepper| SecretHasher::new(pepper).hash(&bytes)).to_vec()
}

async fn nothing_secret_is_logged(kind: Kind) {
    let site = Site::new(kind).await;
    let site = site.with("LOG__LEVEL", "trace,sqlx::query=trace").with("SECRETS__MASTER_KEY", MASTER_KEY);
    let mut site = site.with("SECRETS__PEPPER", PEPPER);
    if kind == Kind::Postgres {
        let [_, url] = site.postgres().arguments();
        // The server trusts everybody, and clients hand over what they have.
        site.set("DATABASE__URL", &url.replace("lockwork@", &format!("lockwork:{PASSWORD}@")));
        site.leave_url_to_settings();
    }
    let first = site.init();
    let node = site.start().await;
    let (client, log) = (node.client_of(&first), node.log().clone());

    client
        .put("/v1/rbac-policy", json!({ "rbacPolicy": { "actions": [{ "name": "acme.widgets.read" }] } }))
        .await;
    let organization = client.organization().await;
    let keys: [ApiKey; 2] = [client.api_key(&organization).await, client.api_key(&organization).await];
    let made = json!({ "backendApiKey": { "displayName": "Another", "scope": "verify" } });
    let backend = client.post("/v1/backend-api-keys", made).await["backendApiKey"].clone();
    let backend_secret = text(&backend["secretToken"]);
    let event = json!({ "eventName": "acme.widgets.read", "actorCredentials": keys[0].secret });
    client.post("/v1/audit-log-events", event).await;
    for key in &keys {
        assert_eq!(client.verdict(&key.secret).await, "VALID");
        client.authenticates(&key.secret).await;
        client.get(&format!("/v1/api-keys/{}", key.id)).await;
    }
    let limited = client.with_key(&backend_secret);
    limited.verdict(&keys[0].secret).await;
    // Refused in every way there is.
    let misplaced = [
        (Method::GET, format!("/v1/api-keys/{}", keys[0].secret), None),
        (Method::GET, format!("/v1/{backend_secret}?key={}", keys[0].secret), None),
        (Method::GET, format!("/v1/api-keys?pageToken={}", keys[0].secret), None),
        (Method::POST, "/v1/api-keys".to_owned(), Some(json!({ "organizationId": keys[0].secret }))),
        (Method::POST, "/v1/api-keys/verify".to_owned(), Some(json!({ "secretToken": [keys[0].secret] }))),
        (Method::POST, "/v1/roles".to_owned(), Some(json!({ "actions": [keys[0].secret] }))),
        (Method::POST, "/v1/api-keys".to_owned(), Some(json!({ keys[0].secret.as_str(): true }))),
    ];
    for caller in [&client, &limited, &client.with_key(&keys[1].secret)] {
        for (method, path, body) in &misplaced {
            let (status, answer) = caller.send(method.clone(), path, body.clone()).await.unwrap();
            assert!((400..500).contains(&status), "{path}: {status} {answer}");
        }
    }
    client.revoke(&keys[0]).await;
    client.delete(&format!("/v1/api-keys/{}", keys[0].id)).await;
    client.post(&format!("/v1/backend-api-keys/{}/revoke", text(&backend["id"])), json!({})).await;
    client.delete(&format!("/v1/backend-api-keys/{}", text(&backend["id"]))).await;
    let backend_secrets = [text(&first["backendApiKey"]), backend_secret];
    node.stop().await;

    let whole = || Some(log.text()).filter(|text| text.contains("\"stopped\""));
    let log = eventually("the whole log is read", async || whole()).await;
    assert!(log.contains("\"level\":\"DEBUG\""), "the log is not what this test means to read");
    let mut secrets = vec![PASSWORD.to_owned(), MASTER_KEY.to_owned(), PEPPER.to_owned()];
    for secret in backend_secrets {
        secrets.extend(shapes(&secret.parse::<BackendSecret>().unwrap().hash()));
        secrets.push(secret);
    }
    for key in keys {
        secrets.extend(hashes_of_key(&key.secret).iter().flat_map(shapes));
        secrets.push(key.secret);
    }
    for secret in secrets {
        if let Some(line) = log.lines().find(|line| line.contains(&secret)) {
            panic!("{secret} was logged: {line}");
        }
    }
}

#[tokio::test]
async fn nothing_secret_is_logged_sqlite() {
    nothing_secret_is_logged(Kind::Sqlite).await;
}

#[tokio::test]
async fn nothing_secret_is_logged_postgres() {
    nothing_secret_is_logged(Kind::Postgres).await;
}
