//! A part of the counters, under one lock.

use super::bucket::{Bucket, Flow};
use super::lease::Lease;
use super::ring::{Cell, Ring, SMALL_MAX, step_of};
use super::table::{Entry, Hint, NoMemory, Table};
use super::{Counter, Limiter, Outcome, Rule, Take};
use crate::hashing::FastMap;
use lockwork_model::limits::Rate;
use lockwork_model::time::{Tick, Timestamp};
use std::time::Duration;

/// Counters that went to another home.
struct Move {
    to: u64,
    /// When a sweep first saw it.
    seen_at: Option<Tick>,
}

/// How long a move is remembered, for requests that looked their key up before it.
const MOVES_KEPT: Duration = Duration::from_secs(600);
/// How often at most a shard is searched for what is over because there is no room for more.
const SEARCHED_EVERY: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Shard {
    pub(super) windows: Table<Ring<u16>>,
    pub(super) wide_windows: Table<Ring<u64>>,
    pub(super) buckets: Table<Bucket>,
    pub(super) leases: FastMap<u128, Lease>,
    /// By the home they came from.
    moves: FastMap<u64, Move>,
    searched_at: Option<Tick>,
}

/// A rate as this node counts it.
#[derive(Clone, Copy)]
enum Counted {
    Small { limit: u64, step: u64 },
    Wide { limit: u64, step: u64 },
    Bucket(Flow),
}

/// This node's share of a limit; the shares of all nodes are together at most the limit, or the number of nodes.
fn share(limit: u64, nodes: u64) -> u64 {
    if limit == 0 { 0 } else { (limit / nodes.max(1)).max(1) }
}

fn counted(limit: u64, rate: Rate, nodes: u64) -> Counted {
    let limit = share(limit, nodes);
    match rate {
        Rate::Window { seconds } if limit <= SMALL_MAX => Counted::Small { limit, step: step_of(seconds) },
        Rate::Window { seconds } => Counted::Wide { limit, step: step_of(seconds) },
        Rate::Bucket { seconds, burst } => {
            let window = seconds.saturating_mul(1_000_000);
            Counted::Bucket(Flow { limit, window, burst: share(burst, nodes) })
        }
    }
}

fn read_ring<C: Cell>(ring: &mut Ring<C>, (limit, step): (u64, u64), cost: u64, now: Tick) -> Outcome {
    ring.advance(now, step);
    ring.read(limit, cost, now)
}

/// Puts a counter in that is not there; `false` when there is no memory.
fn add<E: Entry>(table: &mut Table<E>, entry: E, limiter: &Limiter, now: Tick) -> bool {
    if !table.has_room() {
        match table.make_room(now) {
            Ok(dropped) => limiter.uncount(dropped),
            Err(NoMemory) => return false,
        }
    }
    table.insert(entry)
}

impl Shard {
    /// What taking `cost` would come to now.
    pub(super) fn read(
        &mut self,
        take: &Take,
        cost: u64,
        nodes: u64,
        (now, wall): (Tick, Timestamp),
        hint: &mut Hint,
    ) -> Outcome {
        let counter = take.counter;
        match take.rule {
            Rule::Lease => match self.leases.get(&counter.id) {
                Some(lease) => lease.read(cost, now, wall),
                None => Outcome { state: super::Admission::Short, ..Outcome::default() },
            },
            Rule::Rate { limit, rate } => match counted(limit, rate, nodes) {
                Counted::Small { limit, step } => self.read_window(counter, (limit, step), cost, now, hint),
                Counted::Wide { limit, step } => self.read_window(counter, (limit, step), cost, now, hint),
                Counted::Bucket(flow) => match self.buckets.find(counter, hint) {
                    Some(bucket) => {
                        bucket.advance(now, flow.limit);
                        bucket.read(flow, cost)
                    }
                    None => Bucket::new(counter, now).read(flow, cost),
                },
            },
        }
    }

    fn read_window(
        &mut self,
        counter: Counter,
        rate: (u64, u64),
        cost: u64,
        now: Tick,
        hint: &mut Hint,
    ) -> Outcome {
        if let Some(ring) = self.windows.find(counter, hint) {
            read_ring(ring, rate, cost, now)
        } else if let Some(ring) = self.wide_windows.find(counter, hint) {
            read_ring(ring, rate, cost, now)
        } else {
            Ring::<u16>::new(counter, rate.1, now).read(rate.0, cost, now)
        }
    }

    /// Makes sure that the counter of a take is there, with cells of the right size; `false` when there is no room.
    pub(super) fn prepare(&mut self, take: &Take, limiter: &Limiter, now: Tick, hint: &mut Hint) -> bool {
        let Rule::Rate { limit, rate } = take.rule else { return true };
        let counter = take.counter;
        let counted = counted(limit, rate, limiter.nodes);
        let is_there = match counted {
            _ if take.cost == 0 => true,
            // Small cells become large ones when they must, and never small again: they are over soon enough.
            Counted::Small { .. } => {
                self.windows.find(counter, hint).is_some() || self.wide_windows.find(counter, hint).is_some()
            }
            Counted::Wide { .. } => self.wide_windows.find(counter, hint).is_some(),
            Counted::Bucket(_) => self.buckets.find(counter, hint).is_some(),
        };
        if is_there {
            return true;
        }
        if !self.count_one(limiter, now) {
            return false;
        }
        let added = match counted {
            Counted::Small { step, .. } => {
                add(&mut self.windows, Ring::new(counter, step, now), limiter, now)
            }
            Counted::Wide { step, .. } => {
                let small = self.windows.get_mut(counter);
                let ring = small.map_or_else(|| Ring::new(counter, step, now), |ring| ring.widened());
                let added = add(&mut self.wide_windows, ring, limiter, now);
                if added {
                    self.windows.take_out(counter);
                }
                added
            }
            Counted::Bucket(_) => add(&mut self.buckets, Bucket::new(counter, now), limiter, now),
        };
        if !added {
            limiter.uncount(1);
        }
        added
    }

    /// Counts one counter more, if need be in the place of some that are over.
    fn count_one(&mut self, limiter: &Limiter, now: Tick) -> bool {
        if limiter.count_one() {
            return true;
        }
        if self.searched_at.is_some_and(|at| now < at.after(SEARCHED_EVERY)) {
            return false;
        }
        self.searched_at = Some(now);
        limiter.uncount(self.drop_over(now));
        limiter.count_one()
    }

    /// Drops the counters that are over, where they are worth it; answers how many.
    fn drop_over(&mut self, now: Tick) -> usize {
        self.windows.sweep(now) + self.wide_windows.sweep(now) + self.buckets.sweep(now)
    }

    /// Takes what was admitted, and answers what is left. Only after [`Self::read`] and [`Self::prepare`].
    pub(super) fn take(
        &mut self,
        take: &Take,
        nodes: u64,
        (now, wall): (Tick, Timestamp),
        hint: &mut Hint,
    ) -> Outcome {
        fn take_of_ring<C: Cell>(ring: &mut Ring<C>, limit: u64, cost: u64, now: Tick) -> Outcome {
            ring.add(cost);
            ring.read(limit, 0, now)
        }
        let (counter, cost) = (take.counter, take.cost);
        let rate = match take.rule {
            Rule::Lease => {
                let Some(lease) = self.leases.get_mut(&counter.id) else { return take.outcome };
                lease.take(cost, now);
                return lease.read(0, now, wall);
            }
            Rule::Rate { .. } if cost == 0 => return take.outcome,
            Rule::Rate { limit, rate } => counted(limit, rate, nodes),
        };
        match rate {
            Counted::Bucket(flow) => {
                let Some(bucket) = self.buckets.find(counter, hint) else { return take.outcome };
                bucket.add(flow, cost);
                bucket.read(flow, 0)
            }
            Counted::Small { limit, .. } | Counted::Wide { limit, .. } => {
                if let Some(ring) = self.windows.find(counter, hint) {
                    take_of_ring(ring, limit, cost, now)
                } else if let Some(ring) = self.wide_windows.find(counter, hint) {
                    take_of_ring(ring, limit, cost, now)
                } else {
                    take.outcome
                }
            }
        }
    }

    /// Where the counters of this home went, if they did.
    #[inline]
    pub(super) fn moved_to(&self, home: u64) -> Option<u64> {
        self.moves.get(&home).map(|moved| moved.to)
    }

    /// Remembers where the counters of a home went.
    pub(super) fn remember_move(&mut self, from: u64, to: u64) {
        self.moves.insert(from, Move { to, seen_at: None });
    }

    /// Hands out the rates' counters of a home, with `to` as their home from now on.
    pub(super) fn take_out(&mut self, home: u64, to: u64) -> Moving {
        fn all<E: Entry>(table: &mut Table<E>, home: u64, moved: impl Fn(&E) -> E) -> Vec<E> {
            let counters = table.at_home(home).into_iter();
            counters.filter_map(|counter| table.take_out(counter)).map(|entry| moved(&entry)).collect()
        }
        Moving {
            windows: all(&mut self.windows, home, |ring| ring.moved(to)),
            wide_windows: all(&mut self.wide_windows, home, |ring| ring.moved(to)),
            buckets: all(&mut self.buckets, home, |bucket| bucket.moved(to)),
        }
    }

    /// Puts counters in that were at another home, and joins them with those that are there already.
    pub(super) fn put_in(&mut self, mut moving: Moving, limiter: &Limiter) {
        fn all<E: Entry>(table: &mut Table<E>, entries: Vec<E>, limiter: &Limiter) {
            for entry in entries {
                if let Some(there) = table.get_mut(entry.counter()) {
                    there.absorb(&entry);
                // What is over stays until the next sweep: here is no clock to tell.
                } else if add(table, entry, limiter, Tick(0)) {
                    limiter.count_anyway();
                }
            }
        }
        // One counter has cells of one size.
        for ring in &mut moving.wide_windows {
            if let Some(small) = self.windows.take_out(ring.counter()) {
                ring.absorb(&small.widened());
            }
        }
        moving.windows.retain(|ring| match self.wide_windows.get_mut(ring.counter()) {
            Some(wide) => {
                wide.absorb(&ring.widened());
                false
            }
            None => true,
        });
        all(&mut self.windows, moving.windows, limiter);
        all(&mut self.wide_windows, moving.wide_windows, limiter);
        all(&mut self.buckets, moving.buckets, limiter);
    }

    /// Forgets what is over; answers how many counters.
    pub(super) fn sweep(&mut self, now: Tick) -> usize {
        self.moves.retain(|_, moved| now < moved.seen_at.get_or_insert(now).after(MOVES_KEPT));
        self.drop_over(now)
    }

    /// Counters of rates, those included that are over but still have their place.
    pub(super) const fn counters(&self) -> usize {
        self.windows.used() + self.wide_windows.used() + self.buckets.used()
    }

    /// Bytes of all tables.
    pub(super) fn bytes(&self) -> usize {
        let leases = self.leases.capacity() * (size_of::<u128>() + size_of::<Lease>());
        self.windows.bytes() + self.wide_windows.bytes() + self.buckets.bytes() + leases
    }
}

/// Counters on the way from one home to another.
pub(super) struct Moving {
    windows: Vec<Ring<u16>>,
    wide_windows: Vec<Ring<u64>>,
    buckets: Vec<Bucket>,
}
