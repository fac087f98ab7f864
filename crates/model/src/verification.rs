//! What verification must know of each thing; the index is made of these facts and of nothing else.

use crate::access::BackendKeyScope;
use crate::ids::{ActionId, ApiKeyId, BackendApiKeyId, OrganizationId, ProjectId, RoleId};
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
    /// The required permissions are not held.
    InsufficientPermissions,
}

impl Code {
    /// Every code, in the order in which they are decided, `Valid` first.
    pub const ALL: [Self; 9] = [
        Self::Valid,
        Self::Malformed,
        Self::NotFound,
        Self::ProjectDisabled,
        Self::OrganizationDisabled,
        Self::Revoked,
        Self::Disabled,
        Self::Expired,
        Self::InsufficientPermissions,
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
            Self::InsufficientPermissions => "INSUFFICIENT_PERMISSIONS",
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

/// An organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrganizationFacts {
    /// Which.
    pub id: OrganizationId,
    /// Its project.
    pub project: ProjectId,
    /// Whether its API keys work.
    pub api_keys_enabled: bool,
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
    /// Whether it works.
    pub state: KeyState,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// Its name.
    pub display_name: String,
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
