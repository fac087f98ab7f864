//! The Config API: what clients need to know of a project (contract §4.2). Needs no credentials; any origin may ask.

use crate::extract::{NoParameters, Query};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork_app::{App, ClientConfig};
use lockwork_model::error::{Error, ErrorCode};
use lockwork_model::ids::PublishableKeyId;
use lockwork_model::session_signing_keys::SessionSigningKey;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes, with their document.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_config))
}

/// A project's public configuration.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Config {
    project_id: String,
    vault_domain: String,
    cookie_domain: String,
    /// The same as `crossDomainMode`.
    dev_mode: bool,
    cross_domain_mode: bool,
    trusted_domains: Vec<String>,
    /// The keys that access tokens may be signed with.
    keys: Vec<Jwk>,
}

/// A public key (RFC 7517).
#[derive(Serialize, ToSchema)]
struct Jwk {
    kid: String,
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    x: String,
    y: String,
}

/// What went wrong, in the Config API's own shape (contract §3.4).
#[derive(Serialize, ToSchema)]
struct ConfigError<'a> {
    /// The HTTP status.
    code: u16,
    message: &'a str,
    details: [ConfigErrorDetail<'a>; 1],
}

#[derive(Serialize, ToSchema)]
struct ConfigErrorDetail<'a> {
    description: &'a str,
}

impl From<&SessionSigningKey> for Jwk {
    fn from(key: &SessionSigningKey) -> Self {
        let coordinate = |from: usize| {
            let bytes = key.public_key.get(from..from + 32).unwrap_or_default();
            URL_SAFE_NO_PAD.encode(bytes)
        };
        Self {
            kid: key.id.to_string(),
            kty: "EC",
            crv: "P-256",
            alg: "ES256",
            usage: "sig",
            x: coordinate(1),
            y: coordinate(33),
        }
    }
}

impl Config {
    fn of(config: &ClientConfig, app: &App) -> Self {
        let mode = config.publishable_key.cross_domain_mode;
        Self {
            project_id: config.project.id.to_string(),
            vault_domain: app.pages_host(&config.project),
            cookie_domain: app.cookie_domain(&config.project),
            dev_mode: mode,
            cross_domain_mode: mode,
            trusted_domains: config.project.trusted_domains.clone(),
            keys: config.signing_keys.iter().map(Into::into).collect(),
        }
    }
}

/// Get a project's configuration
#[utoipa::path(
    get, path = "/v1/config/{publishableKey}", tag = "Configuration", params(("publishableKey" = String, Path)),
    responses(
        (status = 200, body = Config),
        (status = 400, body = ConfigError, description = "The publishable key is malformed."),
        (status = 404, body = ConfigError, description = "There is no such publishable key."),
        (status = 503, body = ConfigError, description = "The database cannot be reached; try again."),
        (status = 500, body = ConfigError, description = "Our fault.")
    )
)]
async fn get_config(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<NoParameters>, crate::error::Refusal>,
) -> Response {
    let mut response = match config(&app, path, query).await {
        Ok(config) => axum::Json(config).into_response(),
        Err(error) => refuse(&error),
    };
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn config(
    app: &App,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<NoParameters>, crate::error::Refusal>,
) -> lockwork_model::error::Result<Config> {
    query.map_err(|refusal| refusal.error().clone())?;
    let malformed = || Error::invalid("invalid publishable key id");
    let Path(text) = path.map_err(|_| malformed())?;
    let id: PublishableKeyId = text.parse().map_err(|_| malformed())?;
    Ok(Config::of(&app.get_config(id).await?, app))
}

fn refuse(error: &Error) -> Response {
    let (status, message) = match error.code() {
        ErrorCode::InvalidArgument => (StatusCode::BAD_REQUEST, "invalid_argument"),
        ErrorCode::NotFound => (StatusCode::NOT_FOUND, "not_found"),
        ErrorCode::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    };
    if status.is_server_error() {
        tracing::warn!(error = ?error, "a project's configuration could not be read");
    }
    let details = [ConfigErrorDetail { description: error.message() }];
    (status, axum::Json(ConfigError { code: status.as_u16(), message, details })).into_response()
}
