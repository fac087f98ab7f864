//! What keys and organizations are bound by, prepared for those who count.

use crate::Counter;
use crate::hashing::Keyed;
use crate::limiter::hash_of_limit;
use crate::root::Root;
use lockwork_model::ids::PlanId;
use lockwork_model::limits::{Limit, Subject};
use lockwork_model::verification::Rules;

/// A limit that a use of a key counts against.
#[derive(Debug, Clone, Copy)]
pub struct BoundLimit<'a> {
    /// Whose use is counted: the key's, or that of all keys of its organization.
    pub subject: Subject,
    /// The limit.
    pub limit: &'a Limit,
    /// Where it is counted: a rate, or, for a quota, a lease.
    pub counter: Counter,
}

/// Rules name a plan that is not known, so that nobody can say how much is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not known")]
pub struct UnknownPlan(pub PlanId);

/// Limits with what tells their counters apart.
#[derive(Debug)]
pub(crate) struct Limits(Box<[(Limit, u128)]>);

impl Limits {
    pub(crate) fn new(limits: Vec<Limit>, keyed: Keyed) -> Self {
        let hashed = |limit: Limit| {
            let hash = hash_of_limit(keyed, &limit);
            (limit, hash)
        };
        Self(limits.into_iter().map(hashed).collect())
    }

    /// The limits.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Limit> {
        self.0.iter().map(|(limit, _)| limit)
    }
}

/// Rules that are not empty.
#[derive(Debug)]
pub(crate) struct Bound {
    /// Without their limits.
    rules: Rules,
    limits: Limits,
}

impl Bound {
    pub(crate) fn new(mut rules: Rules, keyed: Keyed) -> Self {
        let limits = Limits::new(std::mem::take(&mut rules.limits), keyed);
        Self { rules, limits }
    }

    /// All but the limits.
    pub(crate) const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The rules as they were told.
    pub(crate) fn told(&self) -> Rules {
        Rules { limits: self.limits.iter().cloned().collect(), ..self.rules.clone() }
    }

    /// Whether a use counts against anything.
    pub(crate) fn is_limiting(&self) -> bool {
        counts(&self.rules) || self.limits.iter().len() > 0
    }

    /// Visits the limits, those of the plan behind the own ones.
    pub(crate) fn each_limit(
        &self,
        root: &Root,
        mut each: impl FnMut(&Limit, u128),
    ) -> Result<(), UnknownPlan> {
        self.limits.0.iter().for_each(|(limit, hash)| each(limit, *hash));
        let Some(plan) = self.rules.plan else { return Ok(()) };
        let plan = root.plans.get(plan).ok_or(UnknownPlan(plan))?;
        let shadowed = |limit: &Limit| self.limits.iter().any(|own| own.name == limit.name);
        plan.0.iter().filter(|(limit, _)| !shadowed(limit)).for_each(|(limit, hash)| each(limit, *hash));
        Ok(())
    }
}

/// Whether a use counts against anything but limits of its own.
fn counts(rules: &Rules) -> bool {
    rules.plan.is_some() || rules.has_credits
}

/// What a verdict must know of the rules of a key's grants: two bits beside the number of its set of actions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct RuleFlags {
    /// Whether a use counts against limits or credits.
    pub(crate) limited: bool,
    /// Whether it may come from some addresses only.
    pub(crate) fenced: bool,
}

impl RuleFlags {
    pub(crate) fn of(rules: &Rules) -> Self {
        let limited = counts(rules) || !rules.limits.is_empty();
        Self { limited, fenced: !rules.ip_allowlist.is_empty() }
    }
}
