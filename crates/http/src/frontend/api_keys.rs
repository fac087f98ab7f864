//! `api-keys`: those of the caller's organization, or of the caller alone.

mod requests;
mod views;

pub(super) use views::ApiKeyEnvelope;

use super::caller::MemberCtx;
use super::failures::{ReadFailures, WriteFailures};
use crate::backend::api_keys::read_state;
use crate::error::Result;
use crate::extract::{Id, Json, NoBody, NoParameters, Query};
use crate::idempotency::Idempotent;
use crate::wire::{Empty, list_query, optional_id};
use axum::extract::State;
use lockwork_app::{ApiKeyFilter, App};
use lockwork_model::ids::{ApiKeyId, OrganizationId};
use lockwork_model::page::Order;
use lockwork_model::time::Timestamp;
use requests::{CreateApiKey, UpdateApiKey};
use views::{ApiKeyList, ApiKeyView};

list_query! {
    ListApiKeys of "api keys" ordered by NAMED {
        /// Only those whose name has this in it, in capitals or not.
        search: String,
        /// Only those with a secret that ends so.
        #[serde(alias = "secret_token_suffix")]
        secret_token_suffix: String,
        /// Only those with this tag.
        tag: String,
        /// Only those in this state: `ACTIVE`, `DISABLED`, `EXPIRED` or `REVOKED`.
        state: String,
        /// Only those made by this person.
        #[serde(alias = "creator_user_id")]
        creator_user_id: String,
        /// Whether to count the keys on all pages: up to 10,000.
        count: bool,
    }
}

impl ListApiKeys {
    fn filter(self, organization: OrganizationId, now: Timestamp) -> Result<ApiKeyFilter> {
        Ok(ApiKeyFilter {
            organization: Some(organization),
            search: self.search.filter(|text| !text.is_empty()),
            secret_suffix: self.secret_token_suffix,
            tag: self.tag,
            state: read_state(self.state)?.map(|state| (state, now)),
            creator_user: optional_id(self.creator_user_id)?,
            ..ApiKeyFilter::default()
        })
    }
}

/// List API keys
///
/// Needs ownership or `lockwork.api_keys.read`; otherwise the caller's own, where the organization allows personal ones.
#[utoipa::path(
    get, path = "/api/frontend/v1/api-keys", tag = "API keys", params(ListApiKeys),
    responses((status = 200, body = ApiKeyList), ReadFailures)
)]
pub(crate) async fn list_api_keys(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(mut query): Query<ListApiKeys>,
) -> Result<Json<ApiKeyList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let count = query.count.unwrap_or_default();
    let filter = query.filter(organization, ctx.now())?;
    let count = if count { Some(app.count_api_keys(&ctx, &filter).await?) } else { None };
    let page = app.list_api_keys(&ctx, &filter, &request).await?;
    Ok(Json(ApiKeyList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        api_keys: page
            .items
            .iter()
            .map(|(key, actions)| ApiKeyView::listed(key, actions, ctx.now()))
            .collect(),
        total_count: count.map(|count| count.rows),
        total_count_is_lower_bound: count.is_some_and(|count| count.is_lower_bound),
    }))
}

/// Make an API key
///
/// Needs ownership or `lockwork.api_keys.write`, or personal keys. The answer shows the secret this once. The same
/// request with the same `Idempotency-Key` makes one key.
#[utoipa::path(
    post, path = "/api/frontend/v1/api-keys", tag = "API keys",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = CreateApiKey,
    responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn create_api_key(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Idempotent { body: Json(body), idempotency }: Idempotent<Json<CreateApiKey>>,
) -> Result<Json<ApiKeyEnvelope>> {
    let issued = app.create_api_key(&ctx, body.read(organization, ctx.now())?, idempotency).await?;
    Ok(ApiKeyEnvelope::of_issued(&issued, ctx.now()))
}

/// Get an API key
#[utoipa::path(
    get, path = "/api/frontend/v1/api-keys/{id}", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = ApiKeyEnvelope), ReadFailures)
)]
pub(crate) async fn get_api_key(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<ApiKeyEnvelope>> {
    let (key, grants) = app.get_api_key(&ctx, id).await?;
    Ok(ApiKeyEnvelope::new(&key, &grants, ctx.now()))
}

/// Change an API key
#[utoipa::path(
    patch, path = "/api/frontend/v1/api-keys/{id}", tag = "API keys", params(("id" = String, Path)),
    request_body = UpdateApiKey, responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn update_api_key(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<UpdateApiKey>,
) -> Result<Json<ApiKeyEnvelope>> {
    let (key, grants) = app.update_api_key(&ctx, id, body.read(ctx.now())?).await?;
    Ok(ApiKeyEnvelope::new(&key, &grants, ctx.now()))
}

/// Delete an API key
///
/// Only a revoked one.
#[utoipa::path(
    delete, path = "/api/frontend/v1/api-keys/{id}", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_api_key(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_api_key(&ctx, id, false).await?;
    Ok(Json(Empty {}))
}
