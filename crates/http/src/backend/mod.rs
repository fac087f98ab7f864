//! The Backend API: for the developer's own backend. Shapes that members see too are the Frontend API's as well.

pub(crate) mod api_key_lifecycle;
pub(crate) mod api_key_limits;
pub(crate) mod api_key_role_assignments;
pub(crate) mod api_key_verification;
pub(crate) mod api_keys;
pub(crate) mod audit_log_events;
mod backend_api_keys;
mod branding;
mod credits;
mod limit_overrides;
mod limits_check;
pub(crate) mod login_methods;
pub(crate) mod organization_domains;
pub(crate) mod organizations;
pub(crate) mod passkeys;
mod plans;
mod project;
mod projects;
mod publishable_keys;
pub(crate) mod rbac_policy;
pub(crate) mod roles;
pub(crate) mod sessions;
mod user_impersonation_tokens;
pub(crate) mod user_invites;
pub(crate) mod user_role_assignments;
pub(crate) mod users;

use lockwork_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes, each with its document.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(project::get_project, project::update_project))
        .routes(routes!(projects::create_project))
        .routes(routes!(branding::get_branding, branding::update_branding))
        .routes(routes!(branding::preview_branding))
        .routes(routes!(rbac_policy::get_rbac_policy, rbac_policy::update_rbac_policy))
        .routes(routes!(organizations::list_organizations, organizations::create_organization))
        .routes(routes!(
            organizations::get_organization,
            organizations::update_organization,
            organizations::delete_organization
        ))
        .routes(routes!(
            organization_domains::get_organization_domains,
            organization_domains::update_organization_domains
        ))
        .routes(routes!(
            organization_domains::get_organization_google_hosted_domains,
            organization_domains::update_organization_google_hosted_domains
        ))
        .routes(routes!(
            organization_domains::get_organization_microsoft_tenant_ids,
            organization_domains::update_organization_microsoft_tenant_ids
        ))
        .routes(routes!(users::list_users, users::create_user))
        .routes(routes!(users::get_user, users::update_user, users::delete_user))
        .routes(routes!(user_invites::list_user_invites, user_invites::create_user_invite))
        .routes(routes!(user_invites::get_user_invite, user_invites::delete_user_invite))
        .routes(routes!(
            user_role_assignments::list_user_role_assignments,
            user_role_assignments::create_user_role_assignment
        ))
        .routes(routes!(
            user_role_assignments::get_user_role_assignment,
            user_role_assignments::delete_user_role_assignment
        ))
        .routes(routes!(user_impersonation_tokens::create_user_impersonation_token))
        .routes(routes!(passkeys::list_passkeys))
        .routes(routes!(passkeys::get_passkey, passkeys::update_passkey, passkeys::delete_passkey))
        .routes(routes!(sessions::list_sessions))
        .routes(routes!(sessions::get_session))
        .routes(routes!(sessions::end_session))
        .routes(routes!(roles::list_roles, roles::create_role))
        .routes(routes!(roles::get_role, roles::update_role, roles::delete_role))
        .routes(routes!(api_keys::list_api_keys, api_keys::create_api_key))
        .routes(routes!(api_keys::get_api_key, api_keys::update_api_key, api_keys::delete_api_key))
        .routes(routes!(api_key_lifecycle::revoke_api_keys))
        .routes(routes!(api_key_lifecycle::who_am_i))
        .routes(routes!(api_key_lifecycle::revoke_api_key))
        .routes(routes!(api_key_lifecycle::disable_api_key))
        .routes(routes!(api_key_lifecycle::enable_api_key))
        .routes(routes!(api_key_lifecycle::rotate_api_key))
        .routes(routes!(api_key_lifecycle::end_api_key_rotation))
        .routes(routes!(api_key_limits::get_api_key_limits))
        .routes(routes!(credits::add_api_key_credits))
        .routes(routes!(credits::add_organization_credits))
        .routes(routes!(plans::list_plans, plans::create_plan))
        .routes(routes!(plans::get_plan, plans::update_plan, plans::delete_plan))
        .routes(routes!(limit_overrides::list_limit_overrides, limit_overrides::create_limit_override))
        .routes(routes!(
            limit_overrides::get_limit_override,
            limit_overrides::update_limit_override,
            limit_overrides::delete_limit_override
        ))
        .routes(routes!(limits_check::check_limits))
        .routes(routes!(api_key_verification::authenticate_api_key))
        .routes(routes!(api_key_verification::verify_api_key))
        .routes(routes!(
            api_key_role_assignments::list_api_key_role_assignments,
            api_key_role_assignments::create_api_key_role_assignment
        ))
        .routes(routes!(api_key_role_assignments::delete_api_key_role_assignment))
        .routes(routes!(backend_api_keys::list_backend_api_keys, backend_api_keys::create_backend_api_key))
        .routes(routes!(
            backend_api_keys::get_backend_api_key,
            backend_api_keys::update_backend_api_key,
            backend_api_keys::delete_backend_api_key
        ))
        .routes(routes!(backend_api_keys::revoke_backend_api_key))
        .routes(routes!(publishable_keys::list_publishable_keys, publishable_keys::create_publishable_key))
        .routes(routes!(
            publishable_keys::get_publishable_key,
            publishable_keys::update_publishable_key,
            publishable_keys::delete_publishable_key
        ))
        .routes(routes!(audit_log_events::list_audit_log_events, audit_log_events::create_audit_log_event))
}
