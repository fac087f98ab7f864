//! Sessions.

use crate::db::{Queries, Result};
use crate::listing::{Listing, listing};
use crate::repositories::repository;
use crate::rows::time;
use lockwork_model::ids::{SessionId, UserId};
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::sessions::Session;
use uuid::Uuid;

repository!(
    /// The sessions of one project's users.
    Sessions
);

crate::repositories::sql! {
    FIND = "SELECT * FROM sessions WHERE project_id = $1 AND id = $2";
}

pub(crate) const LIST: Listing = listing!(id_and_time:
    "SELECT * FROM sessions WHERE project_id = $5 AND (user_id = $6 OR $6 IS NULL)"
);

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: Uuid,
    user_id: Uuid,
    primary_auth_factor: i64,
    refresh_token_hash: Option<Vec<u8>>,
    created_at: i64,
    last_active_at: i64,
    expires_at: i64,
}

fn model(row: SessionRow) -> Session {
    Session {
        id: SessionId::from_uuid(row.id),
        user: UserId::from_uuid(row.user_id),
        primary_auth_factor: row.primary_auth_factor,
        revoked: row.refresh_token_hash.is_none(),
        created_at: time(row.created_at),
        last_active_at: time(row.last_active_at),
        expires_at: time(row.expires_at),
    }
}

impl<C: Queries> Sessions<'_, C> {
    /// The session of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: SessionId) -> Result<Option<Session>> {
        Ok(self.conn.fetch_optional(FIND, (self.project.uuid(), id.uuid())).await?.map(model))
    }

    /// One page of the sessions, all or those of one user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&mut self, user: Option<UserId>, page: &PageRequest) -> Result<Page<Session>> {
        let project = self.project.uuid();
        let params = |(a, b, c, d)| (a, b, c, d, project, user.map(UserId::uuid));
        LIST.fetch(
            self.conn,
            page,
            params,
            |row| Ok(model(row)),
            |session| Cursor {
                micros: session.created_at.as_micros(),
                name: String::new(),
                id: session.id.uuid(),
            },
        )
        .await
    }
}
