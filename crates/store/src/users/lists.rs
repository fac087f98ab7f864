//! Which users there are.

use super::Users;
use super::rows::{model, select};
use crate::api_keys::lists::pattern;
use crate::db::{Queries, Result};
use crate::listing::{Listing, listing};
use crate::reach::{Reach, narrowed, nothing};
use lockwork_model::email::EmailAddress;
use lockwork_model::ids::OrganizationId;
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::users::User;

/// The users that a filter lets through, narrowed by what an index is made for.
macro_rules! matching {
    ($narrowed:literal) => {
        concat!(
            "WHERE project_id = $5 AND ",
            $narrowed,
            " AND (organization_id = $6 OR $6 IS NULL) AND (email = $7 OR $7 IS NULL)
              AND (LOWER(email) LIKE $8 ESCAPE '\\' OR LOWER(display_name) LIKE $8 ESCAPE '\\' OR $8 IS NULL)"
        )
    };
}

pub(crate) const LIST_OF_PROJECT: Listing = listing!(id_and_time: select!(matching!("TRUE")));
pub(crate) const LIST_OF_ORGANIZATION: Listing =
    listing!(id_and_time: select!(matching!("organization_id = $6")));
pub(crate) const LIST_OF_EMAIL: Listing = listing!(id_and_time: select!(matching!("email = $7")));

/// Which users are wanted; `None` means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Of this organization.
    pub organization: Option<OrganizationId>,
    /// With this address.
    pub email: Option<EmailAddress>,
    /// With this in their address or name; a to z are the same as A to Z.
    pub search: Option<String>,
}

impl<C: Queries> Users<'_, C> {
    /// One page of the users.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&mut self, filter: &UserFilter, page: &PageRequest) -> Result<Page<User>> {
        let Some(organization) = narrowed(self.scope.organization(), filter.organization) else {
            return Ok(nothing());
        };
        let listing = match (&filter.email, organization) {
            (Some(_), _) => LIST_OF_EMAIL,
            (None, Some(_)) => LIST_OF_ORGANIZATION,
            (None, None) => LIST_OF_PROJECT,
        };
        let project = self.scope.project_id();
        let email = filter.email.as_ref().map(|email| email.as_str().to_owned());
        let search = filter.search.as_deref().map(pattern);
        let organization = organization.map(OrganizationId::uuid);
        let params = |(a, b, c, d)| (a, b, c, d, project, organization, email, search);
        let cursor = |user: &User| Cursor {
            micros: user.created_at.as_micros(),
            name: String::new(),
            id: user.id.uuid(),
        };
        listing.fetch(self.conn, page, params, model, cursor).await
    }
}
