//! `roles`: those of the whole project, and those of the caller's organization.

use super::caller::MemberCtx;
use super::failures::{ReadFailures, WriteFailures};
use crate::backend::roles::{RoleEnvelope, RoleList};
use crate::error::Result;
use crate::extract::{Id, Json, NoBody, NoParameters, Query};
use crate::wire::{Empty, list_query, non_empty, optional_id};
use axum::extract::State;
use lockwork_app::{App, RoleFilter};
use lockwork_model::ids::RoleId;
use lockwork_model::page::Order;
use lockwork_model::roles::{NewRole, RoleUpdate};
use serde::Deserialize;
use utoipa::ToSchema;

/// A role of the caller's organization to make, or a change to one: what is absent or empty stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleBody {
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    description: Option<String>,
    /// Names of actions of the RBAC policy; in a change they replace the set.
    actions: Option<Vec<String>>,
}

list_query! {
    ListRoles of "roles" ordered by NAMED {
        /// The caller's organization, for its own roles; without it those of the whole project.
        #[serde(alias = "organization_id")]
        organization_id: String,
        /// Only those of exactly this name.
        #[serde(alias = "display_name")]
        display_name: String,
    }
}

/// List roles
#[utoipa::path(
    get, path = "/api/frontend/v1/roles", tag = "Roles", params(ListRoles),
    responses((status = 200, body = RoleList), ReadFailures)
)]
pub(crate) async fn list_roles(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(mut query): Query<ListRoles>,
) -> Result<Json<RoleList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let filter =
        RoleFilter { organization: optional_id(query.organization_id)?, display_name: query.display_name };
    let page = app.list_roles(&ctx, filter, &request).await?;
    Ok(Json(RoleList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        roles: page.items.iter().map(Into::into).collect(),
    }))
}

/// Make a role
///
/// Owners only, and only where the organization may have roles of its own.
#[utoipa::path(
    post, path = "/api/frontend/v1/roles", tag = "Roles", request_body = RoleBody,
    responses((status = 200, body = RoleEnvelope), WriteFailures)
)]
pub(crate) async fn create_role(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RoleBody>,
) -> Result<Json<RoleEnvelope>> {
    let new = NewRole {
        organization: Some(organization),
        display_name: body.display_name.unwrap_or_default(),
        description: body.description.unwrap_or_default(),
        actions: body.actions.unwrap_or_default(),
    };
    Ok(app.create_role(&ctx, new).await?.into())
}

/// Get a role
#[utoipa::path(
    get, path = "/api/frontend/v1/roles/{id}", tag = "Roles", params(("id" = String, Path)),
    responses((status = 200, body = RoleEnvelope), ReadFailures)
)]
pub(crate) async fn get_role(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<RoleId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<RoleEnvelope>> {
    Ok(app.get_role(&ctx, id).await?.into())
}

/// Change a role
///
/// Owners only, and only a role of their organization.
#[utoipa::path(
    patch, path = "/api/frontend/v1/roles/{id}", tag = "Roles", params(("id" = String, Path)),
    request_body = RoleBody, responses((status = 200, body = RoleEnvelope), WriteFailures)
)]
pub(crate) async fn update_role(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<RoleId>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RoleBody>,
) -> Result<Json<RoleEnvelope>> {
    let update = RoleUpdate {
        display_name: non_empty(body.display_name),
        description: non_empty(body.description),
        actions: body.actions.filter(|actions| !actions.is_empty()),
    };
    Ok(app.update_role(&ctx, id, update).await?.into())
}

/// Delete a role
///
/// Owners only, and only a role of their organization. It is taken from everybody, and from every key, that has it.
#[utoipa::path(
    delete, path = "/api/frontend/v1/roles/{id}", tag = "Roles", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_role(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<RoleId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_role(&ctx, id).await?;
    Ok(Json(Empty {}))
}
