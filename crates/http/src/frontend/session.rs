//! The caller's session: refreshing it, ending it, and where else they could be.

use super::caller::{MemberCtx, RefreshCookie};
use super::failures::{ReadFailures, WriteFailures};
use crate::cookies::{Cookie, SetCookies};
use crate::error::{Refusal, Result};
use crate::extract::{Json, NoBody, NoParameters, OptionalJson, Query};
use crate::hosts::Here;
use crate::wire::{Empty, is_zero, non_empty};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use lockwork_app::App;
use lockwork_model::error::{Error, ErrorCode};
use lockwork_model::secrets::SecretText;
use lockwork_model::sessions::ACCESS_TOKEN_LIFETIME;
use lockwork_model::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refresh {
    /// For apps that keep it themselves; the cookie goes before it.
    #[serde(alias = "refresh_token")]
    refresh_token: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessToken {
    /// Good for five minutes.
    access_token: String,
}

/// Refresh the session
///
/// Makes an access token of what is true now: roles, name, organization. A refresh token that came as a cookie is
/// answered with cookies too, and when it does not hold any more they are cleared.
#[utoipa::path(
    post, path = "/api/frontend/v1/refresh", tag = "Session", security(()), request_body = Option<Refresh>,
    responses((status = 200, body = AccessToken), WriteFailures)
)]
pub(crate) async fn refresh(
    State(app): State<App>,
    Here(pages): Here,
    RefreshCookie(cookie): RefreshCookie,
    Query(NoParameters {}): Query<NoParameters>,
    OptionalJson(body): OptionalJson<Refresh>,
) -> Result<Response> {
    let by_cookie = cookie.is_some();
    let token = cookie.or_else(|| non_empty(body.refresh_token).map(SecretText::new));
    let missing = || Error::unauthenticated("no refresh token found, in the cookies or the body");
    let token = token.ok_or_else(missing)?;
    match app.refresh_session(&pages, token.reveal()).await {
        Ok(refreshed) => {
            let mut cookies = SetCookies::default();
            if by_cookie {
                // The session lives longer now that it was used, and so must its cookie.
                cookies = cookies
                    .set(&pages, Cookie::Access, &refreshed.access_token, ACCESS_TOKEN_LIFETIME)?
                    .set(&pages, Cookie::Refresh, &token, left(refreshed.ends_at, app.now()))?;
            }
            let body = AccessToken { access_token: refreshed.access_token.reveal().to_owned() };
            Ok((cookies, Json(body)).into_response())
        }
        Err(error) if by_cookie => {
            let ended = SetCookies::default();
            gone(error, ended.clear(&pages, Cookie::Access).clear(&pages, Cookie::Refresh))
        }
        Err(error) => Err(error.into()),
    }
}

/// Log out
///
/// Ends the session, everywhere it is refreshed from, and clears the cookies. Works with the refresh cookie too when the
/// access token has expired.
#[utoipa::path(
    post, path = "/api/frontend/v1/logout", tag = "Session",
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn logout(
    State(app): State<App>,
    Here(pages): Here,
    member: std::result::Result<MemberCtx, Refusal>,
    RefreshCookie(cookie): RefreshCookie,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Response> {
    let ended = match (member, cookie) {
        (Ok(member), _) => app.logout(&member.ctx).await,
        (Err(_), Some(token)) => app.logout_by_refresh_token(&pages, token.reveal()).await,
        (Err(refusal), None) => return Err(refusal),
    };
    let cleared = SetCookies::default().clear_all(&pages);
    match ended {
        Ok(()) => Ok((cleared, Json(Empty {})).into_response()),
        Err(error) => gone(error, cleared),
    }
}

/// Refuses, and clears cookies if they are what does not hold any more.
fn gone(error: Error, cleared: SetCookies) -> Result<Response> {
    if error.code() != ErrorCode::Unauthenticated {
        return Err(error.into());
    }
    Ok((cleared, Refusal::from(error)).into_response())
}

/// How long something lasts that ends then.
pub(crate) fn left(ends_at: Timestamp, now: Timestamp) -> Duration {
    Duration::from_micros((ends_at.as_micros() - now.as_micros()).try_into().unwrap_or_default())
}

/// An organization that the caller could be in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SwitchableOrganization)]
pub(crate) struct SwitchableOrganizationView {
    id: String,
    #[serde(skip_serializing_if = "is_zero")]
    display_name: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SwitchableOrganizationList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    switchable_organizations: Vec<SwitchableOrganizationView>,
}

/// List the organizations to switch to
///
/// Those with a user of the caller's address.
#[utoipa::path(
    get, path = "/api/frontend/v1/switch-organizations/organizations", tag = "Session",
    responses((status = 200, body = SwitchableOrganizationList), ReadFailures)
)]
pub(crate) async fn list_switchable_organizations(
    State(app): State<App>,
    MemberCtx { ctx, .. }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<SwitchableOrganizationList>> {
    let organizations = app.list_switchable_organizations(&ctx).await?;
    let view = |organization: lockwork_model::organizations::Organization| SwitchableOrganizationView {
        id: organization.id.to_string(),
        display_name: organization.display_name,
    };
    Ok(Json(SwitchableOrganizationList {
        switchable_organizations: organizations.into_iter().map(view).collect(),
    }))
}
