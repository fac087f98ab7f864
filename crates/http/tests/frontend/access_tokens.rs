//! Tokens that nobody issued, or not for this: refused, every one.

use crate::support::{ADA, path, two_people};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use lockwork_model::time::{Clock, Timestamp};
use lockwork_testkit::{Browser, TestApp};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::Duration;

struct Parts {
    header: Value,
    claims: Value,
    signature: String,
}

fn parts(token: &str) -> Parts {
    let parts: Vec<&str> = token.split('.').collect();
    let read = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    };
    Parts { header: read(parts[0]), claims: read(parts[1]), signature: parts[2].to_owned() }
}

fn signed_part(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

fn hs256(header: &Value, claims: &Value, key: &[u8]) -> String {
    let text = signed_part(header, claims);
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("any length").chain_update(&text);
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

async fn token(browser: &Browser) -> String {
    browser.cookie("access_token").expect("a token")
}

/// The project's published key as it is, and as the point that it stands for.
async fn public_key(test: &TestApp) -> (Value, Vec<u8>) {
    let path = format!("/v1/config/{}", test.publishable_key);
    let key = test.nobody().get(&path).await.ok()["keys"][0].clone();
    let coordinate =
        |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().expect("text")).expect("base64url");
    let mut point = vec![4];
    point.extend(coordinate("x"));
    point.extend(coordinate("y"));
    (key, point)
}

#[tokio::test]
async fn a_token_says_what_the_contract_wants() {
    let test = TestApp::new().await;
    let (organization, owner, member) = two_people(&test).await;
    test.actions(&["acme.b.read", "acme.a.read"]).await;
    let refreshed = owner.refresh().await.ok();
    let Parts { header, claims, .. } = parts(refreshed["accessToken"].as_str().expect("a token"));
    let (key, _) = public_key(&test).await;
    assert_eq!(header, json!({ "kid": key["kid"], "alg": "ES256" }));
    let now = test.clock.now().as_micros() / 1_000_000;
    let issuer = format!("http://{}", owner.host());
    let me = owner.me().await;
    let session = claims["session"]["id"].clone();
    assert_eq!(
        claims,
        json!({
            "iss": issuer, "aud": issuer, "sub": me["id"], "iat": now, "nbf": now, "exp": now + 300,
            "session": { "id": session }, "user": { "id": me["id"], "email": ADA },
            "organization": { "id": organization, "displayName": "Customer" },
            "actions": ["acme.a.read", "acme.b.read"],
        })
    );
    let refreshed = member.refresh().await.ok();
    let Parts { claims, .. } = parts(refreshed["accessToken"].as_str().expect("a token"));
    assert_eq!(claims.get("actions"), None);
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let test = TestApp::new().await;
    let (_, owner, member) = two_people(&test).await;
    let (real, bobs) = (token(&owner).await, token(&member).await);
    let Parts { header, claims, signature } = parts(&real);
    let (key, point) = public_key(&test).await;
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        header
    };
    let mut forged = vec![
        String::new(),
        "a.b.c".to_owned(),
        format!("{real}."),
        real.rsplit_once('.').expect("a signature").0.to_owned() + ".",
        format!("{}.{signature}", signed_part(&header, &parts(&bobs).claims)),
        format!("{}.{}", signed_part(&header, &claims), parts(&bobs).signature),
    ];
    for algorithm in ["none", "None", "NONE", "", "HS256", "ES384", "RS256"] {
        let unsigned = signed_part(&with("alg", json!(algorithm)), &claims);
        forged.push(format!("{unsigned}."));
        forged.push(format!("{unsigned}.{signature}"));
    }
    for secret in [point.as_slice(), key.to_string().as_bytes(), key["x"].to_string().as_bytes(), b""] {
        forged.push(hs256(&with("alg", json!("HS256")), &claims, secret));
        forged.push(hs256(&header, &claims, secret));
    }
    for kid in [json!("session_signing_key_0000000000000000000000001"), json!("x"), json!(7), Value::Null] {
        forged.push(format!("{}.{signature}", signed_part(&with("kid", kid), &claims)));
    }
    for (name, value) in [
        ("sub", parts(&bobs).claims["sub"].clone()),
        ("exp", json!(9_999_999_999_i64)),
        ("aud", json!("https://evil.example")),
    ] {
        let mut altered = claims.clone();
        altered[name] = value;
        forged.push(format!("{}.{signature}", signed_part(&header, &altered)));
    }
    let nobody = test.browser(&test.client).await;
    for token in forged {
        let refused = nobody.bearing(&token).get(&path("me")).await;
        assert_eq!(refused.status.as_u16(), 401, "{token}");
        let _ = refused.refused(401, "unauthenticated");
    }
    assert_eq!(nobody.bearing(&real).me().await["email"], ADA);
}

#[tokio::test]
async fn a_token_of_another_project_is_worth_nothing_here() {
    let test = TestApp::new().await;
    let other = test.other_project().await;
    let stranger = test.browser(&other).await;
    let _ = stranger.sign_in(ADA).await;
    let foreign = token(&stranger).await;
    assert_eq!(stranger.bearing(&foreign).me().await["email"], ADA);
    let here = test.browser(&test.client).await;
    let _ = here.bearing(&foreign).get(&path("me")).await.refused(401, "unauthenticated");
    let refresh = json!({ "refreshToken": stranger.cookie("refresh_token") });
    let _ = here.post(&path("refresh"), refresh).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn tokens_hold_for_five_minutes_also_by_a_clock_that_is_half_a_minute_slow() {
    let test = TestApp::new().await;
    let (_, owner, _) = two_people(&test).await;
    let nobody = test.browser(&test.client).await.bearing(&token(&owner).await);
    let issued = test.clock.now();
    let at = |seconds: i64| Timestamp::from_micros(issued.as_micros() + seconds * 1_000_000);
    for (seconds, holds) in [(0, true), (-30, true), (-31, false), (299, true), (300, false)] {
        test.clock.set_wall(at(seconds));
        let status = nobody.get(&path("me")).await.status.as_u16();
        assert_eq!(status == 200, holds, "{seconds} s after it was issued: {status}");
    }
}

#[tokio::test]
async fn the_header_is_read_strictly() {
    let test = TestApp::new().await;
    let (_, owner, _) = two_people(&test).await;
    let real = token(&owner).await;
    for header in [format!("bearer {real}"), format!("Basic {real}"), real.clone(), "Bearer ".to_owned()] {
        let caller = owner.with_header("authorization", header.as_bytes());
        let _ = caller.get(&path("me")).await.refused(401, "unauthenticated");
    }
    let right = format!("Bearer {real}");
    let twice =
        owner.with_header("authorization", right.as_bytes()).with_header("authorization", b"Bearer x");
    let _ = twice.get(&path("me")).await.refused(401, "unauthenticated");
    let key = owner.bearing(&test.backend_api_key);
    let _ = key.get(&path("me")).await.refused(401, "unauthenticated");
    // A token of the header needs no origin: no browser sends it by itself.
    let app = owner.called_from(Some("https://evil.example")).bearing(&real);
    let _ = app.patch(&path("me"), json!({ "displayName": "Ada" })).await.ok();
}

#[tokio::test]
async fn a_role_is_in_the_next_token() {
    let test = TestApp::new().await;
    let (_, _, member) = two_people(&test).await;
    test.actions(&["acme.a.read", "acme.b.read"]).await;
    let bob = crate::support::id_of(&member).await;
    let _ = crate::support::give(&test, &bob, "Reader", &["acme.b.read"]).await;
    test.clock.advance(Duration::from_secs(1));
    let refreshed = member.refresh().await.ok();
    let claims = parts(refreshed["accessToken"].as_str().expect("a token")).claims;
    assert_eq!(claims["actions"], json!(["acme.b.read"]));
}
