//! What the writer replaces as a whole: the tables, the projects, the Backend API keys, the rules of organizations, the
//! plans and the limit overrides. A reader takes one guard on the root and has all of them.

use crate::hashing::FastMap;
use crate::rules::{Bound, Limits};
use crate::table::{SHARDS, Table};
use lockwork_model::access::BackendKeyScope;
use lockwork_model::checksum::Checksum;
use lockwork_model::ids::{BackendApiKeyId, OrganizationId, PlanId, ProjectId};
use lockwork_model::secrets::SecretHash;
use lockwork_model::verification::{LimitOverrideFacts, ProjectFacts};
use std::hash::Hash;
use std::sync::Arc;

/// What a request must know of its project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProjectStatus {
    /// Whether its API keys work.
    pub api_keys_enabled: bool,
    /// Whether new keys can be made, which need a prefix.
    pub has_prefix: bool,
}

/// A Backend API key that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackendKey {
    /// Which.
    pub id: BackendApiKeyId,
    /// Its project.
    pub project: ProjectId,
    /// What it may do.
    pub scope: BackendKeyScope,
}

pub(crate) struct Project {
    pub(crate) facts: ProjectFacts,
    pub(crate) number: u32,
    prefixes: Vec<(Box<[u8]>, Checksum)>,
}

impl Project {
    pub(crate) fn new(facts: ProjectFacts, number: u32) -> Self {
        let prefixes = facts
            .prefixes
            .iter()
            .map(|prefix| (prefix.as_str().as_bytes().into(), Checksum::of_prefix(prefix.as_str())))
            .collect();
        Self { facts, number, prefixes }
    }

    pub(crate) const fn status(&self) -> ProjectStatus {
        ProjectStatus {
            api_keys_enabled: self.facts.api_keys_enabled,
            has_prefix: self.facts.prefix.is_some(),
        }
    }

    /// The checksum of one of the project's prefixes.
    #[inline(always)]
    pub(crate) fn checksum(&self, prefix: &[u8]) -> Option<Checksum> {
        self.prefixes.iter().find(|(known, _)| **known == *prefix).map(|(_, checksum)| *checksum)
    }
}

/// Keys that spread themselves over the buckets of a [`CowMap`].
pub(crate) trait Spread: Copy + Eq + Hash {
    fn spread(&self) -> u8;
}

impl Spread for ProjectId {
    fn spread(&self) -> u8 {
        self.uuid().as_bytes()[15]
    }
}

impl Spread for SecretHash {
    fn spread(&self) -> u8 {
        self.as_bytes()[0]
    }
}

impl Spread for OrganizationId {
    fn spread(&self) -> u8 {
        self.uuid().as_bytes()[15]
    }
}

impl Spread for PlanId {
    fn spread(&self) -> u8 {
        self.uuid().as_bytes()[15]
    }
}

/// A keyed hash of a project and an identifier.
impl Spread for u128 {
    fn spread(&self) -> u8 {
        *self as u8
    }
}

const BUCKETS: usize = 64;

/// A map that is copied to be changed, one bucket of 64 at a time.
pub(crate) struct CowMap<K, V>(Arc<[Arc<FastMap<K, V>>]>);

impl<K, V> Clone for CowMap<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Spread, V: Clone> CowMap<K, V> {
    fn new() -> Self {
        let empty = Arc::new(FastMap::default());
        Self(std::iter::repeat_n(empty, BUCKETS).collect())
    }

    #[inline(always)]
    pub(crate) fn get(&self, key: K) -> Option<&V> {
        self.0.get(usize::from(key.spread()) % BUCKETS)?.get(&key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.change(key, |bucket| drop(bucket.insert(key, value)));
    }

    pub(crate) fn remove(&mut self, key: K) {
        self.change(key, |bucket| drop(bucket.remove(&key)));
    }

    fn change(&mut self, key: K, change: impl FnOnce(&mut FastMap<K, V>)) {
        let buckets = Arc::make_mut(&mut self.0);
        if let Some(bucket) = buckets.get_mut(usize::from(key.spread()) % BUCKETS) {
            change(Arc::make_mut(bucket));
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().flat_map(|bucket| bucket.iter())
    }
}

/// Readers' view.
#[derive(Clone)]
pub(crate) struct Root {
    pub(crate) tables: [Arc<Table>; SHARDS],
    pub(crate) projects: CowMap<ProjectId, Arc<Project>>,
    pub(crate) backend_keys: CowMap<SecretHash, BackendKey>,
    /// The rules of those organizations whose keys are bound by them.
    pub(crate) organization_rules: CowMap<OrganizationId, Arc<Bound>>,
    pub(crate) plans: CowMap<PlanId, Arc<Limits>>,
    pub(crate) overrides: CowMap<u128, Arc<LimitOverrideFacts>>,
}

impl Root {
    pub(crate) fn new(tables: [Arc<Table>; SHARDS]) -> Self {
        Self {
            tables,
            projects: CowMap::new(),
            backend_keys: CowMap::new(),
            organization_rules: CowMap::new(),
            plans: CowMap::new(),
            overrides: CowMap::new(),
        }
    }

    #[inline(always)]
    pub(crate) fn table(&self, shard: usize) -> Option<&Table> {
        self.tables.get(shard).map(|table| &**table)
    }
}
