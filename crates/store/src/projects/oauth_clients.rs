//! A project's own clients at sign-in providers.

use super::Projects;
use crate::db::{Queries, Result};
use crate::reach::Reach;
use crate::rows::parsed;
use crate::system::System;
use crate::tx::Tx;
use lockwork_model::ids::ProjectId;
use lockwork_model::providers::Provider;

crate::repositories::sql! {
    LIST = "SELECT provider, client_id FROM project_oauth_clients WHERE project_id = $1 ORDER BY provider";
    FIND = "SELECT client_id, sealed_client_secret FROM project_oauth_clients WHERE project_id = $1 AND provider = $2";
    UPSERT = "INSERT INTO project_oauth_clients (project_id, provider, client_id, sealed_client_secret)
              VALUES ($1, $2, $3, $4)
              ON CONFLICT (project_id, provider) DO UPDATE
              SET client_id = excluded.client_id, sealed_client_secret = excluded.sealed_client_secret";
    DELETE = "DELETE FROM project_oauth_clients WHERE project_id = $1 AND provider = $2";
}

/// A project's own client at a sign-in provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedOauthClient {
    /// The client's id.
    pub client_id: String,
    /// Its secret, sealed.
    pub sealed_client_secret: Vec<u8>,
}

impl<C: Queries> Projects<'_, C> {
    /// At which providers the project has a client of its own, and the client's id there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn oauth_clients(&mut self) -> Result<Vec<(Provider, String)>> {
        let rows = self.conn.fetch_all::<(i64, String)>(LIST, (self.scope.project_id(),)).await?;
        let client = |(number, client_id): (i64, String)| {
            let provider = Provider::from_number(number);
            Ok((parsed(provider, "project_oauth_clients", "provider", number)?, client_id))
        };
        rows.into_iter().map(client).collect()
    }
}

impl Projects<'_, Tx> {
    /// Sets the project's client at a provider, or takes it away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_oauth_client(
        &mut self,
        provider: Provider,
        client: Option<&SealedOauthClient>,
    ) -> Result<()> {
        let (project, provider) = (self.scope.project_id(), provider.number());
        let Some(client) = client else {
            return self.conn.execute(DELETE, (project, provider)).await.map(drop);
        };
        let params = (project, provider, client.client_id.clone(), client.sealed_client_secret.clone());
        self.conn.execute(UPSERT, params).await.map(drop)
    }
}

impl<C: Queries> System<'_, C> {
    /// A project's own client at a provider.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn oauth_client(
        &mut self,
        project: ProjectId,
        provider: Provider,
    ) -> Result<Option<SealedOauthClient>> {
        let params = (project.uuid(), provider.number());
        let row = self.conn.fetch_optional::<(String, Vec<u8>)>(FIND, params).await?;
        Ok(row.map(|(client_id, sealed_client_secret)| SealedOauthClient { client_id, sealed_client_secret }))
    }
}
