//! What the operator chose about people: how they prove who they are, and how long that holds.

use lockwork_identity::breached_passwords::BreachedPasswords;
use lockwork_identity::mail::Mailer;
use lockwork_identity::passwords::PasswordCost;
use lockwork_identity::providers::Endpoints;
use lockwork_model::error::Result;
use lockwork_model::ids::UserId;
use lockwork_model::providers::Provider;
use lockwork_model::secrets::SecretText;
use lockwork_model::session_signing_keys::ROTATED_EVERY;
use lockwork_model::sessions::SessionLife;
use std::time::Duration;

/// How long somebody may act as somebody else.
const IMPERSONATION: Duration = Duration::from_secs(60 * 60);
/// How many mails a project may send in a day.
const MAILS_A_DAY: i64 = 1_000;

/// How people sign in.
#[derive(Clone)]
pub struct PeopleOptions {
    /// How long sessions last.
    pub session_life: SessionLife,
    /// How often the keys change that sign access tokens.
    pub signing_keys_rotated_every: Duration,
    /// What a password's hash costs.
    pub password_cost: PasswordCost,
    /// Where stolen passwords are known from.
    pub breached_passwords: BreachedPasswords,
    /// How mail leaves.
    pub mailer: Mailer,
    /// What address it comes from; otherwise `no-reply` at the project's domain.
    pub mail_from: Option<String>,
    /// How many mails a project may send in a day (UTC).
    pub mails_a_day: i64,
    google: ProviderOptions,
    microsoft: ProviderOptions,
    github: ProviderOptions,
}

/// How a sign-in provider is asked.
#[derive(Clone)]
pub struct ProviderOptions {
    /// Where it is.
    pub endpoints: Endpoints,
    /// The client, id and secret, of projects that have none of their own.
    pub client: Option<(String, SecretText)>,
}

impl std::fmt::Debug for PeopleOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PeopleOptions").field("session_life", &self.session_life).finish_non_exhaustive()
    }
}

impl PeopleOptions {
    /// The defaults: the real providers without clients, no mail, no list of stolen passwords.
    ///
    /// # Errors
    /// Never with the addresses that are built in.
    pub fn new() -> Result<Self> {
        let of = |provider| -> Result<ProviderOptions> {
            Ok(ProviderOptions { endpoints: Endpoints::of(provider)?, client: None })
        };
        Ok(Self {
            session_life: SessionLife::default(),
            signing_keys_rotated_every: ROTATED_EVERY,
            password_cost: PasswordCost::default(),
            breached_passwords: BreachedPasswords::Off,
            mailer: Mailer::None,
            mail_from: None,
            mails_a_day: MAILS_A_DAY,
            google: of(Provider::Google)?,
            microsoft: of(Provider::Microsoft)?,
            github: of(Provider::Github)?,
        })
    }

    /// How this provider is asked.
    #[must_use]
    pub const fn provider(&self, provider: Provider) -> &ProviderOptions {
        match provider {
            Provider::Google => &self.google,
            Provider::Microsoft => &self.microsoft,
            Provider::Github => &self.github,
        }
    }

    /// How this provider is asked, to change it.
    pub const fn provider_mut(&mut self, provider: Provider) -> &mut ProviderOptions {
        match provider {
            Provider::Google => &mut self.google,
            Provider::Microsoft => &mut self.microsoft,
            Provider::Github => &mut self.github,
        }
    }

    /// Whether mail can leave.
    #[must_use]
    pub const fn has_mail(&self) -> bool {
        !matches!(self.mailer, Mailer::None)
    }

    /// How long a session lasts; one of an impersonator for an hour.
    pub(crate) fn life_of(&self, impersonator: Option<UserId>) -> SessionLife {
        match impersonator {
            None => self.session_life,
            Some(_) => SessionLife { idle: IMPERSONATION, max: IMPERSONATION },
        }
    }
}
