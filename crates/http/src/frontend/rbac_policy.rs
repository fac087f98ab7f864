//! `GET rbac-policy`: the actions that roles and API keys can be given.

use super::caller::MemberCtx;
use super::failures::ReadFailures;
use crate::backend::rbac_policy::RbacPolicyEnvelope;
use crate::error::Result;
use crate::extract::{Json, NoParameters, Query};
use axum::extract::State;
use lockwork_app::App;

/// Get the RBAC policy
///
/// All actions of the project, sorted by name.
#[utoipa::path(
    get, path = "/api/frontend/v1/rbac-policy", tag = "Roles",
    responses((status = 200, body = RbacPolicyEnvelope), ReadFailures)
)]
pub(crate) async fn get_rbac_policy(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<RbacPolicyEnvelope>> {
    Ok(app.get_rbac_policy(&ctx).await?.into())
}
