//! Roles given to people.

use crate::ids::{RoleId, UserId, UserRoleAssignmentId};
use crate::time::Timestamp;

/// A role given to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserRoleAssignment {
    /// Its id.
    pub id: UserRoleAssignmentId,
    /// The person.
    pub user: UserId,
    /// The role.
    pub role: RoleId,
    /// When it was given.
    pub created_at: Timestamp,
}
