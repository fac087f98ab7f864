//! The Backend API: for the developer's own backend.

mod api_key_lifecycle;
mod api_key_role_assignments;
pub(crate) mod api_key_verification;
mod api_keys;
mod audit_log_events;
mod backend_api_keys;
mod credits;
mod limit_overrides;
mod limits_check;
mod login_methods;
mod organizations;
mod plans;
mod project;
mod publishable_keys;
mod rbac_policy;
mod roles;
mod sessions;
mod users;

use lockwork_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes, each with its document.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(project::get_project, project::update_project))
        .routes(routes!(rbac_policy::get_rbac_policy, rbac_policy::update_rbac_policy))
        .routes(routes!(organizations::list_organizations, organizations::create_organization))
        .routes(routes!(
            organizations::get_organization,
            organizations::update_organization,
            organizations::delete_organization
        ))
        .routes(routes!(organizations::get_organization_domains, organizations::update_organization_domains))
        .routes(routes!(
            organizations::get_organization_google_hosted_domains,
            organizations::update_organization_google_hosted_domains
        ))
        .routes(routes!(
            organizations::get_organization_microsoft_tenant_ids,
            organizations::update_organization_microsoft_tenant_ids
        ))
        .routes(routes!(users::list_users))
        .routes(routes!(users::get_user))
        .routes(routes!(sessions::list_sessions))
        .routes(routes!(sessions::get_session))
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
