//! `GET settings`: what the sign-in pages show before anybody said anything.

use super::failures::LookFailures;
use crate::backend::login_methods::{view_with_login_methods, with_login_methods};
use crate::error::Result;
use crate::extract::{Json, NoParameters, Query};
use crate::hosts::Here;
use crate::wire::is_zero;
use axum::extract::State;
use lockwork_app::{App, LoginSettings, PagesBranding};
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
        /// The colour of buttons and links, as `#rrggbb`.
        #[serde(skip_serializing_if = "Option::is_none")]
        primary_color: Option<String>,
        /// The same on a dark ground.
        #[serde(skip_serializing_if = "Option::is_none")]
        dark_mode_primary_color: Option<String>,
        /// Whether the pages are dark where the device is.
        detect_dark_mode_enabled: bool,
        /// How the sign-in pages are laid out: `CENTERED` or `SIDE_BY_SIDE`.
        log_in_layout: &'static str,
        /// Where the project's logo is.
        #[serde(skip_serializing_if = "Option::is_none")]
        logo_url: Option<String>,
        /// Where its logo for a dark ground is.
        #[serde(skip_serializing_if = "Option::is_none")]
        dark_mode_logo_url: Option<String>,
    }
}

impl From<&LoginSettings> for SettingsView {
    fn from(settings: &LoginSettings) -> Self {
        let PagesBranding { branding, logo_url, dark_mode_logo_url } = settings.branding.clone();
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
                primary_color: branding.primary_color.map(|color| color.to_string()),
                dark_mode_primary_color: branding.dark_mode_primary_color.map(|color| color.to_string()),
                detect_dark_mode_enabled: branding.detect_dark_mode,
                log_in_layout: branding.layout.as_str(),
                logo_url,
                dark_mode_logo_url,
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
