//! Managed API keys.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use crate::giving::{self, Holding};
use crate::idempotency::Idempotency;
use crate::issuing::check_role_owner;
use crate::plans::check_plan;
use lockwork_model::access::{Permission, Scope};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::{
    ApiKey, ApiKeyGrants, ApiKeyUpdate, DIRECT_ACTIONS_MAX, IssuedApiKey, Lifetime, NewApiKey, ROLES_MAX,
};
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{ApiKeyId, ApiKeyRoleAssignmentId, RoleId};
use lockwork_model::limits::{Subject, check_limits};
use lockwork_model::metadata::EXTERNAL_ID_MAX_CHARS;
use lockwork_model::page::{Count, Page, PageRequest};
use lockwork_model::permissions::ActionName;
use lockwork_model::text::{DESCRIPTION_MAX_CHARS, NAME_MAX_CHARS, bounded};
use lockwork_model::time::Timestamp;
use lockwork_store::api_keys::ApiKeyFilter;
use lockwork_store::{Audit, Tx};
use lockwork_verify::Presented;
use serde_json::json;

pub(crate) fn not_found() -> Error {
    Error::not_found("api key")
}

pub(crate) fn event(name: &'static str, key: &ApiKey) -> Event {
    Event::new(name, ResourceType::ApiKey, key.id.uuid()).organization(key.organization)
}

/// The event of a key made.
pub(crate) fn created_event(key: &ApiKey) -> Event {
    event("tesseral.api_keys.create", key).detail("apiKey", audit::api_key(key))
}

/// The event of a role given to, or taken from, a key.
pub(crate) fn assignment_event(name: &'static str, key: &ApiKey, assignment: &ApiKeyRoleAssignment) -> Event {
    event(name, key).detail("apiKeyRoleAssignment", audit::api_key_role_assignment(assignment))
}

impl App {
    /// One page of the keys, each with all that it may do, directly and by its roles; none for an organization of
    /// another project.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_api_keys(
        &self,
        ctx: &Ctx,
        filter: &ApiKeyFilter,
        page: &PageRequest,
    ) -> Result<Page<(ApiKey, Vec<ActionName>)>> {
        let scope = self.authorize(ctx, Permission::ApiKeysRead).await?;
        let mut conn = self.store().read().await?;
        let page = conn.api_keys(&scope).list(filter, page).await?;
        let mut actions = conn.api_keys(&scope).effective_actions(&page.items).await?;
        Ok(page.map(|key| {
            let actions = actions.remove(&key.id).unwrap_or_default();
            (key, actions)
        }))
    }

    /// How many keys there are of that kind.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn count_api_keys(&self, ctx: &Ctx, filter: &ApiKeyFilter) -> Result<Count> {
        let scope = self.authorize(ctx, Permission::ApiKeysRead).await?;
        Ok(self.store().read().await?.api_keys(&scope).count(filter).await?)
    }

    /// A key and what it was given.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_api_key(&self, ctx: &Ctx, id: ApiKeyId) -> Result<(ApiKey, ApiKeyGrants)> {
        let scope = self.authorize(ctx, Permission::ApiKeysRead).await?;
        let mut conn = self.store().read().await?;
        let key = conn.api_keys(&scope).find(id).await?.ok_or_else(not_found)?;
        let grants = conn.api_keys(&scope).grants(&key, ctx.now()).await?;
        Ok((key, grants))
    }

    /// The key that a secret belongs to, working or not. Uses nothing up.
    ///
    /// # Errors
    /// `PermissionDenied`; `NotFound` when it is no secret of this project.
    pub async fn who_am_i(&self, ctx: &Ctx, token: &str) -> Result<(ApiKey, ApiKeyGrants)> {
        self.authorize(ctx, Permission::ApiKeysRead).await?;
        let id = self.index().find(ctx.project(), token, ctx.now(), |lookup| match &lookup.presented {
            Presented::Found(key) => Some(key.id),
            Presented::Malformed | Presented::Unknown => None,
        });
        self.get_api_key(ctx, id.ok_or_else(not_found)?).await
    }

    /// Makes a key, with the roles and actions that it shall have; its secret is shown this once. A member gives it
    /// what they hold themselves, and neither plan, credits, metadata nor external id.
    ///
    /// # Errors
    /// `PermissionDenied`, also while API keys are off for the project or the organization; `NotFound` for the
    /// organization, a role or the plan; `InvalidArgument`; `FailedPrecondition` for another organization's role, or an
    /// `Idempotency-Key` that another request had.
    pub async fn create_api_key(
        &self,
        ctx: &Ctx,
        new: NewApiKey,
        idempotency: Option<Idempotency>,
    ) -> Result<IssuedApiKey> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        giving::check_new(ctx, &new)?;
        let display_name = bounded("apiKey.displayName", new.display_name, NAME_MAX_CHARS)?;
        let description = bounded("apiKey.description", new.description, DESCRIPTION_MAX_CHARS)?;
        let external_id = new.external_id.map(external_id).transpose()?;
        check_limits("apiKey.limits", &new.limits)?;
        if new.expires_at.is_some_and(|at| at <= ctx.now()) {
            return Err(Error::invalid_field("apiKey.expireTime", "must be in the future"));
        }
        if new.roles.len() > ROLES_MAX {
            return Err(Error::invalid_field(
                "apiKey.roleIds",
                format!("must name at most {ROLES_MAX} roles"),
            ));
        }
        if new.actions.len() > DIRECT_ACTIONS_MAX {
            let problem = format!("must name at most {DIRECT_ACTIONS_MAX} actions");
            return Err(Error::invalid_field("apiKey.actions", problem));
        }
        self.issue(ctx, scope, NewApiKey { display_name, description, external_id, ..new }, idempotency).await
    }

    /// Gives a role to a key, if the caller holds what it grants.
    pub(crate) async fn assign(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        scope: &Scope,
        key: &ApiKey,
        role: RoleId,
    ) -> Result<ApiKeyRoleAssignment> {
        let role = tx.roles(scope).find(role).await?.ok_or_else(|| Error::not_found("role"))?;
        check_role_owner(&role, key.organization, "api key")?;
        Holding::of(ctx, tx, scope).await?.check_give(&role.actions)?;
        let assignment = ApiKeyRoleAssignment {
            id: ApiKeyRoleAssignmentId::generate(&mut **self.entropy()),
            api_key: key.id,
            role: role.id,
            created_at: ctx.now(),
        };
        let inserted = tx.api_key_role_assignments(scope).insert(&assignment).await;
        lockwork_store::OnConflict::on_conflict(inserted, || {
            Error::already_exists("the api key has this role already")
        })?;
        Ok(assignment)
    }

    /// Changes a key. A member changes neither plan, credits, metadata nor external id, and limits and networks only of
    /// keys that members made.
    ///
    /// # Errors
    /// `PermissionDenied`; `NotFound` for the key or its new plan; `InvalidArgument`; `FailedPrecondition` for what a
    /// revoked key cannot have.
    pub async fn update_api_key(
        &self,
        ctx: &Ctx,
        id: ApiKeyId,
        mut update: ApiKeyUpdate,
    ) -> Result<(ApiKey, ApiKeyGrants)> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        check(&mut update, ctx.now())?;
        let mut tx = self.store().begin().await?;
        let previous = tx.api_keys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        if update.is_empty() {
            let grants = tx.api_keys(&scope).grants(&previous, ctx.now()).await?;
            return Ok((previous, grants));
        }
        giving::check_update(ctx, &mut tx, &scope, &previous, &update).await?;
        if let Some(expires_at) = update.expires_at {
            let demands = lifetime_demands(&mut tx, &scope, &previous).await?;
            Lifetime::check("apiKey.expireTime", demands, previous.secret.created_at, expires_at)?;
        }
        check_plan(tx.plans(&scope), update.plan.flatten()).await?;
        let credits = update.credits;
        let key = previous.clone().updated(update, ctx.now())?;
        tx.api_keys(&scope).update(&key).await?;
        let mut event = event("tesseral.api_keys.update", &key)
            .detail("apiKey", audit::api_key(&key))
            .detail("previousApiKey", audit::api_key(&previous));
        if let Some(credits) = credits {
            let subject = Subject::ApiKey(id);
            let before = tx.credits(&scope).find(subject, ctx.now()).await?;
            tx.credits(&scope).set(subject, credits, ctx.now()).await?;
            event = event
                .detail("credits", json!(credits.as_ref().map(audit::credits)))
                .detail("previousCredits", json!(before.as_ref().map(audit::credits)));
        }
        let grants = tx.api_keys(&scope).grants(&key, ctx.now()).await?;
        let event = event.by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok((key, grants))
    }
}

/// How long project and organization let a key live.
pub(crate) async fn lifetime_demands(
    tx: &mut Tx,
    scope: &Scope,
    key: &ApiKey,
) -> Result<[Option<Lifetime>; 2]> {
    let project = tx.projects(scope).find().await?;
    let organization = tx.organizations(scope).find(key.organization).await?;
    Ok([
        project.and_then(|project| project.max_key_lifetime),
        organization.and_then(|organization| organization.max_key_lifetime),
    ])
}

fn external_id(text: String) -> Result<String> {
    let text = bounded("apiKey.externalId", text, EXTERNAL_ID_MAX_CHARS)?;
    if text.is_empty() {
        return Err(Error::invalid_field("apiKey.externalId", "must not be empty; null removes it"));
    }
    Ok(text)
}

/// Checks a change as far as it can be without the key.
fn check(update: &mut ApiKeyUpdate, now: Timestamp) -> Result<()> {
    if let Some(name) = update.display_name.take() {
        update.display_name = Some(bounded("apiKey.displayName", name, NAME_MAX_CHARS)?);
    }
    if let Some(description) = update.description.take() {
        update.description = Some(bounded("apiKey.description", description, DESCRIPTION_MAX_CHARS)?);
    }
    if let Some(Some(text)) = update.external_id.take_if(|text| text.is_some()) {
        update.external_id = Some(Some(external_id(text)?));
    }
    if update.expires_at.flatten().is_some_and(|at| at <= now) {
        return Err(Error::invalid_field("apiKey.expireTime", "must be in the future"));
    }
    check_limits("apiKey.limits", update.limits.as_deref().unwrap_or_default())
}

/// A stored key whose secret was not shown would be lost, and a key that this node does not know yet is only refused:
/// so a key that was stored is handed over even if this node could not read it back in time.
pub(crate) fn stored_is_enough(error: Error) -> Result<()> {
    if error.is_stored() { Ok(()) } else { Err(error) }
}
