//! Sign-in with Google, Microsoft and GitHub.
//!
//! OAuth 2.0 with PKCE (RFC 6749, RFC 7636) for all three; with OpenID Connect Core 1.0 on top for Google and
//! Microsoft, whose word is a signed token, and with its own API for GitHub.

mod answers;
mod github;
#[cfg(any(test, feature = "local-provider"))]
pub mod local;
mod oauth;
mod openid;
mod pending;
#[cfg(test)]
mod tests;

pub use pending::{Callback, PendingAuthorization};

use crate::outbound;
use lockwork_model::error::{Error, ErrorCode, Result};
use lockwork_model::secrets::SecretText;
use lockwork_model::text::NAME_MAX_CHARS;
use lockwork_model::time::Timestamp;
use std::fmt::Display;
use url::Url;

/// Longest e-mail address, in bytes (RFC 5321 §4.5.3.1).
const EMAIL_MAX_BYTES: usize = 320;
/// Longest address of a picture, in bytes.
const PICTURE_URL_MAX_BYTES: usize = 2048;

pub use lockwork_model::providers::Provider;

/// Where a provider is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoints {
    /// An OpenID Connect issuer, whose discovery document names the rest.
    Issuer(Url),
    /// GitHub, which has no such document.
    Github {
        /// Where browsers are sent.
        authorize: Url,
        /// Where codes are exchanged.
        token: Url,
        /// What the API's paths stand behind.
        api: Url,
    },
}

impl Endpoints {
    /// Where the provider is on the internet.
    ///
    /// # Errors
    /// None in practice: the addresses are constants.
    pub fn of(provider: Provider) -> Result<Self> {
        let url = |text: &str| text.parse().map_err(Error::internal);
        Ok(match provider {
            Provider::Google => Self::Issuer(url("https://accounts.google.com")?),
            Provider::Microsoft => Self::Issuer(url("https://login.microsoftonline.com/common/v2.0")?),
            Provider::Github => Self::Github {
                authorize: url("https://github.com/login/oauth/authorize")?,
                token: url("https://github.com/login/oauth/access_token")?,
                api: url("https://api.github.com")?,
            },
        })
    }
}

/// A provider, and what it knows us as.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// Which one.
    pub provider: Provider,
    /// The public name of our registration there.
    pub client_id: String,
    /// The secret of our registration there.
    pub client_secret: SecretText,
    /// Where it is.
    pub endpoints: Endpoints,
}

/// Who a provider says someone is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalIdentity {
    /// Who says so.
    pub provider: Provider,
    /// What the provider knows the person as; never changes and never empty.
    pub subject: String,
    /// Their e-mail address, as the provider writes it.
    pub email: String,
    /// Whether the provider vouches for the address.
    pub email_verified: bool,
    /// Their name.
    pub display_name: Option<String>,
    /// An https address of their picture.
    pub profile_picture_url: Option<String>,
    /// The Google Workspace domain that the account belongs to, in lower case.
    pub google_hosted_domain: Option<String>,
    /// The Microsoft tenant that the account belongs to: a UUID in lower case.
    pub microsoft_tenant_id: Option<String>,
}

/// The road to the providers: one for the whole process, as it keeps what discovery found.
#[derive(Debug, Clone)]
pub struct Providers {
    client: reqwest::Client,
    directory: openid::Directory,
}

impl Providers {
    /// A road without a request made yet.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub fn new() -> Result<Self> {
        Ok(Self { client: outbound::client()?, directory: openid::Directory::default() })
    }

    /// Where to send the browser, and what to keep, sealed, until it comes back to `redirect_uri`.
    ///
    /// `random` becomes the state, the nonce and the PKCE verifier.
    ///
    /// # Errors
    /// `InvalidArgument` for a redirect URI that is none, `Unavailable` when the provider's discovery document
    /// cannot be had.
    pub async fn authorize(
        &self,
        settings: &ProviderSettings,
        redirect_uri: &str,
        random: [[u8; 32]; 3],
        now: Timestamp,
    ) -> Result<(Url, PendingAuthorization)> {
        let pending = PendingAuthorization::new(settings.provider, random);
        let url = match &settings.endpoints {
            Endpoints::Github { authorize, token, .. } => {
                let client = oauth::client(settings, authorize, token, redirect_uri)?;
                oauth::authorize_url(client.disable_openid_scope(), github::SCOPES, &pending)
            }
            Endpoints::Issuer(issuer) => {
                let document = self.directory.document(&self.client, settings.provider, issuer, now).await?;
                let client = oauth::client(settings, &document.authorize, &document.token, redirect_uri)?;
                oauth::authorize_url(client, openid::SCOPES, &pending)
            }
        };
        Ok((url, pending))
    }

    /// Exchanges the code that the browser brought back, and judges what the provider says: the state, PKCE, and
    /// the token's nonce, issuer, audience, signature and times against `now` (OpenID Connect Core 1.0 §3.1.3.7).
    ///
    /// # Errors
    /// `InvalidArgument` for `state` when it belongs to another browser's login, and for `code` when it is wrong,
    /// used or expired, or when the answer does not hold; `FailedPrecondition` for an account without a usable
    /// e-mail address and when the provider refuses us; `Unavailable` when it does not answer.
    pub async fn redeem(
        &self,
        settings: &ProviderSettings,
        pending: &PendingAuthorization,
        callback: Callback<'_>,
        now: Timestamp,
    ) -> Result<ExternalIdentity> {
        pending.judge(settings.provider, &callback)?;
        match &settings.endpoints {
            Endpoints::Github { authorize, token, api } => {
                let client = oauth::client(settings, authorize, token, callback.redirect_uri)?;
                let tokens = oauth::exchange(&self.client, settings, client, pending, &callback).await?;
                github::identity(&self.client, api, &tokens).await
            }
            Endpoints::Issuer(issuer) => {
                let document = self.directory.document(&self.client, settings.provider, issuer, now).await?;
                let client =
                    oauth::client(settings, &document.authorize, &document.token, callback.redirect_uri)?;
                let tokens = oauth::exchange(&self.client, settings, client, pending, &callback).await?;
                let judge = openid::Judge { settings, nonce: pending.nonce(), now };
                match judge.identity(&document, &tokens) {
                    // Signed by a key that is younger than what we keep.
                    Err(openid::Refusal::UnknownKey) => {
                        let document =
                            self.directory.refetch(&self.client, settings.provider, issuer, now).await?;
                        judge.identity(&document, &tokens)
                    }
                    judged => judged,
                }
                .map_err(|refusal| refusal.into_error(settings.provider))
            }
        }
    }
}

fn unavailable(provider: Provider, why: impl Display) -> Error {
    let name = provider.display_name();
    let message = format!("{name} cannot be reached; try again in a moment, or sign in another way");
    Error::new(ErrorCode::Unavailable, message).because(why)
}

fn does_not_hold(provider: Provider, why: impl Display) -> Error {
    let name = provider.display_name();
    Error::invalid_field("code", format!("what {name} answered does not hold; sign in again")).because(why)
}

fn usable_email(email: &str) -> Option<String> {
    let (local, domain) = email.rsplit_once('@')?;
    let clean = !email.chars().any(|c| c.is_control() || c.is_whitespace());
    (clean && !local.is_empty() && !domain.is_empty() && email.len() <= EMAIL_MAX_BYTES)
        .then(|| email.to_owned())
}

fn usable_name(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|c| !c.is_control()).take(NAME_MAX_CHARS).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

fn usable_picture(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    (parsed.scheme() == "https" && url.len() <= PICTURE_URL_MAX_BYTES).then(|| parsed.into())
}
