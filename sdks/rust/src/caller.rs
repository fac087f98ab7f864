use std::sync::Arc;

use crate::{AccessTokenClaims, Verdict};

/// Who a request comes from: a signed-in user or an API key, in either case for one organization.
#[derive(Clone, Debug)]
pub struct Caller {
    organization_id: String,
    credentials: Credentials,
}

/// What a [`Caller`] showed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credentials {
    /// A user's access token, and what it says.
    AccessToken(Arc<AccessTokenClaims>),
    /// An API key, and what the key server says about it.
    ApiKey(Box<Verdict>),
}

/// The kind of a [`Caller`]'s credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialsType {
    /// A user's access token.
    AccessToken,
    /// An API key.
    ApiKey,
}

impl CredentialsType {
    /// As the clients for other languages write it: `access_token` or `api_key`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::ApiKey => "api_key",
        }
    }
}

impl Caller {
    pub(crate) fn user(claims: Arc<AccessTokenClaims>) -> Self {
        Self {
            organization_id: claims.organization.id.clone(),
            credentials: Credentials::AccessToken(claims),
        }
    }

    /// `None` for a key without an organization, which no key server knows.
    pub(crate) fn api_key(verdict: Verdict) -> Option<Self> {
        let organization_id = verdict.organization_id.clone()?;
        Some(Self { organization_id, credentials: Credentials::ApiKey(Box::new(verdict)) })
    }

    /// The organization that the caller acts for (`org_…`). Keep what belongs to others from it.
    pub fn organization_id(&self) -> &str {
        &self.organization_id
    }

    /// What the caller showed, with all that is known by it.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The kind of what the caller showed.
    pub fn credentials_type(&self) -> CredentialsType {
        match self.credentials {
            Credentials::AccessToken(_) => CredentialsType::AccessToken,
            Credentials::ApiKey(_) => CredentialsType::ApiKey,
        }
    }

    /// What the caller may do, sorted.
    pub fn actions(&self) -> &[String] {
        match &self.credentials {
            Credentials::AccessToken(claims) => &claims.actions,
            Credentials::ApiKey(verdict) => &verdict.actions,
        }
    }

    /// Whether the caller may do exactly this action.
    pub fn has_permission(&self, action: &str) -> bool {
        self.actions().iter().any(|held| held == action)
    }
}
