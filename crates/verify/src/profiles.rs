//! Profiles: what many keys have in common, their organization and what they were given. A record names its
//! profile by number.

use crate::IndexFull;
use crate::chunked::Chunked;
use crate::hashing::FastMap;
use crate::memory::Words;
use crate::table::PROFILES_MAX;
use lockwork_model::ids::{OrganizationId, ProjectId};
use lockwork_model::verification::OrganizationFacts;
use std::sync::atomic::Ordering::Relaxed;
use uuid::Uuid;

const LIVE: u32 = 0b01;
const ENABLED: u32 = 0b10;
const GRANTS_SHIFT: u32 = 2;
/// The project of an organization of which nothing is known but its keys.
const NO_PROJECT: u32 = u32::MAX;

/// What a verdict needs of a profile.
#[derive(Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) organization_enabled: bool,
    /// The number of what was given, and in which project.
    pub(crate) grants: u32,
}

/// All profiles, as readers see them. A number is given out again only when no reader is left that may have read
/// it in a record (see `Writer::limbo`), so for as long as a reader has its root a profile is what it was.
///
/// What decides is half a word a profile and lies apart from the organization's id: a hundred thousand of them
/// stay in the processor's cache, and a verdict does not wait for an id.
pub(crate) struct Profiles {
    /// Two profiles in a word.
    links: Chunked<Words>,
    /// Two words a profile.
    ids: Chunked<Words>,
}

impl Profiles {
    pub(crate) const fn new() -> Self {
        Self { links: Chunked::new(), ids: Chunked::new() }
    }

    /// The profile of that number; `None` if its organization is unknown or gone.
    #[inline(always)]
    pub(crate) fn read(&self, number: u32) -> Option<Profile> {
        let pair = self.links.get(number as usize / 2)?.load(Relaxed);
        let link = (pair >> (number % 2 * 32)) as u32;
        let profile = Profile { organization_enabled: link & ENABLED != 0, grants: link >> GRANTS_SHIFT };
        (link & LIVE != 0).then_some(profile)
    }

    /// The organization of the profile of that number.
    #[inline(always)]
    pub(crate) fn organization(&self, number: u32) -> OrganizationId {
        let ids = self.ids.get_range(number as usize * 2, 2);
        let (high, low) = ids.map_or((0, 0), |ids| match ids {
            [high, low] => (high.load(Relaxed), low.load(Relaxed)),
            _ => (0, 0),
        });
        OrganizationId::from_uuid(Uuid::from_u64_pair(high, low))
    }

    /// Makes room for the profile of that number.
    fn make(&self, number: u32) -> Result<(), IndexFull> {
        self.links.make_range(number as usize / 2, 1).ok_or(IndexFull)?;
        self.ids.make_range(number as usize * 2, 2).map(drop).ok_or(IndexFull)
    }

    /// Only the one writer calls it.
    fn write(&self, number: u32, organization: &Organization, grants: u32) {
        let Some(pair) = self.links.get(number as usize / 2) else { return };
        let Some([high, low]) = self.ids.get_range(number as usize * 2, 2) else { return };
        let (id_high, id_low) = organization.id.uuid().as_u64_pair();
        high.store(id_high, Relaxed);
        low.store(id_low, Relaxed);
        let (link, shift) = (grants << GRANTS_SHIFT | organization.bits, number % 2 * 32);
        let other = pair.load(Relaxed) & !(0xFFFF_FFFF << shift);
        pair.store(other | u64::from(link) << shift, Relaxed);
    }
}

struct Organization {
    id: OrganizationId,
    project: u32,
    /// The lower bits of each of its profiles' links; 0 while nothing is known of it but its keys.
    bits: u32,
    removed: bool,
    profiles: Vec<u32>,
}

#[derive(Clone, Copy)]
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
    free_organizations: Vec<u32>,
    numbers: FastMap<(u32, u32), u32>,
    entries: Vec<Entry>,
    free: Vec<u32>,
}

/// Puts `value` into a place that was given back, or behind the others.
fn place<T>(values: &mut Vec<T>, free: &mut Vec<u32>, value: T) -> Result<u32, IndexFull> {
    if let Some(number) = free.pop() {
        if let Some(place) = values.get_mut(number as usize) {
            *place = value;
        }
        return Ok(number);
    }
    let number = u32::try_from(values.len()).map_err(|_| IndexFull)?;
    if number >= PROFILES_MAX {
        return Err(IndexFull);
    }
    values.push(value);
    Ok(number)
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
        let organization =
            Organization { id, project: NO_PROJECT, bits: 0, removed: false, profiles: Vec::new() };
        let number = place(&mut self.organizations, &mut self.free_organizations, organization)?;
        self.by_id.insert(id, number);
        Ok((number, NO_PROJECT))
    }

    /// Puts an organization, and with it all its keys, in the state that the facts tell. Its profiles must be in
    /// its project already, see [`Self::move_profiles`].
    pub(crate) fn upsert(&mut self, facts: OrganizationFacts, profiles: &Profiles) -> Result<(), IndexFull> {
        let project = self.project_number(facts.project);
        let (number, _) = self.find_or_add(facts.id)?;
        if let Some(organization) = self.organizations.get_mut(number as usize) {
            organization.project = project;
        }
        self.write_bits(number, if facts.api_keys_enabled { ENABLED | LIVE } else { LIVE }, profiles);
        Ok(())
    }

    /// Replaces the grants of all profiles of an organization by others, for its move to another project.
    pub(crate) fn move_profiles(
        &mut self,
        number: u32,
        mut replace: impl FnMut(u32) -> Result<u32, IndexFull>,
    ) -> Result<(), IndexFull> {
        let Some(organization) = self.organizations.get(number as usize) else { return Ok(()) };
        for &profile in &organization.profiles {
            let Some(entry) = self.entries.get_mut(profile as usize) else { continue };
            let grants = replace(entry.grants)?;
            self.numbers.remove(&(number, entry.grants));
            self.numbers.insert((number, grants), profile);
            entry.grants = grants;
        }
        Ok(())
    }

    fn write_bits(&mut self, number: u32, bits: u32, profiles: &Profiles) {
        let Some(organization) = self.organizations.get_mut(number as usize) else { return };
        organization.bits = bits;
        for &profile in &organization.profiles {
            let Some(entry) = self.entries.get(profile as usize) else { continue };
            profiles.write(profile, organization, entry.grants);
        }
    }

    /// Ends an organization: its keys are found no more. Answers whether it left any to sweep.
    pub(crate) fn remove(&mut self, id: OrganizationId, profiles: &Profiles) -> bool {
        let Some(number) = self.by_id.remove(&id) else { return false };
        self.write_bits(number, 0, profiles);
        if let Some(organization) = self.organizations.get_mut(number as usize) {
            organization.removed = true;
        }
        !self.free_if_unused(number)
    }

    /// Gives back the place of an organization of which nothing is known and that no key names.
    fn free_if_unused(&mut self, number: u32) -> bool {
        let Some(organization) = self.organizations.get(number as usize) else { return true };
        if organization.bits != 0 || !organization.profiles.is_empty() {
            return false;
        }
        if !organization.removed {
            self.by_id.remove(&organization.id);
        }
        self.free_organizations.push(number);
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
        if let Some(&number) = self.numbers.get(&(organization, grants)) {
            self.hold_again(number);
            return Ok((number, false));
        }
        let number =
            place(&mut self.entries, &mut self.free, Entry { organization, grants, keys: 1, position: 0 })?;
        if profiles.make(number).is_err() {
            self.free.push(number);
            return Err(IndexFull);
        }
        if let (Some(owner), Some(entry)) =
            (self.organizations.get_mut(organization as usize), self.entries.get_mut(number as usize))
        {
            entry.position = owner.profiles.len() as u32;
            owner.profiles.push(number);
            profiles.write(number, owner, grants);
        }
        self.numbers.insert((organization, grants), number);
        Ok((number, true))
    }

    /// Counts one more key with a profile that is in use.
    pub(crate) fn hold_again(&mut self, number: u32) {
        if let Some(entry) = self.entries.get_mut(number as usize) {
            entry.keys += 1;
        }
    }

    /// Counts one key less. Answers the grants of a profile that is thereby gone, whose number must then wait
    /// until nobody can be reading it before it is [reused](Self::reuse).
    pub(crate) fn release(&mut self, number: u32) -> Option<u32> {
        let entry = self.entries.get_mut(number as usize)?;
        entry.keys = entry.keys.saturating_sub(1);
        if entry.keys > 0 {
            return None;
        }
        let entry = *entry;
        self.numbers.remove(&(entry.organization, entry.grants));
        if let Some(owner) = self.organizations.get_mut(entry.organization as usize) {
            let position = entry.position as usize;
            if position < owner.profiles.len() {
                owner.profiles.swap_remove(position);
            }
            if let Some(&moved) = owner.profiles.get(position)
                && let Some(moved) = self.entries.get_mut(moved as usize)
            {
                moved.position = entry.position;
            }
            self.free_if_unused(entry.organization);
        }
        Some(entry.grants)
    }

    /// Gives the number of a profile that is gone to the next one.
    pub(crate) fn reuse(&mut self, number: u32) {
        self.free.push(number);
    }

    /// Whether keys with this profile are left over from an organization that is gone.
    pub(crate) fn is_removed(&self, profile: u32) -> bool {
        let owner = self
            .entries
            .get(profile as usize)
            .and_then(|entry| self.organizations.get(entry.organization as usize));
        owner.is_none_or(|owner| owner.removed)
    }

    /// Every organization of which the facts are known, for the image.
    pub(crate) fn facts(&self) -> impl Iterator<Item = OrganizationFacts> {
        let known = self.by_id.values().filter_map(|&number| self.organizations.get(number as usize));
        known.filter(|organization| organization.bits & LIVE != 0).filter_map(|organization| {
            Some(OrganizationFacts {
                id: organization.id,
                project: *self.project_ids.get(organization.project as usize)?,
                api_keys_enabled: organization.bits & ENABLED != 0,
            })
        })
    }

    /// Numbers of profiles are below this.
    pub(crate) fn profile_count(&self) -> usize {
        self.entries.len()
    }

    /// Organization and grants of a profile that keys have and whose organization is not gone.
    pub(crate) fn profile(&self, number: u32) -> Option<(OrganizationId, u32)> {
        let entry = self.entries.get(number as usize).filter(|entry| entry.keys > 0)?;
        let owner = self.organizations.get(entry.organization as usize).filter(|owner| !owner.removed)?;
        Some((owner.id, entry.grants))
    }
}
