//! Invitations into organizations.

use crate::email::EmailAddress;
use crate::ids::{OrganizationId, UserInviteId};
use crate::time::Timestamp;

/// An invitation: whoever proves to have this address may join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserInvite {
    /// Its id.
    pub id: UserInviteId,
    /// The organization.
    pub organization: OrganizationId,
    /// Whom it invites.
    pub email: EmailAddress,
    /// Whether they become an owner.
    pub owner: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last repeated.
    pub updated_at: Timestamp,
}
