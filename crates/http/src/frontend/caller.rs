//! Who calls the Frontend API.

use crate::cookies::Cookie;
use crate::error::Refusal;
use crate::hosts::Here;
use crate::origins::check_cookie_request;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use lockwork_app::{App, Ctx};
use lockwork_model::error::Error;
use lockwork_model::ids::OrganizationId;
use lockwork_model::secrets::SecretText;

/// A signed-in person of an organization.
pub(crate) struct MemberCtx {
    /// The caller.
    pub(crate) ctx: Ctx,
    /// Their organization.
    pub(crate) organization: OrganizationId,
}

impl FromRequestParts<App> for MemberCtx {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Here(pages) = Here::from_request_parts(parts, app).await?;
        let token = match bearer(parts)? {
            Some(token) => token,
            None => {
                let token = Cookie::Access.read(&parts.headers, pages.project.id)?;
                let token =
                    token.ok_or_else(|| Error::unauthenticated("no access token found in cookies"))?;
                check_cookie_request(&pages, parts)?;
                token
            }
        };
        let ctx = app.authenticate_frontend(&pages, token.reveal()).await?;
        let member = ctx.caller().as_member().ok_or_else(|| Error::internal("a caller who is no member"))?;
        Ok(Self { ctx, organization: member.organization })
    }
}

/// The access token of the `Authorization` header, if there is one.
fn bearer(parts: &Parts) -> Result<Option<SecretText>, Refusal> {
    let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Error::unauthenticated("send one Authorization header, not several").into());
    }
    let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
    match token {
        Some(token) => Ok(Some(SecretText::new(token.to_owned()))),
        None => Err(Error::unauthenticated("the Authorization header must begin with \"Bearer \"").into()),
    }
}

/// The refresh token that the browser holds as a cookie, if it does.
pub(crate) struct RefreshCookie(pub(crate) Option<SecretText>);

impl FromRequestParts<App> for RefreshCookie {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Here(pages) = Here::from_request_parts(parts, app).await?;
        let token = Cookie::Refresh.read(&parts.headers, pages.project.id)?;
        if token.is_some() {
            check_cookie_request(&pages, parts)?;
        }
        Ok(Self(token))
    }
}
