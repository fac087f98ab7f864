//! `me`: what is the caller's own.

pub(super) mod authenticator_app;
pub(super) mod passkeys;
pub(super) mod sessions;

use super::caller::MemberCtx;
use super::failures::{ReadFailures, WriteFailures};
use crate::backend::users::UserEnvelope;
use crate::error::Result;
use crate::extract::{Json, NoParameters, Query};
use crate::hosts::Here;
use crate::wire::{Empty, Patch, non_empty, required};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::secrets::SecretText;
use serde::Deserialize;
use utoipa::ToSchema;

/// A change to oneself; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateMe {
    /// `null` removes it.
    #[serde(alias = "display_name", default)]
    #[schema(value_type = Option<String>)]
    display_name: Patch<String>,
    /// An https URL; `null` removes it.
    #[serde(alias = "profile_picture_url", default)]
    #[schema(value_type = Option<String>)]
    profile_picture_url: Patch<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetUserPassword {
    #[schema(required)]
    password: Option<String>,
    /// The present one; needed if there is one.
    #[serde(alias = "current_password")]
    current_password: Option<String>,
}

/// Get yourself
#[utoipa::path(
    get, path = "/api/frontend/v1/me", tag = "Me",
    responses((status = 200, body = UserEnvelope), ReadFailures)
)]
pub(crate) async fn get_me(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<UserEnvelope>> {
    Ok(app.get_me(&ctx).await?.into())
}

/// Change yourself
#[utoipa::path(
    patch, path = "/api/frontend/v1/me", tag = "Me", request_body = UpdateMe,
    responses((status = 200, body = UserEnvelope), WriteFailures)
)]
pub(crate) async fn update_me(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<UpdateMe>,
) -> Result<Json<UserEnvelope>> {
    let (name, picture) = (body.display_name.into_option(), body.profile_picture_url.into_option());
    Ok(app.update_me(&ctx, name, picture).await?.into())
}

/// Set your password
///
/// Not while somebody acts as you. A password that is known to be stolen is refused (`password_compromised`).
#[utoipa::path(
    post, path = "/api/frontend/v1/set-user-password", tag = "Me", request_body = SetUserPassword,
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn set_user_password(
    State(app): State<App>,
    Here(pages): Here,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<SetUserPassword>,
) -> Result<Json<Empty>> {
    let new = SecretText::new(required("password", body.password)?);
    let current = non_empty(body.current_password).map(SecretText::new);
    app.set_my_password(&ctx, &pages, &new, current).await?;
    Ok(Json(Empty {}))
}
