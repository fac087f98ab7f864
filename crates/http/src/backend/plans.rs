//! `/v1/plans`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{
    BackendCtx, Id, Json, MaybeWrapped, NoBody, NoParameters, Query, Wrap, optional_objects,
};
use crate::wire::{Empty, LimitBody, LimitView, Time, is_zero, list_query, non_empty, read_limits};
use axum::extract::State;
use lockwork_app::{App, NewPlan, PlanUpdate};
use lockwork_model::ids::PlanId;
use lockwork_model::page::Order;
use lockwork_model::plans::Plan;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named set of limits, kept in one place and assigned to organizations and API keys.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Plan)]
pub(crate) struct PlanView {
    id: String,
    #[serde(skip_serializing_if = "is_zero")]
    display_name: String,
    #[serde(skip_serializing_if = "is_zero")]
    description: String,
    /// A key or an organization that has a limit of the same name has that one instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limits: Vec<LimitView>,
    create_time: Time,
    update_time: Time,
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        Self {
            id: plan.id.to_string(),
            display_name: plan.display_name.clone(),
            description: plan.description.clone(),
            limits: plan.limits.iter().map(Into::into).collect(),
            create_time: plan.created_at.into(),
            update_time: plan.updated_at.into(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PlanEnvelope {
    plan: PlanView,
}

impl From<Plan> for Json<PlanEnvelope> {
    fn from(plan: Plan) -> Self {
        Self(PlanEnvelope { plan: (&plan).into() })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlanList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    plans: Vec<PlanView>,
    #[serde(skip_serializing_if = "is_zero")]
    next_page_token: String,
}

/// A plan to make, or a change to one: what is absent, or an empty name, stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlanBody {
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    description: Option<String>,
    /// The whole set of limits; in effect for everything that has the plan at once.
    #[serde(default, deserialize_with = "optional_objects")]
    limits: Option<Vec<LimitBody>>,
}

impl Wrap for PlanBody {
    const FIELDS: [&'static str; 2] = ["plan", "plan"];
}

list_query! {
    ListPlans of "plans" ordered by NAMED {}
}

/// List plans
#[utoipa::path(
    get, path = "/v1/plans", tag = "Limits", params(ListPlans),
    responses((status = 200, body = PlanList), ReadFailures)
)]
pub(crate) async fn list_plans(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListPlans>,
) -> Result<Json<PlanList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let page = app.list_plans(&ctx, &request).await?;
    Ok(Json(PlanList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        plans: page.items.iter().map(Into::into).collect(),
    }))
}

/// Make a plan
#[utoipa::path(
    post, path = "/v1/plans", tag = "Limits", request_body = PlanBody,
    responses((status = 200, body = PlanEnvelope), WriteFailures)
)]
pub(crate) async fn create_plan(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<PlanBody>,
) -> Result<Json<PlanEnvelope>> {
    let new = NewPlan {
        display_name: body.display_name.unwrap_or_default(),
        description: body.description.unwrap_or_default(),
        limits: read_limits("limits", body.limits.unwrap_or_default())?,
    };
    Ok(app.create_plan(&ctx, new).await?.into())
}

/// Get a plan
#[utoipa::path(
    get, path = "/v1/plans/{id}", tag = "Limits", params(("id" = String, Path)),
    responses((status = 200, body = PlanEnvelope), ReadFailures)
)]
pub(crate) async fn get_plan(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<PlanId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<PlanEnvelope>> {
    Ok(app.get_plan(&ctx, id).await?.into())
}

/// Change a plan
///
/// Other limits are in effect for every API key and organization that has the plan at once. A limit that keeps its name,
/// kind and window goes on counting where it was.
#[utoipa::path(
    patch, path = "/v1/plans/{id}", tag = "Limits", params(("id" = String, Path)), request_body = PlanBody,
    responses((status = 200, body = PlanEnvelope), WriteFailures)
)]
pub(crate) async fn update_plan(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<PlanId>,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<PlanBody>,
) -> Result<Json<PlanEnvelope>> {
    let update = PlanUpdate {
        display_name: non_empty(body.display_name),
        description: body.description,
        limits: body.limits.map(|bodies| read_limits("limits", bodies)).transpose()?,
    };
    Ok(app.update_plan(&ctx, id, update).await?.into())
}

/// Delete a plan
///
/// Only one that no organization and no API key has.
#[utoipa::path(
    delete, path = "/v1/plans/{id}", tag = "Limits", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_plan(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<PlanId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_plan(&ctx, id).await?;
    Ok(Json(Empty {}))
}
