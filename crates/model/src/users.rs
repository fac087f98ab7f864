//! People in organizations.

use crate::ids::{OrganizationId, UserId};
use crate::time::Timestamp;

/// A person in one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their organization.
    pub organization: OrganizationId,
    /// Their e-mail address.
    pub email: String,
    /// Their name.
    pub display_name: Option<String>,
    /// Whether they own the organization.
    pub owner: bool,
    /// When they were added.
    pub created_at: Timestamp,
    /// When they last changed.
    pub updated_at: Timestamp,
}
