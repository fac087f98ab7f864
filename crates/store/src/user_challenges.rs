//! Second factors that signed-in people are setting up: what their answer will be checked with.

use crate::db::{Queries, Result};
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::all_made;
use crate::tx::Tx;
use lockwork_model::ids::UserId;
use lockwork_model::time::Timestamp;
use uuid::Uuid;

repository!(
    /// The challenges of one project's users, or of one organization's.
    UserChallenges
);

/// The challenge of a user and kind, if the scope reaches the user.
macro_rules! reached {
    () => {
        "WHERE kind = $4 AND user_id IN (SELECT u.id FROM users u WHERE u.project_id = $1 AND u.id = $2
                                         AND (u.organization_id = $3 OR $3 IS NULL))"
    };
}

crate::repositories::sql! {
    FIND = concat!("SELECT sealed_state FROM user_challenges ", reached!(), " AND expires_at > $5");
    UPSERT = "INSERT INTO user_challenges (user_id, kind, sealed_state, expires_at)
              SELECT u.id, $4, $5, $6 FROM users u
              WHERE u.project_id = $1 AND u.id = $2 AND (u.organization_id = $3 OR $3 IS NULL)
              ON CONFLICT (user_id, kind) DO UPDATE
              SET sealed_state = excluded.sealed_state, expires_at = excluded.expires_at";
    DELETE = concat!("DELETE FROM user_challenges ", reached!());
    TAKE = concat!("DELETE FROM user_challenges ", reached!(), " RETURNING sealed_state, expires_at");
}

/// What is being set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeKind {
    /// A passkey.
    PasskeyRegistration,
    /// An authenticator app.
    AuthenticatorApp,
}

impl ChallengeKind {
    const fn number(self) -> i64 {
        match self {
            Self::PasskeyRegistration => 1,
            Self::AuthenticatorApp => 2,
        }
    }
}

impl<C> UserChallenges<'_, C> {
    fn reached(&self, user: UserId, kind: ChallengeKind) -> (Uuid, Uuid, Option<Uuid>, i64) {
        (self.scope.project_id(), user.uuid(), self.scope.organization_id(), kind.number())
    }
}

impl<C: Queries> UserChallenges<'_, C> {
    /// The sealed state of a user's challenge, unless it is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(
        &mut self,
        user: UserId,
        kind: ChallengeKind,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>> {
        let (project, user, organization, kind) = self.reached(user, kind);
        let params = (project, user, organization, kind, now.as_micros());
        Ok(self.conn.fetch_optional::<(Vec<u8>,)>(FIND, params).await?.map(|(state,)| state))
    }
}

impl UserChallenges<'_, Tx> {
    /// Sets a user's challenge; an earlier one of the kind is void.
    ///
    /// # Errors
    /// `Dangling` when the scope reaches no such user; when the database fails.
    pub async fn upsert(
        &mut self,
        user: UserId,
        kind: ChallengeKind,
        sealed_state: &[u8],
        expires_at: Timestamp,
    ) -> Result<()> {
        let (project, user, organization, kind) = self.reached(user, kind);
        let params = (project, user, organization, kind, sealed_state.to_vec(), expires_at.as_micros());
        all_made(self.conn.execute(UPSERT, params).await?, 1, "user_challenges")
    }

    /// Uses a user's challenge up: its sealed state, unless it is over or was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(
        &mut self,
        user: UserId,
        kind: ChallengeKind,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>> {
        let params = self.reached(user, kind);
        let taken = self.conn.fetch_optional::<(Vec<u8>, i64)>(TAKE, params).await?;
        Ok(taken.filter(|&(_, expires_at)| expires_at > now.as_micros()).map(|(state, _)| state))
    }

    /// Voids a user's challenge.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, user: UserId, kind: ChallengeKind) -> Result<()> {
        let params = self.reached(user, kind);
        self.conn.execute(DELETE, params).await.map(drop)
    }
}
