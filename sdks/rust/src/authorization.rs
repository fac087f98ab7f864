use std::sync::Arc;

use reqwest::StatusCode;

use crate::credential::{MAX_KEY_SIZE_BYTES, bearer_token};
use crate::{AccessTokenClaims, Client, Code, Error, InvalidAccessToken, Request, SecretToken, Verdict};

/// Why a request may not go on, and what to answer to it. The texts tell an anonymous caller nothing about the
/// key: wrong, revoked, disabled and expired look the same.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// No `Authorization: Bearer …` header, or not one with a key in it, and no access token either. 401.
    #[error("the request carries no API key and no access token")]
    NoKey,
    /// The key is malformed, unknown, revoked, disabled or expired. 401.
    #[error("the API key is not valid ({:?})", .0.code)]
    Unauthorized(Box<Verdict>),
    /// The key is genuine but may not do this: permissions, address, or keys are switched off for its
    /// organization. 403.
    #[error("the API key may not do this ({:?})", .0.code)]
    Forbidden(Box<Verdict>),
    /// The key was used too often, or its credits are spent. 429.
    #[error("the API key is over its limit ({:?})", .0.code)]
    OverLimit(Box<Verdict>),
    /// The access token is not good. 401.
    #[error(transparent)]
    InvalidAccessToken(InvalidAccessToken),
    /// The access token is good but does not have the permission that was asked for. 403.
    #[error("the user may not do this")]
    NotPermitted(Arc<AccessTokenClaims>),
    /// There is no verdict. 503 if asking again may help, otherwise (wrong Backend API key, invalid permission
    /// expression) 500. Log it: the caller is told nothing.
    #[error("no verdict on the credential")]
    NoVerdict(#[source] Error),
}

impl Rejection {
    /// The HTTP status to answer with.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoKey | Self::Unauthorized(_) | Self::InvalidAccessToken(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::NotPermitted(_) => StatusCode::FORBIDDEN,
            Self::OverLimit(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NoVerdict(error) if error.is_temporary() => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoVerdict(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The `application/json` body to answer with.
    pub fn body(&self) -> &'static str {
        match self.status() {
            StatusCode::UNAUTHORIZED => r#"{"error":"unauthorized"}"#,
            StatusCode::FORBIDDEN => r#"{"error":"forbidden"}"#,
            StatusCode::TOO_MANY_REQUESTS => r#"{"error":"too_many_requests"}"#,
            StatusCode::SERVICE_UNAVAILABLE => r#"{"error":"unavailable"}"#,
            _ => r#"{"error":"internal"}"#,
        }
    }

    /// The value of the `WWW-Authenticate` header to answer with (RFC 6750 §3), if the status asks for one.
    pub fn www_authenticate(&self) -> Option<&'static str> {
        match self {
            Self::NoKey => Some("Bearer"),
            Self::Unauthorized(_) | Self::InvalidAccessToken(_) => Some(r#"Bearer error="invalid_token""#),
            Self::Forbidden(_) | Self::NotPermitted(_) => Some(r#"Bearer error="insufficient_scope""#),
            Self::OverLimit(_) | Self::NoVerdict(_) => None,
        }
    }
}

impl Rejection {
    /// The value of the `Retry-After` header to answer with, in seconds: when the last of the limits that are used up
    /// lets a request in again. `None` if no limit is used up, be it that the request's cost was too high for what is
    /// left.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::OverLimit(verdict) if verdict.code == Code::RateLimited => {
                let used_up = verdict.limits.iter().filter(|limit| limit.remaining == 0);
                used_up.map(|limit| limit.reset_seconds.max(1)).max()
            }
            _ => None,
        }
    }
}

impl Client {
    /// From the value of a request's `Authorization` header to a verdict that lets the caller in, or to the
    /// answer that it gets instead. `permissions` is an expression as for
    /// [`verify_with_permissions`](Self::verify_with_permissions).
    ///
    /// # Errors
    /// A [`Rejection`]; whatever goes wrong, nobody is let in.
    pub async fn authorize(
        &self,
        authorization: Option<&[u8]>,
        permissions: Option<&str>,
    ) -> Result<Verdict, Rejection> {
        let token =
            authorization.and_then(bearer_token).filter(|token| token.expose().len() <= MAX_KEY_SIZE_BYTES);
        let token = token.ok_or(Rejection::NoKey)?;
        let request = Request { permissions, ..Request::default() };
        self.authorize_request(&token, &request).await
    }

    /// Like [`authorize`](Self::authorize), for a token that is already taken from the header, with everything that a
    /// request may ask.
    ///
    /// # Errors
    /// A [`Rejection`]; whatever goes wrong, nobody is let in.
    pub async fn authorize_request(
        &self,
        token: &SecretToken,
        request: &Request<'_>,
    ) -> Result<Verdict, Rejection> {
        let verdict = self.verify_request(token, request).await.map_err(Rejection::NoVerdict)?;
        match verdict.code {
            Code::Valid => Ok(verdict),
            Code::ProjectDisabled
            | Code::OrganizationDisabled
            | Code::AddressNotAllowed
            | Code::InsufficientPermissions => Err(Rejection::Forbidden(Box::new(verdict))),
            Code::RateLimited | Code::CreditsExhausted => Err(Rejection::OverLimit(Box::new(verdict))),
            Code::Malformed
            | Code::NotFound
            | Code::Revoked
            | Code::Disabled
            | Code::Expired
            | Code::Unknown => Err(Rejection::Unauthorized(Box::new(verdict))),
        }
    }
}
