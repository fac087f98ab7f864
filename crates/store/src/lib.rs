//! Rows in, models out: the only place with SQL. One SQL text serves SQLite and PostgreSQL.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod api_key_role_assignments;
pub mod api_keys;
pub mod audit_log_events;
pub mod backend_api_keys;
mod bulk;
mod columns;
pub mod credits;
mod db;
pub mod draws;
mod error;
pub mod feed;
pub mod idempotency_keys;
mod json_rows;
pub mod limit_overrides;
mod listing;
mod notifications;
pub mod organizations;
pub mod passkeys;
mod place;
pub mod plans;
pub mod projects;
pub mod publishable_keys;
pub mod rbac_policy;
mod reach;
mod repositories;
pub mod roles;
mod rows;
pub mod sessions;
pub mod snapshot;
mod store;
pub mod system;
mod tx;
pub mod user_challenges;
pub mod user_invites;
pub mod user_role_assignments;
pub mod users;
mod uses;

pub use db::{Conn, Queries, Sql};
pub use error::{OnConflict, StoreError};
pub use notifications::Notifications;
pub use store::{DatabaseUrl, Store};
pub use tx::{Audit, Tx};

/// Every SQL text with its name, for the test that prepares each on both databases.
#[must_use]
pub fn texts() -> Vec<(String, Sql)> {
    let modules = [
        ("api_key_role_assignments", api_key_role_assignments::TEXTS),
        ("api_keys", api_keys::TEXTS),
        ("api_keys::lists", api_keys::lists::TEXTS),
        ("api_keys::revocations", api_keys::revocations::TEXTS),
        ("audit_log_events", audit_log_events::TEXTS),
        ("backend_api_keys", backend_api_keys::TEXTS),
        ("credits", credits::TEXTS),
        ("draws", draws::TEXTS),
        ("feed", feed::TEXTS),
        ("idempotency_keys", idempotency_keys::TEXTS),
        ("limit_overrides", limit_overrides::TEXTS),
        ("organizations", organizations::TEXTS),
        ("organizations::visible", organizations::visible::TEXTS),
        ("passkeys", passkeys::TEXTS),
        ("plans", plans::TEXTS),
        ("projects", projects::TEXTS),
        ("projects::branding", projects::branding::TEXTS),
        ("projects::oauth_clients", projects::oauth_clients::TEXTS),
        ("publishable_keys", publishable_keys::TEXTS),
        ("rbac_policy", rbac_policy::TEXTS),
        ("roles", roles::TEXTS),
        ("sessions", sessions::TEXTS),
        ("snapshot", snapshot::TEXTS),
        ("snapshot::keys", snapshot::keys::TEXTS),
        ("snapshot::limits", snapshot::limits::TEXTS),
        ("system", system::TEXTS),
        ("system::expired", system::expired::TEXTS),
        ("system::impersonation_tokens", system::impersonation_tokens::TEXTS),
        ("system::lockouts", system::lockouts::TEXTS),
        ("system::logins", system::logins::TEXTS),
        ("system::mail_counts", system::mail_counts::TEXTS),
        ("system::projects", system::projects::TEXTS),
        ("system::sessions", system::sessions::TEXTS),
        ("system::sign_up_links", system::sign_up_links::TEXTS),
        ("system::signing_keys", system::signing_keys::TEXTS),
        ("system::verified_emails", system::verified_emails::TEXTS),
        ("user_challenges", user_challenges::TEXTS),
        ("user_invites", user_invites::TEXTS),
        ("user_role_assignments", user_role_assignments::TEXTS),
        ("users", users::TEXTS),
        ("users::credentials", users::credentials::TEXTS),
        ("uses", uses::TEXTS),
    ];
    let listings = [
        ("api_key_role_assignments", api_key_role_assignments::LIST),
        ("api_keys of a project", api_keys::lists::LIST_OF_PROJECT),
        ("api_keys of an organization", api_keys::lists::LIST_OF_ORGANIZATION),
        ("api_keys of an external id", api_keys::lists::LIST_OF_EXTERNAL_ID),
        ("api_keys that expire", api_keys::lists::LIST_OF_EXPIRING),
        ("backend_api_keys", backend_api_keys::LIST),
        ("limit_overrides", limit_overrides::LIST),
        ("organizations", organizations::LIST),
        ("passkeys of a project", passkeys::LIST_OF_PROJECT),
        ("passkeys of a user", passkeys::LIST_OF_USER),
        ("plans", plans::LIST),
        ("publishable_keys", publishable_keys::LIST),
        ("roles of a project", roles::LIST_OF_PROJECT),
        ("roles of an organization", roles::LIST_OF_ORGANIZATION),
        ("sessions of a project", sessions::LIST_OF_PROJECT),
        ("sessions of a user", sessions::LIST_OF_USER),
        ("user_invites of a project", user_invites::LIST_OF_PROJECT),
        ("user_invites of an organization", user_invites::LIST_OF_ORGANIZATION),
        ("user_role_assignments of a project", user_role_assignments::LIST_OF_PROJECT),
        ("user_role_assignments of a user", user_role_assignments::LIST_OF_USER),
        ("user_role_assignments of a role", user_role_assignments::LIST_OF_ROLE),
        ("users of a project", users::lists::LIST_OF_PROJECT),
        ("users of an organization", users::lists::LIST_OF_ORGANIZATION),
        ("users of an address", users::lists::LIST_OF_EMAIL),
    ];
    let single = modules
        .iter()
        .flat_map(|(module, texts)| texts.iter().map(move |(name, sql)| (format!("{module}::{name}"), *sql)));
    let lists = listings.iter().flat_map(|(module, listing)| {
        listing.texts().enumerate().map(move |(index, text)| (format!("{module}::LIST {index}"), text.into()))
    });
    single.chain(lists).collect()
}
