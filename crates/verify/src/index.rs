//! The index and its writer's side.

use crate::hashing::FastMap;
use crate::limiter::Limiter;
use crate::organizations::Organizations;
use crate::permission_set::PermissionSets;
use crate::policy::Policy;
use crate::profiles::Profiles;
use crate::root::{BackendKey, Project, Root};
use crate::table::{SHARDS, Table};
use arc_swap::ArcSwap;
use lockwork_model::ids::{LimitOverrideId, ProjectId, RoleId};
use lockwork_model::secrets::{SecretHash, SecretHasher};
use lockwork_model::verification::{ActionFacts, BackendKeyFacts, ProjectFacts, RoleFacts};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// There is no room for one more: no memory, or a quarter of a milliard of different combinations of organization and
/// grants, or 32 GB of texts in one of sixteen shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the verification index is full")]
pub struct IndexFull;

/// What the index takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryReport {
    /// Records and expiries, empty slots included.
    pub records_bytes: u64,
    /// What is shown of keys, their display names above all, and the references to it.
    pub names_bytes: u64,
    /// The tables' heads and what finds them.
    pub directory_bytes: u64,
}

/// Everything that verification must know, in memory.
///
/// One writer at a time tells it facts (several wait for each other), any number of threads ask. Facts say the
/// state of a thing, not what changed, so that they may be told in any order and more than once.
pub struct Index {
    pub(crate) hasher: SecretHasher,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) root: ArcSwap<Root>,
    pub(crate) profiles: Profiles,
    pub(crate) sets: PermissionSets,
    writer: Mutex<Writer>,
}

/// What only the writer knows.
#[derive(Default)]
pub(crate) struct Writer {
    pub(crate) policy: Policy,
    pub(crate) organizations: Organizations,
    /// Replaced roots that a reader may still hold. Kept so that it is the writer who frees them, and with them
    /// the numbers that their readers may have read.
    retired: Vec<(Arc<Root>, Limbo)>,
    /// Numbers that went out of use under the present root.
    pub(crate) limbo: Limbo,
    /// Whether keys of removed organizations are left.
    pub(crate) unswept: bool,
    /// Where each limit override stands.
    pub(crate) overrides: FastMap<LimitOverrideId, u128>,
    /// Room for a key's text.
    pub(crate) text: String,
}

/// Numbers that are out of use, but that a reader may have read before they were.
#[derive(Default)]
pub(crate) struct Limbo {
    profiles: Vec<u32>,
    pub(crate) grants: Vec<u32>,
}

/// Numbers in limbo that are worth a new root, which lets them out when the last reader of the old one is done.
const LIMBO_MAX: usize = 1024;

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("keys", &self.len()).finish_non_exhaustive()
    }
}

impl Index {
    /// An empty index that hashes presented secrets with `hasher`, and whose keys' limits `limiter` counts. The limiter
    /// may outlive the index.
    #[must_use]
    pub fn new(hasher: SecretHasher, limiter: Arc<Limiter>) -> Self {
        Self::with_capacity(hasher, limiter, 0)
    }

    /// An empty index with room for about `keys` keys, so that loading as many rebuilds nothing on the way.
    #[must_use]
    pub fn with_capacity(hasher: SecretHasher, limiter: Arc<Limiter>, keys: usize) -> Self {
        let table = |_| {
            // Without memory for them now the tables begin small, and grow, or fail, key by key.
            let sized = (keys > 0).then(|| Table::with_slots(Table::slots_for(keys / SHARDS))).flatten();
            Arc::new(sized.unwrap_or_else(Table::empty))
        };
        Self::of_tables(hasher, limiter, std::array::from_fn(table))
    }

    fn of_tables(hasher: SecretHasher, limiter: Arc<Limiter>, tables: [Arc<Table>; SHARDS]) -> Self {
        let writer = Writer { policy: Policy::new(limiter.keyed()), ..Writer::default() };
        Self {
            hasher,
            limiter,
            root: ArcSwap::from_pointee(Root::new(tables)),
            profiles: Profiles::new(),
            sets: PermissionSets::new(),
            writer: Mutex::new(writer),
        }
    }

    /// Who counts.
    #[must_use]
    pub fn limiter(&self) -> &Arc<Limiter> {
        &self.limiter
    }

    /// Secrets in the index, those of removed organizations included until [`Self::purge`]. A key in a rotation has two.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.root.load().tables.iter().map(|table| table.len()).sum()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the index takes now. What keys share (organizations, grants, sets of actions) is not counted.
    #[must_use]
    pub fn memory(&self) -> MemoryReport {
        let root = self.root.load();
        MemoryReport {
            records_bytes: root.tables.iter().map(|table| table.record_bytes()).sum(),
            names_bytes: root.tables.iter().map(|table| table.name_bytes()).sum(),
            directory_bytes: (size_of::<Self>() + size_of::<Root>() + SHARDS * size_of::<Table>()) as u64,
        }
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, Writer> {
        // Nothing between two statements of the writer can panic, so a poisoned lock guards sound facts.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if writer.limbo.profiles.len() + writer.limbo.grants.len() >= LIMBO_MAX {
            self.publish(&mut writer, |_| ());
        }
        if !writer.retired.is_empty() {
            writer.reuse(&self.sets);
        }
        writer
    }

    /// Shows the readers a changed root. Only under the writer's lock.
    pub(crate) fn publish(&self, writer: &mut Writer, change: impl FnOnce(&mut Root)) {
        let mut root = Root::clone(&self.root.load());
        change(&mut root);
        let old = self.root.swap(Arc::new(root));
        let limbo = std::mem::take(&mut writer.limbo);
        writer.retired.push((old, limbo));
    }

    /// Puts a project in the state that the facts tell.
    pub fn upsert_project(&self, facts: ProjectFacts) {
        let mut writer = self.writer();
        let id = facts.id;
        let number = writer.organizations.project_number(id);
        let project = Arc::new(Project::new(facts, number));
        self.publish(&mut writer, |root| root.projects.insert(id, project));
    }

    /// Forgets a project; its keys and Backend API keys are found no more.
    pub fn remove_project(&self, id: ProjectId) {
        let mut writer = self.writer();
        self.publish(&mut writer, |root| root.projects.remove(id));
    }

    /// Replaces a project's actions; one that is gone vanishes from whoever had it.
    ///
    /// # Errors
    /// [`IndexFull`]; then some keys still have the actions they had.
    pub fn set_actions(&self, project: ProjectId, actions: Vec<ActionFacts>) -> Result<(), IndexFull> {
        self.writer().policy.set_actions(project, actions, &self.sets)
    }

    /// Puts a role, and with it all keys that have it, in the state that the facts tell.
    ///
    /// # Errors
    /// [`IndexFull`]; then some keys still have the actions they had.
    pub fn upsert_role(&self, facts: RoleFacts) -> Result<(), IndexFull> {
        self.writer().policy.upsert_role(facts, &self.sets)
    }

    /// Forgets a role; keys that name it have nothing from it any more.
    ///
    /// # Errors
    /// [`IndexFull`]; then some keys still have the actions they had.
    pub fn remove_role(&self, id: RoleId) -> Result<(), IndexFull> {
        self.writer().policy.remove_role(id, &self.sets)
    }

    /// Adds a Backend API key or changes it.
    pub fn upsert_backend_key(&self, facts: BackendKeyFacts) {
        let BackendKeyFacts { id, project, hash, scope } = facts;
        let mut writer = self.writer();
        self.publish(&mut writer, |root| root.backend_keys.insert(hash, BackendKey { id, project, scope }));
    }

    /// Forgets a Backend API key.
    pub fn remove_backend_key(&self, hash: &SecretHash) {
        let mut writer = self.writer();
        self.publish(&mut writer, |root| root.backend_keys.remove(*hash));
    }
}

impl Writer {
    /// Counts one key less with this profile.
    pub(crate) fn release(&mut self, profile: u32) {
        if let Some(grants) = self.organizations.release(profile) {
            self.limbo.profiles.push(profile);
            if self.policy.release(grants) {
                self.limbo.grants.push(grants);
            }
        }
    }

    /// Frees the roots that no reader holds any more. Roots go in the order in which they came, since a reader of
    /// an older one may have read what went out of use under a later one.
    fn reuse(&mut self, sets: &PermissionSets) {
        let held = self.retired.iter().position(|(root, _)| Arc::strong_count(root) > 1);
        for (_, limbo) in self.retired.drain(..held.unwrap_or(self.retired.len())) {
            limbo.profiles.into_iter().for_each(|number| self.organizations.reuse(number));
            for number in limbo.grants {
                self.organizations.reuse_grants(number);
                self.policy.reuse(number, sets);
            }
        }
    }
}
