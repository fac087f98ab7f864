//! What keys are bound by: limits of their own and of plans, their organizations', address rules, rotations.

use crate::support::*;
use lockwork_model::limits::{Account, LimitKind, Subject};
use lockwork_model::time::{Tick, Timestamp};
use lockwork_model::verification::*;
use lockwork_verify::{Admission, Counter, Index, Presented, Rule, Take, UnknownPlan};

/// What `each` answers of the key with this secret.
fn with_key<R>(index: &Index, number: u64, each: impl FnOnce(&lockwork_verify::Key<'_>) -> R) -> R {
    index.find(project(1), secret(number, PREFIX).reveal(), NOW, |lookup| match &lookup.presented {
        Presented::Found(key) => each(key),
        other => panic!("{other:?}"),
    })
}

fn limits_of(index: &Index, number: u64) -> Vec<(String, u64)> {
    with_key(index, number, |key| {
        let mut limits = Vec::new();
        key.each_limit(|bound| limits.push((bound.limit.name.to_string(), bound.limit.limit))).unwrap();
        limits
    })
}

/// The counters of a key's rates.
fn counters(index: &Index, number: u64) -> Vec<Counter> {
    with_key(index, number, |key| {
        let mut counters = Vec::new();
        key.each_limit(|bound| counters.push(bound.counter)).unwrap();
        counters
    })
}

/// Takes one of the first limit, a window of a minute, at a moment of so many seconds.
fn take(index: &Index, number: u64, seconds: u64) -> lockwork_verify::Outcome {
    let (counter, limit) = with_key(index, number, |key| {
        let mut all = Vec::new();
        key.each_limit(|bound| all.push((bound.counter, bound.limit.clone()))).unwrap();
        all.swap_remove(0)
    });
    take_of(index, counter, &limit, seconds)
}

fn take_of(
    index: &Index,
    counter: Counter,
    limit: &lockwork_model::limits::Limit,
    seconds: u64,
) -> lockwork_verify::Outcome {
    let LimitKind::Rate(rate) = limit.kind else { panic!("{limit:?}") };
    let mut takes = [Take::new(counter, Rule::Rate { limit: limit.limit, rate }, 1)];
    index.limiter().take(&mut takes, Tick(seconds * 1_000_000), NOW);
    takes[0].outcome
}

fn bound(number: u64, rules: Rules) -> KeyFacts {
    KeyFacts { grants: Grants { rules, ..Grants::default() }, ..key_facts(number, 1) }
}

fn plain(limits: &[(&str, u64)]) -> Vec<(String, u64)> {
    limits.iter().map(|(name, limit)| ((*name).to_owned(), *limit)).collect()
}

#[test]
fn own_limits_come_first_and_shadow_those_of_the_plan_then_the_organizations_likewise() {
    let index = index();
    index.upsert_plans(vec![plan_facts(1, 100), plan_facts(2, 200)]);
    index.upsert_key(&bound(1, rules(2))).unwrap();
    let of_key = plain(&[("a", 1), ("b", 2), ("p", 201)]);
    assert_eq!(limits_of(&index, 1), of_key);
    let facts = OrganizationFacts { rules: rules(1), ..organization_facts(1, 1, true) };
    index.upsert_organization(facts).unwrap();
    assert_eq!(limits_of(&index, 1), [of_key.clone(), plain(&[("a", 100), ("p", 101)])].concat());
    let counters = counters(&index, 1);
    for (at, counter) in counters.iter().enumerate() {
        assert!(counters[..at].iter().all(|other| other.id != counter.id));
    }
    assert!(counters[..3].iter().all(|counter| counter.home == counters[0].home));
    assert!(counters[3..].iter().all(|counter| counter.home == counters[3].home));
    // Keys of one organization share its counters and nothing else.
    index.upsert_key(&bound(2, rules(2))).unwrap();
    let other = self::counters(&index, 2);
    assert_eq!(other[3..], counters[3..]);
    assert!(other[..3].iter().zip(&counters).all(|(other, counter)| other.id != counter.id));
    index.upsert_organization(organization_facts(1, 1, true)).unwrap();
    assert_eq!(limits_of(&index, 1), of_key);
}

#[test]
fn a_plan_edit_is_in_effect_for_all_its_keys_at_once() {
    let index = index();
    index.upsert_plan(plan_facts(1, 100));
    for number in 1..=200 {
        index.upsert_organization(organization_facts(number, 1, true)).unwrap();
        let facts = KeyFacts { organization: organization(number), ..bound(number, rules(1)) };
        index.upsert_key(&facts).unwrap();
    }
    index.upsert_plan(plan_facts(1, 7));
    assert!((1..=200).all(|number| limits_of(&index, number) == plain(&[("a", 7), ("p", 8)])));
}

#[test]
fn an_unknown_plan_is_an_error_and_never_no_limit() {
    let index = index();
    let unknown = |number| with_key(&index, number, |key| key.each_limit(|_| ()));
    index.upsert_key(&bound(1, rules(1))).unwrap();
    index.upsert_key(&key_facts(2, 1)).unwrap();
    assert_eq!((unknown(1), unknown(2)), (Err(UnknownPlan(plan(1))), Ok(())));
    assert!(with_key(&index, 1, |key| key.has_limits()));
    let facts = OrganizationFacts { rules: rules(2), ..organization_facts(1, 1, true) };
    index.upsert_organization(facts).unwrap();
    assert_eq!(unknown(2), Err(UnknownPlan(plan(2))));
    index.upsert_plans(vec![plan_facts(1, 1), plan_facts(2, 2)]);
    assert_eq!((unknown(1), unknown(2)), (Ok(()), Ok(())));
    index.remove_plan(plan(1));
    assert_eq!(unknown(1), Err(UnknownPlan(plan(1))));
}

#[test]
fn the_addresses_of_the_key_and_of_its_organization_both_decide() {
    let index = index();
    let code = |number, address: &str| {
        index.find(project(1), secret(number, PREFIX).reveal(), NOW, |lookup| {
            lookup.verdict(None, address.parse().ok()).unwrap()
        })
    };
    index.upsert_key(&bound(1, rules(3))).unwrap();
    index.upsert_key(&key_facts(2, 1)).unwrap();
    assert_eq!((code(1, "10.9.8.7"), code(1, "::ffff:10.9.8.7")), (Code::Valid, Code::Valid));
    for outside in ["11.0.0.1", "2001:db9::1", ""] {
        assert_eq!((code(1, outside), code(2, outside)), (Code::AddressNotAllowed, Code::Valid));
    }
    let facts = OrganizationFacts { rules: rules(5), ..organization_facts(1, 1, true) };
    index.upsert_organization(facts).unwrap();
    assert_eq!(
        (code(1, "10.9.8.7"), code(2, "10.9.8.7")),
        (Code::AddressNotAllowed, Code::AddressNotAllowed)
    );
    assert_eq!((code(1, "192.0.2.9"), code(2, "192.0.2.9")), (Code::AddressNotAllowed, Code::Valid));
    // Addresses come before permissions, and after everything that ends the key.
    let verdict = |number| {
        index.find(project(1), secret(number, PREFIX).reveal(), NOW, |lookup| {
            lookup.verdict(Some("acme.widgets.read"), None).unwrap()
        })
    };
    assert_eq!(verdict(1), Code::AddressNotAllowed);
    index.upsert_key(&KeyFacts { expires_at: Some(NOW), ..bound(1, rules(3)) }).unwrap();
    assert_eq!(verdict(1), Code::Expired);
}

#[test]
fn quotas_and_credits_are_counted_where_their_accounts_are() {
    let index = index();
    index.upsert_plan(plan_facts(1, 1));
    index.upsert_key(&bound(1, rules(5))).unwrap();
    let facts = OrganizationFacts { rules: rules(4), ..organization_facts(1, 1, true) };
    index.upsert_organization(facts).unwrap();
    let limiter = index.limiter();
    with_key(&index, 1, |key| {
        let subject = Subject::ApiKey(key.id);
        let mut quotas = Vec::new();
        key.each_limit(|bound| {
            if matches!(bound.limit.kind, LimitKind::Quota { .. }) {
                let account = Account { subject: bound.subject, quota: Some(bound.limit.name.clone()) };
                assert_eq!(bound.counter, limiter.account_counter(&account));
                quotas.push(bound.limit.name.to_string());
            }
        })
        .unwrap();
        assert_eq!(quotas, ["c", "d"]);
        let mut credits = Vec::new();
        key.each_credit(|subject, counter| {
            assert_eq!(counter, limiter.credits_counter(subject));
            credits.push(subject);
        });
        assert_eq!(credits, [subject, Subject::Organization(organization(1))]);
    });
}

/// The facts of key 1 with a limit, whose secret was number 1 and now is another.
fn rotated(to: u64, former: u64, ends_in: i64) -> KeyFacts {
    let ends_at = Timestamp::from_micros(NOW.as_micros() + ends_in);
    KeyFacts {
        hash: hash(&secret(to, PREFIX)),
        former: Some(FormerSecret { hash: hash(&secret(former, PREFIX)), ends_at }),
        rotated: true,
        ..bound(1, rules(2))
    }
}

#[test]
fn both_secrets_work_until_the_former_one_ends() {
    let index = index();
    index.upsert_plan(plan_facts(2, 9));
    index.upsert_key(&bound(1, rules(2))).unwrap();
    index.upsert_key(&rotated(2, 1, 1)).unwrap();
    assert_eq!((code_of(&index, 1), code_of(&index, 2)), (Code::Valid, Code::Valid));
    assert!(with_key(&index, 1, |one| with_key(&index, 2, |two| one.id == two.id)));
    assert_eq!((counters(&index, 1), index.len()), (counters(&index, 2), 2));
    index.upsert_key(&rotated(2, 1, 0)).unwrap();
    assert_eq!((code_of(&index, 1), code_of(&index, 2)), (Code::Expired, Code::Valid));
    // A key that ends before its former secret would, ends with both.
    index.upsert_key(&KeyFacts { expires_at: Some(NOW), ..rotated(2, 1, 5) }).unwrap();
    assert_eq!((code_of(&index, 1), code_of(&index, 2)), (Code::Expired, Code::Expired));
    index.remove_key(&hash(&secret(1, PREFIX)));
    index.upsert_key(&rotated(3, 2, 1)).unwrap();
    let codes = [1, 2, 3].map(|number| code_of(&index, number));
    assert_eq!(codes, [Code::NotFound, Code::Valid, Code::Valid]);
}

#[test]
fn a_rotation_gives_no_fresh_window() {
    let index = index();
    index.upsert_plan(plan_facts(2, 9));
    index.upsert_key(&bound(1, rules(2))).unwrap();
    assert_eq!(take(&index, 1, 0).state, Admission::Admitted);
    let limit = window("a", 1);
    // A request that was looked up before the rotation and decides after it.
    let early = counters(&index, 1)[0];
    index.upsert_key(&rotated(2, 1, 9)).unwrap();
    let reset = take(&index, 2, 1).reset;
    for outcome in [take(&index, 1, 1), take(&index, 2, 1), take_of(&index, early, &limit, 1)] {
        assert_eq!((outcome.state, outcome.reset), (Admission::Refused, reset));
    }
    // What it takes itself counts for all that come later.
    assert_eq!(take_of(&index, early, &limit, 100).state, Admission::Admitted);
    assert_eq!(take(&index, 2, 100).state, Admission::Refused);
    // So it does when the node hears of two rotations at once, in whichever order.
    index.upsert_key(&KeyFacts { id: key(4), ..bound(4, rules(2)) }).unwrap();
    assert_eq!(take(&index, 4, 200).state, Admission::Admitted);
    index.upsert_key(&KeyFacts { id: key(4), ..rotated(6, 5, 9) }).unwrap();
    index.remove_key(&hash(&secret(4, PREFIX)));
    assert_eq!(take(&index, 6, 201).state, Admission::Refused);
}

#[test]
fn an_index_that_replaces_another_one_goes_on_with_its_counts() {
    let index = index();
    index.upsert_plan(plan_facts(2, 9));
    for number in [1, 7] {
        index.upsert_key(&bound(number, rules(2))).unwrap();
        assert_eq!(take(&index, number, 0).state, Admission::Admitted);
    }
    let other = Index::new(lockwork_model::secrets::SecretHasher::default(), index.limiter().clone());
    other.upsert_project(project_facts(1));
    other.upsert_organization(organization_facts(1, 1, true)).unwrap();
    other.upsert_plan(plan_facts(2, 9));
    other.upsert_keys(&[rotated(2, 1, 9), bound(7, rules(2))]).unwrap();
    for number in [1, 2, 7] {
        assert_eq!(take(&other, number, 1).state, Admission::Refused, "{number}");
    }
}

#[test]
fn an_override_goes_with_its_identifier() {
    let index = index();
    let of = |number| index.limit_override(project(1), &identifier_of(number)).map(|(limit, _)| limit);
    index.upsert_limit_overrides((0..300).map(|number| override_facts(number, number, number)).collect());
    assert!((0..300).all(|number| of(number) == Some(number)));
    index.upsert_limit_override(override_facts(5, 5, 50));
    index.upsert_limit_override(override_facts(6, 1006, 60));
    index.remove_limit_override(override_facts(7, 7, 0).id);
    assert_eq!([5, 6, 1006, 7].map(of), [Some(50), None, Some(60), None]);
    // Another one for the same identifier may be told before the end of the first.
    index.upsert_limit_override(override_facts(1008, 8, 80));
    index.remove_limit_override(override_facts(8, 8, 0).id);
    assert_eq!(of(8), Some(80));
    assert_eq!(index.limit_override(project(2), &identifier_of(5)), None);
}
