//! The index against a naive model of it: after any sequence of changes both say the same of every key.

use crate::support::*;
use lockwork_model::ids::*;
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
    Organization(u64, u64, bool),
    RemoveOrganization(u64),
    Actions(u64, Vec<(u64, u8)>),
    Role(u64, Vec<u64>),
    RemoveRole(u64),
    Key {
        number: u64,
        organization: u64,
        state: u8,
        expires: Option<i64>,
        name: String,
        roles: Vec<u64>,
        actions: Vec<u64>,
    },
    RemoveKey(u64),
    Purge,
    Restart,
}

fn few() -> std::ops::Range<u64> {
    0..FEW
}

fn change() -> impl Strategy<Value = Change> {
    let some =
        || prop::collection::btree_set(few(), 0..3).prop_map(|set| set.into_iter().collect::<Vec<_>>());
    let key = (0..KEYS, few(), 0..3u8, prop::option::of(-2i64..3), ".{0,20}", some(), some()).prop_map(
        |(number, organization, state, expires, name, roles, actions)| Change::Key {
            number,
            organization,
            state,
            expires,
            name,
            roles,
            actions,
        },
    );
    prop_oneof![
        2 => (0..2u64, any::<bool>()).prop_map(|(p, on)| Change::Project(p, on)),
        1 => (0..2u64).prop_map(Change::RemoveProject),
        5 => (few(), 0..2u64, any::<bool>()).prop_map(|(o, p, on)| Change::Organization(o, p, on)),
        2 => few().prop_map(Change::RemoveOrganization),
        3 => (0..2u64, prop::collection::vec((0..3u64, 0..4u8), 0..3)).prop_map(|(p, a)| Change::Actions(p, a)),
        4 => (few(), some()).prop_map(|(r, a)| Change::Role(r, a)),
        1 => few().prop_map(Change::RemoveRole),
        40 => key,
        8 => (0..KEYS).prop_map(Change::RemoveKey),
        1 => Just(Change::Purge),
        1 => Just(Change::Restart),
    ]
}

#[derive(Default)]
struct Naive {
    projects: HashMap<u64, bool>,
    organizations: HashMap<u64, (u64, bool)>,
    actions: BTreeMap<u64, (u64, ActionName)>,
    roles: HashMap<u64, Vec<u64>>,
    keys: HashMap<u64, (KeyFacts, u64)>,
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
            Change::Organization(o, p, on) => {
                // An organization that is told with another project is another one.
                if self.organizations.insert(o, (p, on)).is_some_and(|(former, _)| former != p) {
                    self.keys.retain(|_, (_, organization)| *organization != o);
                }
                index.upsert_organization(organization_facts(o, p, on)).unwrap();
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
            Change::Key { number, organization, state, expires, name, roles, actions } => {
                let facts = KeyFacts {
                    state: [KeyState::Active, KeyState::Disabled, KeyState::Revoked][state as usize],
                    expires_at: expires.map(|offset| Timestamp::from_micros(NOW.as_micros() + offset)),
                    display_name: name,
                    grants: Grants {
                        roles: roles.iter().map(|r| role(*r)).collect(),
                        actions: actions.iter().map(|a| action(*a)).collect(),
                    },
                    ..key_facts(number, organization)
                };
                index.upsert_key(&facts).unwrap();
                self.keys.insert(number, (facts, organization));
            }
            Change::RemoveKey(number) => {
                self.keys.remove(&number);
                index.remove_key(&hash(&secret(number, PREFIX)));
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
        let Some((owner, enabled)) = self.organizations.get(organization) else { return Seen::Unknown };
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
            name: facts.display_name.clone(),
            actions: format!("[{}]", names.join(",")),
        }
    }

    fn compare(&self, index: &Index) {
        for in_project in 0..2 {
            for number in 0..KEYS {
                let secret = secret(number, PREFIX);
                let (seen, verdict) =
                    index.find(ProjectId::from_uuid(uuid(1, in_project)), secret.reveal(), NOW, |lookup| {
                        (seen(&lookup), lookup.verdict(Some("a.b.n1")).unwrap())
                    });
                assert_eq!(seen, self.seen(in_project, number), "key {number} in project {in_project}");
                assert_eq!(verdict, self.verdict(in_project, &seen), "key {number} in project {in_project}");
            }
        }
    }

    fn verdict(&self, in_project: u64, seen: &Seen) -> Code {
        match seen {
            Seen::Malformed => Code::Malformed,
            Seen::Unknown => Code::NotFound,
            Seen::Found { .. } if !self.projects[&in_project] => Code::ProjectDisabled,
            Seen::Found { enabled: false, .. } => Code::OrganizationDisabled,
            Seen::Found { state: KeyState::Revoked, .. } => Code::Revoked,
            Seen::Found { state: KeyState::Disabled, .. } => Code::Disabled,
            Seen::Found { expires_at: Some(at), .. } if *at <= NOW => Code::Expired,
            Seen::Found { actions, .. } if !actions.contains("\"a.b.n1\"") => Code::InsufficientPermissions,
            Seen::Found { .. } => Code::Valid,
        }
    }
}

fn restarted(index: &Index) -> Index {
    let mut image = Vec::new();
    index.write_image(&mut image, &FeedPosition(vec![1, 2, 3])).unwrap();
    let (index, position) = Index::read_image(&mut image.as_slice(), SecretHasher::default()).unwrap();
    assert_eq!(position, FeedPosition(vec![1, 2, 3]));
    index
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 40 } else { 400 }))]
    #[test]
    fn any_sequence_of_changes_leaves_what_a_naive_model_says(changes in prop::collection::vec(change(), 1..600)) {
        let (mut index, mut naive) = (Index::new(SecretHasher::default()), Naive::default());
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
