//! `/v1/backend-api-keys`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, MaybeWrapped, NoBody, NoParameters, Query, Wrap};
use crate::wire::{Empty, Time, is_zero, list_query, non_empty};
use axum::extract::State;
use lockwork_app::{App, BackendApiKeyFilter};
use lockwork_model::access::BackendKeyScope;
use lockwork_model::backend_api_keys::{BackendApiKey, IssuedBackendApiKey, NewBackendApiKey};
use lockwork_model::error::Error;
use lockwork_model::ids::BackendApiKeyId;
use lockwork_model::page::Order;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key for the Backend API.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BackendApiKey)]
pub(crate) struct BackendApiKeyView {
    id: String,
    #[serde(skip_serializing_if = "is_zero")]
    display_name: String,
    /// `full`, `read`, or `verify`: authenticate and verify API keys only.
    scope: String,
    create_time: Time,
    update_time: Time,
    /// The secret; only the answer that made the key has it.
    #[serde(skip_serializing_if = "is_zero")]
    secret_token: String,
    #[serde(skip_serializing_if = "is_zero")]
    revoked: bool,
}

impl From<&BackendApiKey> for BackendApiKeyView {
    fn from(key: &BackendApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            display_name: key.display_name.clone(),
            scope: key.scope.as_str().to_owned(),
            create_time: key.created_at.into(),
            update_time: key.updated_at.into(),
            secret_token: String::new(),
            revoked: key.revoked_at.is_some(),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackendApiKeyEnvelope {
    backend_api_key: BackendApiKeyView,
}

impl From<BackendApiKey> for Json<BackendApiKeyEnvelope> {
    fn from(key: BackendApiKey) -> Self {
        Self(BackendApiKeyEnvelope { backend_api_key: (&key).into() })
    }
}

impl From<IssuedBackendApiKey> for Json<BackendApiKeyEnvelope> {
    fn from(issued: IssuedBackendApiKey) -> Self {
        let mut backend_api_key = BackendApiKeyView::from(&issued.key);
        issued.secret.reveal().clone_into(&mut backend_api_key.secret_token);
        Self(BackendApiKeyEnvelope { backend_api_key })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackendApiKeyList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    backend_api_keys: Vec<BackendApiKeyView>,
    #[serde(skip_serializing_if = "is_zero")]
    next_page_token: String,
}

/// A key to make, here or below `backendApiKey`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateBackendApiKey {
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    /// `full` (if not given), `read` or `verify`. Cannot be changed later.
    scope: Option<String>,
}

/// A change to a key, here or below `backendApiKey`; what is absent or empty stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateBackendApiKey {
    #[serde(alias = "display_name")]
    display_name: Option<String>,
}

impl Wrap for CreateBackendApiKey {
    const FIELDS: [&'static str; 2] = ["backendApiKey", "backend_api_key"];
}

impl Wrap for UpdateBackendApiKey {
    const FIELDS: [&'static str; 2] = CreateBackendApiKey::FIELDS;
}

impl TryFrom<CreateBackendApiKey> for NewBackendApiKey {
    type Error = Error;

    fn try_from(body: CreateBackendApiKey) -> std::result::Result<Self, Error> {
        let scope = match non_empty(body.scope) {
            None => BackendKeyScope::Full,
            Some(name) => BackendKeyScope::from_name(&name)
                .ok_or_else(|| Error::invalid_field("backendApiKey.scope", "must be full, read or verify"))?,
        };
        Ok(Self { display_name: body.display_name.unwrap_or_default(), scope })
    }
}

list_query! {
    ListBackendApiKeys of "backend api keys" ordered by NAMED {
        /// Only those of exactly this name.
        #[serde(alias = "display_name")]
        display_name: String,
        /// Only revoked ones, or only the others.
        revoked: bool,
    }
}

/// List Backend API keys
#[utoipa::path(
    get, path = "/v1/backend-api-keys", tag = "Backend API keys", params(ListBackendApiKeys),
    responses((status = 200, body = BackendApiKeyList), ReadFailures)
)]
pub(crate) async fn list_backend_api_keys(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListBackendApiKeys>,
) -> Result<Json<BackendApiKeyList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let filter = BackendApiKeyFilter { display_name: query.display_name, revoked: query.revoked };
    let page = app.list_backend_api_keys(&ctx, filter, &request).await?;
    Ok(Json(BackendApiKeyList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        backend_api_keys: page.items.iter().map(Into::into).collect(),
    }))
}

/// Make a Backend API key
///
/// The answer shows the secret this once. Deploy one with the scope `verify` beside an app.
#[utoipa::path(
    post, path = "/v1/backend-api-keys", tag = "Backend API keys", request_body = CreateBackendApiKey,
    responses((status = 200, body = BackendApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn create_backend_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<CreateBackendApiKey>,
) -> Result<Json<BackendApiKeyEnvelope>> {
    Ok(app.create_backend_api_key(&ctx, body.try_into()?).await?.into())
}

/// Get a Backend API key
#[utoipa::path(
    get, path = "/v1/backend-api-keys/{id}", tag = "Backend API keys", params(("id" = String, Path)),
    responses((status = 200, body = BackendApiKeyEnvelope), ReadFailures)
)]
pub(crate) async fn get_backend_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<BackendApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<BackendApiKeyEnvelope>> {
    Ok(app.get_backend_api_key(&ctx, id).await?.into())
}

/// Rename a Backend API key
#[utoipa::path(
    patch, path = "/v1/backend-api-keys/{id}", tag = "Backend API keys", params(("id" = String, Path)),
    request_body = UpdateBackendApiKey, responses((status = 200, body = BackendApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn update_backend_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<BackendApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<UpdateBackendApiKey>,
) -> Result<Json<BackendApiKeyEnvelope>> {
    Ok(app.update_backend_api_key(&ctx, id, non_empty(body.display_name)).await?.into())
}

/// Revoke a Backend API key
///
/// For good; also the very key that the request came with.
#[utoipa::path(
    post, path = "/v1/backend-api-keys/{id}/revoke", tag = "Backend API keys", params(("id" = String, Path)),
    responses((status = 200, body = BackendApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn revoke_backend_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<BackendApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<BackendApiKeyEnvelope>> {
    Ok(app.revoke_backend_api_key(&ctx, id).await?.into())
}

/// Delete a Backend API key
///
/// Only a revoked one.
#[utoipa::path(
    delete, path = "/v1/backend-api-keys/{id}", tag = "Backend API keys", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_backend_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<BackendApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_backend_api_key(&ctx, id).await?;
    Ok(Json(Empty {}))
}
