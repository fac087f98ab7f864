//! `/v1/api-keys`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoBody, NoParameters, Query, optional_object};
use crate::wire::{Empty, Time, is_zero, list_query, required, required_id};
use axum::extract::State;
use lockwork_app::{ApiKeyFilter, ApiKeyUpdate, App};
use lockwork_model::api_keys::{ApiKey, ApiKeyGrants, IssuedApiKey, NewApiKey};
use lockwork_model::error::Error;
use lockwork_model::ids::ApiKeyId;
use lockwork_model::page::Order;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An API key of an organization.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    id: String,
    organization_id: String,
    create_time: Time,
    update_time: Time,
    /// When it stops working; absent means never.
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_time: Option<Time>,
    #[serde(skip_serializing_if = "is_zero")]
    display_name: String,
    /// The secret; only the answer that made the key has it.
    #[serde(skip_serializing_if = "is_zero")]
    secret_token: String,
    /// The secret's last four characters; absent once the key is revoked.
    #[serde(skip_serializing_if = "is_zero")]
    secret_token_suffix: String,
    #[serde(skip_serializing_if = "is_zero")]
    revoked: bool,
    /// The key's roles; not in lists.
    #[serde(skip_serializing_if = "is_zero")]
    role_ids: Vec<String>,
    /// The actions given directly; not in lists.
    #[serde(skip_serializing_if = "is_zero")]
    actions: Vec<String>,
}

impl From<&ApiKey> for ApiKeyView {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            organization_id: key.organization.to_string(),
            create_time: key.created_at.into(),
            update_time: key.updated_at.into(),
            expire_time: key.expires_at.map(Time),
            display_name: key.display_name.clone(),
            secret_token: String::new(),
            secret_token_suffix: if key.is_revoked() { String::new() } else { key.secret_suffix.clone() },
            revoked: key.is_revoked(),
            role_ids: Vec::new(),
            actions: Vec::new(),
        }
    }
}

impl ApiKeyView {
    fn with(mut self, grants: &ApiKeyGrants) -> Self {
        self.role_ids = grants.roles.iter().map(ToString::to_string).collect();
        self.actions = grants.actions.iter().map(ToString::to_string).collect();
        self
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyEnvelope {
    api_key: ApiKeyView,
}

impl From<(ApiKey, ApiKeyGrants)> for Json<ApiKeyEnvelope> {
    fn from((key, grants): (ApiKey, ApiKeyGrants)) -> Self {
        Self(ApiKeyEnvelope { api_key: ApiKeyView::from(&key).with(&grants) })
    }
}

impl From<IssuedApiKey> for Json<ApiKeyEnvelope> {
    fn from(issued: IssuedApiKey) -> Self {
        let mut api_key = ApiKeyView::from(&issued.key).with(&issued.grants);
        issued.secret.reveal().clone_into(&mut api_key.secret_token);
        Self(ApiKeyEnvelope { api_key })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    api_keys: Vec<ApiKeyView>,
    #[serde(skip_serializing_if = "is_zero")]
    next_page_token: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateApiKey {
    #[serde(alias = "api_key", default, deserialize_with = "optional_object")]
    #[schema(required)]
    api_key: Option<NewApiKeyBody>,
}

/// A key to make.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewApiKeyBody {
    #[serde(alias = "organization_id")]
    #[schema(required)]
    organization_id: Option<String>,
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    /// When it shall stop working; must be in the future. Absent means never.
    #[serde(alias = "expire_time")]
    expire_time: Option<Time>,
    /// Roles to give it at once.
    #[serde(alias = "role_ids")]
    role_ids: Option<Vec<String>>,
    /// Actions to give it directly, by name.
    actions: Option<Vec<String>>,
}

impl TryFrom<NewApiKeyBody> for NewApiKey {
    type Error = crate::error::Refusal;

    fn try_from(body: NewApiKeyBody) -> Result<Self> {
        let role =
            |text: String| text.parse().map_err(|problem| Error::invalid_field("apiKey.roleIds", problem));
        let action =
            |text: String| text.parse().map_err(|problem| Error::invalid_field("apiKey.actions", problem));
        Ok(Self {
            organization: required_id("apiKey.organizationId", body.organization_id)?,
            display_name: body.display_name.unwrap_or_default(),
            expires_at: body.expire_time.map(|time| time.0),
            roles: body
                .role_ids
                .unwrap_or_default()
                .into_iter()
                .map(role)
                .collect::<std::result::Result<_, _>>()?,
            actions: body
                .actions
                .unwrap_or_default()
                .into_iter()
                .map(action)
                .collect::<std::result::Result<_, _>>()?,
        })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateApiKey {
    #[serde(alias = "api_key", default, deserialize_with = "optional_object")]
    #[schema(required)]
    api_key: Option<ApiKeyChange>,
}

/// A change to a key; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApiKeyChange {
    #[serde(alias = "display_name")]
    display_name: Option<String>,
}

list_query! {
    ListApiKeys of "api keys" ordered by NAMED {
        /// Whose keys. Required.
        #[serde(alias = "organization_id")]
        #[param(required = true)]
        organization_id: String,
        /// Only those of exactly this name.
        #[serde(alias = "display_name")]
        display_name: String,
        /// Only the one whose secret ends so.
        #[serde(alias = "secret_token_suffix")]
        secret_token_suffix: String,
        /// Only revoked ones, or only the others.
        revoked: bool,
    }
}

/// List API keys
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
    let filter = ApiKeyFilter {
        organization: required_id("organizationId", query.organization_id)?,
        display_name: query.display_name,
        secret_suffix: query.secret_token_suffix,
        revoked: query.revoked,
    };
    let page = app.list_api_keys(&ctx, filter, &request).await?;
    Ok(Json(ApiKeyList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        api_keys: page.items.iter().map(Into::into).collect(),
    }))
}

/// Make an API key
///
/// The answer shows the secret this once.
#[utoipa::path(
    post, path = "/v1/api-keys", tag = "API keys", request_body = CreateApiKey,
    responses((status = 200, body = ApiKeyEnvelope), WriteFailures)
)]
pub(crate) async fn create_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<CreateApiKey>,
) -> Result<Json<ApiKeyEnvelope>> {
    let new = required("apiKey", body.api_key)?.try_into()?;
    Ok(app.create_api_key(&ctx, new).await?.into())
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
    Ok(app.get_api_key(&ctx, id).await?.into())
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
    let update = ApiKeyUpdate { display_name: required("apiKey", body.api_key)?.display_name };
    Ok(app.update_api_key(&ctx, id, update).await?.into())
}

/// Revoke an API key
///
/// For good. Once this is answered, this node refuses the key; every other does within a second.
#[utoipa::path(
    post, path = "/v1/api-keys/{id}/revoke", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn revoke_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.revoke_api_key(&ctx, id).await?;
    Ok(Json(Empty {}))
}

/// Delete an API key
///
/// Only a revoked one.
#[utoipa::path(
    delete, path = "/v1/api-keys/{id}", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_api_key(&ctx, id).await?;
    Ok(Json(Empty {}))
}
