//! The Frontend API: for people who are signed in to a project, acting on their own organization (contract §3.9), at the
//! project's own host.

mod api_key_lifecycle;
mod api_key_limits;
mod api_key_role_assignments;
mod api_keys;
mod audit_log_events;
pub(crate) mod caller;
mod failures;
mod me;
mod organization;
mod organization_domains;
mod project;
mod rbac_policy;
mod roles;
pub(crate) mod session;
mod user_invites;
mod user_role_assignments;
mod users;

pub(crate) use session::left;

use lockwork_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes, each with its document.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session::refresh))
        .routes(routes!(session::logout))
        .routes(routes!(session::list_switchable_organizations))
        .routes(routes!(project::get_project))
        .routes(routes!(rbac_policy::get_rbac_policy))
        .routes(routes!(organization::get_organization, organization::update_organization))
        .routes(routes!(
            organization_domains::get_google_hosted_domains,
            organization_domains::update_google_hosted_domains
        ))
        .routes(routes!(
            organization_domains::get_microsoft_tenant_ids,
            organization_domains::update_microsoft_tenant_ids
        ))
        .routes(routes!(users::list_users))
        .routes(routes!(users::get_user, users::update_user, users::delete_user))
        .routes(routes!(user_invites::list_user_invites, user_invites::create_user_invite))
        .routes(routes!(user_invites::get_user_invite, user_invites::delete_user_invite))
        .routes(routes!(me::get_me, me::update_me))
        .routes(routes!(me::set_user_password))
        .routes(routes!(me::passkeys::list_my_passkeys))
        .routes(routes!(me::passkeys::get_my_passkey_options))
        .routes(routes!(me::passkeys::register_my_passkey))
        .routes(routes!(me::passkeys::delete_my_passkey))
        .routes(routes!(me::authenticator_app::get_my_authenticator_app_options))
        .routes(routes!(me::authenticator_app::register_my_authenticator_app))
        .routes(routes!(me::authenticator_app::delete_my_authenticator_app))
        .routes(routes!(me::sessions::list_my_sessions))
        .routes(routes!(me::sessions::revoke_my_session))
        .routes(routes!(roles::list_roles, roles::create_role))
        .routes(routes!(roles::get_role, roles::update_role, roles::delete_role))
        .routes(routes!(
            user_role_assignments::list_user_role_assignments,
            user_role_assignments::create_user_role_assignment
        ))
        .routes(routes!(
            user_role_assignments::get_user_role_assignment,
            user_role_assignments::delete_user_role_assignment
        ))
        .routes(routes!(api_keys::list_api_keys, api_keys::create_api_key))
        .routes(routes!(api_keys::get_api_key, api_keys::update_api_key, api_keys::delete_api_key))
        .routes(routes!(api_key_lifecycle::revoke_api_key))
        .routes(routes!(api_key_lifecycle::disable_api_key))
        .routes(routes!(api_key_lifecycle::enable_api_key))
        .routes(routes!(api_key_lifecycle::rotate_api_key))
        .routes(routes!(api_key_lifecycle::end_api_key_rotation))
        .routes(routes!(api_key_limits::get_api_key_limits))
        .routes(routes!(
            api_key_role_assignments::list_api_key_role_assignments,
            api_key_role_assignments::create_api_key_role_assignment
        ))
        .routes(routes!(api_key_role_assignments::delete_api_key_role_assignment))
        .routes(routes!(audit_log_events::list_audit_log_events))
}
