//! `/v1/limit-overrides`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, MaybeWrapped, NoBody, NoParameters, Query, Wrap};
use crate::wire::{Empty, RateKind, Time, Whole, is_zero, list_query, required};
use axum::extract::State;
use lockwork_app::{App, LimitOverrideFilter, LimitOverrideUpdate, NewLimitOverride};
use lockwork_model::error::Error;
use lockwork_model::ids::LimitOverrideId;
use lockwork_model::limit_overrides::{Identifier, LimitOverride};
use lockwork_model::limits::Rate;
use lockwork_model::page::Order;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A limit that one identifier has instead of the one that a check brings.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LimitOverride)]
pub(crate) struct LimitOverrideView {
    id: String,
    namespace: String,
    identifier: String,
    kind: RateKind,
    /// 0 blocks the identifier.
    limit: u64,
    window_seconds: u64,
    /// The most at once; only of the kind `BUCKET`.
    #[serde(skip_serializing_if = "Option::is_none")]
    burst: Option<u64>,
    create_time: Time,
    update_time: Time,
}

impl From<&LimitOverride> for LimitOverrideView {
    fn from(limit: &LimitOverride) -> Self {
        Self {
            id: limit.id.to_string(),
            namespace: limit.identifier.namespace.to_string(),
            identifier: limit.identifier.identifier.clone(),
            kind: limit.rate.into(),
            limit: limit.limit,
            window_seconds: limit.rate.seconds(),
            burst: burst(limit.rate),
            create_time: limit.created_at.into(),
            update_time: limit.updated_at.into(),
        }
    }
}

const fn burst(rate: Rate) -> Option<u64> {
    match rate {
        Rate::Window { .. } => None,
        Rate::Bucket { burst, .. } => Some(burst),
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LimitOverrideEnvelope {
    limit_override: LimitOverrideView,
}

impl From<LimitOverride> for Json<LimitOverrideEnvelope> {
    fn from(limit: LimitOverride) -> Self {
        Self(LimitOverrideEnvelope { limit_override: (&limit).into() })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LimitOverrideList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limit_overrides: Vec<LimitOverrideView>,
    #[serde(skip_serializing_if = "is_zero")]
    next_page_token: String,
}

/// An override to make.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateLimitOverride {
    #[schema(required)]
    namespace: Option<String>,
    #[schema(required)]
    identifier: Option<String>,
    /// 0 blocks the identifier.
    #[schema(required)]
    limit: Option<Whole>,
    #[serde(alias = "window_seconds")]
    #[schema(required)]
    window_seconds: Option<Whole>,
    /// `WINDOW` if not given, or `BUCKET`.
    kind: Option<String>,
    /// The most at once; only of the kind `BUCKET`, whose limit it is if not given.
    burst: Option<Whole>,
}

impl Wrap for CreateLimitOverride {
    const FIELDS: [&'static str; 2] = ["limitOverride", "limit_override"];
}

/// A change to an override; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateLimitOverride {
    /// 0 blocks the identifier.
    limit: Option<Whole>,
    #[serde(alias = "window_seconds")]
    window_seconds: Option<Whole>,
    /// `WINDOW` or `BUCKET`.
    kind: Option<String>,
    /// The most at once; only of the kind `BUCKET`.
    burst: Option<Whole>,
}

impl Wrap for UpdateLimitOverride {
    const FIELDS: [&'static str; 2] = ["limitOverride", "limit_override"];
}

list_query! {
    ListLimitOverrides of "limit overrides" ordered by UNNAMED {
        /// Only those of this namespace.
        namespace: String,
        /// Only those of exactly this identifier.
        identifier: String,
    }
}

/// List limit overrides
#[utoipa::path(
    get, path = "/v1/limit-overrides", tag = "Limits", params(ListLimitOverrides),
    responses((status = 200, body = LimitOverrideList), ReadFailures)
)]
pub(crate) async fn list_limit_overrides(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListLimitOverrides>,
) -> Result<Json<LimitOverrideList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let namespace = query
        .namespace
        .map(|name| name.parse().map_err(|problem| Error::invalid_field("namespace", problem)));
    let filter = LimitOverrideFilter { namespace: namespace.transpose()?, identifier: query.identifier };
    let page = app.list_limit_overrides(&ctx, filter, &request).await?;
    Ok(Json(LimitOverrideList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        limit_overrides: page.items.iter().map(Into::into).collect(),
    }))
}

/// Make a limit override
#[utoipa::path(
    post, path = "/v1/limit-overrides", tag = "Limits", request_body = CreateLimitOverride,
    responses((status = 200, body = LimitOverrideEnvelope), WriteFailures)
)]
pub(crate) async fn create_limit_override(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<CreateLimitOverride>,
) -> Result<Json<LimitOverrideEnvelope>> {
    let namespace = required("namespace", body.namespace)?;
    let limit = required("limit", body.limit)?.0;
    let new = NewLimitOverride {
        identifier: Identifier::new("", &namespace, required("identifier", body.identifier)?)?,
        limit,
        rate: Rate::new(
            "",
            body.kind.as_deref().unwrap_or("WINDOW"),
            limit,
            body.window_seconds.map(|seconds| seconds.0),
            body.burst.map(|burst| burst.0),
        )?,
    };
    Ok(app.create_limit_override(&ctx, new).await?.into())
}

/// Get a limit override
#[utoipa::path(
    get, path = "/v1/limit-overrides/{id}", tag = "Limits", params(("id" = String, Path)),
    responses((status = 200, body = LimitOverrideEnvelope), ReadFailures)
)]
pub(crate) async fn get_limit_override(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<LimitOverrideId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<LimitOverrideEnvelope>> {
    Ok(app.get_limit_override(&ctx, id).await?.into())
}

fn changed(
    present: &LimitOverride,
    body: &UpdateLimitOverride,
) -> std::result::Result<LimitOverrideUpdate, Error> {
    let limit = body.limit.map_or(present.limit, |limit| limit.0);
    let kind = body.kind.as_deref().unwrap_or(present.rate.kind());
    let seconds = body.window_seconds.map_or(present.rate.seconds(), |seconds| seconds.0);
    // A burst stays with its kind, unless it was the limit itself.
    let kept = burst(present.rate).filter(|&burst| kind == "BUCKET" && burst != present.limit);
    let burst = body.burst.map(|burst| burst.0).or(kept);
    Ok(LimitOverrideUpdate { limit, rate: Rate::new("", kind, limit, Some(seconds), burst)? })
}

/// Change a limit override
#[utoipa::path(
    patch, path = "/v1/limit-overrides/{id}", tag = "Limits", params(("id" = String, Path)),
    request_body = UpdateLimitOverride,
    responses((status = 200, body = LimitOverrideEnvelope), WriteFailures)
)]
pub(crate) async fn update_limit_override(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<LimitOverrideId>,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<UpdateLimitOverride>,
) -> Result<Json<LimitOverrideEnvelope>> {
    Ok(app.update_limit_override(&ctx, id, |present| changed(present, &body)).await?.into())
}

/// Delete a limit override
#[utoipa::path(
    delete, path = "/v1/limit-overrides/{id}", tag = "Limits", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_limit_override(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<LimitOverrideId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_limit_override(&ctx, id).await?;
    Ok(Json(Empty {}))
}
