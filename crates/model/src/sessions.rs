//! Signed-in sessions.

use crate::ids::{SessionId, UserId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an access token is good for.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(300);
/// How long the token is good for that hands a session to an app on another domain.
pub const RELAY_LIFETIME: Duration = Duration::from_secs(60);
/// How long an impersonation token is good for.
pub const IMPERSONATION_TOKEN_LIFETIME: Duration = Duration::from_secs(30);

/// By what somebody first showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrimaryAuthFactor {
    /// A link or code by e-mail.
    Email,
    /// Google.
    Google,
    /// Microsoft.
    Microsoft,
    /// SAML.
    Saml,
    /// Somebody else acts as them.
    Impersonation,
    /// GitHub.
    Github,
    /// OpenID Connect.
    Oidc,
    /// A password.
    Password,
}

impl PrimaryAuthFactor {
    const ALL: [Self; 8] = [
        Self::Email,
        Self::Google,
        Self::Microsoft,
        Self::Saml,
        Self::Impersonation,
        Self::Github,
        Self::Oidc,
        Self::Password,
    ];

    /// The number of the contract's `primaryAuthFactor` (§3.8), which storage keeps; the contract has none for a password.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Email => 1,
            Self::Google => 2,
            Self::Microsoft => 3,
            Self::Saml => 4,
            Self::Impersonation => 5,
            Self::Github => 6,
            Self::Oidc => 7,
            Self::Password => 8,
        }
    }

    /// The factor of that number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.number() == number)
    }
}

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLife {
    /// Without being used.
    pub idle: Duration,
    /// At all.
    pub max: Duration,
}

impl Default for SessionLife {
    fn default() -> Self {
        let day = 24 * 60 * 60;
        Self { idle: Duration::from_secs(7 * day), max: Duration::from_secs(30 * day) }
    }
}

impl SessionLife {
    /// When a session ends that began and was last used at these times.
    #[must_use]
    pub fn end(self, created_at: Timestamp, last_active_at: Timestamp) -> Timestamp {
        last_active_at.after(self.idle).min(created_at.after(self.max))
    }
}

/// A signed-in session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// How they signed in.
    pub primary_auth_factor: PrimaryAuthFactor,
    /// Who acts as them.
    pub impersonator: Option<UserId>,
    /// Whether it was ended.
    pub revoked: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_active_at: Timestamp,
    /// When it ends, unless it is used again.
    pub expires_at: Timestamp,
}

impl Session {
    /// Whether it is neither ended nor expired.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        !self.revoked && now < self.expires_at
    }

    /// The session after it was used.
    #[must_use]
    pub fn used(mut self, life: SessionLife, now: Timestamp) -> Self {
        self.last_active_at = now;
        self.expires_at = life.end(self.created_at, now);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn use_puts_the_end_off_but_not_for_ever() {
        let day = |days: i64| Timestamp::from_micros(days * 86_400_000_000);
        let life = SessionLife::default();
        let mut session = Session {
            id: SessionId::from_uuid(Uuid::nil()),
            user: UserId::from_uuid(Uuid::nil()),
            primary_auth_factor: PrimaryAuthFactor::Email,
            impersonator: None,
            revoked: false,
            created_at: day(0),
            last_active_at: day(0),
            expires_at: life.end(day(0), day(0)),
        };
        assert_eq!(session.expires_at, day(7));
        assert!(session.is_live(day(6)) && !session.is_live(day(7)));
        session = session.used(life, day(6));
        assert_eq!((session.last_active_at, session.expires_at), (day(6), day(13)));
        session = session.used(life, day(29));
        assert_eq!(session.expires_at, day(30));
        session.revoked = true;
        assert!(!session.is_live(day(29)));
    }

    #[test]
    fn factors_have_the_numbers_of_the_contract() {
        for factor in PrimaryAuthFactor::ALL {
            assert_eq!(PrimaryAuthFactor::from_number(factor.number()), Some(factor));
        }
        assert_eq!(PrimaryAuthFactor::from_number(0), None);
    }
}
