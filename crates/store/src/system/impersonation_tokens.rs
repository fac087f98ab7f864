//! Tokens with which a person of the console signs in as a user, once.

use super::System;
use crate::db::{Queries, Result};
use crate::rows::time;
use crate::tx::Tx;
use lockwork_model::ids::{ProjectId, UserId, UserImpersonationTokenId};
use lockwork_model::secrets::SecretHash;
use lockwork_model::time::Timestamp;
use uuid::Uuid;

crate::repositories::sql! {
    INSERT = "INSERT INTO impersonation_tokens (secret_hash, id, project_id, impersonator_user_id, user_id, created_at,
                  expires_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    TAKE = "DELETE FROM impersonation_tokens WHERE project_id = $1 AND secret_hash = $2
            RETURNING id, impersonator_user_id, user_id, created_at, expires_at";
}

/// A token with which a person of the console signs in as a user, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpersonationToken {
    /// Its id.
    pub id: UserImpersonationTokenId,
    /// The hash of its secret.
    pub secret_hash: SecretHash,
    /// The project of the user.
    pub project: ProjectId,
    /// The person of the console.
    pub impersonator: UserId,
    /// The user.
    pub user: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl System<'_, Tx> {
    /// Adds a token.
    ///
    /// # Errors
    /// `Dangling` when the project has no such user; when the database fails.
    pub async fn insert_impersonation_token(&mut self, token: &ImpersonationToken) -> Result<()> {
        let params = (
            token.secret_hash.as_bytes().to_vec(),
            token.id.uuid(),
            token.project.uuid(),
            token.impersonator.uuid(),
            token.user.uuid(),
            token.created_at.as_micros(),
            token.expires_at.as_micros(),
        );
        self.conn.execute(INSERT, params).await.map(drop)
    }

    /// Uses a token of a project up; `None` when it is unknown, used or over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_impersonation_token(
        &mut self,
        project: ProjectId,
        secret: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<ImpersonationToken>> {
        type Row = (Uuid, Uuid, Uuid, i64, i64);
        let params = (project.uuid(), secret.as_bytes().to_vec());
        let row = self.conn.fetch_optional::<Row>(TAKE, params).await?;
        let token = row.map(|(id, impersonator, user, created_at, expires_at)| ImpersonationToken {
            id: UserImpersonationTokenId::from_uuid(id),
            secret_hash: *secret,
            project,
            impersonator: UserId::from_uuid(impersonator),
            user: UserId::from_uuid(user),
            created_at: time(created_at),
            expires_at: time(expires_at),
        });
        Ok(token.filter(|token| now < token.expires_at))
    }
}
