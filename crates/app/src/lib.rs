//! What the product does: one async fn per operation, free of HTTP and SQL.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod api_key_role_assignments;
mod api_keys;
mod app;
mod audit;
mod audit_log_events;
mod backend_api_keys;
mod config;
mod ctx;
mod entropy;
mod follower;
mod initialize;
mod issuing;
mod jobs;
mod load;
mod organizations;
mod page_tokens;
mod projects;
mod publishable_keys;
mod rbac_policy;
mod roles;
mod sealing;
mod seed;
mod sessions;
mod users;
mod verification;

pub use api_keys::ApiKeyUpdate;
pub use app::{App, Options, Readiness, WhenStale};
pub use audit_log_events::{EventSource, NewAuditLogEvent};
pub use config::ClientConfig;
pub use ctx::Ctx;
pub use entropy::SystemEntropy;
pub use initialize::Initialized;
pub use load::LoadReport;
pub use lockwork_store::api_keys::ApiKeyFilter;
pub use lockwork_store::backend_api_keys::BackendApiKeyFilter;
pub use lockwork_store::organizations::OrganizationFilter;
pub use lockwork_store::roles::RoleFilter;
pub use lockwork_verify as verify;
pub use sealing::MasterKey;
pub use seed::SeedSpec;
