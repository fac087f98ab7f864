//! People: those that a test puts there, and those that sign in.

use crate::app::TestApp;
use crate::browser::Browser;
use crate::databases::Kind;
use crate::determinism::SeededEntropy;
use lockwork_model::ids::{ApiKeyId, OrganizationId, SessionId, UserId};
use lockwork_model::time::Clock;
use serde_json::json;
use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) fn dice() -> SeededEntropy {
    static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
    SeededEntropy(NEXT.fetch_add(1, Ordering::Relaxed))
}

impl TestApp {
    /// A new organization with API keys on, whose people sign in by e-mail: its id.
    pub async fn open_organization(&self, name: &str) -> String {
        let id = self.organization(name).await;
        let path = format!("/v1/organizations/{id}");
        let _ = self.client.patch(&path, json!({ "logInWithEmail": true })).await.ok();
        id
    }

    /// A new person in such an organization, signed in: their browser.
    pub async fn member(&self, organization: &str, email: &str, owner: bool) -> Browser {
        let user = json!({ "organizationId": organization, "email": email, "owner": owner });
        let _ = self.client.post("/v1/users", user).await.ok();
        let browser = self.browser(&self.client).await;
        let _ = browser.sign_in_to(organization, email).await;
        browser
    }

    /// A new owner of the first project on the console, who came by a sign-up link: their browser.
    pub async fn staff_owner(&self, email: &str) -> Browser {
        let link = self.app.create_sign_up_link().await.expect("a link");
        let (console, token) = link.reveal().split_once("/sign-up?token=").expect("a link with a token");
        let browser = self.browser_at(console.strip_prefix("http://").expect("a host"));
        browser.begin().await;
        let body = json!({ "signUpToken": token, "email": email });
        let _ = browser.step("redeem-sign-up-token", body).await.ok();
        let password = json!({ "password": "a password that nobody stole" });
        let _ = browser.step("register-password", password).await.ok();
        let _ = browser.finish().await;
        browser
    }

    /// A new person in an organization: their id.
    pub async fn user(&self, organization: &str, email: &str) -> String {
        let organization: OrganizationId = organization.parse().expect("an organization's id");
        let (id, now) = (UserId::generate(&mut dice()), self.clock.now().as_micros());
        self.database
            .execute(&format!(
                "INSERT INTO users (id, project_id, organization_id, email, is_owner, created_at, updated_at)
                 SELECT {}, project_id, id, '{email}', FALSE, {now}, {now} FROM organizations WHERE id = {}",
                self.literal(id.uuid().simple()),
                self.literal(organization.uuid().simple()),
            ))
            .await;
        id.to_string()
    }

    /// A new session of a person, signed in with Google: its id.
    pub async fn session(&self, user: &str) -> String {
        let user: UserId = user.parse().expect("a user's id");
        let (id, now) = (SessionId::generate_at(self.clock.now(), &mut dice()), self.clock.now().as_micros());
        self.database
            .execute(&format!(
                "INSERT INTO sessions (id, project_id, user_id, primary_auth_factor, created_at, last_active_at,
                     expires_at)
                 SELECT {}, project_id, id, 2, {now}, {now}, {now} + 3600000000 FROM users WHERE id = {}",
                self.literal(id.uuid().simple()),
                self.literal(user.uuid().simple()),
            ))
            .await;
        id.to_string()
    }

    /// Lets a person be who made an API key.
    pub async fn made_by(&self, user: &str, api_key: &str) {
        let user: UserId = user.parse().expect("a user's id");
        let key: ApiKeyId = api_key.parse().expect("an API key's id");
        self.database
            .execute(&format!(
                "UPDATE api_keys SET created_by = NULL, created_by_user_id = {} WHERE id = {}",
                self.literal(user.uuid().simple()),
                self.literal(key.uuid().simple()),
            ))
            .await;
    }

    fn literal(&self, hexadecimal: impl Display) -> String {
        match self.database.kind() {
            Kind::Sqlite => format!("x'{hexadecimal}'"),
            Kind::Postgres => format!("'{hexadecimal}'"),
        }
    }
}
