//! Facts for tests, from small numbers.

use lockwork_model::access::BackendKeyScope;
use lockwork_model::calendar::Period;
use lockwork_model::entropy::Entropy;
use lockwork_model::ids::*;
use lockwork_model::limit_overrides::Identifier;
use lockwork_model::limits::{Limit, LimitKind, Rate};
use lockwork_model::secrets::*;
use lockwork_model::time::Timestamp;
use lockwork_model::verification::*;
use lockwork_verify::{Index, Key, Limiter, LimiterOptions, Lookup, Presented};
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use uuid::Uuid;

/// A generator (SplitMix64) that gives the same bytes in each run.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes
            .chunks_mut(8)
            .for_each(|chunk| chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]));
    }
}

pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);
pub(crate) const PREFIX: &str = "acme_sk_";
/// Outside the network that [`rules`] speak of.
pub(crate) const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

pub(crate) fn limiter() -> Arc<Limiter> {
    Arc::new(Limiter::new(LimiterOptions { seed: 7, counters_max: 1_000_000, nodes: 1 }))
}

/// An index that knows nothing, with a limiter of its own.
pub(crate) fn empty_index() -> Index {
    Index::new(SecretHasher::default(), limiter())
}

pub(crate) fn uuid(kind: u64, number: u64) -> Uuid {
    Uuid::from_u64_pair(kind, number)
}
pub(crate) fn project(number: u64) -> ProjectId {
    ProjectId::from_uuid(uuid(1, number))
}
pub(crate) fn organization(number: u64) -> OrganizationId {
    OrganizationId::from_uuid(uuid(2, number))
}
pub(crate) fn action(number: u64) -> ActionId {
    ActionId::from_uuid(uuid(3, number))
}
pub(crate) fn role(number: u64) -> RoleId {
    RoleId::from_uuid(uuid(4, number))
}
pub(crate) fn key(number: u64) -> ApiKeyId {
    ApiKeyId::from_uuid(uuid(5, number))
}

pub(crate) fn plan(number: u64) -> PlanId {
    PlanId::from_uuid(uuid(7, number))
}

pub(crate) fn limit(name: &str, limit: u64, kind: LimitKind) -> Limit {
    Limit { name: name.parse().unwrap(), limit, kind, only_when_named: false }
}
pub(crate) fn window(name: &str, amount: u64) -> Limit {
    limit(name, amount, LimitKind::Rate(Rate::Window { seconds: 60 }))
}

/// Rules of several kinds; those of number 0 are empty.
pub(crate) fn rules(number: u64) -> Rules {
    let networks = |texts: &[&str]| {
        let texts: Vec<_> = texts.iter().map(|&text| text.to_owned()).collect();
        lockwork_model::ip_networks::IpNetworks::parse("", &texts).unwrap()
    };
    match number {
        0 => Rules::default(),
        1 => Rules { plan: Some(plan(1)), ..Rules::default() },
        2 => Rules { limits: vec![window("a", 1), window("b", 2)], plan: Some(plan(2)), ..Rules::default() },
        3 => Rules { ip_allowlist: networks(&["10.0.0.0/8", "2001:db8::/32"]), ..Rules::default() },
        4 => Rules { has_credits: true, ..Rules::default() },
        _ => Rules {
            plan: Some(plan(1)),
            limits: vec![
                limit("a", 5, LimitKind::Rate(Rate::Bucket { seconds: 9, burst: 3 })),
                limit("c", 6, LimitKind::Quota { period: Period::Month, anchor: None }),
                limit("d", 7, LimitKind::Quota { period: Period::Day, anchor: Some(NOW) }),
            ],
            ip_allowlist: networks(&["192.0.2.0/24"]),
            has_credits: true,
        },
    }
}

pub(crate) fn plan_facts(number: u64, amount: u64) -> PlanFacts {
    PlanFacts { id: plan(number), limits: vec![window("a", amount), window("p", amount + 1)] }
}
pub(crate) fn override_facts(number: u64, identifier: u64, amount: u64) -> LimitOverrideFacts {
    LimitOverrideFacts {
        id: LimitOverrideId::from_uuid(uuid(8, number)),
        project: project(1),
        identifier: identifier_of(identifier),
        limit: amount,
        rate: Rate::Bucket { seconds: 60, burst: amount.max(1) },
    }
}
pub(crate) fn identifier_of(number: u64) -> Identifier {
    Identifier::new("", "logins", format!("customer {number}")).unwrap()
}

pub(crate) fn project_facts(number: u64) -> ProjectFacts {
    let prefix: KeyPrefix = PREFIX.parse().unwrap();
    ProjectFacts {
        id: project(number),
        api_keys_enabled: true,
        prefix: Some(prefix.clone()),
        prefixes: vec![prefix],
    }
}
pub(crate) fn organization_facts(number: u64, in_project: u64, api_keys_enabled: bool) -> OrganizationFacts {
    let rules = Rules::default();
    OrganizationFacts { id: organization(number), project: project(in_project), api_keys_enabled, rules }
}
pub(crate) fn action_facts(number: u64, name: &str) -> ActionFacts {
    ActionFacts { id: action(number), name: name.parse().unwrap() }
}

/// The secret of the key of that number, under the prefix.
pub(crate) fn secret(number: u64, prefix: &str) -> SecretText {
    let prefix = prefix.parse().unwrap();
    KeyBytes::generate(&prefix, &mut Seeded(number << 8)).to_secret(&prefix)
}
pub(crate) fn hash(secret: &SecretText) -> SecretHash {
    let (_, digits) = split_token(secret.reveal()).unwrap();
    SecretHasher::default().hash(&KeyBytes::decode(digits).unwrap())
}
pub(crate) fn key_facts(number: u64, organization_number: u64) -> KeyFacts {
    KeyFacts {
        id: key(number),
        organization: organization(organization_number),
        hash: hash(&secret(number, PREFIX)),
        former: None,
        rotated: false,
        state: KeyState::Active,
        expires_at: None,
        display_name: format!("key {number}"),
        external_id: None,
        metadata: None,
        grants: Grants::default(),
    }
}
pub(crate) fn backend_key_facts(number: u64) -> BackendKeyFacts {
    BackendKeyFacts {
        id: BackendApiKeyId::from_uuid(uuid(6, number)),
        project: project(1),
        hash: SecretHash::from_bytes([number as u8; 32]),
        scope: BackendKeyScope::Verify,
    }
}

/// An index with project 1, its organization 1, and the actions acme.widgets.read (1) and .write (2).
pub(crate) fn index() -> Index {
    let index = empty_index();
    index.upsert_project(project_facts(1));
    index.upsert_organization(organization_facts(1, 1, true)).unwrap();
    let actions = vec![action_facts(1, "acme.widgets.read"), action_facts(2, "acme.widgets.write")];
    index.set_actions(project(1), actions).unwrap();
    index
}

pub(crate) fn code(index: &Index, token: &str, required: Option<&str>) -> Code {
    index.find(project(1), token, NOW, |lookup| lookup.verdict(required, None).unwrap())
}

pub(crate) fn code_of(index: &Index, number: u64) -> Code {
    code(index, secret(number, PREFIX).reveal(), None)
}

/// What a lookup tells, all of it, in a form that can be kept and compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Malformed,
    Unknown,
    Found {
        id: ApiKeyId,
        organization: OrganizationId,
        enabled: bool,
        state: KeyState,
        expires_at: Option<Timestamp>,
        details: String,
        actions: String,
        limits: String,
    },
}

pub(crate) fn seen(lookup: &Lookup<'_>) -> Seen {
    match &lookup.presented {
        Presented::Malformed => Seen::Malformed,
        Presented::Unknown => Seen::Unknown,
        Presented::Found(key) => found(key),
    }
}

fn found(key: &Key<'_>) -> Seen {
    Seen::Found {
        id: key.id,
        organization: key.organization(),
        enabled: key.organization_enabled,
        state: key.state,
        expires_at: key.expires_at,
        details: details(key),
        limits: limits(key),
        actions: key.permissions.actions_json().to_owned(),
    }
}

fn details(key: &Key<'_>) -> String {
    let mut text = Vec::new();
    key.write_details(&mut text);
    String::from_utf8(text).unwrap()
}

/// The limits and credits that a use counts against.
pub(crate) fn limits(key: &Key<'_>) -> String {
    let mut text = String::new();
    let all = key.each_limit(|bound| write!(text, "{:?} {:?}; ", bound.subject, bound.limit).unwrap());
    if let Err(unknown) = all {
        text = unknown.to_string();
    }
    key.each_credit(|subject, _| write!(text, "credits of {subject:?}; ").unwrap());
    assert_eq!(key.has_limits(), !text.is_empty(), "{text}");
    text
}
