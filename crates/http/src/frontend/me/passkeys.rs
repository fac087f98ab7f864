//! `me/passkeys`

use crate::backend::passkeys::{PasskeyEnvelope, PasskeyList};
use crate::error::Result;
use crate::extract::{Id, Json, NoBody, NoParameters, Query};
use crate::frontend::caller::MemberCtx;
use crate::frontend::failures::{ReadFailures, WriteFailures};
use crate::hosts::Here;
use crate::login::passkeys::{PasskeyOptions, RegisterPasskey};
use crate::wire::Empty;
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::ids::PasskeyId;

/// List your passkeys
#[utoipa::path(
    get, path = "/api/frontend/v1/me/passkeys", tag = "Me",
    responses((status = 200, body = PasskeyList), ReadFailures)
)]
pub(crate) async fn list_my_passkeys(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<PasskeyList>> {
    let passkeys = app.my_passkeys(&ctx).await?;
    let passkeys = passkeys.iter().map(Into::into).collect();
    Ok(Json(PasskeyList { passkeys, next_page_token: String::new() }))
}

/// Begin to make a passkey
///
/// Not while somebody acts as you.
#[utoipa::path(
    post, path = "/api/frontend/v1/me/passkeys/options", tag = "Me",
    responses((status = 200, body = PasskeyOptions), WriteFailures)
)]
pub(crate) async fn get_my_passkey_options(
    State(app): State<App>,
    Here(pages): Here,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<PasskeyOptions>> {
    Ok(Json(app.my_passkey_options(&ctx, &pages).await?.into()))
}

/// Finish to make a passkey
#[utoipa::path(
    post, path = "/api/frontend/v1/me/passkeys/register", tag = "Me", request_body = RegisterPasskey,
    responses((status = 200, body = PasskeyEnvelope), WriteFailures)
)]
pub(crate) async fn register_my_passkey(
    State(app): State<App>,
    Here(pages): Here,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RegisterPasskey>,
) -> Result<Json<PasskeyEnvelope>> {
    Ok(app.register_my_passkey(&ctx, &pages, body.read()?).await?.into())
}

/// Delete a passkey
///
/// Not while somebody acts as you.
#[utoipa::path(
    delete, path = "/api/frontend/v1/me/passkeys/{id}", tag = "Me", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_my_passkey(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Id(id): Id<PasskeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_my_passkey(&ctx, id).await?;
    Ok(Json(Empty {}))
}
