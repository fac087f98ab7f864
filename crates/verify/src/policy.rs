//! The writer's side of permissions: which actions and roles there are, what keys were given, and which set of
//! actions that makes. A change of a role or of the RBAC policy reaches every key by its grants, of which there
//! are few, and never touches a key's record.

use crate::IndexFull;
use crate::hashing::{FastMap, FastSet, Keyed};
use crate::permission_set::{Given, PermissionSet, PermissionSets};
use crate::rules::{Bound, RuleFlags};
use lockwork_model::ids::{ActionId, ProjectId, RoleId};
use lockwork_model::permissions::ActionName;
use lockwork_model::verification::{ActionFacts, Grants, RoleFacts};
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Default)]
struct Role {
    actions: Vec<ActionId>,
    /// Grants that name the role.
    grants: FastSet<u32>,
}

struct GrantsEntry {
    grants: Arc<Grants>,
    /// The number of the project in which they were given.
    project: u32,
    /// Profiles that have them.
    users: u32,
}

/// Grants are numbered below this.
const GRANTS_MAX: u32 = 1 << 30;

/// What the writer knows of actions, roles and grants.
#[derive(Default)]
pub(crate) struct Policy {
    actions: FastMap<ActionId, ActionName>,
    of_project: FastMap<ProjectId, Vec<ActionId>>,
    roles: FastMap<RoleId, Role>,
    /// By project's number and grants, those without rules.
    numbers: FastMap<u32, FastMap<Arc<Grants>, u32>>,
    /// The same, those with rules. Developers choose what is in them.
    bound_numbers: FastMap<u32, HashMap<Arc<Grants>, u32, Keyed>>,
    keyed: Keyed,
    entries: Vec<GrantsEntry>,
    free: Vec<u32>,
    sets: FastMap<Box<[ActionName]>, u32>,
}

impl Policy {
    /// Without anything. `keyed` hashes what developers choose.
    pub(crate) fn new(keyed: Keyed) -> Self {
        Self { keyed, ..Self::default() }
    }

    fn find(&self, project: u32, grants: &Grants) -> Option<u32> {
        if grants.rules.is_empty() {
            self.numbers.get(&project)?.get(grants).copied()
        } else {
            self.bound_numbers.get(&project)?.get(grants).copied()
        }
    }

    fn keep(&mut self, project: u32, grants: Arc<Grants>, number: u32) {
        if grants.rules.is_empty() {
            self.numbers.entry(project).or_default().insert(grants, number);
        } else {
            let numbers = self.bound_numbers.entry(project);
            numbers.or_insert_with(|| HashMap::with_hasher(self.keyed)).insert(grants, number);
        }
    }

    fn forget(&mut self, project: u32, grants: &Grants) {
        if grants.rules.is_empty() {
            self.numbers.get_mut(&project).and_then(|numbers| numbers.remove(grants));
        } else {
            self.bound_numbers.get_mut(&project).and_then(|numbers| numbers.remove(grants));
        }
    }

    /// The number of these grants in a project, which begin to count as used with the first [`Self::hold`].
    pub(crate) fn intern(
        &mut self,
        project: u32,
        grants: &Grants,
        sets: &PermissionSets,
    ) -> Result<u32, IndexFull> {
        if let Some(number) = self.find(project, grants) {
            return Ok(number);
        }
        let rules = (!grants.rules.is_empty()).then(|| Bound::new(grants.rules.clone(), self.keyed));
        let grants = Arc::new(grants.clone());
        let entry = GrantsEntry { grants: Arc::clone(&grants), project, users: 0 };
        let number = match self.free.pop() {
            Some(number) => {
                if let Some(place) = self.entries.get_mut(number as usize) {
                    *place = entry;
                }
                number
            }
            None => {
                let number = u32::try_from(self.entries.len()).ok().filter(|&number| number < GRANTS_MAX);
                self.entries.push(entry);
                number.ok_or(IndexFull)?
            }
        };
        for role in &grants.roles {
            self.roles.entry(*role).or_default().grants.insert(number);
        }
        sets.bind(number, rules.map(Arc::new)).ok_or(IndexFull)?;
        self.keep(project, grants, number);
        self.resolve(number, sets)?;
        Ok(number)
    }

    /// Counts one more user of grants.
    pub(crate) fn hold(&mut self, number: u32) {
        if let Some(entry) = self.entries.get_mut(number as usize) {
            entry.users += 1;
        }
    }

    /// Counts one user less. Answers whether that was the last: the grants are then forgotten, and their number
    /// must wait until nobody can be reading it before it is [reused](Self::reuse).
    pub(crate) fn release(&mut self, number: u32) -> bool {
        let Some(entry) = self.entries.get_mut(number as usize) else { return false };
        entry.users = entry.users.saturating_sub(1);
        if entry.users > 0 {
            return false;
        }
        let (grants, project) = (std::mem::take(&mut entry.grants), entry.project);
        for role in &grants.roles {
            if let Some(role) = self.roles.get_mut(role) {
                role.grants.remove(&number);
            }
        }
        self.forget(project, &grants);
        true
    }

    /// Gives the number of grants that are gone to the next ones.
    pub(crate) fn reuse(&mut self, number: u32, sets: &PermissionSets) {
        // Taking away needs no room.
        let _ = sets.bind(number, None);
        self.free.push(number);
    }

    /// Replaces a project's actions.
    pub(crate) fn set_actions(
        &mut self,
        project: ProjectId,
        actions: Vec<ActionFacts>,
        sets: &PermissionSets,
    ) -> Result<(), IndexFull> {
        let ids: Vec<_> = actions.iter().map(|action| action.id).collect();
        let kept: FastSet<_> = ids.iter().copied().collect();
        let mut changed = FastSet::default();
        for id in self.of_project.remove(&project).unwrap_or_default() {
            if !kept.contains(&id) && self.actions.remove(&id).is_some() {
                changed.insert(id);
            }
        }
        for ActionFacts { id, name } in actions {
            if self.actions.get(&id) != Some(&name) {
                self.actions.insert(id, name);
                changed.insert(id);
            }
        }
        if !ids.is_empty() {
            self.of_project.insert(project, ids);
        }
        self.resolve_those_with(&changed, sets)
    }

    fn resolve_those_with(
        &mut self,
        changed: &FastSet<ActionId>,
        sets: &PermissionSets,
    ) -> Result<(), IndexFull> {
        if changed.is_empty() {
            return Ok(());
        }
        let touches = |actions: &[ActionId]| actions.iter().any(|action| changed.contains(action));
        let by_role = self.roles.values().filter(|role| touches(&role.actions)).flat_map(|role| &role.grants);
        let given = self.numbers.values().flatten().chain(self.bound_numbers.values().flatten());
        let directly = given.filter(|(grants, _)| touches(&grants.actions)).map(|(_, number)| number);
        let affected: FastSet<u32> = by_role.chain(directly).copied().collect();
        affected.into_iter().try_for_each(|number| self.resolve(number, sets))
    }

    /// Puts a role in the state that the facts tell.
    pub(crate) fn upsert_role(&mut self, facts: RoleFacts, sets: &PermissionSets) -> Result<(), IndexFull> {
        self.change_role(facts.id, facts.actions, sets)
    }

    /// Forgets a role; keys that still name it have nothing from it.
    pub(crate) fn remove_role(&mut self, id: RoleId, sets: &PermissionSets) -> Result<(), IndexFull> {
        self.change_role(id, Vec::new(), sets)?;
        if self.roles.get(&id).is_some_and(|role| role.grants.is_empty()) {
            self.roles.remove(&id);
        }
        Ok(())
    }

    fn change_role(
        &mut self,
        id: RoleId,
        actions: Vec<ActionId>,
        sets: &PermissionSets,
    ) -> Result<(), IndexFull> {
        let role = self.roles.entry(id).or_default();
        role.actions = actions;
        let affected: Vec<u32> = role.grants.iter().copied().collect();
        affected.into_iter().try_for_each(|number| self.resolve(number, sets))
    }

    /// Finds the set of actions that grants amount to now, and shows it to the readers.
    fn resolve(&mut self, number: u32, sets: &PermissionSets) -> Result<(), IndexFull> {
        let Some(entry) = self.entries.get(number as usize) else { return Ok(()) };
        let from_roles =
            entry.grants.roles.iter().filter_map(|role| self.roles.get(role)).flat_map(|role| &role.actions);
        let ids = from_roles.chain(&entry.grants.actions);
        let set = PermissionSet::new(ids.filter_map(|id| self.actions.get(id).cloned()).collect());
        let set_number = match self.sets.get(set.actions()) {
            Some(&set_number) => set_number,
            None => {
                let set_number = u32::try_from(self.sets.len()).map_err(|_| IndexFull)?;
                let actions = set.actions().into();
                sets.keep(set_number, set).ok_or(IndexFull)?;
                self.sets.insert(actions, set_number);
                set_number
            }
        };
        let given =
            Given { project: entry.project, set: set_number, flags: RuleFlags::of(&entry.grants.rules) };
        sets.assign(number, given).ok_or(IndexFull)
    }

    /// Every project's actions, for the image.
    pub(crate) fn projects(&self) -> impl ExactSizeIterator<Item = (ProjectId, Vec<ActionFacts>)> {
        let facts = |id: &ActionId| Some(ActionFacts { id: *id, name: self.actions.get(id)?.clone() });
        self.of_project.iter().map(move |(project, ids)| (*project, ids.iter().filter_map(facts).collect()))
    }

    /// Every role with its actions, for the image.
    pub(crate) fn roles(&self) -> impl ExactSizeIterator<Item = (RoleId, &[ActionId])> {
        self.roles.iter().map(|(id, role)| (*id, role.actions.as_slice()))
    }

    /// The grants of that number.
    pub(crate) fn grants(&self, number: u32) -> Option<Arc<Grants>> {
        self.entries.get(number as usize).map(|entry| Arc::clone(&entry.grants))
    }
}
