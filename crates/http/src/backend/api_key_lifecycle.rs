//! `/v1/api-keys/{id}/…`: what happens to a key after it was made; `/v1/api-keys/revoke-many` and `…/whoami`.

use super::api_keys::ApiKeyEnvelope;
use crate::error::{Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoBody, NoParameters, OptionalJson, Query};
use crate::idempotency::Idempotent;
use crate::wire::{Empty, Whole, optional_id, required};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::api_keys::RevokeMany;
use lockwork_model::error::Error;
use lockwork_model::ids::ApiKeyId;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// Why a key ends.
#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct RevokeApiKey {
    /// In your own words; kept with the key and in the audit log.
    pub(crate) reason: Option<String>,
}

/// Which keys to revoke: those that fit everything that is given.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RevokeApiKeys {
    /// Those of this organization.
    #[serde(alias = "organization_id")]
    organization_id: Option<String>,
    /// Those made by this person.
    #[serde(alias = "creator_user_id")]
    creator_user_id: Option<String>,
    /// Those made by this Backend API key.
    #[serde(alias = "creator_backend_api_key_id")]
    creator_backend_api_key_id: Option<String>,
    /// Those with this role.
    #[serde(alias = "role_id")]
    role_id: Option<String>,
    /// Those whose secrets begin with this.
    prefix: Option<String>,
    /// Those of these ids, at most 5,000; ids that are not known are passed over.
    ids: Option<Vec<String>>,
    /// Why, in your own words.
    reason: Option<String>,
}

impl RevokeApiKeys {
    fn read(self) -> Result<(RevokeMany, Option<String>)> {
        let id = |text: String| text.parse().map_err(|problem| Error::invalid_field("ids", problem));
        let ids = self
            .ids
            .map(|ids| ids.into_iter().map(id).collect::<std::result::Result<_, Error>>())
            .transpose()?;
        let prefix = self.prefix.filter(|prefix| !prefix.is_empty());
        let problem = "must be 1 to 64 characters of a-z, 0-9 and _";
        let prefix = prefix.map(|text| text.parse().map_err(|_| Error::invalid_field("prefix", problem)));
        let which = RevokeMany {
            organization: optional_id(self.organization_id)?,
            creator_user: optional_id(self.creator_user_id)?,
            creator_backend_api_key: optional_id(self.creator_backend_api_key_id)?,
            role: optional_id(self.role_id)?,
            prefix: prefix.transpose()?,
            ids,
        };
        Ok((which, self.reason))
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RevokedApiKeys {
    /// How many keys ended; those that had ended before do not count.
    revoked_count: u64,
}

/// How to rotate a key.
#[derive(Deserialize, ToSchema, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RotateApiKey {
    /// For how long the present secret works on beside the new one: 0 (the default) to 7,776,000 (90 days).
    #[serde(alias = "overlap_seconds")]
    overlap_seconds: Option<Whole>,
}

impl RotateApiKey {
    /// For how long the present secret works on.
    pub(crate) fn overlap(&self) -> Duration {
        Duration::from_secs(self.overlap_seconds.as_ref().map_or(0, |seconds| seconds.0))
    }
}

/// A secret to look up.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WhoAmI {
    /// The API key as its holder sent it.
    #[serde(alias = "secret_token")]
    #[schema(required)]
    secret_token: Option<String>,
}

/// Revoke an API key
///
/// For good. Once this is answered, this node refuses the key; every other does within a second.
#[utoipa::path(
    post, path = "/v1/api-keys/{id}/revoke", tag = "API keys", params(("id" = String, Path)),
    request_body = Option<RevokeApiKey>, responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn revoke_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    OptionalJson(body): OptionalJson<RevokeApiKey>,
) -> Result<Json<Empty>> {
    app.revoke_api_key(&ctx, id, body.reason).await?;
    Ok(Json(Empty {}))
}

/// Revoke many API keys
///
/// For good, all or none. Name at least one criterion.
#[utoipa::path(
    post, path = "/v1/api-keys/revoke-many", tag = "API keys", request_body = RevokeApiKeys,
    responses((status = 200, body = RevokedApiKeys), WriteFailures)
)]
pub(crate) async fn revoke_api_keys(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RevokeApiKeys>,
) -> Result<Json<RevokedApiKeys>> {
    let (which, reason) = body.read()?;
    Ok(Json(RevokedApiKeys { revoked_count: app.revoke_api_keys(&ctx, which, reason).await? }))
}

/// Find the API key of a secret
///
/// Works for revoked, disabled and expired keys too, and uses nothing up.
#[utoipa::path(
    post, path = "/v1/api-keys/whoami", tag = "API keys", request_body = WhoAmI,
    responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn who_am_i(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<WhoAmI>,
) -> Result<Json<ApiKeyEnvelope>> {
    let (key, grants) = app.who_am_i(&ctx, &required("secretToken", body.secret_token)?).await?;
    Ok(ApiKeyEnvelope::new(&key, &grants, ctx.now()))
}

/// Disable an API key
///
/// Until it is enabled again.
#[utoipa::path(
    post, path = "/v1/api-keys/{id}/disable", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn disable_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<ApiKeyEnvelope>> {
    let (key, grants) = app.switch_api_key(&ctx, id, false).await?;
    Ok(ApiKeyEnvelope::new(&key, &grants, ctx.now()))
}

/// Enable an API key
#[utoipa::path(
    post, path = "/v1/api-keys/{id}/enable", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn enable_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<ApiKeyEnvelope>> {
    let (key, grants) = app.switch_api_key(&ctx, id, true).await?;
    Ok(ApiKeyEnvelope::new(&key, &grants, ctx.now()))
}

/// Rotate an API key
///
/// Gives it a new secret, shown this once; the present one works on for the overlap. Id, roles, limits and history stay.
/// The same request with the same `Idempotency-Key` rotates once.
#[utoipa::path(
    post, path = "/v1/api-keys/{id}/rotate", tag = "API keys",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Option<RotateApiKey>, responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn rotate_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    Idempotent { body, idempotency }: Idempotent<OptionalJson<RotateApiKey>>,
) -> Result<Json<ApiKeyEnvelope>> {
    let OptionalJson(body) = body;
    let issued = app.rotate_api_key(&ctx, id, body.overlap(), idempotency).await?;
    Ok(ApiKeyEnvelope::of_issued(&issued, ctx.now()))
}

/// End the rotation of an API key
///
/// Cuts the former secret off before its time.
#[utoipa::path(
    post, path = "/v1/api-keys/{id}/end-rotation", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn end_api_key_rotation(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<ApiKeyEnvelope>> {
    let (key, grants) = app.end_api_key_rotation(&ctx, id).await?;
    Ok(ApiKeyEnvelope::new(&key, &grants, ctx.now()))
}
