//! Sessions, as those see them who manage people.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use lockwork_model::access::Permission;
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::SessionId;
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::sessions::Session;
use lockwork_store::Audit;
use lockwork_store::sessions::SessionFilter;

fn not_found() -> Error {
    Error::not_found("session")
}

impl App {
    /// One page of the sessions.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_sessions(
        &self,
        ctx: &Ctx,
        filter: SessionFilter,
        page: &PageRequest,
    ) -> Result<Page<Session>> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        Ok(self.store().read().await?.sessions(&scope).list(&filter, page).await?)
    }

    /// A session.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_session(&self, ctx: &Ctx, id: SessionId) -> Result<Session> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        self.store().read().await?.sessions(&scope).find(id).await?.ok_or_else(not_found)
    }

    /// Ends a session: it cannot be refreshed any more. Twice is as once.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn end_session(&self, ctx: &Ctx, id: SessionId) -> Result<Session> {
        let scope = self.authorize(ctx, Permission::UsersWrite).await?;
        let mut tx = self.store().begin().await?;
        let previous = tx.sessions(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        tx.sessions(&scope).end(id, ctx.now()).await?;
        let session = tx.sessions(&scope).find(id).await?.ok_or_else(not_found)?;
        let user = tx.users(&scope).find(session.user).await?.ok_or_else(|| Error::not_found("user"))?;
        let event = Event::new("tesseral.sessions.revoke", ResourceType::Session, id.uuid())
            .organization(user.organization)
            .detail("session", audit::session(&session))
            .detail("previousSession", audit::session(&previous))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(session)
    }
}
