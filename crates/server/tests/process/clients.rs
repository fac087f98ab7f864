//! A caller of the Backend API, over the network.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

/// A test that waits this long for one answer has failed.
const PATIENCE: Duration = Duration::from_secs(90);

static HTTP: LazyLock<()> = LazyLock::new(|| {
    // Even plain http asks for it; several tests of one process come here.
    let _ = rustls::crypto::ring::default_provider().install_default();
});

/// Connections to one node, with one Backend API key.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    key: String,
}

/// A status and a body; an error when no whole answer came.
pub(crate) type Answer<T> = Result<(u16, T), reqwest::Error>;

impl Client {
    pub(crate) fn new(address: SocketAddr, key: &str) -> Self {
        LazyLock::force(&HTTP);
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        Self { http, base: format!("http://{address}"), key: key.to_owned() }
    }

    /// The same node, another key.
    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    pub(crate) async fn plain(&self, path: &str) -> Answer<String> {
        let response = self.http.get(format!("{}{path}", self.base)).send().await?;
        Ok((response.status().as_u16(), response.text().await?))
    }

    /// A request without a key.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer<Value> {
        let mut request = self.request(method, path).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        Ok((response.status().as_u16(), response.json().await?))
    }

    async fn ok(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.send(method, path, body).await.unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.ok(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.ok(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Value {
        self.ok(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Value {
        self.ok(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Value {
        self.ok(Method::DELETE, path, None).await
    }

    /// The code of the verdict on a secret.
    pub(crate) async fn verdict(&self, secret: &str) -> String {
        text(&self.verify(secret, json!({})).await["code"])
    }

    /// The verdict on a use of a secret; `fields` say more about the use.
    pub(crate) async fn verify(&self, secret: &str, fields: Value) -> Value {
        let (status, verdict) = self.try_verify(secret, fields).await.unwrap();
        assert_eq!(status, 200, "{verdict}");
        verdict
    }

    /// The verdict on a use of a secret, if the whole answer arrives.
    pub(crate) async fn try_verify(&self, secret: &str, mut fields: Value) -> Answer<Value> {
        fields["secretToken"] = secret.into();
        self.send(Method::POST, "/v1/api-keys/verify", Some(fields)).await
    }

    /// The status of authenticating a secret.
    pub(crate) async fn authenticates(&self, secret: &str) -> u16 {
        let body = json!({ "secretToken": secret });
        self.send(Method::POST, "/v1/api-keys/authenticate", Some(body)).await.unwrap().0
    }

    /// A new organization with API keys on: its id.
    pub(crate) async fn organization(&self) -> String {
        let made = self.post("/v1/organizations", json!({ "displayName": "Acme" })).await;
        let id = text(&made["organization"]["id"]);
        self.patch(&format!("/v1/organizations/{id}"), json!({ "apiKeysEnabled": true })).await;
        id
    }

    /// A new key, if the whole answer arrives.
    pub(crate) async fn try_api_key(&self, organization: &str) -> Answer<Value> {
        let key = json!({ "organizationId": organization, "displayName": "A key" });
        self.send(Method::POST, "/v1/api-keys", Some(json!({ "apiKey": key }))).await
    }

    /// A new key with further fields.
    pub(crate) async fn api_key_with(&self, organization: &str, mut fields: Value) -> ApiKey {
        fields["organizationId"] = organization.into();
        ApiKey::of(&self.post("/v1/api-keys", json!({ "apiKey": fields })).await)
    }

    /// A key as it is shown.
    pub(crate) async fn shown(&self, key: &ApiKey) -> Value {
        self.get(&format!("/v1/api-keys/{}", key.id)).await["apiKey"].clone()
    }

    /// A new key.
    pub(crate) async fn api_key(&self, organization: &str) -> ApiKey {
        let (status, answer) = self.try_api_key(organization).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        ApiKey::of(&answer)
    }

    /// Revokes a key, if the whole answer arrives.
    pub(crate) async fn try_revoke(&self, key: &ApiKey) -> Answer<Value> {
        self.send(Method::POST, &format!("/v1/api-keys/{}/revoke", key.id), Some(json!({}))).await
    }

    /// Revokes a key.
    pub(crate) async fn revoke(&self, key: &ApiKey) {
        let (status, answer) = self.try_revoke(key).await.unwrap();
        assert_eq!(status, 200, "{answer}");
    }

    /// How many entries the audit log has of this event, for each thing that it is about.
    pub(crate) async fn audited(&self, event: &str) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        let mut token = String::new();
        loop {
            let path = format!("/v1/audit-log-events?eventName={event}&pageSize=100&pageToken={token}");
            let page = self.get(&path).await;
            for entry in page["auditLogEvents"].as_array().into_iter().flatten() {
                *counts.entry(text(&entry["resourceId"])).or_default() += 1;
            }
            match page["nextPageToken"].as_str() {
                Some(next) if !next.is_empty() => token = next.to_owned(),
                _ => return counts,
            }
        }
    }
}

/// A key that a caller was given.
#[derive(Debug, Clone)]
pub(crate) struct ApiKey {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl ApiKey {
    pub(crate) fn of(answer: &Value) -> Self {
        Self { id: text(&answer["apiKey"]["id"]), secret: text(&answer["apiKey"]["secretToken"]) }
    }
}

/// A text in an answer.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
