//! Which token gets which verdict.

use crate::support::*;
use lockwork_model::permissions::SyntaxError;
use lockwork_model::secrets::{Pepper, SecretHash, SecretHasher};
use lockwork_model::time::Timestamp;
use lockwork_model::verification::*;
use lockwork_verify::{Index, Presented, ProjectStatus};

#[test]
fn the_first_failure_in_the_order_is_the_verdict() {
    // Everything is wrong at first; each step mends the failure that was reported.
    let index = empty_index();
    let mut project_facts = ProjectFacts { api_keys_enabled: false, ..project_facts(1) };
    index.upsert_project(project_facts.clone());
    index.upsert_organization(organization_facts(1, 1, false)).unwrap();
    let mut facts = KeyFacts { state: KeyState::Revoked, expires_at: Some(NOW), ..key_facts(1, 1) };
    let secret = secret(1, PREFIX);
    let mut wrong = secret.reveal().to_owned();
    wrong.replace_range(20..21, if &wrong[20..21] == "0" { "1" } else { "0" });
    let verdict = |token: &str| code(&index, token, Some("acme.widgets.read"));

    assert_eq!(verdict(&wrong), Code::Malformed);
    assert_eq!(verdict(secret.reveal()), Code::NotFound);
    index.upsert_key(&facts).unwrap();
    assert_eq!(verdict(secret.reveal()), Code::ProjectDisabled);
    project_facts.api_keys_enabled = true;
    index.upsert_project(project_facts);
    assert_eq!(verdict(secret.reveal()), Code::OrganizationDisabled);
    index.upsert_organization(organization_facts(1, 1, true)).unwrap();
    assert_eq!(verdict(secret.reveal()), Code::Revoked);
    facts.state = KeyState::Disabled;
    index.upsert_key(&facts).unwrap();
    assert_eq!(verdict(secret.reveal()), Code::Disabled);
    facts.state = KeyState::Active;
    index.upsert_key(&facts).unwrap();
    assert_eq!(verdict(secret.reveal()), Code::Expired);
    facts.expires_at = None;
    index.upsert_key(&facts).unwrap();
    assert_eq!(verdict(secret.reveal()), Code::InsufficientPermissions);
    index.set_actions(project(1), vec![action_facts(1, "acme.widgets.read")]).unwrap();
    facts.grants.actions = vec![action(1)];
    index.upsert_key(&facts).unwrap();
    assert_eq!(verdict(secret.reveal()), Code::Valid);
}

#[test]
fn a_key_is_found_by_its_secrets_hash_in_its_project_only() {
    let index = index();
    let facts = KeyFacts { state: KeyState::Disabled, ..key_facts(1, 1) };
    index.upsert_key(&facts).unwrap();
    let found = |of, hash: &SecretHash| {
        index.find_by_hash(project(of), hash, NOW, |found| found.map(|key| (key.id, key.state)))
    };
    assert_eq!(found(1, &facts.hash), Some((facts.id, KeyState::Disabled)));
    assert_eq!(found(1, &key_facts(2, 1).hash), None);
    assert_eq!(found(2, &facts.hash), None);
    assert_eq!(found(9, &facts.hash), None);
}

#[test]
fn a_syntax_error_is_reported_whatever_the_token_is() {
    let index = index();
    index.upsert_key(&KeyFacts { state: KeyState::Revoked, ..key_facts(1, 1) }).unwrap();
    index.upsert_key(&key_facts(2, 1)).unwrap();
    for token in ["", secret(1, PREFIX).reveal(), secret(2, PREFIX).reveal(), secret(3, PREFIX).reveal()] {
        let verdict =
            index.find(project(1), token, NOW, |lookup| lookup.verdict(Some("acme.widgets.read AND"), None));
        assert_eq!(verdict, Err(SyntaxError { problem: "expected an action name", position: 21 }));
    }
}

#[test]
fn a_key_expires_to_the_microsecond() {
    let index = index();
    for (offset, expected) in [(1, Code::Valid), (0, Code::Expired), (-1, Code::Expired)] {
        let expires_at = Some(Timestamp::from_micros(NOW.as_micros() + offset));
        index.upsert_key(&KeyFacts { expires_at, ..key_facts(1, 1) }).unwrap();
        assert_eq!(code_of(&index, 1), expected, "{offset} µs from now");
    }
    // The epoch is a moment like any other, and not "never".
    index.upsert_key(&KeyFacts { expires_at: Some(Timestamp::from_micros(0)), ..key_facts(1, 1) }).unwrap();
    assert_eq!(code_of(&index, 1), Code::Expired);
}

#[test]
fn every_prefix_that_the_project_ever_had_works_and_no_other() {
    let index = index();
    let prefixes = vec!["old_".parse().unwrap(), PREFIX.parse().unwrap(), "x".parse().unwrap()];
    index.upsert_project(ProjectFacts { prefixes, ..project_facts(1) });
    for (number, prefix) in [(1, "old_"), (2, PREFIX), (3, "x")] {
        let secret = secret(number, prefix);
        index.upsert_key(&KeyFacts { hash: hash(&secret), ..key_facts(number, 1) }).unwrap();
        assert_eq!(code(&index, secret.reveal(), None), Code::Valid);
    }
    let digits = secret(2, PREFIX).reveal()[PREFIX.len()..].to_owned();
    for prefix in ["", "old_", "x", "acme_sk", "ACME_SK_", "acme_sk_0", " acme_sk_", "acme_sk_ü"] {
        assert_eq!(code(&index, &format!("{prefix}{digits}"), None), Code::Malformed, "{prefix}");
    }
}

#[test]
fn malformed_tokens_are_told_apart_from_unknown_ones() {
    let index = index();
    let good = secret(1, PREFIX).reveal().to_owned();
    for token in [
        "",
        "acme_sk_",
        &good[..good.len() - 1],
        &format!("{good}0"),
        &good.to_uppercase(),
        &format!("{PREFIX}{}", "z".repeat(55)),
        &format!("{PREFIX}{}", "0".repeat(55)),
        &format!("{PREFIX}{}ü", "0".repeat(53)),
        &format!("{}ü", &good[..good.len() - 2]),
    ] {
        assert_eq!(code(&index, token, None), Code::Malformed, "{token}");
    }
    assert_eq!(code(&index, &good, None), Code::NotFound);
}

#[test]
fn a_token_with_a_wrong_checksum_is_not_looked_up() {
    let index = index();
    let mut secret = secret(1, PREFIX).reveal().to_owned();
    let last = if secret.ends_with('0') { "1" } else { "0" };
    secret.replace_range(secret.len() - 1.., last);
    // Even were a key with its hash in the index, it would not be found.
    let hash = hash(&lockwork_model::secrets::SecretText::new(secret.clone()));
    index.upsert_key(&KeyFacts { hash, ..key_facts(1, 1) }).unwrap();
    assert_eq!(code(&index, &secret, None), Code::Malformed);
}

#[test]
fn a_key_of_another_project_is_unknown() {
    let index = index();
    index.upsert_project(project_facts(2));
    index.upsert_organization(organization_facts(2, 2, true)).unwrap();
    index.upsert_key(&key_facts(1, 2)).unwrap();
    let secret = secret(1, PREFIX);
    assert_eq!(code(&index, secret.reveal(), None), Code::NotFound);
    assert_eq!(
        index.find(project(2), secret.reveal(), NOW, |lookup| lookup.verdict(None, None)),
        Ok(Code::Valid)
    );
    index.find(project(3), secret.reveal(), NOW, |lookup| {
        assert_eq!(lookup.project, ProjectStatus::default());
        assert!(matches!(lookup.presented, Presented::Malformed));
    });
}

#[test]
fn a_project_tells_its_status() {
    let index = index();
    assert_eq!(index.project(project(1)), Some(ProjectStatus { api_keys_enabled: true, has_prefix: true }));
    assert_eq!(index.project(project(2)), None);
    index.upsert_project(ProjectFacts {
        prefix: None,
        prefixes: vec![],
        api_keys_enabled: false,
        ..project_facts(1)
    });
    assert_eq!(index.project(project(1)), Some(ProjectStatus { api_keys_enabled: false, has_prefix: false }));
    index.remove_project(project(1));
    assert_eq!(index.project(project(1)), None);
}

#[test]
fn many_keys_at_once_are_the_same_as_one_by_one() {
    let index = index();
    let facts: Vec<_> = (0..1000).map(|number| key_facts(number % 900, 1)).collect();
    index.upsert_keys(&facts).unwrap();
    assert_eq!(index.len(), 900);
    assert!((0..900).all(|number| code_of(&index, number) == Code::Valid));
    index.upsert_keys(&[]).unwrap();
}

#[test]
fn facts_may_come_in_any_order() {
    let index = empty_index();
    let grants = Grants { roles: vec![role(1)], actions: vec![action(2)], ..Grants::default() };
    index.upsert_key(&KeyFacts { grants, ..key_facts(1, 1) }).unwrap();
    index.upsert_project(project_facts(1));
    assert_eq!(code_of(&index, 1), Code::NotFound, "its organization is not known yet");
    index.upsert_organization(organization_facts(1, 1, true)).unwrap();
    assert_eq!(code_of(&index, 1), Code::Valid);
    index.upsert_role(RoleFacts { id: role(1), actions: vec![action(1)] }).unwrap();
    let required = Some("a.b.one AND a.b.two");
    assert_eq!(code(&index, secret(1, PREFIX).reveal(), required), Code::InsufficientPermissions);
    index.set_actions(project(1), vec![action_facts(1, "a.b.one"), action_facts(2, "a.b.two")]).unwrap();
    assert_eq!(code(&index, secret(1, PREFIX).reveal(), required), Code::Valid);
}

#[test]
fn a_role_edit_reaches_all_its_keys_at_once() {
    let index = index();
    index.upsert_role(RoleFacts { id: role(1), actions: vec![action(1)] }).unwrap();
    let grants = Grants { roles: vec![role(1)], ..Grants::default() };
    for number in 1..=300 {
        index.upsert_organization(organization_facts(number, 1, true)).unwrap();
        index.upsert_key(&KeyFacts { grants: grants.clone(), ..key_facts(number, number) }).unwrap();
    }
    let all = |required: &str, expected: Code| {
        assert!(
            (1..=300).all(|number| code(&index, secret(number, PREFIX).reveal(), Some(required)) == expected)
        );
    };
    all("acme.widgets.read", Code::Valid);
    all("acme.widgets.write", Code::InsufficientPermissions);
    index.upsert_role(RoleFacts { id: role(1), actions: vec![action(2), action(1), action(2)] }).unwrap();
    all("acme.widgets.write AND acme.widgets.read", Code::Valid);
    index.set_actions(project(1), vec![action_facts(2, "acme.widgets.change")]).unwrap();
    all("acme.widgets.change AND NOT acme.*.read AND NOT acme.*.write", Code::Valid);
    index.remove_role(role(1)).unwrap();
    all("acme.widgets.change", Code::InsufficientPermissions);
}

#[test]
fn the_keys_of_a_removed_organization_are_unknown_at_once_and_swept_later() {
    let index = index();
    index.upsert_organization(organization_facts(2, 1, true)).unwrap();
    for number in 1..=1000 {
        index.upsert_key(&key_facts(number, 1 + number % 2)).unwrap();
    }
    index.remove_organization(organization(1));
    assert!((1..=1000).all(|n| code_of(&index, n) == if n % 2 == 0 { Code::NotFound } else { Code::Valid }));
    assert_eq!(index.len(), 1000);
    // The organization may come back; its former keys do not.
    index.upsert_organization(organization_facts(1, 1, true)).unwrap();
    index.upsert_key(&key_facts(2, 1)).unwrap();
    assert_eq!((code_of(&index, 2), code_of(&index, 4)), (Code::Valid, Code::NotFound));
    assert_eq!(index.purge(), 499);
    assert_eq!(index.purge(), 0);
    assert_eq!(index.len(), 501);
    assert!(
        (1..=1000)
            .all(|n| code_of(&index, n) == if n % 2 == 0 && n != 2 { Code::NotFound } else { Code::Valid })
    );
}

#[test]
fn backend_keys_come_and_go() {
    let index = index();
    for number in 1..=200 {
        index.upsert_backend_key(backend_key_facts(number));
    }
    let found = index.backend_key(&SecretHash::from_bytes([7; 32])).unwrap();
    assert_eq!((found.id, found.project), (backend_key_facts(7).id, project(1)));
    index.remove_backend_key(&SecretHash::from_bytes([7; 32]));
    assert!(index.backend_key(&SecretHash::from_bytes([7; 32])).is_none());
    assert!(index.backend_key(&SecretHash::from_bytes([8; 32])).is_some());
}

#[test]
fn names_follow_their_keys_and_dead_ones_are_won_back() {
    let index = index();
    let read = |number| {
        index.find(project(1), secret(number, PREFIX).reveal(), NOW, |lookup| match &lookup.presented {
            Presented::Found(key) => {
                let mut details = Vec::new();
                key.write_details(&mut details);
                String::from_utf8(details).unwrap().replace(",\"displayName\":\"", "")
            }
            other => panic!("{other:?}"),
        })
    };
    for number in 1..=100 {
        index.upsert_key(&key_facts(number, 1)).unwrap();
    }
    for round in 0..200 {
        for number in 1..=100 {
            let display_name = format!("{number} in round {round} {}", "é".repeat(100));
            index.upsert_key(&KeyFacts { display_name, ..key_facts(number, 1) }).unwrap();
        }
    }
    assert!((1..=100).all(|number| read(number).starts_with(&format!("{number} in round 199 é"))));
    assert!(index.memory().names_bytes < 16 * 4096 * 8 * 4, "{:?}", index.memory());
    index.upsert_key(&KeyFacts { display_name: String::new(), ..key_facts(1, 1) }).unwrap();
    assert_eq!(read(1), "");
}

#[test]
fn a_pepper_is_part_of_every_lookup() {
    let hasher = SecretHasher::new(Some(&Pepper::from_bytes([9; 32])));
    let index = Index::new(hasher, limiter());
    index.upsert_project(project_facts(1));
    index.upsert_organization(organization_facts(1, 1, true)).unwrap();
    index.upsert_key(&key_facts(1, 1)).unwrap();
    assert_eq!(code_of(&index, 1), Code::NotFound, "it was hashed without a pepper");
}

#[test]
fn hashes_that_crowd_one_place_are_refused_and_leave_the_rest_as_it_was() {
    let index = index();
    index.upsert_key(&key_facts(1, 1)).unwrap();
    let crowded = (0..20_000u32).find_map(|number| {
        let mut bytes = [255; 32];
        bytes[8..12].copy_from_slice(&number.to_be_bytes());
        index.upsert_key(&KeyFacts { hash: SecretHash::from_bytes(bytes), ..key_facts(2, 1) }).err()
    });
    assert!(crowded.is_some());
    assert_eq!(code_of(&index, 1), Code::Valid);
}
