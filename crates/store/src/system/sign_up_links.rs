//! Links that make the first owner of an organization, once.

use super::System;
use crate::db::{Queries, Result};
use crate::rows::time;
use crate::tx::Tx;
use lockwork_model::ids::{OrganizationId, ProjectId};
use lockwork_model::secrets::SecretHash;
use lockwork_model::time::Timestamp;
use uuid::Uuid;

crate::repositories::sql! {
    INSERT = "INSERT INTO sign_up_links (secret_hash, project_id, organization_id, created_at, expires_at)
              VALUES ($1, $2, $3, $4, $5)";
    FIND = "SELECT organization_id, created_at, expires_at FROM sign_up_links
            WHERE project_id = $1 AND secret_hash = $2 AND expires_at > $3";
    TAKE = "DELETE FROM sign_up_links WHERE project_id = $1 AND secret_hash = $2 AND expires_at > $3";
    DELETE_ALL = "DELETE FROM sign_up_links WHERE project_id = $1";
}

/// A link that makes the first owner of an organization, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignUpLink {
    /// The hash of its secret.
    pub secret_hash: SecretHash,
    /// The project.
    pub project: ProjectId,
    /// The organization.
    pub organization: OrganizationId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl<C: Queries> System<'_, C> {
    /// A link of a project, unless it is used or over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_sign_up_link(
        &mut self,
        project: ProjectId,
        secret: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<SignUpLink>> {
        let params = (project.uuid(), secret.as_bytes().to_vec(), now.as_micros());
        let row = self.conn.fetch_optional::<(Uuid, i64, i64)>(FIND, params).await?;
        Ok(row.map(|(organization, created_at, expires_at)| SignUpLink {
            secret_hash: *secret,
            project,
            organization: OrganizationId::from_uuid(organization),
            created_at: time(created_at),
            expires_at: time(expires_at),
        }))
    }
}

impl System<'_, Tx> {
    /// Adds a link.
    ///
    /// # Errors
    /// `Dangling` when the project has no such organization; when the database fails.
    pub async fn insert_sign_up_link(&mut self, link: &SignUpLink) -> Result<()> {
        let params = (
            link.secret_hash.as_bytes().to_vec(),
            link.project.uuid(),
            link.organization.uuid(),
            link.created_at.as_micros(),
            link.expires_at.as_micros(),
        );
        self.conn.execute(INSERT, params).await.map(drop)
    }

    /// Uses a link of a project up. `false` when it is unknown, used or over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_sign_up_link(
        &mut self,
        project: ProjectId,
        secret: &SecretHash,
        now: Timestamp,
    ) -> Result<bool> {
        let params = (project.uuid(), secret.as_bytes().to_vec(), now.as_micros());
        Ok(self.conn.execute(TAKE, params).await? == 1)
    }

    /// Voids every link of a project, and tells how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_sign_up_links(&mut self, project: ProjectId) -> Result<u64> {
        self.conn.execute(DELETE_ALL, (project.uuid(),)).await
    }
}
