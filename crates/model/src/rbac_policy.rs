//! The RBAC policy: the set of a project's actions.

use crate::ids::ActionId;
use crate::permissions::ActionName;

/// How many actions a project may have.
pub const ACTIONS_MAX: usize = 1000;

/// An action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its id, which is not on the wire.
    pub id: ActionId,
    /// Its name.
    pub name: ActionName,
    /// What it allows.
    pub description: String,
}

/// An action to set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAction {
    /// Its name.
    pub name: ActionName,
    /// What it allows.
    pub description: String,
}
