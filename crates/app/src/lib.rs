//! What the product does: one async fn per operation, free of HTTP and SQL.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod api_key_lifecycle;
mod api_key_limits;
mod api_key_role_assignments;
mod api_keys;
mod app;
mod audit;
mod audit_log_events;
mod backend_api_keys;
mod branding;
mod config;
mod credits;
mod ctx;
mod deciding;
mod drawing;
mod entropy;
mod follower;
mod frontend_auth;
mod giving;
mod hosts;
mod idempotency;
mod impersonation;
mod initialize;
mod issuing;
mod jobs;
mod key_map;
mod last_use;
mod limit_overrides;
mod limits_check;
mod load;
mod lockouts;
mod logins;
mod mailing;
mod members;
mod organizations;
mod page_tokens;
mod passkeys;
mod people;
mod plans;
mod projects;
mod publishable_keys;
mod rbac_policy;
mod redirects;
mod roles;
mod sealing;
mod seed;
mod sessions;
mod signing_keys;
mod staff;
mod user_invites;
mod user_role_assignments;
mod users;
mod verification;

pub use api_key_limits::{ApiKeyLimits, CreditsLeft, LimitLeft};
pub use app::{App, LimitOptions, OnFailure, Options, Readiness, WhenStale};
pub use audit_log_events::{EventSource, NewAuditLogEvent};
pub use branding::{PagesBranding, WholeBranding};
pub use config::ClientConfig;
pub use ctx::Ctx;
pub use deciding::{LimitFailure, LimitState, NamedCost};
pub use drawing::Draws;
pub use entropy::SystemEntropy;
pub use frontend_auth::{Myself, Refreshed};
pub use hosts::{Pages, Scheme, Site, is_host_name};
pub use idempotency::Idempotency;
pub use impersonation::IssuedImpersonationToken;
pub use initialize::Initialized;
pub use limit_overrides::{LimitOverrideUpdate, NewLimitOverride};
pub use limits_check::{Check, CheckState, Checked};
pub use load::LoadReport;
pub use lockwork_identity as identity;
pub use lockwork_identity::passkeys::{AssertionResponse, RegistrationResponse};
pub use lockwork_store::api_keys::{ApiKeyFilter, KeyStateFilter};
pub use lockwork_store::backend_api_keys::BackendApiKeyFilter;
pub use lockwork_store::limit_overrides::LimitOverrideFilter;
pub use lockwork_store::organizations::OrganizationFilter;
pub use lockwork_store::roles::RoleFilter;
pub use lockwork_store::sessions::SessionFilter;
pub use lockwork_store::user_role_assignments::UserRoleAssignmentFilter;
pub use lockwork_store::users::UserFilter;
pub use lockwork_verify as verify;
pub use logins::{
    LoginHandle, LoginOrganization, LoginSettings, LoginState, NewLogin, NewSession, OauthCallback, Proven,
    RelayedSession, SecondFactorCode, SecondFactors, VerifyPassword,
};
pub use people::{PeopleOptions, ProviderOptions};
pub use plans::{NewPlan, PlanUpdate};
pub use sealing::MasterKey;
pub use seed::SeedSpec;
pub use user_invites::NewUserInvite;
pub use verification::{Attempt, Use, Verdict};
