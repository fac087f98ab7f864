//! `me/authenticator-app`

use crate::error::Result;
use crate::extract::{Json, NoBody, NoParameters, Query};
use crate::frontend::caller::MemberCtx;
use crate::frontend::failures::WriteFailures;
use crate::hosts::Here;
use crate::login::authenticator_apps::{AuthenticatorAppOptions, RecoveryCodes, RegisterAuthenticatorApp};
use crate::wire::Empty;
use axum::extract::State;
use lockwork_app::App;

/// Begin to set up an authenticator app
///
/// Not while somebody acts as you.
#[utoipa::path(
    post, path = "/api/frontend/v1/me/authenticator-app/options", tag = "Me",
    responses((status = 200, body = AuthenticatorAppOptions), WriteFailures)
)]
pub(crate) async fn get_my_authenticator_app_options(
    State(app): State<App>,
    Here(pages): Here,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<AuthenticatorAppOptions>> {
    Ok(Json(app.my_authenticator_app_options(&ctx, &pages).await?.into()))
}

/// Finish to set up an authenticator app
///
/// Takes the place of the one before, and of its recovery codes.
#[utoipa::path(
    post, path = "/api/frontend/v1/me/authenticator-app/register", tag = "Me",
    request_body = RegisterAuthenticatorApp, responses((status = 200, body = RecoveryCodes), WriteFailures)
)]
pub(crate) async fn register_my_authenticator_app(
    State(app): State<App>,
    Here(pages): Here,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RegisterAuthenticatorApp>,
) -> Result<Json<RecoveryCodes>> {
    let codes = app.register_my_authenticator_app(&ctx, &pages, &body.read()?).await?;
    Ok(Json(codes.into()))
}

/// Remove your authenticator app
///
/// And its recovery codes. Not while somebody acts as you.
#[utoipa::path(
    delete, path = "/api/frontend/v1/me/authenticator-app", tag = "Me",
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_my_authenticator_app(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.remove_my_authenticator_app(&ctx).await?;
    Ok(Json(Empty {}))
}
