//! A browser in process: it keeps cookies as browsers do, and says where its requests come from.

mod cookies;
mod steps;

use crate::app::TestApp;
use crate::client::{Answer, Client};
use axum::http::{Method, header};
use cookies::Jar;
use lockwork_app::identity::mail::Mailbox;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard};

pub use steps::{FIRST_PASSWORD, mailed_code};

/// A page that is open in a browser. Clones are further pages of the same browser: they share its cookies.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    host: String,
    origin: Option<String>,
    jar: Arc<Mutex<Jar>>,
    mailbox: Mailbox,
}

impl TestApp {
    /// A browser that shows the pages of the project whose developer this is.
    pub async fn browser(&self, developer: &Client) -> Browser {
        let project = developer.get("/v1/project").await.ok();
        self.browser_at(project["project"]["vaultDomain"].as_str().expect("a host"))
    }

    /// A browser that shows the pages of this host, with its port.
    #[must_use]
    pub fn browser_at(&self, host: &str) -> Browser {
        let jar = Arc::new(Mutex::new(Jar::new(self.clock.clone())));
        let (client, mailbox) = (self.nobody(), self.mailbox.clone());
        Browser { client, host: String::new(), origin: None, jar, mailbox }.at(host)
    }
}

impl Browser {
    /// The same browser on a page of another host.
    #[must_use]
    pub fn at(&self, host: &str) -> Self {
        Self { host: host.to_owned(), origin: Some(format!("http://{host}")), ..self.clone() }
    }

    /// The same browser on a page of another origin, whose script calls this host, cookies and all: what `SameSite`
    /// would mostly keep a browser from.
    #[must_use]
    pub fn called_from(&self, origin: Option<&str>) -> Self {
        Self { origin: origin.map(str::to_owned), ..self.clone() }
    }

    /// The same page, served by another node.
    #[must_use]
    pub fn through(&self, client: &Client) -> Self {
        Self { client: client.with_authorization(None), ..self.clone() }
    }

    /// The same page, whose requests carry one more header.
    #[must_use]
    pub fn with_header(&self, name: &'static str, value: &[u8]) -> Self {
        Self { client: self.client.with_header(name, value), ..self.clone() }
    }

    /// The same page, whose requests carry an access token in the `Authorization` header.
    #[must_use]
    pub fn bearing(&self, token: &str) -> Self {
        Self { client: self.client.with_authorization(Some(&format!("Bearer {token}"))), ..self.clone() }
    }

    /// The page's host, with its port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The mail that the server sent.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// The value of a cookie that would be sent to this host: `access_token`, `refresh_token` or
    /// `intermediate_access_token`.
    #[must_use]
    pub fn cookie(&self, kind: &str) -> Option<String> {
        self.jar().cookie(&self.host, kind)
    }

    /// Puts a cookie into the browser, as a neighbouring host or somebody at the keyboard could.
    pub fn plant(&self, set_cookie: &str) {
        self.jar().store(&self.host, set_cookie);
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// Any method, with JSON or nothing.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut client = self.client.at(&self.host);
        let cookies = self.jar().header(&self.host);
        if !cookies.is_empty() {
            client = client.with_header("cookie", cookies.as_bytes());
        }
        // Browsers leave it out where a page only reads from its own host.
        let own = format!("http://{}", self.host);
        if let Some(origin) = &self.origin
            && (method != Method::GET || *origin != own)
        {
            client = client.with_header("origin", origin.as_bytes());
        }
        let declared = body.as_ref().map(|_| "application/json");
        let bytes = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        let answer = client.send(method, path, declared, bytes).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            self.jar().store(&self.host, line.to_str().expect("text"));
        }
        answer
    }

    fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().expect("an unpoisoned jar")
    }
}
