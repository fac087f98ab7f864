//! Signing in with Google, Microsoft and GitHub.

use super::caller::InLogin;
use super::failures::StepFailures;
use super::proven::{self, ProofAnswer};
use crate::error::Result;
use crate::extract::{Json, NoParameters, Query};
use crate::hosts::Here;
use crate::wire::{Empty, required};
use axum::extract::State;
use lockwork_app::{App, LoginHandle, OauthCallback, Pages};
use lockwork_model::providers::Provider;
use lockwork_model::secrets::SecretText;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OauthRedirect {
    /// The page of this host that the provider sends the answer to.
    #[serde(alias = "redirect_url")]
    #[schema(required)]
    redirect_url: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OauthRedirectUrl {
    /// Where to send the browser.
    url: String,
}

/// What the provider sent the browser back with.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedeemOauthCode {
    #[schema(required)]
    code: Option<String>,
    #[schema(required)]
    state: Option<String>,
    /// The same as when the provider was asked.
    #[serde(alias = "redirect_url")]
    #[schema(required)]
    redirect_url: Option<String>,
}

async fn redirect_url(
    app: &App,
    login: &LoginHandle,
    provider: Provider,
    body: OauthRedirect,
) -> Result<Json<OauthRedirectUrl>> {
    let url = app.oauth_redirect_url(login, provider, required("redirectUrl", body.redirect_url)?).await?;
    Ok(Json(OauthRedirectUrl { url }))
}

async fn redeem(
    app: &App,
    pages: &Pages,
    login: &LoginHandle,
    provider: Provider,
    body: RedeemOauthCode,
) -> Result<ProofAnswer> {
    let callback = OauthCallback {
        code: SecretText::new(required("code", body.code)?),
        state: SecretText::new(required("state", body.state)?),
        redirect_url: required("redirectUrl", body.redirect_url)?,
    };
    let proven = app.redeem_oauth_code(login, provider, callback).await?;
    proven::answer(app, pages, &proven)
}

/// Declares the two operations of a provider.
macro_rules! operations {
    ($provider:ident: $(#[$ask_doc:meta])* $ask:ident at $ask_path:tt, $(#[$redeem_doc:meta])* $redeem:ident at $redeem_path:tt) => {
        $(#[$ask_doc])*
        #[utoipa::path(
            post, path = $ask_path, tag = "Providers", request_body = OauthRedirect,
            responses((status = 200, body = OauthRedirectUrl), StepFailures)
        )]
        pub(crate) async fn $ask(
            State(app): State<App>,
            InLogin(login): InLogin,
            Query(NoParameters {}): Query<NoParameters>,
            Json(body): Json<OauthRedirect>,
        ) -> Result<Json<OauthRedirectUrl>> {
            redirect_url(&app, &login, Provider::$provider, body).await
        }

        $(#[$redeem_doc])*
        #[utoipa::path(
            post, path = $redeem_path, tag = "Providers", request_body = RedeemOauthCode,
            responses((status = 200, body = Empty), StepFailures)
        )]
        pub(crate) async fn $redeem(
            State(app): State<App>,
            Here(pages): Here,
            InLogin(login): InLogin,
            Query(NoParameters {}): Query<NoParameters>,
            Json(body): Json<RedeemOauthCode>,
        ) -> Result<ProofAnswer> {
            redeem(&app, &pages, &login, Provider::$provider, body).await
        }
    };
}

operations! {
    Google:
    /// Ask Google who this is
    google_oauth_redirect_url at "/api/intermediate/v1/google-oauth-redirect-url",
    /// Redeem Google's answer
    redeem_google_oauth_code at "/api/intermediate/v1/redeem-google-oauth-code"
}
operations! {
    Microsoft:
    /// Ask Microsoft who this is
    microsoft_oauth_redirect_url at "/api/intermediate/v1/microsoft-oauth-redirect-url",
    /// Redeem Microsoft's answer
    redeem_microsoft_oauth_code at "/api/intermediate/v1/redeem-microsoft-oauth-code"
}
operations! {
    Github:
    /// Ask GitHub who this is
    github_oauth_redirect_url at "/api/intermediate/v1/github-oauth-redirect-url",
    /// Redeem GitHub's answer
    redeem_github_oauth_code at "/api/intermediate/v1/redeem-github-oauth-code"
}
