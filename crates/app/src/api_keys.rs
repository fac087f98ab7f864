//! Managed API keys.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use crate::issuing::check_role_owner;
use lockwork_model::access::{Permission, Scope};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::{
    ApiKey, ApiKeyGrants, DIRECT_ACTIONS_MAX, IssuedApiKey, NewApiKey, ROLES_MAX,
};
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{ApiKeyId, ApiKeyRoleAssignmentId, RoleId};
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::text::{NAME_MAX_CHARS, bounded};
use lockwork_store::api_keys::ApiKeyFilter;
use lockwork_store::{Audit, Tx};

/// A change to a key; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct ApiKeyUpdate {
    /// A new name.
    pub display_name: Option<String>,
}

fn not_found() -> Error {
    Error::not_found("api key")
}

fn event(name: &'static str, key: &ApiKey) -> Event {
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
    /// One page of an organization's keys; none for an organization of another project.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_api_keys(
        &self,
        ctx: &Ctx,
        filter: ApiKeyFilter,
        page: &PageRequest,
    ) -> Result<Page<ApiKey>> {
        let scope = self.authorize(ctx, Permission::ApiKeysRead).await?;
        Ok(self.store().read().await?.api_keys(&scope).list(filter, page).await?)
    }

    /// A key and what it was given.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_api_key(&self, ctx: &Ctx, id: ApiKeyId) -> Result<(ApiKey, ApiKeyGrants)> {
        let scope = self.authorize(ctx, Permission::ApiKeysRead).await?;
        let mut conn = self.store().read().await?;
        let key = conn.api_keys(&scope).find(id).await?.ok_or_else(not_found)?;
        let grants = conn.api_keys(&scope).grants(&key).await?;
        Ok((key, grants))
    }

    /// Makes a key, with the roles and actions that it shall have; its secret is shown this once.
    ///
    /// # Errors
    /// `PermissionDenied`, also while API keys are off for the project or the organization; `NotFound` for the
    /// organization or a role; `InvalidArgument`; `FailedPrecondition` for another organization's role.
    pub async fn create_api_key(&self, ctx: &Ctx, new: NewApiKey) -> Result<IssuedApiKey> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        let display_name = bounded("apiKey.displayName", new.display_name, NAME_MAX_CHARS)?;
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
        self.issue(ctx, scope, NewApiKey { display_name, ..new }).await
    }

    /// Gives a role to a key.
    pub(crate) async fn assign(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        scope: &Scope,
        key: &ApiKey,
        role: RoleId,
    ) -> Result<ApiKeyRoleAssignment> {
        let role = tx.roles(scope).find(role).await?.ok_or_else(|| Error::not_found("role"))?;
        check_role_owner(&role, key.organization)?;
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

    /// Changes a key.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InvalidArgument`.
    pub async fn update_api_key(
        &self,
        ctx: &Ctx,
        id: ApiKeyId,
        update: ApiKeyUpdate,
    ) -> Result<(ApiKey, ApiKeyGrants)> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        let mut tx = self.store().begin().await?;
        let previous = tx.api_keys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let grants = tx.api_keys(&scope).grants(&previous).await?;
        let Some(display_name) = update.display_name else { return Ok((previous, grants)) };
        let display_name = bounded("apiKey.displayName", display_name, NAME_MAX_CHARS)?;
        let key = previous.clone().renamed(display_name, ctx.now());
        tx.api_keys(&scope).update(&key).await?;
        let event = event("tesseral.api_keys.update", &key)
            .detail("apiKey", audit::api_key(&key))
            .detail("previousApiKey", audit::api_key(&previous))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok((key, grants))
    }

    /// Ends a key for good. Once this returns, this node refuses the key.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn revoke_api_key(&self, ctx: &Ctx, id: ApiKeyId) -> Result<ApiKey> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        let mut tx = self.store().begin().await?;
        let previous = tx.api_keys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let key = previous.clone().revoked(ctx.now());
        tx.api_keys(&scope).update(&key).await?;
        let event = event("tesseral.api_keys.revoke", &key)
            .detail("apiKey", audit::api_key(&key))
            .detail("previousApiKey", audit::api_key(&previous))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(key)
    }

    /// Deletes a revoked key.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`; `FailedPrecondition` while it is not revoked.
    pub async fn delete_api_key(&self, ctx: &Ctx, id: ApiKeyId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        let mut tx = self.store().begin().await?;
        let key = tx.api_keys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        key.check_deletable()?;
        tx.api_keys(&scope).delete(&key).await?;
        let event = event("tesseral.api_keys.delete", &key)
            .detail("apiKey", audit::api_key(&key))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }
}

/// A stored key whose secret was not shown would be lost, and a key that this node does not know yet is only refused:
/// so a key that was stored is handed over even if this node could not read it back in time.
pub(crate) fn stored_is_enough(error: Error) -> Result<()> {
    if error.is_stored() { Ok(()) } else { Err(error) }
}
