//! Whether an answer is a refusal as the contract has it (§3.4).

use crate::logs::holds_secret;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

/// Longer than every refusal: none gives back what it was sent.
const REFUSAL_MAX_BYTES: usize = 2000;

/// What is wrong with a refusal; `config` for the Config API, which has a shape of its own.
pub(crate) fn problem(got: &Got, config: bool) -> Option<String> {
    let id = got.headers.get("x-request-id").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let expected =
        if config && got.json.get("instance").is_none() { config_shape(got) } else { shape(got, id) };
    let checks = [
        ("is not a client's error", (400..500).contains(&got.status)),
        ("has another shape", got.json == expected),
        (
            "has no description",
            got.json["details"][0]["description"].as_str().is_some_and(|text| !text.is_empty()),
        ),
        ("has no request id", !id.is_empty()),
        (
            "is not declared as JSON",
            got.headers.get(header::CONTENT_TYPE).is_some_and(|v| v == "application/json"),
        ),
        ("may be cached", got.headers.get(header::CACHE_CONTROL).is_some_and(|v| v == "no-store")),
        ("may be sniffed", got.headers.contains_key(header::X_CONTENT_TYPE_OPTIONS)),
        (
            "does not say how to authenticate",
            got.status != 401 || got.headers.contains_key(header::WWW_AUTHENTICATE),
        ),
        ("does not say what is allowed", got.status != 405 || got.headers.contains_key(header::ALLOW)),
        ("is too long", got.text.len() <= REFUSAL_MAX_BYTES),
        ("repeats a secret", !holds_secret(&got.text)),
        (
            "has control characters",
            !got.json["detail"].as_str().unwrap_or_default().contains(char::is_control),
        ),
    ];
    checks
        .iter()
        .find(|(_, holds)| !holds)
        .map(|(problem, _)| format!("{problem}: {} {}", got.status, got.text))
}

/// The whole body, with what was said and with what the status implies.
fn shape(got: &Got, id: &str) -> Value {
    let slug = got.json["message"].as_str().unwrap_or_default();
    let (code, statuses): (u32, &[u16]) = match slug {
        "invalid_argument" => (3, &[400, 405, 413, 415]),
        "unauthenticated_api_key" => (3, &[400]),
        "failed_precondition" => (9, &[400]),
        "unauthenticated" => (16, &[401]),
        "permission_denied" => (7, &[403]),
        "not_found" => (5, &[404]),
        "already_exists" => (6, &[409]),
        _ => (0, &[]),
    };
    let detail = &got.json["detail"];
    let title = StatusCode::from_u16(got.status).ok().and_then(|status| status.canonical_reason());
    json!({
        "code": code, "message": slug,
        "details": [{
            "@type": "type.googleapis.com/tesseral.common.v1.ErrorDetail", "description": detail, "docsLink": "",
        }],
        "type": "about:blank", "title": title, "detail": detail, "instance": id,
        "status": statuses.iter().find(|&&status| status == got.status),
    })
}

fn config_shape(got: &Got) -> Value {
    let message = match got.status {
        400 => "invalid_argument",
        404 => "not_found",
        _ => "",
    };
    let description = &got.json["details"][0]["description"];
    json!({ "code": got.status, "message": message, "details": [{ "description": description }] })
}
