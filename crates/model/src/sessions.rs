//! Signed-in sessions.

use crate::ids::{SessionId, UserId};
use crate::time::Timestamp;

/// A signed-in session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// How they signed in: the number of the contract's `primaryAuthFactor` (§3.8).
    pub primary_auth_factor: i64,
    /// Whether it was ended.
    pub revoked: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_active_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}
