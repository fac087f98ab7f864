//! Counters and takes for tests.

use lockwork_model::limits::Rate;
use lockwork_model::time::{Tick, Timestamp};
use lockwork_verify::{Admission, Counter, Limiter, LimiterOptions, Outcome, Rule, Take, Taken};
use std::time::Duration;

pub(crate) const SECOND: u64 = 1_000_000;
pub(crate) const WALL: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

pub(crate) fn limiter() -> Limiter {
    limiter_of(1_000_000, 1)
}

pub(crate) fn limiter_of(counters_max: usize, nodes: u64) -> Limiter {
    Limiter::new(LimiterOptions { seed: 7, counters_max, nodes })
}

/// Counters spread over the shards, four of them with each home.
pub(crate) fn counter(number: u64) -> Counter {
    Counter { home: (number / 4 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15), id: u128::from(number) + 1 }
}

pub(crate) fn window(limit: u64, seconds: u64) -> Rule {
    Rule::Rate { limit, rate: Rate::Window { seconds } }
}

pub(crate) fn bucket(limit: u64, seconds: u64, burst: u64) -> Rule {
    Rule::Rate { limit, rate: Rate::Bucket { seconds, burst } }
}

/// One take of its own.
pub(crate) fn take(limiter: &Limiter, counter: Counter, rule: Rule, cost: u64, now: u64) -> Outcome {
    let mut takes = [Take::new(counter, rule, cost)];
    let taken = limiter.take(&mut takes, Tick(now), WALL);
    let [take] = takes;
    let expected = match take.outcome.state {
        Admission::Admitted => Taken::All,
        Admission::Refused => Taken::Refused,
        Admission::Short => Taken::Short,
    };
    assert_eq!(taken, expected);
    take.outcome
}

/// What a counter says without being changed.
pub(crate) fn peek(limiter: &Limiter, counter: Counter, rule: Rule, now: u64) -> Outcome {
    take(limiter, counter, rule, 0, now)
}

pub(crate) fn admitted(remaining: u64, reset: u64) -> Outcome {
    Outcome { state: Admission::Admitted, remaining, reset: Duration::from_micros(reset) }
}

pub(crate) fn refused(remaining: u64, reset: u64) -> Outcome {
    Outcome { state: Admission::Refused, remaining, reset: Duration::from_micros(reset) }
}
