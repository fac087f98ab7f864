//! What makes a project's pages its own.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use crate::hosts::Pages;
use lockwork_model::access::Permission;
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::branding::{Branding, BrandingUpdate, Color, Image, ImageKind, Palette};
use lockwork_model::error::Result;
use lockwork_store::Audit;

/// What makes a project's pages its own, with its pictures.
pub type WholeBranding = (Branding, Vec<(ImageKind, Image)>);

/// What makes pages their own, for whoever opens them.
#[derive(Debug, Clone, Default)]
pub struct PagesBranding {
    /// Colours and layout.
    pub branding: Branding,
    /// Where the logo is.
    pub logo_url: Option<String>,
    /// Where the logo for a dark ground is, if the pages have one.
    pub dark_mode_logo_url: Option<String>,
}

impl App {
    /// What makes the project's pages its own.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn get_branding(&self, ctx: &Ctx) -> Result<WholeBranding> {
        let scope = self.authorize(ctx, Permission::ProjectRead).await?;
        let mut conn = self.store().read().await?;
        let mut projects = conn.projects(&scope);
        Ok((projects.branding().await?, projects.images().await?))
    }

    /// Changes what makes the project's pages its own, in effect for whoever opens them next.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn update_branding(&self, ctx: &Ctx, update: BrandingUpdate) -> Result<WholeBranding> {
        let scope = self.authorize(ctx, Permission::ProjectWrite).await?;
        let mut tx = self.store().begin().await?;
        let mut projects = tx.projects(&scope);
        // One change at a time: a project has no such row at first that could be kept from others.
        projects.find_for_update().await?;
        let previous = (projects.branding().await?, projects.images().await?);
        projects.set_branding(&previous.0.clone().updated(&update)).await?;
        for (kind, image) in update.images {
            projects.set_image(kind, image).await?;
        }
        let current = (projects.branding().await?, projects.images().await?);
        let event =
            Event::new("tesseral.projects.update_branding", ResourceType::Project, scope.project().uuid())
                .detail("branding", audit::branding(&current))
                .detail("previousBranding", audit::branding(&previous))
                .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(current)
    }

    /// What the pages would be coloured with; `None` without a colour.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn preview_branding(
        &self,
        ctx: &Ctx,
        primary_color: Option<Color>,
        dark_mode_primary_color: Option<Color>,
    ) -> Result<Option<Palette>> {
        self.authorize(ctx, Permission::ProjectRead).await?;
        Ok(Branding { primary_color, dark_mode_primary_color, ..Branding::default() }.palette())
    }

    /// What makes these pages their own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn branding_of(&self, pages: &Pages) -> Result<PagesBranding> {
        let (branding, kinds) = self.store().read().await?.system().branding(pages.project.id).await?;
        let url = |kind: ImageKind| {
            let origin = format!("{}://{}", self.options().scheme.as_str(), pages.host);
            kinds.contains(&kind).then(|| format!("{origin}/branding/{}", kind.slug()))
        };
        Ok(PagesBranding {
            logo_url: url(ImageKind::Logo),
            dark_mode_logo_url: url(ImageKind::DarkModeLogo).filter(|_| branding.detect_dark_mode),
            branding,
        })
    }

    /// A picture of these pages.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn image_of(&self, pages: &Pages, kind: ImageKind) -> Result<Option<Image>> {
        Ok(self.store().read().await?.system().image(pages.project.id, kind).await?)
    }
}
