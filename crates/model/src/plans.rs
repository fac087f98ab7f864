//! Plans: named sets of limits, kept in one place and assigned to organizations and keys.

use crate::ids::PlanId;
use crate::limits::Limit;
use crate::time::Timestamp;

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Its name.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// Its limits. A key or an organization that has a limit of the same name has that one instead.
    pub limits: Vec<Limit>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
