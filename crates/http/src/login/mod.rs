//! The Login API: signing in, step by step (contract §3.10, the intermediate API), at a project's own host.

pub(crate) mod authenticator_apps;
mod caller;
mod email;
mod failures;
mod organizations;
pub(crate) mod passkeys;
mod passwords;
mod progress;
mod proven;
mod providers;
mod relay;
mod sessions;
mod settings;
mod start;

use lockwork_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes, each with its document.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(settings::get_settings))
        .routes(routes!(start::create_intermediate_session))
        .routes(routes!(start::redeem_sign_up_token))
        .routes(routes!(progress::whoami))
        .routes(routes!(email::issue_email_verification_challenge))
        .routes(routes!(email::verify_email_challenge))
        .routes(routes!(email::set_email_as_primary_login_factor))
        .routes(routes!(providers::google_oauth_redirect_url))
        .routes(routes!(providers::redeem_google_oauth_code))
        .routes(routes!(providers::microsoft_oauth_redirect_url))
        .routes(routes!(providers::redeem_microsoft_oauth_code))
        .routes(routes!(providers::github_oauth_redirect_url))
        .routes(routes!(providers::redeem_github_oauth_code))
        .routes(routes!(organizations::list_organizations, organizations::create_organization))
        .routes(routes!(organizations::set_organization))
        .routes(routes!(passwords::set_password_as_primary_login_factor))
        .routes(routes!(passwords::register_password))
        .routes(routes!(passwords::verify_password))
        .routes(routes!(passwords::issue_password_reset_code))
        .routes(routes!(passwords::verify_password_reset_code))
        .routes(routes!(passkeys::get_passkey_options))
        .routes(routes!(passkeys::register_passkey))
        .routes(routes!(passkeys::issue_passkey_challenge))
        .routes(routes!(passkeys::verify_passkey))
        .routes(routes!(authenticator_apps::get_authenticator_app_options))
        .routes(routes!(authenticator_apps::register_authenticator_app))
        .routes(routes!(authenticator_apps::verify_authenticator_app))
        .routes(routes!(sessions::exchange_intermediate_session_for_session))
        .routes(routes!(sessions::exchange_session_for_intermediate_session))
        .routes(routes!(sessions::redeem_user_impersonation_token))
        .routes(routes!(relay::exchange_relayed_session_token_for_session))
}
