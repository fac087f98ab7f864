//! Leases: what this node drew from the database and may spend without asking.

use super::{Admission, Outcome};
use lockwork_model::limits::Account;
use lockwork_model::time::{Tick, Timestamp};
use std::time::Duration;

/// What a draw brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deposit {
    /// How much was drawn.
    pub amount: u64,
    /// What the database still has.
    pub left: u64,
    /// Of credits: counts how often they were set anew.
    pub version: i64,
    /// Of quotas: the end of the period.
    pub valid_until: Option<Timestamp>,
    /// When there will be more.
    pub resets_at: Option<Timestamp>,
    /// The draw could not serve this much.
    pub refused_cost: Option<u64>,
    /// Before this moment the database is not asked again for that much or more.
    pub retry_at: Tick,
}

/// What was not spent, for the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// From where it was drawn.
    pub account: Account,
    /// How much.
    pub amount: u64,
    /// The version that it was drawn from.
    pub version: i64,
    /// Of quotas: the end of the period that it was drawn from.
    pub valid_until: Option<Timestamp>,
}

/// What a node holds of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// So much can be taken without asking.
    pub amount: u64,
    /// The version that it was drawn from: see [`Deposit::version`].
    pub version: i64,
}

/// What is left of what was drawn from one account.
#[derive(Debug)]
pub(super) struct Lease {
    account: Account,
    /// The last draw, its `amount` being what is left of it and of those before; `None` while all that is known is that
    /// older versions are void.
    drawn: Option<Deposit>,
    version: i64,
    /// `None` until it is looked for the first time.
    last_used: Option<Tick>,
}

impl Lease {
    pub(super) fn new(account: &Account, version: i64) -> Self {
        Self { account: account.clone(), drawn: None, version, last_used: None }
    }

    /// The last draw, if it is not over.
    fn valid(&self, wall: Timestamp) -> Option<&Deposit> {
        self.drawn.as_ref().filter(|drawn| drawn.valid_until.is_none_or(|until| wall < until))
    }

    /// Whether `cost` would be admitted now.
    pub(super) fn read(&self, cost: u64, now: Tick, wall: Timestamp) -> Outcome {
        let Some(drawn) = self.valid(wall) else {
            return Outcome { state: Admission::Short, ..Outcome::default() };
        };
        let until_reset = drawn.resets_at.map_or(0, |at| at.as_micros().saturating_sub(wall.as_micros()));
        let is_due = drawn.resets_at.is_some() && until_reset <= 0;
        let refused = drawn.refused_cost.is_some_and(|refused| cost >= refused);
        let state = if drawn.amount >= cost {
            Admission::Admitted
        } else if refused && now < drawn.retry_at && !is_due {
            Admission::Refused
        } else {
            Admission::Short
        };
        Outcome {
            state,
            remaining: drawn.amount.saturating_add(drawn.left),
            reset: Duration::from_micros(u64::try_from(until_reset).unwrap_or(0)),
        }
    }

    /// What can be taken now; `None` where the database was not asked, or what it gave is over.
    pub(super) fn held(&self, wall: Timestamp) -> Option<Held> {
        self.valid(wall).map(|drawn| Held { amount: drawn.amount, version: drawn.version })
    }

    /// Takes what [`Self::read`] admitted.
    pub(super) fn take(&mut self, cost: u64, now: Tick) {
        if let Some(drawn) = &mut self.drawn {
            drawn.amount = drawn.amount.saturating_sub(cost);
        }
        self.last_used = self.last_used.max(Some(now));
    }

    /// Adds what a draw brought. What was drawn from an older version or period is worth nothing beside what was drawn
    /// from a newer one, in whichever order they come.
    pub(super) fn deposit(&mut self, deposit: Deposit) {
        if deposit.version < self.version {
            return;
        }
        let known = self.drawn.filter(|_| self.version == deposit.version);
        let amount = match known {
            None => deposit.amount,
            Some(drawn) if drawn.valid_until == deposit.valid_until => {
                drawn.amount.saturating_add(deposit.amount)
            }
            Some(drawn) if drawn.valid_until < deposit.valid_until => deposit.amount,
            Some(_) => return,
        };
        self.version = deposit.version;
        self.drawn = Some(Deposit { amount, ..deposit });
    }

    /// Forgets what was drawn from versions older than this one. Of this one there may be more than was known.
    pub(super) fn void(&mut self, version: i64) {
        if version > self.version {
            self.version = version;
            self.drawn = None;
        } else if let Some(drawn) = self.drawn.as_mut().filter(|_| version == self.version) {
            drawn.refused_cost = None;
        }
    }

    /// Whether it was not used since `idle_since`. One that nobody has looked for yet counts as used then.
    pub(super) fn is_idle(&mut self, idle_since: Tick) -> bool {
        *self.last_used.get_or_insert(idle_since) < idle_since
    }

    /// What is left of it.
    pub(super) fn leftover(self) -> Option<Leftover> {
        let drawn = self.drawn.filter(|drawn| drawn.amount > 0)?;
        let (account, version) = (self.account, self.version);
        Some(Leftover { account, amount: drawn.amount, version, valid_until: drawn.valid_until })
    }
}
