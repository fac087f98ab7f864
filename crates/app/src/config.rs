//! What clients need to know of a project: the Config API (contract §4.2), and the keys that sign access tokens.

use crate::app::App;
use crate::sealing::MasterKey;
use lockwork_model::entropy::Entropy;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{PublishableKeyId, SessionSigningKeyId};
use lockwork_model::projects::Project;
use lockwork_model::publishable_keys::PublishableKey;
use lockwork_model::session_signing_keys::SessionSigningKey;
use lockwork_model::time::Timestamp;

/// What sealed signing keys are bound to.
pub(crate) const SIGNING_KEY_PURPOSE: &str = "session signing key";

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

/// A new P-256 key, its private half sealed.
pub(crate) fn new_signing_key(
    master_key: &MasterKey,
    at: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<SessionSigningKey> {
    // A random number is a legal private key but for one in 2^32.
    let private = loop {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        if let Ok(private) = p256::SecretKey::from_slice(&bytes) {
            break private;
        }
    };
    let sealed = master_key.seal(SIGNING_KEY_PURPOSE, &private.to_bytes(), entropy);
    Ok(SessionSigningKey {
        id: SessionSigningKeyId::generate(entropy),
        public_key: private.public_key().to_sec1_bytes().into(),
        sealed_private_key: sealed.ok_or_else(|| Error::internal("a signing key could not be sealed"))?,
        created_at: at,
    })
}
