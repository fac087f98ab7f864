//! Publishable keys: by them clients find a project's configuration. Not secret.

use crate::ids::PublishableKeyId;
use crate::time::Timestamp;

/// A publishable key; the id itself is the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishableKey {
    /// Its id.
    pub id: PublishableKeyId,
    /// Its name.
    pub display_name: String,
    /// Whether sessions are relayed to pages on other domains (contract §4.4).
    pub cross_domain_mode: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A change to a publishable key; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct PublishableKeyUpdate {
    /// A new name.
    pub display_name: Option<String>,
    /// Switches cross-domain mode.
    pub cross_domain_mode: Option<bool>,
}

impl PublishableKey {
    /// The key after `update`.
    #[must_use]
    pub fn updated(mut self, update: PublishableKeyUpdate, at: Timestamp) -> Self {
        self.display_name = update.display_name.unwrap_or(self.display_name);
        self.cross_domain_mode = update.cross_domain_mode.unwrap_or(self.cross_domain_mode);
        self.updated_at = at;
        self
    }
}
