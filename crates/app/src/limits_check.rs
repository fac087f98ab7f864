//! Rate limits without a key: for whatever identifier the developer names.

use crate::app::{App, OnFailure};
use crate::ctx::Ctx;
use crate::deciding::ask_only_if_refused;
use lockwork_model::access::Permission;
use lockwork_model::error::Result;
use lockwork_model::limit_overrides::Identifier;
use lockwork_model::limits::Rate;
use lockwork_verify::{Admission, Rule, Take, Taken};
use std::time::Duration;

/// One limit to count a request by.
#[derive(Debug, Clone)]
pub struct Check {
    /// Whom it counts.
    pub identifier: Identifier,
    /// How much, unless the identifier has an override.
    pub limit: u64,
    /// How it counts, unless the identifier has an override.
    pub rate: Rate,
    /// What the request costs.
    pub cost: u64,
}

/// What one limit had to say.
#[derive(Debug, Clone, Copy)]
pub struct CheckState {
    /// Whether it let the request in.
    pub allowed: bool,
    /// The limit that counted.
    pub limit: u64,
    /// How it counts.
    pub rate: Rate,
    /// What is left.
    pub remaining: u64,
    /// When more is left: of a limit that refused when the request would fit, else when all is free.
    pub reset: Duration,
}

/// What became of a request.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Whether all limits let it in; else nothing was taken from any.
    pub allowed: bool,
    /// What each had to say, in the order of the checks.
    pub checks: Vec<CheckState>,
    /// Whether there was no room to count.
    pub failed: bool,
}

impl App {
    /// Counts a request against several limits at once, all or none. Waits for nothing.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub fn check_limits(&self, ctx: &Ctx, checks: &[Check]) -> Result<Checked> {
        ctx.require(Permission::LimitsCheck)?;
        let index = self.index();
        let effective = |check: &Check| {
            let own = index.limit_override(ctx.project(), &check.identifier);
            own.unwrap_or((check.limit, check.rate))
        };
        let terms: Vec<(u64, Rate)> = checks.iter().map(effective).collect();
        let take = |(check, &(limit, rate)): (&Check, &(u64, Rate))| {
            let counter = self.limiter().identifier_counter(ctx.project(), &check.identifier, rate);
            Take::new(counter, Rule::Rate { limit, rate }, check.cost)
        };
        let mut takes: Vec<Take> = checks.iter().zip(&terms).map(take).collect();
        let (now, tick) = (ctx.now(), self.tick());
        let mut taken = self.limiter().take(&mut takes, tick, now);
        let failed = taken == Taken::Full;
        while taken == Taken::Full && self.options().limits.rates_on_failure == OnFailure::Allow {
            takes.iter_mut().for_each(ask_only_if_refused);
            taken = self.limiter().take(&mut takes, tick, now);
        }
        let state = |(take, &(limit, rate)): (&Take, &(u64, Rate))| CheckState {
            allowed: taken != Taken::Full && take.outcome.state == Admission::Admitted,
            limit,
            rate,
            remaining: take.outcome.remaining,
            reset: take.outcome.reset,
        };
        Ok(Checked {
            allowed: taken == Taken::All,
            checks: takes.iter().zip(&terms).map(state).collect(),
            failed,
        })
    }
}
