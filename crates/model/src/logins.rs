//! A login in progress (the contract's intermediate session, §3.10): what somebody has shown so far, and what is missing.

use crate::email::EmailAddress;
use crate::error::{Error, Result};
use crate::ids::{IntermediateSessionId, OrganizationId, ProjectId, UserId};
use crate::organizations::Organization;
use crate::projects::{LoginMethod, Project};
use crate::providers::Provider;
use crate::sessions::PrimaryAuthFactor;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// How long a login may take.
pub const LOGIN_LIFETIME: Duration = Duration::from_secs(15 * 60);
/// How many recovery codes come with an authenticator app.
pub const RECOVERY_CODES: usize = 10;

/// A login in progress.
#[derive(Debug, Clone)]
pub struct Login {
    /// Its id.
    pub id: IntermediateSessionId,
    /// The project that somebody signs in to.
    pub project: ProjectId,
    /// What they have shown and chosen so far.
    pub progress: Progress,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What somebody has shown and chosen so far. Prints nothing, and is sealed at rest: it holds what challenges are
/// answered with. Bytes are lists of numbers in its JSON form.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Whom they say they are.
    pub email: Option<EmailAddress>,
    /// Whether the address is proven to be theirs: by a mail, by a provider that vouches for it, or by the operator's
    /// sign-up link. A password proves it only where the password belongs, see [`Self::proven_email`].
    pub email_verified: bool,
    /// Whether it was a mail that proved it.
    pub email_shown: bool,
    /// The mail that they were sent.
    pub email_challenge: Option<EmailChallenge>,
    /// By what they first showed who they are.
    pub primary_factor: Option<PrimaryAuthFactor>,
    /// The organization that they chose.
    pub organization: Option<OrganizationId>,
    /// Whether they made an organization on the way.
    pub made_organization: bool,
    /// The id that they get if they are new.
    pub new_user: Option<UserId>,
    /// The user whose password they gave.
    pub password_of: Option<UserId>,
    /// A new password's hash, in PHC form.
    pub new_password_hash: Option<String>,
    /// The hash of the code in the mail about a forgotten password.
    pub password_reset_hash: Option<[u8; 32]>,
    /// Whether that code was given back.
    pub password_reset_verified: bool,
    /// Where a sign-in provider was asked.
    pub pending_provider: Option<PendingProvider>,
    /// Their ids at sign-in providers, shown by themselves.
    pub external: Vec<(Provider, String)>,
    /// Their Google Workspace domain.
    pub google_hosted_domain: Option<String>,
    /// Their Microsoft Entra tenant.
    pub microsoft_tenant_id: Option<String>,
    /// The name that a provider knows them by.
    pub display_name: Option<String>,
    /// The picture that a provider has of them.
    pub profile_picture_url: Option<String>,
    /// The challenge that a passkey must sign.
    pub passkey_challenge: Option<String>,
    /// Whether a passkey did.
    pub passkey_verified: bool,
    /// The challenge that a new passkey must sign.
    pub passkey_registration: Option<String>,
    /// A passkey that they made on the way, as storage keeps it.
    pub new_passkey: Option<NewPasskey>,
    /// The secret of an authenticator app that they are setting up.
    pub pending_authenticator: Option<Vec<u8>>,
    /// The app that they have set up on the way.
    pub new_authenticator: Option<NewAuthenticator>,
    /// Whether they gave a code of their app.
    pub authenticator_verified: bool,
    /// The state of the app on another domain that sent them.
    pub relayed_session_state: Option<String>,
    /// Where they want to go in the end.
    pub redirect_uri: Option<String>,
    /// Whether the token for that app goes into the query rather than into the fragment.
    pub relayed_token_in_query: bool,
    /// The hash of the sign-up link that they came by.
    pub sign_up_link: Option<[u8; 32]>,
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress(…)")
    }
}

/// A mail that was sent to prove an address.
#[derive(Clone, Serialize, Deserialize)]
pub struct EmailChallenge {
    /// The hash of the code in its link.
    pub link_hash: [u8; 32],
    /// The six digits to type instead.
    pub digits: String,
}

/// Where a sign-in provider was asked.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingProvider {
    /// Which.
    pub provider: Provider,
    /// What its answer is checked with, as `lockwork-identity` keeps it.
    pub state: String,
    /// Where the answer goes.
    pub redirect_url: String,
}

/// A passkey that was made during a login.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewPasskey {
    /// Its id at the browser.
    pub credential_id: Vec<u8>,
    /// Its public key, PKIX in PEM.
    pub public_key_pem: String,
    /// The model of the authenticator.
    pub aaguid: String,
    /// The host that it is for.
    pub rp_id: String,
    /// What a signature is checked with.
    pub state: String,
}

/// An authenticator app that was set up during a login.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewAuthenticator {
    /// Its secret.
    pub secret: Vec<u8>,
    /// The step of the code that proved it.
    pub step: i64,
    /// The hashes of its recovery codes.
    pub recovery_code_hashes: Vec<[u8; 32]>,
}

/// What is known of the user that a login is about to become; absent facts are `false` for a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UserFacts {
    /// Their id, if they exist.
    pub id: Option<UserId>,
    /// Whether they have a password.
    pub has_password: bool,
    /// Whether they have an authenticator app.
    pub has_authenticator_app: bool,
    /// Whether they have a passkey that is in use.
    pub has_passkey: bool,
}

/// What a login still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Signing in is switched off for the project.
    ProjectLogins,
    /// Signing in is switched off for the organization.
    OrganizationLogins,
    /// A first proof.
    PrimaryFactor,
    /// The first proof is one that the organization does not take.
    AllowedPrimaryFactor,
    /// Proof of the e-mail address.
    Email,
    /// The password.
    Password,
    /// A second factor.
    SecondFactor,
}

impl Missing {
    /// The refusal that says so.
    #[must_use]
    pub fn refusal(self) -> Error {
        Error::failed_precondition(match self {
            Self::ProjectLogins => "logins are disabled for this project",
            Self::OrganizationLogins => "logins are disabled for this organization",
            Self::PrimaryFactor => {
                "primary login factor not set; sign in by e-mail, password or a provider first"
            }
            Self::AllowedPrimaryFactor => {
                "this organization does not allow this way to sign in; choose another one"
            }
            Self::Email => "email not verified",
            Self::Password => "password not verified; this organization wants one",
            Self::SecondFactor => {
                "multi-factor authentication not completed; this organization wants a second factor"
            }
        })
    }
}

impl Login {
    /// Whether it is over.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// What is missing before it can become a session in `organization` (contract §3.10, finish rules).
    #[must_use]
    pub fn missing(
        &self,
        project: &Project,
        organization: &Organization,
        user: UserFacts,
    ) -> Option<Missing> {
        let progress = &self.progress;
        if project.logins_disabled {
            return Some(Missing::ProjectLogins);
        }
        if organization.logins_disabled {
            return Some(Missing::OrganizationLogins);
        }
        let Some(factor) = progress.primary_factor else { return Some(Missing::PrimaryFactor) };
        // Whoever comes by a sign-up link was let in by the operator.
        if progress.sign_up_link.is_none() && !allows(organization, factor) {
            return Some(Missing::AllowedPrimaryFactor);
        }
        if !progress.email_verified && (user.id.is_none() || progress.password_of != user.id) {
            return Some(Missing::Email);
        }
        if organization.log_in_with.has(LoginMethod::Password) && !progress.shows_password(user) {
            return Some(Missing::Password);
        }
        // Whoever set one up wants to be asked for it, whatever the organization demands of others.
        let is_wanted = organization.require_mfa || has_second_factor(organization, user);
        if is_wanted && !progress.shows_second_factor(organization) {
            return Some(Missing::SecondFactor);
        }
        None
    }
}

fn has_second_factor(organization: &Organization, user: UserFacts) -> bool {
    let allows = |method| organization.log_in_with.has(method);
    (user.has_authenticator_app && allows(LoginMethod::AuthenticatorApp))
        || (user.has_passkey && allows(LoginMethod::Passkey))
}

fn allows(organization: &Organization, factor: PrimaryAuthFactor) -> bool {
    let method = match factor {
        PrimaryAuthFactor::Email => LoginMethod::Email,
        PrimaryAuthFactor::Google => LoginMethod::Google,
        PrimaryAuthFactor::Microsoft => LoginMethod::Microsoft,
        PrimaryAuthFactor::Github => LoginMethod::Github,
        PrimaryAuthFactor::Password => LoginMethod::Password,
        PrimaryAuthFactor::Saml => LoginMethod::Saml,
        PrimaryAuthFactor::Oidc => LoginMethod::Oidc,
        PrimaryAuthFactor::Impersonation => return false,
    };
    organization.log_in_with.has(method)
}

impl Progress {
    fn shows_password(&self, user: UserFacts) -> bool {
        let chosen_now = self.new_password_hash.is_some();
        // Whoever has one must show it, or prove that the mail about a forgotten one was theirs.
        match user.id {
            Some(id) if user.has_password => {
                self.password_of == Some(id) || (self.password_reset_verified && chosen_now)
            }
            Some(_) | None => chosen_now,
        }
    }

    fn shows_second_factor(&self, organization: &Organization) -> bool {
        let app = LoginMethod::AuthenticatorApp;
        (self.authenticator_verified && organization.log_in_with.has(app))
            || (self.passkey_verified && organization.log_in_with.has(LoginMethod::Passkey))
    }

    /// The address, if there is one.
    ///
    /// # Errors
    /// `FailedPrecondition`.
    pub fn email(&self) -> Result<&EmailAddress> {
        self.email
            .as_ref()
            .ok_or_else(|| Error::failed_precondition("say who you are first: there is no e-mail yet"))
    }

    /// The address, if it is proven.
    ///
    /// # Errors
    /// `PermissionDenied`, as the contract has it (§3.10).
    pub fn verified_email(&self) -> Result<&EmailAddress> {
        match &self.email {
            Some(email) if self.email_verified => Ok(email),
            Some(_) | None => Err(Error::permission_denied("email must be verified")),
        }
    }

    /// The address, if it is proven, be it by the password of the user in the organization that was chosen. That is
    /// enough to sign in there, and nowhere else: organizations do not vouch for each other.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub fn proven_email(&self) -> Result<&EmailAddress> {
        match &self.email {
            Some(email) if self.password_of.is_some() => Ok(email),
            _ => self.verified_email(),
        }
    }

    /// The organization, if one was chosen.
    ///
    /// # Errors
    /// `FailedPrecondition`.
    pub fn chosen_organization(&self) -> Result<OrganizationId> {
        self.organization.ok_or_else(|| Error::failed_precondition("choose an organization first"))
    }

    /// Chooses an organization; what was shown for another one does not count here.
    pub fn choose(&mut self, organization: OrganizationId) {
        if self.organization == Some(organization) {
            return;
        }
        self.organization = Some(organization);
        if self.sign_up_link.take().is_some() {
            // The operator vouched for one organization.
            self.email_verified = false;
            self.primary_factor = None;
        }
        self.new_user = None;
        self.password_of = None;
        self.new_password_hash = None;
        self.passkey_challenge = None;
        self.passkey_verified = false;
        self.passkey_registration = None;
        self.new_passkey = None;
        self.pending_authenticator = None;
        self.new_authenticator = None;
        self.authenticator_verified = false;
    }

    /// Says who they are; everything that was shown for somebody else is forgotten.
    pub fn identify(&mut self, email: EmailAddress) {
        if self.email.as_ref() == Some(&email) {
            return;
        }
        let keep = Self {
            relayed_session_state: self.relayed_session_state.take(),
            redirect_uri: self.redirect_uri.take(),
            relayed_token_in_query: self.relayed_token_in_query,
            ..Self::default()
        };
        *self = Self { email: Some(email), ..keep };
    }
}

#[cfg(test)]
mod tests;
