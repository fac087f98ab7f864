//! Limits of the kind WINDOW.

use crate::support::*;
use lockwork_model::time::Tick;
use lockwork_verify::{Admission, Limiter, Take};
use proptest::prelude::*;

/// Whether no trailing window of the events (moment, cost, limit at that moment) holds more than its limit.
fn no_window_holds_more(events: &[(u64, u64, u64)], window: u64) -> bool {
    events.iter().enumerate().all(|(last, &(end, _, limit))| {
        let inside = events[..=last].iter().rev().take_while(|(at, ..)| at + window >= end);
        inside.map(|(_, cost, _)| cost).sum::<u64>() <= limit
    })
}

/// A pause before the next request, in microseconds: often none, rarely longer than a window.
fn pause() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => Just(0),
        4 => 0..SECOND / 100,
        3 => 0..SECOND / 2,
        2 => (1..200u64).prop_map(|steps| steps * 23_256),
        1 => 0..3 * SECOND,
        1 => 0..1000 * SECOND,
    ]
}

fn limit() -> impl Strategy<Value = u64> {
    prop_oneof![3 => 0..12u64, 2 => 1..2000u64, 2 => 65_000..66_000u64, 1 => 1..1u64 << 53]
}

proptest! {
    #[test]
    fn no_trailing_window_ever_holds_more_than_the_limit(
        limit in limit(),
        seconds in 1..4u64,
        start in 0..1u64 << 50,
        requests in prop::collection::vec((pause(), 0..1300u64), 1..800),
    ) {
        let (limiter, mut now, mut events) = (limiter(), start, Vec::new());
        for (pause, part) in requests {
            now += pause;
            // From nothing to more than is ever admitted.
            let cost = (u128::from(limit) * u128::from(part * part / 1000) / 1200) as u64 + part % 2;
            if take(&limiter, counter(1), window(limit, seconds), cost, now).state == Admission::Admitted {
                events.push((now, cost, limit));
            }
        }
        prop_assert!(no_window_holds_more(&events, seconds * SECOND));
    }

    #[test]
    fn a_limit_that_changes_counts_what_was_admitted_before(
        requests in prop::collection::vec((pause(), 0..70_000u64, limit()), 1..300),
    ) {
        let (limiter, mut now, mut events) = (limiter(), 0, Vec::new());
        for (pause, cost, limit) in requests {
            now += pause / 3;
            if take(&limiter, counter(1), window(limit, 1), cost, now).state == Admission::Admitted && cost > 0 {
                events.push((now, cost, limit));
            }
        }
        prop_assert!(no_window_holds_more(&events, SECOND));
    }

    #[test]
    fn a_moment_that_lies_behind_never_admits_too_much(
        limit in 1..50u64,
        requests in prop::collection::vec((pause(), 0..2 * SECOND), 1..500),
    ) {
        let (limiter, mut now, mut newest, mut events) = (limiter(), 10 * SECOND, 0, Vec::new());
        for (pause, behind) in requests {
            now += pause / 4;
            let told = if behind % 3 == 0 { now - behind } else { now };
            newest = newest.max(told);
            if take(&limiter, counter(1), window(limit, 1), 1, told).state == Admission::Admitted {
                // It counts as admitted at the newest moment that was told.
                events.push((newest, 1, limit));
            }
        }
        prop_assert!(no_window_holds_more(&events, SECOND));
    }

    #[test]
    fn a_refusal_says_to_the_microsecond_when_it_ends(
        limit in limit(),
        requests in prop::collection::vec((pause(), 1..1000u64), 1..100),
    ) {
        let (limiter, mut now, rule) = (limiter(), 77, window(limit.max(1), 2));
        for (pause, part) in requests {
            now += pause;
            let cost = (limit / part).max(1);
            let outcome = take(&limiter, counter(1), rule, cost, now);
            if outcome.state == Admission::Refused {
                let again = now + u64::try_from(outcome.reset.as_micros()).unwrap();
                prop_assert!(again > now && again <= now + 2 * SECOND + 2 * 46_512);
                let spare = replayed(&limiter, rule, cost, again - 1);
                prop_assert_eq!(spare, Admission::Refused);
                prop_assert_eq!(take(&limiter, counter(1), rule, cost, again).state, Admission::Admitted);
                now = again;
            }
        }
    }
}

/// Whether so much would be admitted, together with what makes sure that nothing is taken.
fn replayed(limiter: &Limiter, rule: lockwork_verify::Rule, cost: u64, now: u64) -> Admission {
    let mut takes = [Take::new(counter(1), rule, cost), Take::new(counter(900), window(0, 1), 0)];
    limiter.take(&mut takes, Tick(now), WALL);
    takes[0].outcome.state
}

#[test]
fn a_steady_overload_is_admitted_to_97_parts_in_a_hundred_of_the_limit() {
    for (limit, seconds, per_window) in
        [(1, 1, 2000), (7, 1, 2000), (1000, 1, 3000), (1000, 60, 2500), (100_000, 3600, 2000)]
    {
        let (limiter, rule, windows) = (limiter(), window(limit, seconds), 50);
        let (pause, cost) = (seconds * SECOND / per_window, limit.div_ceil(1000));
        let admitted: u64 = (0..windows * per_window)
            .filter(|step| take(&limiter, counter(1), rule, cost, step * pause).state == Admission::Admitted)
            .map(|_| cost)
            .sum();
        let share = admitted as f64 / (limit * windows) as f64;
        assert!((0.97..=1.03).contains(&share), "{limit} per {seconds} s: {share}");
    }
}

#[test]
fn an_answer_says_what_remains_and_when_all_is_free() {
    let (limiter, rule, step) = (limiter(), window(10, 43), SECOND);
    let whole = 44 * step;
    assert_eq!(peek(&limiter, counter(1), rule, 0), admitted(10, 0));
    assert_eq!(take(&limiter, counter(1), rule, 4, 0), admitted(6, whole));
    assert_eq!(take(&limiter, counter(1), rule, 5, step), admitted(1, whole));
    // The first four free it: 44 steps after the beginning of theirs.
    assert_eq!(take(&limiter, counter(1), rule, 2, 3 * step), refused(1, 41 * step));
    assert_eq!(take(&limiter, counter(1), rule, 6, 3 * step), refused(1, 42 * step));
    // So much never fits, so it is told when all is free.
    assert_eq!(take(&limiter, counter(1), rule, 11, 3 * step), refused(1, 42 * step));
    assert_eq!(peek(&limiter, counter(1), rule, 44 * step - 1), admitted(1, step + 1));
    assert_eq!(peek(&limiter, counter(1), rule, 44 * step), admitted(5, step));
    assert_eq!(peek(&limiter, counter(1), rule, 45 * step), admitted(10, 0));
}

#[test]
fn a_limit_of_zero_blocks_even_a_question() {
    let limiter = limiter();
    for rule in [window(0, 60), bucket(0, 60, 5)] {
        for cost in [0, 1, u64::MAX] {
            let outcome = take(&limiter, counter(1), rule, cost, 5 * SECOND);
            assert_eq!((outcome.state, limiter.memory().counters), (Admission::Refused, 0));
        }
    }
}

#[test]
fn a_lowered_limit_still_answers_a_question() {
    let limiter = limiter();
    take(&limiter, counter(1), window(100, 60), 100, 0);
    assert_eq!(peek(&limiter, counter(1), window(10, 60), 0).remaining, 0);
    assert_eq!(peek(&limiter, counter(1), window(10, 60), 0).state, Admission::Admitted);
    assert_eq!(take(&limiter, counter(1), window(10, 60), 1, 0).state, Admission::Refused);
    assert_eq!(take(&limiter, counter(1), window(101, 60), 1, 0).remaining, 0);
}
