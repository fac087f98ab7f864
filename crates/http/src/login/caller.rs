//! Who may take a step of a login.

use crate::cookies::Cookie;
use crate::error::Refusal;
use crate::hosts::Here;
use crate::origins::{check_cookie_request, check_same_host};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lockwork_app::{App, LoginHandle, Pages};
use lockwork_model::secrets::SecretText;
use std::sync::Arc;

/// The login in progress whose cookie the browser holds.
pub(crate) struct InLogin(pub LoginHandle);

impl FromRequestParts<App> for InLogin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Here(pages) = Here::from_request_parts(parts, app).await?;
        let token = Cookie::Intermediate.read(&parts.headers, pages.project.id)?;
        if token.is_some() {
            check_cookie_request(&pages, parts)?;
        }
        Ok(Self(app.login_of(&pages, token.as_ref().map(SecretText::reveal))?))
    }
}

/// A request of the project's own pages. Nobody else may put a login or a session into a browser: it would be somebody
/// else's, and its owner would not notice (login CSRF).
pub(crate) struct OwnPages(pub Arc<Pages>);

impl FromRequestParts<App> for OwnPages {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Here(pages) = Here::from_request_parts(parts, app).await?;
        check_same_host(&pages, parts)?;
        Ok(Self(pages))
    }
}
