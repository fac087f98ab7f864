//! What makes a project's pages its own.

use super::Projects;
use crate::db::{Queries, Result};
use crate::reach::Reach;
use crate::rows::parsed;
use crate::system::System;
use crate::tx::Tx;
use lockwork_model::branding::{Branding, Color, Image, ImageKind, LogInLayout};
use lockwork_model::ids::ProjectId;
use uuid::Uuid;

crate::repositories::sql! {
    FIND = "SELECT primary_color, dark_mode_primary_color, detect_dark_mode, log_in_layout
            FROM project_branding WHERE project_id = $1";
    UPSERT = "INSERT INTO project_branding (project_id, primary_color, dark_mode_primary_color, detect_dark_mode, log_in_layout)
              VALUES ($1, $2, $3, $4, $5)
              ON CONFLICT (project_id) DO UPDATE
              SET primary_color = excluded.primary_color, dark_mode_primary_color = excluded.dark_mode_primary_color,
                  detect_dark_mode = excluded.detect_dark_mode, log_in_layout = excluded.log_in_layout";
    LIST_IMAGES = "SELECT kind, bytes FROM project_images WHERE project_id = $1 ORDER BY kind";
    LIST_IMAGE_KINDS = "SELECT kind FROM project_images WHERE project_id = $1 ORDER BY kind";
    FIND_IMAGE = "SELECT bytes FROM project_images WHERE project_id = $1 AND kind = $2";
    UPSERT_IMAGE = "INSERT INTO project_images (project_id, kind, bytes) VALUES ($1, $2, $3)
                    ON CONFLICT (project_id, kind) DO UPDATE SET bytes = excluded.bytes";
    DELETE_IMAGE = "DELETE FROM project_images WHERE project_id = $1 AND kind = $2";
}

fn image_kind(number: i64) -> Result<ImageKind> {
    parsed(ImageKind::from_number(number), "project_images", "kind", number)
}

fn image(bytes: Vec<u8>, project: Uuid) -> Result<Image> {
    parsed(Image::new(bytes).ok(), "project_images", "bytes", project)
}

async fn find(conn: &mut impl Queries, project: Uuid) -> Result<Branding> {
    type Row = (Option<i64>, Option<i64>, bool, i64);
    let Some(row) = conn.fetch_optional::<Row>(FIND, (project,)).await? else {
        return Ok(Branding::default());
    };
    let (primary_color, dark_mode_primary_color, detect_dark_mode, layout) = row;
    let color = |number: Option<i64>, column| {
        number
            .map(|number| parsed(Color::from_number(number), "project_branding", column, project))
            .transpose()
    };
    Ok(Branding {
        primary_color: color(primary_color, "primary_color")?,
        dark_mode_primary_color: color(dark_mode_primary_color, "dark_mode_primary_color")?,
        detect_dark_mode,
        layout: parsed(LogInLayout::from_number(layout), "project_branding", "log_in_layout", project)?,
    })
}

impl<C: Queries> Projects<'_, C> {
    /// What makes the project's pages its own, apart from the pictures.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn branding(&mut self) -> Result<Branding> {
        find(self.conn, self.scope.project_id()).await
    }

    /// The pictures of the project's pages.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn images(&mut self) -> Result<Vec<(ImageKind, Image)>> {
        let project = self.scope.project_id();
        let rows = self.conn.fetch_all::<(i64, Vec<u8>)>(LIST_IMAGES, (project,)).await?;
        rows.into_iter().map(|(kind, bytes)| Ok((image_kind(kind)?, image(bytes, project)?))).collect()
    }
}

impl Projects<'_, Tx> {
    /// Sets what makes the project's pages its own, apart from the pictures.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_branding(&mut self, branding: &Branding) -> Result<()> {
        let params = (
            self.scope.project_id(),
            branding.primary_color.map(Color::number),
            branding.dark_mode_primary_color.map(Color::number),
            branding.detect_dark_mode,
            branding.layout.number(),
        );
        self.conn.execute(UPSERT, params).await.map(drop)
    }

    /// Sets a picture of the project's pages, or takes it away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_image(&mut self, kind: ImageKind, image: Option<Image>) -> Result<()> {
        let (project, kind) = (self.scope.project_id(), kind.number());
        match image {
            Some(image) => self.conn.execute(UPSERT_IMAGE, (project, kind, image.into_bytes())).await,
            None => self.conn.execute(DELETE_IMAGE, (project, kind)).await,
        }
        .map(drop)
    }
}

impl<C: Queries> System<'_, C> {
    /// What makes a project's pages its own, and which pictures there are: for whoever opens them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn branding(&mut self, project: ProjectId) -> Result<(Branding, Vec<ImageKind>)> {
        let branding = find(self.conn, project.uuid()).await?;
        let kinds = self.conn.fetch_all::<(i64,)>(LIST_IMAGE_KINDS, (project.uuid(),)).await?;
        let kinds = kinds.into_iter().map(|(number,)| image_kind(number)).collect::<Result<_>>()?;
        Ok((branding, kinds))
    }

    /// A picture of a project's pages.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn image(&mut self, project: ProjectId, kind: ImageKind) -> Result<Option<Image>> {
        let params = (project.uuid(), kind.number());
        let row = self.conn.fetch_optional::<(Vec<u8>,)>(FIND_IMAGE, params).await?;
        row.map(|(bytes,)| image(bytes, project.uuid())).transpose()
    }
}
