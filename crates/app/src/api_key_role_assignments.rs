//! Roles given to API keys.

use crate::api_keys::assignment_event;
use crate::app::App;
use crate::ctx::Ctx;
use lockwork_model::access::Permission;
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{ApiKeyId, ApiKeyRoleAssignmentId, RoleId};
use lockwork_model::page::{Page, PageRequest};
use lockwork_store::Audit;

impl App {
    /// One page of a key's role assignments.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_api_key_role_assignments(
        &self,
        ctx: &Ctx,
        key: ApiKeyId,
        page: &PageRequest,
    ) -> Result<Page<ApiKeyRoleAssignment>> {
        let scope = self.authorize(ctx, Permission::ApiKeysRead).await?;
        Ok(self.store().read().await?.api_key_role_assignments(&scope).list(key, page).await?)
    }

    /// Gives a role to a key; its actions are in effect at once.
    ///
    /// # Errors
    /// `PermissionDenied`, also when the member lacks an action of the role; `NotFound` for the key or the role; `AlreadyExists`; `FailedPrecondition` for another
    /// organization's role.
    pub async fn create_api_key_role_assignment(
        &self,
        ctx: &Ctx,
        key: ApiKeyId,
        role: RoleId,
    ) -> Result<ApiKeyRoleAssignment> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        let mut tx = self.store().begin().await?;
        let found = tx.api_keys(&scope).find_for_update(key).await?;
        let key = found.ok_or_else(|| Error::not_found("api key"))?;
        let assignment = self.assign(ctx, &mut tx, &scope, &key, role).await?;
        let event = assignment_event("tesseral.api_keys.assign_role", &key, &assignment);
        let event = event.by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(assignment)
    }

    /// Takes a role from a key, in effect at once.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn delete_api_key_role_assignment(&self, ctx: &Ctx, id: ApiKeyRoleAssignmentId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        let not_found = || Error::not_found("api key role assignment");
        let mut tx = self.store().begin().await?;
        let assignment = tx.api_key_role_assignments(&scope).find(id).await?.ok_or_else(not_found)?;
        let key = tx.api_keys(&scope).find_for_update(assignment.api_key).await?.ok_or_else(not_found)?;
        tx.api_key_role_assignments(&scope).delete(&assignment).await?;
        let event = assignment_event("tesseral.api_keys.unassign_role", &key, &assignment);
        let event = event.by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }
}
