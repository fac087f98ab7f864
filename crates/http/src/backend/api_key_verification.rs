//! `/v1/api-keys/verify` and `/v1/api-keys/authenticate`, on the router and on the fast lane.

mod shapes;

use crate::error::{LimitFailures, Refusal, Result, WriteFailures};
use crate::extract::{
    BackendCtx, NoParameters, Query, RawJson, authenticate, check_content_type, parse_json,
};
use crate::fast_lane::{Answered, HotPath, HotRequest, HotRoute};
use crate::header_lines::{self, write_decimal};
use crate::metrics::{Decider, Decision, METRICS};
use crate::rate_limit_headers::{self, LimitOutcome, whole_seconds};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use lockwork_app::verify::Key;
use lockwork_app::{App, Attempt, Draws, Verdict};
use lockwork_model::error::Error;
use lockwork_model::limits::Subject;
use lockwork_model::verification::Code;
use shapes::{AuthenticateApiKey, AuthenticatedApiKey, VerdictView, VerifyApiKey};
use std::io::Write;

/// Counts a verdict and what its limits said.
fn count(verdict: &Verdict<'_>) {
    METRICS.verification(verdict.code);
    for state in verdict.limits {
        METRICS.limit_decision(state.limit.kind, Decision::of(!state.refused));
    }
    if verdict.credits.is_some() {
        METRICS.limit_decision(Decider::Credits, Decision::of(verdict.code != Code::CreditsExhausted));
    }
    if let Some(failure) = verdict.failure {
        METRICS.limit_failure(failure, verdict.code == Code::Valid);
    }
}

fn write_verdict(verdict: &Verdict<'_>, tags: Option<&[String]>, body: &mut Vec<u8>) {
    count(verdict);
    if let Some(tags) = tags {
        tracing::debug!(
            api_key.id = verdict.key.map(|key| tracing::field::display(key.id)),
            verification.code = verdict.code.as_str(),
            verification.tags = ?tags,
            "verified"
        );
    }
    let valid: &[u8] = if verdict.code == Code::Valid {
        br#"{"valid":true,"code":""#
    } else {
        br#"{"valid":false,"code":""#
    };
    body.extend_from_slice(valid);
    body.extend_from_slice(verdict.code.as_str().as_bytes());
    body.push(b'"');
    if let Some(key) = verdict.key {
        body.push(b',');
        write_ids(key, body);
        key.write_details(body);
        write_actions(key, body);
        if let Some(expires_at) = key.expires_at {
            let _ = write!(body, r#","expireTime":"{expires_at}""#);
        }
    }
    write_limits(verdict, body);
    body.push(b'}');
}

/// Appends what the limits had to say; their names need no escaping.
fn write_limits(verdict: &Verdict<'_>, body: &mut Vec<u8>) {
    for (index, state) in verdict.limits.iter().enumerate() {
        let before: &[u8] = if index == 0 { br#","limits":[{"name":""# } else { br#",{"name":""# };
        body.extend_from_slice(before);
        body.extend_from_slice(state.limit.name.as_str().as_bytes());
        let scope: &[u8] = match state.subject {
            Subject::ApiKey(_) => br#"","scope":"API_KEY","limit":"#,
            Subject::Organization(_) => br#"","scope":"ORGANIZATION","limit":"#,
        };
        body.extend_from_slice(scope);
        write_decimal(body, state.limit.limit);
        body.extend_from_slice(br#","remaining":"#);
        write_decimal(body, state.remaining);
        body.extend_from_slice(br#","resetSeconds":"#);
        write_decimal(body, whole_seconds(state.reset));
        body.push(b'}');
    }
    if !verdict.limits.is_empty() {
        body.push(b']');
    }
    if let Some(credits) = verdict.credits {
        body.extend_from_slice(br#","credits":{"remaining":"#);
        write_decimal(body, credits);
        body.push(b'}');
    }
}

/// Appends header lines and the body of a key that is let in; a limit that refuses it is an error.
fn write_authenticated(verdict: &Verdict<'_>, head: &mut Vec<u8>, body: &mut Vec<u8>) -> Result<()> {
    count(verdict);
    let outcomes = verdict.limits.iter().map(LimitOutcome::from);
    match verdict.code {
        Code::CreditsExhausted => {
            let mut lines = Vec::new();
            rate_limit_headers::write(outcomes, &mut lines);
            let message = "the api key's credits do not suffice";
            return Err(Refusal::quota_exceeded(message, vec!["credits".into()], lines));
        }
        Code::RateLimited => {
            return Err(rate_limit_headers::refusal("the api key's limits are used up", outcomes));
        }
        _ => rate_limit_headers::write(outcomes, head),
    }
    let Some(key) = verdict.key else { return Ok(()) };
    body.push(b'{');
    write_ids(key, body);
    write_actions(key, body);
    body.push(b'}');
    Ok(())
}

fn write_ids(key: &Key<'_>, body: &mut Vec<u8>) {
    body.extend_from_slice(br#""apiKeyId":""#);
    key.id.append_to(body);
    body.extend_from_slice(br#"","organizationId":""#);
    key.organization().append_to(body);
    body.push(b'"');
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
    fn write(&self, request: &HotRequest<'_>, head: &mut Vec<u8>, body: &mut Vec<u8>) -> Result<Attempt> {
        let ctx = authenticate(&self.0, request.authorization)?;
        check_content_type(request.content_type)?;
        match request.route {
            HotRoute::Verify => {
                let request: VerifyApiKey<'_> = parse_json(request.body)?;
                let tags = request.tags.as_deref();
                request.with(|it| {
                    Ok(self.0.try_verify_api_key(&ctx, it, |verdict| write_verdict(verdict, tags, body))?)
                })
            }
            HotRoute::Authenticate => {
                let request: AuthenticateApiKey<'_> = parse_json(request.body)?;
                let mut written = Ok(());
                let attempt = request.with(|it| {
                    let answer = |verdict: &Verdict<'_>| written = write_authenticated(verdict, head, body);
                    Ok(self.0.try_authenticate_api_key(&ctx, it, answer)?)
                })?;
                written.map(|()| attempt)
            }
        }
    }
}

impl HotPath for Hot {
    type Waiting = Draws;

    fn answer(&self, request: &HotRequest<'_>, head: &mut Vec<u8>, body: &mut Vec<u8>) -> Answered<Draws> {
        match self.write(request, head, body) {
            Ok(Attempt::Answered) => Answered::Done(200),
            Ok(Attempt::Short(draws)) => Answered::Later(draws),
            // Refusals that need headers of their own are the router's.
            Err(refusal) if matches!(refusal.status().as_u16(), 401 | 503) => Answered::Elsewhere,
            Err(refusal) => {
                head.clear();
                head.extend_from_slice(refusal.header_lines());
                body.clear();
                refusal.write(request.request_id, body);
                Answered::Done(refusal.status().as_u16())
            }
        }
    }

    async fn wait(&self, draws: Draws) {
        self.0.draw(draws).await;
    }
}

fn json(head: &[u8], body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    header_lines::insert(head, response.headers_mut());
    response
}

/// Verify an API key
///
/// Always answers 200 with a verdict. What to tell the caller is yours to choose: malformed, unknown, revoked, disabled
/// and expired keys should look the same to them.
#[utoipa::path(
    post, path = "/v1/api-keys/verify", tag = "Verification", request_body = VerifyApiKey,
    responses((status = 200, body = VerdictView), WriteFailures)
)]
pub(crate) async fn verify_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    RawJson(request): RawJson,
) -> Result<Response> {
    let request: VerifyApiKey<'_> = parse_json(&request)?;
    let tags = request.tags.as_deref();
    for _ in 0..ROUNDS {
        let mut body = Vec::with_capacity(256);
        let attempt = request.with(|it| {
            Ok(app.try_verify_api_key(&ctx, it, |verdict| write_verdict(verdict, tags, &mut body))?)
        })?;
        match attempt {
            Attempt::Answered => return Ok(json(&[], body)),
            Attempt::Short(draws) => app.draw(draws).await,
        }
    }
    Err(contended())
}

/// Authenticate an API key
///
/// A wrong, revoked, disabled or expired key is a 400 with the message `unauthenticated_api_key`. A key with limits is
/// answered with the headers `RateLimit-Policy` and `RateLimit`; one that has used them up is a 429 with `Retry-After`.
#[utoipa::path(
    post, path = "/v1/api-keys/authenticate", tag = "Verification", request_body = AuthenticateApiKey,
    responses((status = 200, body = AuthenticatedApiKey), WriteFailures, LimitFailures)
)]
pub(crate) async fn authenticate_api_key(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    RawJson(request): RawJson,
) -> Result<Response> {
    let request: AuthenticateApiKey<'_> = parse_json(&request)?;
    for _ in 0..ROUNDS {
        let (mut head, mut body) = (Vec::new(), Vec::with_capacity(256));
        let mut written = Ok(());
        let attempt = request.with(|it| {
            let answer = |verdict: &Verdict<'_>| written = write_authenticated(verdict, &mut head, &mut body);
            Ok(app.try_authenticate_api_key(&ctx, it, answer)?)
        })?;
        written?;
        match attempt {
            Attempt::Answered => return Ok(json(&head, body)),
            Attempt::Short(draws) => app.draw(draws).await,
        }
    }
    Err(contended())
}

/// How often a request waits for a draw before it is refused.
const ROUNDS: u32 = 32;

fn contended() -> Refusal {
    Error::unavailable("others always spent first what was drawn for this request").into()
}
