//! Who counts: rates in the memory of this node, and leases of what was drawn from the database, decided together and
//! taken all or none.
//!
//! Nothing here knows keys or plans. A caller brings [`Take`]s, each of which names a [`Counter`] and the rule by which it
//! counts.

mod bucket;
mod counter;
mod lease;
mod locks;
mod ring;
mod shard;
mod table;
mod take;

pub use counter::Counter;
pub(crate) use counter::hash_of_limit;
pub use lease::{Deposit, Held, Leftover};

use crate::hashing::Keyed;
use lease::Lease;
use lockwork_model::limits::{Account, Rate};
use lockwork_model::time::{Tick, Timestamp};
use shard::Shard;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use table::Whereabouts;

/// Bits of a home that choose the shard.
const SHARD_BITS: u32 = 8;
const SHARDS: usize = 1 << SHARD_BITS;

/// How a counter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// In the memory of this node.
    Rate {
        /// How much; 0 refuses everything.
        limit: u64,
        /// Per which window, and of which kind.
        rate: Rate,
    },
    /// From what was drawn from the database.
    Lease,
}

/// What one take comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Admission {
    /// There is enough.
    #[default]
    Admitted,
    /// There is not enough.
    Refused,
    /// The database must be asked first.
    Short,
}

/// What one take came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Whether there was enough for this take alone; it was taken only if all were admitted.
    pub state: Admission,
    /// What remains now. Of a lease what the database was last known to have is part of it.
    pub remaining: u64,
    /// Of a rate that refused: how long until this cost would fit, or, if it never does, until all is free; else how long
    /// until all is free. Of a lease: how long until there will be more, zero if that is not known.
    pub reset: Duration,
}

/// So much of one counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Take {
    /// Of which counter.
    pub counter: Counter,
    /// How it counts.
    pub rule: Rule,
    /// How much; 0 asks without taking.
    pub cost: u64,
    /// What it came to; filled by [`Limiter::take`].
    pub outcome: Outcome,
}

impl Take {
    /// A take that is yet to be decided.
    #[must_use]
    pub fn new(counter: Counter, rule: Rule, cost: u64) -> Self {
        Self { counter, rule, cost, outcome: Outcome::default() }
    }
}

/// What several takes came to together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// All were taken.
    All,
    /// One was refused, so nothing was taken.
    Refused,
    /// A lease must be drawn from the database first; nothing was taken.
    Short,
    /// There is no room for another counter, that of the take that is refused; nothing was taken.
    Full,
}

/// How a limiter is made.
#[derive(Debug, Clone, Copy)]
pub struct LimiterOptions {
    /// A random number, so that nobody can choose identifiers that crowd one place.
    pub seed: u64,
    /// How many rates are counted at most at once. A bucket takes 85 to 110 bytes, a window 170 to 220, one with a limit
    /// above 65,535 600 to 750.
    pub counters_max: usize,
    /// How many nodes count: each admits its share of every rate, see [`Rule::Rate`]. At least 1.
    pub nodes: u64,
}

/// What a limiter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LimiterMemory {
    /// Counters of rates, those included that are over but not swept yet.
    pub counters: u64,
    /// Leases.
    pub leases: u64,
    /// Bytes of both.
    pub bytes: u64,
}

/// A shard on cache lines of its own.
#[derive(Default)]
#[repr(align(128))]
struct Place {
    shard: Mutex<Shard>,
    windows: Whereabouts,
    buckets: Whereabouts,
}

/// Counts rates and holds leases. Any number of threads use it; none waits longer than a few others' takes take.
pub struct Limiter {
    places: Box<[Place]>,
    counters: AtomicUsize,
    counters_max: usize,
    nodes: u64,
    keyed: Keyed,
    home_seed: u64,
    credits_hash: u128,
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limiter").field("counters", &self.counters).finish_non_exhaustive()
    }
}

impl Limiter {
    /// A limiter that has counted nothing.
    #[must_use]
    pub fn new(options: LimiterOptions) -> Self {
        let LimiterOptions { seed, counters_max, nodes } = options;
        let keyed = Keyed(seed);
        Self {
            places: std::iter::repeat_with(Place::default).take(SHARDS).collect(),
            counters: AtomicUsize::new(0),
            counters_max,
            nodes: nodes.max(1),
            keyed,
            home_seed: keyed.wide(&"home") as u64,
            credits_hash: counter::hash_of_credits(keyed),
        }
    }

    fn place(&self, home: u64) -> Option<&Place> {
        self.places.get((home >> (64 - SHARD_BITS)) as usize)
    }

    /// Adds what a draw brought.
    pub fn deposit(&self, counter: Counter, account: &Account, deposit: Deposit) {
        self.lease(counter, account, deposit.version, |lease| lease.deposit(deposit));
    }

    /// Tells that an account was changed: what was drawn before it was set anew is forgotten, be it here or still on its
    /// way, and what it could not serve is asked for again.
    pub fn void(&self, counter: Counter, account: &Account, version: i64) {
        self.lease(counter, account, version, |lease| lease.void(version));
    }

    fn lease(&self, counter: Counter, account: &Account, version: i64, change: impl FnOnce(&mut Lease)) {
        if let Some(place) = self.place(counter.home) {
            let mut shard = place.lock();
            change(shard.leases.entry(counter.id).or_insert_with(|| Lease::new(account, version)));
        }
    }

    /// What this node holds of an account; `None` where the database was not asked, or what it gave is over.
    #[must_use]
    pub fn held(&self, counter: Counter, wall: Timestamp) -> Option<Held> {
        let shard = self.place(counter.home)?.lock();
        shard.leases.get(&counter.id)?.held(wall)
    }

    /// Takes back what was drawn and not used since `idle_since`, or all of it, to be given back to the database.
    pub fn collect(&self, idle_since: Option<Tick>) -> Vec<Leftover> {
        let mut leftovers = Vec::new();
        for place in &self.places {
            let mut shard = place.lock();
            let idle = |lease: &mut Lease| idle_since.is_none_or(|since| lease.is_idle(since));
            let taken = shard.leases.extract_if(|_, lease| idle(lease));
            leftovers.extend(taken.filter_map(|(_, lease)| lease.leftover()));
            shard.leases.shrink_to_fit();
        }
        leftovers
    }

    /// Forgets counters that count nothing any more. To be called about once a minute.
    pub fn sweep(&self, now: Tick) {
        for place in &self.places {
            let mut shard = place.lock();
            self.uncount(shard.sweep(now));
            place.show(&shard);
        }
    }

    /// What it holds now.
    #[must_use]
    pub fn memory(&self) -> LimiterMemory {
        let bytes = size_of::<Self>() + self.places.len() * size_of::<Place>();
        let mut memory = LimiterMemory { bytes: bytes as u64, ..LimiterMemory::default() };
        for place in &self.places {
            let shard = place.lock();
            memory.counters += shard.counters() as u64;
            memory.leases += shard.leases.len() as u64;
            memory.bytes += shard.bytes() as u64;
        }
        memory
    }

    /// Whether no rate is counted.
    pub(crate) fn counts_nothing(&self) -> bool {
        self.counters.load(Relaxed) == 0
    }

    /// Asks the processor to fetch where the rates with this home are counted.
    #[inline(always)]
    pub(crate) fn prefetch(&self, home: u64) {
        if let Some(place) = self.place(home) {
            place.buckets.prefetch::<bucket::Bucket>(home);
            place.windows.prefetch::<ring::Ring<u16>>(home);
        }
    }

    /// Gives the rates with one home another. Takes that name the old one count at the new one, for some minutes.
    pub(crate) fn rehome(&self, from: u64, to: u64) {
        let mut held = self.lock([from, to].into_iter());
        let Some(shard) = held.shard(from) else { return };
        shard.remember_move(from, to);
        let moving = shard.take_out(from, to);
        if let Some(shard) = held.shard(to) {
            shard.put_in(moving, self);
        }
    }

    /// Counts one counter more, if it may.
    fn count_one(&self) -> bool {
        let more = |count| (count < self.counters_max).then_some(count + 1);
        self.counters.fetch_update(Relaxed, Relaxed, more).is_ok()
    }

    /// Counts one counter more, whether it may or not.
    fn count_anyway(&self) {
        self.counters.fetch_add(1, Relaxed);
    }

    fn uncount(&self, count: usize) {
        self.counters.fetch_sub(count, Relaxed);
    }
}

impl Place {
    fn lock(&self) -> MutexGuard<'_, Shard> {
        // Nothing between two changes of a shard can panic, so a poisoned lock guards sound counts.
        self.shard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells where the tables lie now. Only under the lock.
    fn show(&self, shard: &Shard) {
        self.windows.show(&shard.windows);
        self.buckets.show(&shard.buckets);
    }
}
