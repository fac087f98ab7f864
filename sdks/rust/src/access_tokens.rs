//! Access tokens, judged here: the project's configuration is fetched once and then kept up to date beside the requests,
//! so that a verification costs no network call.

mod claims;
mod configuration;
mod judge;
mod verified;

pub use claims::{AccessTokenClaims, ImpersonatorClaim, OrganizationClaim, SessionClaim, UserClaim};
pub use judge::InvalidAccessToken;
pub(crate) use judge::looks_like_a_token;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::Url;

use crate::answer::{read, refused, unreachable};
use crate::{Error, Rejection};
use configuration::Configuration;
use judge::{check_time, judge};
use verified::{Fingerprint, VerifiedTokens};

/// A configuration this old is fetched again, before the hour is over that other clients keep one.
const REFETCH_AFTER: Duration = Duration::from_secs(50 * 60);
/// The least time between two fetches, whatever tokens come in and however the server fails.
const FETCH_INTERVAL: Duration = Duration::from_secs(10);
/// No token comes near it; what is longer is not worth its hash.
const MAX_TOKEN_SIZE_BYTES: usize = 1 << 16;

/// Where the time comes from.
pub(crate) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Judges the access tokens of one project.
pub(crate) struct AccessTokens {
    http: reqwest::Client,
    url: Url,
    clock: Clock,
    held: RwLock<Option<Arc<Held>>>,
    last_fetch: Mutex<Option<SystemTime>>,
    /// Fetches that ended, well or badly.
    fetches: AtomicU64,
    fetching: tokio::sync::Mutex<()>,
}

/// A configuration and the tokens that held under it: a key that is gone takes its tokens along.
struct Held {
    configuration: Configuration,
    fetched_at: SystemTime,
    verified: VerifiedTokens,
}

impl AccessTokens {
    pub(crate) fn new(http: reqwest::Client, url: Url, clock: Clock) -> Self {
        Self {
            http,
            url,
            clock,
            held: RwLock::default(),
            last_fetch: Mutex::default(),
            fetches: AtomicU64::new(0),
            fetching: tokio::sync::Mutex::default(),
        }
    }

    /// What a good token says.
    ///
    /// # Errors
    /// [`Rejection::InvalidAccessToken`], or [`Rejection::NoVerdict`] while there is no configuration yet.
    pub(crate) async fn verify(self: &Arc<Self>, token: &str) -> Result<Arc<AccessTokenClaims>, Rejection> {
        let held = self.held().await.map_err(Rejection::NoVerdict)?;
        let judged = match self.judge(token, &held) {
            // The project may have changed since: a new key, another host for its pages.
            Err(InvalidAccessToken::UnknownKey | InvalidAccessToken::WrongIssuer) if self.begin_fetch() => {
                self.judge(token, &self.fetch().await.unwrap_or(held))
            }
            judged => judged,
        };
        judged.map_err(Rejection::InvalidAccessToken)
    }

    /// The project's id.
    ///
    /// # Errors
    /// While there is no configuration yet, and it can't be fetched.
    pub(crate) async fn project_id(self: &Arc<Self>) -> Result<String, Error> {
        Ok(self.held().await?.configuration.project_id.clone())
    }

    fn judge(&self, token: &str, held: &Held) -> Result<Arc<AccessTokenClaims>, InvalidAccessToken> {
        if token.len() > MAX_TOKEN_SIZE_BYTES {
            return Err(InvalidAccessToken::Malformed);
        }
        let now = seconds((self.clock)());
        let fingerprint = Fingerprint::of(token);
        if let Some(claims) = held.verified.get(&fingerprint) {
            return check_time(&claims, now).map(|()| claims);
        }
        let claims = Arc::new(judge(token, &held.configuration, now)?);
        held.verified.insert(fingerprint, Arc::clone(&claims), now);
        Ok(claims)
    }

    /// The configuration in hand; only the first one is waited for.
    async fn held(self: &Arc<Self>) -> Result<Arc<Held>, Error> {
        let Some(held) = self.in_hand() else { return self.fetch().await };
        if has_passed(REFETCH_AFTER, held.fetched_at, (self.clock)()) && self.begin_fetch() {
            let this = Arc::clone(self);
            // A failure changes nothing: the keys in hand stay good, and the next request tries again.
            tokio::spawn(async move { this.fetch().await });
        }
        Ok(held)
    }

    fn in_hand(&self) -> Option<Arc<Held>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it is time for another fetch; whoever is told so does it.
    fn begin_fetch(&self) -> bool {
        let now = (self.clock)();
        let mut last = self.last_fetch.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = last.is_none_or(|last| has_passed(FETCH_INTERVAL, last, now));
        if is_time {
            *last = Some(now);
        }
        is_time
    }

    /// Fetches the configuration; those who come while a fetch is under way share its outcome.
    async fn fetch(&self) -> Result<Arc<Held>, Error> {
        let fetches = self.fetches.load(Ordering::SeqCst);
        let _only_one = self.fetching.lock().await;
        if self.fetches.load(Ordering::SeqCst) != fetches {
            return self.in_hand().ok_or(Error::NoConfiguration);
        }
        let fetched_at = (self.clock)();
        *self.last_fetch.lock().unwrap_or_else(PoisonError::into_inner) = Some(fetched_at);
        let fetched = self.ask().await;
        self.fetches.fetch_add(1, Ordering::SeqCst);
        let held =
            Arc::new(Held { configuration: fetched?, fetched_at, verified: VerifiedTokens::default() });
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&held));
        Ok(held)
    }

    async fn ask(&self) -> Result<Configuration, Error> {
        let response = self.http.get(self.url.clone()).send().await.map_err(unreachable)?;
        let status = response.status();
        let body = read(response).await?.ok_or(Error::InvalidConfiguration)?;
        if !status.is_success() {
            return Err(refused(status.as_u16(), &body));
        }
        Configuration::parse(&body)
    }
}

/// Whether so long has passed since; a clock that was set back says yes.
fn has_passed(duration: Duration, since: SystemTime, now: SystemTime) -> bool {
    now.duration_since(since).map_or(true, |passed| passed >= duration)
}

fn seconds(moment: SystemTime) -> i64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
