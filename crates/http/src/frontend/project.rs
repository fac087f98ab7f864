//! `GET project`: what members see of the project.

use super::caller::MemberCtx;
use super::failures::ReadFailures;
use crate::backend::login_methods::{view_with_login_methods, with_login_methods};
use crate::error::Result;
use crate::extract::{Json, NoParameters, Query};
use crate::hosts::Here;
use crate::wire::{Time, is_zero};
use axum::extract::State;
use lockwork_app::{App, PagesBranding};
use lockwork_model::api_keys::Lifetime;
use lockwork_model::projects::Project;
use serde::Serialize;
use utoipa::ToSchema;

view_with_login_methods! {
    /// The project that the caller's organization is a customer of.
    ProjectView as Project {
        id: String,
        #[serde(skip_serializing_if = "is_zero")]
        display_name: String,
        create_time: Time,
        update_time: Time,
        /// The host of its sign-in and settings pages.
        vault_domain: String,
        /// Whether its API keys work.
        api_keys_enabled: bool,
        /// What each new API key begins with.
        #[serde(skip_serializing_if = "is_zero")]
        api_key_secret_token_prefix: String,
        /// How long its API keys may live at most.
        #[serde(skip_serializing_if = "Option::is_none")]
        max_api_key_lifetime_seconds: Option<u64>,
        /// Whether organizations see their audit log.
        audit_logs_enabled: bool,
        /// Whether owners may invite.
        self_serve_create_users: bool,
        /// Whether people may make organizations.
        self_serve_create_organizations: bool,
        /// Where its logo is.
        #[serde(skip_serializing_if = "Option::is_none")]
        logo_url: Option<String>,
        /// Where its logo for a dark ground is.
        #[serde(skip_serializing_if = "Option::is_none")]
        dark_mode_logo_url: Option<String>,
    }
}

impl ProjectView {
    fn new(project: &Project, vault_domain: String, branding: PagesBranding) -> Self {
        let prefix = project.api_key_prefix.as_ref();
        with_login_methods!(
            project.log_in_with,
            Self {
                id: project.id.to_string(),
                display_name: project.display_name.clone(),
                create_time: project.created_at.into(),
                update_time: project.updated_at.into(),
                vault_domain,
                api_keys_enabled: project.api_keys_enabled,
                api_key_secret_token_prefix: prefix
                    .map(|prefix| prefix.as_str().to_owned())
                    .unwrap_or_default(),
                max_api_key_lifetime_seconds: project.max_key_lifetime.map(Lifetime::seconds),
                audit_logs_enabled: project.audit_logs_enabled,
                self_serve_create_users: project.self_serve.create_users,
                self_serve_create_organizations: project.self_serve.create_organizations,
                logo_url: branding.logo_url,
                dark_mode_logo_url: branding.dark_mode_logo_url,
            }
        )
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ProjectEnvelope {
    project: ProjectView,
}

/// Get the project
#[utoipa::path(
    get, path = "/api/frontend/v1/project", tag = "Organization",
    responses((status = 200, body = ProjectEnvelope), ReadFailures)
)]
pub(crate) async fn get_project(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Here(pages): Here,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<ProjectEnvelope>> {
    let project = app.get_project(&ctx).await?;
    let branding = app.branding_of(&pages).await?;
    let view = ProjectView::new(&project, app.pages_host(&project), branding);
    Ok(Json(ProjectEnvelope { project: view }))
}
