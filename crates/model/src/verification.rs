//! What verification must know of each thing; the index is made of these facts and of nothing else.

use crate::access::BackendKeyScope;
use crate::ids::{
    ActionId, ApiKeyId, BackendApiKeyId, LimitOverrideId, OrganizationId, PlanId, ProjectId, RoleId,
};
use crate::ip_networks::IpNetworks;
use crate::limit_overrides::Identifier;
use crate::limits::{Limit, Rate};
use crate::metadata::Metadata;
use crate::permissions::ActionName;
use crate::secrets::{KeyPrefix, SecretHash};
use crate::time::Timestamp;

/// The verdict's code (docs: design of verification, in this order; the first failure is the verdict).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Let in.
    Valid,
    /// Not the form of this project's keys, or its checksum is wrong; nothing was looked up.
    Malformed,
    /// No key of this project.
    NotFound,
    /// API keys are off for the project.
    ProjectDisabled,
    /// API keys are off for the organization.
    OrganizationDisabled,
    /// Revoked for good.
    Revoked,
    /// Switched off for now.
    Disabled,
    /// Past its expiry.
    Expired,
    /// Used from an address that neither the key nor its organization may be used from.
    AddressNotAllowed,
    /// The required permissions are not held.
    InsufficientPermissions,
    /// A rate limit or a quota is used up.
    RateLimited,
    /// The credits do not suffice.
    CreditsExhausted,
}

impl Code {
    /// Every code, in the order in which they are decided, `Valid` first.
    pub const ALL: [Self; 12] = [
        Self::Valid,
        Self::Malformed,
        Self::NotFound,
        Self::ProjectDisabled,
        Self::OrganizationDisabled,
        Self::Revoked,
        Self::Disabled,
        Self::Expired,
        Self::AddressNotAllowed,
        Self::InsufficientPermissions,
        Self::RateLimited,
        Self::CreditsExhausted,
    ];

    /// The code on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Malformed => "MALFORMED",
            Self::NotFound => "NOT_FOUND",
            Self::ProjectDisabled => "PROJECT_DISABLED",
            Self::OrganizationDisabled => "ORGANIZATION_DISABLED",
            Self::Revoked => "REVOKED",
            Self::Disabled => "DISABLED",
            Self::Expired => "EXPIRED",
            Self::AddressNotAllowed => "ADDRESS_NOT_ALLOWED",
            Self::InsufficientPermissions => "INSUFFICIENT_PERMISSIONS",
            Self::RateLimited => "RATE_LIMITED",
            Self::CreditsExhausted => "CREDITS_EXHAUSTED",
        }
    }
}

/// Whether a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It works.
    Active,
    /// Switched off; can be switched on again.
    Disabled,
    /// Ended for good.
    Revoked,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectFacts {
    /// Which.
    pub id: ProjectId,
    /// Whether its API keys work.
    pub api_keys_enabled: bool,
    /// The prefix of new keys.
    pub prefix: Option<KeyPrefix>,
    /// Every prefix that its keys ever had, the present one included.
    pub prefixes: Vec<KeyPrefix>,
}

/// What a key, or an organization for all its keys, is bound by beside permissions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Rules {
    /// A plan, whose limits count where no limit here has the same name.
    pub plan: Option<PlanId>,
    /// Limits of its own.
    pub limits: Vec<Limit>,
    /// From which addresses.
    pub ip_allowlist: IpNetworks,
    /// Whether each use costs credits.
    pub has_credits: bool,
}

impl Rules {
    /// Whether nothing is bound.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plan.is_none() && self.limits.is_empty() && self.ip_allowlist.is_empty() && !self.has_credits
    }
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFacts {
    /// Which.
    pub id: PlanId,
    /// Its limits.
    pub limits: Vec<Limit>,
}

/// A limit override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitOverrideFacts {
    /// Which.
    pub id: LimitOverrideId,
    /// Its project.
    pub project: ProjectId,
    /// Whose it is.
    pub identifier: Identifier,
    /// How much; 0 blocks.
    pub limit: u64,
    /// How it counts.
    pub rate: Rate,
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationFacts {
    /// Which.
    pub id: OrganizationId,
    /// Its project.
    pub project: ProjectId,
    /// Whether its API keys work.
    pub api_keys_enabled: bool,
    /// What all its keys together are bound by.
    pub rules: Rules,
}

/// An action of a project's RBAC policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionFacts {
    /// Which.
    pub id: ActionId,
    /// Its name.
    pub name: ActionName,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleFacts {
    /// Which.
    pub id: RoleId,
    /// Its actions, in any order.
    pub actions: Vec<ActionId>,
}

/// What a key was given; its actions are the union.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Grants {
    /// Roles, sorted.
    pub roles: Vec<RoleId>,
    /// Actions given directly, sorted.
    pub actions: Vec<ActionId>,
    /// What its use is bound by.
    pub rules: Rules,
}

/// A secret that a rotation put out of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormerSecret {
    /// Its hash.
    pub hash: SecretHash,
    /// Until when it works beside the present one.
    pub ends_at: Timestamp,
}

/// A managed API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// Which.
    pub id: ApiKeyId,
    /// Whose.
    pub organization: OrganizationId,
    /// The hash of its secret.
    pub hash: SecretHash,
    /// The secret before it, if the key was rotated.
    pub former: Option<FormerSecret>,
    /// Whether it was ever rotated.
    pub rotated: bool,
    /// Whether it works.
    pub state: KeyState,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// Its name.
    pub display_name: String,
    /// The developer's own id for it.
    pub external_id: Option<String>,
    /// What the developer keeps with it.
    pub metadata: Option<Metadata>,
    /// What it was given.
    pub grants: Grants,
}

/// A Backend API key that is not revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackendKeyFacts {
    /// Which.
    pub id: BackendApiKeyId,
    /// Its project.
    pub project: ProjectId,
    /// The hash of its secret.
    pub hash: SecretHash,
    /// What it may do.
    pub scope: BackendKeyScope,
}
