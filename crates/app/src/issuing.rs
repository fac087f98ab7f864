//! Making API keys. Callers that come while a transaction is under way share the next one: a disk makes few durable
//! commits in a second, and each carries as many keys as are waiting.

mod known;

pub(crate) use known::{Known, check_role_owner};

use crate::api_keys::{assignment_event, created_event, stored_is_enough};
use crate::app::App;
use crate::ctx::Ctx;
use crate::giving::Holding;
use crate::idempotency::{Idempotency, Repeatable};
use crate::rbac_policy::actions_by_name;
use lockwork_model::access::{Actor, Scope};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::{
    ApiKey, ApiKeyGrants, Creator, IssuedApiKey, KeySecret, Lifecycle, NewApiKey,
};
use lockwork_model::audit_log_events::AuditLogEvent;
use lockwork_model::error::{Error, ErrorCode, Result};
use lockwork_model::ids::{ActionId, ApiKeyId, ApiKeyRoleAssignmentId};
use lockwork_model::limits::Subject;
use lockwork_model::secrets::KeyBytes;
use lockwork_store::{Audit, Tx};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How many keys share a transaction at most.
const BATCH: usize = 256;
/// The operation's name, to which repeated requests are bound.
const OPERATION: &str = "create";
/// How long a transaction may take before its connection counts as lost; until then all others wait.
const BATCH_TIMEOUT: Duration = Duration::from_secs(10);

/// Keys that wait to be made.
#[derive(Default)]
pub(crate) struct Issuing {
    waiting: Mutex<VecDeque<Waiting>>,
    /// Whoever holds it makes the waiting keys.
    turn: tokio::sync::Mutex<()>,
}

struct Waiting {
    ctx: Ctx,
    scope: Scope,
    new: NewApiKey,
    idempotency: Option<Idempotency>,
    done: oneshot::Sender<Result<IssuedApiKey>>,
}

/// A key that is ready to be written.
struct Prepared {
    issued: IssuedApiKey,
    actions: Vec<ActionId>,
    assignments: Vec<ApiKeyRoleAssignment>,
    events: Vec<AuditLogEvent>,
}

impl Waiting {
    const fn request(&self) -> Repeatable<'static> {
        Repeatable { operation: OPERATION, idempotency: self.idempotency, now: self.ctx.now() }
    }
}

impl Issuing {
    fn push(&self, waiting: Waiting) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back(waiting);
    }

    /// The next keys to make, all in one scope; none when nobody waits.
    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(first) = waiting.pop_front() else { return Vec::new() };
        let reach = |scope: &Scope| (scope.project(), scope.organization(), scope.keys_of());
        let shared = reach(&first.scope);
        let mut batch = vec![first];
        for _ in 0..waiting.len() {
            match waiting.pop_front() {
                Some(next) if batch.len() < BATCH && reach(&next.scope) == shared => batch.push(next),
                Some(next) => waiting.push_back(next),
                None => break,
            }
        }
        batch
    }
}

impl App {
    /// Makes a key, checked as far as it can be without the database.
    pub(crate) async fn issue(
        &self,
        ctx: &Ctx,
        scope: Scope,
        new: NewApiKey,
        idempotency: Option<Idempotency>,
    ) -> Result<IssuedApiKey> {
        let (done, issued) = oneshot::channel();
        self.issuing().push(Waiting { ctx: *ctx, scope, new, idempotency, done });
        let app = self.clone();
        // Apart from the caller, so that one who leaves takes nobody else's key along.
        tokio::spawn(async move { app.issue_waiting().await });
        issued.await.map_err(|_| Error::unavailable("the keys were not made in time"))?
    }

    /// Makes keys until none waits. Every caller starts one such task, so that none is forgotten.
    async fn issue_waiting(&self) {
        let _turn = self.issuing().turn.lock().await;
        loop {
            let batch = self.issuing().take();
            if batch.is_empty() {
                return;
            }
            // Late or not: who was answered was answered, the others are told by the drop of what they wait on.
            let _ = tokio::time::timeout(BATCH_TIMEOUT, self.issue_batch(batch)).await;
        }
    }

    async fn issue_batch(&self, batch: Vec<Waiting>) {
        let mut tx = match self.store().begin().await {
            Ok(tx) => tx,
            Err(error) => return refuse(batch, &error.into()),
        };
        let (mut known, mut ready) = (Known::default(), Vec::with_capacity(batch.len()));
        for waiting in batch {
            match self.replayed(&mut tx, &waiting.scope, waiting.request()).await {
                Ok(None) => {}
                Ok(Some(issued)) => {
                    drop(waiting.done.send(Ok(issued)));
                    continue;
                }
                Err(error) => {
                    drop(waiting.done.send(Err(error)));
                    continue;
                }
            }
            match self.prepare(&mut tx, &mut known, &waiting).await {
                Ok(prepared) => ready.push((waiting, prepared)),
                Err(error) => drop(waiting.done.send(Err(error))),
            }
        }
        let Some((first, _)) = ready.first() else { return };
        let (scope, at) = (first.scope, first.ctx.now());
        let written: Result<()> = async {
            let audit = self.write(&mut tx, &scope, &ready).await?;
            Ok(tx.commit(audit, at).await?)
        }
        .await;
        match written {
            // The next transaction need not wait until the index has these keys.
            Ok(()) => drop(tokio::spawn(self.clone().hand_over(ready))),
            // The same request was answered elsewhere at this very moment: give what that made.
            Err(error)
                if ready.len() == 1 && is_repeated(&ready) && error.code() == ErrorCode::AlreadyExists =>
            {
                self.replay_or_refuse(ready, &error).await
            }
            // Without the database none would fare better alone.
            Err(error) if ready.len() == 1 || error.code() == ErrorCode::Unavailable => {
                refuse(ready.into_iter().map(|(waiting, _)| waiting), &error)
            }
            // One of them refers to something that was just deleted, or two are one request sent twice: each on its
            // own, so that it alone fails.
            Err(_) => {
                for (waiting, _) in ready {
                    Box::pin(self.issue_batch(vec![waiting])).await;
                }
            }
        }
    }

    async fn replay_or_refuse(&self, ready: Vec<(Waiting, Prepared)>, error: &Error) {
        for (waiting, _) in ready {
            let replayed = async {
                let mut tx = self.store().begin().await?;
                self.replayed(&mut tx, &waiting.scope, waiting.request()).await
            };
            let answer = match replayed.await {
                Ok(Some(issued)) => Ok(issued),
                Ok(None) => Err(error.clone()),
                Err(error) => Err(error),
            };
            let _ = waiting.done.send(answer);
        }
    }

    /// Gives the keys to those who asked for them, as soon as this node verifies them.
    async fn hand_over(self, made: Vec<(Waiting, Prepared)>) {
        let in_effect = self.follower().committed().await.or_else(stored_is_enough);
        for (waiting, prepared) in made {
            // Who has left cannot be given a secret; the key stays, and can be revoked.
            let _ = waiting.done.send(in_effect.clone().map(|()| prepared.issued));
        }
    }

    /// Writes the keys, and answers what the audit log will say of them.
    async fn write(&self, tx: &mut Tx, scope: &Scope, ready: &[(Waiting, Prepared)]) -> Result<Audit> {
        let keys: Vec<ApiKey> = ready.iter().map(|(_, prepared)| prepared.issued.key.clone()).collect();
        tx.api_keys(scope).insert_many(&keys).await?;
        for (_, prepared) in ready.iter().filter(|(_, prepared)| !prepared.actions.is_empty()) {
            tx.api_keys(scope).insert_actions(prepared.issued.key.id, &prepared.actions).await?;
        }
        let assignments: Vec<_> =
            ready.iter().flat_map(|(_, prepared)| prepared.assignments.iter().copied()).collect();
        if !assignments.is_empty() {
            tx.api_key_role_assignments(scope).insert_many(&assignments).await?;
        }
        for (waiting, Prepared { issued, .. }) in ready {
            let now = waiting.ctx.now();
            if let Some(credits) = issued.grants.credits {
                tx.credits(scope).set(Subject::ApiKey(issued.key.id), Some(credits), now).await?;
            }
            if let Some(secret) = &issued.secret {
                self.remember(tx, scope, waiting.request(), &issued.key, secret).await?;
            }
        }
        let events = ready.iter().flat_map(|(_, prepared)| prepared.events.iter().cloned());
        Audit::of_all(scope, events).ok_or_else(|| Error::internal("keys were made without an audit entry"))
    }

    async fn prepare(&self, tx: &mut Tx, known: &mut Known, waiting: &Waiting) -> Result<Prepared> {
        let Waiting { ctx, scope, new, .. } = waiting;
        let prefix = known.check_enabled(tx, scope, new.organization).await?;
        let mut roles = new.roles.clone();
        roles.sort_unstable();
        roles.dedup();
        for &role in &roles {
            known.check_role(tx, scope, role, new.organization).await?;
        }
        known.check_plan(tx, scope, new.plan).await?;
        known.check_lifetime(new.organization, ctx.now(), new.expires_at)?;
        let names: Vec<&str> = new.actions.iter().map(|action| action.as_str()).collect();
        let actions = actions_by_name(&mut tx.rbac_policy(scope), &names).await?;
        let (action_ids, actions) =
            actions.into_iter().map(|action| (action.id, action.name)).unzip::<_, _, Vec<_>, Vec<_>>();
        let granted = roles.iter().flat_map(|role| known.actions_of(*role)).chain(&actions);
        Holding::of(ctx, tx, scope).await?.check_give(granted)?;
        let creator = creator(ctx.caller().actor())?;

        let mut entropy = self.entropy();
        let bytes = KeyBytes::generate(&prefix, &mut **entropy);
        let secret = bytes.to_secret(&prefix);
        let key = ApiKey {
            id: ApiKeyId::generate(&mut **entropy),
            organization: new.organization,
            display_name: new.display_name.clone(),
            description: new.description.clone(),
            external_id: new.external_id.clone(),
            metadata: new.metadata.clone(),
            tags: new.tags.clone(),
            prefix: Some(prefix),
            secret: KeySecret {
                hash: self.hasher().hash(&bytes),
                suffix: secret.suffix(),
                created_at: ctx.now(),
            },
            former_secret: None,
            expires_at: new.expires_at,
            lifecycle: match new.disabled {
                true => Lifecycle::Disabled { at: ctx.now() },
                false => Lifecycle::Active,
            },
            plan: new.plan,
            limits: new.limits.clone(),
            ip_allowlist: new.ip_allowlist.clone(),
            creator,
            last_used_at: None,
            created_at: ctx.now(),
            updated_at: ctx.now(),
        };
        let mut events = vec![created_event(&key).by(ctx, &mut **entropy)];
        let mut assignments = Vec::with_capacity(roles.len());
        for &role in &roles {
            let id = ApiKeyRoleAssignmentId::generate(&mut **entropy);
            let assignment = ApiKeyRoleAssignment { id, api_key: key.id, role, created_at: ctx.now() };
            events.push(
                assignment_event("tesseral.api_keys.assign_role", &key, &assignment).by(ctx, &mut **entropy),
            );
            assignments.push(assignment);
        }
        let grants = ApiKeyGrants { roles, actions, credits: new.credits };
        let issued = IssuedApiKey { key, grants, secret: Some(secret) };
        Ok(Prepared { issued, actions: action_ids, assignments, events })
    }
}

fn creator(actor: Actor) -> Result<Creator> {
    match actor {
        Actor::BackendApiKey(id) => Ok(Creator::BackendApiKey(id)),
        Actor::Operator => Ok(Creator::Operator),
        Actor::ConsoleUser(who) | Actor::User(who) => Ok(Creator::User(who.user)),
        Actor::Login(_) => Err(Error::permission_denied("finish signing in first")),
    }
}

fn is_repeated(ready: &[(Waiting, Prepared)]) -> bool {
    ready.iter().any(|(waiting, _)| waiting.idempotency.is_some())
}

fn refuse(batch: impl IntoIterator<Item = Waiting>, error: &Error) {
    for waiting in batch {
        let _ = waiting.done.send(Err(error.clone()));
    }
}
