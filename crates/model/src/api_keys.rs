//! Managed API keys.

use crate::error::{Error, Result};
use crate::ids::{ApiKeyId, BackendApiKeyId, OrganizationId, PlanId, RoleId, UserId};
use crate::ip_networks::IpNetworks;
use crate::limits::{Credits, Limit};
use crate::metadata::Metadata;
use crate::permissions::ActionName;
use crate::secrets::{KeyPrefix, SecretHash, SecretText};
use crate::time::Timestamp;
use std::time::Duration;

/// How many roles a new key may name.
pub const ROLES_MAX: usize = 100;
/// How many direct actions a new key may name.
pub const DIRECT_ACTIONS_MAX: usize = 100;
/// The longest time for which two secrets of a key work side by side.
pub const OVERLAP_MAX: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// How long keys may live at most: 1 second to 100 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lifetime(u64);

impl Lifetime {
    /// The longest one, in seconds.
    pub const MAX_SECONDS: u64 = 100 * 31_536_000;

    /// So many seconds; `None` outside the bounds.
    #[must_use]
    pub fn from_seconds(seconds: u64) -> Option<Self> {
        (1..=Self::MAX_SECONDS).contains(&seconds).then_some(Self(seconds))
    }

    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// Refuses an expiry that a key with a secret made at `made_at` may not have under `demands`, the strictest of
    /// which counts.
    ///
    /// # Errors
    /// `InvalidArgument` that names `field`.
    pub fn check(
        field: &str,
        demands: [Option<Self>; 2],
        made_at: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Result<()> {
        let Some(strictest) = demands.into_iter().flatten().min() else { return Ok(()) };
        let latest = made_at.after(Duration::from_secs(strictest.0));
        match expires_at {
            Some(at) if at <= latest => Ok(()),
            Some(_) => Err(Error::invalid_field(
                field,
                format!("must be at most {} seconds after the secret was made: by {latest}", strictest.0),
            )),
            None => Err(Error::invalid_field(
                field,
                format!("is required: keys here live at most {} seconds", strictest.0),
            )),
        }
    }
}

/// Whether a key may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifecycle {
    /// It works until it expires.
    Active,
    /// Switched off; can be switched on again.
    Disabled {
        /// When.
        at: Timestamp,
    },
    /// Ended for good.
    Revoked {
        /// When.
        at: Timestamp,
        /// Why, in the words of whoever did it.
        reason: Option<String>,
    },
}

/// Who made a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creator {
    /// A Backend API key.
    BackendApiKey(BackendApiKeyId),
    /// A person.
    User(UserId),
    /// The operator at the command line.
    Operator,
}

/// What is kept of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySecret {
    /// Its hash; after a revocation it is kept so that further use is seen, and never verifies.
    pub hash: SecretHash,
    /// Its last four characters.
    pub suffix: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A secret that a rotation put out of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerKeySecret {
    /// What is kept of it.
    pub secret: KeySecret,
    /// Until when it works beside the present one.
    pub ends_at: Timestamp,
}

/// A managed API key. Never holds its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, one for life.
    pub id: ApiKeyId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Its name.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// The developer's own id for it.
    pub external_id: Option<String>,
    /// What the developer keeps with it.
    pub metadata: Option<Metadata>,
    /// Its tags, sorted.
    pub tags: Vec<String>,
    /// What its secrets begin with; `None` for keys of a time when that was not kept.
    pub prefix: Option<KeyPrefix>,
    /// Its secret.
    pub secret: KeySecret,
    /// The secret before it, after a rotation.
    pub former_secret: Option<FormerKeySecret>,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// Whether it may be used.
    pub lifecycle: Lifecycle,
    /// Its plan.
    pub plan: Option<PlanId>,
    /// Its own limits.
    pub limits: Vec<Limit>,
    /// From which addresses it may be used.
    pub ip_allowlist: IpNetworks,
    /// Who made it.
    pub creator: Creator,
    /// When it was last let in, as far as it was written down yet.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl ApiKey {
    /// Whether it has ended.
    #[must_use]
    pub const fn is_revoked(&self) -> bool {
        matches!(self.lifecycle, Lifecycle::Revoked { .. })
    }

    /// Whether it is neither switched off nor ended.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        matches!(self.lifecycle, Lifecycle::Active)
    }

    /// Whether it was ever rotated.
    #[must_use]
    pub fn is_rotated(&self) -> bool {
        self.former_secret.is_some()
    }

    /// The key after `update`, apart from its credits.
    ///
    /// # Errors
    /// `FailedPrecondition` when a revoked key would get anything but another name or other notes.
    pub fn updated(mut self, update: ApiKeyUpdate, at: Timestamp) -> Result<Self> {
        if self.is_revoked() && update.changes_use() {
            return Err(Error::failed_precondition("the api key is revoked; make a new one"));
        }
        self.display_name = update.display_name.unwrap_or(self.display_name);
        self.description = update.description.unwrap_or(self.description);
        self.external_id = update.external_id.unwrap_or(self.external_id);
        self.metadata = update.metadata.unwrap_or(self.metadata);
        self.tags = update.tags.unwrap_or(self.tags);
        self.expires_at = update.expires_at.unwrap_or(self.expires_at);
        self.plan = update.plan.unwrap_or(self.plan);
        self.limits = update.limits.unwrap_or(self.limits);
        self.ip_allowlist = update.ip_allowlist.unwrap_or(self.ip_allowlist);
        self.updated_at = at;
        Ok(self)
    }

    /// The key, switched off or on. Twice is as once.
    ///
    /// # Errors
    /// `FailedPrecondition` when it is revoked.
    pub fn switched(mut self, on: bool, at: Timestamp) -> Result<Self> {
        self.lifecycle = match (self.lifecycle, on) {
            (Lifecycle::Revoked { .. }, _) => {
                return Err(Error::failed_precondition("the api key is revoked, which is for good"));
            }
            (Lifecycle::Disabled { at }, false) => Lifecycle::Disabled { at },
            (_, false) => Lifecycle::Disabled { at },
            (_, true) => Lifecycle::Active,
        };
        self.updated_at = at;
        Ok(self)
    }

    /// The key, ended. Revoking twice succeeds and keeps the first time and reason (contract §2.3).
    #[must_use]
    pub fn revoked(self, reason: Option<String>, at: Timestamp) -> Self {
        match self.lifecycle {
            Lifecycle::Active | Lifecycle::Disabled { .. } => {
                Self { lifecycle: Lifecycle::Revoked { at, reason }, updated_at: at, ..self }
            }
            Lifecycle::Revoked { .. } => self,
        }
    }

    /// The key with a new secret, the present one working on for `overlap`. Answers the secret that is thereby
    /// forgotten, if there is one.
    ///
    /// # Errors
    /// `FailedPrecondition` when the key is revoked or expired, or still in an earlier rotation; `InvalidArgument` for
    /// an overlap that is longer than 90 days or than the key lives.
    pub fn rotated(
        mut self,
        secret: KeySecret,
        overlap: Duration,
        at: Timestamp,
    ) -> Result<(Self, Option<KeySecret>)> {
        if self.is_revoked() {
            return Err(Error::failed_precondition("the api key is revoked; make a new one"));
        }
        if self.expires_at.is_some_and(|expiry| expiry <= at) {
            return Err(Error::failed_precondition(
                "the api key is expired; give it another expireTime first",
            ));
        }
        if let Some(former) = self.former_secret.as_ref().filter(|former| former.ends_at > at) {
            return Err(Error::failed_precondition(format!(
                "the api key is still in a rotation: its former secret works until {}; end that rotation first",
                former.ends_at
            )));
        }
        if overlap > OVERLAP_MAX {
            let problem = format!("must be from 0 to {}", OVERLAP_MAX.as_secs());
            return Err(Error::invalid_field("overlapSeconds", problem));
        }
        let ends_at = at.after(overlap);
        if self.expires_at.is_some_and(|expiry| ends_at > expiry) {
            return Err(Error::invalid_field("overlapSeconds", "must not be longer than the api key lives"));
        }
        let former = FormerKeySecret { secret: std::mem::replace(&mut self.secret, secret), ends_at };
        let forgotten = self.former_secret.replace(former).map(|former| former.secret);
        self.updated_at = at;
        Ok((self, forgotten))
    }

    /// The key with its former secret cut off now.
    ///
    /// # Errors
    /// `FailedPrecondition` when no former secret works.
    pub fn rotation_ended(mut self, at: Timestamp) -> Result<Self> {
        match &mut self.former_secret {
            Some(former) if former.ends_at > at => former.ends_at = at,
            _ => return Err(Error::failed_precondition("the api key is in no rotation")),
        }
        self.updated_at = at;
        Ok(self)
    }

    /// Whether it may be deleted.
    ///
    /// # Errors
    /// `FailedPrecondition` while it is not revoked.
    pub fn check_deletable(&self) -> Result<()> {
        match self.lifecycle {
            Lifecycle::Revoked { .. } => Ok(()),
            Lifecycle::Active | Lifecycle::Disabled { .. } => {
                Err(Error::failed_precondition("api key must be revoked to be deleted"))
            }
        }
    }
}

/// A change to a key; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiKeyUpdate {
    /// A new name.
    pub display_name: Option<String>,
    /// A new description.
    pub description: Option<String>,
    /// Another external id, or none.
    pub external_id: Option<Option<String>>,
    /// Other metadata, or none.
    pub metadata: Option<Option<Metadata>>,
    /// Other tags.
    pub tags: Option<Vec<String>>,
    /// Another expiry, or none.
    pub expires_at: Option<Option<Timestamp>>,
    /// Another plan, or none.
    pub plan: Option<Option<PlanId>>,
    /// Other limits.
    pub limits: Option<Vec<Limit>>,
    /// Other networks.
    pub ip_allowlist: Option<IpNetworks>,
    /// A new balance of credits with its refill, or no credits any more.
    pub credits: Option<Option<Credits>>,
}

impl ApiKeyUpdate {
    /// Whether nothing is to change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    const fn changes_use(&self) -> bool {
        self.expires_at.is_some()
            || self.plan.is_some()
            || self.limits.is_some()
            || self.ip_allowlist.is_some()
            || self.credits.is_some()
    }
}

/// A key to make.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// Whose it will be.
    pub organization: OrganizationId,
    /// Its name.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// The developer's own id for it.
    pub external_id: Option<String>,
    /// What the developer keeps with it.
    pub metadata: Option<Metadata>,
    /// Its tags.
    pub tags: Vec<String>,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// Whether it is made switched off.
    pub disabled: bool,
    /// Its plan.
    pub plan: Option<PlanId>,
    /// Its own limits.
    pub limits: Vec<Limit>,
    /// From which addresses it may be used.
    pub ip_allowlist: IpNetworks,
    /// Its credits.
    pub credits: Option<Credits>,
    /// Roles to give it at once.
    pub roles: Vec<RoleId>,
    /// Actions to give it directly.
    pub actions: Vec<ActionName>,
}

/// A key just made or rotated, with the secret that is shown this once.
#[derive(Debug, Clone)]
pub struct IssuedApiKey {
    /// The key.
    pub key: ApiKey,
    /// What it was given.
    pub grants: ApiKeyGrants,
    /// Its secret; `None` when a request was repeated after its secret was forgotten.
    pub secret: Option<SecretText>,
}

/// What a key was given, as callers see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApiKeyGrants {
    /// Its roles.
    pub roles: Vec<RoleId>,
    /// The actions given directly, sorted by name.
    pub actions: Vec<ActionName>,
    /// Its credits.
    pub credits: Option<Credits>,
}

/// Which keys to revoke at once: those that fit everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevokeMany {
    /// Of this organization.
    pub organization: Option<OrganizationId>,
    /// Made by this person.
    pub creator_user: Option<UserId>,
    /// Made by this Backend API key.
    pub creator_backend_api_key: Option<BackendApiKeyId>,
    /// With this role.
    pub role: Option<RoleId>,
    /// Whose secrets begin with this.
    pub prefix: Option<KeyPrefix>,
    /// Of these ids.
    pub ids: Option<Vec<ApiKeyId>>,
}

#[cfg(test)]
mod tests;
