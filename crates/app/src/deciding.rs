//! Deciding whether a key's limits and credits let a request in: everything at once, all or none.

use crate::app::{App, OnFailure};
use crate::drawing::{Draw, Draws};
use lockwork_model::error::{Error, Result};
use lockwork_model::limits::{Account, Limit, LimitKind, Subject};
use lockwork_model::time::{Tick, Timestamp};
use lockwork_model::verification::Code;
use lockwork_store::draws::QuotaTerms;
use lockwork_verify::{Admission, Counter, Key, Outcome, Rule, Take, Taken};
use std::time::Duration;

/// When what could not be drawn is worth another try.
const TRY_AGAIN_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// A limit that a request names, with a cost of its own.
#[derive(Debug, Clone, Copy)]
pub struct NamedCost<'a> {
    /// The limit's name.
    pub name: &'a str,
    /// The cost; `None` for the request's.
    pub cost: Option<u64>,
}

/// What a limit had to say.
#[derive(Debug, Clone)]
pub struct LimitState {
    /// Whose use it counts.
    pub subject: Subject,
    /// The limit.
    pub limit: Limit,
    /// What is left.
    pub remaining: u64,
    /// When more is left: for a limit that refused when the request would fit, else when all is free.
    pub reset: Duration,
    /// Whether it refused.
    pub refused: bool,
}

/// Why something could not be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitFailure {
    /// There is no room for another counter.
    NoRoom,
    /// The database cannot be drawn from.
    Database,
    /// A plan is not known.
    Plan,
}

/// What was decided.
pub(crate) struct Decided {
    /// Why not, if not.
    pub(crate) refused: Option<Code>,
    pub(crate) limits: Vec<LimitState>,
    /// What is left of the credits, the least where several count.
    pub(crate) credits: Option<u64>,
    /// What could not be counted.
    pub(crate) failure: Option<LimitFailure>,
}

pub(crate) enum Decision {
    Decided(Decided),
    /// The database must be asked first; nothing was taken.
    Short(Draws),
}

/// What one use of a key asks of its limits.
#[derive(Clone, Copy)]
pub(crate) struct Demand<'a> {
    pub(crate) cost: u64,
    pub(crate) named: &'a [NamedCost<'a>],
}

/// Whom a take counts, beside what the limiter must know of it.
struct Counted {
    subject: Subject,
    /// `None` for credits.
    limit: Option<Limit>,
}

impl Counted {
    fn account(&self) -> Account {
        Account { subject: self.subject, quota: self.limit.as_ref().map(|limit| limit.name.clone()) }
    }

    fn quota(&self) -> Option<QuotaTerms> {
        self.limit.as_ref().and_then(quota_terms)
    }
}

/// Everything that a use is counted by.
#[derive(Default)]
struct Takes {
    takes: Vec<Take>,
    counted: Vec<Counted>,
    failure: Option<LimitFailure>,
}

impl Takes {
    /// Gathers what binds the key.
    ///
    /// # Errors
    /// `FailedPrecondition` for a named limit that the key does not have.
    fn of(key: &Key<'_>, demand: &Demand<'_>) -> Result<Self> {
        let mut all = Self::default();
        let mut found = 0_u32;
        let known = key.each_limit(|bound| {
            let named = demand.named.iter().position(|named| named.name == bound.limit.name.as_str());
            if let Some(index) = named {
                found |= 1 << index;
            } else if bound.limit.only_when_named {
                return;
            }
            let cost = named.and_then(|index| demand.named.get(index)).and_then(|named| named.cost);
            let (counter, rule) = match bound.limit.kind {
                LimitKind::Rate(rate) => (bound.counter, Rule::Rate { limit: bound.limit.limit, rate }),
                LimitKind::Quota { .. } => (under_its_terms(bound.counter, bound.limit), Rule::Lease),
            };
            all.takes.push(Take::new(counter, rule, cost.unwrap_or(demand.cost)));
            all.counted.push(Counted { subject: bound.subject, limit: Some(bound.limit.clone()) });
        });
        if known.is_err() {
            all.failure = Some(LimitFailure::Plan);
        } else if let Some(index) = (0..demand.named.len()).find(|&index| found & 1 << index == 0) {
            return Err(Error::failed_precondition(format!(
                "limits[{index}].name: the api key has no limit of this name"
            )));
        }
        key.each_credit(|subject, counter| {
            all.takes.push(Take::new(counter, Rule::Lease, demand.cost));
            all.counted.push(Counted { subject, limit: None });
        });
        Ok(all)
    }

    /// Leaves out what `keep` does not keep.
    fn retain(&mut self, keep: impl Fn(&Take, &Counted) -> bool) {
        let kept: Vec<bool> =
            self.takes.iter().zip(&self.counted).map(|(take, counted)| keep(take, counted)).collect();
        let mut kept_takes = kept.iter();
        self.takes.retain(|_| kept_takes.next().is_some_and(|&kept| kept));
        let mut kept_counted = kept.iter();
        self.counted.retain(|_| kept_counted.next().is_some_and(|&kept| kept));
    }

    fn draws(&self) -> Draws {
        let short = self.takes.iter().zip(&self.counted);
        let short = short.filter(|(take, _)| take.outcome.state == Admission::Short);
        Draws(
            short
                .map(|(take, counted)| Draw {
                    account: counted.account(),
                    counter: take.counter,
                    needed: take.cost,
                    quota: counted.quota(),
                })
                .collect(),
        )
    }

    fn decided(self, refused: Option<Code>) -> Decided {
        let mut decided = Decided {
            refused,
            limits: Vec::with_capacity(self.takes.len()),
            credits: None,
            failure: self.failure,
        };
        let by_failure = self.failure == Some(LimitFailure::Database);
        for (take, counted) in self.takes.iter().zip(self.counted) {
            let outcome = match take.outcome.state {
                Admission::Admitted | Admission::Refused => take.outcome,
                // Refused because it cannot be drawn: worth another try soon.
                Admission::Short if by_failure => {
                    Outcome { state: Admission::Refused, remaining: 0, reset: TRY_AGAIN_AFTER_FAILURE }
                }
                // Nobody asked the database, since something else refused.
                Admission::Short => continue,
            };
            match counted.limit {
                Some(limit) => decided.limits.push(LimitState {
                    subject: counted.subject,
                    remaining: outcome.remaining.min(limit.limit),
                    limit,
                    reset: outcome.reset,
                    refused: outcome.state == Admission::Refused,
                }),
                None => {
                    let least =
                        decided.credits.map_or(outcome.remaining, |least| least.min(outcome.remaining));
                    decided.credits = Some(least);
                }
            }
        }
        decided
    }

    /// The code of a refusal: of a limit, or else of the credits.
    fn refusal(&self) -> Code {
        let refused = |(take, counted): (&Take, &Counted)| {
            take.outcome.state == Admission::Refused && counted.limit.is_some()
        };
        if self.takes.iter().zip(&self.counted).any(refused) {
            Code::RateLimited
        } else {
            Code::CreditsExhausted
        }
    }
}

/// What a limit allows, if it is a quota.
pub(crate) fn quota_terms(limit: &Limit) -> Option<QuotaTerms> {
    match limit.kind {
        LimitKind::Quota { period, anchor } => Some(QuotaTerms { limit: limit.limit, period, anchor }),
        LimitKind::Rate(_) => None,
    }
}

/// The counter of a quota as it is now. What was drawn before an edit of it counts as used until it is given back, so
/// that a lower limit is never exceeded by what nodes still hold of the higher one.
pub(crate) fn under_its_terms(counter: Counter, limit: &Limit) -> Counter {
    let LimitKind::Quota { period, anchor } = limit.kind else { return counter };
    let anchor = anchor.map_or(0, |at| at.as_micros().unsigned_abs());
    let terms = u128::from(limit.limit) << 64 | u128::from(anchor << 2 | (period as u64 + 1));
    Counter { id: counter.id ^ terms, ..counter }
}

/// What finds no room is let in uncounted; what has a counter goes on counting.
pub(crate) fn ask_only_if_refused(take: &mut Take) {
    if take.outcome.state == Admission::Refused {
        take.cost = 0;
    }
}

impl App {
    /// Decides about one use of a key, and counts it if it is let in.
    ///
    /// # Errors
    /// `FailedPrecondition` for a named limit that the key does not have.
    pub(crate) fn decide(
        &self,
        key: &Key<'_>,
        demand: &Demand<'_>,
        tick: Tick,
        now: Timestamp,
    ) -> Result<Decision> {
        let mut all = Takes::of(key, demand)?;
        let options = &self.options().limits;
        if all.failure.is_some() && options.rates_on_failure == OnFailure::Refuse {
            return Ok(Decision::Decided(all.decided(Some(Code::RateLimited))));
        }
        loop {
            match self.limiter().take(&mut all.takes, tick, now) {
                Taken::All => return Ok(Decision::Decided(all.decided(None))),
                Taken::Refused => {
                    let code = all.refusal();
                    return Ok(Decision::Decided(all.decided(Some(code))));
                }
                Taken::Full => {
                    all.failure = Some(LimitFailure::NoRoom);
                    if options.rates_on_failure == OnFailure::Refuse {
                        return Ok(Decision::Decided(all.decided(Some(Code::RateLimited))));
                    }
                    all.takes.iter_mut().for_each(ask_only_if_refused);
                }
                Taken::Short if !self.drawing().is_down(tick) => return Ok(Decision::Short(all.draws())),
                Taken::Short => {
                    all.failure = Some(LimitFailure::Database);
                    if let Some(code) = self.refused_by_failure(&all) {
                        return Ok(Decision::Decided(all.decided(Some(code))));
                    }
                    all.retain(|take, _| take.outcome.state != Admission::Short);
                }
            }
        }
    }

    /// The code of what could not be drawn and must not be let through.
    fn refused_by_failure(&self, all: &Takes) -> Option<Code> {
        let options = &self.options().limits;
        let short = all.takes.iter().zip(&all.counted);
        let mut short = short.filter(|(take, _)| take.outcome.state == Admission::Short);
        let code = |(_, counted): (&Take, &Counted)| match counted.limit {
            Some(_) => (options.quotas_on_failure == OnFailure::Refuse).then_some(Code::RateLimited),
            None => (options.credits_on_failure == OnFailure::Refuse).then_some(Code::CreditsExhausted),
        };
        short.find_map(code)
    }
}
