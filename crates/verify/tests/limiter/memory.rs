//! How many counters there are, and who forgets them; and the shares of several nodes.

use crate::support::*;
use lockwork_model::time::Tick;
use lockwork_verify::{Admission, Rule, Take, Taken};

fn rule(number: u64) -> Rule {
    match number % 3 {
        0 => window(9, 60),
        1 => window(90_000, 60),
        _ => bucket(9, 60, 9),
    }
}

#[test]
fn a_sweep_forgets_what_counts_nothing_and_nothing_else() {
    let limiter = limiter();
    let empty = limiter.memory().bytes;
    for number in 0..30_000 {
        take(&limiter, counter(number), rule(number), 9, number % 2 * 40 * SECOND);
    }
    let full = limiter.memory();
    assert_eq!(full.counters, 30_000);
    assert!(full.bytes > 10_000 * (128 + 448 + 64));
    limiter.sweep(Tick(70 * SECOND));
    assert_eq!(limiter.memory().counters, 15_000);
    for number in 0..30_000 {
        let Rule::Rate { limit, .. } = rule(number) else { unreachable!() };
        let remaining = peek(&limiter, counter(number), rule(number), 70 * SECOND).remaining;
        // Of a bucket half is back after half a minute.
        let back = if number % 3 == 2 { limit - 9 + 4 } else { limit - 9 };
        assert_eq!(remaining, if number % 2 == 0 { limit } else { back }, "{number}");
    }
    limiter.sweep(Tick(200 * SECOND));
    assert_eq!((limiter.memory().counters, limiter.memory().bytes), (0, empty));
}

#[test]
fn a_limiter_that_is_full_takes_nothing_until_something_is_over() {
    let limiter = limiter_of(100, 1);
    for number in 0..100 {
        assert_eq!(take(&limiter, counter(number), rule(number), 1, 0).state, Admission::Admitted);
    }
    let full = |number, now| {
        let mut takes = [Take::new(counter(1), rule(1), 1), Take::new(counter(number), rule(number), 1)];
        limiter.take(&mut takes, Tick(now), WALL)
    };
    let before = peek(&limiter, counter(1), rule(1), 0);
    assert_eq!(full(100, 0), Taken::Full);
    assert_eq!(peek(&limiter, counter(1), rule(1), 0), before);
    // A question needs no room, nor does a counter that is there.
    assert_eq!(peek(&limiter, counter(100), rule(100), 0).state, Admission::Admitted);
    assert_eq!(full(50, 0), Taken::All);
    // Where something is over, room is found without a sweep.
    let same_place = (101..10_000).find(|&n| counter(n).home >> 56 == counter(3).home >> 56).unwrap();
    assert_eq!(full(same_place, 500 * SECOND), Taken::All);
    limiter.sweep(Tick(1000 * SECOND));
    assert!((200..300).all(|number| full(number, 1000 * SECOND) == Taken::All || number > 298));
    assert!(limiter.memory().counters <= 100);
}

#[test]
fn nodes_share_a_limit_and_none_is_left_without() {
    for (limit, nodes, share) in [(10, 3, 3), (2, 3, 1), (0, 3, 0), (9, 1, 9), (65_536, 2, 32_768)] {
        let limiter = limiter_of(100, nodes);
        for rule in [window(limit, 60), bucket(limit, 60, limit)] {
            assert_eq!(peek(&limiter, counter(1), rule, 0).remaining, share);
            assert_eq!(take(&limiter, counter(1), rule, share + 1, 0).state, Admission::Refused);
            let state = take(&limiter, counter(1), rule, share, 0).state;
            assert_eq!(state == Admission::Admitted, share > 0);
        }
    }
}
