//! `GET settings`: what the sign-in pages show before anybody said anything.

use super::failures::LookFailures;
use crate::backend::login_methods::{view_with_login_methods, with_login_methods};
use crate::error::Result;
use crate::extract::{Json, NoParameters, Query};
use crate::hosts::Here;
use crate::wire::is_zero;
use axum::extract::State;
use lockwork_app::{App, LoginSettings};
use serde::Serialize;
use utoipa::ToSchema;

view_with_login_methods! {
    /// How people may sign in to the project.
    SettingsView as Settings {
        project_id: String,
        #[serde(skip_serializing_if = "is_zero")]
        project_display_name: String,
        /// The providers that are switched on and set up: `google`, `microsoft`, `github`.
        #[serde(skip_serializing_if = "is_zero")]
        providers: Vec<&'static str>,
        /// Whether the server can send mail.
        mail_enabled: bool,
        /// Whether nobody can sign in.
        logins_disabled: bool,
        /// Whether whoever may see an organization joins it by signing in.
        self_serve_create_users: bool,
        /// Whether whoever signs in may make an organization.
        self_serve_create_organizations: bool,
        /// Whether whoever signs in and sees no organization gets one at once.
        auto_create_organizations: bool,
    }
}

impl From<&LoginSettings> for SettingsView {
    fn from(settings: &LoginSettings) -> Self {
        with_login_methods!(
            settings.log_in_with,
            Self {
                project_id: settings.project.to_string(),
                project_display_name: settings.display_name.clone(),
                providers: settings.providers.iter().map(|provider| provider.as_str()).collect(),
                mail_enabled: settings.mail,
                logins_disabled: settings.logins_disabled,
                self_serve_create_users: settings.self_serve.create_users,
                self_serve_create_organizations: settings.self_serve.create_organizations,
                auto_create_organizations: settings.self_serve.auto_create_organizations,
            }
        )
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct SettingsEnvelope {
    settings: SettingsView,
}

/// Get how people may sign in
///
/// Needs no login.
#[utoipa::path(
    get, path = "/api/intermediate/v1/settings", tag = "Login", security(()),
    responses((status = 200, body = SettingsEnvelope), LookFailures)
)]
pub(crate) async fn get_settings(
    State(app): State<App>,
    Here(pages): Here,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<SettingsEnvelope>> {
    Ok(Json(SettingsEnvelope { settings: (&app.login_settings(&pages).await?).into() }))
}
