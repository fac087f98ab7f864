//! `/v1/publishable-keys`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, MaybeWrapped, NoBody, NoParameters, Query, Wrap};
use crate::wire::{Empty, Time, is_zero, list_query, non_empty};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::ids::PublishableKeyId;
use lockwork_model::page::Order;
use lockwork_model::publishable_keys::{PublishableKey, PublishableKeyUpdate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A publishable key: by it clients find the project's configuration. Not secret; its id is the key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PublishableKey)]
pub(crate) struct PublishableKeyView {
    id: String,
    #[serde(skip_serializing_if = "is_zero")]
    display_name: String,
    create_time: Time,
    update_time: Time,
    /// Whether sessions are relayed to pages on other domains.
    cross_domain_mode: bool,
}

impl From<&PublishableKey> for PublishableKeyView {
    fn from(key: &PublishableKey) -> Self {
        Self {
            id: key.id.to_string(),
            display_name: key.display_name.clone(),
            create_time: key.created_at.into(),
            update_time: key.updated_at.into(),
            cross_domain_mode: key.cross_domain_mode,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublishableKeyEnvelope {
    publishable_key: PublishableKeyView,
}

impl From<PublishableKey> for Json<PublishableKeyEnvelope> {
    fn from(key: PublishableKey) -> Self {
        Self(PublishableKeyEnvelope { publishable_key: (&key).into() })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublishableKeyList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    publishable_keys: Vec<PublishableKeyView>,
    #[serde(skip_serializing_if = "is_zero")]
    next_page_token: String,
}

/// A key to make or a change to one, here or below `publishableKey`; in a change, what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublishableKeyBody {
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    #[serde(alias = "cross_domain_mode")]
    cross_domain_mode: Option<bool>,
}

impl Wrap for PublishableKeyBody {
    const FIELDS: [&'static str; 2] = ["publishableKey", "publishable_key"];
}

list_query! {
    ListPublishableKeys of "publishable keys" ordered by NAMED {
        /// Only those of exactly this name.
        #[serde(alias = "display_name")]
        display_name: String,
    }
}

/// List publishable keys
#[utoipa::path(
    get, path = "/v1/publishable-keys", tag = "Publishable keys", params(ListPublishableKeys),
    responses((status = 200, body = PublishableKeyList), ReadFailures)
)]
pub(crate) async fn list_publishable_keys(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListPublishableKeys>,
) -> Result<Json<PublishableKeyList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let page = app.list_publishable_keys(&ctx, query.display_name, &request).await?;
    Ok(Json(PublishableKeyList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        publishable_keys: page.items.iter().map(Into::into).collect(),
    }))
}

/// Make a publishable key
#[utoipa::path(
    post, path = "/v1/publishable-keys", tag = "Publishable keys", request_body = PublishableKeyBody,
    responses((status = 200, body = PublishableKeyEnvelope), WriteFailures)
)]
pub(crate) async fn create_publishable_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<PublishableKeyBody>,
) -> Result<Json<PublishableKeyEnvelope>> {
    let (name, mode) = (body.display_name.unwrap_or_default(), body.cross_domain_mode.unwrap_or_default());
    Ok(app.create_publishable_key(&ctx, name, mode).await?.into())
}

/// Get a publishable key
#[utoipa::path(
    get, path = "/v1/publishable-keys/{id}", tag = "Publishable keys", params(("id" = String, Path)),
    responses((status = 200, body = PublishableKeyEnvelope), ReadFailures)
)]
pub(crate) async fn get_publishable_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<PublishableKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<PublishableKeyEnvelope>> {
    Ok(app.get_publishable_key(&ctx, id).await?.into())
}

/// Change a publishable key
#[utoipa::path(
    patch, path = "/v1/publishable-keys/{id}", tag = "Publishable keys", params(("id" = String, Path)),
    request_body = PublishableKeyBody, responses((status = 200, body = PublishableKeyEnvelope), WriteFailures)
)]
pub(crate) async fn update_publishable_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<PublishableKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<PublishableKeyBody>,
) -> Result<Json<PublishableKeyEnvelope>> {
    let update = PublishableKeyUpdate {
        display_name: non_empty(body.display_name),
        cross_domain_mode: body.cross_domain_mode,
    };
    Ok(app.update_publishable_key(&ctx, id, update).await?.into())
}

/// Delete a publishable key
///
/// Clients that use it find no configuration any more.
#[utoipa::path(
    delete, path = "/v1/publishable-keys/{id}", tag = "Publishable keys", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_publishable_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<PublishableKeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_publishable_key(&ctx, id).await?;
    Ok(Json(Empty {}))
}
