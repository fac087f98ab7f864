//! Verifying and authenticating managed API keys, from memory. Only a quota or credits of which this node holds nothing
//! more make a request wait for the database.

use crate::app::{App, WhenStale};
use crate::ctx::Ctx;
use crate::deciding::{Decided, Decision, Demand, LimitFailure, LimitState, NamedCost};
use crate::drawing::Draws;
use lockwork_model::access::Permission;
use lockwork_model::error::{Error, ErrorCode, Result};
use lockwork_model::verification::{Code, KeyState};
use lockwork_verify::{Key, Lookup, Presented};
use std::net::IpAddr;

/// One use of a key. Not printable: it holds a secret.
#[derive(Clone, Copy)]
pub struct Use<'a> {
    /// The secret, as its holder sent it.
    pub token: &'a str,
    /// What the key must be allowed to do.
    pub permissions: Option<&'a str>,
    /// The end user's address.
    pub address: Option<IpAddr>,
    /// What it costs.
    pub cost: u64,
    /// Limits that the request names; at most 16.
    pub limits: &'a [NamedCost<'a>],
}

/// What became of a use.
pub struct Verdict<'a> {
    /// The first failure, or [`Code::Valid`].
    pub code: Code,
    /// The key, if there is one.
    pub key: Option<&'a Key<'a>>,
    /// What the limits had to say, if it came to them.
    pub limits: &'a [LimitState],
    /// What is left of the credits, the least where several count.
    pub credits: Option<u64>,
    /// What could not be counted.
    pub failure: Option<LimitFailure>,
}

/// How far an answer from memory got.
#[derive(Debug)]
pub enum Attempt {
    /// It was answered.
    Answered,
    /// Draw, then try again.
    Short(Draws),
}

impl App {
    /// The verdict on a use; `answer` gets it unless something must be drawn first. Waits for nothing.
    ///
    /// # Errors
    /// `PermissionDenied`; `InvalidArgument` for a wrong expression; `FailedPrecondition` for a limit that the key does
    /// not have; `Unavailable` when this node lost the change feed and the operator chose to refuse then.
    pub fn try_verify_api_key(
        &self,
        ctx: &Ctx,
        request: &Use<'_>,
        answer: impl FnOnce(&Verdict<'_>),
    ) -> Result<Attempt> {
        ctx.require(Permission::ApiKeysVerify)?;
        self.check_fresh()?;
        self.index().find(ctx.project(), request.token, ctx.now(), |lookup| {
            let code = lookup.verdict(request.permissions, request.address);
            let code = code.map_err(|error| Error::invalid_field("permissions", error))?;
            let key = match &lookup.presented {
                Presented::Found(key) => Some(key),
                Presented::Malformed | Presented::Unknown => None,
            };
            self.finish(ctx, request, code, key, answer)
        })
    }

    /// Counts a use that nothing else stands against, and answers.
    fn finish(
        &self,
        ctx: &Ctx,
        request: &Use<'_>,
        code: Code,
        key: Option<&Key<'_>>,
        answer: impl FnOnce(&Verdict<'_>),
    ) -> Result<Attempt> {
        let plain = |code| Verdict { code, key, limits: &[], credits: None, failure: None };
        let Some(valid) = key.filter(|_| code == Code::Valid) else {
            answer(&plain(code));
            return Ok(Attempt::Answered);
        };
        if !valid.has_limits() && request.limits.is_empty() {
            self.last_use().note(valid.id, ctx.now());
            answer(&plain(code));
            return Ok(Attempt::Answered);
        }
        let demand = Demand { cost: request.cost, named: request.limits };
        let decided = match self.decide(valid, &demand, self.tick(), ctx.now())? {
            Decision::Decided(decided) => decided,
            Decision::Short(draws) => return Ok(Attempt::Short(draws)),
        };
        let Decided { refused, limits, credits, failure } = decided;
        if refused.is_none() {
            self.last_use().note(valid.id, ctx.now());
        }
        answer(&Verdict { code: refused.unwrap_or(code), key, limits: &limits, credits, failure });
        Ok(Attempt::Answered)
    }

    /// Authenticates a use as the contract has it (§3.6): `answer` gets the verdict, which is valid, rate limited or out
    /// of credits; every other failure is an error. Waits for nothing.
    ///
    /// # Errors
    /// In the contract's order: `PermissionDenied`, `UnauthenticatedApiKey`; and those of
    /// [`Self::try_verify_api_key`].
    pub fn try_authenticate_api_key(
        &self,
        ctx: &Ctx,
        request: &Use<'_>,
        answer: impl FnOnce(&Verdict<'_>),
    ) -> Result<Attempt> {
        ctx.require(Permission::ApiKeysVerify)?;
        self.check_fresh()?;
        self.index().find(ctx.project(), request.token, ctx.now(), |lookup| {
            let key = authenticated(&lookup)?;
            if lookup.verdict(None, request.address) == Ok(Code::AddressNotAllowed) {
                return Err(Error::permission_denied(
                    "the api key may not be used from this ipAddress, or none was passed",
                ));
            }
            self.finish(ctx, request, Code::Valid, Some(key), answer)
        })
    }

    fn check_fresh(&self) -> Result<()> {
        if self.options().when_stale == WhenStale::Answer {
            return Ok(());
        }
        match self.readiness().reason {
            None => Ok(()),
            Some(reason) => Err(Error::unavailable(reason)),
        }
    }
}

fn authenticated<'l, 'k>(lookup: &'l Lookup<'k>) -> Result<&'l Key<'k>> {
    let denied = |what: &str| Err(Error::permission_denied(what));
    if !lookup.project.api_keys_enabled {
        return denied("api keys are not enabled for this project");
    }
    if !lookup.project.has_prefix {
        return denied("api key secret token prefix is not set for this project");
    }
    let refused = |what: &str| Err(Error::new(ErrorCode::UnauthenticatedApiKey, what));
    match &lookup.presented {
        Presented::Malformed => refused("malformed_api_key_secret_token"),
        Presented::Found(key) if key.state == KeyState::Active && !key.expired => {
            match key.organization_enabled {
                true => Ok(key),
                false => denied("api keys are not enabled for this organization"),
            }
        }
        Presented::Unknown | Presented::Found(_) => refused("invalid_api_key_secret_token"),
    }
}
