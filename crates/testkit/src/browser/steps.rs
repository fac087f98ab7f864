//! What people do in a browser to sign in, a step at a time.

use super::Browser;
use crate::client::Answer;
use lockwork_app::identity::mail::Mailbox;
use serde_json::{Value, json};

const LOGIN: &str = "/api/intermediate/v1";
/// The password that people of a new organization choose.
pub const FIRST_PASSWORD: &str = "a password that nobody stole";

/// The six digits in the latest mail to an address.
#[must_use]
pub fn mailed_code(mailbox: &Mailbox, to: &str) -> String {
    let mail = mailbox.messages().into_iter().find(|mail| mail.to.eq_ignore_ascii_case(to)).expect("a mail");
    let words = mail.text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut codes = words.filter(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    codes.next().expect("six digits in the mail").to_owned()
}

impl Browser {
    /// A step of the Login API: `POST /api/intermediate/v1/<name>`.
    pub async fn step(&self, name: &str, body: Value) -> Answer {
        self.post(&format!("{LOGIN}/{name}"), body).await
    }

    /// How far the login is.
    pub async fn whoami(&self) -> Value {
        self.get(&format!("{LOGIN}/whoami")).await.ok()["intermediateSession"].clone()
    }

    /// Begins a login.
    pub async fn begin(&self) {
        let _ = self.step("intermediate-session", json!({})).await.ok();
    }

    /// Proves an address by the code in the mail.
    pub async fn prove(&self, email: &str) {
        let _ = self.step("issue-email-verification-challenge", json!({ "email": email })).await.ok();
        let code = mailed_code(self.mailbox(), email);
        let _ = self.step("verify-email-challenge", json!({ "code": code })).await.ok();
        let _ = self.step("set-email-as-primary-login-factor", json!({})).await.ok();
    }

    /// The organizations to choose from: their ids.
    pub async fn organizations(&self) -> Vec<String> {
        let listed = self.get(&format!("{LOGIN}/organizations")).await.ok();
        let listed = listed["organizations"].as_array().cloned().unwrap_or_default();
        listed.iter().map(|found| found["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// Chooses an organization.
    pub async fn choose(&self, organization: &str) {
        let _ = self.step("set-organization", json!({ "organizationId": organization })).await.ok();
    }

    /// Makes a session of the login: its tokens.
    pub async fn finish(&self) -> Value {
        self.step("exchange-intermediate-session-for-session", json!({})).await.ok()
    }

    /// Signs in by e-mail, to the first organization that there is to choose, or to a new one with
    /// [`FIRST_PASSWORD`]: the session's tokens.
    pub async fn sign_in(&self, email: &str) -> Value {
        self.begin().await;
        self.prove(email).await;
        match self.organizations().await.first() {
            Some(organization) => self.choose(organization).await,
            None => {
                let body = json!({ "displayName": format!("The people of {email}") });
                let _ = self.step("organizations", body).await.ok();
            }
        }
        if self.whoami().await["missing"] == "PASSWORD" {
            let _ = self.step("register-password", json!({ "password": FIRST_PASSWORD })).await.ok();
        }
        self.finish().await
    }

    /// Signs in by e-mail to this organization: the session's tokens.
    pub async fn sign_in_to(&self, organization: &str, email: &str) -> Value {
        self.begin().await;
        self.prove(email).await;
        self.choose(organization).await;
        self.finish().await
    }

    /// Asks for an access token by the refresh cookie.
    pub async fn refresh(&self) -> Answer {
        self.post("/api/frontend/v1/refresh", json!({})).await
    }

    /// The signed-in user.
    pub async fn me(&self) -> Value {
        self.get("/api/frontend/v1/me").await.ok()["user"].clone()
    }
}
