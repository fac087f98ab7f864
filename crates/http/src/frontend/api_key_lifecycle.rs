//! `api-keys/{id}/…`: what happens to a key after it was made.

use super::api_keys::ApiKeyEnvelope;
use super::caller::MemberCtx;
use super::failures::WriteFailures;
use crate::backend::api_key_lifecycle::{RevokeApiKey, RotateApiKey};
use crate::error::Result;
use crate::extract::{Id, Json, NoBody, NoParameters, OptionalJson, Query};
use crate::idempotency::Idempotent;
use crate::wire::Empty;
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::ids::ApiKeyId;

/// Revoke an API key
///
/// For good. Once this is answered, this node refuses the key; every other does within a second.
#[utoipa::path(
    post, path = "/api/frontend/v1/api-keys/{id}/revoke", tag = "API keys", params(("id" = String, Path)),
    request_body = Option<RevokeApiKey>, responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn revoke_api_key(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    OptionalJson(body): OptionalJson<RevokeApiKey>,
) -> Result<Json<Empty>> {
    app.revoke_api_key(&ctx, id, body.reason).await?;
    Ok(Json(Empty {}))
}

/// Disable an API key
///
/// Until it is enabled again.
#[utoipa::path(
    post, path = "/api/frontend/v1/api-keys/{id}/disable", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn disable_api_key(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<ApiKeyEnvelope>> {
    let (key, grants) = app.switch_api_key(&ctx, id, false).await?;
    Ok(ApiKeyEnvelope::new(&key, &grants, ctx.now()))
}

/// Enable an API key
///
/// Only one that may do no more than the caller.
#[utoipa::path(
    post, path = "/api/frontend/v1/api-keys/{id}/enable", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn enable_api_key(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<ApiKeyEnvelope>> {
    let (key, grants) = app.switch_api_key(&ctx, id, true).await?;
    Ok(ApiKeyEnvelope::new(&key, &grants, ctx.now()))
}

/// Rotate an API key
///
/// Gives it a new secret, shown this once; the present one works on for the overlap. Only one that may do no more than
/// the caller. The same request with the same `Idempotency-Key` rotates once.
#[utoipa::path(
    post, path = "/api/frontend/v1/api-keys/{id}/rotate", tag = "API keys",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Option<RotateApiKey>, responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn rotate_api_key(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    Idempotent { body: OptionalJson(body), idempotency }: Idempotent<OptionalJson<RotateApiKey>>,
) -> Result<Json<ApiKeyEnvelope>> {
    let issued = app.rotate_api_key(&ctx, id, body.overlap(), idempotency).await?;
    Ok(ApiKeyEnvelope::of_issued(&issued, ctx.now()))
}

/// End the rotation of an API key
///
/// Cuts the former secret off before its time.
#[utoipa::path(
    post, path = "/api/frontend/v1/api-keys/{id}/end-rotation", tag = "API keys",
    params(("id" = String, Path)), responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn end_api_key_rotation(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<ApiKeyEnvelope>> {
    let (key, grants) = app.end_api_key_rotation(&ctx, id).await?;
    Ok(ApiKeyEnvelope::new(&key, &grants, ctx.now()))
}
