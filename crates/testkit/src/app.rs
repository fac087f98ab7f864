//! The whole product in process, on a database of its own.

use crate::client::Client;
use crate::databases::{Kind, TestDatabase};
use crate::determinism::{SeededEntropy, TestClock};
use lockwork_app::identity::mail::{Mailbox, Mailer};
use lockwork_app::identity::passwords::PasswordCost;
use lockwork_app::{App, LimitOptions, MasterKey, Options, PeopleOptions, Scheme, WhenStale};
use lockwork_http::RouterOptions;
use lockwork_store::Store;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The product, initialized, following its change feed.
pub struct TestApp {
    /// Its operations.
    pub app: App,
    /// Its clock.
    pub clock: TestClock,
    /// A caller with the first project's full Backend API key.
    pub client: Client,
    /// The first project's full Backend API key.
    pub backend_api_key: String,
    /// The first project's publishable key.
    pub publishable_key: String,
    /// The mail that it sent.
    pub mailbox: Mailbox,
    /// Its database.
    pub database: TestDatabase,
    follower: tokio::task::JoinHandle<()>,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.follower.abort();
    }
}

/// What every test node is opened with.
#[must_use]
pub fn options() -> Options {
    Options {
        master_key: MasterKey::from_bytes([7; 32]),
        pepper: None,
        root_domain: "localhost:7777".into(),
        scheme: Scheme::Http,
        api_hosts: Vec::new(),
        max_staleness: Duration::from_secs(60),
        when_stale: WhenStale::Answer,
        poll_interval: Duration::from_millis(200),
        image_path: None,
        limits: LimitOptions::default(),
        people: people(),
    }
}

/// People sign in with a mailbox for mail, and with passwords that hash quickly.
fn people() -> PeopleOptions {
    let mut options = PeopleOptions::new().expect("the defaults");
    options.password_cost = PasswordCost { memory_kib: 64, iterations: 1, lanes: 1 };
    options.mailer = Mailer::Mailbox(Mailbox::default());
    options
}

/// A node on this store, loaded and following.
pub async fn node(
    store: Store,
    options: Options,
    clock: &TestClock,
    seed: u64,
) -> (App, tokio::task::JoinHandle<()>) {
    let entropy = Box::new(SeededEntropy(seed));
    let app = App::open(store, options, Arc::new(clock.clone()), entropy).await.expect("an open app");
    app.load_index(|_| {}).await.expect("a loaded index");
    let follower = tokio::spawn(app.clone().follow(std::future::pending()));
    while !app.readiness().ready {
        tokio::task::yield_now().await;
    }
    (app, follower)
}

impl TestApp {
    /// On SQLite.
    pub async fn new() -> Self {
        Self::on(Kind::Sqlite).await
    }

    /// On this kind of database.
    pub async fn on(kind: Kind) -> Self {
        Self::with(TestDatabase::of(kind).await, options()).await
    }

    /// On this database, with these options.
    pub async fn with(database: TestDatabase, options: Options) -> Self {
        let clock = TestClock::default();
        let mailbox = match &options.people.mailer {
            Mailer::Mailbox(mailbox) => mailbox.clone(),
            Mailer::Smtp(_) | Mailer::None => Mailbox::default(),
        };
        let (app, follower) = node(database.store(), options, &clock, 1).await;
        let first = app.initialize("Acme").await.expect("a first project");
        app.refresh().await.expect("a fresh index");
        let backend_api_key = first.backend_api_key.expect("a new database").reveal().to_owned();
        let router = lockwork_http::router(app.clone(), RouterOptions::default());
        Self {
            client: Client::new(router, Some(format!("Bearer {backend_api_key}"))),
            publishable_key: first.publishable_key.to_string(),
            backend_api_key,
            app,
            clock,
            mailbox,
            database,
            follower,
        }
    }

    /// A caller without credentials.
    #[must_use]
    pub fn nobody(&self) -> Client {
        self.client.with_authorization(None)
    }

    /// A caller with a new Backend API key of this scope.
    pub async fn scoped(&self, scope: &str) -> Client {
        let body = json!({ "backendApiKey": { "displayName": scope, "scope": scope } });
        let made = self.client.post("/v1/backend-api-keys", body).await.ok();
        let secret = made["backendApiKey"]["secretToken"].as_str().expect("a secret");
        self.client.with_authorization(Some(&format!("Bearer {secret}")))
    }

    /// A caller with a full key of a second project on the same server.
    pub async fn other_project(&self) -> Client {
        let first = self.app.add_project("Other", "other_").await.expect("a second project");
        self.app.refresh().await.expect("a fresh index");
        let secret = first.backend_api_key.expect("a new project");
        self.client.with_authorization(Some(&format!("Bearer {}", secret.reveal())))
    }

    /// The RBAC policy with these actions.
    pub async fn actions(&self, names: &[&str]) {
        let actions: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        let _ =
            self.client.put("/v1/rbac-policy", json!({ "rbacPolicy": { "actions": actions } })).await.ok();
    }

    /// A new organization with API keys on: its id.
    pub async fn organization(&self, name: &str) -> String {
        let made = self.client.post("/v1/organizations", json!({ "displayName": name })).await.ok();
        let id = made["organization"]["id"].as_str().expect("an id").to_owned();
        let _ = self
            .client
            .patch(&format!("/v1/organizations/{id}"), json!({ "apiKeysEnabled": true }))
            .await
            .ok();
        id
    }

    /// A new role of the whole project: its id.
    pub async fn role(&self, name: &str, actions: &[&str]) -> String {
        let made =
            self.client.post("/v1/roles", json!({ "displayName": name, "actions": actions })).await.ok();
        made["role"]["id"].as_str().expect("an id").to_owned()
    }

    /// A new API key: its id and its secret.
    pub async fn api_key(&self, organization: &str, fields: Value) -> (String, String) {
        let mut key = json!({ "organizationId": organization, "displayName": "A key" });
        for (name, value) in fields.as_object().expect("fields") {
            key[name] = value.clone();
        }
        let made = self.client.post("/v1/api-keys", json!({ "apiKey": key })).await.ok();
        let text = |field: &str| made["apiKey"][field].as_str().expect("a text").to_owned();
        (text("id"), text("secretToken"))
    }

    /// The verdict on a secret.
    pub async fn verify(&self, secret: &str) -> Value {
        self.client.post("/v1/api-keys/verify", json!({ "secretToken": secret })).await.ok()
    }
}
