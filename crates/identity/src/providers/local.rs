//! A provider of all three kinds on this machine, for tests and for trying the product out: it asks nobody
//! anything and says that the visitor is whom it was told to say.

mod pages;
mod tokens;

use super::{Endpoints, Provider, ProviderSettings};
use lockwork_model::secrets::SecretText;
use lockwork_model::time::Clock;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use url::Url;

/// The client id that it knows.
pub const CLIENT_ID: &str = "lockwork-local";
/// The client secret that it knows.
pub const CLIENT_SECRET: &str = "not a secret: it opens nothing";
/// The Microsoft tenant of people without another one.
pub const TENANT: &str = "8f2d1c5e-6a3b-4c7d-9e0f-1a2b3c4d5e6f";

/// Whom it says the visitor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPerson {
    /// Their lasting name; a number for GitHub.
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether it vouches for the address (Google: `email_verified`, Microsoft: `xms_edov`).
    pub email_verified: bool,
    /// Microsoft's `preferred_username`.
    pub user_name: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// Their picture.
    pub picture: Option<String>,
    /// Google's `hd`.
    pub hosted_domain: Option<String>,
    /// Microsoft's `tid`.
    pub tenant: String,
}

/// Ada, with a verified address.
impl Default for LocalPerson {
    fn default() -> Self {
        Self {
            subject: "1815".into(),
            email: Some("ada@example.com".into()),
            email_verified: true,
            user_name: None,
            name: Some("Ada Lovelace".into()),
            picture: Some("https://example.com/ada.png".into()),
            hosted_domain: None,
            tenant: TENANT.into(),
        }
    }
}

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The visitor says no.
    Denied,
    /// The token has the nonce of another sign-in.
    WrongNonce,
    /// The token has none.
    NoNonce,
    /// The token names another issuer.
    WrongIssuer,
    /// The token names the issuer of another tenant than its own.
    OtherTenant,
    /// The token is for another client.
    OtherAudience,
    /// The token is for us and for another client.
    SecondAudience,
    /// The token expired two minutes ago.
    Expired,
    /// The token was issued in two minutes.
    FromTheFuture,
    /// The token was altered after it was signed.
    WrongSignature,
    /// The token has the algorithm `none`.
    Unsigned,
    /// The token has the algorithm `HS256`, with the client secret as its key.
    SignedWithClientSecret,
    /// The answer has no token.
    NoToken,
    /// It takes a minute.
    Slow,
    /// It answers with status 500.
    ServerError,
    /// It answers with a million bytes.
    Endless,
    /// It answers with a web page.
    NotJson,
    /// It refuses the client secret.
    RefusesClient,
}

/// A running provider; it ends when this is dropped.
pub struct LocalProvider {
    state: Arc<State>,
    serving: tokio::task::AbortHandle,
}

impl fmt::Debug for LocalProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalProvider").field("base", &self.state.base.as_str()).finish_non_exhaustive()
    }
}

impl Drop for LocalProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl LocalProvider {
    /// Serves on a free port of this machine, in plain HTTP.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let base =
            Url::parse(&format!("http://{}", listener.local_addr()?)).map_err(std::io::Error::other)?;
        let state = Arc::new(State { clock, base, told: Mutex::default() });
        let router = pages::router(Arc::clone(&state));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await }).abort_handle();
        Ok(Self { state, serving })
    }

    /// Where it is a provider of this kind.
    #[must_use]
    pub fn endpoints(&self, provider: Provider) -> Endpoints {
        match provider {
            Provider::Google => Endpoints::Issuer(self.state.at("google")),
            Provider::Microsoft => Endpoints::Issuer(self.state.at("microsoft/common/v2.0")),
            Provider::Github => Endpoints::Github {
                authorize: self.state.at("github/authorize"),
                token: self.state.at("github/token"),
                api: self.state.at("github/api"),
            },
        }
    }

    /// What it and we know each other as.
    #[must_use]
    pub fn settings(&self, provider: Provider) -> ProviderSettings {
        ProviderSettings {
            provider,
            client_id: CLIENT_ID.into(),
            client_secret: SecretText::new(CLIENT_SECRET.into()),
            endpoints: self.endpoints(provider),
        }
    }

    /// From now on visitors are this person.
    pub fn sign_in_as(&self, person: LocalPerson) {
        self.state.told().person = person;
    }

    /// From now on it does this wrong, or nothing.
    pub fn fail_with(&self, fault: Option<Fault>) {
        self.state.told().fault = fault;
    }

    /// From now on it signs with a key of another name, and publishes that one alone.
    pub fn rotate_keys(&self) {
        self.state.told().key_generation += 1;
    }

    /// How often its keys were fetched.
    #[must_use]
    pub fn keys_fetched(&self) -> usize {
        self.state.told().keys_fetched
    }

    /// What its page does with a browser that comes by this address: the address that the browser is sent back to.
    /// `None` when the request is none that a provider would accept.
    #[must_use]
    pub fn visit(&self, authorize_url: &Url) -> Option<Url> {
        let provider = authorize_url.path_segments()?.next().and_then(Provider::from_name)?;
        let parameters = authorize_url.query_pairs().into_owned().collect();
        pages::consent(&self.state, provider, &parameters)
    }
}

struct State {
    clock: Arc<dyn Clock>,
    base: Url,
    told: Mutex<Told>,
}

impl State {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }

    fn fault(&self) -> Option<Fault> {
        self.told().fault
    }
}

#[derive(Default)]
struct Told {
    person: LocalPerson,
    fault: Option<Fault>,
    key_generation: usize,
    keys_fetched: usize,
    codes_made: usize,
    /// By code, until it is exchanged.
    grants: HashMap<String, Grant>,
    /// By access token.
    people: HashMap<String, LocalPerson>,
}

/// What a code stands for.
#[derive(Clone)]
struct Grant {
    provider: Provider,
    person: LocalPerson,
    redirect_uri: String,
    nonce: String,
    pkce_challenge: String,
}
