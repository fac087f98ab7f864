//! Authenticator apps during a login.

use super::caller::InLogin;
use super::failures::StepFailures;
use super::proven::{self, ProofAnswer};
use crate::error::Result;
use crate::extract::{Json, NoBody, NoParameters, Query};
use crate::hosts::Here;
use crate::wire::{Empty, non_empty, required};
use axum::extract::State;
use lockwork_app::{App, SecondFactorCode};
use lockwork_model::error::Error;
use lockwork_model::secrets::SecretText;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthenticatorAppOptions {
    /// What the app reads as a QR code: `otpauth://totp/…`.
    otpauth_uri: String,
}

impl From<SecretText> for AuthenticatorAppOptions {
    fn from(uri: SecretText) -> Self {
        Self { otpauth_uri: uri.reveal().to_owned() }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisterAuthenticatorApp {
    /// A code that the app shows now.
    #[serde(alias = "totp_code")]
    #[schema(required)]
    totp_code: Option<String>,
}

impl RegisterAuthenticatorApp {
    /// The code.
    ///
    /// # Errors
    /// 400 that names the field.
    pub(crate) fn read(self) -> Result<String> {
        required("totpCode", self.totp_code)
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecoveryCodes {
    /// Each stands in for the app once. They are shown this once.
    recovery_codes: Vec<String>,
}

impl From<Vec<SecretText>> for RecoveryCodes {
    fn from(codes: Vec<SecretText>) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.reveal().to_owned()).collect() }
    }
}

/// Exactly one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerifyAuthenticatorApp {
    #[serde(alias = "totp_code")]
    totp_code: Option<String>,
    #[serde(alias = "recovery_code")]
    recovery_code: Option<String>,
}

impl VerifyAuthenticatorApp {
    fn read(self) -> Result<SecondFactorCode> {
        match (non_empty(self.totp_code), non_empty(self.recovery_code)) {
            (Some(code), None) => Ok(SecondFactorCode::Totp(code)),
            (None, Some(code)) => Ok(SecondFactorCode::Recovery(code)),
            _ => Err(Error::invalid("give exactly one of totpCode and recoveryCode").into()),
        }
    }
}

/// Begin to set up an authenticator app
#[utoipa::path(
    post, path = "/api/intermediate/v1/get-authenticator-app-options", tag = "Second factors",
    responses((status = 200, body = AuthenticatorAppOptions), StepFailures)
)]
pub(crate) async fn get_authenticator_app_options(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<AuthenticatorAppOptions>> {
    Ok(Json(app.authenticator_app_options(&login).await?.into()))
}

/// Finish to set up an authenticator app
///
/// It is theirs once the login becomes a session. The code counts as the second factor.
#[utoipa::path(
    post, path = "/api/intermediate/v1/register-authenticator-app", tag = "Second factors",
    request_body = RegisterAuthenticatorApp, responses((status = 200, body = RecoveryCodes), StepFailures)
)]
pub(crate) async fn register_authenticator_app(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RegisterAuthenticatorApp>,
) -> Result<Json<RecoveryCodes>> {
    Ok(Json(app.register_login_authenticator_app(&login, &body.read()?).await?.into()))
}

/// Give a code of the authenticator app
///
/// Or a recovery code. Each code works once; five wrong ones lock for ten minutes.
#[utoipa::path(
    post, path = "/api/intermediate/v1/verify-authenticator-app", tag = "Second factors",
    request_body = VerifyAuthenticatorApp, responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn verify_authenticator_app(
    State(app): State<App>,
    Here(pages): Here,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<VerifyAuthenticatorApp>,
) -> Result<ProofAnswer> {
    let proven = app.verify_authenticator_app(&login, &body.read()?).await?;
    proven::answer(&app, &pages, &proven)
}
