//! Sessions.

use crate::app::App;
use crate::ctx::Ctx;
use lockwork_model::access::Permission;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{SessionId, UserId};
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::sessions::Session;

impl App {
    /// One page of the sessions, all or those of one user.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_sessions(
        &self,
        ctx: &Ctx,
        user: Option<UserId>,
        page: &PageRequest,
    ) -> Result<Page<Session>> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        Ok(self.store().read().await?.sessions(&scope).list(user, page).await?)
    }

    /// A session.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_session(&self, ctx: &Ctx, id: SessionId) -> Result<Session> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        self.store().read().await?.sessions(&scope).find(id).await?.ok_or_else(|| Error::not_found("session"))
    }
}
