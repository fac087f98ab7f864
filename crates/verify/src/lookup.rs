//! What a presented token turned out to be, and the verdict on it.

use crate::details::write_members;
use crate::permission_set::{self, PermissionSet};
use crate::root::{ProjectStatus, Root};
use crate::rules::{Bound, BoundLimit, RuleFlags, UnknownPlan};
use crate::table::{Table, Tag};
use crate::{Counter, Index, Limiter};
use lockwork_model::ids::{ApiKeyId, OrganizationId};
use lockwork_model::limits::{LimitKind, Subject};
use lockwork_model::permissions::SyntaxError;
use lockwork_model::time::Timestamp;
use lockwork_model::verification::{Code, KeyState};
use std::net::IpAddr;

/// What a token is to a project.
#[derive(Debug)]
pub enum Presented<'a> {
    /// Not the form of this project's keys, or its checksum is wrong; nothing was looked up.
    Malformed,
    /// No key of this project has this secret.
    Unknown,
    /// A key of this project, working or not.
    Found(Key<'a>),
}

/// A token's facts at one moment. Callers with an order of their own read them, all others ask for the
/// [`verdict`](Self::verdict).
#[derive(Debug)]
pub struct Lookup<'a> {
    /// The project that was asked about; both `false` if it is unknown.
    pub project: ProjectStatus,
    /// What the token is.
    pub presented: Presented<'a>,
}

/// A key that was found.
pub struct Key<'a> {
    /// Which.
    pub id: ApiKeyId,
    /// Whether its organization's keys work.
    pub organization_enabled: bool,
    /// Whether it was revoked or switched off.
    pub state: KeyState,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// Whether that moment has come.
    pub expired: bool,
    /// What it may do.
    pub permissions: &'a PermissionSet,
    pub(crate) place: Place<'a>,
    pub(crate) facts: Facts<'a>,
}

/// Where a key's record was found, and under which version.
pub(crate) struct Place<'a> {
    pub(crate) table: &'a Table,
    pub(crate) tag: Tag,
    pub(crate) slot: usize,
    pub(crate) version: u64,
}

/// Where what a key shares with others is found, on demand.
pub(crate) struct Facts<'a> {
    pub(crate) index: &'a Index,
    pub(crate) root: &'a Root,
    pub(crate) profile: u32,
    pub(crate) grants: u32,
    pub(crate) flags: RuleFlags,
    pub(crate) rotated: bool,
    pub(crate) organization_rules: Option<&'a Bound>,
}

impl Place<'_> {
    /// The reference to the key's name, looked for again if the table changed; of a key that is gone meanwhile 0.
    fn name(&self) -> u32 {
        let name = self.table.name(self.slot);
        if self.table.still(self.version) {
            return name;
        }
        loop {
            let (retired, version) = (self.table.is_retired(), self.table.begin());
            let name = self.table.seek(self.tag).map_or(0, |slot| self.table.name(slot));
            if retired || version.is_some_and(|version| self.table.still(version)) {
                return name;
            }
            std::hint::spin_loop();
        }
    }
}

impl std::fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("organization", &self.organization())
            .finish_non_exhaustive()
    }
}

impl Key<'_> {
    /// Whose it is. A memory access of its own, so it is made only on demand.
    #[must_use]
    #[inline]
    pub fn organization(&self) -> OrganizationId {
        self.facts.index.profiles.organization(self.facts.profile)
    }

    /// Appends `,"displayName":"…","externalId":"…","metadata":{…}` as far as the key has them. A memory access of its
    /// own, so it is made only on demand; it reads what is there at this moment, and nothing if the key was deleted
    /// since it was found.
    pub fn write_details(&self, out: &mut Vec<u8>) {
        write_members(out, |out| self.place.table.names.read(self.place.name(), out));
    }

    /// Whether a use counts against limits or credits, the key's or its organization's.
    #[must_use]
    #[inline]
    pub fn has_limits(&self) -> bool {
        self.facts.flags.limited || self.facts.organization_rules.is_some_and(Bound::is_limiting)
    }

    /// Visits the limits that a use may count against: the key's own, those of its plan that no own one has the name
    /// of, then its organization's likewise.
    ///
    /// # Errors
    /// [`UnknownPlan`] when a plan's limits are not known; then not all were visited.
    pub fn each_limit(&self, mut each: impl FnMut(BoundLimit<'_>)) -> Result<(), UnknownPlan> {
        let Facts { index, root, rotated, .. } = self.facts;
        let mut visit = |bound: &Bound, subject: Subject, home: Option<u64>| {
            let id_home = index.limiter.home(subject.uuid());
            bound.each_limit(root, |limit, hash| {
                let home = match limit.kind {
                    LimitKind::Rate(_) => home.unwrap_or(id_home),
                    LimitKind::Quota { .. } => id_home,
                };
                each(BoundLimit { subject, limit, counter: Limiter::counter(home, subject.uuid(), hash) });
            })
        };
        if self.facts.flags.limited
            && let Some(rules) = index.sets.rules(self.facts.grants)
            && let Some(rules) = &*rules
        {
            // What a key counts lies where its record does, until it has records in several places.
            visit(rules, Subject::ApiKey(self.id), (!rotated).then_some(self.place.tag.high))?;
        }
        match self.facts.organization_rules {
            Some(rules) => visit(rules, Subject::Organization(self.organization()), None),
            None => Ok(()),
        }
    }

    /// Visits the credits that a use costs: the key's, then its organization's.
    pub fn each_credit(&self, mut each: impl FnMut(Subject, Counter)) {
        let limiter = &self.facts.index.limiter;
        let mut visit = |subject| each(subject, limiter.credits_counter(subject));
        if self.facts.flags.limited
            && let Some(rules) = self.facts.index.sets.rules(self.facts.grants)
            && rules.as_ref().is_some_and(|rules| rules.rules().has_credits)
        {
            visit(Subject::ApiKey(self.id));
        }
        if self.facts.organization_rules.is_some_and(|rules| rules.rules().has_credits) {
            visit(Subject::Organization(self.organization()));
        }
    }

    /// Whether it may be used from `address`: the key's networks and its organization's both allow it.
    fn allows(&self, address: Option<IpAddr>) -> bool {
        let allow = |bound: &Bound| bound.rules().ip_allowlist.allow(address);
        let by_key = !self.facts.flags.fenced
            || self.facts.index.sets.rules(self.facts.grants).is_some_and(|rules| {
                // A fence that cannot be found keeps everybody out.
                rules.as_deref().is_some_and(allow)
            });
        by_key && self.facts.organization_rules.is_none_or(allow)
    }
}

impl Lookup<'_> {
    /// The verdict, but for limits and credits: the first failure in the order of [`Code::ALL`]. `required` is an
    /// expression over actions, `address` where the request came from, as far as known.
    ///
    /// # Errors
    /// [`SyntaxError`] of the expression, whatever the token is.
    #[inline]
    pub fn verdict(&self, required: Option<&str>, address: Option<IpAddr>) -> Result<Code, SyntaxError> {
        let permitted = match (required, &self.presented) {
            (None, _) => true,
            (Some(required), Presented::Found(key)) => key.permissions.satisfies(required)?,
            (Some(required), _) => permission_set::empty().satisfies(required)?,
        };
        Ok(self.code(permitted, address))
    }

    #[inline]
    fn code(&self, permitted: bool, address: Option<IpAddr>) -> Code {
        let key = match &self.presented {
            Presented::Malformed => return Code::Malformed,
            Presented::Unknown => return Code::NotFound,
            Presented::Found(key) => key,
        };
        match key.state {
            _ if !self.project.api_keys_enabled => Code::ProjectDisabled,
            _ if !key.organization_enabled => Code::OrganizationDisabled,
            KeyState::Revoked => Code::Revoked,
            KeyState::Disabled => Code::Disabled,
            KeyState::Active if key.expired => Code::Expired,
            KeyState::Active if !key.allows(address) => Code::AddressNotAllowed,
            KeyState::Active if !permitted => Code::InsufficientPermissions,
            KeyState::Active => Code::Valid,
        }
    }
}
