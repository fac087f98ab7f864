//! Roles given to API keys.

use crate::ids::{ApiKeyId, ApiKeyRoleAssignmentId, RoleId};
use crate::time::Timestamp;

/// A role given to an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiKeyRoleAssignment {
    /// Its id.
    pub id: ApiKeyRoleAssignmentId,
    /// The key.
    pub api_key: ApiKeyId,
    /// The role.
    pub role: RoleId,
    /// When it was given.
    pub created_at: Timestamp,
}
