//! The caller's project.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use lockwork_model::access::Permission;
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::projects::{Project, ProjectUpdate};
use lockwork_model::text::{NAME_MAX_CHARS, bounded};
use lockwork_store::Audit;

impl App {
    /// The project.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn get_project(&self, ctx: &Ctx) -> Result<Project> {
        let scope = self.authorize(ctx, Permission::ProjectRead).await?;
        let project = self.store().read().await?.projects(&scope).find().await?;
        project.ok_or_else(|| Error::not_found("project"))
    }

    /// Changes the project's name, its API keys' switch or their prefix.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidArgument`, `FailedPrecondition`.
    pub async fn update_project(&self, ctx: &Ctx, mut update: ProjectUpdate) -> Result<Project> {
        let scope = self.authorize(ctx, Permission::ProjectWrite).await?;
        if let Some(name) = update.display_name {
            update.display_name = Some(bounded("displayName", name, NAME_MAX_CHARS)?);
        }
        let mut tx = self.store().begin().await?;
        let previous =
            tx.projects(&scope).find_for_update().await?.ok_or_else(|| Error::not_found("project"))?;
        let project = previous.clone().updated(update, ctx.now())?;
        tx.projects(&scope).update(&project).await?;
        let event = Event::new("tesseral.projects.update", ResourceType::Project, project.id.uuid())
            .detail("project", audit::project(&project))
            .detail("previousProject", audit::project(&previous))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(project)
    }
}
