//! `/v1/api-keys/verify` and `/v1/api-keys/authenticate`, on the router and on the fast lane.

use crate::error::{Result, WriteFailures};
use crate::extract::{
    BackendCtx, NoParameters, Query, RawJson, authenticate, check_content_type, parse_json,
};
use crate::fast_lane::{HotPath, HotRequest, HotRoute};
use crate::metrics::METRICS;
use crate::wire::{Time, is_zero};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use lockwork_app::verify::{Key, NameBuffer};
use lockwork_app::{App, Ctx};
use lockwork_model::error::Error;
use lockwork_model::verification::Code;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::Write;
use utoipa::ToSchema;

/// A secret to authenticate.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthenticateApiKey<'a> {
    /// The API key as its holder sent it.
    #[serde(alias = "secret_token", borrow)]
    #[schema(required)]
    secret_token: Option<Cow<'a, str>>,
}

/// A secret to verify.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerifyApiKey<'a> {
    /// The API key as its holder sent it.
    #[serde(alias = "secret_token", borrow)]
    #[schema(required)]
    secret_token: Option<Cow<'a, str>>,
    /// What the key must be allowed to do: action names with AND, OR, NOT, parentheses, and `*` for a whole segment.
    #[serde(borrow)]
    permissions: Option<Cow<'a, str>>,
}

/// The key that a secret belongs to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthenticatedApiKey {
    api_key_id: String,
    organization_id: String,
    /// Sorted by bytes.
    #[serde(skip_serializing_if = "is_zero")]
    actions: Vec<String>,
}

/// The verdict on a secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verdict {
    /// Whether to let the request in.
    valid: bool,
    /// Why.
    code: VerdictCode,
    #[serde(skip_serializing_if = "is_zero")]
    api_key_id: String,
    #[serde(skip_serializing_if = "is_zero")]
    organization_id: String,
    #[serde(skip_serializing_if = "is_zero")]
    display_name: String,
    /// Sorted by bytes.
    #[serde(skip_serializing_if = "is_zero")]
    actions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_time: Option<Time>,
}

/// The first failure in this order, or `VALID`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(dead_code, reason = "its schema is used; the code itself is the model's")]
enum VerdictCode {
    Valid,
    Malformed,
    NotFound,
    ProjectDisabled,
    OrganizationDisabled,
    Revoked,
    Disabled,
    Expired,
    InsufficientPermissions,
}

fn write_verdict(app: &App, ctx: &Ctx, request: &VerifyApiKey<'_>, body: &mut Vec<u8>) -> Result<()> {
    let token =
        request.secret_token.as_deref().ok_or_else(|| Error::invalid_field("secretToken", "is required"))?;
    let permissions = request.permissions.as_deref().filter(|text| !text.is_empty());
    Ok(app.verify_api_key(ctx, token, permissions, |code, key| {
        METRICS.verification(code);
        let valid: &[u8] =
            if code == Code::Valid { br#"{"valid":true,"code":""# } else { br#"{"valid":false,"code":""# };
        body.extend_from_slice(valid);
        body.extend_from_slice(code.as_str().as_bytes());
        body.push(b'"');
        if let Some(key) = key {
            body.push(b',');
            write_ids(key, body);
            let mut buffer = NameBuffer::default();
            let name = key.display_name(&mut buffer);
            if !name.is_empty() {
                body.extend_from_slice(br#","displayName":"#);
                // A text into memory: cannot fail.
                let _ = serde_json::to_writer(&mut *body, name);
            }
            write_actions(key, body);
            if let Some(expires_at) = key.expires_at {
                let _ = write!(body, r#","expireTime":"{expires_at}""#);
            }
        }
        body.push(b'}');
    })?)
}

fn write_authenticated(
    app: &App,
    ctx: &Ctx,
    request: &AuthenticateApiKey<'_>,
    body: &mut Vec<u8>,
) -> Result<()> {
    let token = request.secret_token.as_deref().unwrap_or_default();
    Ok(app.authenticate_api_key(ctx, token, |key| {
        body.push(b'{');
        write_ids(key, body);
        write_actions(key, body);
        body.push(b'}');
    })?)
}

fn write_ids(key: &Key<'_>, body: &mut Vec<u8>) {
    let _ = write!(body, r#""apiKeyId":"{}","organizationId":"{}""#, key.id, key.organization());
}

fn write_actions(key: &Key<'_>, body: &mut Vec<u8>) {
    if !key.permissions.actions().is_empty() {
        body.extend_from_slice(br#","actions":"#);
        body.extend_from_slice(key.permissions.actions_json().as_bytes());
    }
}

/// The product on the fast lane.
#[derive(Clone)]
pub struct Hot(pub App);

impl Hot {
    fn write(&self, request: &HotRequest<'_>, body: &mut Vec<u8>) -> Result<()> {
        let ctx = authenticate(&self.0, request.authorization)?;
        check_content_type(request.content_type)?;
        match request.route {
            HotRoute::Verify => write_verdict(&self.0, &ctx, &parse_json(request.body)?, body),
            HotRoute::Authenticate => write_authenticated(&self.0, &ctx, &parse_json(request.body)?, body),
        }
    }
}

impl HotPath for Hot {
    fn answer(&self, request: &HotRequest<'_>, body: &mut Vec<u8>) -> Option<u16> {
        let start = body.len();
        match self.write(request, body) {
            Ok(()) => Some(200),
            // Refusals that need headers of their own are the router's.
            Err(refusal) if matches!(refusal.status().as_u16(), 401 | 503) => None,
            Err(refusal) => {
                body.truncate(start);
                refusal.write(request.request_id, body);
                Some(refusal.status().as_u16())
            }
        }
    }
}

fn json(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Verify an API key
///
/// Always answers 200 with a verdict. What to tell the caller is yours to choose: malformed, unknown, revoked, disabled
/// and expired keys should look the same to them.
#[utoipa::path(
    post, path = "/v1/api-keys/verify", tag = "Verification", request_body = VerifyApiKey,
    responses((status = 200, body = Verdict), WriteFailures)
)]
pub(crate) async fn verify_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    RawJson(request): RawJson,
) -> Result<Response> {
    let mut body = Vec::with_capacity(256);
    write_verdict(&app, &ctx, &parse_json(&request)?, &mut body)?;
    Ok(json(body))
}

/// Authenticate an API key
///
/// A wrong, revoked or expired key is a 400 with the message `unauthenticated_api_key`.
#[utoipa::path(
    post, path = "/v1/api-keys/authenticate", tag = "Verification", request_body = AuthenticateApiKey,
    responses((status = 200, body = AuthenticatedApiKey), WriteFailures)
)]
pub(crate) async fn authenticate_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    RawJson(request): RawJson,
) -> Result<Response> {
    let mut body = Vec::with_capacity(256);
    write_authenticated(&app, &ctx, &parse_json(&request)?, &mut body)?;
    Ok(json(body))
}
