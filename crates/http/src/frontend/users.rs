//! `users`: the people of the caller's organization.

use super::caller::MemberCtx;
use super::failures::{ReadFailures, WriteFailures};
use crate::backend::users::{UserEnvelope, UserList};
use crate::error::Result;
use crate::extract::{Id, Json, NoBody, NoParameters, Query};
use crate::wire::{Empty, list_query};
use axum::extract::State;
use lockwork_app::{App, UserFilter};
use lockwork_model::ids::UserId;
use lockwork_model::page::Order;
use lockwork_model::users::UserUpdate;
use serde::Deserialize;
use utoipa::ToSchema;

list_query! {
    ListUsers of "users" ordered by UNNAMED {
        /// Only those with this in their address or name, in capitals or not.
        search: String,
    }
}

/// A change to a user. The rest is theirs to decide, and ignored.
#[derive(Deserialize, ToSchema)]
pub(crate) struct UpdateUser {
    /// Makes an owner of them, or not.
    owner: Option<bool>,
}

/// List users
#[utoipa::path(
    get, path = "/api/frontend/v1/users", tag = "Users", params(ListUsers),
    responses((status = 200, body = UserList), ReadFailures)
)]
pub(crate) async fn list_users(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(mut query): Query<ListUsers>,
) -> Result<Json<UserList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let search = query.search.filter(|text| !text.is_empty());
    let filter = UserFilter { organization: Some(organization), search, ..UserFilter::default() };
    let page = app.list_users(&ctx, filter, &request).await?;
    Ok(Json(UserList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        users: page.items.iter().map(Into::into).collect(),
    }))
}

/// Get a user
#[utoipa::path(
    get, path = "/api/frontend/v1/users/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = UserEnvelope), ReadFailures)
)]
pub(crate) async fn get_user(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<UserId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<UserEnvelope>> {
    Ok(app.get_user(&ctx, id).await?.into())
}

/// Make a user an owner, or not
///
/// Owners only. The organization keeps an owner.
#[utoipa::path(
    patch, path = "/api/frontend/v1/users/{id}", tag = "Users", params(("id" = String, Path)),
    request_body = UpdateUser, responses((status = 200, body = UserEnvelope), WriteFailures)
)]
pub(crate) async fn update_user(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<UserId>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<UpdateUser>,
) -> Result<Json<UserEnvelope>> {
    let update = UserUpdate { owner: body.owner, ..UserUpdate::default() };
    Ok(app.update_user(&ctx, id, update).await?.into())
}

/// Remove a user
///
/// Owners only, and not themselves. Their sessions are over at once.
#[utoipa::path(
    delete, path = "/api/frontend/v1/users/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_user(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<UserId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_user(&ctx, id).await?;
    Ok(Json(Empty {}))
}
