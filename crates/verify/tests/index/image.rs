//! The image: what it keeps, and what it refuses.

use crate::support::*;
use lockwork_model::secrets::{Pepper, SecretHasher};
use lockwork_model::time::Timestamp;
use lockwork_model::verification::*;
use lockwork_verify::{FeedPosition, ImageRefused, Index};
use proptest::prelude::*;
use std::sync::OnceLock;

fn image_of(index: &Index) -> Vec<u8> {
    let mut image = Vec::new();
    index.write_image(&mut image, &FeedPosition(b"position".to_vec())).unwrap();
    image
}

fn read(mut image: &[u8]) -> Result<(Index, FeedPosition), ImageRefused> {
    Index::read_image(&mut image, SecretHasher::default(), limiter())
}

/// An index with something of everything.
fn filled() -> Index {
    let index = index();
    index.upsert_project(ProjectFacts { prefix: None, prefixes: vec![], ..project_facts(2) });
    index.upsert_organization(organization_facts(2, 1, false)).unwrap();
    let facts = OrganizationFacts { rules: rules(5), ..organization_facts(1, 1, true) };
    index.upsert_organization(facts).unwrap();
    index.upsert_plans(vec![plan_facts(1, 10), plan_facts(2, 20)]);
    index.upsert_limit_overrides(vec![override_facts(1, 1, 0), override_facts(2, 2, 5)]);
    index.upsert_role(RoleFacts { id: role(1), actions: vec![action(1), action(2)] }).unwrap();
    index.upsert_backend_key(backend_key_facts(3));
    for number in 0..400 {
        let (roles, actions) = (vec![role(number % 2)], vec![action(number % 3)]);
        let grants = Grants { roles, actions, rules: rules(number % 7 % 6) };
        let former = FormerSecret { hash: hash(&secret(number + 1000, PREFIX)), ends_at: NOW };
        let former = (number % 11 == 0).then_some(former);
        let state = [KeyState::Active, KeyState::Disabled, KeyState::Revoked][number as usize % 3];
        let expires_at = (number % 5 == 0).then(|| Timestamp::from_micros(NOW.as_micros() + number as i64));
        // Organization 3 is not known yet; its keys must survive nevertheless.
        index
            .upsert_key(&KeyFacts {
                grants,
                state,
                expires_at,
                former,
                rotated: former.is_some(),
                external_id: (number % 4 == 0).then(|| format!("customer \"{number}\"")),
                ..key_facts(number, 1 + number % 3)
            })
            .unwrap();
    }
    index
}

fn everything(index: &Index) -> Vec<Seen> {
    (0..401)
        .chain(1000..1401)
        .map(|number| index.find(project(1), secret(number, PREFIX).reveal(), NOW, |lookup| seen(&lookup)))
        .collect()
}

#[test]
fn an_image_keeps_everything_and_its_position() {
    let before = filled();
    let (after, position) = read(&image_of(&before)).unwrap();
    assert_eq!(position, FeedPosition(b"position".to_vec()));
    assert_eq!(everything(&after), everything(&before));
    assert_eq!(after.len(), before.len());
    assert_eq!(after.project(project(1)), before.project(project(1)));
    assert_eq!(after.project(project(2)), before.project(project(2)));
    let backend_key = backend_key_facts(3);
    assert_eq!(after.backend_key(&backend_key.hash), before.backend_key(&backend_key.hash));
    for number in 1..4 {
        let identifier = identifier_of(number);
        let expected = before.limit_override(project(1), &identifier);
        assert_eq!(
            (expected.is_some(), after.limit_override(project(1), &identifier)),
            (number < 3, expected)
        );
    }
    // It is alive: what comes later reaches old keys.
    for index in [&before, &after] {
        index.upsert_organization(organization_facts(3, 1, true)).unwrap();
        index.upsert_role(RoleFacts { id: role(0), actions: vec![action(2)] }).unwrap();
        index.remove_organization(organization(1));
        index.upsert_plan(plan_facts(1, 99));
        index.remove_plan(plan(2));
        index.remove_key(&key_facts(7, 1).hash);
        index.purge();
    }
    assert_eq!(everything(&after), everything(&before));
    assert_eq!(after.len(), before.len());
}

#[test]
fn an_empty_index_has_an_image_too() {
    let (index, _) = read(&image_of(&empty_index())).unwrap();
    assert!(index.is_empty());
}

#[test]
fn keys_of_removed_organizations_are_not_written() {
    let index = filled();
    index.remove_organization(organization(1));
    let (after, _) = read(&image_of(&index)).unwrap();
    assert_eq!(everything(&after), everything(&index));
    // 24 of the keys that are left are in a rotation.
    assert_eq!(after.len(), 266 + 24);
}

#[test]
fn an_image_longer_than_a_block_reads_back() {
    let index = index();
    for number in 0..20_000 {
        let display_name = "name ".repeat(20);
        index.upsert_key(&KeyFacts { display_name, ..key_facts(number, 1) }).unwrap();
    }
    let image = image_of(&index);
    assert!(image.len() > 2 << 20);
    let (after, _) = read(&image).unwrap();
    assert_eq!(after.len(), 20_000);
    assert!((0..20_000).step_by(97).all(|number| code_of(&after, number) == Code::Valid));
}

#[test]
fn another_pepper_is_refused() {
    let hasher = SecretHasher::new(Some(&Pepper::from_bytes([1; 32])));
    let refused = Index::read_image(&mut image_of(&filled()).as_slice(), hasher, limiter());
    assert!(matches!(refused, Err(ImageRefused::OtherPepper)), "{refused:?}");
}

#[test]
fn another_format_is_refused() {
    let mut image = image_of(&filled());
    image[7] += 1;
    assert!(matches!(read(&image), Err(ImageRefused::OtherFormat)));
}

#[test]
fn every_truncation_and_every_addition_is_refused() {
    let mut image = image_of(&filled());
    for len in (0..image.len()).step_by(61).chain(image.len() - 20..image.len()) {
        assert!(read(&image[..len]).is_err(), "{len} bytes");
    }
    image.push(0);
    assert!(matches!(read(&image), Err(ImageRefused::Damaged)));
}

fn sample() -> &'static [u8] {
    static IMAGE: OnceLock<Vec<u8>> = OnceLock::new();
    IMAGE.get_or_init(|| image_of(&filled()))
}

proptest! {
    #[test]
    fn a_flipped_bit_is_refused(bit in 0..sample().len() * 8) {
        let mut image = sample().to_vec();
        image[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(read(&image).is_err());
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0..4000usize) {
        prop_assert!(read(&bytes).is_err());
        let mut image = sample().to_vec();
        let end = (at + bytes.len()).min(image.len());
        let changed = image[at..end] != bytes[..end - at];
        image[at..end].copy_from_slice(&bytes[..end - at]);
        prop_assert_eq!(read(&image).is_err(), changed);
    }
}
