//! Projects, of which a request or a job may have nothing but a host or an id.

use super::System;
use crate::db::{Queries, Result};
use crate::organizations::Visitor;
use crate::organizations::visible::visible;
use crate::projects::{ProjectRow, find, insert, select};
use crate::tx::Tx;
use lockwork_model::ids::{OrganizationId, ProjectId};
use lockwork_model::organizations::Organization;
use lockwork_model::projects::Project;
use uuid::Uuid;

crate::repositories::sql! {
    FIRST = select!("WHERE id <> (SELECT console_project_id FROM instance) ORDER BY created_at, id LIMIT 1");
    FIND = select!("WHERE id = $1");
    // `;` follows on `:`, behind which a port is.
    FIND_BY_VAULT_DOMAIN = "SELECT id FROM projects
                            WHERE vault_domain = $1 OR (vault_domain > $2 AND vault_domain < $3)
                            ORDER BY vault_domain LIMIT 1";
    OF_STAFF = "SELECT id FROM projects WHERE organization_id = $1 ORDER BY id";
    IDS = "SELECT id FROM projects WHERE id > $1 ORDER BY id LIMIT $2";
    A_USER = "SELECT id FROM users WHERE project_id = $1 LIMIT 1";
}

fn ids(rows: Vec<(Uuid,)>) -> Vec<ProjectId> {
    rows.into_iter().map(|(id,)| ProjectId::from_uuid(id)).collect()
}

impl<C: Queries> System<'_, C> {
    /// The oldest project that is not the console's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_project(&mut self) -> Result<Option<Project>> {
        let row = self.conn.fetch_optional::<ProjectRow>(FIRST, ()).await?;
        row.map(|row| row.model(Vec::new())).transpose()
    }

    /// A project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_project(&mut self, id: ProjectId) -> Result<Option<Project>> {
        find(self.conn, id, FIND).await
    }

    /// The project whose pages live on this host, which is given without a port. A port that the project's own domain
    /// was written with does not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_project_by_vault_domain(&mut self, host: &str) -> Result<Option<Project>> {
        let host = host.to_ascii_lowercase();
        let params = (host.clone(), format!("{host}:"), format!("{host};"));
        match self.conn.fetch_optional::<(Uuid,)>(FIND_BY_VAULT_DOMAIN, params).await? {
            Some((id,)) => self.find_project(ProjectId::from_uuid(id)).await,
            None => Ok(None),
        }
    }

    /// The projects that the people of an organization of the console's project run, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects_of_staff(&mut self, organization: OrganizationId) -> Result<Vec<ProjectId>> {
        self.conn.fetch_all(OF_STAFF, (organization.uuid(),)).await.map(ids)
    }

    /// The ids of so many projects at most, in their order, behind the last one that was read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project_ids(&mut self, after: Option<ProjectId>, limit: u32) -> Result<Vec<ProjectId>> {
        let after = after.map_or(Uuid::nil(), ProjectId::uuid);
        self.conn.fetch_all(IDS, (after, i64::from(limit))).await.map(ids)
    }

    /// Whether anybody is in any of a project's organizations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_users(&mut self, project: ProjectId) -> Result<bool> {
        Ok(self.conn.fetch_optional::<(Uuid,)>(A_USER, (project.uuid(),)).await?.is_some())
    }

    /// The organizations of a project that somebody who signs in, or moves from one to another, may see: see
    /// [`Organizations::visible_to`](crate::organizations::Organizations::visible_to).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organizations_visible_to(
        &mut self,
        project: ProjectId,
        visitor: &Visitor<'_>,
    ) -> Result<Vec<Organization>> {
        visible(self.conn, project.uuid(), None, visitor).await
    }
}

impl System<'_, Tx> {
    /// Adds a project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_project(&mut self, project: &Project) -> Result<()> {
        insert(self.conn, project).await
    }
}
