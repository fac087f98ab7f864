//! Users.

use crate::app::App;
use crate::ctx::Ctx;
use lockwork_model::access::Permission;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{OrganizationId, UserId};
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::users::User;

impl App {
    /// One page of the users, all or those of one organization.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_users(
        &self,
        ctx: &Ctx,
        organization: Option<OrganizationId>,
        page: &PageRequest,
    ) -> Result<Page<User>> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        Ok(self.store().read().await?.users(&scope).list(organization, page).await?)
    }

    /// A user.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_user(&self, ctx: &Ctx, id: UserId) -> Result<User> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        self.store().read().await?.users(&scope).find(id).await?.ok_or_else(|| Error::not_found("user"))
    }
}
