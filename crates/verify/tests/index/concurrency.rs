//! Readers while the writer is at work: what they see belongs together, and what nobody touches stays found.

use crate::support::*;
use lockwork_model::secrets::SecretHasher;
use lockwork_model::time::Timestamp;
use lockwork_model::verification::*;
use lockwork_verify::Index;
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
        grants: Grants { roles: vec![role(variant)], actions: vec![] },
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
        name: facts.display_name,
        actions: format!("[\"a.b.n{variant}\"]"),
    }
}

/// Project 1 with organizations, actions and roles of the variants' numbers.
fn prepared() -> Index {
    let index = Index::new(SecretHasher::default());
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
    if let (Seen::Found { name: seen, id, .. }, Seen::Found { name: expected, .. }) = (seen, &mut expected) {
        let number = id.uuid().as_u64_pair().1 / VARIANTS;
        assert!(seen.is_empty() || seen.starts_with(&format!("key {number} ")), "{seen}");
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
