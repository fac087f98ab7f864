//! The product's running state, and how it is opened.

use crate::drawing::Drawing;
use crate::follower::Follower;
use crate::hosts::Scheme;
use crate::issuing::Issuing;
use crate::last_use::LastUse;
use crate::people::PeopleOptions;
use crate::sealing::MasterKey;
use arc_swap::{ArcSwap, Guard};
use lockwork_identity::passwords::Passwords;
use lockwork_identity::providers::Providers;
use lockwork_model::access::Permission;
use lockwork_model::entropy::{Entropy, draw};
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::ProjectId;
use lockwork_model::secrets::{Pepper, SecretHasher};
use lockwork_model::time::{Clock, Tick, Timestamp};
use lockwork_store::system::Instance;
use lockwork_store::{Audit, Store, Tx};
use lockwork_verify::{Index, Limiter, LimiterOptions};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use uuid::Uuid;

/// What a node does when it has lost the change feed for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenStale {
    /// Goes on answering from what it knows.
    Answer,
    /// Refuses to verify.
    Refuse,
}

/// What a limit does that cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// Lets the request through, uncounted.
    Allow,
    /// Refuses it.
    Refuse,
}

/// How limits are counted, and what happens where they cannot be.
#[derive(Debug, Clone, Copy)]
pub struct LimitOptions {
    /// How many nodes share each rate limit: each of them lets through its share. 1 lets every node count alone.
    pub nodes: u64,
    /// How many rate limits may be counted at a time.
    pub max_counters: usize,
    /// When a rate limit cannot be counted, for want of room.
    pub rates_on_failure: OnFailure,
    /// When a quota cannot be drawn from the database.
    pub quotas_on_failure: OnFailure,
    /// When credits cannot be drawn from the database.
    pub credits_on_failure: OnFailure,
}

impl Default for LimitOptions {
    fn default() -> Self {
        Self {
            nodes: 1,
            max_counters: 10_000_000,
            rates_on_failure: OnFailure::Allow,
            quotas_on_failure: OnFailure::Allow,
            credits_on_failure: OnFailure::Refuse,
        }
    }
}

/// What the operator chose.
#[derive(Debug, Clone)]
pub struct Options {
    /// Seals signing keys at rest.
    pub master_key: MasterKey,
    /// Keys the hashes of managed keys, if given.
    pub pepper: Option<Pepper>,
    /// The domain below which each project has its host, such as `localhost:7777`.
    pub root_domain: String,
    /// How browsers reach the pages.
    pub scheme: Scheme,
    /// Further names at which the API answers, such as a container's.
    pub api_hosts: Vec<String>,
    /// How old the index may be before the node is not ready.
    pub max_staleness: Duration,
    /// What happens then.
    pub when_stale: WhenStale,
    /// How often the change feed is asked without a notification.
    pub poll_interval: Duration,
    /// Where the index image is kept, if it is.
    pub image_path: Option<PathBuf>,
    /// How limits are counted.
    pub limits: LimitOptions,
    /// How people sign in.
    pub people: PeopleOptions,
}

/// Whether a node should be sent requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whether it should.
    pub ready: bool,
    /// Why not.
    pub reason: Option<&'static str>,
    /// How long ago the node last knew that it had seen every change.
    pub staleness: Duration,
    /// How many keys the index holds.
    pub keys: u64,
}

/// The product: every surface calls its operations. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    store: Store,
    options: Options,
    clock: Arc<dyn Clock>,
    entropy: Mutex<Box<dyn Entropy>>,
    hasher: SecretHasher,
    instance: Instance,
    /// Known from the first start on, and never another.
    console_project: OnceLock<ProjectId>,
    page_token_key: MasterKey,
    index: ArcSwap<Index>,
    limiter: Arc<Limiter>,
    follower: Follower,
    issuing: Issuing,
    drawing: Drawing,
    last_use: LastUse,
    passwords: Passwords,
    providers: Providers,
    refusals: Mutex<HashMap<(Uuid, Permission), Timestamp>>,
    runtime: Handle,
}

impl App {
    /// Opens the product on a migrated database. The index is still empty: see [`Self::load_index`].
    ///
    /// # Errors
    /// When the database fails, or the pepper or the master key is not the one that the data was made with.
    pub async fn open(
        store: Store,
        options: Options,
        clock: Arc<dyn Clock>,
        mut entropy: Box<dyn Entropy>,
    ) -> Result<Self> {
        let hasher = SecretHasher::new(options.pepper.as_ref());
        let instance = open_instance(&store, &hasher, clock.now(), &mut *entropy).await?;
        if instance.pepper_fingerprint != hasher.fingerprint() {
            return Err(Error::failed_precondition(
                "the pepper is not the one that this database's keys were hashed with; configure that one",
            ));
        }
        if let Some(key) = store.read().await?.system().any_signing_key().await?
            && options
                .master_key
                .open(crate::signing_keys::SIGNING_KEY_PURPOSE, &key.sealed_private_key)
                .is_none()
        {
            return Err(Error::failed_precondition(
                "the master key is not the one that this database's signing keys were sealed with; configure that one",
            ));
        }
        let page_token_key: [u8; 32] = instance
            .page_token_key
            .as_slice()
            .try_into()
            .map_err(|_| Error::internal("instance.page_token_key is not 32 bytes long"))?;
        let limiter = Arc::new(Limiter::new(LimiterOptions {
            seed: u64::from_le_bytes(draw(&mut *entropy)),
            counters_max: options.limits.max_counters,
            nodes: options.limits.nodes,
        }));
        Ok(Self(Arc::new(Inner {
            index: ArcSwap::from_pointee(Index::new(hasher.clone(), limiter.clone())),
            limiter,
            follower: Follower::new(),
            issuing: Issuing::default(),
            drawing: Drawing::default(),
            last_use: LastUse::default(),
            passwords: Passwords::new(options.people.password_cost)?,
            providers: Providers::new()?,
            refusals: Mutex::default(),
            runtime: Handle::current(),
            console_project: instance.console_project.map(OnceLock::from).unwrap_or_default(),
            page_token_key: MasterKey::from_bytes(page_token_key),
            entropy: Mutex::new(entropy),
            store,
            options,
            clock,
            hasher,
            instance,
        })))
    }

    /// The current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The current moment of the clock that rates are measured by.
    pub(crate) fn tick(&self) -> Tick {
        self.0.clock.tick()
    }

    /// What counts.
    #[must_use]
    pub fn limiter(&self) -> &Arc<Limiter> {
        &self.0.limiter
    }

    /// What the operator chose.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// The index that verdicts come from.
    pub fn index(&self) -> Guard<Arc<Index>> {
        self.0.index.load()
    }

    /// Whether this node should be sent requests.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        let caught_up_at = self.0.follower.caught_up_at();
        let age = caught_up_at.map_or(0, |at| self.now().as_micros().saturating_sub(at.as_micros()).max(0));
        let staleness = Duration::from_micros(age.unsigned_abs());
        let reason = if caught_up_at.is_none() {
            Some("the index is loading")
        } else if staleness > self.0.options.max_staleness {
            Some("the change feed is lost: the database cannot be read")
        } else {
            None
        };
        Readiness { ready: reason.is_none(), reason, staleness, keys: self.index().len() }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn hasher(&self) -> &SecretHasher {
        &self.0.hasher
    }

    pub(crate) fn instance(&self) -> &Instance {
        &self.0.instance
    }

    /// The project whose users are the console's; `None` before the first start.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn console_project(&self) -> Result<Option<ProjectId>> {
        if let Some(project) = self.known_console_project() {
            return Ok(Some(project));
        }
        // Another process may have made the first start.
        let instance = self.store().read().await?.system().instance().await?;
        let project = instance.and_then(|instance| instance.console_project);
        if let Some(project) = project {
            self.remember_console_project(project);
        }
        Ok(project)
    }

    /// The same, as far as this node knows.
    pub(crate) fn known_console_project(&self) -> Option<ProjectId> {
        self.0.console_project.get().copied()
    }

    pub(crate) fn remember_console_project(&self, project: ProjectId) {
        let _ = self.0.console_project.set(project);
    }

    pub(crate) fn page_token_key(&self) -> &MasterKey {
        &self.0.page_token_key
    }

    pub(crate) fn follower(&self) -> &Follower {
        &self.0.follower
    }

    pub(crate) fn issuing(&self) -> &Issuing {
        &self.0.issuing
    }

    /// The runtime on which the product was opened, where the database's connections live.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.0.runtime
    }

    pub(crate) fn drawing(&self) -> &Drawing {
        &self.0.drawing
    }

    pub(crate) fn last_use(&self) -> &LastUse {
        &self.0.last_use
    }

    /// What the operator chose about people.
    pub(crate) fn people(&self) -> &PeopleOptions {
        &self.0.options.people
    }

    /// Hashes passwords, and judges them.
    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// Speaks with sign-in providers.
    pub(crate) fn providers(&self) -> &Providers {
        &self.0.providers
    }

    pub(crate) fn replace_index(&self, index: Arc<Index>) {
        self.0.index.store(index);
    }

    /// The source of randomness. Never held across an await.
    pub(crate) fn entropy(&self) -> MutexGuard<'_, Box<dyn Entropy>> {
        self.0.entropy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn refusals(&self) -> MutexGuard<'_, HashMap<(Uuid, Permission), Timestamp>> {
        self.0.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits a change with its audit entries, tells the other nodes, and waits until this node verifies by it.
    ///
    /// # Errors
    /// When the database refuses (nothing has happened then), or when the change was stored and this node could not
    /// learn of it in time: `Unavailable`, and the caller must not rely on it being in effect here yet.
    pub(crate) async fn commit(&self, tx: Tx, audit: Audit, at: Timestamp) -> Result<()> {
        tx.commit(audit, at).await?;
        self.0.follower.committed().await
    }
}

/// The row about this installation; made by whoever comes first.
async fn open_instance(
    store: &Store,
    hasher: &SecretHasher,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<Instance> {
    if let Some(instance) = store.read().await?.system().instance().await? {
        return Ok(instance);
    }
    let mut page_token_key = vec![0; 32];
    entropy.fill(&mut page_token_key);
    let instance = Instance {
        pepper_fingerprint: hasher.fingerprint(),
        page_token_key,
        console_project: None,
        created_at: now,
    };
    let mut tx = store.begin().await?;
    if tx.system().insert_instance(&instance).await? {
        tx.commit_unaudited(now).await?;
        return Ok(instance);
    }
    drop(tx);
    let instance = store.read().await?.system().instance().await?;
    instance.ok_or_else(|| Error::internal("the instance row vanished"))
}
