//! A browser, over the network: it keeps the cookies of one host and says where its requests come from.

use crate::clients::{Client, text};
use crate::nodes::Node;
use reqwest::header::{COOKIE, HOST, HeaderMap, ORIGIN, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The password that people choose.
pub(crate) const PASSWORD: &str = "a password that nobody stole";
const FINISH: &str = "exchange-intermediate-session-for-session";

/// A page that is open in a browser. Clones are further pages of the same browser.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    host: String,
    origin: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Reply {
    /// The JSON of a success.
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.json);
        self.json
    }

    /// A refusal with this status and slug.
    pub(crate) fn refused(&self, status: u16, slug: &str) {
        assert_eq!(json!([self.status, self.json["message"]]), json!([status, slug]), "{}", self.json);
    }

    /// Nobody may try again for a while, and the answer says how long.
    pub(crate) fn locked(&self) {
        self.refused(429, "resource_exhausted");
        let seconds: u64 = self.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=600).contains(&seconds), "{seconds}");
    }
}

impl Node {
    /// A browser on a page of this host.
    pub(crate) fn browser(&self, host: &str) -> Browser {
        let origin = format!("http://{host}");
        Browser { client: self.client(""), host: host.to_owned(), origin, cookies: Arc::default() }
    }
}

impl Browser {
    /// The same page, served by another node.
    pub(crate) fn through(&self, node: &Node) -> Self {
        Self { client: node.client(""), ..self.clone() }
    }

    /// The same browser, its cookies included, on a page of this origin whose script calls this host.
    pub(crate) fn called(&self, host: &str, origin: &str) -> Self {
        Self { host: host.to_owned(), origin: origin.to_owned(), ..self.clone() }
    }

    /// The same page with a copy of the cookies, which nothing clears that happens to the others.
    pub(crate) fn kept(&self) -> Self {
        Self { cookies: Arc::new(Mutex::new(self.cookies.lock().unwrap().clone())), ..self.clone() }
    }

    /// Every cookie's value.
    pub(crate) fn cookies(&self) -> Vec<String> {
        self.cookies.lock().unwrap().values().cloned().collect()
    }

    /// The answer, if a whole one arrives.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Reply, reqwest::Error> {
        let request = self.client.request(method, path).header(HOST, &self.host).header(ORIGIN, &self.origin);
        let request = body.iter().fold(request, RequestBuilder::json).header(COOKIE, self.cookie_header());
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for line in headers.get_all(SET_COOKIE) {
            self.keep(line.to_str().unwrap());
        }
        let body = response.text().await?;
        Ok(Reply { status, headers, json: serde_json::from_str(&body).unwrap_or(Value::String(body)) })
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        self.try_send(method, path, body).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    /// A step of the Login API.
    pub(crate) async fn step(&self, name: &str, body: Value) -> Reply {
        self.post(&format!("/api/intermediate/v1/{name}"), body).await
    }

    /// Begins a login.
    pub(crate) async fn begin(&self) -> Value {
        self.step("intermediate-session", json!({})).await.ok()
    }

    /// Proves an address by the code in the mail, of a node with `--dev`.
    pub(crate) async fn prove(&self, email: &str) {
        self.step("issue-email-verification-challenge", json!({ "email": email })).await.ok();
        let code = digits(&text(&self.client.mail_to(email).await["text"]));
        self.step("verify-email-challenge", json!({ "code": code })).await.ok();
        self.step("set-email-as-primary-login-factor", json!({})).await.ok();
    }

    pub(crate) async fn choose(&self, organization: &str) {
        self.step("set-organization", json!({ "organizationId": organization })).await.ok();
    }

    pub(crate) async fn register_password(&self, password: &str) -> Reply {
        self.step("register-password", json!({ "password": password })).await
    }

    /// Gives address and password.
    pub(crate) async fn give_password(&self, email: &str, password: &str) -> Reply {
        self.step("verify-password", json!({ "email": email, "password": password })).await
    }

    /// Makes a session of the login.
    pub(crate) async fn finish(&self) -> Reply {
        self.step(FINISH, json!({})).await
    }

    /// The same, if a whole answer arrives.
    pub(crate) async fn try_finish(&self) -> Result<Reply, reqwest::Error> {
        self.try_send(Method::POST, &format!("/api/intermediate/v1/{FINISH}"), Some(json!({}))).await
    }

    pub(crate) async fn refresh(&self) -> Reply {
        self.post("/api/frontend/v1/refresh", json!({})).await
    }

    pub(crate) async fn me(&self) -> Reply {
        self.get("/api/frontend/v1/me").await
    }

    fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&self, line: &str) {
        let (pair, attributes) = line.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        match attributes.contains("Max-Age=0;") {
            true => cookies.remove(name),
            false => cookies.insert(name.to_owned(), value.to_owned()),
        };
    }
}

impl Client {
    /// The host of the project's pages.
    pub(crate) async fn pages_host(&self) -> String {
        text(&self.get("/v1/project").await["project"]["vaultDomain"])
    }

    /// A new organization with these switches on, and a user in it: their ids.
    pub(crate) async fn customer(&self, switches: &[&str], email: &str) -> (String, String) {
        let made = self.post("/v1/organizations", json!({ "displayName": "Customer" })).await;
        let organization = text(&made["organization"]["id"]);
        let switches: Value = switches.iter().map(|name| (name.to_string(), json!(true))).collect();
        self.patch(&format!("/v1/organizations/{organization}"), switches).await;
        let user = json!({ "organizationId": organization, "email": email });
        let user = self.post("/v1/users", user).await;
        (organization, text(&user["user"]["id"]))
    }

    /// What a node with `--dev` would have sent, newest first.
    pub(crate) async fn mails(&self) -> Vec<Value> {
        let (status, body) = self.plain("/dev/mail.json").await.unwrap();
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The latest mail to an address.
    pub(crate) async fn mail_to(&self, email: &str) -> Value {
        self.mails().await.into_iter().find(|mail| mail["to"] == email).expect("a mail")
    }
}

/// The six digits in a mail.
pub(crate) fn digits(mail: &str) -> String {
    let words = mail.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut codes = words.filter(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    codes.next().expect("six digits").to_owned()
}

/// What follows `parameter=` in a link of a text.
pub(crate) fn in_link(text: &str, parameter: &str) -> String {
    let (_, rest) = text.split_once(&format!("{parameter}=")).expect("the link");
    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap().to_owned()
}
