//! Passwords during a login.

use super::caller::InLogin;
use super::failures::StepFailures;
use super::proven::{self, ProofAnswer};
use crate::error::Result;
use crate::extract::{Json, NoBody, NoParameters, OptionalJson, Query};
use crate::hosts::Here;
use crate::wire::{Empty, non_empty, optional_id, required};
use axum::extract::State;
use lockwork_app::{App, VerifyPassword};
use lockwork_model::secrets::SecretText;
use lockwork_model::sessions::PrimaryAuthFactor;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
pub(crate) struct RegisterPassword {
    #[schema(required)]
    password: Option<String>,
}

/// A password, and whose it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerifyPasswordBody {
    /// The organization to choose beside.
    #[serde(alias = "organization_id")]
    organization_id: Option<String>,
    #[schema(required)]
    password: Option<String>,
    /// Says who signs in, where nothing did yet.
    email: Option<String>,
}

#[derive(Deserialize, ToSchema, Default)]
pub(crate) struct IssuePasswordResetCode {
    /// Whose password; that of the address of this login, if absent.
    email: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerifyPasswordResetCode {
    /// The code in the mail's link.
    #[serde(alias = "password_reset_code")]
    #[schema(required)]
    password_reset_code: Option<String>,
}

/// Sign in by password
#[utoipa::path(
    post, path = "/api/intermediate/v1/set-password-as-primary-login-factor", tag = "Passwords",
    responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn set_password_as_primary_login_factor(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.set_primary_login_factor(&login, PrimaryAuthFactor::Password).await?;
    Ok(Json(Empty {}))
}

/// Choose a password
///
/// For somebody who has none yet, or who came by the mail about a forgotten one. The address must be proven; a password
/// that is known to be stolen is refused (`password_compromised`).
#[utoipa::path(
    post, path = "/api/intermediate/v1/register-password", tag = "Passwords", request_body = RegisterPassword,
    responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn register_password(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RegisterPassword>,
) -> Result<Json<Empty>> {
    let password = SecretText::new(required("password", body.password)?);
    app.register_password(&login, &password).await?;
    Ok(Json(Empty {}))
}

/// Give the password
///
/// With `email` at once, without a mail before. A wrong password, an unknown address and one without a password have the
/// same answer (`incorrect_password`), and five of them lock the address for ten minutes.
#[utoipa::path(
    post, path = "/api/intermediate/v1/verify-password", tag = "Passwords", request_body = VerifyPasswordBody,
    responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn verify_password(
    State(app): State<App>,
    Here(pages): Here,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<VerifyPasswordBody>,
) -> Result<ProofAnswer> {
    let proof = VerifyPassword {
        organization: optional_id(body.organization_id)?,
        email: non_empty(body.email),
        password: SecretText::new(required("password", body.password)?),
    };
    let proven = app.verify_password(&login, proof).await?;
    proven::answer(&app, &pages, &proven)
}

/// Send a mail about a forgotten password
///
/// The answer is the same whether anybody has this address.
#[utoipa::path(
    post, path = "/api/intermediate/v1/issue-password-reset-code", tag = "Passwords",
    request_body = Option<IssuePasswordResetCode>, responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn issue_password_reset_code(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    OptionalJson(body): OptionalJson<IssuePasswordResetCode>,
) -> Result<Json<Empty>> {
    app.issue_password_reset_code(&login, non_empty(body.email)).await?;
    Ok(Json(Empty {}))
}

/// Give back the code of that mail
///
/// In the browser that asked for it; then choose a new password.
#[utoipa::path(
    post, path = "/api/intermediate/v1/verify-password-reset-code", tag = "Passwords",
    request_body = VerifyPasswordResetCode, responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn verify_password_reset_code(
    State(app): State<App>,
    Here(pages): Here,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<VerifyPasswordResetCode>,
) -> Result<ProofAnswer> {
    let code = required("passwordResetCode", body.password_reset_code)?;
    let proven = app.verify_password_reset_code(&login, &code).await?;
    proven::answer(&app, &pages, &proven)
}
