//! Invitations into organizations.

use crate::db::{Queries, Result};
use crate::listing::{Listing, listing};
use crate::reach::{Reach, narrowed, nothing};
use crate::repositories::repository;
use crate::rows::{parsed, time};
use crate::tx::Tx;
use crate::users::rows::email;
use lockwork_model::email::EmailAddress;
use lockwork_model::ids::{OrganizationId, UserInviteId};
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::user_invites::UserInvite;
use uuid::Uuid;

repository!(
    /// The invitations into one project's organizations, or into one of these.
    UserInvites
);

macro_rules! columns {
    () => {
        "id, organization_id, email, is_owner, created_at, updated_at"
    };
}
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM user_invites ", $rest)
    };
}

crate::repositories::sql! {
    FIND = select!("WHERE project_id = $1 AND id = $2 AND (organization_id = $3 OR $3 IS NULL)");
    FIND_BY_EMAIL = select!("WHERE project_id = $1 AND organization_id = $2 AND email = $3");
    OF_EMAIL = select!(
        "WHERE project_id = $1 AND email = $2 AND (organization_id = $3 OR $3 IS NULL) ORDER BY id LIMIT 100"
    );
    UPSERT = concat!(
        "INSERT INTO user_invites (id, project_id, organization_id, email, is_owner, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (project_id, organization_id, email) DO UPDATE
         SET is_owner = excluded.is_owner, updated_at = excluded.updated_at
         RETURNING ",
        columns!()
    );
    DELETE = "DELETE FROM user_invites
              WHERE project_id = $1 AND id = $2 AND (organization_id = $3 OR $3 IS NULL)";
    DELETE_BY_EMAIL = "DELETE FROM user_invites WHERE project_id = $1 AND organization_id = $2 AND email = $3";
}

pub(crate) const LIST_OF_PROJECT: Listing = listing!(id_and_time: select!(
    "WHERE project_id = $5 AND (organization_id = $6 OR $6 IS NULL)"
));
pub(crate) const LIST_OF_ORGANIZATION: Listing =
    listing!(id_and_time: select!("WHERE project_id = $5 AND organization_id = $6"));

type Row = (Uuid, Uuid, String, bool, i64, i64);

fn model((id, organization, text, owner, created_at, updated_at): Row) -> Result<UserInvite> {
    Ok(UserInvite {
        id: UserInviteId::from_uuid(id),
        organization: OrganizationId::from_uuid(organization),
        email: email(&text, "user_invites", id)?,
        owner,
        created_at: time(created_at),
        updated_at: time(updated_at),
    })
}

impl<C: Queries> UserInvites<'_, C> {
    /// The invitation of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: UserInviteId) -> Result<Option<UserInvite>> {
        let params = (self.scope.project_id(), id.uuid(), self.scope.organization_id());
        self.conn.fetch_optional(FIND, params).await?.map(model).transpose()
    }

    /// The invitation of this address into an organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_by_email(
        &mut self,
        organization: OrganizationId,
        email: &EmailAddress,
    ) -> Result<Option<UserInvite>> {
        if !self.scope.reaches(organization) {
            return Ok(None);
        }
        let params = (self.scope.project_id(), organization.uuid(), email.as_str().to_owned());
        self.conn.fetch_optional(FIND_BY_EMAIL, params).await?.map(model).transpose()
    }

    /// The invitations of this address into every organization: 100 at most, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_email(&mut self, email: &EmailAddress) -> Result<Vec<UserInvite>> {
        let params = (self.scope.project_id(), email.as_str().to_owned(), self.scope.organization_id());
        self.conn.fetch_all(OF_EMAIL, params).await?.into_iter().map(model).collect()
    }

    /// One page of the invitations, all or those into one organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &mut self,
        organization: Option<OrganizationId>,
        page: &PageRequest,
    ) -> Result<Page<UserInvite>> {
        let Some(organization) = narrowed(self.scope.organization(), organization) else {
            return Ok(nothing());
        };
        let listing = if organization.is_some() { LIST_OF_ORGANIZATION } else { LIST_OF_PROJECT };
        let project = self.scope.project_id();
        let params = |(a, b, c, d)| (a, b, c, d, project, organization.map(OrganizationId::uuid));
        let cursor = |invite: &UserInvite| Cursor {
            micros: invite.created_at.as_micros(),
            name: String::new(),
            id: invite.id.uuid(),
        };
        listing.fetch(self.conn, page, params, model, cursor).await
    }
}

impl UserInvites<'_, Tx> {
    /// Adds an invitation, or repeats the one of the same address into the same organization, which keeps its id and
    /// gets the new owner flag; answers it as it is now.
    ///
    /// # Errors
    /// `Dangling` when the scope reaches no such organization; when the database fails.
    pub async fn upsert(&mut self, invite: &UserInvite) -> Result<UserInvite> {
        self.scope.check(invite.organization)?;
        let params = (
            invite.id.uuid(),
            self.scope.project_id(),
            invite.organization.uuid(),
            invite.email.as_str().to_owned(),
            invite.owner,
            invite.created_at.as_micros(),
            invite.updated_at.as_micros(),
        );
        let row = self.conn.fetch_optional(UPSERT, params).await?;
        model(parsed(row, "user_invites", "id", invite.id)?)
    }

    /// Withdraws an invitation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, id: UserInviteId) -> Result<()> {
        let params = (self.scope.project_id(), id.uuid(), self.scope.organization_id());
        self.conn.execute(DELETE, params).await.map(drop)
    }

    /// Uses the invitation of an address into an organization up, and tells whether there was one.
    ///
    /// # Errors
    /// `Dangling` when the scope does not reach the organization; when the database fails.
    pub async fn delete_by_email(
        &mut self,
        organization: OrganizationId,
        email: &EmailAddress,
    ) -> Result<bool> {
        self.scope.check(organization)?;
        let params = (self.scope.project_id(), organization.uuid(), email.as_str().to_owned());
        Ok(self.conn.execute(DELETE_BY_EMAIL, params).await? == 1)
    }
}
