//! The Backend API, in process, on SQLite, and on PostgreSQL where the two could differ; every answer is checked against
//! the OpenAPI document.

mod api_key_role_assignments;
mod api_keys;
mod audit_log_coverage;
mod audit_log_events;
mod authenticate;
mod backend_api_keys;
mod issuing;
mod lists;
mod organization_domains;
mod organizations;
mod project;
mod publishable_keys;
mod rbac_policy;
mod roles;
mod sessions;
mod users;
mod verify;
mod wire_names;
