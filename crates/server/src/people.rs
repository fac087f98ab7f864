//! How people sign in, from the configuration.

use crate::config::{Breached, Config, Secret};
use crate::keys;
use crate::opening::explain;
use anyhow::{Context, Result, bail};
use lockwork_app::PeopleOptions;
use lockwork_app::identity::breached_passwords::BreachedPasswords;
use lockwork_app::identity::mail::{Mailbox, Mailer, SmtpWorker};
use lockwork_app::identity::providers::Endpoints;
use lockwork_model::email::EmailAddress;
use lockwork_model::providers::Provider;
use lockwork_model::secrets::SecretText;
use lockwork_model::sessions::SessionLife;
use std::path::Path;
use std::time::Duration;

/// How mail leaves this process.
pub(crate) struct Mail {
    mailer: Mailer,
    /// Delivers what is sent.
    pub(crate) worker: Option<SmtpWorker>,
    /// Shows what is sent, in development.
    pub(crate) mailbox: Option<Mailbox>,
}

impl Mail {
    /// For commands that send none.
    pub(crate) const fn none() -> Self {
        Self { mailer: Mailer::None, worker: None, mailbox: None }
    }

    /// As configured; in development into a mailbox and nowhere else.
    pub(crate) fn of(config: &Config, dev: bool) -> Result<Self> {
        if dev {
            let mailbox = Mailbox::default();
            return Ok(Self {
                mailer: Mailer::Mailbox(mailbox.clone()),
                worker: None,
                mailbox: Some(mailbox),
            });
        }
        let mail = &config.mail;
        let Some(url) = keys::configured(mail.smtp_url.as_ref(), mail.smtp_url_file.as_deref())? else {
            return Ok(Self::none());
        };
        let (mailer, worker) = Mailer::smtp(url.reveal()).map_err(explain).context("mail.smtp_url")?;
        Ok(Self { mailer, worker: Some(worker), mailbox: None })
    }
}

/// The options of the product.
pub(crate) fn options(config: &Config, mail: &Mail) -> Result<PeopleOptions> {
    let day = 24 * 60 * 60;
    let mut options = PeopleOptions::new().map_err(explain)?;
    options.session_life = SessionLife {
        idle: Duration::from_secs(config.sessions.idle_seconds),
        max: Duration::from_secs(config.sessions.max_seconds),
    };
    options.signing_keys_rotated_every =
        Duration::from_secs(config.sessions.signing_key_days.saturating_mul(day));
    options.breached_passwords = breached(config)?;
    options.mailer = mail.mailer.clone();
    options.mails_a_day = i64::try_from(config.mail.daily_limit).unwrap_or(i64::MAX);
    if let Some(from) = &config.mail.from {
        EmailAddress::parse("mail.from", from).map_err(explain)?;
        options.mail_from = Some(from.clone());
    }
    let (google, microsoft, github) = (&config.google, &config.microsoft, &config.github);
    let google_client = client(
        "google",
        google.client_id.as_ref(),
        google.client_secret.as_ref(),
        google.client_secret_file.as_deref(),
    )?;
    let microsoft_client = client(
        "microsoft",
        microsoft.client_id.as_ref(),
        microsoft.client_secret.as_ref(),
        microsoft.client_secret_file.as_deref(),
    )?;
    let github_client = client(
        "github",
        github.client_id.as_ref(),
        github.client_secret.as_ref(),
        github.client_secret_file.as_deref(),
    )?;
    let issuers = [
        (Provider::Google, "google.issuer_url", &google.issuer_url, google_client),
        (Provider::Microsoft, "microsoft.issuer_url", &microsoft.issuer_url, microsoft_client),
    ];
    for (provider, setting, issuer, client) in issuers {
        let known = options.provider_mut(provider);
        known.client = client;
        if let Some(issuer) = issuer {
            known.endpoints = Endpoints::Issuer(url(setting, issuer)?);
        }
    }
    let known = options.provider_mut(Provider::Github);
    known.client = github_client;
    if let Some(server) = &github.server_url {
        let server = server.trim_end_matches('/');
        known.endpoints = Endpoints::Github {
            authorize: url("github.server_url", &format!("{server}/login/oauth/authorize"))?,
            token: url("github.server_url", &format!("{server}/login/oauth/access_token"))?,
            api: url("github.server_url", &format!("{server}/api/v3"))?,
        };
    }
    Ok(options)
}

fn breached(config: &Config) -> Result<BreachedPasswords> {
    let passwords = &config.passwords;
    Ok(match (passwords.breached, &passwords.breached_folder) {
        (Breached::Off, _) => BreachedPasswords::Off,
        (Breached::Remote, _) => BreachedPasswords::remote(&passwords.breached_url)
            .map_err(explain)
            .context("passwords.breached_url")?,
        (Breached::Folder, Some(folder)) => BreachedPasswords::Folder(folder.clone()),
        (Breached::Folder, None) => {
            bail!("passwords.breached is `folder`; set passwords.breached_folder too")
        }
    })
}

fn client(
    section: &str,
    id: Option<&String>,
    secret: Option<&Secret>,
    file: Option<&Path>,
) -> Result<Option<(String, SecretText)>> {
    match (id, keys::configured(secret, file)?) {
        (Some(id), Some(secret)) => Ok(Some((id.clone(), SecretText::new(secret.reveal().to_owned())))),
        (None, None) => Ok(None),
        _ => bail!("{section}.client_id and {section}.client_secret go together; set both or neither"),
    }
}

fn url(setting: &str, text: &str) -> Result<url::Url> {
    text.parse().with_context(|| format!("{setting} is no URL"))
}
