//! Several limits at once: all or none.

use crate::support::*;
use lockwork_model::limits::{Account, Subject};
use lockwork_model::time::Tick;
use lockwork_verify::{Admission, Deposit, Limiter, Rule, Take, Taken};
use proptest::prelude::*;

const COUNTERS: u64 = 12;

/// Each counter has a rule of its own; every third is a lease.
fn rule(number: u64) -> Rule {
    match number % 3 {
        0 => window(10 + number * 9000, 60),
        1 => bucket(10 + number, 60, 20),
        _ => Rule::Lease,
    }
}

fn fill_leases(limiter: &Limiter, amount: u64) {
    for number in (0..COUNTERS).filter(|number| rule(*number) == Rule::Lease) {
        let deposit = Deposit { amount, version: 1, ..Deposit::default() };
        limiter.deposit(counter(number), &account(number), deposit);
    }
}

fn account(number: u64) -> Account {
    let id = uuid::Uuid::from_u64_pair(9, number);
    Account { subject: Subject::ApiKey(lockwork_model::ids::ApiKeyId::from_uuid(id)), quota: None }
}

fn remaining(limiter: &Limiter) -> Vec<u64> {
    (0..COUNTERS).map(|number| peek(limiter, counter(number), rule(number), SECOND).remaining).collect()
}

proptest! {
    #[test]
    fn what_is_refused_leaves_every_counter_as_it_was_and_what_is_admitted_takes_its_cost(
        requests in prop::collection::vec(prop::collection::vec((0..COUNTERS, 0..9u64), 1..7), 1..60),
    ) {
        let limiter = limiter();
        fill_leases(&limiter, 40);
        let mut before = remaining(&limiter);
        for request in requests {
            let mut takes: Vec<_> =
                request.iter().map(|&(number, cost)| Take::new(counter(number), rule(number), cost)).collect();
            let taken = limiter.take(&mut takes, Tick(SECOND), WALL);
            let costs: Vec<u64> = (0..COUNTERS)
                .map(|of| request.iter().filter(|(number, _)| *number == of).map(|(_, cost)| cost).sum())
                .collect();
            let fits = before.iter().zip(&costs).all(|(before, cost)| cost <= before);
            prop_assert_eq!(taken == Taken::All, fits);
            let after = remaining(&limiter);
            for (number, cost) in costs.iter().enumerate() {
                prop_assert_eq!(after[number], before[number] - if fits { *cost } else { 0 });
            }
            for (take, (number, cost)) in takes.iter().zip(&request) {
                prop_assert_eq!(take.outcome.remaining, after[*number as usize]);
                if take.outcome.state == Admission::Admitted {
                    prop_assert!(*cost <= before[*number as usize]);
                }
            }
            before = after;
        }
    }
}

#[test]
fn a_refused_rate_comes_before_an_empty_lease_and_that_before_one_that_must_be_drawn() {
    let limiter = limiter();
    let refused = Deposit { refused_cost: Some(1), retry_at: Tick(SECOND), ..Deposit::default() };
    limiter.deposit(counter(2), &account(2), refused);
    let (empty, unknown) = (Take::new(counter(2), Rule::Lease, 1), Take::new(counter(5), Rule::Lease, 1));
    let (blocked, free) = (Take::new(counter(0), window(0, 1), 1), Take::new(counter(1), bucket(5, 1, 5), 1));
    let take = |takes: &[Take]| limiter.take(&mut takes.to_vec(), Tick(0), WALL);
    assert_eq!(take(&[unknown, blocked, free]), Taken::Refused);
    assert_eq!(take(&[unknown, empty, free]), Taken::Refused);
    assert_eq!(take(&[free, unknown]), Taken::Short);
    assert_eq!(peek(&limiter, counter(1), bucket(5, 1, 5), 0).remaining, 5);
    assert_eq!(take(&[free]), Taken::All);
    assert_eq!(take(&[]), Taken::All);
}

#[test]
fn takes_of_one_counter_in_one_request_add_up() {
    let limiter = limiter();
    for rule in [window(5, 60), window(70_000, 60), bucket(5, 60, 5)] {
        let Rule::Rate { limit, .. } = rule else { unreachable!() };
        let half = Take::new(counter(7), rule, limit / 2 + 1);
        assert_eq!(limiter.take(&mut [half, half], Tick(0), WALL), Taken::Refused);
        assert_eq!(peek(&limiter, counter(7), rule, 0).remaining, limit);
        let mut takes = [Take { cost: 2, ..half }, Take { cost: 3, ..half }];
        assert_eq!(limiter.take(&mut takes, Tick(0), WALL), Taken::All);
        assert!(takes.iter().all(|take| take.outcome.remaining == limit - 5));
        limiter.sweep(Tick(1000 * SECOND));
    }
}

#[test]
fn a_counter_with_a_small_and_a_large_limit_in_one_request_counts_both_takes() {
    for rules in [[window(100, 60), window(100_000, 60)], [window(100_000, 60), window(100, 60)]] {
        let limiter = limiter();
        for before in [0, 20, 40, 60, 80] {
            assert_eq!(peek(&limiter, counter(7), window(100, 60), 0).remaining, 100 - before);
            let mut takes = rules.map(|rule| Take::new(counter(7), rule, 10));
            assert_eq!(limiter.take(&mut takes, Tick(0), WALL), Taken::All);
        }
        assert_eq!(peek(&limiter, counter(7), window(100_000, 60), 0).remaining, 99_900);
        assert_eq!(take(&limiter, counter(7), window(100, 60), 1, 0).state, Admission::Refused);
        assert_eq!(take(&limiter, counter(7), window(100_000, 60), 70_000, 0).remaining, 29_900);
    }
}

#[test]
fn more_shards_than_a_key_has_are_locked_together() {
    let limiter = limiter();
    let takes: Vec<_> = (0..200).map(|number| Take::new(counter(number * 4), window(3, 60), 1)).collect();
    for remaining in (0..3).rev() {
        let mut takes = takes.clone();
        assert_eq!(limiter.take(&mut takes, Tick(0), WALL), Taken::All);
        assert!(takes.iter().all(|take| take.outcome.remaining == remaining));
    }
    assert_eq!(limiter.take(&mut takes.clone(), Tick(0), WALL), Taken::Refused);
}
