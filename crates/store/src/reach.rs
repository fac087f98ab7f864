//! How far a [`Scope`] reaches: over the rows of its project, or of these over one organization's, or of these over the
//! API keys that one person made. Texts are narrowed by the ids here, of which NULL is no limit.

use crate::db::Result;
use crate::error::StoreError;
use lockwork_model::access::Scope;
use lockwork_model::api_keys::{ApiKey, Creator};
use lockwork_model::ids::{OrganizationId, UserId};
use lockwork_model::page::Page;
use uuid::Uuid;

/// The ids that texts are narrowed by, and checks of what is about to be written.
pub(crate) trait Reach {
    fn project_id(&self) -> Uuid;
    fn organization_id(&self) -> Option<Uuid>;
    fn keys_of_id(&self) -> Option<Uuid>;
    /// Refuses to write a row of that organization if it is out of reach.
    fn check(&self, organization: OrganizationId) -> Result<()>;
    /// Refuses to write that key if it is out of reach.
    fn check_key(&self, key: &ApiKey) -> Result<()>;
}

impl Reach for Scope {
    fn project_id(&self) -> Uuid {
        self.project().uuid()
    }

    fn organization_id(&self) -> Option<Uuid> {
        self.organization().map(OrganizationId::uuid)
    }

    fn keys_of_id(&self) -> Option<Uuid> {
        self.keys_of().map(UserId::uuid)
    }

    fn check(&self, organization: OrganizationId) -> Result<()> {
        within(self.reaches(organization))
    }

    fn check_key(&self, key: &ApiKey) -> Result<()> {
        self.check(key.organization)?;
        within(self.keys_of().is_none_or(|user| key.creator == Creator::User(user)))
    }
}

/// The row is within reach, or for the scope it is not there.
pub(crate) fn within(reached: bool) -> Result<()> {
    if reached { Ok(()) } else { Err(StoreError::Dangling("a row is out of the scope's reach".into())) }
}

/// What a filter asks for within `own`, the only thing that is reached if it is given; `None` when that is nothing.
pub(crate) fn narrowed<T: PartialEq>(own: Option<T>, wanted: Option<T>) -> Option<Option<T>> {
    match (own, wanted) {
        (Some(own), Some(wanted)) if own != wanted => None,
        (own, wanted) => Some(own.or(wanted)),
    }
}

/// The list of what is out of reach.
pub(crate) const fn nothing<T>() -> Page<T> {
    Page { items: Vec::new(), next: None }
}

/// Whether the row's `user_id` is of the organization of this parameter, or that is NULL.
macro_rules! of_own_user {
    ($organization:literal) => {
        concat!(
            "(EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND u.organization_id = ",
            $organization,
            ") OR ",
            $organization,
            " IS NULL)"
        )
    };
}
pub(crate) use of_own_user;
