//! Sessions.

use crate::db::{Queries, Result, for_update};
use crate::listing::{Listing, listing};
use crate::reach::{Reach, of_own_user};
use crate::repositories::repository;
use crate::rows::{all_made, micros, parsed, time};
use crate::tx::Tx;
use lockwork_model::ids::{SessionId, UserId};
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::secrets::SecretHash;
use lockwork_model::sessions::{PrimaryAuthFactor, Session};
use lockwork_model::time::Timestamp;
use uuid::Uuid;

repository!(
    /// The sessions of one project's users, or of one organization's.
    Sessions
);

macro_rules! columns {
    () => {
        "id, user_id, primary_auth_factor, impersonator_user_id, refresh_token_hash IS NULL AS is_revoked, created_at,
         last_active_at, expires_at"
    };
}
pub(crate) use columns;

/// Reads whole sessions without their secrets, by a text that goes on behind the table's name.
macro_rules! select {
    ($rest:expr) => {
        concat!("SELECT ", crate::sessions::columns!(), " FROM sessions ", $rest)
    };
}
pub(crate) use select;

/// The session of an id, if the scope reaches its user.
macro_rules! reached {
    () => {
        concat!("WHERE project_id = $1 AND id = $2 AND ", of_own_user!("$3"))
    };
}

/// Ends those of the sessions that follow that are not ended.
macro_rules! end {
    ($narrowed:literal) => {
        concat!(
            "UPDATE sessions
             SET refresh_token_hash = NULL, relayed_token_hash = NULL, relayed_token_expires_at = NULL,
                 relayed_state = NULL, relayed_refresh_token_hash = NULL,
                 expires_at = CASE WHEN expires_at > $4 THEN $4 ELSE expires_at END
             WHERE project_id = $1 AND ",
            $narrowed,
            " = $2 AND refresh_token_hash IS NOT NULL AND ",
            of_own_user!("$3")
        )
    };
}

crate::repositories::sql! {
    INSERT = "INSERT INTO sessions (id, project_id, user_id, primary_auth_factor, impersonator_user_id, created_at,
                  last_active_at, expires_at, refresh_token_hash, relayed_token_hash, relayed_token_expires_at,
                  relayed_state)
              SELECT $4, u.project_id, u.id, $5, $6, $7, $8, $9, $10, $11, $12, $13
              FROM users u WHERE u.project_id = $1 AND u.id = $2 AND (u.organization_id = $3 OR $3 IS NULL)";
    FIND = select!(reached!());
    FIND_FOR_UPDATE = for_update!(select!(reached!()));
    UPDATE_USE = concat!(
        "UPDATE sessions SET last_active_at = $4, expires_at = $5 ",
        reached!(),
        " AND refresh_token_hash IS NOT NULL"
    );
    END = end!("id");
    END_OF_USER = end!("user_id");
}

/// The sessions that a filter lets through, narrowed by what an index is made for.
macro_rules! matching {
    ($narrowed:literal) => {
        select!(concat!(
            "WHERE project_id = $5 AND ",
            $narrowed,
            " AND (refresh_token_hash IS NOT NULL AND expires_at > $7 OR $7 IS NULL) AND ",
            of_own_user!("$8")
        ))
    };
}

pub(crate) const LIST_OF_PROJECT: Listing = listing!(id_and_time: matching!("(user_id = $6 OR $6 IS NULL)"));
pub(crate) const LIST_OF_USER: Listing = listing!(id_and_time: matching!("user_id = $6"));

/// Which sessions are wanted; `None` means any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Of this user.
    pub user: Option<UserId>,
    /// That are neither ended nor expired at this moment.
    pub live_at: Option<Timestamp>,
}

/// What hands a new session to an app on another domain.
#[derive(Debug, Clone)]
pub struct NewRelay {
    /// The hash of the token that the app exchanges, once.
    pub token_hash: SecretHash,
    /// What the app gave along when it sent somebody to sign in, and gets back.
    pub state: Option<String>,
    /// Until when the token is good.
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
pub(crate) struct SessionRow {
    id: Uuid,
    user_id: Uuid,
    primary_auth_factor: i64,
    impersonator_user_id: Option<Uuid>,
    is_revoked: bool,
    created_at: i64,
    last_active_at: i64,
    expires_at: i64,
}

pub(crate) fn model(row: SessionRow) -> Result<Session> {
    let factor = PrimaryAuthFactor::from_number(row.primary_auth_factor);
    Ok(Session {
        id: SessionId::from_uuid(row.id),
        user: UserId::from_uuid(row.user_id),
        primary_auth_factor: parsed(factor, "sessions", "primary_auth_factor", row.id)?,
        impersonator: row.impersonator_user_id.map(UserId::from_uuid),
        revoked: row.is_revoked,
        created_at: time(row.created_at),
        last_active_at: time(row.last_active_at),
        expires_at: time(row.expires_at),
    })
}

impl<C> Sessions<'_, C> {
    fn reached(&self, id: Uuid) -> (Uuid, Uuid, Option<Uuid>) {
        (self.scope.project_id(), id, self.scope.organization_id())
    }
}

impl<C: Queries> Sessions<'_, C> {
    /// The session of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: SessionId) -> Result<Option<Session>> {
        let params = self.reached(id.uuid());
        self.conn.fetch_optional(FIND, params).await?.map(model).transpose()
    }

    /// One page of the sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&mut self, filter: &SessionFilter, page: &PageRequest) -> Result<Page<Session>> {
        let listing = if filter.user.is_some() { LIST_OF_USER } else { LIST_OF_PROJECT };
        let (project, organization) = (self.scope.project_id(), self.scope.organization_id());
        let (user, live_at) = (filter.user.map(UserId::uuid), micros(filter.live_at));
        let params = |(a, b, c, d)| (a, b, c, d, project, user, live_at, organization);
        let cursor = |session: &Session| Cursor {
            micros: session.created_at.as_micros(),
            name: String::new(),
            id: session.id.uuid(),
        };
        listing.fetch(self.conn, page, params, model, cursor).await
    }
}

impl Sessions<'_, Tx> {
    /// The session, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self, id: SessionId) -> Result<Option<Session>> {
        let params = self.reached(id.uuid());
        self.conn.fetch_optional(FIND_FOR_UPDATE, params).await?.map(model).transpose()
    }

    /// Adds a session with the hash of its refresh token.
    ///
    /// # Errors
    /// `Dangling` when the scope reaches no such user; when the database fails.
    pub async fn insert(
        &mut self,
        session: &Session,
        refresh_token: &SecretHash,
        relay: Option<&NewRelay>,
    ) -> Result<()> {
        let (project, user, organization) = self.reached(session.user.uuid());
        let params = (
            project,
            user,
            organization,
            session.id.uuid(),
            session.primary_auth_factor.number(),
            session.impersonator.map(UserId::uuid),
            session.created_at.as_micros(),
            session.last_active_at.as_micros(),
            session.expires_at.as_micros(),
            refresh_token.as_bytes().to_vec(),
            relay.map(|relay| relay.token_hash.as_bytes().to_vec()),
            relay.map(|relay| relay.expires_at.as_micros()),
            relay.and_then(|relay| relay.state.clone()),
        );
        all_made(self.conn.execute(INSERT, params).await?, 1, "sessions")
    }

    /// Writes back when a session was last used and when it ends; one that was ended stays so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_use(&mut self, session: &Session) -> Result<()> {
        let (project, id, organization) = self.reached(session.id.uuid());
        let (last_active_at, expires_at) =
            (session.last_active_at.as_micros(), session.expires_at.as_micros());
        self.conn.execute(UPDATE_USE, (project, id, organization, last_active_at, expires_at)).await.map(drop)
    }

    /// Ends a session: none of its tokens refreshes it any more. `false` when it was ended before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(&mut self, id: SessionId, at: Timestamp) -> Result<bool> {
        let (project, id, organization) = self.reached(id.uuid());
        Ok(self.conn.execute(END, (project, id, organization, at.as_micros())).await? == 1)
    }

    /// Ends every session of a user, and tells how many were not ended before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_of_user(&mut self, user: UserId, at: Timestamp) -> Result<u64> {
        let (project, user, organization) = self.reached(user.uuid());
        self.conn.execute(END_OF_USER, (project, user, organization, at.as_micros())).await
    }
}
