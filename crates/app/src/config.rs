//! What clients need to know of a project: the Config API (contract §4.2), and the keys that sign access tokens.

use crate::app::App;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::PublishableKeyId;
use lockwork_model::projects::Project;
use lockwork_model::publishable_keys::PublishableKey;
use lockwork_model::session_signing_keys::SessionSigningKey;

/// A project's public configuration.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The project.
    pub project: Project,
    /// The key by which it was found.
    pub publishable_key: PublishableKey,
    /// The keys that access tokens may be signed with, newest first.
    pub signing_keys: Vec<SessionSigningKey>,
}

impl App {
    /// The configuration behind a publishable key. Needs no credentials.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get_config(&self, id: PublishableKeyId) -> Result<ClientConfig> {
        let not_found = || Error::not_found("publishable key");
        let mut conn = self.store().read().await?;
        let mut system = conn.system();
        let (project, publishable_key) = system.find_publishable_key(id).await?.ok_or_else(not_found)?;
        let signing_keys = system.signing_keys(project).await?;
        let project = system.find_project(project).await?.ok_or_else(not_found)?;
        Ok(ClientConfig { project, publishable_key, signing_keys })
    }
}
