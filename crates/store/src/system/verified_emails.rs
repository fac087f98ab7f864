//! Addresses that whoever has some id at a sign-in provider has proven before.

use super::System;
use crate::db::{Queries, Result};
use crate::tx::Tx;
use lockwork_model::email::EmailAddress;
use lockwork_model::ids::ProjectId;
use lockwork_model::providers::Provider;
use uuid::Uuid;

crate::repositories::sql! {
    FIND = "SELECT provider FROM verified_emails
            WHERE project_id = $1 AND email = $2 AND provider = $3 AND provider_user_id = $4";
    INSERT = "INSERT INTO verified_emails (project_id, email, provider, provider_user_id) VALUES ($1, $2, $3, $4)
              ON CONFLICT DO NOTHING";
}

fn params(
    project: ProjectId,
    email: &EmailAddress,
    provider: Provider,
    id: &str,
) -> (Uuid, String, i64, String) {
    (project.uuid(), email.as_str().to_owned(), provider.number(), id.to_owned())
}

impl<C: Queries> System<'_, C> {
    /// Whether whoever has this id at the provider has proven the address to a project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_verified_email(
        &mut self,
        project: ProjectId,
        email: &EmailAddress,
        provider: Provider,
        id: &str,
    ) -> Result<bool> {
        let params = params(project, email, provider, id);
        Ok(self.conn.fetch_optional::<(i64,)>(FIND, params).await?.is_some())
    }
}

impl System<'_, Tx> {
    /// Notes that whoever has this id at the provider has proven the address to a project. Twice is as once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_verified_email(
        &mut self,
        project: ProjectId,
        email: &EmailAddress,
        provider: Provider,
        id: &str,
    ) -> Result<()> {
        self.conn.execute(INSERT, params(project, email, provider, id)).await.map(drop)
    }
}
