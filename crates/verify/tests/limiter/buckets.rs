//! Limits of the kind BUCKET.

use crate::support::*;
use lockwork_verify::{Admission, Outcome};
use proptest::prelude::*;
use std::time::Duration;

/// The algorithm as its definition has it, with the theoretical arrival time as a fraction: microseconds over the limit.
struct Reference {
    limit: u128,
    window: u128,
    burst: u128,
    arrival: u128,
}

impl Reference {
    fn take(&mut self, cost: u128, now: u128) -> Outcome {
        let now = now * self.limit;
        let arrival = self.arrival.max(now);
        let tolerance = self.burst * self.window;
        let wanted = arrival + cost * self.window;
        let micros = |fraction: u128| {
            Duration::from_micros(u64::try_from(fraction.div_ceil(self.limit)).unwrap_or(u64::MAX))
        };
        let admitted = cost == 0 || wanted <= now + tolerance;
        let (state, reset) = if admitted {
            self.arrival = wanted;
            (Admission::Admitted, micros(wanted - now))
        } else if cost > self.burst {
            (Admission::Refused, micros(arrival - now))
        } else {
            (Admission::Refused, micros(wanted - tolerance - now))
        };
        let used = self.arrival.max(now) - now;
        Outcome { state, remaining: (tolerance.saturating_sub(used) / self.window) as u64, reset }
    }
}

fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![2 => 1..10u64, 2 => 1..100_000u64, 1 => 1..1u64 << 53]
}

proptest! {
    #[test]
    fn every_answer_is_exactly_the_definitions(
        limit in amount(),
        burst in amount(),
        seconds in prop_oneof![1..5u64, 1..31_536_000u64],
        start in 0..1u64 << 50,
        requests in prop::collection::vec((0..5000u64, 0..1100u64), 1..300),
    ) {
        let (limiter, mut now) = (limiter(), start);
        let mut reference = Reference {
            limit: limit.into(),
            window: u128::from(seconds * SECOND),
            burst: burst.into(),
            arrival: 0,
        };
        for (pause, part) in requests {
            // From nothing to some windows, and from nothing to more than a burst.
            now += (u128::from(pause * pause) * u128::from(seconds) * 100 / u128::from(limit)).min(1 << 40) as u64
                + pause % 3;
            let cost = (u128::from(burst) * u128::from(part * part / 1000) / 1000) as u64 + part % 2;
            let outcome = take(&limiter, counter(1), bucket(limit, seconds, burst), cost, now);
            prop_assert_eq!(outcome, reference.take(cost.into(), now.into()));
        }
    }
}

#[test]
fn a_rate_that_no_microsecond_divides_never_drifts() {
    let (limiter, mut now) = (limiter(), 0);
    for second in 1..=200_000u64 {
        for _ in 0..3 {
            let outcome = take(&limiter, counter(1), bucket(3, 1, 1), 1, now);
            assert_eq!(outcome.state, Admission::Admitted);
            now += outcome.reset.as_micros() as u64;
        }
        // Three thirds of a second, each rounded up to when it is over; the third one ends with the second.
        if second == 1 {
            assert_eq!(now, 333_334 + 333_334 + 333_334);
        }
    }
    // Who comes exactly when told loses nothing but the fraction of each microsecond.
    assert!(now - 200_000 * SECOND <= 600_000);
}

#[test]
fn a_burst_comes_at_once_and_the_limit_flows_back_evenly() {
    let (limiter, rule) = (limiter(), bucket(60, 60, 5));
    for remaining in (0..5).rev() {
        assert_eq!(take(&limiter, counter(1), rule, 1, 0), admitted(remaining, (5 - remaining) * SECOND));
    }
    assert_eq!(take(&limiter, counter(1), rule, 1, 0), refused(0, SECOND));
    assert_eq!(take(&limiter, counter(1), rule, 1, SECOND - 1), refused(0, 1));
    assert_eq!(take(&limiter, counter(1), rule, 1, SECOND), admitted(0, 5 * SECOND));
    assert_eq!(take(&limiter, counter(1), rule, 6, SECOND), refused(0, 5 * SECOND));
    // A moment that lies behind pays nothing back.
    assert_eq!(take(&limiter, counter(1), rule, 1, 0), refused(0, SECOND));
    assert_eq!(peek(&limiter, counter(1), rule, 6 * SECOND), admitted(5, 0));
}

#[test]
fn a_changed_limit_or_burst_keeps_the_debt() {
    let limiter = limiter();
    take(&limiter, counter(1), bucket(10, 10, 10), 10, 0);
    assert_eq!(take(&limiter, counter(1), bucket(10, 10, 5), 1, 0), refused(0, 6 * SECOND));
    assert_eq!(peek(&limiter, counter(1), bucket(10, 10, 20), 0), admitted(10, 10 * SECOND));
    assert_eq!(take(&limiter, counter(1), bucket(20, 10, 10), 1, 0), refused(0, SECOND / 2));
}
