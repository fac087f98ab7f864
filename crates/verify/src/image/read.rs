//! Reading an image. Every number in it is doubted, whatever its checksum says.

use super::format::Items;
use super::rules::{limit_override, limits, rules, uuid as id};
use super::write::{EXPIRES, PROFILE_SHIFT, ROTATED, scope_number, state_number};
use super::{FeedPosition, ImageRefused};
use crate::builder::Builder;
use crate::names::TEXT_MAX_BYTES;
use crate::table::{Record, SHARDS, Table};
use crate::{Index, IndexFull, Limiter};
use lockwork_model::access::BackendKeyScope;
use lockwork_model::ids::{ActionId, BackendApiKeyId, OrganizationId, PlanId, ProjectId, RoleId};
use lockwork_model::secrets::{KeyPrefix, SecretHash, SecretHasher};
use lockwork_model::verification::{
    ActionFacts, BackendKeyFacts, Grants, KeyState, OrganizationFacts, PlanFacts, ProjectFacts, RoleFacts,
};
use std::io::Read;
use std::sync::Arc;
use uuid::Uuid;

fn ids<T>(items: &mut Items<'_>, wrap: impl Fn(Uuid) -> T) -> Result<Vec<T>, ImageRefused> {
    let count = items.u32()?;
    let bytes = items.bytes(count as usize * 16)?.as_chunks().0;
    Ok(bytes.iter().map(|bytes| wrap(Uuid::from_u128(u128::from_le_bytes(*bytes)))).collect())
}

fn prefix(items: &mut Items<'_>) -> Result<KeyPrefix, ImageRefused> {
    items.text()?.parse().map_err(|_| ImageRefused::Damaged)
}

impl Index {
    /// Reads an image that [`Self::write_image`] wrote, and the position from which the change feed goes on.
    ///
    /// # Errors
    /// [`ImageRefused`] on any doubt; then the index must be built from rows.
    pub fn read_image(
        source: &mut dyn Read,
        hasher: SecretHasher,
        limiter: Arc<Limiter>,
    ) -> Result<(Self, FeedPosition), ImageRefused> {
        let items = &mut Items::new(source)?;
        items.begin_item()?;
        if SecretHash::from_bytes(items.array()?) != hasher.fingerprint() {
            return Err(ImageRefused::OtherPepper);
        }
        let position_bytes = items.u32()?;
        let position = FeedPosition(items.bytes(position_bytes as usize)?.to_vec());

        let index = Self::new(hasher, limiter);
        index.read_facts(items)?;
        let profiles = index.read_profiles(items)?;
        let mut tables = [const { Table::empty() }; SHARDS];
        for table in &mut tables {
            *table = index.read_table(items, &profiles)?;
        }
        items.finish()?;
        // Profiles were held while they were read; from here on only their keys hold them.
        let mut writer = index.writer();
        profiles.into_iter().for_each(|profile| writer.release(profile));
        index.publish(&mut writer, |root| root.tables = tables.map(Arc::new));
        drop(writer);
        Ok((index, position))
    }

    fn read_facts(&self, items: &mut Items<'_>) -> Result<(), ImageRefused> {
        for _ in 0..items.count()? {
            items.begin_item()?;
            let (id, api_keys_enabled) = (ProjectId::from_uuid(id(items)?), items.flag()?);
            let (has_prefix, count) = (items.flag()?, items.u32()?);
            let present = if has_prefix { Some(prefix(items)?) } else { None };
            let prefixes = (0..count).map(|_| prefix(items)).collect::<Result<_, _>>()?;
            self.upsert_project(ProjectFacts { id, api_keys_enabled, prefix: present, prefixes });
        }
        for _ in 0..items.count()? {
            items.begin_item()?;
            let hash = SecretHash::from_bytes(items.array()?);
            let (id, project) = (BackendApiKeyId::from_uuid(id(items)?), ProjectId::from_uuid(id(items)?));
            let number = items.u8()?;
            let scope = BackendKeyScope::ALL.into_iter().find(|&scope| scope_number(scope) == number);
            let scope = scope.ok_or(ImageRefused::Damaged)?;
            self.upsert_backend_key(BackendKeyFacts { id, project, hash, scope });
        }
        for _ in 0..items.count()? {
            items.begin_item()?;
            let (project, count) = (ProjectId::from_uuid(id(items)?), items.u32()?);
            let action = |_| {
                let id = ActionId::from_uuid(id(items)?);
                let name = items.text()?.parse().map_err(|_| ImageRefused::Damaged)?;
                Ok(ActionFacts { id, name })
            };
            let actions = (0..count).map(action).collect::<Result<_, ImageRefused>>()?;
            self.set_actions(project, actions)?;
        }
        for _ in 0..items.count()? {
            items.begin_item()?;
            let id = RoleId::from_uuid(id(items)?);
            self.upsert_role(RoleFacts { id, actions: ids(items, ActionId::from_uuid)? })?;
        }
        let mut plans = Vec::new();
        for _ in 0..items.count()? {
            items.begin_item()?;
            plans.push(PlanFacts { id: PlanId::from_uuid(id(items)?), limits: limits(items)? });
        }
        self.upsert_plans(plans);
        let mut overrides = Vec::new();
        for _ in 0..items.count()? {
            items.begin_item()?;
            overrides.push(limit_override(items)?);
        }
        self.upsert_limit_overrides(overrides);
        let mut organizations = Vec::new();
        for _ in 0..items.count()? {
            items.begin_item()?;
            let (id, project) = (OrganizationId::from_uuid(id(items)?), ProjectId::from_uuid(id(items)?));
            let (api_keys_enabled, rules) = (items.flag()?, rules(items)?);
            organizations.push(OrganizationFacts { id, project, api_keys_enabled, rules });
        }
        Ok(self.upsert_organizations(organizations)?)
    }

    /// The numbers of the image's profiles in this index, each held once.
    fn read_profiles(&self, items: &mut Items<'_>) -> Result<Vec<u32>, ImageRefused> {
        let mut grants = Vec::new();
        for _ in 0..items.count()? {
            items.begin_item()?;
            grants.push(Grants {
                roles: ids(items, RoleId::from_uuid)?,
                actions: ids(items, ActionId::from_uuid)?,
                rules: rules(items)?,
            });
        }
        let writer = &mut *self.writer();
        let mut profiles = Vec::new();
        for _ in 0..items.count()? {
            items.begin_item()?;
            let organization = OrganizationId::from_uuid(id(items)?);
            let grants = grants.get(items.u32()? as usize).ok_or(ImageRefused::Damaged)?;
            profiles.push(self.hold_profile(writer, organization, grants)?);
        }
        Ok(profiles)
    }

    fn read_table(&self, items: &mut Items<'_>, profiles: &[u32]) -> Result<Table, ImageRefused> {
        let count = usize::try_from(items.count()?).map_err(|_| IndexFull)?;
        if count == 0 {
            return Ok(Table::empty());
        }
        let writer = &mut *self.writer();
        let mut builder = Builder::new(Table::slots_for(count)).map_err(|_| IndexFull)?;
        for _ in 0..count {
            items.begin_item()?;
            let head: [u8; 32] = items.array()?;
            let record = read_record(&head, items, profiles)?;
            if !builder.is_next(&record) {
                return Err(ImageRefused::Damaged);
            }
            writer.organizations.hold_again(record.profile);
            let text = items.text()?;
            if text.len() > TEXT_MAX_BYTES {
                return Err(ImageRefused::Damaged);
            }
            while builder.push(&record, text).is_err() {
                builder = builder.widened().map_err(|_| IndexFull)?;
            }
        }
        Ok(builder.finish())
    }
}

fn read_record(head: &[u8; 32], items: &mut Items<'_>, profiles: &[u32]) -> Result<Record, ImageRefused> {
    let words = head.as_chunks::<8>().0;
    let [high, link, id_low, id_high] = *words else { return Err(ImageRefused::Damaged) };
    let [high, link, id_low, id_high] = [high, link, id_low, id_high].map(u64::from_le_bytes);
    let bits = (link >> 32) as u32;
    let state = match bits & 0b11 {
        1 => KeyState::Active,
        2 => KeyState::Disabled,
        3 => KeyState::Revoked,
        _ => return Err(ImageRefused::Damaged),
    };
    debug_assert_eq!(state_number(state), bits & 0b11);
    let expires_at = if bits & EXPIRES == 0 { None } else { Some(i64::from_le_bytes(items.array()?)) };
    Ok(Record {
        high,
        low: link as u32,
        profile: *profiles.get((bits >> PROFILE_SHIFT) as usize).ok_or(ImageRefused::Damaged)?,
        state,
        rotated: bits & ROTATED != 0,
        expires_at,
        id: u128::from(id_high) << 64 | u128::from(id_low),
    })
}
