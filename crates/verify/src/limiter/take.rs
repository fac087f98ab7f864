//! Deciding several takes together.

use super::locks::Locks;
use super::table::Hint;
use super::{Admission, Limiter, Rule, Take, Taken};
use lockwork_model::time::{Tick, Timestamp};

impl Limiter {
    /// Takes all or nothing, and tells each what it came to. `now` says what rates have forgotten, `wall` which leases
    /// are over. Several takes of one counter add up.
    pub fn take(&self, takes: &mut [Take], now: Tick, wall: Timestamp) -> Taken {
        loop {
            let mut locks = self.lock(takes.iter().map(|take| take.counter.home));
            if !follow_moves(takes, &mut locks) {
                return self.decide(takes, &mut locks, now, wall);
            }
        }
    }

    /// Tells each what is left, whatever it costs. Takes nothing, makes no counter and keeps no lease from being idle.
    pub fn ask(&self, takes: &mut [Take], now: Tick, wall: Timestamp) {
        loop {
            let mut locks = self.lock(takes.iter().map(|take| take.counter.home));
            if follow_moves(takes, &mut locks) {
                continue;
            }
            for take in takes {
                if let Some(shard) = locks.shard(take.counter.home) {
                    take.outcome = shard.read(take, 0, self.nodes, (now, wall), &mut Hint::default());
                }
            }
            return;
        }
    }

    fn decide(&self, takes: &mut [Take], locks: &mut Locks<'_>, now: Tick, wall: Timestamp) -> Taken {
        let (mut refused, mut short, mut repeated) = (false, false, false);
        let mut hints = [Hint::default(); HINTS];
        for at in 0..takes.len() {
            let (earlier, rest) = takes.split_at_mut(at);
            let Some(take) = rest.first_mut() else { break };
            let hint = hint(&mut hints, at);
            let Some(shard) = locks.shard(take.counter.home) else { return Taken::Refused };
            let pending = pending(earlier, take);
            repeated |= pending.is_some();
            let cost = take.cost.saturating_add(pending.unwrap_or(0));
            take.outcome = shard.read(take, cost, self.nodes, (now, wall), hint);
            refused |= take.outcome.state == Admission::Refused;
            short |= take.outcome.state == Admission::Short;
        }
        if refused {
            return Taken::Refused;
        }
        if short {
            return Taken::Short;
        }
        for (at, take) in takes.iter_mut().enumerate() {
            let hint = hint(&mut hints, at);
            if !locks.shard(take.counter.home).is_some_and(|shard| shard.prepare(take, self, now, hint)) {
                take.outcome.state = Admission::Refused;
                return Taken::Full;
            }
        }
        for (at, take) in takes.iter_mut().enumerate() {
            if let Some(shard) = locks.shard(take.counter.home) {
                take.outcome = shard.take(take, self.nodes, (now, wall), hint(&mut hints, at));
            }
        }
        // Who was taken first does not know yet what others took of the same counter.
        for take in takes.iter_mut().filter(|_| repeated) {
            if let Some(shard) = locks.shard(take.counter.home) {
                take.outcome = shard.read(take, 0, self.nodes, (now, wall), &mut Hint::default());
            }
        }
        Taken::All
    }
}

/// Takes of one request whose counters are looked for only once.
const HINTS: usize = 16;

/// The hint of a take; beyond [`HINTS`] takes share the first one, which only costs time.
fn hint(hints: &mut [Hint; HINTS], at: usize) -> &mut Hint {
    let [first, others @ ..] = hints;
    at.checked_sub(1).and_then(|at| others.get_mut(at)).unwrap_or(first)
}

/// How much earlier takes of the same request want of the same counter, if there are any.
fn pending(earlier: &[Take], take: &Take) -> Option<u64> {
    let is_lease = |take: &Take| take.rule == Rule::Lease;
    let same = |other: &&Take| other.counter == take.counter && is_lease(other) == is_lease(take);
    earlier.iter().filter(same).map(|other| other.cost).reduce(u64::saturating_add)
}

/// Names the new homes of counters that moved; answers whether there were any.
fn follow_moves(takes: &mut [Take], locks: &mut Locks<'_>) -> bool {
    let mut moved = false;
    for take in takes.iter_mut().filter(|take| take.rule != Rule::Lease) {
        let home = locks.shard(take.counter.home).and_then(|shard| shard.moved_to(take.counter.home));
        if let Some(home) = home {
            take.counter.home = home;
            moved = true;
        }
    }
    moved
}
