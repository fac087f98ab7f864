//! The index against a naive model of it: after any sequence of changes both say the same of every key.

use crate::support::*;
use lockwork_model::ids::*;
use lockwork_model::limits::{Limit, Rate, Subject};
use lockwork_model::permissions::ActionName;
use lockwork_model::secrets::SecretHasher;
use lockwork_model::time::Timestamp;
use lockwork_model::verification::*;
use lockwork_verify::{FeedPosition, Index};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const KEYS: u64 = 120;
const FEW: u64 = 5;

#[derive(Debug, Clone)]
enum Change {
    Project(u64, bool),
    RemoveProject(u64),
    Organization(u64, u64, bool, u64),
    RemoveOrganization(u64),
    Actions(u64, Vec<(u64, u8)>),
    Role(u64, Vec<u64>),
    RemoveRole(u64),
    Key {
        number: u64,
        organization: u64,
        state: u8,
        expires: Option<i64>,
        former_ends: Option<i64>,
        name: String,
        external_id: Option<String>,
        roles: Vec<u64>,
        actions: Vec<u64>,
        rules: u64,
    },
    RemoveKey(u64),
    Plan(u64, u64),
    RemovePlan(u64),
    Override(u64, u64, u64),
    RemoveOverride(u64),
    Purge,
    Restart,
}

fn few() -> std::ops::Range<u64> {
    0..FEW
}

fn change() -> impl Strategy<Value = Change> {
    let some =
        || prop::collection::btree_set(few(), 0..3).prop_map(|set| set.into_iter().collect::<Vec<_>>());
    let shown = ("[a-zé🔑 ]{0,20}", prop::option::of("[a-z]{0,9}"));
    let ends = (prop::option::of(-2i64..3), prop::option::of(-2i64..3));
    let rules = || prop_oneof![5 => Just(0), 4 => 1..6u64];
    let key = (0..KEYS, few(), 0..3u8, ends, shown, some(), some(), rules()).prop_map(
        |(
            number,
            organization,
            state,
            (expires, former_ends),
            (name, external_id),
            roles,
            actions,
            rules,
        )| {
            Change::Key {
                number,
                organization,
                state,
                expires,
                former_ends,
                name,
                external_id,
                roles,
                actions,
                rules,
            }
        },
    );
    prop_oneof![
        2 => (0..2u64, any::<bool>()).prop_map(|(p, on)| Change::Project(p, on)),
        1 => (0..2u64).prop_map(Change::RemoveProject),
        5 => (few(), 0..2u64, any::<bool>(), rules()).prop_map(|(o, p, on, r)| Change::Organization(o, p, on, r)),
        2 => few().prop_map(Change::RemoveOrganization),
        3 => (0..2u64, prop::collection::vec((0..3u64, 0..4u8), 0..3)).prop_map(|(p, a)| Change::Actions(p, a)),
        4 => (few(), some()).prop_map(|(r, a)| Change::Role(r, a)),
        1 => few().prop_map(Change::RemoveRole),
        40 => key,
        8 => (0..KEYS).prop_map(Change::RemoveKey),
        2 => (1..3u64, 1..9u64).prop_map(|(p, amount)| Change::Plan(p, amount)),
        1 => (1..3u64).prop_map(Change::RemovePlan),
        2 => (few(), few(), 0..9u64).prop_map(|(n, i, amount)| Change::Override(n, i, amount)),
        1 => few().prop_map(Change::RemoveOverride),
        1 => Just(Change::Purge),
        1 => Just(Change::Restart),
    ]
}

#[derive(Default)]
struct Naive {
    projects: HashMap<u64, bool>,
    organizations: HashMap<u64, (u64, bool, u64)>,
    actions: BTreeMap<u64, (u64, ActionName)>,
    roles: HashMap<u64, Vec<u64>>,
    /// By secret; that of a former secret is the key's and [`KEYS`].
    keys: HashMap<u64, (KeyFacts, u64)>,
    plans: HashMap<u64, u64>,
    overrides: BTreeMap<u64, (u64, u64)>,
}

/// What [`lockwork_verify::Key::write_details`] writes of a key whose name needs no escaping.
fn details(facts: &KeyFacts) -> String {
    let name = Some(&facts.display_name).filter(|name| !name.is_empty());
    let name = name.map(|name| format!(",\"displayName\":\"{name}\""));
    let external_id = facts.external_id.as_ref().map(|id| format!(",\"externalId\":\"{id}\""));
    name.unwrap_or_default() + &external_id.unwrap_or_default()
}

fn numbers<T>(ids: &[T], number: impl Fn(&T) -> uuid::Uuid) -> Vec<u64> {
    ids.iter().map(|id| number(id).as_u64_pair().1).collect()
}

impl Naive {
    fn apply(&mut self, change: &Change, index: &Index) {
        match change.clone() {
            Change::Project(p, on) => {
                self.projects.insert(p, on);
                index.upsert_project(ProjectFacts { api_keys_enabled: on, ..project_facts(p) });
            }
            Change::RemoveProject(p) => {
                self.projects.remove(&p);
                index.remove_project(project(p));
            }
            Change::Organization(o, p, on, r) => {
                // An organization that is told with another project is another one.
                if self.organizations.insert(o, (p, on, r)).is_some_and(|(former, ..)| former != p) {
                    self.keys.retain(|_, (_, organization)| *organization != o);
                }
                let facts = OrganizationFacts { rules: rules(r), ..organization_facts(o, p, on) };
                index.upsert_organization(facts).unwrap();
            }
            Change::RemoveOrganization(o) => {
                if self.organizations.remove(&o).is_some() {
                    self.keys.retain(|_, (_, organization)| *organization != o);
                    index.remove_organization(organization(o));
                }
            }
            Change::Actions(p, actions) => {
                // An action belongs to one project for good, so each project has numbers of its own.
                let actions: BTreeMap<u64, ActionName> = actions
                    .into_iter()
                    .map(|(a, name)| (a + p * 3, format!("a.b.n{name}").parse().unwrap()))
                    .collect();
                self.actions.retain(|_, (owner, _)| *owner != p);
                self.actions.extend(actions.iter().map(|(a, name)| (*a, (p, name.clone()))));
                let facts =
                    actions.into_iter().map(|(a, name)| ActionFacts { id: action(a), name }).collect();
                index.set_actions(project(p), facts).unwrap();
            }
            Change::Role(r, actions) => {
                index
                    .upsert_role(RoleFacts {
                        id: role(r),
                        actions: actions.iter().map(|a| action(*a)).collect(),
                    })
                    .unwrap();
                self.roles.insert(r, actions);
            }
            Change::RemoveRole(r) => {
                self.roles.remove(&r);
                index.remove_role(role(r)).unwrap();
            }
            Change::Key {
                number,
                organization,
                state,
                expires,
                former_ends,
                name,
                external_id,
                roles,
                actions,
                rules: rules_number,
            } => {
                let at = |offset| Timestamp::from_micros(NOW.as_micros() + offset);
                let former_hash = hash(&secret(number + KEYS, PREFIX));
                let former =
                    former_ends.map(|offset| FormerSecret { hash: former_hash, ends_at: at(offset) });
                let facts = KeyFacts {
                    former,
                    rotated: former.is_some(),
                    state: [KeyState::Active, KeyState::Disabled, KeyState::Revoked][state as usize],
                    expires_at: expires.map(at),
                    display_name: name,
                    external_id,
                    grants: Grants {
                        roles: roles.iter().map(|r| role(*r)).collect(),
                        actions: actions.iter().map(|a| action(*a)).collect(),
                        rules: rules(rules_number),
                    },
                    ..key_facts(number, organization)
                };
                index.upsert_key(&facts).unwrap();
                match former_ends {
                    None => {
                        index.remove_key(&former_hash);
                        self.keys.remove(&(number + KEYS));
                    }
                    Some(ends) => {
                        let expires_at = Some(at(expires.map_or(ends, |expires| expires.min(ends))));
                        let former = KeyFacts { expires_at, ..facts.clone() };
                        self.keys.insert(number + KEYS, (former, organization));
                    }
                }
                self.keys.insert(number, (facts, organization));
            }
            Change::RemoveKey(number) => {
                for number in [number, number + KEYS] {
                    self.keys.remove(&number);
                    index.remove_key(&hash(&secret(number, PREFIX)));
                }
            }
            Change::Plan(p, amount) => {
                self.plans.insert(p, amount);
                index.upsert_plan(plan_facts(p, amount));
            }
            Change::RemovePlan(p) => {
                self.plans.remove(&p);
                index.remove_plan(plan(p));
            }
            Change::Override(n, identifier, amount) => {
                // The database keeps one for each identifier.
                let other = self.overrides.iter().find(|(_, (of, _))| *of == identifier).map(|(n, _)| *n);
                if let Some(other) = other.filter(|&other| other != n) {
                    self.overrides.remove(&other);
                }
                self.overrides.insert(n, (identifier, amount));
                index.upsert_limit_override(override_facts(n, identifier, amount));
                if let Some(other) = other.filter(|&other| other != n) {
                    index.remove_limit_override(override_facts(other, identifier, 0).id);
                }
            }
            Change::RemoveOverride(n) => {
                self.overrides.remove(&n);
                index.remove_limit_override(override_facts(n, 0, 0).id);
            }
            Change::Purge => {
                index.purge();
                assert_eq!(index.len(), self.keys.len() as u64);
            }
            Change::Restart => {}
        }
    }

    fn seen(&self, in_project: u64, number: u64) -> Seen {
        if !self.projects.contains_key(&in_project) {
            return Seen::Malformed;
        }
        let Some((facts, organization)) = self.keys.get(&number) else { return Seen::Unknown };
        let Some((owner, enabled, organization_rules)) = self.organizations.get(organization) else {
            return Seen::Unknown;
        };
        if *owner != in_project {
            return Seen::Unknown;
        }
        let roles = numbers(&facts.grants.roles, |role| role.uuid());
        let from_roles = roles.iter().filter_map(|role| self.roles.get(role)).flatten().copied();
        let actions = numbers(&facts.grants.actions, |action| action.uuid());
        let names: BTreeSet<_> = from_roles
            .chain(actions)
            .filter_map(|action| Some(self.actions.get(&action)?.1.as_str().to_owned()))
            .collect();
        let names: Vec<_> = names.into_iter().map(|name| format!("\"{name}\"")).collect();
        Seen::Found {
            id: facts.id,
            organization: facts.organization,
            enabled: *enabled,
            state: facts.state,
            expires_at: facts.expires_at,
            details: details(facts),
            limits: self.limits(facts, if *enabled { *organization_rules } else { 0 }),
            actions: format!("[{}]", names.join(",")),
        }
    }

    /// What [`limits`] tells of a key.
    fn limits(&self, facts: &KeyFacts, organization_rules: u64) -> String {
        let (mut text, mut unknown) = (String::new(), None);
        let bound = [
            (Subject::ApiKey(facts.id), facts.grants.rules.clone()),
            (Subject::Organization(facts.organization), rules(organization_rules)),
        ];
        for (subject, rules) in &bound {
            let mut all: Vec<Limit> = rules.limits.clone();
            if let Some(plan) = rules.plan {
                match self.plans.get(&plan.uuid().as_u64_pair().1) {
                    Some(amount) => {
                        let of_plan = plan_facts(plan.uuid().as_u64_pair().1, *amount).limits;
                        all.extend(
                            of_plan
                                .into_iter()
                                .filter(|limit| rules.limits.iter().all(|own| own.name != limit.name)),
                        );
                    }
                    None => unknown = unknown.or(Some(plan)),
                }
            }
            all.iter().for_each(|limit| text.push_str(&format!("{subject:?} {limit:?}; ")));
        }
        if let Some(plan) = unknown {
            text = format!("{plan} is not known");
        }
        for (subject, rules) in &bound {
            if rules.has_credits {
                text.push_str(&format!("credits of {subject:?}; "));
            }
        }
        text
    }

    /// Whether rules keep [`ADDRESS`] out.
    fn is_fenced(&self, number: u64) -> bool {
        let (facts, organization) = &self.keys[&number];
        let (_, _, rules_number) = self.organizations[organization];
        [&facts.grants.rules, &rules(rules_number)].iter().any(|rules| **rules == crate::support::rules(3))
    }

    fn compare(&self, index: &Index) {
        for identifier in few() {
            let expected = self.overrides.values().find(|(of, _)| *of == identifier);
            let expected =
                expected.map(|(_, amount)| (*amount, Rate::Bucket { seconds: 60, burst: (*amount).max(1) }));
            assert_eq!(index.limit_override(project(1), &identifier_of(identifier)), expected);
            assert_eq!(index.limit_override(project(2), &identifier_of(identifier)), None);
        }
        for in_project in 0..2 {
            for number in 0..2 * KEYS {
                let secret = secret(number, PREFIX);
                let (seen, verdict) =
                    index.find(ProjectId::from_uuid(uuid(1, in_project)), secret.reveal(), NOW, |lookup| {
                        (seen(&lookup), lookup.verdict(Some("a.b.n1"), Some(ADDRESS)).unwrap())
                    });
                assert_eq!(seen, self.seen(in_project, number), "key {number} in project {in_project}");
                assert_eq!(
                    verdict,
                    self.verdict(in_project, number, &seen),
                    "key {number} in project {in_project}"
                );
            }
        }
    }

    fn verdict(&self, in_project: u64, number: u64, seen: &Seen) -> Code {
        match seen {
            Seen::Malformed => Code::Malformed,
            Seen::Unknown => Code::NotFound,
            Seen::Found { .. } if !self.projects[&in_project] => Code::ProjectDisabled,
            Seen::Found { enabled: false, .. } => Code::OrganizationDisabled,
            Seen::Found { state: KeyState::Revoked, .. } => Code::Revoked,
            Seen::Found { state: KeyState::Disabled, .. } => Code::Disabled,
            Seen::Found { expires_at: Some(at), .. } if *at <= NOW => Code::Expired,
            Seen::Found { .. } if self.is_fenced(number) => Code::AddressNotAllowed,
            Seen::Found { actions, .. } if !actions.contains("\"a.b.n1\"") => Code::InsufficientPermissions,
            Seen::Found { .. } => Code::Valid,
        }
    }
}

fn restarted(index: &Index) -> Index {
    let mut image = Vec::new();
    index.write_image(&mut image, &FeedPosition(vec![1, 2, 3])).unwrap();
    let (index, position) =
        Index::read_image(&mut image.as_slice(), SecretHasher::default(), limiter()).unwrap();
    assert_eq!(position, FeedPosition(vec![1, 2, 3]));
    index
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 40 } else { 400 }))]
    #[test]
    fn any_sequence_of_changes_leaves_what_a_naive_model_says(changes in prop::collection::vec(change(), 1..600)) {
        let (mut index, mut naive) = (empty_index(), Naive::default());
        for (step, change) in changes.iter().enumerate() {
            if matches!(change, Change::Restart) {
                index = restarted(&index);
            }
            naive.apply(change, &index);
            if step % 100 == 0 {
                naive.compare(&index);
            }
        }
        naive.compare(&index);
        naive.compare(&restarted(&index));
    }
}
