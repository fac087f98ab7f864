//! The client against a key server over TLS on this machine.

mod access_tokens;
mod callers;
mod issuer;
mod key_server;

use std::time::Duration;

use key_server::{BACKEND_API_KEY, KeyServer};
use lockwork::{Client, Code, Error, LimitScope, NamedLimit, Rejection, Request, SecretToken};

const TOKEN: &str = "acme_sk_callersecret";
const HEADER: Option<&[u8]> = Some(b"Bearer acme_sk_callersecret");
const GOOD: &str = r#"{"valid":true,"code":"VALID","apiKeyId":"api_key_1","organizationId":"org_1","actions":["acme.widgets.create"],"displayName":"CI","expireTime":"2030-01-02T03:04:05Z"}"#;

fn verdict(code: &str) -> String {
    format!(r#"{{"valid":false,"code":"{code}"}}"#)
}

async fn rejection(status: u16, body: &str) -> Rejection {
    KeyServer::answering(status, body).await.client().authorize(HEADER, None).await.unwrap_err()
}

#[tokio::test]
async fn a_good_key_gets_the_whole_verdict() {
    let server = KeyServer::answering(200, GOOD).await;
    let verdict = server.client().verify(&SecretToken::new(TOKEN)).await.unwrap();
    assert!(verdict.valid);
    assert_eq!(verdict.code, Code::Valid);
    assert_eq!(verdict.api_key_id.as_deref(), Some("api_key_1"));
    assert_eq!(verdict.organization_id.as_deref(), Some("org_1"));
    assert_eq!(verdict.display_name, "CI");
    assert_eq!(verdict.expire_time.as_deref(), Some("2030-01-02T03:04:05Z"));
    assert!(verdict.has_permission("acme.widgets.create"));
    assert!(!verdict.has_permission("acme.widgets"));
}

#[tokio::test]
async fn the_question_carries_the_backend_key_the_token_and_the_permissions() {
    let server = KeyServer::answering(200, GOOD).await;
    let client = server.client();
    client.verify(&SecretToken::new(TOKEN)).await.unwrap();
    client.verify_with_permissions(&SecretToken::new(TOKEN), "acme.widgets.*").await.unwrap();
    let requests = server.requests();
    assert!(requests[0].starts_with("POST /v1/api-keys/verify HTTP/1.1\r\n"));
    assert!(requests[0].contains(&format!("authorization: Bearer {BACKEND_API_KEY}\r\n")));
    assert!(requests[0].ends_with("\r\n\r\n{\"secretToken\":\"acme_sk_callersecret\"}"));
    assert!(
        requests[1].ends_with(r#"{"secretToken":"acme_sk_callersecret","permissions":"acme.widgets.*"}"#)
    );
}

#[tokio::test]
async fn a_request_says_from_where_it_comes_and_what_it_costs() {
    let server = KeyServer::answering(200, GOOD).await;
    let named = [NamedLimit { name: "exports", cost: Some(2) }, NamedLimit { name: "requests", cost: None }];
    let request = Request {
        permissions: None,
        ip_address: Some("192.0.2.7".parse().unwrap()),
        cost: Some(0),
        limits: &named,
    };
    server.client().verify_request(&SecretToken::new(TOKEN), &request).await.unwrap();
    assert!(server.requests()[0].ends_with(
        r#"{"secretToken":"acme_sk_callersecret","ipAddress":"192.0.2.7","cost":0,"limits":[{"name":"exports","cost":2},{"name":"requests"}]}"#
    ));
}

#[tokio::test]
async fn a_used_up_limit_says_when_to_come_back() {
    let answer = r#"{"valid":false,"code":"RATE_LIMITED","apiKeyId":"api_key_1","externalId":"c-1","metadata":{"a":1},
        "limits":[{"name":"requests","scope":"API_KEY","limit":5,"remaining":0,"resetSeconds":7},
            {"name":"monthly","scope":"ORGANIZATION","limit":9,"remaining":3,"resetSeconds":86400}],
        "credits":{"remaining":4}}"#;
    let rejection = rejection(200, answer).await;
    assert_eq!((rejection.status(), rejection.retry_after_seconds()), (429.try_into().unwrap(), Some(7)));
    let Rejection::OverLimit(verdict) = rejection else { panic!("{rejection}") };
    let said: Vec<_> =
        verdict.limits.iter().map(|it| (it.name.as_str(), it.scope, it.limit, it.remaining)).collect();
    assert_eq!(said, [("requests", LimitScope::ApiKey, 5, 0), ("monthly", LimitScope::Organization, 9, 3)]);
    assert_eq!(verdict.credits.map(|credits| credits.remaining), Some(4));
    assert_eq!(
        (verdict.external_id.as_deref(), verdict.metadata.unwrap()["a"].as_u64()),
        (Some("c-1"), Some(1))
    );
}

#[tokio::test]
async fn questions_one_after_the_other_share_a_connection() {
    let server = KeyServer::answering(200, GOOD).await;
    let client = server.client();
    for _ in 0..5 {
        client.clone().verify(&SecretToken::new(TOKEN)).await.unwrap();
    }
    assert_eq!((server.requests().len(), server.connections()), (5, 1));
}

#[tokio::test]
async fn a_request_without_a_key_is_refused_without_a_question() {
    let server = KeyServer::answering(200, GOOD).await;
    let long = format!("Bearer {}", "a".repeat(513));
    for header in [None, Some("".as_bytes()), Some(b"Basic YTpi"), Some(b"Bearer "), Some(long.as_bytes())] {
        let rejection = server.client().authorize(header, None).await.unwrap_err();
        assert_eq!(rejection.status(), 401);
        assert_eq!(rejection.body(), r#"{"error":"unauthorized"}"#);
        assert_eq!(rejection.www_authenticate(), Some("Bearer"));
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn bad_keys_of_every_kind_look_the_same_to_the_caller() {
    for code in ["MALFORMED", "NOT_FOUND", "REVOKED", "DISABLED", "EXPIRED", "A_CODE_OF_THE_FUTURE"] {
        let rejection = rejection(200, &verdict(code)).await;
        assert_eq!(rejection.status(), 401, "{code}");
        assert_eq!(rejection.body(), r#"{"error":"unauthorized"}"#);
    }
}

#[tokio::test]
async fn a_genuine_key_that_may_not_is_forbidden_and_one_over_its_limit_is_told() {
    for (code, status) in [
        ("INSUFFICIENT_PERMISSIONS", 403),
        ("PROJECT_DISABLED", 403),
        ("ORGANIZATION_DISABLED", 403),
        ("ADDRESS_NOT_ALLOWED", 403),
        ("RATE_LIMITED", 429),
        ("CREDITS_EXHAUSTED", 429),
    ] {
        assert_eq!(rejection(200, &verdict(code)).await.status(), status, "{code}");
    }
}

#[tokio::test]
async fn a_key_server_that_is_away_or_broken_makes_503() {
    let away = Client::builder("https://localhost:1", BACKEND_API_KEY).build().unwrap();
    let rejected = away.authorize(HEADER, None).await.unwrap_err();
    assert_eq!((rejected.status().as_u16(), rejected.body()), (503, r#"{"error":"unavailable"}"#));
    assert_eq!(rejection(503, "").await.status(), 503);
    assert_eq!(rejection(429, "{}").await.status(), 503);
}

#[tokio::test]
async fn a_key_server_that_never_answers_is_given_up() {
    let server = KeyServer::silent().await;
    let client = server.builder().timeout(Duration::from_millis(50)).build().unwrap();
    let error = client.verify(&SecretToken::new(TOKEN)).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable(cause) if cause.is_timeout()), "{error:?}");
}

#[tokio::test]
async fn a_mistake_on_this_side_makes_500_and_says_what_is_wrong() {
    let body =
        r#"{"code":3,"message":"invalid_argument","details":[{"description":"permissions: position 4"}]}"#;
    let rejected = rejection(400, body).await;
    assert_eq!(rejected.status(), 500);
    let Rejection::NoVerdict(error) = rejected else { panic!("{rejected:?}") };
    let said = "the key server refused the question: 400 invalid_argument: permissions: position 4";
    assert_eq!(error.to_string(), said);
}

#[tokio::test]
async fn an_answer_that_is_not_a_verdict_lets_nobody_in() {
    let too_long = format!(r#"{{"valid":true,"code":"VALID","displayName":"{}"}}"#, "a".repeat(1 << 20));
    for body in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"valid":true}"#,
        r#"{"valid":true,"code":"REVOKED"}"#,
        too_long.as_str(),
    ] {
        let server = KeyServer::answering(200, body).await;
        let error = server.client().verify(&SecretToken::new(TOKEN)).await.unwrap_err();
        assert!(matches!(error, Error::InvalidAnswer), "{error:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = KeyServer::redirecting().await;
    let error = server.client().verify(&SecretToken::new(TOKEN)).await.unwrap_err();
    assert!(matches!(error, Error::Refused { status: 307, .. }), "{error:?}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_key_server_with_a_certificate_of_somebody_else_is_not_told_the_key() {
    let (server, other) = (KeyServer::answering(200, GOOD).await, KeyServer::silent().await);
    let client = server.builder().ca_certificate_pem(other.ca_pem.as_bytes()).build().unwrap();
    let error = client.verify(&SecretToken::new(TOKEN)).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn secrets_are_in_no_debug_text_and_in_no_error() {
    let server = KeyServer::answering(500, "{}").await;
    let client = server.client();
    let token = SecretToken::new(TOKEN);
    let texts = [
        format!("{:?}", server.builder()),
        format!("{client:#?}"),
        format!("{token:?}"),
        format!("{:?}", client.verify(&token).await.unwrap_err()),
        format!("{:?}", client.authorize(HEADER, None).await.unwrap_err()),
        format!("{:?}", Client::builder("https://a", "with\nbackendsecret").build().unwrap_err()),
        format!("{:?}", Client::builder("https://u:backendsecret@a", "k").build().unwrap_err()),
    ];
    for text in texts {
        assert!(!text.contains("backendsecret") && !text.contains("callersecret"), "{text}");
    }
}

#[test]
fn wrong_settings_are_refused_before_anything_is_sent() {
    for url in ["", "localhost:8443", "ftp://a", "https://", "https://u:p@a", "https://a?b", "https://a#b"] {
        let error = Client::builder(url, "key").build().unwrap_err();
        assert!(matches!(error, Error::InvalidBaseUrl), "{url}: {error:?}");
    }
    let error = Client::builder("https://a", "a\nb").build().unwrap_err();
    assert!(matches!(error, Error::InvalidBackendApiKey));
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["", "not a certificate", broken] {
        let error = Client::builder("https://a", "key").ca_certificate_pem(pem).build().unwrap_err();
        assert!(matches!(error, Error::InvalidCaCertificate), "{error:?}");
    }
}

#[test]
fn a_path_in_front_of_the_api_is_kept() {
    for base in ["https://a/keys", "https://a/keys/"] {
        let client = Client::builder(base, "key").build().unwrap();
        assert!(format!("{client:?}").contains("https://a/keys/v1/api-keys/verify"), "{client:?}");
    }
}
