//! `/v1/roles`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoBody, NoParameters, Query};
use crate::wire::{Empty, Time, is_zero, list_query, non_empty, optional_id};
use axum::extract::State;
use lockwork_app::{App, RoleFilter};
use lockwork_model::ids::{OrganizationId, RoleId};
use lockwork_model::page::Order;
use lockwork_model::roles::{NewRole, Role, RoleUpdate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A role: a named set of actions.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Role)]
pub(crate) struct RoleView {
    id: String,
    /// The organization it is for; absent if it is for the whole project.
    #[serde(skip_serializing_if = "is_zero")]
    organization_id: String,
    create_time: Time,
    update_time: Time,
    #[serde(skip_serializing_if = "is_zero")]
    display_name: String,
    #[serde(skip_serializing_if = "is_zero")]
    description: String,
    #[serde(skip_serializing_if = "is_zero")]
    actions: Vec<String>,
}

impl From<&Role> for RoleView {
    fn from(role: &Role) -> Self {
        Self {
            id: role.id.to_string(),
            organization_id: role.organization.map(|id| id.to_string()).unwrap_or_default(),
            create_time: role.created_at.into(),
            update_time: role.updated_at.into(),
            display_name: role.display_name.clone(),
            description: role.description.clone(),
            actions: role.actions.iter().map(ToString::to_string).collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RoleEnvelope {
    role: RoleView,
}

impl From<Role> for Json<RoleEnvelope> {
    fn from(role: Role) -> Self {
        Self(RoleEnvelope { role: (&role).into() })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) roles: Vec<RoleView>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) next_page_token: String,
}

/// A role to make, or a change to one: what is absent or empty stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleBody {
    /// The organization it is for; absent for the whole project. Ignored in a change.
    #[serde(alias = "organization_id")]
    organization_id: Option<String>,
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    description: Option<String>,
    /// Names of actions of the RBAC policy; in a change they replace the set.
    actions: Option<Vec<String>>,
}

list_query! {
    ListRoles of "roles" ordered by NAMED {
        /// Only those of this organization; without it only those of the whole project.
        #[serde(alias = "organization_id")]
        organization_id: String,
        /// Only those of exactly this name.
        #[serde(alias = "display_name")]
        display_name: String,
    }
}

/// List roles
#[utoipa::path(
    get, path = "/v1/roles", tag = "Roles", params(ListRoles),
    responses((status = 200, body = RoleList), ReadFailures)
)]
pub(crate) async fn list_roles(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
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
#[utoipa::path(
    post, path = "/v1/roles", tag = "Roles", request_body = RoleBody,
    responses((status = 200, body = RoleEnvelope), WriteFailures)
)]
pub(crate) async fn create_role(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RoleBody>,
) -> Result<Json<RoleEnvelope>> {
    let new = NewRole {
        organization: optional_id(body.organization_id)?,
        display_name: body.display_name.unwrap_or_default(),
        description: body.description.unwrap_or_default(),
        actions: body.actions.unwrap_or_default(),
    };
    Ok(app.create_role(&ctx, new).await?.into())
}

/// Get a role
#[utoipa::path(
    get, path = "/v1/roles/{id}", tag = "Roles", params(("id" = String, Path)),
    responses((status = 200, body = RoleEnvelope), ReadFailures)
)]
pub(crate) async fn get_role(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<RoleId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<RoleEnvelope>> {
    Ok(app.get_role(&ctx, id).await?.into())
}

/// Change a role
///
/// A new set of actions is in effect for every key that has the role at once, and for users from their next access token
/// on.
#[utoipa::path(
    patch, path = "/v1/roles/{id}", tag = "Roles", params(("id" = String, Path)), request_body = RoleBody,
    responses((status = 200, body = RoleEnvelope), WriteFailures)
)]
pub(crate) async fn update_role(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<RoleId>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RoleBody>,
) -> Result<Json<RoleEnvelope>> {
    optional_id::<OrganizationId>(body.organization_id)?;
    let update = RoleUpdate {
        display_name: non_empty(body.display_name),
        description: non_empty(body.description),
        actions: body.actions.filter(|actions| !actions.is_empty()),
    };
    Ok(app.update_role(&ctx, id, update).await?.into())
}

/// Delete a role
///
/// It is taken from every key and every user that has it.
#[utoipa::path(
    delete, path = "/v1/roles/{id}", tag = "Roles", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_role(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<RoleId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_role(&ctx, id).await?;
    Ok(Json(Empty {}))
}
