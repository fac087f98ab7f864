//! The index image: whatever is in the file, it is read or refused.
//!
//! Checksums are made right, so that damage reaches the numbers behind them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockwork_model::access::BackendKeyScope;
use lockwork_model::calendar::Period;
use lockwork_model::ids::{
    ActionId, ApiKeyId, BackendApiKeyId, LimitOverrideId, OrganizationId, PlanId, ProjectId, RoleId,
};
use lockwork_model::ip_networks::IpNetworks;
use lockwork_model::limit_overrides::Identifier;
use lockwork_model::limits::{Limit, LimitKind, Rate};
use lockwork_model::secrets::{SecretHash, SecretHasher};
use lockwork_model::time::Timestamp;
use lockwork_model::verification::{
    ActionFacts, BackendKeyFacts, Grants, KeyFacts, KeyState, LimitOverrideFacts, OrganizationFacts, PlanFacts,
    ProjectFacts, RoleFacts, Rules,
};
use lockwork_verify::{FeedPosition, ImageRefused, Index, Limiter, LimiterOptions};
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

/// The blocks of a right image.
static PAYLOAD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut image = Vec::new();
    index().write_image(&mut image, &FeedPosition(vec![1, 2, 3])).expect("room");
    let length = u32::from_le_bytes(image[8..12].try_into().expect("4 bytes")) as usize;
    let payload = image[12..12 + length].to_vec();
    assert_eq!(framed(&payload), image, "the frame is another than the writer's");
    payload
});

fn limiter() -> Arc<Limiter> {
    Arc::new(Limiter::new(LimiterOptions { seed: 1, counters_max: 100, nodes: 1 }))
}

/// Rules of every kind.
fn rules(plan: PlanId) -> Rules {
    let rate = LimitKind::Rate(Rate::Bucket { seconds: 60, burst: 7 });
    let quota = LimitKind::Quota { period: Period::Month, anchor: Some(Timestamp::from_micros(1 << 50)) };
    let limit = |name: &str, kind| Limit {
        name: name.parse().expect("a name"),
        limit: 1000,
        kind,
        only_when_named: name == "quota",
    };
    let networks = ["10.0.0.0/8".to_owned(), "2001:db8::/32".to_owned()];
    Rules {
        plan: Some(plan),
        limits: vec![limit("rate", rate), limit("quota", quota)],
        ip_allowlist: IpNetworks::parse("", &networks).expect("networks"),
        has_credits: true,
    }
}

fn index() -> Index {
    let index = Index::new(SecretHasher::default(), limiter());
    for number in 1..=3u64 {
        let id = Uuid::from_u64_pair(number, 1);
        let (project, organization, role) =
            (ProjectId::from_uuid(id), OrganizationId::from_uuid(id), RoleId::from_uuid(id));
        let prefix: lockwork_model::secrets::KeyPrefix = format!("acme{number}_").parse().expect("a prefix");
        let prefixes = vec![prefix.clone(), "old_".parse().expect("a prefix")];
        index.upsert_project(ProjectFacts {
            id: project,
            api_keys_enabled: number != 2,
            prefix: Some(prefix),
            prefixes,
        });
        let actions: Vec<ActionId> =
            (0..4).map(|at| ActionId::from_uuid(Uuid::from_u64_pair(number, at))).collect();
        let named = |(at, &id): (usize, &ActionId)| ActionFacts {
            id,
            name: format!("acme.widgets.do{at}").parse().expect("a name"),
        };
        index.set_actions(project, actions.iter().enumerate().map(named).collect()).expect("room");
        index.upsert_role(RoleFacts { id: role, actions: actions[1..3].to_vec() }).expect("room");
        let plan = PlanId::from_uuid(id);
        index.upsert_plan(PlanFacts { id: plan, limits: rules(plan).limits });
        index.upsert_limit_override(LimitOverrideFacts {
            id: LimitOverrideId::from_uuid(id),
            project,
            identifier: Identifier::new("", "logins", format!("user {number}")).expect("an identifier"),
            limit: number,
            rate: Rate::Window { seconds: 60 },
        });
        let facts = OrganizationFacts {
            id: organization,
            project,
            api_keys_enabled: number != 3,
            rules: if number == 1 { rules(plan) } else { Rules::default() },
        };
        index.upsert_organization(facts).expect("room");
        let hash = SecretHash::from_bytes([number as u8; 32]);
        let scope = BackendKeyScope::ALL[number as usize - 1];
        index.upsert_backend_key(BackendKeyFacts {
            id: BackendApiKeyId::from_uuid(id),
            project,
            hash,
            scope,
        });
        for key in 0..20u8 {
            let facts = KeyFacts {
                id: ApiKeyId::from_uuid(Uuid::from_u64_pair(number, key.into())),
                organization,
                hash: SecretHash::from_bytes([key.wrapping_mul(57) ^ number as u8; 32]),
                former: None,
                rotated: key % 5 == 0,
                state: [KeyState::Active, KeyState::Disabled, KeyState::Revoked][usize::from(key % 3)],
                expires_at: (key % 2 == 0).then_some(Timestamp::from_micros(i64::from(key) << 40)),
                display_name: "name ".repeat(usize::from(key)),
                external_id: (key % 4 == 0).then(|| format!("external {key}")),
                metadata: None,
                grants: Grants {
                    roles: vec![role; usize::from(key % 2)],
                    actions: actions[..usize::from(key % 4)].to_vec(),
                    rules: if key % 7 == 0 { rules(plan) } else { Rules::default() },
                },
            };
            index.upsert_key(&facts).expect("room");
        }
    }
    index
}

/// As `lockwork-verify` has it.
fn checksum(bytes: &[u8], seed: u64) -> u64 {
    let mix = |state: u64, word: u64| (state ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    let mut lanes = [seed, !seed, seed.rotate_left(16), seed.rotate_left(48)];
    let (blocks, rest) = bytes.as_chunks::<32>();
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block.as_chunks::<8>().0) {
            *lane = mix(*lane, u64::from_le_bytes(*word));
        }
    }
    let tail = rest.iter().fold(bytes.len() as u64, |state, &byte| mix(state, u64::from(byte)));
    let joined = lanes.into_iter().fold(tail, mix);
    mix(joined ^ joined >> 32, 0)
}

/// An image of one block with this payload and right checksums.
fn framed(payload: &[u8]) -> Vec<u8> {
    let mut image = b"LWINDEX\x02".to_vec();
    for (number, block) in [payload, &[]].into_iter().enumerate() {
        image.extend((block.len() as u32).to_le_bytes());
        image.extend(block);
        image.extend(checksum(block, number as u64).to_le_bytes());
    }
    image
}

fn read(image: &[u8]) -> Result<Index, ImageRefused> {
    Index::read_image(&mut &*image, SecretHasher::default(), limiter()).map(|(index, _)| index)
}

/// Changes to a right image: what to overwrite, where to insert, where to cut.
type Damage<'a> = (Vec<(u16, u8)>, Option<(u16, &'a [u8])>, Option<u16>, bool);

fuzz_target!(|damage: Damage<'_>| {
    let (patches, inserted, cut, raw) = damage;
    let mut payload = PAYLOAD.clone();
    let length = payload.len();
    for (at, byte) in patches {
        payload[usize::from(at) % length] = byte;
    }
    if let Some((at, bytes)) = inserted {
        let at = usize::from(at) % length;
        if raw {
            let end = (at + bytes.len()).min(length);
            payload[at..end].copy_from_slice(&bytes[..end - at]);
        } else {
            payload.splice(at..at, bytes.iter().copied());
        }
    }
    if let Some(cut) = cut {
        payload.truncate(usize::from(cut) % (length + 1));
    }
    let image = framed(&payload);
    let Ok(index) = read(&image) else {
        assert!(payload != *PAYLOAD, "the right image was refused");
        return;
    };
    // What was read can be written and read again, and asked.
    let mut again = Vec::new();
    index.write_image(&mut again, &FeedPosition::default()).expect("room");
    assert_eq!(read(&again).expect("a right image").len(), index.len());
    let _ = index.memory();
    for key in 0..20u8 {
        let project = ProjectId::from_uuid(Uuid::from_u64_pair(1, 1));
        let token = format!("acme1_{}", "0".repeat(54) + &char::from(b'a' + key).to_string());
        index.find(project, &token, Timestamp::from_micros(0), |lookup| {
            lookup.verdict(Some("acme.widgets.do1"), None).is_ok()
        });
    }
});
