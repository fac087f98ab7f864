//! The project as requests change it.

use crate::backend::login_methods::request_with_login_methods;
use crate::error::Result;
use crate::extract::Wrap;
use crate::wire::{Patch, Whole, non_empty, read_lifetime};
use lockwork_model::error::Error;
use lockwork_model::projects::{OauthClient, ProjectUpdate};
use lockwork_model::providers::Provider;
use lockwork_model::secrets::{KeyPrefix, SecretText};

request_with_login_methods! {
    /// A change to the project; what is absent stays as it is.
    UpdateProject {
        #[serde(alias = "display_name")]
        display_name: Option<String>,
        /// Switches the project's API keys on or off, in effect at once.
        #[serde(alias = "api_keys_enabled")]
        api_keys_enabled: Option<bool>,
        /// What each new API key begins with: 1 to 64 of a-z, 0-9 and _. Keys with an earlier prefix keep working.
        #[serde(alias = "api_key_secret_token_prefix")]
        api_key_secret_token_prefix: Option<String>,
        /// How long its API keys may live at most, from when their secret was made; `null` for as long as they like. Keys
        /// that live longer already stay as they are.
        #[serde(alias = "max_api_key_lifetime_seconds", default)]
        #[schema(value_type = Option<Whole>)]
        max_api_key_lifetime_seconds: Patch<Whole>,
        /// The time zone whose hours, days and months quotas and refills follow, such as `Europe/Berlin`; `UTC` at first.
        #[serde(alias = "time_zone")]
        time_zone: Option<String>,
        /// Keeps everybody out: nobody signs in, and no session is refreshed.
        #[serde(alias = "logins_disabled")]
        logins_disabled: Option<bool>,
        /// Shows the audit log to owners of organizations, or not. It is written either way.
        #[serde(alias = "audit_logs_enabled")]
        audit_logs_enabled: Option<bool>,
        /// A host of your own for the pages, without a port, which must lead here; empty for the default one.
        #[serde(alias = "vault_domain")]
        vault_domain: Option<String>,
        /// The domain of session cookies: a `vaultDomain` of your own, or a domain above it, such as `example.com`, so
        /// that your backend is sent them too.
        #[serde(alias = "cookie_domain")]
        cookie_domain: Option<String>,
        /// The domains whose pages, and those below them, may call the Frontend API, at most 100; ports are ignored. The
        /// host of the pages always stays.
        #[serde(alias = "trusted_domains")]
        trusted_domains: Option<Vec<String>>,
        /// Where people go after they signed in or up, where nothing else is said: an absolute URL on a trusted domain,
        /// with https, or http on localhost; `null` for the pages.
        #[serde(alias = "redirect_uri", default)]
        #[schema(value_type = Option<String>)]
        redirect_uri: Patch<String>,
        /// Where people go after they signed in instead; `null` for no other place.
        #[serde(alias = "after_login_redirect_uri", default)]
        #[schema(value_type = Option<String>)]
        after_login_redirect_uri: Patch<String>,
        /// Where people go after they signed up instead; `null` for no other place.
        #[serde(alias = "after_signup_redirect_uri", default)]
        #[schema(value_type = Option<String>)]
        after_signup_redirect_uri: Patch<String>,
        /// Whether whoever may see an organization joins it by signing in, and owners may invite.
        #[serde(alias = "self_serve_create_users")]
        self_serve_create_users: Option<bool>,
        /// Whether whoever signs in may make an organization.
        #[serde(alias = "self_serve_create_organizations")]
        self_serve_create_organizations: Option<bool>,
        /// Whether whoever signs in and sees no organization gets one at once.
        #[serde(alias = "auto_create_organizations")]
        auto_create_organizations: Option<bool>,
        /// Your client at Google; `null` removes it. A new client needs its secret too.
        #[serde(alias = "google_oauth_client_id", default)]
        #[schema(value_type = Option<String>)]
        google_oauth_client_id: Patch<String>,
        /// Your client's secret at Google. Kept sealed and never shown.
        #[serde(alias = "google_oauth_client_secret")]
        google_oauth_client_secret: Option<String>,
        /// Your client at Microsoft; `null` removes it. A new client needs its secret too.
        #[serde(alias = "microsoft_oauth_client_id", default)]
        #[schema(value_type = Option<String>)]
        microsoft_oauth_client_id: Patch<String>,
        /// Your client's secret at Microsoft. Kept sealed and never shown.
        #[serde(alias = "microsoft_oauth_client_secret")]
        microsoft_oauth_client_secret: Option<String>,
        /// Your client at GitHub; `null` removes it. A new client needs its secret too.
        #[serde(alias = "github_oauth_client_id", default)]
        #[schema(value_type = Option<String>)]
        github_oauth_client_id: Patch<String>,
        /// Your client's secret at GitHub. Kept sealed and never shown.
        #[serde(alias = "github_oauth_client_secret")]
        github_oauth_client_secret: Option<String>,
    }
}

impl Wrap for UpdateProject {
    const FIELDS: [&'static str; 2] = ["project", "project"];
}

impl UpdateProject {
    pub(super) fn read(self) -> Result<ProjectUpdate> {
        let log_in_with = self.login_methods();
        let lifetime = |seconds| read_lifetime("maxApiKeyLifetimeSeconds", seconds);
        let time_zone = non_empty(self.time_zone)
            .map(|name| name.parse().map_err(|problem| Error::invalid_field("timeZone", problem)));
        let clients = [
            (Provider::Google, self.google_oauth_client_id, self.google_oauth_client_secret),
            (Provider::Microsoft, self.microsoft_oauth_client_id, self.microsoft_oauth_client_secret),
            (Provider::Github, self.github_oauth_client_id, self.github_oauth_client_secret),
        ];
        let clients = clients.into_iter().filter_map(|(provider, client_id, client_secret)| {
            Some((provider, client(client_id, client_secret)?))
        });
        Ok(ProjectUpdate {
            display_name: non_empty(self.display_name),
            api_keys_enabled: self.api_keys_enabled,
            api_key_prefix: read_prefix(self.api_key_secret_token_prefix)?,
            max_key_lifetime: self.max_api_key_lifetime_seconds.read(lifetime)?.into_option(),
            time_zone: time_zone.transpose()?,
            log_in_with,
            logins_disabled: self.logins_disabled,
            audit_logs_enabled: self.audit_logs_enabled,
            vault_domain: self.vault_domain,
            cookie_domain: non_empty(self.cookie_domain),
            trusted_domains: self.trusted_domains.filter(|domains| !domains.is_empty()),
            redirect: self.redirect_uri.into_text(),
            after_login_redirect: self.after_login_redirect_uri.into_text(),
            after_signup_redirect: self.after_signup_redirect_uri.into_text(),
            self_serve_create_users: self.self_serve_create_users,
            self_serve_create_organizations: self.self_serve_create_organizations,
            auto_create_organizations: self.auto_create_organizations,
            oauth_clients: clients.collect(),
        })
    }
}

/// The prefix of a project's keys; an empty text is none.
///
/// # Errors
/// 400 that names the field.
pub(crate) fn read_prefix(text: Option<String>) -> Result<Option<KeyPrefix>> {
    let prefix = non_empty(text).map(|text| {
        let problem = "must be 1 to 64 characters of a-z, 0-9 and _";
        text.parse().map_err(|_| Error::invalid_field("apiKeySecretTokenPrefix", problem))
    });
    Ok(prefix.transpose()?)
}

/// What is to become of a client: `None` keeps it, `Some(None)` removes it.
fn client(client_id: Patch<String>, client_secret: Option<String>) -> Option<Option<OauthClient>> {
    let client_secret = non_empty(client_secret).map(SecretText::new);
    match client_id.into_text() {
        Some(None) => Some(None),
        None if client_secret.is_none() => None,
        client_id => {
            let client_id = client_id.flatten().unwrap_or_default();
            Some(Some(OauthClient { client_id, client_secret }))
        }
    }
}
