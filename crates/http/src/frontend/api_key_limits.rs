//! `api-keys/{id}/limits`: what is left of them.

use super::caller::MemberCtx;
use super::failures::ReadFailures;
use crate::backend::api_key_limits::ApiKeyLimitsView;
use crate::error::Result;
use crate::extract::{Id, Json, NoParameters, Query};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::ids::ApiKeyId;

/// Get what is left of an API key's limits
///
/// All that a request with the key may count against, its organization's limits and credits included. Counts nothing. Of
/// rates it is what the node that answers would let in; of quotas and credits, what no node has drawn and what this one
/// has not used of what it drew.
#[utoipa::path(
    get, path = "/api/frontend/v1/api-keys/{id}/limits", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = ApiKeyLimitsView), ReadFailures)
)]
pub(crate) async fn get_api_key_limits(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<ApiKeyLimitsView>> {
    Ok(app.get_api_key_limits(&ctx, id).await?.into())
}
