//! People in organizations.

use crate::email::EmailAddress;
use crate::ids::{OrganizationId, UserId};
use crate::providers::Provider;
use crate::time::Timestamp;

/// Longest address of a picture, in characters.
pub const PICTURE_URL_MAX_CHARS: usize = 2048;

/// A person in one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their organization.
    pub organization: OrganizationId,
    /// Their e-mail address.
    pub email: EmailAddress,
    /// Their name.
    pub display_name: Option<String>,
    /// Where their picture is.
    pub profile_picture_url: Option<String>,
    /// Whether they own the organization.
    pub owner: bool,
    /// Their ids at the sign-in providers.
    pub external: ExternalIds,
    /// Whether they have a password.
    pub has_password: bool,
    /// Whether they have an authenticator app.
    pub has_authenticator_app: bool,
    /// When they were added.
    pub created_at: Timestamp,
    /// When they last changed.
    pub updated_at: Timestamp,
}

/// A person's ids at the sign-in providers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExternalIds {
    /// At Google.
    pub google: Option<String>,
    /// At Microsoft.
    pub microsoft: Option<String>,
    /// At GitHub.
    pub github: Option<String>,
}

impl ExternalIds {
    /// The id at this provider.
    #[must_use]
    pub fn of(&self, provider: Provider) -> Option<&str> {
        match provider {
            Provider::Google => self.google.as_deref(),
            Provider::Microsoft => self.microsoft.as_deref(),
            Provider::Github => self.github.as_deref(),
        }
    }

    /// Sets the id at this provider.
    pub fn set(&mut self, provider: Provider, id: Option<String>) {
        match provider {
            Provider::Google => self.google = id,
            Provider::Microsoft => self.microsoft = id,
            Provider::Github => self.github = id,
        }
    }
}

/// A person to add.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Their organization.
    pub organization: OrganizationId,
    /// Their e-mail address.
    pub email: EmailAddress,
    /// Their name.
    pub display_name: Option<String>,
    /// Where their picture is.
    pub profile_picture_url: Option<String>,
    /// Whether they own the organization.
    pub owner: bool,
    /// Their ids at the sign-in providers.
    pub external: ExternalIds,
}

/// A change to a person; `None` leaves a thing as it is, `Some(None)` removes it.
#[derive(Debug, Clone, Default)]
pub struct UserUpdate {
    /// Another address.
    pub email: Option<EmailAddress>,
    /// Another name.
    pub display_name: Option<Option<String>>,
    /// Another picture.
    pub profile_picture_url: Option<Option<String>>,
    /// Makes an owner of them, or not.
    pub owner: Option<bool>,
    /// Other ids at the sign-in providers.
    pub external: Vec<(Provider, Option<String>)>,
}

impl User {
    /// The person after `update`.
    #[must_use]
    pub fn updated(mut self, update: UserUpdate, at: Timestamp) -> Self {
        self.email = update.email.unwrap_or(self.email);
        self.display_name = update.display_name.unwrap_or(self.display_name);
        self.profile_picture_url = update.profile_picture_url.unwrap_or(self.profile_picture_url);
        self.owner = update.owner.unwrap_or(self.owner);
        for (provider, id) in update.external {
            self.external.set(provider, id);
        }
        self.updated_at = at;
        self
    }
}
