use std::sync::Arc;

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue};

use crate::access_tokens::looks_like_a_token;
use crate::credential::{access_token_cookie, bearer_token, looks_like_a_key};
use crate::{AccessTokenClaims, Caller, Client, Error, InvalidAccessToken, Rejection, Request, SecretToken};

impl Client {
    /// From a request's headers to who it comes from, or to the answer that it gets instead. Takes users' access tokens,
    /// if the client was built with a [`publishable_key`](crate::ClientBuilder::publishable_key), as well as API keys:
    /// from `Authorization: Bearer …` or, for access tokens, from [their cookie](crate::access_token_cookie).
    ///
    /// `permissions` is an action that the caller must be permitted. For API keys it may be any expression as for
    /// [`verify_with_permissions`](Self::verify_with_permissions); users are then refused.
    ///
    /// # Errors
    /// A [`Rejection`]; whatever goes wrong, nobody is let in.
    pub async fn authenticate(
        &self,
        headers: &HeaderMap,
        permissions: Option<&str>,
    ) -> Result<Caller, Rejection> {
        let request = Request { permissions, ..Request::default() };
        let bearer = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes).and_then(bearer_token);
        match bearer {
            Some(token) => self.authenticate_request(&token, &request).await,
            None => self.authenticate_cookie(headers, permissions).await,
        }
    }

    /// Like [`authenticate`](Self::authenticate), for an access token or API key that is already taken from the request,
    /// with everything that a request may ask. Its cost, limits and address are for API keys only.
    ///
    /// # Errors
    /// A [`Rejection`]; whatever goes wrong, nobody is let in.
    pub async fn authenticate_request(
        &self,
        token: &SecretToken,
        request: &Request<'_>,
    ) -> Result<Caller, Rejection> {
        if looks_like_a_token(token.expose()) {
            self.user(token, request.permissions).await
        } else if looks_like_a_key(token.expose()) {
            let verdict = self.authorize_request(token, request).await?;
            Caller::api_key(verdict).ok_or(Rejection::NoVerdict(Error::InvalidAnswer))
        } else {
            Err(Rejection::NoKey)
        }
    }

    /// Judges a user's access token here, without asking anybody: by the keys of the project's configuration, which is
    /// fetched at the first use and then kept up to date beside the requests (and used for longer while the key server
    /// is away). A token that was seen before costs a hash, another one a signature.
    ///
    /// What it says was true when it was made: a user who was signed out or removed since has it for five minutes at
    /// most.
    ///
    /// # Errors
    /// [`Rejection::InvalidAccessToken`], or [`Rejection::NoVerdict`] while there is no configuration yet.
    pub async fn verify_access_token(
        &self,
        token: &SecretToken,
    ) -> Result<Arc<AccessTokenClaims>, Rejection> {
        let tokens = self.access_tokens();
        let tokens = tokens.ok_or(Rejection::InvalidAccessToken(InvalidAccessToken::NotAccepted))?;
        tokens.verify(token.expose()).await
    }

    async fn authenticate_cookie(
        &self,
        headers: &HeaderMap,
        permissions: Option<&str>,
    ) -> Result<Caller, Rejection> {
        let tokens = self.access_tokens().filter(|_| headers.contains_key(COOKIE)).ok_or(Rejection::NoKey)?;
        let project_id = tokens.project_id().await.map_err(Rejection::NoVerdict)?;
        let token = access_token_cookie(headers, &project_id).ok_or(Rejection::NoKey)?;
        self.user(&token, permissions).await
    }

    async fn user(&self, token: &SecretToken, permissions: Option<&str>) -> Result<Caller, Rejection> {
        let claims = self.verify_access_token(token).await?;
        if permissions.is_some_and(|action| !claims.has_permission(action)) {
            return Err(Rejection::NotPermitted(claims));
        }
        Ok(Caller::user(claims))
    }
}
