//! Verifying and authenticating managed API keys, from memory.

use crate::app::{App, WhenStale};
use crate::ctx::Ctx;
use lockwork_model::access::Permission;
use lockwork_model::error::{Error, ErrorCode, Result};
use lockwork_model::verification::{Code, KeyState};
use lockwork_verify::{Key, Lookup, Presented};

impl App {
    /// The verdict on a token; `answer` gets the code and, if there is one, the key. Waits for nothing.
    ///
    /// # Errors
    /// `PermissionDenied`; `InvalidArgument` for a wrong expression; `Unavailable` when this node lost the change
    /// feed and the operator chose to refuse then.
    pub fn verify_api_key<R>(
        &self,
        ctx: &Ctx,
        token: &str,
        permissions: Option<&str>,
        answer: impl FnOnce(Code, Option<&Key<'_>>) -> R,
    ) -> Result<R> {
        ctx.require(Permission::ApiKeysVerify)?;
        self.check_fresh()?;
        self.index().find(ctx.project(), token, ctx.now(), |lookup| {
            let code =
                lookup.verdict(permissions).map_err(|error| Error::invalid_field("permissions", error))?;
            Ok(match &lookup.presented {
                Presented::Found(key) => answer(code, Some(key)),
                Presented::Malformed | Presented::Unknown => answer(code, None),
            })
        })
    }

    /// Authenticates a token as the contract has it (§3.6): `answer` gets the key, every failure is an error.
    /// Waits for nothing.
    ///
    /// # Errors
    /// In the contract's order: `PermissionDenied`, `UnauthenticatedApiKey`; and `Unavailable` as in
    /// [`Self::verify_api_key`].
    pub fn authenticate_api_key<R>(
        &self,
        ctx: &Ctx,
        token: &str,
        answer: impl FnOnce(&Key<'_>) -> R,
    ) -> Result<R> {
        ctx.require(Permission::ApiKeysVerify)?;
        self.check_fresh()?;
        self.index().find(ctx.project(), token, ctx.now(), |lookup| authenticated(&lookup).map(answer))
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
