//! Filling the index at a start: from its image if one fits, else from the rows.

use crate::app::App;
use crate::key_map::KeyMap;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{ApiKeyId, ProjectId};
use lockwork_model::secrets::SecretHasher;
use lockwork_model::verification::{Grants, KeyFacts};
use lockwork_store::Store;
use lockwork_store::feed::Feed;
use lockwork_store::snapshot::{Grant, KeyRange, key_ranges};
use lockwork_verify::{FeedPosition, Index, IndexFull, Limiter};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How often loading tells its progress.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);
/// How many keys enter the index together.
const BATCH: usize = 256;
/// In how many ranges keys are read at most; each takes a connection.
const RANGES_MAX: u8 = 4;

/// How a load went.
#[derive(Debug, Clone, Copy)]
pub struct LoadReport {
    /// How many keys the index holds.
    pub keys: u64,
    /// Whether they came from the image.
    pub from_image: bool,
    /// How long it took.
    pub took: Duration,
}

impl App {
    /// Fills the index and finds this node's place in the change feed.
    ///
    /// # Errors
    /// When the database cannot be read. An image that does not fit is no error: the rows are read instead.
    pub async fn load_index(&self, mut progress: impl FnMut(u64) + Send) -> Result<LoadReport> {
        let began = Instant::now();
        let from_image = match self.load_image().await {
            Ok(loaded) => loaded,
            Err(reason) => {
                tracing::warn!(reason, "the index image was not used; reading the rows");
                false
            }
        };
        if !from_image {
            self.load_rows(&mut progress).await?;
        }
        // An image may be older than the feed: then this reads the rows after all.
        self.catch_up().await?;
        Ok(LoadReport { keys: self.index().len(), from_image, took: began.elapsed() })
    }

    /// Fills a new index from the rows and puts it in the old one's place.
    pub(crate) async fn load_rows(&self, progress: &mut (dyn FnMut(u64) + Send)) -> Result<()> {
        let feed = Feed::now(self.store()).await?;
        let mut conn = self.store().read().await?;
        let keys = usize::try_from(conn.count_keys().await?).unwrap_or(0);
        let index = Index::with_capacity(self.hasher().clone(), self.limiter().clone(), keys);
        for project in conn.all_project_facts().await? {
            let id: ProjectId = project.id;
            index.upsert_project(project);
            index.set_actions(id, conn.action_facts(id).await?).map_err(Error::internal)?;
        }
        index.upsert_plans(conn.all_plan_facts().await?);
        index.upsert_limit_overrides(conn.all_limit_override_facts().await?);
        for role in conn.all_role_facts().await? {
            index.upsert_role(role).map_err(Error::internal)?;
        }
        for key in conn.all_backend_key_facts().await? {
            index.upsert_backend_key(key);
        }
        drop(conn);
        let mut organizations = Vec::new();
        self.store().each_organization(|organization| organizations.push(organization)).await?;
        index.upsert_organizations(organizations).map_err(Error::internal)?;
        let index = Arc::new(index);
        self.load_keys(&index, keys, progress).await?;
        self.replace_index(index);
        self.follower().set_place(feed);
        Ok(())
    }

    /// Reads the keys in several ranges side by side, since reading rows costs more than indexing them.
    async fn load_keys(
        &self,
        index: &Arc<Index>,
        keys: usize,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<()> {
        let loaded = Arc::new(AtomicU64::new(0));
        let mut tasks = JoinSet::new();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let ranges = key_ranges(u8::try_from(cores).unwrap_or(RANGES_MAX).min(RANGES_MAX));
        let expected = keys / ranges.len();
        for range in ranges {
            tasks.spawn(load_range(self.store().clone(), index.clone(), range, expected, loaded.clone()));
        }
        loop {
            tokio::select! {
                done = tasks.join_next() => match done {
                    Some(done) => done.map_err(Error::internal)??,
                    None => return Ok(()),
                },
                () = tokio::time::sleep(PROGRESS_INTERVAL) => progress(loaded.load(Ordering::Relaxed)),
            }
        }
    }

    async fn load_image(&self) -> Result<bool, String> {
        let Some(path) = self.options().image_path.clone() else { return Ok(false) };
        if !path.exists() {
            return Ok(false);
        }
        let (hasher, limiter) = (self.hasher().clone(), self.limiter().clone());
        let read = tokio::task::spawn_blocking(move || read_image(&path, hasher, limiter));
        let (index, position) = read.await.map_err(|error| error.to_string())??;
        let feed = self.feed_of(&position).ok_or("it belongs to another database")?;
        let now = Feed::now(self.store()).await.map_err(|error| error.to_string())?;
        if feed.position() > now.position() {
            return Err("it is ahead of the database, which was restored from a backup".into());
        }
        self.replace_index(Arc::new(index));
        self.follower().set_place(feed);
        Ok(true)
    }

    /// Writes the index image beside its place and moves it there, so that a crash leaves the old one or none.
    ///
    /// # Errors
    /// When the file cannot be written. Nothing is lost: the next start reads the rows.
    pub async fn write_image(&self) -> Result<()> {
        let (Some(path), Some(feed)) = (self.options().image_path.clone(), self.follower().place()) else {
            return Ok(());
        };
        let position = self.position_of(&feed);
        let app = self.clone();
        let written = tokio::task::spawn_blocking(move || write_image(&app.index(), &path, &position));
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                Err(Error::unavailable(format!("the index image could not be written: {error}")))
            }
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// An image's position: which database, and where in its feed.
    fn position_of(&self, feed: &Feed) -> FeedPosition {
        FeedPosition([self.database_identity().as_slice(), &feed.position().to_be_bytes()].concat())
    }

    fn feed_of(&self, position: &FeedPosition) -> Option<Feed> {
        let rest = position.0.strip_prefix(self.database_identity().as_slice())?;
        Some(Feed::at(i64::from_be_bytes(rest.try_into().ok()?)))
    }

    fn database_identity(&self) -> [u8; 32] {
        Sha256::digest(&self.instance().page_token_key).into()
    }
}

fn read_image(
    path: &Path,
    hasher: SecretHasher,
    limiter: Arc<Limiter>,
) -> Result<(Index, FeedPosition), String> {
    let mut file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    Index::read_image(&mut file, hasher, limiter).map_err(|error| error.to_string())
}

fn write_image(index: &Index, path: &Path, position: &FeedPosition) -> std::io::Result<()> {
    let temporary = path.with_extension("new");
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    index.write_image(&mut file, position)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

/// What the reading of one range works on.
struct Loading {
    grants: GrantTable,
    index: Arc<Index>,
    /// Keys that were read and are not in the index yet.
    batch: Vec<KeyFacts>,
    loaded: Arc<AtomicU64>,
    full: Option<IndexFull>,
}

impl Loading {
    fn add(&mut self, mut key: KeyFacts) {
        // Rules come with the key, roles and actions apart from it.
        let rules = std::mem::take(&mut key.grants.rules);
        key.grants = Grants { rules, ..self.grants.take(key.id) };
        self.batch.push(key);
        if self.batch.len() == BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.full = self.index.upsert_keys(&self.batch).err().or(self.full.take());
        self.loaded.fetch_add(self.batch.len() as u64, Ordering::Relaxed);
        self.batch.clear();
    }
}

async fn load_range(
    store: Store,
    index: Arc<Index>,
    range: KeyRange,
    expected: usize,
    loaded: Arc<AtomicU64>,
) -> Result<()> {
    let mut grants = GrantTable::default();
    grants.keys.reserve(expected);
    let grants = store
        .fold_key_grants(range, grants, |grants: &mut GrantTable, key, grant| grants.add(key, grant))
        .await?;
    let loading = Loading { grants, index, batch: Vec::with_capacity(BATCH), loaded, full: None };
    let mut loading = store.fold_keys(range, loading, Loading::add).await?;
    loading.flush();
    loading.full.map_or(Ok(()), |full| Err(Error::internal(full)))
}

/// What keys were given, while the rows are read. Few keys differ in it, so each distinct set is kept once.
#[derive(Default)]
struct GrantTable {
    sets: Vec<Grants>,
    numbers: HashMap<Grants, u32>,
    /// The set that a set becomes with one grant more.
    steps: HashMap<(Option<u32>, Grant), u32>,
    keys: KeyMap<u32>,
}

impl GrantTable {
    fn add(&mut self, key: ApiKeyId, grant: Grant) {
        let before = self.keys.get(&key).copied();
        let after = match self.steps.get(&(before, grant)) {
            Some(&after) => after,
            None => {
                let after = self.number(before, grant);
                self.steps.insert((before, grant), after);
                after
            }
        };
        self.keys.insert(key, after);
    }

    fn number(&mut self, before: Option<u32>, grant: Grant) -> u32 {
        let mut grants = self.of(before);
        match grant {
            Grant::Role(role) => insert_sorted(&mut grants.roles, role),
            Grant::Action(action) => insert_sorted(&mut grants.actions, action),
        }
        let next = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(grants.clone()).or_insert(next);
        if number == next {
            self.sets.push(grants);
        }
        number
    }

    fn take(&self, key: ApiKeyId) -> Grants {
        self.of(self.keys.get(&key).copied())
    }

    fn of(&self, number: Option<u32>) -> Grants {
        number.and_then(|number| self.sets.get(number as usize)).cloned().unwrap_or_default()
    }
}

fn insert_sorted<T: Ord>(sorted: &mut Vec<T>, item: T) {
    if let Err(place) = sorted.binary_search(&item) {
        sorted.insert(place, item);
    }
}
