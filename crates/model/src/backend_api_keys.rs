//! Backend API keys: the developer's own access to the Backend API.

use crate::access::BackendKeyScope;
use crate::error::{Error, Result};
use crate::ids::BackendApiKeyId;
use crate::secrets::{SecretHash, SecretText};
use crate::time::Timestamp;

/// A Backend API key. Never holds its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendApiKey {
    /// Its id.
    pub id: BackendApiKeyId,
    /// Its name.
    pub display_name: String,
    /// What it may do.
    pub scope: BackendKeyScope,
    /// The hash of its secret.
    pub secret_hash: SecretHash,
    /// When it was ended, if it was.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl BackendApiKey {
    /// The key, ended. Revoking twice succeeds and keeps the first time.
    #[must_use]
    pub fn revoked(self, at: Timestamp) -> Self {
        match self.revoked_at {
            None => Self { revoked_at: Some(at), updated_at: at, ..self },
            Some(_) => self,
        }
    }

    /// Whether it may be deleted.
    ///
    /// # Errors
    /// `FailedPrecondition` while it is not revoked.
    pub fn check_deletable(&self) -> Result<()> {
        match self.revoked_at {
            Some(_) => Ok(()),
            None => Err(Error::failed_precondition("backend api key must be revoked to be deleted")),
        }
    }
}

/// A Backend API key to make.
#[derive(Debug, Clone)]
pub struct NewBackendApiKey {
    /// Its name.
    pub display_name: String,
    /// What it may do.
    pub scope: BackendKeyScope,
}

/// A Backend API key just made, with the secret that is shown this once.
#[derive(Debug, Clone)]
pub struct IssuedBackendApiKey {
    /// The key.
    pub key: BackendApiKey,
    /// Its secret.
    pub secret: SecretText,
}
