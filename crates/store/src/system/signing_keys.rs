//! The keys that sign access tokens.

use super::System;
use crate::db::{Queries, Result};
use crate::rows::time;
use crate::tx::Tx;
use lockwork_model::ids::{ProjectId, SessionSigningKeyId};
use lockwork_model::session_signing_keys::SessionSigningKey;
use uuid::Uuid;

crate::repositories::sql! {
    INSERT = "INSERT INTO session_signing_keys (id, project_id, public_key, sealed_private_key, created_at)
              VALUES ($1, $2, $3, $4, $5)";
    LIST = "SELECT id, public_key, sealed_private_key, created_at FROM session_signing_keys
            WHERE project_id = $1 ORDER BY created_at DESC, id";
    ANY = "SELECT id, public_key, sealed_private_key, created_at FROM session_signing_keys LIMIT 1";
    DELETE = "DELETE FROM session_signing_keys WHERE project_id = $1 AND id = $2";
}

type Row = (Uuid, Vec<u8>, Vec<u8>, i64);

fn model((id, public_key, sealed_private_key, created_at): Row) -> SessionSigningKey {
    SessionSigningKey {
        id: SessionSigningKeyId::from_uuid(id),
        public_key,
        sealed_private_key,
        created_at: time(created_at),
    }
}

impl<C: Queries> System<'_, C> {
    /// A project's signing keys, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signing_keys(&mut self, project: ProjectId) -> Result<Vec<SessionSigningKey>> {
        Ok(self.conn.fetch_all(LIST, (project.uuid(),)).await?.into_iter().map(model).collect())
    }

    /// Some signing key of the installation, to try the master key on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn any_signing_key(&mut self) -> Result<Option<SessionSigningKey>> {
        Ok(self.conn.fetch_optional(ANY, ()).await?.map(model))
    }
}

impl System<'_, Tx> {
    /// Adds a signing key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_signing_key(&mut self, project: ProjectId, key: &SessionSigningKey) -> Result<()> {
        let params = (
            key.id.uuid(),
            project.uuid(),
            key.public_key.clone(),
            key.sealed_private_key.clone(),
            key.created_at.as_micros(),
        );
        self.conn.execute(INSERT, params).await.map(drop)
    }

    /// Deletes a signing key, and tells whether it was there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_signing_key(&mut self, project: ProjectId, id: SessionSigningKeyId) -> Result<bool> {
        Ok(self.conn.execute(DELETE, (project.uuid(), id.uuid())).await? == 1)
    }
}
