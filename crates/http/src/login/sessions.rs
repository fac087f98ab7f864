//! How a login becomes a session, and a session a login.

use super::caller::{InLogin, OwnPages};
use super::failures::StepFailures;
use super::start::IntermediateSessionToken;
use crate::cookies::{Cookie, SetCookies};
use crate::error::Result;
use crate::extract::{Json, NoBody, NoParameters, Query};
use crate::frontend::caller::RefreshCookie;
use crate::frontend::session::left;
use crate::hosts::Here;
use crate::wire::{is_zero, required};
use axum::extract::State;
use lockwork_app::{App, NewSession, Pages};
use lockwork_model::error::Error;
use lockwork_model::sessions::ACCESS_TOKEN_LIFETIME;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The tokens of a session that just began; the cookies hold them too.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewSessionView {
    refresh_token: String,
    access_token: String,
    /// Whether the user was made by this login.
    #[serde(skip_serializing_if = "is_zero")]
    new_user: bool,
    /// What the app on another domain exchanges for its own tokens; good once, for a minute.
    #[serde(skip_serializing_if = "is_zero")]
    relayed_session_token: String,
    /// Where they wanted to go.
    #[serde(skip_serializing_if = "is_zero")]
    redirect_uri: String,
    /// Whether that app wants its token in the query rather than in the fragment.
    #[serde(skip_serializing_if = "is_zero")]
    return_relayed_session_token_as_query_param: bool,
}

impl NewSessionView {
    fn answer(app: &App, pages: &Pages, session: NewSession) -> Result<(SetCookies, Json<Self>)> {
        let life = left(session.ends_at, app.now());
        let cookies = SetCookies::default()
            .set(pages, Cookie::Access, &session.access_token, ACCESS_TOKEN_LIFETIME)?
            .set(pages, Cookie::Refresh, &session.refresh_token, life)?
            .clear(pages, Cookie::Intermediate);
        let relayed = session.relayed_session_token.as_ref();
        let body = Self {
            refresh_token: session.refresh_token.reveal().to_owned(),
            access_token: session.access_token.reveal().to_owned(),
            new_user: session.new_user,
            relayed_session_token: relayed.map(|token| token.reveal().to_owned()).unwrap_or_default(),
            redirect_uri: session.redirect_uri.unwrap_or_default(),
            return_relayed_session_token_as_query_param: session.relayed_token_in_query,
        };
        Ok((cookies, Json(body)))
    }
}

/// Finish a login
///
/// Makes a session of it, and a user where there is none yet; the login is over. Sets the session's cookies.
#[utoipa::path(
    post, path = "/api/intermediate/v1/exchange-intermediate-session-for-session", tag = "Sessions",
    responses((status = 200, body = NewSessionView), StepFailures)
)]
pub(crate) async fn exchange_intermediate_session_for_session(
    State(app): State<App>,
    Here(pages): Here,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<(SetCookies, Json<NewSessionView>)> {
    let session = app.exchange_login(&login).await?;
    NewSessionView::answer(&app, &pages, session)
}

/// Begin a login from a session
///
/// To switch organizations: what the session proved need not be shown again. The session is over.
#[utoipa::path(
    post, path = "/api/intermediate/v1/exchange-session-for-intermediate-session", tag = "Sessions",
    security(()),
    responses((status = 200, body = IntermediateSessionToken), StepFailures)
)]
pub(crate) async fn exchange_session_for_intermediate_session(
    State(app): State<App>,
    Here(pages): Here,
    RefreshCookie(token): RefreshCookie,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<(SetCookies, Json<IntermediateSessionToken>)> {
    let token = token.ok_or_else(|| Error::unauthenticated("not signed in: there is no refresh cookie"))?;
    let login = app.exchange_session_for_login(&pages, token.reveal()).await?;
    let ended = SetCookies::default().clear(&pages, Cookie::Access).clear(&pages, Cookie::Refresh);
    IntermediateSessionToken::answer(&login, &pages, ended)
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedeemUserImpersonationToken {
    #[serde(alias = "secret_user_impersonation_token")]
    #[schema(required)]
    secret_user_impersonation_token: Option<String>,
}

/// Sign in as somebody else
///
/// With a token that the console made, good once, for 30 seconds. The session is marked in its access tokens and in the
/// audit log. Only from the project's own pages.
#[utoipa::path(
    post, path = "/api/intermediate/v1/redeem-user-impersonation-token", tag = "Sessions", security(()),
    request_body = RedeemUserImpersonationToken,
    responses((status = 200, body = NewSessionView), StepFailures)
)]
pub(crate) async fn redeem_user_impersonation_token(
    State(app): State<App>,
    OwnPages(pages): OwnPages,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<RedeemUserImpersonationToken>,
) -> Result<(SetCookies, Json<NewSessionView>)> {
    let token = required("secretUserImpersonationToken", body.secret_user_impersonation_token)?;
    let session = app.redeem_user_impersonation_token(&pages, &token).await?;
    NewSessionView::answer(&app, &pages, session)
}
