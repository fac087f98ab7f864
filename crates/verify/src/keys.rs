//! The writer's side of keys.

use crate::details::write_text;
use crate::index::Writer;
use crate::table::{Record, SHARDS, Tag};
use crate::{Index, IndexFull};
use lockwork_model::ids::OrganizationId;
use lockwork_model::secrets::SecretHash;
use lockwork_model::time::Timestamp;
use lockwork_model::verification::{Grants, KeyFacts};
use std::sync::Arc;
use uuid::Uuid;

impl Index {
    /// Adds a key or changes it: each of its secrets. A secret that is none of its any more must be
    /// [removed](Self::remove_key).
    ///
    /// # Errors
    /// [`IndexFull`]; then each secret of the key is as it was, or as the facts say.
    pub fn upsert_key(&self, facts: &KeyFacts) -> Result<(), IndexFull> {
        self.apply(&mut self.writer(), facts)
    }

    /// Adds or changes many keys; their memory accesses overlap, which makes it quicker than one by one.
    ///
    /// # Errors
    /// [`IndexFull`]; then those before the one that did not fit are in.
    pub fn upsert_keys(&self, facts: &[KeyFacts]) -> Result<(), IndexFull> {
        /// Keys whose places are fetched before the first of them is put there.
        const AT_ONCE: usize = 32;
        let mut writer = self.writer();
        for facts in facts.chunks(AT_ONCE) {
            let root = self.root.load();
            for tag in facts.iter().map(|facts| Tag::of(&facts.hash)) {
                if let Some(table) = root.table(tag.shard) {
                    table.prefetch(tag);
                }
            }
            drop(root);
            facts.iter().try_for_each(|facts| self.apply(&mut writer, facts))?;
        }
        Ok(())
    }

    /// Puts a record for each of a key's secrets.
    fn apply(&self, writer: &mut Writer, facts: &KeyFacts) -> Result<(), IndexFull> {
        let mut text = std::mem::take(&mut writer.text);
        write_text(facts, &mut text);
        if facts.rotated {
            self.follow_rotation(facts);
        }
        let former = facts.former.map(|former| {
            let ends_at = facts.expires_at.map_or(former.ends_at, |at| at.min(former.ends_at));
            self.apply_secret(writer, facts, &former.hash, Some(ends_at), &text)
        });
        let present = self.apply_secret(writer, facts, &facts.hash, facts.expires_at, &text);
        writer.text = text;
        former.unwrap_or(Ok(())).and(present)
    }

    /// Lets the counters of a key that lie where its first secret put them lie where its id does, before another secret
    /// of it works.
    fn follow_rotation(&self, facts: &KeyFacts) {
        let root = self.root.load();
        let former = facts.former.map(|former| former.hash);
        for (hash, is_former) in std::iter::once((facts.hash, false)).chain(former.map(|hash| (hash, true))) {
            let tag = Tag::of(&hash);
            let record = root.table(tag.shard).and_then(|table| table.record(table.seek(tag).ok()?));
            let first = match record {
                Some(record) => !record.rotated,
                // Of an index that replaces another one nothing is known yet, but the limiter may have counted.
                None => is_former && !self.limiter.counts_nothing(),
            };
            if first {
                self.limiter.rehome(tag.high, self.limiter.home(facts.id.uuid()));
            }
        }
    }

    fn apply_secret(
        &self,
        writer: &mut Writer,
        facts: &KeyFacts,
        hash: &SecretHash,
        expires_at: Option<Timestamp>,
        text: &str,
    ) -> Result<(), IndexFull> {
        let tag = Tag::of(hash);
        let profile = self.hold_profile(writer, facts.organization, &facts.grants)?;
        let record = Record {
            high: tag.high,
            low: tag.low,
            profile,
            state: facts.state,
            rotated: facts.rotated,
            expires_at: expires_at.map(|at| at.as_micros()),
            id: facts.id.uuid().as_u128(),
        };
        let done = self.put(writer, tag, &record, text);
        match done {
            Ok(None) => {}
            Ok(Some(replaced)) => writer.release(replaced.profile),
            Err(IndexFull) => writer.release(profile),
        }
        done.map(drop)
    }

    /// The number of the profile of an organization's keys with these grants, with one key more counted.
    pub(crate) fn hold_profile(
        &self,
        writer: &mut Writer,
        organization: OrganizationId,
        grants: &Grants,
    ) -> Result<u32, IndexFull> {
        let (organization, project) = writer.organizations.find_or_add(organization)?;
        let grants = writer.policy.intern(project, grants, &self.sets)?;
        let (profile, is_new) = writer.organizations.hold(organization, grants, &self.profiles)?;
        if is_new {
            writer.policy.hold(grants);
        }
        Ok(profile)
    }

    /// Puts a record into its table, which grows if it must; answers the record that it replaced.
    fn put(
        &self,
        writer: &mut Writer,
        tag: Tag,
        record: &Record,
        text: &str,
    ) -> Result<Option<Record>, IndexFull> {
        loop {
            let root = self.root.load();
            let table = root.table(tag.shard).ok_or(IndexFull)?;
            let found = table.seek(tag);
            if let Ok(slot) = found {
                let (replaced, old_name) = (table.record(slot), table.name(slot));
                if table.names.is(old_name, text) {
                    table.replace(slot, record, old_name);
                    return Ok(replaced);
                }
                if !table.names.is_mostly_dead()
                    && let Some(new_name) = table.names.append(text)
                {
                    table.replace(slot, record, new_name);
                    table.names.forget(old_name);
                    return Ok(replaced);
                }
            } else if let Err(slot) = found
                && !table.is_full()
                && !table.names.is_mostly_dead()
                && let Some(name_place) = table.names.append(text)
            {
                if table.insert(slot, record, name_place).is_ok() {
                    return Ok(None);
                }
                table.names.forget(name_place);
            }
            drop(root);
            self.rebuild(writer, tag.shard)?;
        }
    }

    /// Replaces a shard's table by one without dead names, and a larger one unless those were the trouble.
    fn rebuild(&self, writer: &mut Writer, shard: usize) -> Result<(), IndexFull> {
        /// Slots per key beyond which it is not for lack of room that a key finds none.
        const SPARSE: usize = 16;
        let root = self.root.load();
        let old = root.tables.get(shard).ok_or(IndexFull)?;
        let mut slots = if old.names.is_mostly_dead() && !old.is_full() { old.slots() } else { old.larger() };
        let table = loop {
            match old.rebuilt(slots) {
                Ok(table) => break Arc::new(table),
                Err(_) if slots / SPARSE > old.len() as usize + 64 => return Err(IndexFull),
                Err(_) => slots += slots / 4,
            }
        };
        if table.slots() / SPARSE > table.len() as usize + 64 {
            return Err(IndexFull);
        }
        self.publish(writer, |root| {
            if let Some(place) = root.tables.get_mut(shard) {
                *place = table;
            }
        });
        // Only now, that others find the new table, and before anything else changes.
        old.retire();
        Ok(())
    }

    /// Forgets one secret of a key; a key in a rotation has two.
    pub fn remove_key(&self, hash: &SecretHash) {
        let writer = &mut *self.writer();
        let tag = Tag::of(hash);
        let root = self.root.load();
        let Some(table) = root.table(tag.shard) else { return };
        if let Ok(slot) = table.seek(tag) {
            let removed = table.record(slot);
            table.remove(slot);
            if let Some(removed) = removed {
                writer.release(removed.profile);
                // A second rotation may have come before the first was told.
                if !removed.rotated && !self.limiter.counts_nothing() {
                    self.limiter.rehome(tag.high, self.limiter.home(Uuid::from_u128(removed.id)));
                }
            }
        }
    }

    /// Sweeps the records of keys whose organization was removed; answers how many. Other writers wait at most
    /// for one of sixteen shards.
    pub fn purge(&self) -> u64 {
        if !std::mem::take(&mut self.writer().unswept) {
            return 0;
        }
        (0..SHARDS).map(|shard| self.purge_shard(shard)).sum()
    }

    fn purge_shard(&self, shard: usize) -> u64 {
        let writer = &mut *self.writer();
        let root = self.root.load();
        let Some(table) = root.table(shard) else { return 0 };
        let (mut slot, mut swept) = (0, 0);
        while slot < table.slots() {
            match table.record(slot) {
                // Another record may move into the slot, so look at it again.
                Some(record) if writer.organizations.is_removed(record.profile) => {
                    table.remove(slot);
                    writer.release(record.profile);
                    swept += 1;
                }
                _ => slot += 1,
            }
        }
        swept
    }
}
