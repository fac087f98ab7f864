//! Roles.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use crate::rbac_policy::actions_by_name;
use lockwork_model::access::{Permission, Scope};
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{ActionId, RoleId};
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::rbac_policy::Action;
use lockwork_model::roles::{NewRole, Role, RoleUpdate};
use lockwork_model::text::{DESCRIPTION_MAX_CHARS, NAME_MAX_CHARS, bounded};
use lockwork_store::roles::RoleFilter;
use lockwork_store::{Audit, Tx};

fn not_found() -> Error {
    Error::not_found("role")
}

fn event(name: &'static str, role: &Role) -> Event {
    let event = Event::new(name, ResourceType::Role, role.id.uuid());
    match role.organization {
        Some(organization) => event.organization(organization),
        None => event,
    }
}

fn split(actions: Vec<Action>) -> (Vec<ActionId>, Vec<lockwork_model::permissions::ActionName>) {
    actions.into_iter().map(|action| (action.id, action.name)).unzip()
}

/// Refuses a member whose organization has no roles of its own (contract §3.9).
async fn check_custom_roles(tx: &mut Tx, scope: &Scope) -> Result<()> {
    let Some(own) = scope.organization() else { return Ok(()) };
    let own = tx.organizations(scope).find(own).await?.ok_or_else(|| Error::not_found("organization"))?;
    if !own.custom_roles_enabled {
        return Err(Error::failed_precondition("custom roles are not enabled for this organization"));
    }
    Ok(())
}

impl App {
    /// One page of the roles: those of the whole project, or those of one organization.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_roles(&self, ctx: &Ctx, filter: RoleFilter, page: &PageRequest) -> Result<Page<Role>> {
        let scope = self.authorize(ctx, Permission::RolesRead).await?;
        Ok(self.store().read().await?.roles(&scope).list(filter, page).await?)
    }

    /// A role.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_role(&self, ctx: &Ctx, id: RoleId) -> Result<Role> {
        let scope = self.authorize(ctx, Permission::RolesRead).await?;
        self.store().read().await?.roles(&scope).find(id).await?.ok_or_else(not_found)
    }

    /// Makes a role; a member's is one of their organization.
    ///
    /// # Errors
    /// `PermissionDenied`; `NotFound` for the organization; `InvalidArgument`, also for an unknown action;
    /// `FailedPrecondition` for a member whose organization has no custom roles.
    pub async fn create_role(&self, ctx: &Ctx, new: NewRole) -> Result<Role> {
        let scope = self.authorize(ctx, Permission::RolesWrite).await?;
        let mut tx = self.store().begin().await?;
        let organization = new.organization.or(scope.organization());
        check_custom_roles(&mut tx, &scope).await?;
        if let Some(organization) = organization {
            let found = tx.organizations(&scope).find(organization).await?;
            found.ok_or_else(|| Error::not_found("organization"))?;
        }
        let (ids, actions) = split(actions_by_name(&mut tx.rbac_policy(&scope), &new.actions).await?);
        let role = Role {
            id: RoleId::generate(&mut **self.entropy()),
            organization,
            display_name: bounded("displayName", new.display_name, NAME_MAX_CHARS)?,
            description: bounded("description", new.description, DESCRIPTION_MAX_CHARS)?,
            actions,
            created_at: ctx.now(),
            updated_at: ctx.now(),
        };
        tx.roles(&scope).insert(&role, &ids).await?;
        let event = event("tesseral.roles.create", &role)
            .detail("role", audit::role(&role))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(role)
    }

    /// Changes a role; a new set of actions is in effect for every key that has the role at once, and
    /// for users from their next access token on.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`; `InvalidArgument`, also for an unknown action; `FailedPrecondition` for a member
    /// whose organization has no custom roles.
    pub async fn update_role(&self, ctx: &Ctx, id: RoleId, update: RoleUpdate) -> Result<Role> {
        let scope = self.authorize(ctx, Permission::RolesWrite).await?;
        let mut tx = self.store().begin().await?;
        check_custom_roles(&mut tx, &scope).await?;
        let previous = tx.roles(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let mut role = previous.clone();
        if let Some(name) = update.display_name {
            role.display_name = bounded("displayName", name, NAME_MAX_CHARS)?;
        }
        if let Some(description) = update.description {
            role.description = bounded("description", description, DESCRIPTION_MAX_CHARS)?;
        }
        let mut ids = None;
        if let Some(names) = &update.actions {
            let (new_ids, names) = split(actions_by_name(&mut tx.rbac_policy(&scope), names).await?);
            role.actions = names;
            ids = Some(new_ids);
        }
        role.updated_at = ctx.now();
        tx.roles(&scope).update(&role, ids.as_deref()).await?;
        let event = event("tesseral.roles.update", &role)
            .detail("role", audit::role(&role))
            .detail("previousRole", audit::role(&previous))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(role)
    }

    /// Deletes a role and takes it from every key and user that has it.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn delete_role(&self, ctx: &Ctx, id: RoleId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::RolesWrite).await?;
        let mut tx = self.store().begin().await?;
        let role = tx.roles(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        tx.roles(&scope).delete(id).await?;
        let event = event("tesseral.roles.delete", &role)
            .detail("role", audit::role(&role))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }
}
