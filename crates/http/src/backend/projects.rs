//! `/v1/projects`: for owners who are signed in to the console.

use super::project::{ProjectView, read_prefix};
use crate::error::{Result, WriteFailures};
use crate::extract::{BackendCtx, Json, MaybeWrapped, NoParameters, Query, Wrap};
use crate::wire::{non_empty, required};
use axum::extract::State;
use lockwork_app::App;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewProjectEnvelope {
    project: ProjectView,
    /// The organization of those who run it, in which the caller is the owner: to switch to at the console.
    console_organization_id: String,
}

/// A project to make, here or below `project`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateProject {
    #[serde(alias = "display_name")]
    #[schema(required)]
    display_name: Option<String>,
    /// What each new API key begins with: 1 to 64 of a-z, 0-9 and _. Its API keys are off until there is one.
    #[serde(alias = "api_key_secret_token_prefix")]
    api_key_secret_token_prefix: Option<String>,
}

impl Wrap for CreateProject {
    const FIELDS: [&'static str; 2] = ["project", "project"];
}

/// Make a project
///
/// Only for owners of a project who are signed in to the console. They own the new one too.
#[utoipa::path(
    post, path = "/v1/projects", tag = "Project", request_body = CreateProject,
    responses((status = 200, body = NewProjectEnvelope), WriteFailures)
)]
pub(crate) async fn create_project(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<CreateProject>,
) -> Result<Json<NewProjectEnvelope>> {
    let display_name = required("displayName", non_empty(body.display_name))?;
    let prefix = read_prefix(body.api_key_secret_token_prefix)?;
    let (project, staff) = app.create_project(&ctx, display_name, prefix).await?;
    Ok(Json(NewProjectEnvelope {
        project: ProjectView::new(&project, &[], &app),
        console_organization_id: staff.to_string(),
    }))
}
