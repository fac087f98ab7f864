//! Roles given to users.

use crate::app::App;
use crate::audit;
use crate::ctx::Ctx;
use crate::issuing::check_role_owner;
use crate::users::event;
use lockwork_model::access::Permission;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{RoleId, UserId, UserRoleAssignmentId};
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::user_role_assignments::UserRoleAssignment;
use lockwork_store::Audit;
use lockwork_store::user_role_assignments::UserRoleAssignmentFilter;

fn not_found() -> Error {
    Error::not_found("user role assignment")
}

impl App {
    /// One page of the roles of a user, or of the users with a role.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_user_role_assignments(
        &self,
        ctx: &Ctx,
        filter: UserRoleAssignmentFilter,
        page: &PageRequest,
    ) -> Result<Page<UserRoleAssignment>> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        Ok(self.store().read().await?.user_role_assignments(&scope).list(&filter, page).await?)
    }

    /// An assignment.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_user_role_assignment(
        &self,
        ctx: &Ctx,
        id: UserRoleAssignmentId,
    ) -> Result<UserRoleAssignment> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        self.store().read().await?.user_role_assignments(&scope).find(id).await?.ok_or_else(not_found)
    }

    /// Gives a role to a user; their access tokens have its actions from the next refresh on. Twice is as once.
    ///
    /// # Errors
    /// `PermissionDenied`; `NotFound` for the user or the role; `FailedPrecondition` for another organization's role.
    pub async fn create_user_role_assignment(
        &self,
        ctx: &Ctx,
        user: UserId,
        role: RoleId,
    ) -> Result<UserRoleAssignment> {
        let scope = self.authorize(ctx, Permission::UsersWrite).await?;
        let mut tx = self.store().begin().await?;
        let user = tx.users(&scope).find_for_update(user).await?.ok_or_else(|| Error::not_found("user"))?;
        let role = tx.roles(&scope).find(role).await?.ok_or_else(|| Error::not_found("role"))?;
        check_role_owner(&role, user.organization, "user")?;
        let new = UserRoleAssignment {
            id: UserRoleAssignmentId::generate(&mut **self.entropy()),
            user: user.id,
            role: role.id,
            created_at: ctx.now(),
        };
        let assignment = tx.user_role_assignments(&scope).insert(&new).await?;
        if assignment != new {
            return Ok(assignment);
        }
        let event = event("tesseral.users.assign_role", &user)
            .detail("userRoleAssignment", audit::user_role_assignment(&assignment))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(assignment)
    }

    /// Takes a role from a user; their access tokens lose its actions at the next refresh.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn delete_user_role_assignment(&self, ctx: &Ctx, id: UserRoleAssignmentId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::UsersWrite).await?;
        let mut tx = self.store().begin().await?;
        let assignment = tx.user_role_assignments(&scope).find(id).await?.ok_or_else(not_found)?;
        let user = tx.users(&scope).find(assignment.user).await?.ok_or_else(not_found)?;
        tx.user_role_assignments(&scope).delete(id).await?;
        let event = event("tesseral.users.unassign_role", &user)
            .detail("userRoleAssignment", audit::user_role_assignment(&assignment))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }
}
