//! `/v1/project`

mod requests;

pub(super) use requests::read_prefix;

use super::login_methods::{view_with_login_methods, with_login_methods};
use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Json, MaybeWrapped, NoParameters, Query};
use crate::wire::{Time, is_zero};
use axum::extract::State;
use lockwork_app::{App, Ctx};
use lockwork_model::api_keys::Lifetime;
use lockwork_model::projects::Project;
use lockwork_model::providers::Provider;
use requests::UpdateProject;
use serde::Serialize;
use utoipa::ToSchema;

view_with_login_methods! {
    /// A project: the developer's product.
    ProjectView as Project {
        id: String,
        #[serde(skip_serializing_if = "is_zero")]
        display_name: String,
        create_time: Time,
        update_time: Time,
        /// Whether nobody can sign in.
        logins_disabled: bool,
        /// The project's own client at Google; the secret is never shown.
        #[serde(skip_serializing_if = "Option::is_none")]
        google_oauth_client_id: Option<String>,
        /// The project's own client at Microsoft; the secret is never shown.
        #[serde(skip_serializing_if = "Option::is_none")]
        microsoft_oauth_client_id: Option<String>,
        /// The project's own client at GitHub; the secret is never shown.
        #[serde(skip_serializing_if = "Option::is_none")]
        github_oauth_client_id: Option<String>,
        /// The host of its sign-in and settings pages.
        vault_domain: String,
        vault_domain_custom: bool,
        /// The domains whose pages, and those below them, may call the Frontend API.
        #[serde(skip_serializing_if = "is_zero")]
        trusted_domains: Vec<String>,
        /// The domain of its session cookies.
        cookie_domain: String,
        /// Where people go after they signed in or up, where nothing else is said.
        #[serde(skip_serializing_if = "Option::is_none")]
        redirect_uri: Option<String>,
        /// Where people go after they signed in.
        #[serde(skip_serializing_if = "Option::is_none")]
        after_login_redirect_uri: Option<String>,
        /// Where people go after they signed up.
        #[serde(skip_serializing_if = "Option::is_none")]
        after_signup_redirect_uri: Option<String>,
        email_send_from_domain: String,
        /// Whether its API keys work.
        api_keys_enabled: bool,
        /// What each new API key begins with.
        #[serde(skip_serializing_if = "is_zero")]
        api_key_secret_token_prefix: String,
        /// How long its API keys may live at most, from when their secret was made.
        #[serde(skip_serializing_if = "Option::is_none")]
        max_api_key_lifetime_seconds: Option<u64>,
        /// The time zone whose hours, days and months quotas and refills follow.
        time_zone: String,
        /// Whether owners of organizations see the audit log.
        audit_logs_enabled: bool,
        /// Whether whoever may see an organization joins it by signing in, and owners may invite.
        self_serve_create_users: bool,
        /// Whether whoever signs in may make an organization.
        self_serve_create_organizations: bool,
        /// Whether whoever signs in and sees no organization gets one at once.
        auto_create_organizations: bool,
    }
}

impl ProjectView {
    pub(super) fn new(project: &Project, clients: &[(Provider, String)], app: &App) -> Self {
        let client = |wanted| {
            clients.iter().find(|(provider, _)| *provider == wanted).map(|(_, client_id)| client_id.clone())
        };
        with_login_methods!(
            project.log_in_with,
            Self {
                id: project.id.to_string(),
                display_name: project.display_name.clone(),
                create_time: project.created_at.into(),
                update_time: project.updated_at.into(),
                logins_disabled: project.logins_disabled,
                google_oauth_client_id: client(Provider::Google),
                microsoft_oauth_client_id: client(Provider::Microsoft),
                github_oauth_client_id: client(Provider::Github),
                vault_domain: app.pages_host(project),
                vault_domain_custom: project.vault_domain_is_custom(),
                trusted_domains: project.trusted_domains.clone(),
                cookie_domain: app.cookie_domain(project),
                redirect_uri: project.redirects.default.clone(),
                after_login_redirect_uri: project.redirects.after_login.clone(),
                after_signup_redirect_uri: project.redirects.after_signup.clone(),
                email_send_from_domain: project.email_send_from_domain.clone(),
                api_keys_enabled: project.api_keys_enabled,
                api_key_secret_token_prefix: project
                    .api_key_prefix
                    .as_ref()
                    .map(|prefix| prefix.as_str().to_owned())
                    .unwrap_or_default(),
                max_api_key_lifetime_seconds: project.max_key_lifetime.map(Lifetime::seconds),
                time_zone: project.time_zone.name().to_owned(),
                audit_logs_enabled: project.audit_logs_enabled,
                self_serve_create_users: project.self_serve.create_users,
                self_serve_create_organizations: project.self_serve.create_organizations,
                auto_create_organizations: project.self_serve.auto_create_organizations,
            }
        )
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ProjectEnvelope {
    project: ProjectView,
}

async fn shown(app: &App, ctx: &Ctx, project: &Project) -> Result<Json<ProjectEnvelope>> {
    let clients = app.list_oauth_clients(ctx).await?;
    Ok(Json(ProjectEnvelope { project: ProjectView::new(project, &clients, app) }))
}

/// Get the project
#[utoipa::path(get, path = "/v1/project", tag = "Project", responses((status = 200, body = ProjectEnvelope), ReadFailures))]
pub(crate) async fn get_project(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<ProjectEnvelope>> {
    let project = app.get_project(&ctx).await?;
    shown(&app, &ctx, &project).await
}

/// Change the project
///
/// A sign-in method that goes off goes off in every organization.
#[utoipa::path(
    patch, path = "/v1/project", tag = "Project", request_body = UpdateProject,
    responses((status = 200, body = ProjectEnvelope), WriteFailures)
)]
pub(crate) async fn update_project(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<UpdateProject>,
) -> Result<Json<ProjectEnvelope>> {
    let project = app.update_project(&ctx, body.read()?).await?;
    shown(&app, &ctx, &project).await
}
