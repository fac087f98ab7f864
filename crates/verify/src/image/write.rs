//! Writing an image.

use super::FeedPosition;
use super::format::Blocks;
use super::rules::{put_limits, put_override, put_rules};
use crate::Index;
use crate::hashing::FastMap;
use lockwork_model::access::BackendKeyScope;
use lockwork_model::verification::KeyState;
use std::io::{self, Write};
use uuid::Uuid;

/// The scope's number in an image.
pub(super) const fn scope_number(scope: BackendKeyScope) -> u8 {
    match scope {
        BackendKeyScope::Full => 1,
        BackendKeyScope::Read => 2,
        BackendKeyScope::Verify => 3,
    }
}

/// The state's number in an image.
pub(super) const fn state_number(state: KeyState) -> u32 {
    match state {
        KeyState::Active => 1,
        KeyState::Disabled => 2,
        KeyState::Revoked => 3,
    }
}

/// Set in a key's word if an expiry follows.
pub(super) const EXPIRES: u32 = 0b100;
/// Set in a key's word if it was ever rotated.
pub(super) const ROTATED: u32 = 0b1000;
/// Where the profile's number begins in a key's word.
pub(super) const PROFILE_SHIFT: u32 = 4;

fn put_ids(blocks: &mut Blocks<'_>, ids: impl ExactSizeIterator<Item = Uuid>) {
    blocks.put_u32(ids.len() as u32);
    ids.for_each(|id| blocks.put_u128(id.as_u128()));
}

impl Index {
    /// Writes the index as of `position`. Readers go on, writers wait. Best into a buffer-free file: it is
    /// written in blocks of a mebibyte.
    ///
    /// # Errors
    /// Those of `target`.
    pub fn write_image(&self, target: &mut dyn Write, position: &FeedPosition) -> io::Result<()> {
        let writer = self.writer();
        let root = self.root.load();
        let blocks = &mut Blocks::new(target)?;

        blocks.put(self.hasher.fingerprint().as_bytes());
        blocks.put_u32(position.0.len() as u32);
        blocks.put(&position.0);
        blocks.end_item()?;

        blocks.put_count(root.projects.iter().count())?;
        for (id, project) in root.projects.iter() {
            blocks.put_u128(id.uuid().as_u128());
            blocks.put_u8(project.facts.api_keys_enabled.into());
            blocks.put_u8(project.facts.prefix.is_some().into());
            let prefixes = project.facts.prefix.iter().chain(&project.facts.prefixes);
            blocks.put_u32(project.facts.prefixes.len() as u32);
            for prefix in prefixes {
                blocks.put_text(prefix.as_str())?;
            }
            blocks.end_item()?;
        }

        blocks.put_count(root.backend_keys.iter().count())?;
        for (hash, key) in root.backend_keys.iter() {
            blocks.put(hash.as_bytes());
            blocks.put_u128(key.id.uuid().as_u128());
            blocks.put_u128(key.project.uuid().as_u128());
            blocks.put_u8(scope_number(key.scope));
            blocks.end_item()?;
        }

        blocks.put_count(writer.policy.projects().len())?;
        for (project, actions) in writer.policy.projects() {
            blocks.put_u128(project.uuid().as_u128());
            blocks.put_u32(actions.len() as u32);
            for action in actions {
                blocks.put_u128(action.id.uuid().as_u128());
                blocks.put_text(action.name.as_str())?;
            }
            blocks.end_item()?;
        }

        blocks.put_count(writer.policy.roles().len())?;
        for (id, actions) in writer.policy.roles() {
            blocks.put_u128(id.uuid().as_u128());
            put_ids(blocks, actions.iter().map(|action| action.uuid()));
            blocks.end_item()?;
        }

        blocks.put_count(root.plans.iter().count())?;
        for (id, limits) in root.plans.iter() {
            blocks.put_u128(id.uuid().as_u128());
            put_limits(blocks, limits.iter())?;
            blocks.end_item()?;
        }

        blocks.put_count(root.overrides.iter().count())?;
        for (_, facts) in root.overrides.iter() {
            put_override(blocks, facts)?;
            blocks.end_item()?;
        }

        blocks.put_count(writer.organizations.facts().count())?;
        for facts in writer.organizations.facts() {
            blocks.put_u128(facts.id.uuid().as_u128());
            blocks.put_u128(facts.project.uuid().as_u128());
            blocks.put_u8(facts.api_keys_enabled.into());
            put_rules(blocks, &facts.rules)?;
            blocks.end_item()?;
        }

        // What is alive is numbered anew, so an image has no holes.
        let live: Vec<_> = (0..writer.organizations.places())
            .filter_map(|place| Some((place, writer.organizations.profile_at(place)?)))
            .collect();
        let mut grants: FastMap<u32, u32> = FastMap::default();
        let mut distinct = Vec::new();
        for (_, (_, number)) in &live {
            grants.entry(*number).or_insert_with(|| {
                distinct.push(*number);
                distinct.len() as u32 - 1
            });
        }
        blocks.put_count(distinct.len())?;
        for number in distinct {
            let grants = writer.policy.grants(number).ok_or(io::ErrorKind::InvalidData)?;
            put_ids(blocks, grants.roles.iter().map(|role| role.uuid()));
            put_ids(blocks, grants.actions.iter().map(|action| action.uuid()));
            put_rules(blocks, &grants.rules)?;
            blocks.end_item()?;
        }
        let mut renumbered = vec![None; writer.organizations.places()];
        blocks.put_count(live.len())?;
        for (new_number, (place, (organization, grants_number))) in live.into_iter().enumerate() {
            if let Some(renumbered) = renumbered.get_mut(place) {
                *renumbered = Some(new_number as u32);
            }
            blocks.put_u128(organization.uuid().as_u128());
            blocks.put_u32(grants.get(&grants_number).copied().unwrap_or(0));
            blocks.end_item()?;
        }

        for table in &root.tables {
            // Keys of removed organizations stay behind, so the count is of those that do not.
            let profile = |number| renumbered.get(writer.organizations.place(number)).copied().flatten();
            let mut count = 0;
            table.each(|record, _| {
                count += usize::from(profile(record.profile).is_some());
                Ok::<_, io::Error>(())
            })?;
            blocks.put_count(count)?;
            table.each(|record, text| {
                let Some(profile) = profile(record.profile) else { return Ok(()) };
                let expires = if record.expires_at.is_some() { EXPIRES } else { 0 };
                blocks.put_u64(record.high);
                blocks.put_u32(record.low);
                let rotated = if record.rotated { ROTATED } else { 0 };
                blocks.put_u32(profile << PROFILE_SHIFT | rotated | expires | state_number(record.state));
                blocks.put_u128(record.id);
                if let Some(at) = record.expires_at {
                    blocks.put(&at.to_le_bytes());
                }
                blocks.put_text(text)?;
                blocks.end_item()
            })?;
        }
        blocks.close()
    }
}
