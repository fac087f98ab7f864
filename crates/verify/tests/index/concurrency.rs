//! Readers while the writer is at work: what they see belongs together, and what nobody touches stays found.

use crate::support::*;
use lockwork_model::limits::Rate;
use lockwork_model::time::{Tick, Timestamp};
use lockwork_model::verification::*;
use lockwork_verify::{Index, Presented, Rule, Take, Taken};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::*};

/// Keys that nobody touches.
const CALM: std::ops::Range<u64> = 0..500;
/// Keys that are added, changed and removed.
const BUSY: std::ops::Range<u64> = 500..3500;
const VARIANTS: u64 = 4;

/// A key in one of several variants that differ in everything that a reader sees, the id included.
fn variant_of(number: u64, variant: u64) -> KeyFacts {
    KeyFacts {
        id: key(number * VARIANTS + variant),
        organization: organization(variant),
        state: [KeyState::Active, KeyState::Disabled, KeyState::Revoked, KeyState::Active][variant as usize],
        expires_at: (variant % 2 == 1).then(|| Timestamp::from_micros((number * VARIANTS + variant) as i64)),
        display_name: format!("key {number} {}", "v".repeat(variant as usize * 9)),
        grants: Grants { roles: vec![role(variant)], ..Grants::default() },
        ..key_facts(number, 1)
    }
}

fn expected(number: u64, variant: u64) -> Seen {
    let facts = variant_of(number, variant);
    Seen::Found {
        id: facts.id,
        organization: facts.organization,
        enabled: true,
        state: facts.state,
        expires_at: facts.expires_at,
        details: format!(",\"displayName\":\"{}\"", facts.display_name),
        limits: String::new(),
        actions: format!("[\"a.b.n{variant}\"]"),
    }
}

/// Project 1 with organizations, actions and roles of the variants' numbers.
fn prepared() -> Index {
    let index = empty_index();
    index.upsert_project(project_facts(1));
    index
        .set_actions(project(1), (0..VARIANTS).map(|n| action_facts(n, &format!("a.b.n{n}"))).collect())
        .unwrap();
    for number in 0..VARIANTS {
        index.upsert_organization(organization_facts(number, 1, true)).unwrap();
        index.upsert_role(RoleFacts { id: role(number), actions: vec![action(number)] }).unwrap();
    }
    index
}

/// Runs `change` once while two readers check `expectation` over and over, each at least once after the end.
fn while_reading(index: &Index, change: impl FnOnce(), expectation: impl Fn(u64, Seen) + Sync) {
    let (over, looks) = (AtomicBool::new(false), AtomicU64::new(0));
    let secrets: Vec<_> = (0..BUSY.end).map(|number| secret(number, PREFIX)).collect();
    std::thread::scope(|scope| {
        for seed in 0..2 {
            let (over, looks, secrets, expectation) = (&over, &looks, &secrets, &expectation);
            scope.spawn(move || {
                let mut random = Seeded(seed);
                loop {
                    let last = over.load(Acquire);
                    for _ in 0..1000 {
                        let number = random.next() % BUSY.end;
                        let token = secrets[number as usize].reveal();
                        expectation(number, index.find(project(1), token, NOW, |lookup| seen(&lookup)));
                    }
                    looks.fetch_add(1000, Relaxed);
                    if last {
                        return;
                    }
                }
            });
        }
        change();
        over.store(true, Release);
    });
    assert!(looks.into_inner() >= 2000);
}

#[test]
fn readers_never_see_a_mixture_and_never_miss_an_untouched_key() {
    let index = prepared();
    CALM.for_each(|number| index.upsert_key(&variant_of(number, 0)).unwrap());
    let change = || {
        let mut random = Seeded(77);
        // Beginning with a small index, this fills, grows and empties its tables while they are read.
        for step in 0..60_000u64 {
            let number = BUSY.start + random.next() % (BUSY.end - BUSY.start);
            let filling = step / 15_000 % 2 == 0;
            if random.next() % 8 < if filling { 7 } else { 2 } {
                index.upsert_key(&variant_of(number, random.next() % VARIANTS)).unwrap();
            } else {
                index.remove_key(&variant_of(number, 0).hash);
            }
        }
    };
    while_reading(&index, change, |number, seen| {
        if CALM.contains(&number) {
            assert_eq!(seen, expected(number, 0));
        } else if seen != Seen::Unknown {
            assert!(
                (0..VARIANTS).any(|variant| same_but_for_the_name(&seen, &expected(number, variant))),
                "{seen:?}"
            );
        }
    });
}

/// The name is read on demand, so it may be the next variant's, or empty if the key is gone by then.
fn same_but_for_the_name(seen: &Seen, expected: &Seen) -> bool {
    let mut expected = expected.clone();
    if let (Seen::Found { details: seen, id, .. }, Seen::Found { details: expected, .. }) =
        (seen, &mut expected)
    {
        let number = id.uuid().as_u64_pair().1 / VARIANTS;
        assert!(seen.is_empty() || seen.starts_with(&format!(",\"displayName\":\"key {number} ")), "{seen}");
        expected.clone_from(seen);
    }
    *seen == expected
}

#[test]
fn a_place_that_is_given_out_again_never_shows_through() {
    let index = prepared();
    CALM.for_each(|number| index.upsert_key(&variant_of(number, 0)).unwrap());
    let change = || {
        // The organization and the role of variant 1 end and come back, so that their numbers are used again
        // for those of variants 2 and 3, and the other way round.
        for round in 0..300u64 {
            for number in BUSY.take(40) {
                index.upsert_key(&variant_of(number, 1 + (round + number) % 3)).unwrap();
            }
            for number in 1..VARIANTS {
                index.remove_organization(organization(number));
            }
            index.purge();
            // A change of the project ends what readers had before, and with it the rest of the numbers.
            index.upsert_project(project_facts(1));
            for number in (1..VARIANTS).rev() {
                index.upsert_organization(organization_facts(number, 1, true)).unwrap();
            }
        }
    };
    while_reading(&index, change, |number, seen| {
        if CALM.contains(&number) {
            assert_eq!(seen, expected(number, 0));
        } else if seen != Seen::Unknown {
            assert!(
                (1..VARIANTS).any(|variant| same_but_for_the_name(&seen, &expected(number, variant))),
                "{seen:?}"
            );
        }
    });
}

#[test]
fn a_revocation_is_seen_by_every_lookup_that_begins_after_it() {
    let index = prepared();
    let revoked = AtomicU64::new(0);
    BUSY.for_each(|number| index.upsert_key(&variant_of(number, 0)).unwrap());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    // All keys below this number were revoked before these lookups began.
                    let below = revoked.load(Acquire).max(BUSY.start);
                    for number in (BUSY.start..below).rev().take(50) {
                        assert_eq!(code_of(&index, number), Code::Revoked);
                    }
                    if below == BUSY.end {
                        return;
                    }
                }
            });
        }
        for number in BUSY {
            index.upsert_key(&KeyFacts { state: KeyState::Revoked, ..variant_of(number, 0) }).unwrap();
            revoked.store(number + 1, Release);
        }
    });
}

#[test]
fn readers_never_see_a_key_without_the_rules_that_bind_it() {
    let index = prepared();
    let facts = |key_rules: u64, number: u64| KeyFacts {
        grants: Grants { rules: rules(key_rules), ..Grants::default() },
        ..key_facts(number, number % 2)
    };
    let organization = |number: u64, rules_number: u64| OrganizationFacts {
        rules: rules(rules_number),
        ..organization_facts(number, 1, rules_number != 3)
    };
    index.upsert_plans(vec![plan_facts(1, 10), plan_facts(2, 20)]);
    (0..2).for_each(|number| index.upsert_organization(organization(number, 1)).unwrap());
    for number in 0..BUSY.end {
        index.upsert_key(&facts(1 + number % 2, number)).unwrap();
    }
    let all: Vec<Seen> = (0..2)
        .flat_map(|number| {
            // Key 0 has other rules than key 1, and so has each organization.
            [1, 2, 3].map(|organization_rules| {
                index.upsert_organization(organization(number, organization_rules)).unwrap();
                index.find(project(1), secret(number, PREFIX).reveal(), NOW, |lookup| seen(&lookup))
            })
        })
        .collect();
    let told = |seen: &Seen| match seen {
        Seen::Found { enabled, limits, id, .. } => (*enabled, limits.replace(&id.to_string(), "")),
        other => panic!("{other:?}"),
    };
    let all: Vec<_> = all.iter().map(told).collect();
    let change = || {
        let mut random = Seeded(5);
        for _ in 0..3000 {
            let [number, rules] = [2, 3].map(|end| random.next() % end);
            index.upsert_organization(organization(number, rules + 1)).unwrap();
            let number = random.next() % BUSY.end;
            index.upsert_key(&facts(1 + random.next() % 2, number)).unwrap();
        }
    };
    while_reading(&index, change, |number, seen| {
        let same = |told: &(bool, String)| {
            let organization = organization_facts(number % 2, 1, true).id.to_string();
            let other = organization_facts(1 - number % 2, 1, true).id.to_string();
            (told.0, told.1.replace(&other, &organization))
        };
        let seen = told(&seen);
        assert!(all.iter().any(|told| same(told) == seen), "{seen:?}");
    });
}

#[test]
fn a_rotation_under_load_refuses_nobody_and_admits_no_more_than_the_limit() {
    const LIMIT: u64 = 400;
    const KEYS: u64 = 60;
    let index = prepared();
    let facts = |number: u64| KeyFacts {
        grants: Grants {
            rules: Rules { limits: vec![window("a", LIMIT)], ..Rules::default() },
            ..Grants::default()
        },
        ..key_facts(number, 0)
    };
    (0..KEYS).for_each(|number| index.upsert_key(&facts(number)).unwrap());
    let (rotated, admitted) = (AtomicU64::new(0), AtomicU64::new(0));
    let ask = |number: u64| {
        let token = secret(number, PREFIX);
        index.find(project(1), token.reveal(), NOW, |lookup| {
            assert_eq!(lookup.verdict(None, None), Ok(Code::Valid));
            let Presented::Found(key) = &lookup.presented else { unreachable!() };
            let mut takes = Vec::new();
            key.each_limit(|bound| {
                let rule = Rule::Rate { limit: LIMIT, rate: Rate::Window { seconds: 60 } };
                takes.push(Take::new(bound.counter, rule, 1));
            })
            .unwrap();
            if index.limiter().take(&mut takes, Tick(0), NOW) == Taken::All {
                admitted.fetch_add(1, Relaxed);
            }
        });
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..LIMIT {
                    for number in 0..KEYS {
                        ask(number);
                        // The new secret works when the rotation is acknowledged; the old one goes on.
                        if number < rotated.load(Acquire) {
                            ask(number + KEYS);
                        }
                    }
                }
            });
        }
        for number in 0..KEYS {
            while admitted.load(Relaxed) < number * LIMIT / 3 {
                std::thread::yield_now();
            }
            let former = FormerSecret { hash: facts(number).hash, ends_at: Timestamp::MAX };
            let hash = hash(&secret(number + KEYS, PREFIX));
            let facts = KeyFacts { hash, former: Some(former), rotated: true, ..facts(number) };
            index.upsert_key(&facts).unwrap();
            rotated.store(number + 1, Release);
        }
    });
    assert_eq!(admitted.into_inner(), KEYS * LIMIT);
}
