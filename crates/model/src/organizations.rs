//! Organizations: the developer's customers.

use crate::api_keys::Lifetime;
use crate::error::{Error, Result};
use crate::ids::{OrganizationId, PlanId, ProjectId};
use crate::ip_networks::IpNetworks;
use crate::limits::{Credits, Limit};
use crate::projects::{LoginMethod, LoginMethodChanges, LoginMethods};
use crate::time::Timestamp;

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its project.
    pub project: ProjectId,
    /// Its name.
    pub display_name: String,
    /// How its people may sign in.
    pub log_in_with: LoginMethods,
    /// Whether its people must use a second factor.
    pub require_mfa: bool,
    /// Whether SCIM may manage its people.
    pub scim_enabled: bool,
    /// Whether its owners may make roles of their own.
    pub custom_roles_enabled: bool,
    /// Whether its API keys work.
    pub api_keys_enabled: bool,
    /// Whether each of its people may have API keys of their own.
    pub personal_api_keys_enabled: bool,
    /// Whether nobody can sign in.
    pub logins_disabled: bool,
    /// The plan that all its keys share.
    pub plan: Option<PlanId>,
    /// The limits that all its keys share.
    pub limits: Vec<Limit>,
    /// From which addresses its keys may be used.
    pub ip_allowlist: IpNetworks,
    /// How long its keys may live at most, from when their secret was made; `None` leaves it to the project.
    pub max_key_lifetime: Option<Lifetime>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An organization to make.
#[derive(Debug, Clone, Default)]
pub struct NewOrganization {
    /// Its name.
    pub display_name: String,
    /// How its people may sign in; what is not named is off.
    pub log_in_with: LoginMethodChanges,
    /// Whether SCIM may manage its people.
    pub scim_enabled: bool,
    /// The plan that all its keys share.
    pub plan: Option<PlanId>,
    /// The limits that all its keys share.
    pub limits: Vec<Limit>,
    /// From which addresses its keys may be used.
    pub ip_allowlist: IpNetworks,
    /// How long its keys may live at most.
    pub max_key_lifetime: Option<Lifetime>,
    /// The credits that all its keys share.
    pub credits: Option<Credits>,
}

/// A change to an organization; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct OrganizationUpdate {
    /// A new name.
    pub display_name: Option<String>,
    /// Sign-in methods to switch.
    pub log_in_with: LoginMethodChanges,
    /// Demands a second factor, or not.
    pub require_mfa: Option<bool>,
    /// Switches SCIM.
    pub scim_enabled: Option<bool>,
    /// Switches custom roles.
    pub custom_roles_enabled: Option<bool>,
    /// Switches API keys.
    pub api_keys_enabled: Option<bool>,
    /// Switches people's own API keys.
    pub personal_api_keys_enabled: Option<bool>,
    /// Keeps everybody out, or lets them in again.
    pub logins_disabled: Option<bool>,
    /// Another plan, or none.
    pub plan: Option<Option<PlanId>>,
    /// Other limits.
    pub limits: Option<Vec<Limit>>,
    /// Other networks.
    pub ip_allowlist: Option<IpNetworks>,
    /// Another longest life of keys, or none.
    pub max_key_lifetime: Option<Option<Lifetime>>,
    /// A new balance of credits with its refill, or no credits any more.
    pub credits: Option<Option<Credits>>,
}

/// Refuses to switch on a sign-in method that the project has off.
///
/// # Errors
/// `PermissionDenied`, as the contract has it (§3.7).
pub fn check_login_methods(changes: &LoginMethodChanges, project: LoginMethods) -> Result<()> {
    match changes.iter().find(|&&(method, enabled)| enabled && !project.has(method)) {
        None => Ok(()),
        Some((method, _)) => Err(Error::permission_denied(format!(
            "log in with {} is not enabled for this project",
            method.noun()
        ))),
    }
}

impl Organization {
    /// A new organization: every switch off, and nothing set that its keys would share.
    #[must_use]
    pub fn new(
        id: OrganizationId,
        project: ProjectId,
        display_name: String,
        log_in_with: LoginMethods,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            project,
            display_name,
            log_in_with,
            require_mfa: false,
            scim_enabled: false,
            custom_roles_enabled: false,
            api_keys_enabled: false,
            personal_api_keys_enabled: false,
            logins_disabled: false,
            plan: None,
            limits: Vec::new(),
            ip_allowlist: IpNetworks::default(),
            max_key_lifetime: None,
            created_at: at,
            updated_at: at,
        }
    }

    /// The organization after `update`.
    ///
    /// # Errors
    /// `InvalidArgument` when a second factor would be demanded and none is on.
    pub fn updated(mut self, update: OrganizationUpdate, at: Timestamp) -> Result<Self> {
        if let Some(display_name) = update.display_name {
            self.display_name = display_name;
        }
        self.log_in_with = self.log_in_with.after(&update.log_in_with);
        self.require_mfa = update.require_mfa.unwrap_or(self.require_mfa);
        self.scim_enabled = update.scim_enabled.unwrap_or(self.scim_enabled);
        self.custom_roles_enabled = update.custom_roles_enabled.unwrap_or(self.custom_roles_enabled);
        self.api_keys_enabled = update.api_keys_enabled.unwrap_or(self.api_keys_enabled);
        self.personal_api_keys_enabled =
            update.personal_api_keys_enabled.unwrap_or(self.personal_api_keys_enabled);
        self.logins_disabled = update.logins_disabled.unwrap_or(self.logins_disabled);
        self.plan = update.plan.unwrap_or(self.plan);
        self.limits = update.limits.unwrap_or(self.limits);
        self.ip_allowlist = update.ip_allowlist.unwrap_or(self.ip_allowlist);
        self.max_key_lifetime = update.max_key_lifetime.unwrap_or(self.max_key_lifetime);
        if self.require_mfa && !self.log_in_with.has_any(&LoginMethod::SECOND_FACTORS) {
            return Err(Error::invalid_field(
                "requireMfa",
                "needs logInWithAuthenticatorApp or logInWithPasskey to be enabled",
            ));
        }
        self.updated_at = at;
        Ok(self)
    }
}

/// A list of texts that belongs to an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainList {
    /// E-mail domains.
    Domains,
    /// Google Workspace domains.
    GoogleHostedDomains,
    /// Microsoft Entra tenants.
    MicrosoftTenantIds,
}

impl DomainList {
    /// The number that storage keeps.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Domains => 1,
            Self::GoogleHostedDomains => 2,
            Self::MicrosoftTenantIds => 3,
        }
    }

    /// The list's name on the wire.
    #[must_use]
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Domains => "domains",
            Self::GoogleHostedDomains => "googleHostedDomains",
            Self::MicrosoftTenantIds => "microsoftTenantIds",
        }
    }

    /// An entry in its normal form.
    ///
    /// # Errors
    /// `InvalidArgument` that names the list.
    pub fn normalize(self, entry: &str) -> Result<String> {
        match self {
            Self::Domains | Self::GoogleHostedDomains => crate::text::domain(self.wire_name(), entry),
            Self::MicrosoftTenantIds => entry
                .parse::<uuid::Uuid>()
                .map(|tenant| tenant.to_string())
                .map_err(|_| Error::invalid_field(self.wire_name(), "must be the tenant's uuid")),
        }
    }
}

/// How many entries a [`DomainList`] may have.
pub const DOMAIN_LIST_MAX: usize = 100;
