//! Projects: a developer's product, the tenant.

use crate::api_keys::Lifetime;
use crate::calendar::TimeZone;
use crate::error::{Error, Result};
use crate::ids::{OrganizationId, ProjectId};
use crate::providers::Provider;
use crate::secrets::{KeyPrefix, SecretText};
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

    /// Those that show who somebody is a second time.
    pub const SECOND_FACTORS: [Self; 2] = [Self::AuthenticatorApp, Self::Passkey];

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

    /// The method by which this provider signs people in.
    #[must_use]
    pub const fn of_provider(provider: Provider) -> Self {
        match provider {
            Provider::Google => Self::Google,
            Provider::Microsoft => Self::Microsoft,
            Provider::Github => Self::Github,
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

    /// The set of these methods.
    #[must_use]
    pub fn of(methods: &[LoginMethod]) -> Self {
        methods.iter().fold(Self::default(), |set, &method| set.with(method, true))
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

    /// Whether one of these is in the set.
    #[must_use]
    pub fn has_any(self, methods: &[LoginMethod]) -> bool {
        methods.iter().any(|&method| self.has(method))
    }

    /// What is in this set and not in the other one.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
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
    /// Whether nobody can sign in.
    pub logins_disabled: bool,
    /// Where people go after they signed in or up.
    pub redirects: Redirects,
    /// What people may make by themselves.
    pub self_serve: SelfServe,
    /// The organization of the console's project whose people run this project.
    pub staff: Option<OrganizationId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Where people go after they signed in or up; each an absolute URL on a trusted domain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Redirects {
    /// Where nothing else is said.
    pub default: Option<String>,
    /// After they signed in.
    pub after_login: Option<String>,
    /// After they signed up.
    pub after_signup: Option<String>,
}

/// What people may make by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelfServe {
    /// Whether whoever may see an organization joins it by signing in, and owners may invite.
    pub create_users: bool,
    /// Whether whoever signs in may make an organization.
    pub create_organizations: bool,
    /// Whether whoever signs in and sees no organization gets one at once.
    pub auto_create_organizations: bool,
}

impl Default for SelfServe {
    fn default() -> Self {
        Self { create_users: true, create_organizations: true, auto_create_organizations: false }
    }
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
    /// Sign-in methods to switch; one that goes off goes off in every organization.
    pub log_in_with: LoginMethodChanges,
    /// Keeps everybody out, or lets them in again.
    pub logins_disabled: Option<bool>,
    /// Shows the audit log to organizations, or not.
    pub audit_logs_enabled: Option<bool>,
    /// A host of its own for its pages, without a port; empty for the default one.
    pub vault_domain: Option<String>,
    /// Another domain for its cookies.
    pub cookie_domain: Option<String>,
    /// Other domains whose pages may call the Frontend API.
    pub trusted_domains: Option<Vec<String>>,
    /// Another place to go to.
    pub redirect: Option<Option<String>>,
    /// Another place to go to after signing in.
    pub after_login_redirect: Option<Option<String>>,
    /// Another place to go to after signing up.
    pub after_signup_redirect: Option<Option<String>>,
    /// Whether people join by themselves.
    pub self_serve_create_users: Option<bool>,
    /// Whether people make organizations by themselves.
    pub self_serve_create_organizations: Option<bool>,
    /// Whether people get an organization at once.
    pub auto_create_organizations: Option<bool>,
    /// Their own client at a sign-in provider, or none.
    pub oauth_clients: Vec<(Provider, Option<OauthClient>)>,
}

/// A project's own client at a sign-in provider. Prints no secret.
#[derive(Debug, Clone)]
pub struct OauthClient {
    /// The client's id; empty leaves it as it is.
    pub client_id: String,
    /// Its secret; `None` leaves it as it is.
    pub client_secret: Option<SecretText>,
}

/// How many domains a project may trust.
pub const TRUSTED_DOMAINS_MAX: usize = 100;

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
        self.log_in_with = self.log_in_with.after(&update.log_in_with);
        self.logins_disabled = update.logins_disabled.unwrap_or(self.logins_disabled);
        self.audit_logs_enabled = update.audit_logs_enabled.unwrap_or(self.audit_logs_enabled);
        self.vault_domain = update.vault_domain.unwrap_or(self.vault_domain);
        self.cookie_domain = update.cookie_domain.unwrap_or(self.cookie_domain);
        self.trusted_domains = update.trusted_domains.unwrap_or(self.trusted_domains);
        self.redirects = Redirects {
            default: update.redirect.unwrap_or(self.redirects.default),
            after_login: update.after_login_redirect.unwrap_or(self.redirects.after_login),
            after_signup: update.after_signup_redirect.unwrap_or(self.redirects.after_signup),
        };
        self.self_serve = SelfServe {
            create_users: update.self_serve_create_users.unwrap_or(self.self_serve.create_users),
            create_organizations: update
                .self_serve_create_organizations
                .unwrap_or(self.self_serve.create_organizations),
            auto_create_organizations: update
                .auto_create_organizations
                .unwrap_or(self.self_serve.auto_create_organizations),
        };
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
