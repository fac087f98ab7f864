//! Managed API keys.

use crate::error::{Error, Result};
use crate::ids::{ApiKeyId, BackendApiKeyId, OrganizationId, RoleId};
use crate::permissions::ActionName;
use crate::secrets::{SecretHash, SecretText};
use crate::time::Timestamp;

/// How many roles a new key may name.
pub const ROLES_MAX: usize = 100;
/// How many direct actions a new key may name.
pub const DIRECT_ACTIONS_MAX: usize = 100;

/// Whether a key has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifecycle {
    /// It works until it expires.
    Active,
    /// Ended for good.
    Revoked {
        /// When.
        at: Timestamp,
    },
}

/// A managed API key. Never holds its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, one for life.
    pub id: ApiKeyId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Its name.
    pub display_name: String,
    /// The hash of its secret; after a revocation it is kept so that further use is seen, and never verifies.
    pub secret_hash: SecretHash,
    /// The last four characters of its secret.
    pub secret_suffix: String,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// Whether it has ended.
    pub lifecycle: Lifecycle,
    /// The Backend API key that made it.
    pub created_by: Option<BackendApiKeyId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl ApiKey {
    /// Whether it has ended.
    #[must_use]
    pub const fn is_revoked(&self) -> bool {
        matches!(self.lifecycle, Lifecycle::Revoked { .. })
    }

    /// The key with another name.
    #[must_use]
    pub fn renamed(self, display_name: String, at: Timestamp) -> Self {
        Self { display_name, updated_at: at, ..self }
    }

    /// The key, ended. Revoking twice succeeds and keeps the first time (contract §2.3).
    #[must_use]
    pub fn revoked(self, at: Timestamp) -> Self {
        match self.lifecycle {
            Lifecycle::Active => Self { lifecycle: Lifecycle::Revoked { at }, updated_at: at, ..self },
            Lifecycle::Revoked { .. } => self,
        }
    }

    /// Whether it may be deleted.
    ///
    /// # Errors
    /// `FailedPrecondition` while it is not revoked.
    pub fn check_deletable(&self) -> Result<()> {
        match self.lifecycle {
            Lifecycle::Revoked { .. } => Ok(()),
            Lifecycle::Active => Err(Error::failed_precondition("api key must be revoked to be deleted")),
        }
    }
}

/// A key to make.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// Whose it will be.
    pub organization: OrganizationId,
    /// Its name.
    pub display_name: String,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// Roles to give it at once.
    pub roles: Vec<RoleId>,
    /// Actions to give it directly.
    pub actions: Vec<ActionName>,
}

/// A key just made, with the secret that is shown this once.
#[derive(Debug, Clone)]
pub struct IssuedApiKey {
    /// The key.
    pub key: ApiKey,
    /// What it was given.
    pub grants: ApiKeyGrants,
    /// Its secret.
    pub secret: SecretText,
}

/// What a key was given, as callers see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApiKeyGrants {
    /// Its roles.
    pub roles: Vec<RoleId>,
    /// The actions given directly, sorted by name.
    pub actions: Vec<ActionName>,
}
