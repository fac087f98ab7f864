//! What was drawn from the database.

use crate::support::*;
use lockwork_model::ids::{ApiKeyId, OrganizationId, ProjectId};
use lockwork_model::limit_overrides::Identifier;
use lockwork_model::limits::{Account, Rate, Subject};
use lockwork_model::time::{Tick, Timestamp};
use lockwork_verify::{
    Admission, Counter, Deposit, Held, Leftover, Limiter, LimiterOptions, Outcome, Rule, Take,
};
use std::time::Duration;
use uuid::Uuid;

const ID: Uuid = Uuid::from_u64_pair(3, 4);

fn credits() -> Account {
    Account { subject: Subject::ApiKey(ApiKeyId::from_uuid(ID)), quota: None }
}

fn quota() -> Account {
    Account { quota: Some("exports".parse().unwrap()), ..credits() }
}

fn wall(seconds: i64) -> Timestamp {
    Timestamp::from_micros(WALL.as_micros() + seconds * SECOND as i64)
}

/// Spends from an account at a wall clock of so many seconds.
fn spend(limiter: &Limiter, account: &Account, cost: u64, seconds: i64) -> Outcome {
    let mut takes = [Take::new(limiter.account_counter(account), Rule::Lease, cost)];
    limiter.take(&mut takes, Tick(seconds as u64 * SECOND), wall(seconds));
    takes[0].outcome
}

fn deposit(limiter: &Limiter, account: &Account, deposit: Deposit) {
    limiter.deposit(limiter.account_counter(account), account, deposit);
}

fn of_version(version: i64, amount: u64) -> Deposit {
    Deposit { amount, version, ..Deposit::default() }
}

#[test]
fn nothing_is_known_before_the_first_draw() {
    let limiter = limiter();
    for cost in [0, 1] {
        assert_eq!(spend(&limiter, &credits(), cost, 0).state, Admission::Short);
    }
    assert_eq!(limiter.memory().leases, 0);
}

#[test]
fn what_a_node_holds_is_told_with_its_version_and_stays_idle_when_only_asked_for() {
    let limiter = limiter();
    let counter = limiter.account_counter(&credits());
    assert_eq!(limiter.held(counter, wall(0)), None);
    deposit(&limiter, &credits(), of_version(3, 10));
    spend(&limiter, &credits(), 4, 0);
    let mut takes = [Take::new(counter, Rule::Lease, 5)];
    limiter.ask(&mut takes, Tick(60 * SECOND), wall(60));
    assert_eq!((takes[0].outcome.state, takes[0].outcome.remaining), (Admission::Admitted, 6));
    assert_eq!(limiter.held(counter, wall(60)), Some(Held { amount: 6, version: 3 }));
    let idle = limiter.collect(Some(Tick(30 * SECOND)));
    assert_eq!(idle.iter().map(|leftover| leftover.amount).collect::<Vec<_>>(), [6]);
}

#[test]
fn what_was_drawn_is_spent_without_asking_and_then_more_must_be_drawn() {
    let limiter = limiter();
    deposit(&limiter, &credits(), Deposit { left: 90, ..of_version(1, 10) });
    let outcome = |state, remaining| Outcome { state, remaining, reset: Duration::ZERO };
    assert_eq!(spend(&limiter, &credits(), 0, 0), outcome(Admission::Admitted, 100));
    assert_eq!(spend(&limiter, &credits(), 7, 0), outcome(Admission::Admitted, 93));
    assert_eq!(spend(&limiter, &credits(), 4, 0), outcome(Admission::Short, 93));
    deposit(&limiter, &credits(), Deposit { left: 80, ..of_version(1, 10) });
    assert_eq!(spend(&limiter, &credits(), 13, 0), outcome(Admission::Admitted, 80));
}

#[test]
fn a_draw_that_failed_refuses_so_much_and_more_until_it_may_be_tried_again() {
    let limiter = limiter();
    let failed = Deposit { left: 4, refused_cost: Some(5), retry_at: Tick(2 * SECOND), ..of_version(1, 0) };
    deposit(&limiter, &credits(), failed);
    assert_eq!(spend(&limiter, &credits(), 5, 0).state, Admission::Refused);
    assert_eq!(spend(&limiter, &credits(), 6, 1).state, Admission::Refused);
    // So little was not asked for yet.
    assert_eq!(spend(&limiter, &credits(), 4, 1).state, Admission::Short);
    assert_eq!(spend(&limiter, &credits(), 5, 2).state, Admission::Short);
    // When there is more, nobody need wait to ask again.
    deposit(&limiter, &credits(), Deposit { resets_at: Some(wall(1)), ..failed });
    let refused = spend(&limiter, &credits(), 5, 0);
    assert_eq!((refused.state, refused.reset), (Admission::Refused, Duration::from_secs(1)));
    assert_eq!(spend(&limiter, &credits(), 5, 1).state, Admission::Short);
}

#[test]
fn what_was_drawn_from_an_older_version_is_worth_nothing_in_whichever_order_it_comes() {
    let limiter = limiter();
    let remaining = || spend(&limiter, &credits(), 0, 0);
    deposit(&limiter, &credits(), of_version(5, 10));
    deposit(&limiter, &credits(), of_version(4, 10));
    assert_eq!(remaining().remaining, 10);
    deposit(&limiter, &credits(), of_version(6, 3));
    assert_eq!(remaining().remaining, 3);
    let void = |version| limiter.void(limiter.account_counter(&credits()), &credits(), version);
    void(6);
    assert_eq!(remaining().remaining, 3, "it was drawn from this version");
    void(7);
    assert_eq!(remaining().state, Admission::Short);
    deposit(&limiter, &credits(), of_version(6, 10));
    assert_eq!(remaining().state, Admission::Short);
    deposit(&limiter, &credits(), of_version(7, 2));
    assert_eq!(remaining().remaining, 2);
}

#[test]
fn a_draw_that_is_on_its_way_while_credits_are_set_anew_is_void() {
    let limiter = limiter();
    limiter.void(limiter.account_counter(&credits()), &credits(), 8);
    deposit(&limiter, &credits(), of_version(7, 10));
    assert_eq!(spend(&limiter, &credits(), 0, 0).state, Admission::Short);
    assert_eq!(limiter.collect(None), []);
}

#[test]
fn a_quotas_period_ends_and_what_was_drawn_from_it_with_it() {
    let limiter = limiter();
    let of_period = |end, amount| Deposit {
        valid_until: Some(wall(end)),
        resets_at: Some(wall(end)),
        ..of_version(0, amount)
    };
    deposit(&limiter, &quota(), of_period(10, 5));
    deposit(&limiter, &quota(), of_period(10, 5));
    let last = spend(&limiter, &quota(), 1, 9);
    assert_eq!((last.remaining, last.reset), (9, Duration::from_secs(1)));
    assert_eq!(spend(&limiter, &quota(), 1, 10).state, Admission::Short);
    deposit(&limiter, &quota(), of_period(20, 7));
    deposit(&limiter, &quota(), of_period(10, 100));
    assert_eq!(spend(&limiter, &quota(), 0, 10).remaining, 7);
    // The wall clock may go back; what is drawn belongs to the period it was drawn from.
    assert_eq!(spend(&limiter, &quota(), 7, 5).remaining, 0);
}

#[test]
fn what_nobody_uses_is_collected_and_all_of_it_at_the_end() {
    let limiter = limiter();
    deposit(&limiter, &credits(), of_version(2, 10));
    deposit(&limiter, &quota(), Deposit { valid_until: Some(wall(9)), ..of_version(0, 4) });
    spend(&limiter, &credits(), 3, 5);
    assert_eq!(limiter.collect(Some(Tick(SECOND))), [], "one was used, the other is new");
    let leftover = |account, amount, version, valid_until| Leftover { account, amount, version, valid_until };
    let idle = limiter.collect(Some(Tick(5 * SECOND)));
    assert_eq!(idle, [leftover(quota(), 4, 0, Some(wall(9)))]);
    assert_eq!(limiter.collect(None), [leftover(credits(), 7, 2, None)]);
    assert_eq!((limiter.collect(None), limiter.memory().leases), (vec![], 0));
    assert_eq!(spend(&limiter, &credits(), 0, 5).state, Admission::Short);
}

#[test]
fn counters_are_told_apart_by_subject_name_kind_and_window_and_by_nothing_else() {
    let limiter = limiter();
    let project = |number| ProjectId::from_uuid(Uuid::from_u64_pair(1, number));
    let identifier = |namespace: &str, text: &str| Identifier::new("", namespace, text.to_owned()).unwrap();
    let seconds = |seconds| Rate::Window { seconds };
    let bucket = |seconds, burst| Rate::Bucket { seconds, burst };
    let of = |project, identifier: Identifier, rate| limiter.identifier_counter(project, &identifier, rate);
    let organization =
        Account { subject: Subject::Organization(OrganizationId::from_uuid(Uuid::nil())), quota: None };
    let different: Vec<Counter> = vec![
        of(project(1), identifier("a", "bc"), seconds(60)),
        of(project(2), identifier("a", "bc"), seconds(60)),
        of(project(1), identifier("ab", "c"), seconds(60)),
        of(project(1), identifier("a", "bd"), seconds(60)),
        of(project(1), identifier("a", "bc"), seconds(61)),
        of(project(1), identifier("a", "bc"), bucket(60, 1)),
        limiter.account_counter(&credits()),
        limiter.account_counter(&quota()),
        limiter.account_counter(&organization),
    ];
    for (at, counter) in different.iter().enumerate() {
        assert!(different[..at].iter().all(|other| other.id != counter.id), "{at}");
    }
    let same = of(project(1), identifier("a", "bc"), bucket(60, 9));
    assert_eq!(different[5], same);
    assert!(different[..1].iter().chain(&different[4..6]).all(|counter| counter.home == same.home));
    assert_eq!(limiter.credits_counter(credits().subject), limiter.account_counter(&credits()));
    let other = Limiter::new(LimiterOptions { seed: 8, counters_max: 1, nodes: 1 });
    assert_ne!(other.account_counter(&credits()), limiter.account_counter(&credits()));
    assert_ne!(other.identifier_counter(project(1), &identifier("a", "bc"), seconds(60)), different[0]);
}
