//! Users.

use crate::db::{Queries, Result};
use crate::listing::{Listing, listing};
use crate::repositories::repository;
use crate::rows::time;
use lockwork_model::ids::{OrganizationId, UserId};
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::users::User;
use uuid::Uuid;

repository!(
    /// The users of one project's organizations.
    Users
);

crate::repositories::sql! {
    FIND = "SELECT * FROM users WHERE project_id = $1 AND id = $2";
}

pub(crate) const LIST: Listing = listing!(id_and_time:
    "SELECT * FROM users WHERE project_id = $5 AND (organization_id = $6 OR $6 IS NULL)"
);

#[derive(sqlx::FromRow)]
struct UserRow {
    id: Uuid,
    organization_id: Uuid,
    email: String,
    display_name: Option<String>,
    is_owner: bool,
    created_at: i64,
    updated_at: i64,
}

fn model(row: UserRow) -> User {
    User {
        id: UserId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization_id),
        email: row.email,
        display_name: row.display_name,
        owner: row.is_owner,
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    }
}

impl<C: Queries> Users<'_, C> {
    /// The user of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: UserId) -> Result<Option<User>> {
        Ok(self.conn.fetch_optional(FIND, (self.project.uuid(), id.uuid())).await?.map(model))
    }

    /// One page of the users, all or those of one organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &mut self,
        organization: Option<OrganizationId>,
        page: &PageRequest,
    ) -> Result<Page<User>> {
        let project = self.project.uuid();
        let params = |(a, b, c, d)| (a, b, c, d, project, organization.map(OrganizationId::uuid));
        LIST.fetch(
            self.conn,
            page,
            params,
            |row| Ok(model(row)),
            |user| Cursor { micros: user.created_at.as_micros(), name: String::new(), id: user.id.uuid() },
        )
        .await
    }
}
