use super::{CLIENT_ID, CLIENT_SECRET, Fault, Grant, LocalPerson, State, tokens};
use crate::providers::Provider;
use axum::Router;
use axum::extract::{Path, Query, Request, State as Here};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Json, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

type Parameters = HashMap<String, String>;

pub(super) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/google/.well-known/openid-configuration", get(google))
        .route("/microsoft/common/v2.0/.well-known/openid-configuration", get(microsoft))
        .route("/keys", get(keys))
        .route("/{provider}/token", post(token))
        .route("/github/api/user", get(github_user))
        .route("/github/api/user/emails", get(github_emails))
        .layer(from_fn_with_state(Arc::clone(&state), misbehave))
        .route("/{provider}/authorize", get(authorize))
        .with_state(state)
}

/// Faults of the transport, which are the same wherever they happen.
async fn misbehave(Here(state): Here<Arc<State>>, request: Request, next: Next) -> Response {
    match state.fault() {
        Some(Fault::Slow) => tokio::time::sleep(Duration::from_secs(60)).await,
        Some(Fault::ServerError) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Fault::Endless) => return " ".repeat(1_000_000).into_response(),
        Some(Fault::NotJson) => return Html("<h1>Down for maintenance</h1>").into_response(),
        _ => {}
    }
    next.run(request).await
}

async fn google(Here(state): Here<Arc<State>>) -> Json<Value> {
    document(&state, Provider::Google, &tokens::issuer(&state, Provider::Google, ""))
}

async fn microsoft(Here(state): Here<Arc<State>>) -> Json<Value> {
    document(&state, Provider::Microsoft, &tokens::issuer(&state, Provider::Microsoft, "{tenantid}"))
}

fn document(state: &State, provider: Provider, issuer: &str) -> Json<Value> {
    let name = provider.as_str();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": state.at(&format!("{name}/authorize")),
        "token_endpoint": state.at(&format!("{name}/token")),
        "jwks_uri": state.at("keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn keys(Here(state): Here<Arc<State>>) -> Result<Json<Value>, StatusCode> {
    state.told().keys_fetched += 1;
    let key = tokens::published_key(&state).ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(json!({ "keys": [key] })))
}

async fn authorize(
    Here(state): Here<Arc<State>>,
    Path(provider): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Result<Redirect, StatusCode> {
    let provider = Provider::from_name(&provider).ok_or(StatusCode::NOT_FOUND)?;
    let back = consent(&state, provider, &parameters).ok_or(StatusCode::BAD_REQUEST)?;
    Ok(Redirect::to(back.as_str()))
}

pub(super) fn consent(state: &State, provider: Provider, parameters: &Parameters) -> Option<Url> {
    let given = |name: &str| parameters.get(name).filter(|value| !value.is_empty()).cloned();
    let openid = provider == Provider::Github || given("scope")?.split(' ').any(|scope| scope == "openid");
    let legal = given("client_id")? == CLIENT_ID
        && given("response_type")? == "code"
        && given("code_challenge_method")? == "S256"
        && openid;
    let mut back = Url::parse(&given("redirect_uri")?).ok().filter(|_| legal)?;
    let mut told = state.told();
    if told.fault == Some(Fault::Denied) {
        back.query_pairs_mut().append_pair("error", "access_denied");
    } else {
        told.codes_made += 1;
        let code = format!("code-{}", told.codes_made);
        let grant = Grant {
            provider,
            person: told.person.clone(),
            redirect_uri: given("redirect_uri")?,
            nonce: given("nonce")?,
            pkce_challenge: given("code_challenge")?,
        };
        told.grants.insert(code.clone(), grant);
        back.query_pairs_mut().append_pair("code", &code);
    }
    back.query_pairs_mut().append_pair("state", &given("state")?);
    Some(back)
}

async fn token(Here(state): Here<Arc<State>>, Path(provider): Path<String>, body: String) -> Response {
    let form: Parameters = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let given = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let github = provider == Provider::Github.as_str();
    let fault = state.fault();
    if given("client_id") != CLIENT_ID
        || given("client_secret") != CLIENT_SECRET
        || fault == Some(Fault::RefusesClient)
    {
        return if github {
            refusal(StatusCode::OK, "incorrect_client_credentials")
        } else {
            refusal(StatusCode::UNAUTHORIZED, "invalid_client")
        };
    }
    let grant = state.told().grants.remove(given("code"));
    let verifier = URL_SAFE_NO_PAD.encode(Sha256::digest(given("code_verifier")));
    let grant = grant.filter(|grant| {
        grant.provider.as_str() == provider
            && grant.redirect_uri == given("redirect_uri")
            && grant.pkce_challenge == verifier
            && given("grant_type") == "authorization_code"
    });
    let Some(grant) = grant else {
        return if github {
            refusal(StatusCode::OK, "bad_verification_code")
        } else {
            refusal(StatusCode::BAD_REQUEST, "invalid_grant")
        };
    };
    let access_token = format!("token-for-{}", given("code"));
    state.told().people.insert(access_token.clone(), grant.person.clone());
    let mut answer = json!({ "access_token": access_token, "token_type": "bearer", "scope": "given" });
    if !github && fault != Some(Fault::NoToken) {
        match (tokens::id_token(&state, &grant, fault), answer.as_object_mut()) {
            (Some(token), Some(answer)) => {
                answer.insert("id_token".into(), token.into());
            }
            _ => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
    Json(answer).into_response()
}

fn refusal(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error, "error_description": "no" }))).into_response()
}

async fn github_user(Here(state): Here<Arc<State>>, headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    let person = bearer(&state, &headers)?;
    let id: u64 = person.subject.parse().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(json!({ "id": id, "login": "ada", "name": person.name, "avatar_url": person.picture })))
}

async fn github_emails(Here(state): Here<Arc<State>>, headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    let person = bearer(&state, &headers)?;
    let other =
        json!({ "email": "other@example.org", "primary": false, "verified": true, "visibility": null });
    let primary = person.email.map(
        |email| json!({ "email": email, "primary": true, "verified": person.email_verified, "visibility": "private" }),
    );
    Ok(Json(Some(other).into_iter().chain(primary).collect()))
}

fn bearer(state: &State, headers: &HeaderMap) -> Result<LocalPerson, StatusCode> {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    token.and_then(|token| state.told().people.get(token).cloned()).ok_or(StatusCode::UNAUTHORIZED)
}
