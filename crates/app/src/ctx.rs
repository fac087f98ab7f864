//! Who asks, and when: what every operation is given.

use crate::app::App;
use crate::audit;
use lockwork_model::access::{Actor, Caller, Permission, Scope};
use lockwork_model::error::{Error, ErrorCode, Result};
use lockwork_model::ids::ProjectId;
use lockwork_model::short_secrets::BackendSecret;
use lockwork_model::time::Timestamp;
use lockwork_store::Audit;
use std::time::Duration;

/// A caller at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Ctx {
    caller: Caller,
    now: Timestamp,
}

impl Ctx {
    /// This caller, now.
    #[must_use]
    pub const fn new(caller: Caller, now: Timestamp) -> Self {
        Self { caller, now }
    }

    /// The time of the request; it does not move while the operation runs.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Who asks.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The caller's project.
    #[must_use]
    pub const fn project(&self) -> ProjectId {
        self.caller.project()
    }

    /// The key to the caller's tenant.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub fn require(&self, permission: Permission) -> Result<Scope> {
        self.caller.require(permission)
    }
}

/// How often one caller's refusals of one kind are written to the audit log.
const REFUSAL_INTERVAL: Duration = Duration::from_secs(60);

impl App {
    /// Who holds this `Authorization` header (contract §3.5, with 401 for every failure: §7.3, 12).
    ///
    /// Reads memory only.
    ///
    /// # Errors
    /// `Unauthenticated`, with what is wrong.
    pub fn authenticate_backend(&self, authorization: Option<&str>) -> Result<Ctx> {
        let refuse = |message: &str| Err(Error::new(ErrorCode::Unauthenticated, message));
        let Some(authorization) = authorization else {
            return refuse(
                "missing credentials; send the header \"Authorization: Bearer tesseral_secret_key_…\"",
            );
        };
        let Some(token) = authorization.strip_prefix("Bearer ") else {
            return refuse("the Authorization header must begin with \"Bearer \"");
        };
        let Ok(secret) = token.parse::<BackendSecret>() else {
            return refuse("invalid backend api key secret token");
        };
        match self.index().backend_key(&secret.hash()) {
            Some(key) => Ok(Ctx::new(Caller::backend_api_key(key.project, key.id, key.scope), self.now())),
            None => refuse("backend api key not found; it may have been revoked"),
        }
    }

    /// The key to the caller's tenant. A refusal leaves an audit entry, at most one a minute for each caller and
    /// permission.
    pub(crate) async fn authorize(&self, ctx: &Ctx, permission: Permission) -> Result<Scope> {
        let refused = match ctx.require(permission) {
            Ok(scope) => return Ok(scope),
            Err(refused) => refused,
        };
        if self.refusal_is_new(ctx, permission) {
            let event = audit::refusal(ctx, permission, &mut **self.entropy());
            let tx = self.store().begin().await?;
            tx.commit(Audit::of_refusal(ctx.project(), event), ctx.now()).await?;
        }
        Err(refused)
    }

    fn refusal_is_new(&self, ctx: &Ctx, permission: Permission) -> bool {
        let who = match ctx.caller().actor() {
            Actor::BackendApiKey(key) => key.uuid(),
            Actor::ConsoleUser(who) | Actor::User(who) => who.user.uuid(),
            Actor::Login(login) => login.uuid(),
            Actor::Operator => return true,
        };
        let mut refusals = self.refusals();
        let expired = |at: &Timestamp| at.after(REFUSAL_INTERVAL) <= ctx.now();
        refusals.retain(|_, at| !expired(at));
        match refusals.entry((who, permission)) {
            std::collections::hash_map::Entry::Occupied(_) => false,
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(ctx.now());
                true
            }
        }
    }
}
