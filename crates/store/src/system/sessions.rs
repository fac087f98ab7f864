//! Sessions, of which a request has nothing but a token.

use super::System;
use crate::db::{Queries, Result, for_update};
use crate::sessions::{SessionRow, columns, model, select};
use crate::tx::Tx;
use lockwork_model::ids::{ProjectId, SessionId};
use lockwork_model::organizations::Organization;
use lockwork_model::permissions::ActionName;
use lockwork_model::secrets::SecretHash;
use lockwork_model::sessions::Session;
use lockwork_model::time::Timestamp;
use lockwork_model::users::User;

crate::repositories::sql! {
    FIND = select!("WHERE project_id = $1 AND id = $2");
    FIND_BY_REFRESH = select!("WHERE project_id = $1 AND (refresh_token_hash = $2 OR relayed_refresh_token_hash = $2)");
    FIND_BY_REFRESH_FOR_UPDATE = for_update!(select!(
        "WHERE project_id = $1 AND (refresh_token_hash = $2 OR relayed_refresh_token_hash = $2)"
    ));
    TAKE_RELAY = concat!(
        "UPDATE sessions
         SET relayed_token_hash = NULL, relayed_token_expires_at = NULL, relayed_refresh_token_hash = $3
         WHERE project_id = $1 AND relayed_token_hash = $2 AND relayed_token_expires_at > $4 AND expires_at > $4
           AND refresh_token_hash IS NOT NULL
         RETURNING relayed_state, ",
        columns!()
    );
}

/// A session, and all that a token of it is judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFacts {
    /// The session, which may be over.
    pub session: Session,
    /// Whose it is.
    pub user: User,
    /// Their organization.
    pub organization: Organization,
    /// The actions that they hold through roles, sorted.
    pub actions: Vec<ActionName>,
}

#[derive(sqlx::FromRow)]
struct RelayRow {
    relayed_state: Option<String>,
    #[sqlx(flatten)]
    session: SessionRow,
}

impl<C: Queries> System<'_, C> {
    /// A session with its user, their organization and what they hold; of an ended or expired session as well.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_facts(&mut self, project: ProjectId, id: SessionId) -> Result<Option<SessionFacts>> {
        let row = self.conn.fetch_optional(FIND, (project.uuid(), id.uuid())).await?;
        let Some(session) = row.map(model).transpose()? else { return Ok(None) };
        let Some(user) = crate::users::find(self.conn, project, session.user).await? else { return Ok(None) };
        let organization = crate::organizations::find(self.conn, project, user.organization).await?;
        let Some(organization) = organization else { return Ok(None) };
        let held = crate::users::held_actions(self.conn, (project.uuid(), user.id.uuid(), None)).await?;
        let actions = held.into_iter().map(|(_, name)| name).collect();
        Ok(Some(SessionFacts { session, user, organization, actions }))
    }

    /// The session that a refresh token is of, its own or the one of the app on another domain. A session that was
    /// ended has none; one that expired is found.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_session_by_refresh(
        &mut self,
        project: ProjectId,
        token: &SecretHash,
    ) -> Result<Option<Session>> {
        let params = (project.uuid(), token.as_bytes().to_vec());
        self.conn.fetch_optional(FIND_BY_REFRESH, params).await?.map(model).transpose()
    }
}

impl System<'_, Tx> {
    /// As [`Self::find_session_by_refresh`], kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_session_by_refresh_for_update(
        &mut self,
        project: ProjectId,
        token: &SecretHash,
    ) -> Result<Option<Session>> {
        let params = (project.uuid(), token.as_bytes().to_vec());
        self.conn.fetch_optional(FIND_BY_REFRESH_FOR_UPDATE, params).await?.map(model).transpose()
    }

    /// Uses a relayed token up, and gives the session the refresh token that the app on the other domain gets for it:
    /// the session and the app's state, unless the token is unknown, used or over, or the session is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_relay(
        &mut self,
        project: ProjectId,
        token: &SecretHash,
        refresh_token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<(Session, Option<String>)>> {
        let (token, refresh_token) = (token.as_bytes().to_vec(), refresh_token.as_bytes().to_vec());
        let params = (project.uuid(), token, refresh_token, now.as_micros());
        let row = self.conn.fetch_optional::<RelayRow>(TAKE_RELAY, params).await?;
        row.map(|row| Ok((model(row.session)?, row.relayed_state))).transpose()
    }
}
