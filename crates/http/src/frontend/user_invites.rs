//! `user-invites`: invitations into the caller's organization.

use super::caller::MemberCtx;
use super::failures::{ReadFailures, WriteFailures};
use crate::backend::user_invites::{HowToInvite, UserInviteEnvelope, UserInviteList};
use crate::error::Result;
use crate::extract::{Id, Json, NoBody, NoParameters, Query};
use crate::wire::{Empty, list_query, required};
use axum::extract::State;
use lockwork_app::{App, NewUserInvite};
use lockwork_model::email::EmailAddress;
use lockwork_model::ids::UserInviteId;
use lockwork_model::page::Order;
use serde::Deserialize;
use utoipa::ToSchema;

/// Somebody to invite.
#[derive(Deserialize, ToSchema)]
pub(crate) struct CreateUserInvite {
    #[schema(required)]
    email: Option<String>,
    /// Whether they become an owner.
    owner: Option<bool>,
}

list_query! {
    ListUserInvites of "user invites" ordered by UNNAMED {}
}

/// List invitations
#[utoipa::path(
    get, path = "/api/frontend/v1/user-invites", tag = "Users", params(ListUserInvites),
    responses((status = 200, body = UserInviteList), ReadFailures)
)]
pub(crate) async fn list_user_invites(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(mut query): Query<ListUserInvites>,
) -> Result<Json<UserInviteList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let page = app.list_user_invites(&ctx, Some(organization), &request).await?;
    Ok(Json(UserInviteList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        user_invites: page.items.iter().map(Into::into).collect(),
    }))
}

/// Invite somebody
///
/// Owners only. Whoever proves to have the address may join. Inviting again changes the invitation.
#[utoipa::path(
    post, path = "/api/frontend/v1/user-invites", tag = "Users", params(HowToInvite),
    request_body = CreateUserInvite, responses((status = 200, body = UserInviteEnvelope), WriteFailures)
)]
pub(crate) async fn create_user_invite(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(query): Query<HowToInvite>,
    Json(body): Json<CreateUserInvite>,
) -> Result<Json<UserInviteEnvelope>> {
    let new = NewUserInvite {
        organization,
        email: EmailAddress::parse("email", &required("email", body.email)?)?,
        owner: body.owner.unwrap_or_default(),
        send_email: query.send_email.unwrap_or_default(),
    };
    Ok(app.create_user_invite(&ctx, new).await?.into())
}

/// Get an invitation
#[utoipa::path(
    get, path = "/api/frontend/v1/user-invites/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = UserInviteEnvelope), ReadFailures)
)]
pub(crate) async fn get_user_invite(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<UserInviteId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<UserInviteEnvelope>> {
    Ok(app.get_user_invite(&ctx, id).await?.into())
}

/// Take an invitation back
///
/// Owners only.
#[utoipa::path(
    delete, path = "/api/frontend/v1/user-invites/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_user_invite(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<UserInviteId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_user_invite(&ctx, id).await?;
    Ok(Json(Empty {}))
}
