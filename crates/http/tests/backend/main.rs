//! The Backend API, in process, on SQLite, and on PostgreSQL where the two could differ; every answer is checked against
//! the OpenAPI document.

mod addresses;
mod api_key_role_assignments;
mod api_keys;
mod attributes;
mod audit_log_coverage;
mod audit_log_events;
mod authenticate;
mod backend_api_keys;
mod credits;
mod fast_lane;
mod idempotency;
mod issuing;
mod key_lists;
mod lifecycle;
mod limit_failures;
mod limit_overrides;
mod limits;
mod limits_check;
mod lists;
mod organization_domains;
mod organizations;
mod plans;
mod project;
mod publishable_keys;
mod quotas;
mod rbac_policy;
mod roles;
mod rotation;
mod sessions;
mod support;
mod users;
mod verify;
mod wire_names;
mod wrong_limits;
