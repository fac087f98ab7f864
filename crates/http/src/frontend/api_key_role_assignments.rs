//! `api-key-role-assignments`

use super::caller::MemberCtx;
use super::failures::{ReadFailures, WriteFailures};
use crate::backend::api_key_role_assignments::{
    ApiKeyRoleAssignmentEnvelope, ApiKeyRoleAssignmentList, CreateApiKeyRoleAssignment,
    DeleteApiKeyRoleAssignment,
};
use crate::error::Result;
use crate::extract::{Id, Json, NoBody, NoParameters, Query};
use crate::wire::{Empty, list_query, required_id};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::ids::ApiKeyRoleAssignmentId;
use lockwork_model::page::Order;

list_query! {
    ListApiKeyRoleAssignments of "api key role assignments" ordered by UNNAMED {
        /// Whose roles. Required.
        #[serde(alias = "api_key_id")]
        #[param(required = true)]
        api_key_id: String,
    }
}

/// List an API key's role assignments
#[utoipa::path(
    get, path = "/api/frontend/v1/api-key-role-assignments", tag = "API keys", params(ListApiKeyRoleAssignments),
    responses((status = 200, body = ApiKeyRoleAssignmentList), ReadFailures)
)]
pub(crate) async fn list_api_key_role_assignments(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(mut query): Query<ListApiKeyRoleAssignments>,
) -> Result<Json<ApiKeyRoleAssignmentList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let key = required_id("apiKeyId", query.api_key_id)?;
    let page = app.list_api_key_role_assignments(&ctx, key, &request).await?;
    Ok(Json(ApiKeyRoleAssignmentList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        api_key_role_assignments: page.items.iter().map(Into::into).collect(),
    }))
}

/// Give a role to an API key
///
/// The caller must hold what it grants.
#[utoipa::path(
    post, path = "/api/frontend/v1/api-key-role-assignments", tag = "API keys",
    request_body = CreateApiKeyRoleAssignment,
    responses((status = 200, body = ApiKeyRoleAssignmentEnvelope), WriteFailures)
)]
pub(crate) async fn create_api_key_role_assignment(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<CreateApiKeyRoleAssignment>,
) -> Result<Json<ApiKeyRoleAssignmentEnvelope>> {
    let (key, role) = body.read()?;
    Ok(app.create_api_key_role_assignment(&ctx, key, role).await?.into())
}

/// Take a role from an API key
#[utoipa::path(
    delete, path = "/api/frontend/v1/api-key-role-assignments/{id}", tag = "API keys",
    params(("id" = String, Path), DeleteApiKeyRoleAssignment),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_api_key_role_assignment(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<ApiKeyRoleAssignmentId>,
    Query(query): Query<DeleteApiKeyRoleAssignment>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    query.check()?;
    app.delete_api_key_role_assignment(&ctx, id).await?;
    Ok(Json(Empty {}))
}
