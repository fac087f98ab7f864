//! `/v1/api-key-role-assignments`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoBody, Query, optional_object};
use crate::wire::{Empty, is_zero, list_query, optional_id, required, required_id};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::ids::{ApiKeyId, ApiKeyRoleAssignmentId, RoleId};
use lockwork_model::page::Order;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A role given to an API key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKeyRoleAssignment)]
pub(crate) struct ApiKeyRoleAssignmentView {
    id: String,
    api_key_id: String,
    role_id: String,
}

impl From<&ApiKeyRoleAssignment> for ApiKeyRoleAssignmentView {
    fn from(assignment: &ApiKeyRoleAssignment) -> Self {
        Self {
            id: assignment.id.to_string(),
            api_key_id: assignment.api_key.to_string(),
            role_id: assignment.role.to_string(),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyRoleAssignmentEnvelope {
    api_key_role_assignment: ApiKeyRoleAssignmentView,
}

impl From<ApiKeyRoleAssignment> for Json<ApiKeyRoleAssignmentEnvelope> {
    fn from(assignment: ApiKeyRoleAssignment) -> Self {
        Self(ApiKeyRoleAssignmentEnvelope { api_key_role_assignment: (&assignment).into() })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyRoleAssignmentList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) api_key_role_assignments: Vec<ApiKeyRoleAssignmentView>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) next_page_token: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateApiKeyRoleAssignment {
    #[serde(alias = "api_key_role_assignment", default, deserialize_with = "optional_object")]
    #[schema(required)]
    api_key_role_assignment: Option<NewApiKeyRoleAssignment>,
}

/// A role to give to a key.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewApiKeyRoleAssignment {
    #[serde(alias = "api_key_id")]
    #[schema(required)]
    api_key_id: Option<String>,
    #[serde(alias = "role_id")]
    #[schema(required)]
    role_id: Option<String>,
}

impl CreateApiKeyRoleAssignment {
    /// The key and the role.
    pub(crate) fn read(self) -> Result<(ApiKeyId, RoleId)> {
        let new = required("apiKeyRoleAssignment", self.api_key_role_assignment)?;
        let key = required_id("apiKeyRoleAssignment.apiKeyId", new.api_key_id)?;
        Ok((key, required_id("apiKeyRoleAssignment.roleId", new.role_id)?))
    }
}

list_query! {
    ListApiKeyRoleAssignments of "api key role assignments" ordered by UNNAMED {
        /// Whose roles. Required.
        #[serde(alias = "api_key_id")]
        #[param(required = true)]
        api_key_id: String,
    }
}

/// What published clients send along when they take a role away; it adds nothing to the assignment's id.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeleteApiKeyRoleAssignment {
    /// Not needed; must be an API key's id if given.
    #[serde(alias = "api_key_id")]
    api_key_id: Option<String>,
}

impl DeleteApiKeyRoleAssignment {
    /// Refuses what is no API key's id.
    pub(crate) fn check(self) -> Result<()> {
        optional_id::<ApiKeyId>(self.api_key_id)?;
        Ok(())
    }
}

/// List an API key's role assignments
#[utoipa::path(
    get, path = "/v1/api-key-role-assignments", tag = "API keys", params(ListApiKeyRoleAssignments),
    responses((status = 200, body = ApiKeyRoleAssignmentList), ReadFailures)
)]
pub(crate) async fn list_api_key_role_assignments(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
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
#[utoipa::path(
    post, path = "/v1/api-key-role-assignments", tag = "API keys", request_body = CreateApiKeyRoleAssignment,
    responses((status = 200, body = ApiKeyRoleAssignmentEnvelope), WriteFailures)
)]
pub(crate) async fn create_api_key_role_assignment(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(crate::extract::NoParameters {}): Query<crate::extract::NoParameters>,
    Json(body): Json<CreateApiKeyRoleAssignment>,
) -> Result<Json<ApiKeyRoleAssignmentEnvelope>> {
    let (key, role) = body.read()?;
    Ok(app.create_api_key_role_assignment(&ctx, key, role).await?.into())
}

/// Take a role from an API key
#[utoipa::path(
    delete, path = "/v1/api-key-role-assignments/{id}", tag = "API keys",
    params(("id" = String, Path), DeleteApiKeyRoleAssignment),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_api_key_role_assignment(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<ApiKeyRoleAssignmentId>,
    Query(query): Query<DeleteApiKeyRoleAssignment>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    query.check()?;
    app.delete_api_key_role_assignment(&ctx, id).await?;
    Ok(Json(Empty {}))
}
