//! What storage promises, written once and run on both databases.

mod api_key_role_assignments;
mod api_keys;
mod audit_log_events;
mod backend_api_keys;
mod crashes;
mod feed;
mod feed_on_postgres;
mod fixtures;
mod migrations;
mod organizations;
mod people;
mod plans;
mod projects;
mod publishable_keys;
mod rbac_policy;
mod roles;
mod schema;
mod snapshot;
mod system;
mod texts;
mod transactions;
mod values;
