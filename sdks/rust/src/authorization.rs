use reqwest::StatusCode;

use crate::{Client, Code, Error, Request, SecretToken, Verdict};

/// Longer than any key; what is longer is not worth a question.
const MAX_TOKEN_SIZE_BYTES: usize = 512;

/// Why a request may not go on, and what to answer to it. The texts tell an anonymous caller nothing about the
/// key: wrong, revoked, disabled and expired look the same.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// No `Authorization: Bearer …` header, or not one with a key in it. 401.
    #[error("the request carries no API key")]
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
    /// There is no verdict. 503 if asking again may help, otherwise (wrong Backend API key, invalid permission
    /// expression) 500. Log it: the caller is told nothing.
    #[error("no verdict on the API key")]
    NoVerdict(#[source] Error),
}

impl Rejection {
    /// The HTTP status to answer with.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoKey | Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
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
            Self::Unauthorized(_) => Some(r#"Bearer error="invalid_token""#),
            Self::Forbidden(_) => Some(r#"Bearer error="insufficient_scope""#),
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
        let token = authorization.and_then(bearer_token).ok_or(Rejection::NoKey)?;
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

/// `Bearer <token>` (RFC 6750 §2.1); the scheme's case does not matter (RFC 9110 §11.1).
fn bearer_token(header: &[u8]) -> Option<SecretToken> {
    let (scheme, token) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    let token = token.trim_matches(' ');
    let is_token = !token.is_empty()
        && token.len() <= MAX_TOKEN_SIZE_BYTES
        && token.bytes().all(|byte| byte.is_ascii_graphic());
    (scheme.eq_ignore_ascii_case("Bearer") && is_token).then(|| SecretToken::new(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str) -> Option<String> {
        bearer_token(header.as_bytes()).map(|token| token.expose().to_owned())
    }

    #[test]
    fn a_bearer_token_is_found_whatever_the_case_of_the_scheme() {
        assert_eq!(token("Bearer acme_sk_1").as_deref(), Some("acme_sk_1"));
        assert_eq!(token("bearer  acme_sk_1 ").as_deref(), Some("acme_sk_1"));
    }

    #[test]
    fn headers_without_a_token_have_none() {
        for header in ["", "Bearer", "Bearer ", "Basic YTpi", "acme_sk_1", "Bearer a b", "Bearer schlüssel"]
        {
            assert_eq!(token(header), None, "{header:?}");
        }
        assert!(bearer_token(b"Bearer \xff").is_none());
        assert_eq!(token(&format!("Bearer {}", "a".repeat(513))), None);
    }
}
