//! OAuth 2.0 as all three speak it.

use super::answers::{Failure, send};
use super::{Callback, PendingAuthorization, Provider, ProviderSettings, unavailable};
use lockwork_model::error::{Error, Result};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointNotSet, EndpointSet, HttpRequest, IdTokenFields, IssuerUrl, JsonWebKeySet,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

/// What Google and Microsoft say beyond OpenID Connect.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ProviderClaims {
    /// Google: the Workspace domain.
    pub(super) hd: Option<String>,
    /// Microsoft: the tenant.
    pub(super) tid: Option<String>,
    /// Microsoft: whether the domain's owner has been verified; `true`, `1`, or one of them as text.
    pub(super) xms_edov: Option<serde_json::Value>,
}

impl AdditionalClaims for ProviderClaims {}

pub(super) type Tokens = StandardTokenResponse<
    IdTokenFields<
        ProviderClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type ErrorAnswer = StandardErrorResponse<CoreErrorResponseType>;

pub(super) type OAuthClient = Client<
    ProviderClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    ErrorAnswer,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// A client that asks and exchanges. It is never asked to verify, so that its issuer and keys are of no account.
pub(super) fn client(
    settings: &ProviderSettings,
    authorize: &Url,
    token: &Url,
    redirect_uri: &str,
) -> Result<OAuthClient> {
    let redirect = RedirectUrl::new(redirect_uri.to_owned())
        .map_err(|error| Error::invalid_field("redirectUrl", "must be a URL").because(error))?;
    let issuer = IssuerUrl::from_url(authorize.clone());
    Ok(Client::new(ClientId::new(settings.client_id.clone()), issuer, JsonWebKeySet::default())
        .set_client_secret(ClientSecret::new(settings.client_secret.reveal().to_owned()))
        // The one way that all three document.
        .set_auth_type(AuthType::RequestBody)
        .set_auth_uri(AuthUrl::from_url(authorize.clone()))
        .set_token_uri(TokenUrl::from_url(token.clone()))
        .set_redirect_uri(redirect))
}

/// Where to send the browser.
pub(super) fn authorize_url(client: OAuthClient, scopes: &[&str], pending: &PendingAuthorization) -> Url {
    let (state, nonce) = (pending.state().to_owned(), pending.nonce().to_owned());
    let verifier = PkceCodeVerifier::new(pending.pkce_verifier().to_owned());
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    client
        .authorize_url(flow, move || CsrfToken::new(state), move || Nonce::new(nonce))
        .add_scopes(scopes.iter().map(|&scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url()
        .0
}

/// Exchanges the code.
pub(super) async fn exchange(
    http: &reqwest::Client,
    settings: &ProviderSettings,
    client: OAuthClient,
    pending: &PendingAuthorization,
    callback: &Callback<'_>,
) -> Result<Tokens> {
    let send = |request: HttpRequest| send(http.clone(), request);
    client
        .exchange_code(AuthorizationCode::new(callback.code.to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(pending.pkce_verifier().to_owned()))
        .request_async(&send)
        .await
        .map_err(|error| refused(settings.provider, error))
}

fn refused(provider: Provider, error: RequestTokenError<Failure, ErrorAnswer>) -> Error {
    match error {
        RequestTokenError::ServerResponse(answer) => refused_because(provider, &answer),
        // GitHub refuses with status 200.
        RequestTokenError::Parse(error, body) => match serde_json::from_slice::<ErrorAnswer>(&body) {
            Ok(answer) => refused_because(provider, &answer),
            Err(_) => unavailable(provider, error),
        },
        RequestTokenError::Request(error) => unavailable(provider, error),
        RequestTokenError::Other(why) => unavailable(provider, why),
    }
}

fn refused_because(provider: Provider, answer: &ErrorAnswer) -> Error {
    let name = provider.display_name();
    let code = answer.error();
    let code_is_wrong = match code {
        CoreErrorResponseType::InvalidGrant => true,
        CoreErrorResponseType::Extension(code) => code == "bad_verification_code",
        _ => false,
    };
    if code_is_wrong {
        let text = format!("{name} does not know it, or it was used or has expired; sign in again");
        return Error::invalid_field("code", text).because(code);
    }
    let text = format!(
        "{name} refuses this application; its owner must check the client id, the client secret and the \
         redirect URLs registered with {name}"
    );
    Error::failed_precondition(text).because(code)
}
