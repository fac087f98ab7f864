//! `user-role-assignments`: the roles of the organization's people.

use super::caller::MemberCtx;
use super::failures::{ReadFailures, WriteFailures};
use crate::backend::user_role_assignments::{
    CreateUserRoleAssignment, UserRoleAssignmentEnvelope, UserRoleAssignmentList,
};
use crate::error::Result;
use crate::extract::{Id, Json, NoBody, NoParameters, Query};
use crate::wire::{Empty, list_query, optional_id, required_id};
use axum::extract::State;
use lockwork_app::{App, UserRoleAssignmentFilter};
use lockwork_model::error::Error;
use lockwork_model::ids::UserRoleAssignmentId;
use lockwork_model::page::Order;

list_query! {
    ListUserRoleAssignments of "user role assignments" ordered by UNNAMED {
        /// Whose roles. This or `roleId` is required.
        #[serde(alias = "user_id")]
        user_id: String,
        /// Who has this role.
        #[serde(alias = "role_id")]
        role_id: String,
    }
}

/// List user role assignments
#[utoipa::path(
    get, path = "/api/frontend/v1/user-role-assignments", tag = "Roles", params(ListUserRoleAssignments),
    responses((status = 200, body = UserRoleAssignmentList), ReadFailures)
)]
pub(crate) async fn list_user_role_assignments(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
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
/// Owners only. Giving it again changes nothing. It is in the user's next access token.
#[utoipa::path(
    post, path = "/api/frontend/v1/user-role-assignments", tag = "Roles",
    request_body = CreateUserRoleAssignment,
    responses((status = 200, body = UserRoleAssignmentEnvelope), WriteFailures)
)]
pub(crate) async fn create_user_role_assignment(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<CreateUserRoleAssignment>,
) -> Result<Json<UserRoleAssignmentEnvelope>> {
    let user = required_id("userId", body.user_id)?;
    let role = required_id("roleId", body.role_id)?;
    Ok(app.create_user_role_assignment(&ctx, user, role).await?.into())
}

/// Get a user role assignment
#[utoipa::path(
    get, path = "/api/frontend/v1/user-role-assignments/{id}", tag = "Roles", params(("id" = String, Path)),
    responses((status = 200, body = UserRoleAssignmentEnvelope), ReadFailures)
)]
pub(crate) async fn get_user_role_assignment(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<UserRoleAssignmentId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<UserRoleAssignmentEnvelope>> {
    Ok(app.get_user_role_assignment(&ctx, id).await?.into())
}

/// Take a role from a user
///
/// Owners only.
#[utoipa::path(
    delete, path = "/api/frontend/v1/user-role-assignments/{id}", tag = "Roles", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_user_role_assignment(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<UserRoleAssignmentId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_user_role_assignment(&ctx, id).await?;
    Ok(Json(Empty {}))
}
