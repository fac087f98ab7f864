//! The index as a file, so that a start need not read every row of the database.
//!
//! An image is a cache: versioned, checksummed block by block, tied to a position of the change feed and to the
//! pepper, and refused on any doubt.

mod checksum;
mod format;
mod read;
mod rules;
mod write;

/// A position of the change feed, opaque to the index. An image is the index as of this position.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedPosition(pub Vec<u8>);

/// Why an image cannot be used; the index is then built from rows.
#[derive(Debug, thiserror::Error)]
pub enum ImageRefused {
    /// It could not be read, or ended too early.
    #[error("the index image could not be read")]
    Unreadable(#[from] std::io::Error),
    /// It does not begin as one, or was written by another version.
    #[error("not an index image of this version")]
    OtherFormat,
    /// Its keys were hashed with another pepper.
    #[error("the index image was made with another pepper")]
    OtherPepper,
    /// Its contents contradict its checksums or each other.
    #[error("the index image is damaged")]
    Damaged,
    /// There is not enough memory for it.
    #[error("the index image does not fit into memory")]
    TooLarge(#[from] crate::IndexFull),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::checksum::checksum;
    use crate::image::format::MAGIC;
    use crate::{Index, Limiter, LimiterOptions};
    use lockwork_model::calendar::Period;
    use lockwork_model::ids::*;
    use lockwork_model::ip_networks::IpNetworks;
    use lockwork_model::limit_overrides::Identifier;
    use lockwork_model::limits::{Limit, LimitKind, Rate};
    use lockwork_model::secrets::{SecretHash, SecretHasher};
    use lockwork_model::time::Timestamp;
    use lockwork_model::verification::*;
    use proptest::prelude::*;
    use std::sync::Arc;
    use uuid::Uuid;

    fn limiter() -> Arc<Limiter> {
        Arc::new(Limiter::new(LimiterOptions { seed: 1, counters_max: 10, nodes: 1 }))
    }

    fn bound(plan: PlanId) -> Rules {
        let limit =
            |name: &str, kind| Limit { name: name.parse().unwrap(), limit: 3, kind, only_when_named: true };
        let limits = vec![
            limit("a", LimitKind::Rate(Rate::Window { seconds: 60 })),
            limit("b", LimitKind::Rate(Rate::Bucket { seconds: 60, burst: 2 })),
            limit("c", LimitKind::Quota { period: Period::Day, anchor: Some(Timestamp::from_micros(5)) }),
        ];
        let ip_allowlist = IpNetworks::parse("", &["10.0.0.0/8".to_owned()]).unwrap();
        Rules { plan: Some(plan), limits, ip_allowlist, has_credits: true }
    }

    /// An image in one block, without its frame.
    fn payload() -> Vec<u8> {
        let index = Index::new(SecretHasher::default(), limiter());
        let id = Uuid::from_u64_pair(1, 2);
        let (project, organization) = (ProjectId::from_uuid(id), OrganizationId::from_uuid(id));
        let plan = PlanId::from_uuid(id);
        let prefixes = vec!["acme_".parse().unwrap()];
        index.upsert_project(ProjectFacts { id: project, api_keys_enabled: true, prefix: None, prefixes });
        let actions = vec![ActionFacts { id: ActionId::from_uuid(id), name: "a.b.c".parse().unwrap() }];
        index.set_actions(project, actions).unwrap();
        index
            .upsert_role(RoleFacts { id: RoleId::from_uuid(id), actions: vec![ActionId::from_uuid(id)] })
            .unwrap();
        index
            .upsert_organization(OrganizationFacts {
                id: organization,
                project,
                api_keys_enabled: true,
                rules: bound(plan),
            })
            .unwrap();
        index.upsert_plan(PlanFacts { id: plan, limits: bound(plan).limits });
        index.upsert_limit_override(LimitOverrideFacts {
            id: LimitOverrideId::from_uuid(id),
            project,
            identifier: Identifier::new("", "logins", "customer".to_owned()).unwrap(),
            limit: 0,
            rate: Rate::Window { seconds: 60 },
        });
        index.upsert_backend_key(BackendKeyFacts {
            id: BackendApiKeyId::from_uuid(id),
            project,
            hash: SecretHash::from_bytes([1; 32]),
            scope: lockwork_model::access::BackendKeyScope::Full,
        });
        for number in 0..40u8 {
            let facts = KeyFacts {
                id: ApiKeyId::from_uuid(id),
                organization,
                hash: SecretHash::from_bytes([number.wrapping_mul(57); 32]),
                state: KeyState::Active,
                expires_at: (number % 2 == 0).then_some(Timestamp::from_micros(7)),
                former: None,
                rotated: number % 3 == 0,
                display_name: "name".to_owned(),
                external_id: None,
                metadata: None,
                grants: Grants {
                    roles: vec![RoleId::from_uuid(id)],
                    actions: vec![],
                    rules: if number % 5 == 0 { bound(plan) } else { Rules::default() },
                },
            };
            index.upsert_key(&facts).unwrap();
        }
        let mut image = Vec::new();
        index.write_image(&mut image, &FeedPosition(vec![1])).unwrap();
        let len = u32::from_le_bytes(image[8..12].try_into().unwrap()) as usize;
        image[12..12 + len].to_vec()
    }

    /// An image of one block with this payload and the right checksums.
    fn framed(payload: &[u8]) -> Vec<u8> {
        let mut image = MAGIC.to_vec();
        for (number, block) in [payload, &[]].into_iter().enumerate() {
            image.extend((block.len() as u32).to_le_bytes());
            image.extend(block);
            image.extend(checksum(block, number as u64).to_le_bytes());
        }
        image
    }

    fn read(image: &[u8]) -> Result<u64, ImageRefused> {
        Index::read_image(&mut &*image, SecretHasher::default(), limiter()).map(|(index, _)| index.len())
    }

    #[test]
    fn the_frame_is_the_writers_own() {
        assert_eq!(read(&framed(&payload())).unwrap(), 40);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn a_forged_image_with_right_checksums_is_read_or_refused_without_a_panic(
            at in 0..payload().len(),
            bytes in proptest::collection::vec(prop_oneof![Just(0u8), Just(255u8), any::<u8>()], 1..20),
            cut in prop::option::of(0..payload().len()),
        ) {
            let mut payload = payload();
            let end = (at + bytes.len()).min(payload.len());
            payload[at..end].copy_from_slice(&bytes[..end - at]);
            payload.truncate(cut.unwrap_or(payload.len()));
            let _ = read(&framed(&payload));
        }
    }
}
