//! `/v1/api-keys`

mod requests;
mod views;

pub(crate) use requests::{expiry, new_expiry};
pub(super) use views::ApiKeyEnvelope;
pub(crate) use views::{CreatorView, SecretView};

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoBody, NoParameters, Query};
use crate::idempotency::Idempotent;
use crate::wire::{Empty, Time, list_query, optional_id};
use axum::extract::State;
use lockwork_app::{ApiKeyFilter, App, KeyStateFilter};
use lockwork_model::error::Error;
use lockwork_model::ids::ApiKeyId;
use lockwork_model::page::Order;
use lockwork_model::time::Timestamp;
use requests::{CreateApiKey, UpdateApiKey};
use serde::Deserialize;
use utoipa::IntoParams;
use views::{ApiKeyList, ApiKeyView};

list_query! {
    ListApiKeys of "api keys" ordered by NAMED {
        /// Only those of this organization.
        #[serde(alias = "organization_id")]
        organization_id: String,
        /// Only the one of this id.
        id: String,
        /// Only those of exactly this name.
        #[serde(alias = "display_name")]
        display_name: String,
        /// Only those whose name has this in it, in capitals or not.
        search: String,
        /// Only those with a secret that ends so.
        #[serde(alias = "secret_token_suffix")]
        secret_token_suffix: String,
        /// Only those with exactly this id of yours.
        #[serde(alias = "external_id")]
        external_id: String,
        /// Only those with this tag.
        tag: String,
        /// Only those in this state: `ACTIVE`, `DISABLED`, `EXPIRED` or `REVOKED`.
        state: String,
        /// Only revoked ones, or only the others.
        revoked: bool,
        /// Only those made by this person.
        #[serde(alias = "creator_user_id")]
        creator_user_id: String,
        /// Only those made by this Backend API key.
        #[serde(alias = "creator_backend_api_key_id")]
        creator_backend_api_key_id: String,
        /// Only those that expire before this moment.
        #[serde(alias = "expires_before")]
        expires_before: Time,
        /// Whether to count the keys on all pages: up to 10,000.
        count: bool,
    }
}

impl ListApiKeys {
    fn filter(self, now: Timestamp) -> Result<ApiKeyFilter> {
        Ok(ApiKeyFilter {
            organization: optional_id(self.organization_id)?,
            id: optional_id(self.id)?,
            display_name: self.display_name,
            search: self.search.filter(|text| !text.is_empty()),
            secret_suffix: self.secret_token_suffix,
            external_id: self.external_id,
            tag: self.tag,
            state: read_state(self.state)?.map(|state| (state, now)),
            revoked: self.revoked,
            creator_user: optional_id(self.creator_user_id)?,
            creator_backend_api_key: optional_id(self.creator_backend_api_key_id)?,
            expires_before: self.expires_before.map(|time| time.0),
        })
    }
}

/// The state that keys shall be in.
///
/// # Errors
/// 400 that names the parameter.
pub(crate) fn read_state(name: Option<String>) -> Result<Option<KeyStateFilter>> {
    let state = name.map(|name| match name.as_str() {
        "ACTIVE" => Ok(KeyStateFilter::Active),
        "DISABLED" => Ok(KeyStateFilter::Disabled),
        "EXPIRED" => Ok(KeyStateFilter::Expired),
        "REVOKED" => Ok(KeyStateFilter::Revoked),
        _ => Err(Error::invalid_field("state", "must be ACTIVE, DISABLED, EXPIRED or REVOKED").into()),
    });
    state.transpose()
}

/// List API keys
///
/// Those of the whole project, or of one organization. By id, which is the order unless you ask for another one, a page
/// is found at once however many keys there are.
#[utoipa::path(
    get, path = "/v1/api-keys", tag = "API keys", params(ListApiKeys),
    responses((status = 200, body = ApiKeyList), ReadFailures)
)]
pub(crate) async fn list_api_keys(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListApiKeys>,
) -> Result<Json<ApiKeyList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let count = query.count.unwrap_or_default();
    let filter = query.filter(ctx.now())?;
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
/// The answer shows the secret this once. The same request with the same `Idempotency-Key` makes one key: for an hour it
/// is answered with the secret again, for a day without it.
#[utoipa::path(
    post, path = "/v1/api-keys", tag = "API keys", params(("Idempotency-Key" = Option<String>, Header)),
    request_body = CreateApiKey,
    responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn create_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Idempotent { body: Json(body), idempotency }: Idempotent<Json<CreateApiKey>>,
) -> Result<Json<ApiKeyEnvelope>> {
    let new = body.read(ctx.now())?;
    let issued = app.create_api_key(&ctx, new, idempotency).await?;
    Ok(ApiKeyEnvelope::of_issued(&issued, ctx.now()))
}

/// Get an API key
#[utoipa::path(
    get, path = "/v1/api-keys/{id}", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = ApiKeyEnvelope), ReadFailures)
)]
pub(crate) async fn get_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<ApiKeyEnvelope>> {
    let (key, grants) = app.get_api_key(&ctx, id).await?;
    Ok(ApiKeyEnvelope::new(&key, &grants, ctx.now()))
}

/// Change an API key
#[utoipa::path(
    patch, path = "/v1/api-keys/{id}", tag = "API keys", params(("id" = String, Path)), request_body = UpdateApiKey,
    responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn update_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<UpdateApiKey>,
) -> Result<Json<ApiKeyEnvelope>> {
    let update = body.read(ctx.now())?;
    let (key, grants) = app.update_api_key(&ctx, id, update).await?;
    Ok(ApiKeyEnvelope::new(&key, &grants, ctx.now()))
}

/// What to delete.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeleteApiKey {
    /// Whether to delete it even if it is not revoked.
    force: Option<bool>,
}

/// Delete an API key
///
/// Only a revoked one, or any with `force`.
#[utoipa::path(
    delete, path = "/v1/api-keys/{id}", tag = "API keys", params(("id" = String, Path), DeleteApiKey),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(query): Query<DeleteApiKey>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_api_key(&ctx, id, query.force.unwrap_or_default()).await?;
    Ok(Json(Empty {}))
}
