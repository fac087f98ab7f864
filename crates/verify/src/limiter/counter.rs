//! Which counter counts what.

use super::Limiter;
use crate::hashing::{Folding, Keyed};
use lockwork_model::ids::ProjectId;
use lockwork_model::limit_overrides::Identifier;
use lockwork_model::limits::{Account, Limit, LimitKind, LimitName, Rate, Subject};
use std::hash::{Hash, Hasher};
use uuid::Uuid;

/// Which counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// Where it lies: counters of one subject lie beside each other.
    pub home: u64,
    /// What names it.
    pub id: u128,
}

/// What tells a subject's counters apart. The hashes of different ones differ in all their bits, so that joined with
/// the subjects' ids (which this server makes) they stay apart.
#[derive(Hash)]
enum Kind<'a> {
    Window { name: &'a LimitName, seconds: u64 },
    Bucket { name: &'a LimitName, seconds: u64 },
    Account { quota: Option<&'a LimitName> },
}

/// What tells the counter of credits from others of the same subject.
pub(super) fn hash_of_credits(keyed: Keyed) -> u128 {
    keyed.wide(&Kind::Account { quota: None })
}

/// What tells the counter of a limit from others of the same subject.
pub(crate) fn hash_of_limit(keyed: Keyed, limit: &Limit) -> u128 {
    let name = &limit.name;
    keyed.wide(&match limit.kind {
        LimitKind::Rate(Rate::Window { seconds }) => Kind::Window { name, seconds },
        LimitKind::Rate(Rate::Bucket { seconds, .. }) => Kind::Bucket { name, seconds },
        LimitKind::Quota { .. } => Kind::Account { quota: Some(name) },
    })
}

impl Limiter {
    /// What hashes others' texts.
    pub(crate) const fn keyed(&self) -> Keyed {
        self.keyed
    }

    /// The home of a subject's counters.
    pub(crate) fn home(&self, subject: Uuid) -> u64 {
        let (high, low) = subject.as_u64_pair();
        let mut folding = Folding::default();
        [self.home_seed, high, low].into_iter().for_each(|word| folding.write_u64(word));
        folding.finish()
    }

    /// The counter of one of a subject's limits, by its hash.
    pub(crate) const fn counter(home: u64, subject: Uuid, hash: u128) -> Counter {
        Counter { home, id: subject.as_u128() ^ hash }
    }

    /// The counter of an account: where deposits go, and where its quota or credits are taken from.
    #[must_use]
    pub fn account_counter(&self, account: &Account) -> Counter {
        let hash = self.keyed.wide(&Kind::Account { quota: account.quota.as_ref() });
        let subject = account.subject.uuid();
        Self::counter(self.home(subject), subject, hash)
    }

    /// The counter of a subject's credits.
    #[must_use]
    pub fn credits_counter(&self, subject: Subject) -> Counter {
        Self::counter(self.home(subject.uuid()), subject.uuid(), self.credits_hash)
    }

    /// The counter of whatever a developer names, for one kind of rate and one length of window.
    #[must_use]
    pub fn identifier_counter(&self, project: ProjectId, identifier: &Identifier, rate: Rate) -> Counter {
        let hash = self.keyed.wide(&(project, identifier));
        let kind = u128::from(rate.seconds()) << 1 | u128::from(matches!(rate, Rate::Bucket { .. }));
        Counter { home: (hash >> 64) as u64, id: hash ^ kind }
    }
}
