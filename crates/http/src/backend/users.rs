//! `/v1/users`

use crate::error::{ReadFailures, Result};
use crate::extract::{BackendCtx, Id, Json, NoParameters, Query};
use crate::wire::{Time, is_zero, list_query, optional_id};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::ids::UserId;
use lockwork_model::page::Order;
use lockwork_model::users::User;
use serde::Serialize;
use utoipa::ToSchema;

/// A person in an organization.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub(crate) struct UserView {
    id: String,
    organization_id: String,
    email: String,
    create_time: Time,
    update_time: Time,
    /// Whether they own the organization.
    owner: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            organization_id: user.organization.to_string(),
            email: user.email.clone(),
            create_time: user.created_at.into(),
            update_time: user.updated_at.into(),
            owner: user.owner,
            display_name: user.display_name.clone(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct UserEnvelope {
    user: UserView,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    users: Vec<UserView>,
    #[serde(skip_serializing_if = "is_zero")]
    next_page_token: String,
}

list_query! {
    ListUsers of "users" ordered by UNNAMED {
        /// Only those of this organization.
        #[serde(alias = "organization_id")]
        organization_id: String,
    }
}

/// List users
#[utoipa::path(
    get, path = "/v1/users", tag = "Users", params(ListUsers),
    responses((status = 200, body = UserList), ReadFailures)
)]
pub(crate) async fn list_users(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListUsers>,
) -> Result<Json<UserList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let page = app.list_users(&ctx, optional_id(query.organization_id)?, &request).await?;
    Ok(Json(UserList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        users: page.items.iter().map(Into::into).collect(),
    }))
}

/// Get a user
#[utoipa::path(
    get, path = "/v1/users/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = UserEnvelope), ReadFailures)
)]
pub(crate) async fn get_user(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<UserId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<UserEnvelope>> {
    let user = app.get_user(&ctx, id).await?;
    Ok(Json(UserEnvelope { user: (&user).into() }))
}
