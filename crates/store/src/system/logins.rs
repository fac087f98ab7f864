//! Logins in progress.

use super::System;
use crate::db::{Queries, Result, for_update};
use crate::rows::{secret_hash, time};
use crate::tx::Tx;
use lockwork_model::ids::{IntermediateSessionId, ProjectId};
use lockwork_model::secrets::SecretHash;
use lockwork_model::time::Timestamp;
use uuid::Uuid;

macro_rules! select {
    () => {
        "SELECT id, project_id, secret_hash, sealed_progress, created_at, expires_at FROM logins
         WHERE project_id = $1 AND secret_hash = $2"
    };
}

crate::repositories::sql! {
    INSERT = "INSERT INTO logins (id, project_id, secret_hash, sealed_progress, created_at, expires_at)
              VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = select!();
    FIND_FOR_UPDATE = for_update!(select!());
    UPDATE = "UPDATE logins SET secret_hash = $3, sealed_progress = $4, expires_at = $5
              WHERE project_id = $1 AND id = $2";
    DELETE = "DELETE FROM logins WHERE project_id = $1 AND id = $2";
}

/// A login in progress, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLogin {
    /// Its id.
    pub id: IntermediateSessionId,
    /// The project that somebody signs in to.
    pub project: ProjectId,
    /// The hash of the secret that it is continued with.
    pub secret_hash: SecretHash,
    /// What was shown and chosen so far, sealed.
    pub sealed_progress: Vec<u8>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

type Row = (Uuid, Uuid, Vec<u8>, Vec<u8>, i64, i64);

fn model((id, project, hash, sealed_progress, created_at, expires_at): Row) -> Result<StoredLogin> {
    Ok(StoredLogin {
        id: IntermediateSessionId::from_uuid(id),
        project: ProjectId::from_uuid(project),
        secret_hash: secret_hash(&hash, "logins", id)?,
        sealed_progress,
        created_at: time(created_at),
        expires_at: time(expires_at),
    })
}

impl<C: Queries> System<'_, C> {
    /// The login that a secret continues, which may be over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_login(
        &mut self,
        project: ProjectId,
        secret: &SecretHash,
    ) -> Result<Option<StoredLogin>> {
        let params = (project.uuid(), secret.as_bytes().to_vec());
        self.conn.fetch_optional(FIND, params).await?.map(model).transpose()
    }
}

impl System<'_, Tx> {
    /// As [`Self::find_login`], kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_login_for_update(
        &mut self,
        project: ProjectId,
        secret: &SecretHash,
    ) -> Result<Option<StoredLogin>> {
        let params = (project.uuid(), secret.as_bytes().to_vec());
        self.conn.fetch_optional(FIND_FOR_UPDATE, params).await?.map(model).transpose()
    }

    /// Adds a login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_login(&mut self, login: &StoredLogin) -> Result<()> {
        let params = (
            login.id.uuid(),
            login.project.uuid(),
            login.secret_hash.as_bytes().to_vec(),
            login.sealed_progress.clone(),
            login.created_at.as_micros(),
            login.expires_at.as_micros(),
        );
        self.conn.execute(INSERT, params).await.map(drop)
    }

    /// Writes a login's secret, progress and end back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_login(&mut self, login: &StoredLogin) -> Result<()> {
        let params = (
            login.project.uuid(),
            login.id.uuid(),
            login.secret_hash.as_bytes().to_vec(),
            login.sealed_progress.clone(),
            login.expires_at.as_micros(),
        );
        self.conn.execute(UPDATE, params).await.map(drop)
    }

    /// Deletes a login, and tells whether it was there: of two that finish it at once only one succeeds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_login(&mut self, project: ProjectId, id: IntermediateSessionId) -> Result<bool> {
        Ok(self.conn.execute(DELETE, (project.uuid(), id.uuid())).await? == 1)
    }
}
