//! The words of the product and its pure rules: no I/O, no SQL, no HTTP, no clock, no dice.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod access;
pub mod api_key_role_assignments;
pub mod api_keys;
pub mod audit_log_events;
pub mod backend_api_keys;
pub mod base36;
pub mod branding;
pub mod calendar;
pub mod changes;
pub mod checksum;
pub mod email;
pub mod entropy;
pub mod error;
pub mod ids;
pub mod ip_networks;
pub mod limit_overrides;
pub mod limits;
pub mod lockouts;
pub mod logins;
pub mod metadata;
pub mod organizations;
pub mod page;
pub mod passkeys;
pub mod permissions;
pub mod plans;
pub mod projects;
pub mod providers;
pub mod publishable_keys;
pub mod rbac_policy;
pub mod roles;
pub mod secrets;
pub mod session_signing_keys;
pub mod sessions;
pub mod short_secrets;
pub mod text;
pub mod time;
pub mod user_invites;
pub mod user_role_assignments;
pub mod users;
pub mod verification;
