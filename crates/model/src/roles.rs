//! Roles: named sets of actions.

use crate::ids::{OrganizationId, RoleId};
use crate::permissions::ActionName;
use crate::time::Timestamp;

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// The organization it is for; `None` for the whole project.
    pub organization: Option<OrganizationId>,
    /// Its name.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// The actions it grants, sorted by name.
    pub actions: Vec<ActionName>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A role to make.
#[derive(Debug, Clone, Default)]
pub struct NewRole {
    /// The organization it is for; `None` for the whole project.
    pub organization: Option<OrganizationId>,
    /// Its name.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// The actions it grants, by name.
    pub actions: Vec<String>,
}

/// A change to a role; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct RoleUpdate {
    /// A new name.
    pub display_name: Option<String>,
    /// A new description.
    pub description: Option<String>,
    /// The new set of actions, by name.
    pub actions: Option<Vec<String>>,
}
