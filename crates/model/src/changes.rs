//! The change feed's rows: what verification must learn of.

use uuid::Uuid;

/// Which kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// A project or one of its prefixes.
    Project,
    /// An organization.
    Organization,
    /// A project's RBAC policy; the entity is the project.
    RbacPolicy,
    /// A role.
    Role,
    /// A managed API key or what it was given.
    ApiKey,
    /// A Backend API key.
    BackendApiKey,
    /// Many keys of one organization at once; the entity is the organization.
    OrganizationApiKeys,
    /// A plan.
    Plan,
    /// A limit override.
    LimitOverride,
}

impl ChangeKind {
    /// The number that storage keeps; never reuse one.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Project => 1,
            Self::Organization => 2,
            Self::RbacPolicy => 3,
            Self::Role => 4,
            Self::ApiKey => 5,
            Self::BackendApiKey => 6,
            Self::OrganizationApiKeys => 7,
            Self::Plan => 8,
            Self::LimitOverride => 9,
        }
    }

    /// The kind of that number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        [
            Self::Project,
            Self::Organization,
            Self::RbacPolicy,
            Self::Role,
            Self::ApiKey,
            Self::BackendApiKey,
            Self::OrganizationApiKeys,
            Self::Plan,
            Self::LimitOverride,
        ]
        .into_iter()
        .find(|kind| kind.number() == number)
    }
}

/// One row: something changed; whoever follows reads its present state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Change {
    /// Which kind of thing.
    pub kind: ChangeKind,
    /// Which one.
    pub entity: Uuid,
    /// Of a deleted API or Backend API key, or of a secret that a rotation pushed out, the hash of the secret, since
    /// nothing is left to read it from.
    pub detail: Option<Vec<u8>>,
}
