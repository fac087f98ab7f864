//! `/v1/project`

use super::login_methods::view_with_login_methods;
use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Json, MaybeWrapped, NoParameters, Query, Wrap};
use crate::wire::{Patch, Time, Whole, is_zero, non_empty, read_lifetime};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::api_keys::Lifetime;
use lockwork_model::error::Error;
use lockwork_model::projects::{LoginMethod, Project, ProjectUpdate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

view_with_login_methods! {
    /// A project: the developer's product.
    ProjectView as Project {
        id: String,
        #[serde(skip_serializing_if = "is_zero")]
        display_name: String,
        create_time: Time,
        update_time: Time,
        /// The host of its sign-in and settings pages.
        vault_domain: String,
        vault_domain_custom: bool,
        #[serde(skip_serializing_if = "is_zero")]
        trusted_domains: Vec<String>,
        cookie_domain: String,
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
        audit_logs_enabled: bool,
    }
}

impl From<&Project> for ProjectView {
    fn from(project: &Project) -> Self {
        let has = |method| project.log_in_with.has(method);
        Self {
            id: project.id.to_string(),
            display_name: project.display_name.clone(),
            create_time: project.created_at.into(),
            update_time: project.updated_at.into(),
            vault_domain: project.vault_domain.clone(),
            vault_domain_custom: project.vault_domain_is_custom(),
            trusted_domains: project.trusted_domains.clone(),
            cookie_domain: project.cookie_domain.clone(),
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
            log_in_with_google: has(LoginMethod::Google),
            log_in_with_microsoft: has(LoginMethod::Microsoft),
            log_in_with_github: has(LoginMethod::Github),
            log_in_with_email: has(LoginMethod::Email),
            log_in_with_password: has(LoginMethod::Password),
            log_in_with_saml: has(LoginMethod::Saml),
            log_in_with_oidc: has(LoginMethod::Oidc),
            log_in_with_authenticator_app: has(LoginMethod::AuthenticatorApp),
            log_in_with_passkey: has(LoginMethod::Passkey),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ProjectEnvelope {
    project: ProjectView,
}

impl From<Project> for Json<ProjectEnvelope> {
    fn from(project: Project) -> Self {
        Self(ProjectEnvelope { project: (&project).into() })
    }
}

/// A change to the project; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateProject {
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    /// Switches the project's API keys on or off, in effect at once.
    #[serde(alias = "api_keys_enabled")]
    api_keys_enabled: Option<bool>,
    /// What each new API key begins with: 1 to 64 of a-z, 0-9 and _. Keys with an earlier prefix keep working.
    #[serde(alias = "api_key_secret_token_prefix")]
    api_key_secret_token_prefix: Option<String>,
    /// How long its API keys may live at most, from when their secret was made; `null` for as long as they like. Keys
    /// that live longer already stay as they are.
    #[serde(alias = "max_api_key_lifetime_seconds", default)]
    #[schema(value_type = Option<Whole>)]
    max_api_key_lifetime_seconds: Patch<Whole>,
    /// The time zone whose hours, days and months quotas and refills follow, such as `Europe/Berlin`; `UTC` at first.
    #[serde(alias = "time_zone")]
    time_zone: Option<String>,
}

impl Wrap for UpdateProject {
    const FIELDS: [&'static str; 2] = ["project", "project"];
}

impl TryFrom<UpdateProject> for ProjectUpdate {
    type Error = Error;

    fn try_from(body: UpdateProject) -> std::result::Result<Self, Error> {
        let prefix = non_empty(body.api_key_secret_token_prefix).map(|text| {
            let problem = "must be 1 to 64 characters of a-z, 0-9 and _";
            text.parse().map_err(|_| Error::invalid_field("apiKeySecretTokenPrefix", problem))
        });
        let lifetime = |seconds| read_lifetime("maxApiKeyLifetimeSeconds", seconds);
        let time_zone = non_empty(body.time_zone)
            .map(|name| name.parse().map_err(|problem| Error::invalid_field("timeZone", problem)));
        Ok(Self {
            max_key_lifetime: body.max_api_key_lifetime_seconds.read(lifetime)?.into_option(),
            time_zone: time_zone.transpose()?,
            display_name: non_empty(body.display_name),
            api_keys_enabled: body.api_keys_enabled,
            api_key_prefix: prefix.transpose()?,
        })
    }
}

/// Get the project
#[utoipa::path(get, path = "/v1/project", tag = "Project", responses((status = 200, body = ProjectEnvelope), ReadFailures))]
pub(crate) async fn get_project(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<ProjectEnvelope>> {
    Ok(app.get_project(&ctx).await?.into())
}

/// Change the project
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
    Ok(app.update_project(&ctx, body.try_into()?).await?.into())
}
