//! Projects: a developer's product, the tenant.

use crate::api_keys::Lifetime;
use crate::calendar::TimeZone;
use crate::error::{Error, Result};
use crate::ids::ProjectId;
use crate::secrets::KeyPrefix;
use crate::time::Timestamp;

/// One way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginMethod {
    /// Google.
    Google,
    /// Microsoft.
    Microsoft,
    /// GitHub.
    Github,
    /// A link or code by e-mail.
    Email,
    /// A password.
    Password,
    /// SAML.
    Saml,
    /// OpenID Connect.
    Oidc,
    /// An authenticator app.
    AuthenticatorApp,
    /// A passkey.
    Passkey,
}

impl LoginMethod {
    /// Every method.
    pub const ALL: [Self; 9] = [
        Self::Google,
        Self::Microsoft,
        Self::Github,
        Self::Email,
        Self::Password,
        Self::Saml,
        Self::Oidc,
        Self::AuthenticatorApp,
        Self::Passkey,
    ];

    /// The method in words, for messages.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
            Self::Github => "github",
            Self::Email => "email",
            Self::Password => "password",
            Self::Saml => "saml",
            Self::Oidc => "oidc",
            Self::AuthenticatorApp => "authenticator app",
            Self::Passkey => "passkey",
        }
    }

    const fn bit(self) -> i64 {
        1 << self as i64
    }
}

/// A set of ways to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoginMethods(i64);

impl LoginMethods {
    /// From the bits that storage keeps.
    #[must_use]
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits)
    }

    /// The bits for storage.
    #[must_use]
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// Whether `method` is in the set.
    #[must_use]
    pub const fn has(self, method: LoginMethod) -> bool {
        self.0 & method.bit() != 0
    }

    /// The set with `method` in or out.
    #[must_use]
    pub const fn with(self, method: LoginMethod, enabled: bool) -> Self {
        if enabled { Self(self.0 | method.bit()) } else { Self(self.0 & !method.bit()) }
    }

    /// The set after `changes`; a method that none of them names stays as it is.
    #[must_use]
    pub fn after(self, changes: &LoginMethodChanges) -> Self {
        changes.iter().fold(self, |set, &(method, enabled)| set.with(method, enabled))
    }
}

/// Methods to switch on or off.
pub type LoginMethodChanges = Vec<(LoginMethod, bool)>;

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub display_name: String,
    /// How people may sign in.
    pub log_in_with: LoginMethods,
    /// The host of its sign-in and settings pages.
    pub vault_domain: String,
    /// The domain of its session cookies.
    pub cookie_domain: String,
    /// The domain that its mail comes from.
    pub email_send_from_domain: String,
    /// The domains whose pages may call the Frontend API.
    pub trusted_domains: Vec<String>,
    /// Whether managed API keys work.
    pub api_keys_enabled: bool,
    /// The prefix of new API keys.
    pub api_key_prefix: Option<KeyPrefix>,
    /// How long API keys may live at most, from when their secret was made.
    pub max_key_lifetime: Option<Lifetime>,
    /// The time zone whose hours, days and months quotas and refills follow.
    pub time_zone: TimeZone,
    /// Whether the audit log is shown to organizations.
    pub audit_logs_enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A change to a project; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct ProjectUpdate {
    /// A new name.
    pub display_name: Option<String>,
    /// Switches API keys on or off.
    pub api_keys_enabled: Option<bool>,
    /// A new prefix for new keys; keys with an earlier one keep working.
    pub api_key_prefix: Option<KeyPrefix>,
    /// Another longest life of keys, or none.
    pub max_key_lifetime: Option<Option<Lifetime>>,
    /// Another time zone.
    pub time_zone: Option<TimeZone>,
}

impl Project {
    /// The project after `update`.
    ///
    /// # Errors
    /// `FailedPrecondition` when keys would be on without a prefix.
    pub fn updated(mut self, update: ProjectUpdate, at: Timestamp) -> Result<Self> {
        if let Some(display_name) = update.display_name {
            self.display_name = display_name;
        }
        if let Some(enabled) = update.api_keys_enabled {
            self.api_keys_enabled = enabled;
        }
        self.api_key_prefix = update.api_key_prefix.or(self.api_key_prefix);
        self.max_key_lifetime = update.max_key_lifetime.unwrap_or(self.max_key_lifetime);
        self.time_zone = update.time_zone.unwrap_or(self.time_zone);
        if self.api_keys_enabled && self.api_key_prefix.is_none() {
            return Err(Error::failed_precondition(
                "set apiKeySecretTokenPrefix before switching API keys on",
            ));
        }
        self.updated_at = at;
        Ok(self)
    }

    /// Whether its sign-in pages live on a host of its own rather than on the default `project-…` one.
    #[must_use]
    pub fn vault_domain_is_custom(&self) -> bool {
        !self.vault_domain.starts_with(&default_vault_label(self.id))
    }
}

/// The first label of a project's default host: its id with `-` for `_` (contract §3.1).
#[must_use]
pub fn default_vault_label(id: ProjectId) -> String {
    id.to_string().replace('_', "-")
}
