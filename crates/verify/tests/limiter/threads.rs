//! Many threads on the same counters.

use crate::support::*;
use lockwork_model::time::Tick;
use lockwork_verify::{Admission, Limiter, Rule, Take, Taken};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// A generator (SplitMix64) that gives the same numbers in each run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

/// An admission: somewhere between the two moments.
struct Admitted {
    after: u64,
    before: u64,
    cost: u64,
}

/// Lets threads ask as often as they can, on a clock that goes on, stands still and jumps.
fn race(limiter: &Limiter, rule: Rule, threads: u64) -> Vec<Admitted> {
    let clock = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let ask = |seed| {
            let clock = &clock;
            move || {
                let (mut random, mut admitted) = (Seeded(seed), Vec::new());
                for _ in 0..20_000 / threads {
                    let pause = [0, 0, 300, 5000, 200_000][random.below(5) as usize];
                    let pause = if random.below(2000) == 0 { 3 * SECOND } else { pause / 10 };
                    let after = clock.fetch_add(pause, SeqCst) + pause;
                    let cost = random.below(4);
                    if take(limiter, counter(3), rule, cost, after).state == Admission::Admitted {
                        admitted.push(Admitted { after, before: clock.load(SeqCst), cost });
                    }
                }
                admitted
            }
        };
        let threads: Vec<_> = (0..threads).map(|seed| scope.spawn(ask(seed))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn no_window_holds_more_than_the_limit_whatever_threads_ask() {
    for (threads, limit) in [(1, 40), (2, 40), (8, 40), (2, 70_000), (8, 1)] {
        let mut admitted = race(&limiter(), window(limit, 1), threads);
        admitted.sort_by_key(|admitted| admitted.after);
        assert!(admitted.iter().map(|admitted| admitted.cost).sum::<u64>() > limit.min(1000));
        for (first, begin) in admitted.iter().enumerate() {
            let end = begin.after + SECOND;
            let inside = admitted[first..].iter().take_while(|admitted| admitted.after <= end);
            let sum: u64 =
                inside.filter(|admitted| admitted.before <= end).map(|admitted| admitted.cost).sum();
            assert!(sum <= limit, "{sum} of {limit} with {threads} threads from {} on", begin.after);
        }
    }
}

#[test]
fn requests_that_want_several_counters_take_all_or_none_whatever_threads_ask() {
    const COUNTERS: u64 = 9;
    let rule =
        |number: u64| if number.is_multiple_of(2) { window(4000, 3600) } else { bucket(4000, 3600, 4000) };
    for threads in [1, 2, 8] {
        let limiter = limiter();
        let spent: Vec<AtomicU64> = (0..COUNTERS).map(|_| AtomicU64::new(0)).collect();
        std::thread::scope(|scope| {
            for seed in 0..threads {
                let (limiter, spent) = (&limiter, &spent);
                scope.spawn(move || {
                    let mut random = Seeded(seed);
                    for _ in 0..16_000 / threads {
                        let mut wanted = || (random.below(COUNTERS), random.below(6));
                        let wanted = [wanted(), wanted(), wanted()];
                        let mut takes =
                            wanted.map(|(number, cost)| Take::new(counter(number * 3), rule(number), cost));
                        if limiter.take(&mut takes, Tick(SECOND), WALL) == Taken::All {
                            for (number, cost) in wanted {
                                spent[number as usize].fetch_add(cost, SeqCst);
                            }
                        }
                    }
                });
            }
        });
        for number in 0..COUNTERS {
            let left = peek(&limiter, counter(number * 3), rule(number), SECOND).remaining;
            assert_eq!(spent[number as usize].load(SeqCst), 4000 - left, "{threads} threads");
            assert!(left < 4000);
        }
        assert!((0..COUNTERS).any(|n| peek(&limiter, counter(n * 3), rule(n), SECOND).remaining < 5));
    }
}
