//! `/v1/user-role-assignments`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoBody, NoParameters, Query};
use crate::wire::{Empty, is_zero, list_query, optional_id, required_id};
use axum::extract::State;
use lockwork_app::{App, UserRoleAssignmentFilter};
use lockwork_model::error::Error;
use lockwork_model::ids::UserRoleAssignmentId;
use lockwork_model::page::Order;
use lockwork_model::user_role_assignments::UserRoleAssignment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A role given to a user.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserRoleAssignment)]
pub(crate) struct UserRoleAssignmentView {
    id: String,
    user_id: String,
    role_id: String,
}

impl From<&UserRoleAssignment> for UserRoleAssignmentView {
    fn from(assignment: &UserRoleAssignment) -> Self {
        Self {
            id: assignment.id.to_string(),
            user_id: assignment.user.to_string(),
            role_id: assignment.role.to_string(),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserRoleAssignmentEnvelope {
    user_role_assignment: UserRoleAssignmentView,
}

impl From<UserRoleAssignment> for Json<UserRoleAssignmentEnvelope> {
    fn from(assignment: UserRoleAssignment) -> Self {
        Self(UserRoleAssignmentEnvelope { user_role_assignment: (&assignment).into() })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserRoleAssignmentList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) user_role_assignments: Vec<UserRoleAssignmentView>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) next_page_token: String,
}

/// A role to give to a user.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateUserRoleAssignment {
    #[serde(alias = "user_id")]
    #[schema(required)]
    pub(crate) user_id: Option<String>,
    #[serde(alias = "role_id")]
    #[schema(required)]
    pub(crate) role_id: Option<String>,
}

list_query! {
    ListUserRoleAssignments of "user role assignments" ordered by UNNAMED {
        /// Only those of this user. This or `roleId` is required.
        #[serde(alias = "user_id")]
        user_id: String,
        /// Only those with this role. This or `userId` is required.
        #[serde(alias = "role_id")]
        role_id: String,
    }
}

/// List user role assignments
///
/// The roles of a user, or the users with a role.
#[utoipa::path(
    get, path = "/v1/user-role-assignments", tag = "Users", params(ListUserRoleAssignments),
    responses((status = 200, body = UserRoleAssignmentList), ReadFailures)
)]
pub(crate) async fn list_user_role_assignments(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListUserRoleAssignments>,
) -> Result<Json<UserRoleAssignmentList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let filter =
        UserRoleAssignmentFilter { user: optional_id(query.user_id)?, role: optional_id(query.role_id)? };
    if filter.user.is_none() && filter.role.is_none() {
        return Err(Error::invalid("userId or roleId is required").into());
    }
    let page = app.list_user_role_assignments(&ctx, filter, &request).await?;
    Ok(Json(UserRoleAssignmentList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        user_role_assignments: page.items.iter().map(Into::into).collect(),
    }))
}

/// Give a role to a user
///
/// Their access tokens have its actions from the next refresh on. A role that they have already stays theirs.
#[utoipa::path(
    post, path = "/v1/user-role-assignments", tag = "Users", request_body = CreateUserRoleAssignment,
    responses((status = 200, body = UserRoleAssignmentEnvelope), WriteFailures)
)]
pub(crate) async fn create_user_role_assignment(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<CreateUserRoleAssignment>,
) -> Result<Json<UserRoleAssignmentEnvelope>> {
    let (user, role) = (required_id("userId", body.user_id)?, required_id("roleId", body.role_id)?);
    Ok(app.create_user_role_assignment(&ctx, user, role).await?.into())
}

/// Get a user role assignment
#[utoipa::path(
    get, path = "/v1/user-role-assignments/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = UserRoleAssignmentEnvelope), ReadFailures)
)]
pub(crate) async fn get_user_role_assignment(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<UserRoleAssignmentId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<UserRoleAssignmentEnvelope>> {
    Ok(app.get_user_role_assignment(&ctx, id).await?.into())
}

/// Take a role from a user
///
/// Their access tokens lose its actions at the next refresh, within five minutes.
#[utoipa::path(
    delete, path = "/v1/user-role-assignments/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_user_role_assignment(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<UserRoleAssignmentId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_user_role_assignment(&ctx, id).await?;
    Ok(Json(Empty {}))
}
