//! Proof of an e-mail address, by the link or the code in a mail.

use super::caller::InLogin;
use super::failures::StepFailures;
use super::proven::{self, ProofAnswer};
use crate::error::Result;
use crate::extract::{Json, NoBody, NoParameters, Query};
use crate::hosts::Here;
use crate::wire::{Empty, required};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::sessions::PrimaryAuthFactor;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
pub(crate) struct IssueEmailVerificationChallenge {
    #[schema(required)]
    email: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct VerifyEmailChallenge {
    /// The code in the link, or the six digits.
    #[schema(required)]
    code: Option<String>,
}

/// Send a mail that proves an address
///
/// With a link and a code; the last one sent counts. The answer is the same whether anybody has this address.
#[utoipa::path(
    post, path = "/api/intermediate/v1/issue-email-verification-challenge", tag = "E-mail",
    request_body = IssueEmailVerificationChallenge, responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn issue_email_verification_challenge(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<IssueEmailVerificationChallenge>,
) -> Result<Json<Empty>> {
    app.issue_email_verification_challenge(&login, required("email", body.email)?).await?;
    Ok(Json(Empty {}))
}

/// Give back the code of the mail
///
/// In the browser that asked for it. Each code works once.
#[utoipa::path(
    post, path = "/api/intermediate/v1/verify-email-challenge", tag = "E-mail",
    request_body = VerifyEmailChallenge, responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn verify_email_challenge(
    State(app): State<App>,
    Here(pages): Here,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<VerifyEmailChallenge>,
) -> Result<ProofAnswer> {
    let proven = app.verify_email_challenge(&login, &required("code", body.code)?).await?;
    proven::answer(&app, &pages, &proven)
}

/// Sign in by e-mail
#[utoipa::path(
    post, path = "/api/intermediate/v1/set-email-as-primary-login-factor", tag = "E-mail",
    responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn set_email_as_primary_login_factor(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.set_primary_login_factor(&login, PrimaryAuthFactor::Email).await?;
    Ok(Json(Empty {}))
}
