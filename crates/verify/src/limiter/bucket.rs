//! Buckets: the limit flows back evenly, at most so much at once (the generic cell rate algorithm).
//!
//! A bucket's debt is counted in units of which one request costs as many as the window has microseconds; each
//! microsecond pays off as many as the limit is. So nothing is ever rounded, whatever window and limit are.

use super::table::Entry;
use super::{Admission, Counter, Outcome};
use lockwork_model::time::Tick;
use std::time::Duration;

/// How a bucket counts.
#[derive(Clone, Copy)]
pub(super) struct Flow {
    /// How much flows back in a window.
    pub(super) limit: u64,
    /// The window, in microseconds.
    pub(super) window: u64,
    /// The most at once.
    pub(super) burst: u64,
}

#[derive(Clone, Default)]
#[repr(C, align(64))]
pub(super) struct Bucket {
    id: u128,
    /// What was owed at `at`.
    debt: u128,
    home: u64,
    at: u64,
    /// The limit that it was last counted with, which says when the debt is paid.
    limit: u64,
}

/// A quotient, rounded down; nearly always of numbers that fit into 64 bits, which is several times as quick.
fn divided(dividend: u128, divisor: u128) -> u64 {
    match (u64::try_from(dividend), u64::try_from(divisor)) {
        (Ok(dividend), Ok(divisor)) => dividend / divisor.max(1),
        _ => u64::try_from(dividend / divisor.max(1)).unwrap_or(u64::MAX),
    }
}

/// How long paying off `debt` takes.
fn until_paid(debt: u128, flow: Flow) -> Duration {
    if flow.limit == 0 {
        return Duration::from_micros(flow.window);
    }
    let limit = u128::from(flow.limit);
    Duration::from_micros(divided(debt.saturating_add(limit - 1), limit))
}

impl Bucket {
    /// A bucket that owes nothing.
    pub(super) fn new(counter: Counter, now: Tick) -> Self {
        Self { id: counter.id, home: counter.home, at: now.0, ..Self::default() }
    }

    /// The same debt at another place.
    pub(super) fn moved(&self, home: u64) -> Self {
        Self { home, ..self.clone() }
    }

    fn debt_at(&self, now: Tick, limit: u64) -> u128 {
        let elapsed = now.0.saturating_sub(self.at);
        self.debt.saturating_sub(u128::from(elapsed) * u128::from(limit))
    }

    /// Pays off what flowed back. A `now` that is behind pays nothing.
    pub(super) fn advance(&mut self, now: Tick, limit: u64) {
        self.debt = self.debt_at(now, limit);
        self.at = self.at.max(now.0);
    }

    /// Whether `cost` would be admitted now. Only after [`Self::advance`].
    pub(super) fn read(&self, flow: Flow, cost: u64) -> Outcome {
        let window = u128::from(flow.window.max(1));
        let most = u128::from(flow.burst) * window;
        let free = most.saturating_sub(self.debt);
        let wanted = u128::from(cost) * window;
        let (state, reset) = if flow.limit == 0 || wanted > most {
            (Admission::Refused, until_paid(self.debt, flow))
        } else if wanted > free && cost > 0 {
            (Admission::Refused, until_paid(self.debt.saturating_add(wanted).saturating_sub(most), flow))
        } else {
            (Admission::Admitted, until_paid(self.debt, flow))
        };
        Outcome { state, remaining: divided(free, window), reset }
    }

    /// Counts what [`Self::read`] admitted.
    pub(super) fn add(&mut self, flow: Flow, cost: u64) {
        self.debt = self.debt.saturating_add(u128::from(cost) * u128::from(flow.window.max(1)));
        self.limit = flow.limit;
    }
}

impl Entry for Bucket {
    fn counter(&self) -> Counter {
        Counter { home: self.home, id: self.id }
    }

    fn bury(&mut self, id: u128) {
        *self = Self { id, home: self.home, ..Self::default() };
    }

    fn is_over(&self, now: Tick) -> bool {
        // One that was made this very moment is about to count.
        now.0 > self.at && self.debt_at(now, self.limit) == 0
    }

    fn absorb(&mut self, other: &Self) {
        let newest = Tick(self.at.max(other.at));
        let limit = self.limit.max(other.limit);
        self.debt = self.debt_at(newest, limit).saturating_add(other.debt_at(newest, limit));
        (self.at, self.limit) = (newest.0, limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_fills_one_cache_line() {
        assert_eq!(size_of::<Bucket>(), 64);
    }

    #[test]
    fn the_largest_numbers_neither_overflow_nor_admit() {
        let flow = Flow { limit: u64::MAX, window: u64::MAX, burst: u64::MAX };
        let mut bucket = Bucket::new(Counter { home: 1, id: 2 }, Tick(0));
        bucket.add(flow, u64::MAX);
        bucket.advance(Tick(1), flow.limit);
        assert_eq!(bucket.read(flow, u64::MAX).state, Admission::Refused);
        bucket.add(flow, u64::MAX);
        bucket.advance(Tick(u64::MAX), flow.limit);
        assert_eq!(bucket.read(flow, 0).state, Admission::Admitted);
    }
}
