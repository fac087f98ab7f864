//! `/v1/user-invites`

use super::users::required_email;
use crate::error::{MailFailures, ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoBody, NoParameters, Query};
use crate::wire::{Empty, Time, is_zero, list_query, optional_id, required_id};
use axum::extract::State;
use lockwork_app::{App, NewUserInvite};
use lockwork_model::ids::UserInviteId;
use lockwork_model::page::Order;
use lockwork_model::user_invites::UserInvite;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An invitation: whoever proves to have this address may join the organization.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserInvite)]
pub(crate) struct UserInviteView {
    id: String,
    organization_id: String,
    create_time: Time,
    update_time: Time,
    email: String,
    /// Whether they become an owner.
    owner: bool,
}

impl From<&UserInvite> for UserInviteView {
    fn from(invite: &UserInvite) -> Self {
        Self {
            id: invite.id.to_string(),
            organization_id: invite.organization.to_string(),
            create_time: invite.created_at.into(),
            update_time: invite.updated_at.into(),
            email: invite.email.to_string(),
            owner: invite.owner,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserInviteEnvelope {
    user_invite: UserInviteView,
}

impl From<UserInvite> for Json<UserInviteEnvelope> {
    fn from(invite: UserInvite) -> Self {
        Self(UserInviteEnvelope { user_invite: (&invite).into() })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserInviteList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) user_invites: Vec<UserInviteView>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) next_page_token: String,
}

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateUserInvite {
    #[serde(alias = "organization_id")]
    #[schema(required)]
    organization_id: Option<String>,
    #[schema(required)]
    email: Option<String>,
    /// Whether they become an owner.
    owner: Option<bool>,
}

/// How to invite.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HowToInvite {
    /// Whether to tell them by mail, which counts against the project's mails of the day.
    #[serde(alias = "send_email")]
    pub(crate) send_email: Option<bool>,
}

list_query! {
    ListUserInvites of "user invites" ordered by UNNAMED {
        /// Only those of this organization.
        #[serde(alias = "organization_id")]
        organization_id: String,
    }
}

/// List user invites
#[utoipa::path(
    get, path = "/v1/user-invites", tag = "Users", params(ListUserInvites),
    responses((status = 200, body = UserInviteList), ReadFailures)
)]
pub(crate) async fn list_user_invites(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListUserInvites>,
) -> Result<Json<UserInviteList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let page = app.list_user_invites(&ctx, optional_id(query.organization_id)?, &request).await?;
    Ok(Json(UserInviteList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        user_invites: page.items.iter().map(Into::into).collect(),
    }))
}

/// Invite somebody
///
/// Who is invited already keeps the invitation, with what is new in this one.
#[utoipa::path(
    post, path = "/v1/user-invites", tag = "Users", params(HowToInvite), request_body = CreateUserInvite,
    responses((status = 200, body = UserInviteEnvelope), WriteFailures, MailFailures)
)]
pub(crate) async fn create_user_invite(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(how): Query<HowToInvite>,
    Json(body): Json<CreateUserInvite>,
) -> Result<Json<UserInviteEnvelope>> {
    let new = NewUserInvite {
        organization: required_id("organizationId", body.organization_id)?,
        email: required_email(body.email)?,
        owner: body.owner.unwrap_or_default(),
        send_email: how.send_email.unwrap_or_default(),
    };
    Ok(app.create_user_invite(&ctx, new).await?.into())
}

/// Get a user invite
#[utoipa::path(
    get, path = "/v1/user-invites/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = UserInviteEnvelope), ReadFailures)
)]
pub(crate) async fn get_user_invite(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<UserInviteId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<UserInviteEnvelope>> {
    Ok(app.get_user_invite(&ctx, id).await?.into())
}

/// Take an invite back
#[utoipa::path(
    delete, path = "/v1/user-invites/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_user_invite(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<UserInviteId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_user_invite(&ctx, id).await?;
    Ok(Json(Empty {}))
}
