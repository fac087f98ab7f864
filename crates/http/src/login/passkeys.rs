//! Passkeys during a login.

mod shapes;

pub(crate) use shapes::{PasskeyOptions, RegisterPasskey};

use super::caller::InLogin;
use super::failures::StepFailures;
use super::proven::{self, ProofAnswer};
use crate::error::Result;
use crate::extract::{Json, NoBody, NoParameters, Query};
use crate::hosts::Here;
use crate::wire::Empty;
use axum::extract::State;
use lockwork_app::App;
use shapes::{PasskeyChallenge, VerifyPasskey};

/// Begin to make a passkey
#[utoipa::path(
    post, path = "/api/intermediate/v1/get-passkey-options", tag = "Second factors",
    responses((status = 200, body = PasskeyOptions), StepFailures)
)]
pub(crate) async fn get_passkey_options(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<PasskeyOptions>> {
    Ok(Json(app.passkey_options(&login).await?.into()))
}

/// Finish to make a passkey
///
/// It is theirs once the login becomes a session, and counts as the second factor.
#[utoipa::path(
    post, path = "/api/intermediate/v1/register-passkey", tag = "Second factors", request_body = RegisterPasskey,
    responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn register_passkey(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RegisterPasskey>,
) -> Result<Json<Empty>> {
    app.register_login_passkey(&login, body.read()?).await?;
    Ok(Json(Empty {}))
}

/// Ask for a passkey's signature
#[utoipa::path(
    post, path = "/api/intermediate/v1/issue-passkey-challenge", tag = "Second factors",
    responses((status = 200, body = PasskeyChallenge), StepFailures)
)]
pub(crate) async fn issue_passkey_challenge(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<PasskeyChallenge>> {
    Ok(Json(app.issue_passkey_challenge(&login).await?.into()))
}

/// Give a passkey's signature
///
/// Each challenge works once.
#[utoipa::path(
    post, path = "/api/intermediate/v1/verify-passkey", tag = "Second factors", request_body = VerifyPasskey,
    responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn verify_passkey(
    State(app): State<App>,
    Here(pages): Here,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<VerifyPasskey>,
) -> Result<ProofAnswer> {
    let proven = app.verify_passkey(&login, body.read()?).await?;
    proven::answer(&app, &pages, &proven)
}
