//! How a login begins.

use super::caller::{InLogin, OwnPages};
use super::failures::StepFailures;
use super::proven::{self, ProofAnswer};
use crate::cookies::{Cookie, SetCookies};
use crate::error::Result;
use crate::extract::{Json, NoParameters, OptionalJson, Query};
use crate::hosts::Here;
use crate::wire::{Empty, required};
use axum::extract::State;
use lockwork_app::{App, NewLogin, Pages};
use lockwork_model::logins::LOGIN_LIFETIME;
use lockwork_model::secrets::SecretText;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a login leads.
#[derive(Deserialize, ToSchema, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateIntermediateSession {
    /// The state of the app on another domain that sent them here (cross-domain mode).
    #[serde(alias = "relayed_session_state")]
    relayed_session_state: Option<String>,
    /// Where they want to go in the end: an absolute URL on a trusted domain.
    #[serde(alias = "redirect_uri")]
    redirect_uri: Option<String>,
    /// Whether that app wants its token in the query rather than in the fragment.
    #[serde(alias = "return_relayed_session_token_as_query_param")]
    return_relayed_session_token_as_query_param: Option<bool>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IntermediateSessionToken {
    /// The same that the cookie holds.
    intermediate_session_secret_token: String,
}

impl IntermediateSessionToken {
    /// The token of a login that just began, in the body and in its cookie beside the others.
    ///
    /// # Errors
    /// None that happens: tokens can stand in headers.
    pub(super) fn answer(
        token: &SecretText,
        pages: &Pages,
        cookies: SetCookies,
    ) -> Result<(SetCookies, Json<Self>)> {
        let cookies = cookies.set(pages, Cookie::Intermediate, token, LOGIN_LIFETIME)?;
        Ok((cookies, Json(Self { intermediate_session_secret_token: token.reveal().to_owned() })))
    }
}

/// Begin a login
///
/// Sets the login's cookie, also over that of an earlier login. Only from the project's own pages.
#[utoipa::path(
    post, path = "/api/intermediate/v1/intermediate-session", tag = "Login", security(()),
    request_body = Option<CreateIntermediateSession>,
    responses((status = 200, body = IntermediateSessionToken), StepFailures)
)]
pub(crate) async fn create_intermediate_session(
    State(app): State<App>,
    OwnPages(pages): OwnPages,
    Query(NoParameters {}): Query<NoParameters>,
    OptionalJson(body): OptionalJson<CreateIntermediateSession>,
) -> Result<(SetCookies, Json<IntermediateSessionToken>)> {
    let new = NewLogin {
        relayed_session_state: body.relayed_session_state,
        redirect_uri: body.redirect_uri,
        relayed_token_in_query: body.return_relayed_session_token_as_query_param.unwrap_or_default(),
    };
    let token = app.create_intermediate_session(&pages, new).await?;
    IntermediateSessionToken::answer(&token, &pages, SetCookies::default())
}

/// The sign-up link of `lockwork init`, and who takes it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedeemSignUpToken {
    #[serde(alias = "sign_up_token")]
    #[schema(required)]
    sign_up_token: Option<String>,
    /// The e-mail address of the first owner.
    #[schema(required)]
    email: Option<String>,
}

/// Redeem a sign-up link
///
/// Whoever holds the link that the server's operator was shown becomes the first owner. The link is used up once the
/// login becomes a session. Only from the project's own pages.
#[utoipa::path(
    post, path = "/api/intermediate/v1/redeem-sign-up-token", tag = "Login", request_body = RedeemSignUpToken,
    responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn redeem_sign_up_token(
    State(app): State<App>,
    Here(pages): Here,
    _own: OwnPages,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RedeemSignUpToken>,
) -> Result<ProofAnswer> {
    let token = SecretText::new(required("signUpToken", body.sign_up_token)?);
    let proven = app.redeem_sign_up_token(&login, &token, &required("email", body.email)?).await?;
    proven::answer(&app, &pages, &proven)
}
