use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Url, redirect};
use serde::Serialize;

use crate::access_tokens::{AccessTokens, Clock};
use crate::answer::{read, refused, unreachable};
use crate::{Code, Error, Request, SecretToken, Verdict, tls};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(5);
/// Shorter than servers and proxies keep idle connections, so that a question rarely meets a closing one.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// Asks one key server. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    verify_url: Url,
    authorization: HeaderValue,
    access_tokens: Option<Arc<AccessTokens>>,
}

/// Builds a [`Client`]; see [`Client::builder`].
pub struct ClientBuilder {
    base_url: String,
    backend_api_key: String,
    publishable_key: Option<String>,
    config_url: Option<String>,
    clock: Clock,
    ca_pem: Option<Vec<u8>>,
    connect_timeout: Duration,
    timeout: Duration,
}

impl Client {
    /// Starts a client for the key server at `base_url` (`https://keys.example.com`), which it asks as the owner
    /// of `backend_api_key` (`tesseral_secret_key_…`). A key of scope `verify` is enough.
    pub fn builder(base_url: impl Into<String>, backend_api_key: impl Into<String>) -> ClientBuilder {
        ClientBuilder {
            base_url: base_url.into(),
            backend_api_key: backend_api_key.into(),
            publishable_key: None,
            config_url: None,
            clock: system_clock(),
            ca_pem: None,
            connect_timeout: CONNECT_TIMEOUT,
            timeout: TIMEOUT,
        }
    }

    /// Asks for the verdict on a key: `POST /v1/api-keys/verify`.
    ///
    /// A bad key is a [`Verdict`] with `valid: false`, not an error.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Refused`] or [`Error::InvalidAnswer`]: there is no verdict, so nobody may
    /// be let in.
    pub async fn verify(&self, token: &SecretToken) -> Result<Verdict, Error> {
        self.verify_request(token, &Request::default()).await
    }

    /// Like [`verify`](Self::verify), and the key must also satisfy a permission expression: action names with
    /// `AND`, `OR`, `NOT`, parentheses, and `*` as a whole segment (`acme.widgets.*`). Otherwise the verdict is
    /// [`Code::InsufficientPermissions`].
    ///
    /// # Errors
    /// As [`verify`](Self::verify). An invalid expression is [`Error::Refused`] with status 400.
    pub async fn verify_with_permissions(
        &self,
        token: &SecretToken,
        permissions: &str,
    ) -> Result<Verdict, Error> {
        let request = Request { permissions: Some(permissions), ..Request::default() };
        self.verify_request(token, &request).await
    }

    /// Like [`verify`](Self::verify), with everything that a request may ask.
    ///
    /// # Errors
    /// As [`verify`](Self::verify). An invalid expression, and a limit that the key does not have, is
    /// [`Error::Refused`] with status 400.
    pub async fn verify_request(&self, token: &SecretToken, request: &Request<'_>) -> Result<Verdict, Error> {
        let question = Question { secret_token: token.expose(), request };
        let asked = self.http.post(self.verify_url.clone()).header(AUTHORIZATION, self.authorization.clone());
        let response = asked.json(&question).send().await.map_err(unreachable)?;
        let status = response.status();
        let body = read(response).await?.ok_or(Error::InvalidAnswer)?;
        if !status.is_success() {
            return Err(refused(status.as_u16(), &body));
        }
        let verdict: Verdict = serde_json::from_slice(&body).map_err(|_| Error::InvalidAnswer)?;
        if verdict.valid != (verdict.code == Code::Valid) {
            return Err(Error::InvalidAnswer);
        }
        Ok(verdict)
    }

    pub(crate) fn access_tokens(&self) -> Option<&Arc<AccessTokens>> {
        self.access_tokens.as_ref()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("verify_url", &self.verify_url.as_str()).finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Accepts access tokens too, of the people of the project that `publishable_key` (`publishable_key_…`) belongs to.
    /// They are verified here; see [`Client::verify_access_token`].
    pub fn publishable_key(mut self, publishable_key: impl Into<String>) -> Self {
        self.publishable_key = Some(publishable_key.into());
        self
    }

    /// Where the project's configuration is (`https://config.example.com`); the key server's base URL unless set.
    pub fn config_url(mut self, url: impl Into<String>) -> Self {
        self.config_url = Some(url.into());
        self
    }

    /// Judges access tokens by another clock than the system's; for tests.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(now);
        self
    }

    /// Trusts only the given CA certificates (PEM, one or several), for a key server with a private CA such as
    /// the one that `lockwork serve --tls-dev` writes to `tls/ca.pem` in its data directory. Without this the
    /// system's certificates are trusted.
    pub fn ca_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_pem = Some(pem.into());
        self
    }

    /// How long to wait for a connection; 2 seconds unless set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one verification may take, connection included; 5 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Makes the client. Nothing is sent yet. Proxy settings of the environment are not used and redirects are
    /// not followed: the secrets go to the given host or nowhere.
    ///
    /// # Errors
    /// [`Error::InvalidBaseUrl`], [`Error::InvalidBackendApiKey`], [`Error::InvalidCaCertificate`],
    /// [`Error::Tls`] or [`Error::Setup`].
    pub fn build(self) -> Result<Client, Error> {
        let verify_url = url(&self.base_url, &["v1", "api-keys", "verify"])?;
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", self.backend_api_key))
            .map_err(|_| Error::InvalidBackendApiKey)?;
        authorization.set_sensitive(true);
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(self.ca_pem.as_deref())?)
            .user_agent(concat!("lockwork-rust/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(self.connect_timeout)
            .timeout(self.timeout)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build()
            .map_err(Error::Setup)?;
        let config_url = self.config_url.as_deref().unwrap_or(&self.base_url);
        let access_tokens = match &self.publishable_key {
            Some(key) => {
                let url = url(config_url, &["v1", "config", key])?;
                Some(Arc::new(AccessTokens::new(http.clone(), url, self.clock)))
            }
            None => None,
        };
        Ok(Client { http, verify_url, authorization, access_tokens })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    secret_token: &'a str,
    #[serde(flatten)]
    request: &'a Request<'a>,
}

#[expect(clippy::disallowed_methods, reason = "this is the clock unless another is given")]
fn system_clock() -> Clock {
    Arc::new(SystemTime::now)
}

fn url(base_url: &str, path: &[&str]) -> Result<Url, Error> {
    let mut url = Url::parse(base_url).map_err(|_| Error::InvalidBaseUrl)?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !is_plain {
        return Err(Error::InvalidBaseUrl);
    }
    url.path_segments_mut().map_err(|()| Error::InvalidBaseUrl)?.pop_if_empty().extend(path);
    Ok(url)
}
