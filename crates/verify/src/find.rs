//! The readers' side of the index.

use crate::Index;
use crate::lookup::{Facts, Key, Lookup, Place, Presented};
use crate::root::{BackendKey, ProjectStatus, Root};
use crate::table::Tag;
use arc_swap::Guard;
use lockwork_model::ids::{ApiKeyId, ProjectId};
use lockwork_model::secrets::{KeyBytes, SecretHash};
use lockwork_model::time::Timestamp;
use std::sync::Arc;
use uuid::Uuid;

/// Looks before a reader lets the writer have the processor: a change takes well under a microsecond, so a
/// version that stays odd means that the writer was put to sleep in the middle of one.
const LOOKS_BEFORE_YIELDING: u32 = 128;

impl Index {
    /// The Backend API key with this hash.
    #[must_use]
    pub fn backend_key(&self, hash: &SecretHash) -> Option<BackendKey> {
        self.root.load().backend_keys.get(*hash).copied()
    }

    /// The project, if it is known.
    #[must_use]
    pub fn project(&self, project: ProjectId) -> Option<ProjectStatus> {
        self.root.load().projects.get(project).map(|project| project.status())
    }

    /// Looks `token` up among the keys of `project` and lends what it is to `with`.
    ///
    /// A token that does not begin with one of the project's prefixes, or whose checksum is wrong, is malformed
    /// and is not looked up; a key of another project is unknown. `now` decides about expiry.
    pub fn find<R>(
        &self,
        project: ProjectId,
        token: &str,
        now: Timestamp,
        with: impl FnOnce(Lookup<'_>) -> R,
    ) -> R {
        let root = self.root.load();
        let decoded = token.as_bytes().split_last_chunk().and_then(|(prefix, digits)| {
            let key = KeyBytes::decode(digits).ok()?;
            let tag = Tag::of(&self.hasher.hash(&key));
            // While memory answers, everything else is checked.
            if let Some(table) = root.table(tag.shard) {
                table.prefetch(tag);
            }
            self.limiter.prefetch(tag.high);
            Some((prefix, key, tag))
        });
        let malformed = |project| Lookup { project, presented: Presented::Malformed };
        let Some(found) = root.projects.get(project) else {
            return with(malformed(ProjectStatus::default()));
        };
        let (status, number) = (found.status(), found.number);
        let Some((prefix, key, tag)) = decoded else { return with(malformed(status)) };
        let well_formed = found.checksum(prefix).is_some_and(|checksum| key.checksum_holds(checksum));
        if !well_formed {
            return with(malformed(status));
        }
        self.look_until_found(root, number, tag, now, |presented| with(Lookup { project: status, presented }))
    }

    /// Looks a key of `project` up by its secret's hash and lends it to `with`, if it is known. `now` decides about
    /// expiry.
    pub fn find_by_hash<R>(
        &self,
        project: ProjectId,
        hash: &SecretHash,
        now: Timestamp,
        with: impl FnOnce(Option<&Key<'_>>) -> R,
    ) -> R {
        let root = self.root.load();
        let Some(number) = root.projects.get(project).map(|project| project.number) else {
            return with(None);
        };
        self.look_until_found(root, number, Tag::of(hash), now, |presented| match &presented {
            Presented::Found(key) => with(Some(key)),
            Presented::Malformed | Presented::Unknown => with(None),
        })
    }

    /// Looks until the writer did not come in between, and lends what was found to `with`.
    #[inline(always)]
    fn look_until_found<R>(
        &self,
        mut root: Guard<Arc<Root>>,
        project: u32,
        tag: Tag,
        now: Timestamp,
        with: impl FnOnce(Presented<'_>) -> R,
    ) -> R {
        let mut looks = 0;
        loop {
            if let Some(presented) = self.look(&root, project, tag, now) {
                return with(presented);
            }
            looks += 1;
            if looks % LOOKS_BEFORE_YIELDING == 0 {
                std::thread::yield_now();
            }
            std::hint::spin_loop();
            root = self.root.load();
        }
    }

    /// One look at a table; `None` if the writer came in between.
    #[inline(always)]
    fn look<'a>(&'a self, root: &'a Root, project: u32, tag: Tag, now: Timestamp) -> Option<Presented<'a>> {
        let table = root.table(tag.shard)?;
        let version = table.begin()?;
        let unknown = || table.still(version).then_some(Presented::Unknown);
        let Ok(slot) = table.seek(tag) else { return unknown() };
        let Some(record) = table.record(slot) else { return unknown() };
        let Some(profile) = self.profiles.read(record.profile) else { return unknown() };
        let Some(given) = self.sets.given(profile.grants) else { return unknown() };
        if given.project != project {
            return unknown();
        }
        let organization_rules = if profile.organization_bound {
            let id = self.profiles.organization(record.profile);
            // The rules were published before anybody was said to be bound by them: then this root is an older one.
            Some(&**root.organization_rules.get(id)?)
        } else {
            None
        };
        if !table.still(version) {
            return None;
        }
        Some(Presented::Found(Key {
            id: ApiKeyId::from_uuid(Uuid::from_u128(record.id)),
            organization_enabled: profile.organization_enabled,
            state: record.state,
            expires_at: record.expires_at.map(Timestamp::from_micros),
            expired: record.expires_at.is_some_and(|at| at <= now.as_micros()),
            permissions: self.sets.set(given.set),
            place: Place { table, tag, slot, version },
            facts: Facts {
                index: self,
                root,
                profile: record.profile,
                grants: profile.grants,
                flags: given.flags,
                rotated: record.rotated,
                organization_rules,
            },
        }))
    }
}
