//! The writer's side of organizations and of the profiles of their keys.

use crate::IndexFull;
use crate::hashing::FastMap;
use crate::profiles::{Numbering, OrganizationState, Profiles};
use crate::rules::Bound;
use lockwork_model::ids::{OrganizationId, ProjectId};
use lockwork_model::verification::OrganizationFacts;
use std::sync::Arc;

/// The project of an organization of which nothing is known but its keys.
pub(crate) const NO_PROJECT: u32 = u32::MAX;

struct Organization {
    id: OrganizationId,
    project: u32,
    state: OrganizationState,
    removed: bool,
    rules: Option<Arc<Bound>>,
    profiles: Vec<u32>,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    organization: u32,
    grants: u32,
    /// Keys with this profile.
    keys: u32,
    /// Where it stands in its organization's list.
    position: u32,
}

/// What the writer knows of organizations and profiles.
#[derive(Default)]
pub(crate) struct Organizations {
    projects: FastMap<ProjectId, u32>,
    project_ids: Vec<ProjectId>,
    by_id: FastMap<OrganizationId, u32>,
    organizations: Vec<Organization>,
    free: Vec<u32>,
    profiles: FastMap<(u32, u32), u32>,
    numbering: Numbering,
    /// By the profiles' places.
    entries: Vec<Entry>,
}

impl Organizations {
    /// The number of a project, given at its first mention and kept.
    pub(crate) fn project_number(&mut self, project: ProjectId) -> u32 {
        *self.projects.entry(project).or_insert_with(|| {
            self.project_ids.push(project);
            self.project_ids.len() as u32 - 1
        })
    }

    /// The numbers of an organization and of its project.
    pub(crate) fn find_or_add(&mut self, id: OrganizationId) -> Result<(u32, u32), IndexFull> {
        if let Some(&number) = self.by_id.get(&id) {
            let project = self.organizations.get(number as usize).map(|organization| organization.project);
            return Ok((number, project.unwrap_or(NO_PROJECT)));
        }
        let state = OrganizationState::Absent;
        let added = Organization {
            id,
            project: NO_PROJECT,
            state,
            removed: false,
            rules: None,
            profiles: Vec::new(),
        };
        let number = match self.free.pop() {
            Some(number) => {
                if let Some(place) = self.organizations.get_mut(number as usize) {
                    *place = added;
                }
                number
            }
            None => {
                self.organizations.push(added);
                u32::try_from(self.organizations.len() - 1).map_err(|_| IndexFull)?
            }
        };
        self.by_id.insert(id, number);
        Ok((number, NO_PROJECT))
    }

    /// Puts an organization, and with it all its keys, in the state that the facts tell. Its profiles must be in
    /// its project already, see [`Self::settle`].
    pub(crate) fn upsert(
        &mut self,
        facts: &OrganizationFacts,
        rules: Option<Arc<Bound>>,
        profiles: &Profiles,
    ) -> Result<(), IndexFull> {
        let project = self.project_number(facts.project);
        let (number, _) = self.find_or_add(facts.id)?;
        let state = match facts.api_keys_enabled {
            false => OrganizationState::Disabled,
            true if rules.is_none() => OrganizationState::Enabled,
            true => OrganizationState::Bound,
        };
        if let Some(organization) = self.organizations.get_mut(number as usize) {
            organization.project = project;
            organization.rules = rules;
        }
        self.set_state(number, state, profiles);
        Ok(())
    }

    /// Replaces the grants of the profiles of an organization whose project was not known by the same ones in
    /// its project.
    pub(crate) fn settle(
        &mut self,
        number: u32,
        profiles: &Profiles,
        mut replace: impl FnMut(u32) -> Result<u32, IndexFull>,
    ) -> Result<(), IndexFull> {
        let Some(organization) = self.organizations.get(number as usize) else { return Ok(()) };
        for &profile in &organization.profiles {
            let Some(entry) = self.entries.get_mut(self.numbering.place(profile)) else { continue };
            let grants = replace(entry.grants)?;
            self.profiles.remove(&(number, entry.grants));
            self.profiles.insert((number, grants), profile);
            self.numbering.change_grants(profile, grants, profiles);
            entry.grants = grants;
        }
        Ok(())
    }

    fn set_state(&mut self, number: u32, state: OrganizationState, profiles: &Profiles) {
        if let Some(organization) = self.organizations.get_mut(number as usize) {
            organization.state = state;
            organization.profiles.iter().for_each(|&profile| profiles.set_state(profile, state));
        }
    }

    /// Ends an organization: its keys are found no more. Answers whether it left any to sweep.
    pub(crate) fn remove(&mut self, id: OrganizationId, profiles: &Profiles) -> bool {
        let Some(number) = self.by_id.remove(&id) else { return false };
        self.set_state(number, OrganizationState::Absent, profiles);
        if let Some(organization) = self.organizations.get_mut(number as usize) {
            organization.removed = true;
            organization.rules = None;
        }
        !self.free_if_unused(number)
    }

    /// Gives back the place of an organization of which nothing is known and that no key names.
    fn free_if_unused(&mut self, number: u32) -> bool {
        let Some(organization) = self.organizations.get(number as usize) else { return true };
        if organization.state != OrganizationState::Absent || !organization.profiles.is_empty() {
            return false;
        }
        if !organization.removed {
            self.by_id.remove(&organization.id);
        }
        self.free.push(number);
        true
    }

    /// Counts one more key with this organization and these grants. Answers the profile's number and whether it
    /// is a new one.
    pub(crate) fn hold(
        &mut self,
        organization: u32,
        grants: u32,
        profiles: &Profiles,
    ) -> Result<(u32, bool), IndexFull> {
        if let Some(&number) = self.profiles.get(&(organization, grants)) {
            self.hold_again(number);
            return Ok((number, false));
        }
        let Some(owner) = self.organizations.get_mut(organization as usize) else { return Err(IndexFull) };
        let number = self.numbering.take(grants, owner.project == NO_PROJECT, profiles)?;
        let place = self.numbering.place(number);
        if self.entries.len() <= place {
            self.entries.resize(place + 1, Entry::default());
        }
        if let Some(entry) = self.entries.get_mut(place) {
            *entry = Entry { organization, grants, keys: 1, position: owner.profiles.len() as u32 };
        }
        owner.profiles.push(number);
        profiles.set_organization(number, owner.id);
        profiles.set_state(number, owner.state);
        self.profiles.insert((organization, grants), number);
        Ok((number, true))
    }

    /// Counts one more key with a profile that is in use.
    pub(crate) fn hold_again(&mut self, number: u32) {
        if let Some(entry) = self.entries.get_mut(self.numbering.place(number)) {
            entry.keys += 1;
        }
    }

    /// Counts one key less. Answers the grants of a profile that is thereby gone, whose number must then wait
    /// until nobody can be reading it before it is [reused](Self::reuse).
    pub(crate) fn release(&mut self, number: u32) -> Option<u32> {
        let entry = self.entries.get_mut(self.numbering.place(number))?;
        entry.keys = entry.keys.saturating_sub(1);
        if entry.keys > 0 {
            return None;
        }
        let entry = *entry;
        self.profiles.remove(&(entry.organization, entry.grants));
        if let Some(owner) = self.organizations.get_mut(entry.organization as usize) {
            let position = entry.position as usize;
            if position < owner.profiles.len() {
                owner.profiles.swap_remove(position);
            }
            if let Some(&moved) = owner.profiles.get(position)
                && let Some(moved) = self.entries.get_mut(self.numbering.place(moved))
            {
                moved.position = entry.position;
            }
            self.free_if_unused(entry.organization);
        }
        Some(entry.grants)
    }

    /// Gives the number of a profile that is gone to the next one.
    pub(crate) fn reuse(&mut self, number: u32) {
        self.numbering.give_back(number);
    }

    /// Gives the numbers of profiles with grants that are gone to others.
    pub(crate) fn reuse_grants(&mut self, grants: u32) {
        self.numbering.give_back_grants(grants);
    }

    /// Whether keys with this profile are left over from an organization that is gone.
    pub(crate) fn is_removed(&self, profile: u32) -> bool {
        let entry = self.entries.get(self.numbering.place(profile));
        let owner = entry.and_then(|entry| self.organizations.get(entry.organization as usize));
        owner.is_none_or(|owner| owner.removed)
    }

    /// Whether keys of an organization are said to be bound by its rules.
    pub(crate) fn is_bound(&self, id: OrganizationId) -> bool {
        let number = self.by_id.get(&id);
        let organization = number.and_then(|&number| self.organizations.get(number as usize));
        organization.is_some_and(|organization| organization.state == OrganizationState::Bound)
    }

    /// Every organization of which the facts are known, for the image.
    pub(crate) fn facts(&self) -> impl Iterator<Item = OrganizationFacts> {
        let known = self.by_id.values().filter_map(|&number| self.organizations.get(number as usize));
        known.filter(|organization| organization.state != OrganizationState::Absent).filter_map(
            |organization| {
                Some(OrganizationFacts {
                    id: organization.id,
                    project: *self.project_ids.get(organization.project as usize)?,
                    api_keys_enabled: organization.state != OrganizationState::Disabled,
                    rules: organization.rules.as_ref().map(|bound| bound.told()).unwrap_or_default(),
                })
            },
        )
    }

    /// Places of profiles are below this.
    pub(crate) fn places(&self) -> usize {
        self.entries.len()
    }

    /// The place of a profile.
    pub(crate) fn place(&self, profile: u32) -> usize {
        self.numbering.place(profile)
    }

    /// Organization and grants of the profile at a place, if keys have it and its organization is not gone.
    pub(crate) fn profile_at(&self, place: usize) -> Option<(OrganizationId, u32)> {
        let entry = self.entries.get(place).filter(|entry| entry.keys > 0)?;
        let owner = self.organizations.get(entry.organization as usize).filter(|owner| !owner.removed)?;
        Some((owner.id, entry.grants))
    }
}
