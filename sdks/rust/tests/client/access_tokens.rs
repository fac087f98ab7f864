//! Access tokens, good ones and attacks.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork::{Client, Error, InvalidAccessToken, Rejection, SecretToken};
use serde_json::{Value, json};

use crate::issuer::{
    Issuer, NOW, PUBLISHABLE_KEY, VAULT, builder, claims, claims_with, configuration, project,
};
use crate::key_server::{BACKEND_API_KEY, KeyServer};

async fn refusal(client: &Client, token: &str) -> Option<InvalidAccessToken> {
    match client.verify_access_token(&SecretToken::new(token)).await {
        Ok(_) => None,
        Err(Rejection::InvalidAccessToken(why)) => Some(why),
        Err(other) => panic!("{other:?}"),
    }
}

/// Why a client of a project with one key refuses a token that the key's owner made, or another.
async fn refusal_of(make: impl FnOnce(&Issuer) -> String) -> Option<InvalidAccessToken> {
    let issuer = Issuer::new(1);
    let (_server, client, _clock) = project(&[&issuer]).await;
    refusal(&client, &make(&issuer)).await
}

async fn refusal_of_claims(claims: &Value) -> Option<InvalidAccessToken> {
    refusal_of(|issuer| issuer.token(claims)).await
}

#[tokio::test]
async fn a_good_token_says_who_is_signed_in_where_and_what_they_may_do() {
    let issuer = Issuer::new(1);
    let (_server, client, _clock) = project(&[&issuer]).await;
    let mut said = claims();
    said["impersonator"] = json!({"email": "staff@acme.test"});
    said["aClaimOfTheFuture"] = json!([1]);
    let told = client.verify_access_token(&SecretToken::new(issuer.token(&said))).await.unwrap();
    assert_eq!((told.iss.as_str(), told.sub.as_str()), (&*format!("https://{VAULT}"), "user_1"));
    assert_eq!((told.iat, told.nbf, told.exp), (NOW as i64, NOW as i64, NOW as i64 + 300));
    assert_eq!((told.session.id.as_str(), told.user.email.as_str()), ("session_1", "ada@acme.test"));
    assert_eq!((told.user.display_name.as_deref(), &told.user.profile_picture_url), (Some("Ada"), &None));
    assert_eq!((told.organization.id.as_str(), told.organization.display_name.as_str()), ("org_1", "Acme"));
    assert!(told.has_permission("acme.widgets.create") && !told.has_permission("acme.widgets"));
    assert_eq!(told.impersonator.as_ref().map(|it| it.email.as_str()), Some("staff@acme.test"));
}

#[tokio::test]
async fn a_token_without_actions_holds_and_permits_nothing() {
    let issuer = Issuer::new(1);
    let (_server, client, _clock) = project(&[&issuer]).await;
    let token = SecretToken::new(issuer.token(&claims_with("actions", Value::Null)));
    assert!(client.verify_access_token(&token).await.unwrap().actions.is_empty());
}

#[tokio::test]
async fn no_algorithm_but_es256_exists() {
    let none = |_: &Issuer| {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(&json!({"kid": "session_signing_key_1", "alg": "none"})), part(&claims()))
    };
    assert_eq!(refusal_of(none).await, Some(InvalidAccessToken::WrongAlgorithm));

    // The public key as a shared secret, which a library that believes the header would take.
    let hs256 = |issuer: &Issuer| {
        let signed = issuer.sign(&json!({"kid": issuer.kid, "alg": "HS256"}), &claims());
        let (signed, _) = signed.rsplit_once('.').unwrap();
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &issuer.public_point());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, signed.as_bytes())))
    };
    assert_eq!(refusal_of(hs256).await, Some(InvalidAccessToken::WrongAlgorithm));

    for alg in ["none", "None", "es256", "ES384", "RS256", "HS256", "", "ES256 "] {
        let refused =
            refusal_of(|issuer| issuer.sign(&json!({"kid": issuer.kid, "alg": alg}), &claims())).await;
        assert_eq!(refused, Some(InvalidAccessToken::WrongAlgorithm), "{alg}");
    }
}

#[tokio::test]
async fn headers_that_say_too_little_or_ask_for_more_are_refused() {
    for header in [
        "{}",
        "",
        "[]",
        r#"{"kid":"session_signing_key_1"}"#,
        r#"{"kid":"session_signing_key_1","alg":null}"#,
        r#"{"kid":"session_signing_key_1","alg":"none","alg":"ES256"}"#,
        r#"{"kid":"session_signing_key_1","alg":"ES256","crit":["exp"]}"#,
    ] {
        let refused = refusal_of(|issuer| issuer.sign_text(header, &claims().to_string())).await;
        assert_eq!(refused, Some(InvalidAccessToken::Malformed), "{header}");
    }
    // Keys that come along in the token are not looked at.
    let own_key = |_: &Issuer| {
        let attacker = Issuer::new(9);
        let jwk: Value = serde_json::from_str(&configuration(&[&attacker])).unwrap();
        attacker.sign(&json!({"kid": attacker.kid, "alg": "ES256", "jwk": jwk["keys"][0]}), &claims())
    };
    assert_eq!(refusal_of(own_key).await, Some(InvalidAccessToken::UnknownKey));
}

#[tokio::test]
async fn keys_of_others_open_nothing_whatever_they_call_themselves() {
    let other = Issuer::new(2);
    assert_eq!(refusal_of(|_| other.token(&claims())).await, Some(InvalidAccessToken::UnknownKey));
    let disguised = other.sign(&json!({"kid": "session_signing_key_1", "alg": "ES256"}), &claims());
    assert_eq!(refusal_of(|_| disguised).await, Some(InvalidAccessToken::WrongSignature));
    for kid in ["", "../session_signing_key_1", "SESSION_SIGNING_KEY_1"] {
        let refused = refusal_of(|issuer| issuer.sign(&json!({"kid": kid, "alg": "ES256"}), &claims())).await;
        assert_eq!(refused, Some(InvalidAccessToken::UnknownKey), "{kid:?}");
    }
}

#[tokio::test]
async fn an_altered_token_is_refused_wherever_it_was_altered() {
    let issuer = Issuer::new(1);
    let (_server, client, _clock) = project(&[&issuer]).await;
    let good = issuer.token(&claims());
    // Known good first, so that nothing is remembered of its relatives.
    assert_eq!(refusal(&client, &good).await, None);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(flipped));
        assert_eq!(refusal(&client, &token).await, Some(InvalidAccessToken::WrongSignature), "byte {at}");
    }
    for bytes in [&[][..], &bytes[1..], &[0; 64], &[255; 64], &[&bytes[..], &[0]].concat()] {
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes));
        assert_eq!(refusal(&client, &token).await, Some(InvalidAccessToken::WrongSignature), "{bytes:?}");
    }
    let more = URL_SAFE_NO_PAD.encode(claims_with("actions", json!(["acme.everything"])).to_string());
    for token in [format!("{header}.{more}.{signature}"), format!("{header}.{payload}A.{signature}")] {
        assert_eq!(refusal(&client, &token).await, Some(InvalidAccessToken::WrongSignature), "{token}");
    }
}

#[tokio::test]
async fn a_token_has_one_spelling() {
    let issuer = Issuer::new(1);
    let (_server, client, _clock) = project(&[&issuer]).await;
    let good = issuer.token(&claims());
    // 64 bytes leave four spare bits in the last character.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (front, last) = good.split_at(good.len() - 1);
    let at = alphabet.find(last).unwrap();
    let spare = format!("{front}{}", &alphabet[at + 1..at + 2]);
    for token in [spare, format!("{good}="), format!("{good}=="), format!(" {good}"), format!("{good}\n")] {
        assert_eq!(refusal(&client, &token).await, Some(InvalidAccessToken::Malformed), "{token:?}");
    }
    for token in ["", ".", "..", "...", "a.b.c", "e30.e30", "e30.e30.e30.e30", &good.replace('.', "")] {
        assert_eq!(refusal(&client, token).await, Some(InvalidAccessToken::Malformed), "{token:?}");
    }
    let long = format!("{good}{}", "A".repeat(1 << 20));
    assert_eq!(refusal(&client, &long).await, Some(InvalidAccessToken::Malformed));
}

#[tokio::test]
async fn a_token_ends_to_the_second_and_begins_half_a_minute_early_at_most() {
    for (name, value, expected) in [
        ("exp", NOW + 1, None),
        ("exp", NOW, Some(InvalidAccessToken::Expired)),
        ("exp", NOW - 1, Some(InvalidAccessToken::Expired)),
        ("exp", 0, Some(InvalidAccessToken::Expired)),
        ("nbf", NOW + 30, None),
        ("nbf", NOW + 31, Some(InvalidAccessToken::NotYetValid)),
    ] {
        assert_eq!(refusal_of_claims(&claims_with(name, value.into())).await, expected, "{name} {value}");
    }
    for extreme in [i64::MIN, i64::MAX] {
        refusal_of_claims(&claims_with("exp", extreme.into())).await;
        refusal_of_claims(&claims_with("nbf", extreme.into())).await;
    }
}

#[tokio::test]
async fn a_token_that_was_taken_before_is_not_taken_after_its_end() {
    let issuer = Issuer::new(1);
    let (_server, client, clock) = project(&[&issuer]).await;
    let token = issuer.token(&claims());
    for _ in 0..2 {
        assert_eq!(refusal(&client, &token).await, None);
    }
    clock.advance(299);
    assert_eq!(refusal(&client, &token).await, None);
    clock.advance(1);
    assert_eq!(refusal(&client, &token).await, Some(InvalidAccessToken::Expired));
}

#[tokio::test]
async fn a_token_of_or_for_another_issuer_is_refused() {
    let both = |iss: &str, aud: Value| {
        let mut claims = claims_with("iss", iss.into());
        claims["aud"] = aud;
        claims
    };
    let plain = format!("http://{VAULT}");
    assert_eq!(refusal_of_claims(&both(&plain, json!(plain))).await, None);
    for iss in [
        "https://evil.test",
        VAULT,
        &format!("https://evil{VAULT}"),
        &format!("https://{VAULT}/"),
        &format!("https://{VAULT}.evil.test"),
        &format!("ftp://{VAULT}"),
        "",
    ] {
        let refused = refusal_of_claims(&both(iss, json!(iss))).await;
        assert_eq!(refused, Some(InvalidAccessToken::WrongIssuer), "{iss}");
    }
    let refused = refusal_of_claims(&claims_with("aud", json!("https://other.test"))).await;
    assert_eq!(refused, Some(InvalidAccessToken::WrongIssuer));
}

#[tokio::test]
async fn claims_of_another_shape_are_refused_even_with_a_good_signature() {
    for (name, value) in [
        ("exp", Value::Null),
        ("exp", json!(NOW as f64 + 300.5)),
        ("exp", json!("never")),
        ("nbf", Value::Null),
        ("iss", Value::Null),
        ("aud", json!(["a"])),
        ("sub", json!("user_2")),
        ("session", Value::Null),
        ("user", json!({})),
        ("organization", Value::Null),
        ("organization", json!({"displayName": "Acme"})),
        ("actions", json!("acme.widgets.create")),
        ("impersonator", json!({})),
    ] {
        let refused = refusal_of_claims(&claims_with(name, value.clone())).await;
        assert_eq!(refused, Some(InvalidAccessToken::Malformed), "{name} {value}");
    }
    let twice = claims().to_string().replacen('{', &format!(r#"{{"exp":{},"#, NOW + 9000), 1);
    let header = r#"{"kid":"session_signing_key_1","alg":"ES256"}"#;
    let refused = refusal_of(|issuer| issuer.sign_text(header, &twice)).await;
    assert_eq!(refused, Some(InvalidAccessToken::Malformed));
}

#[tokio::test]
async fn after_the_first_token_nothing_is_asked_and_nothing_is_missed_when_the_server_is_away() {
    let issuer = Issuer::new(1);
    let (mut server, client, clock) = project(&[&issuer]).await;
    assert_eq!(refusal(&client, &issuer.token(&claims())).await, None);
    for session in 0..20 {
        let token = issuer.token(&claims_with("session", json!({"id": format!("session_{session}")})));
        assert_eq!(refusal(&client.clone(), &token).await, None);
    }
    assert_eq!(server.requests().len(), 1);

    server.stop().await;
    for hours in 1..4 {
        clock.advance(3600);
        let mut later = claims_with("exp", json!(NOW + hours * 3600 + 300));
        later["nbf"] = json!(NOW + hours * 3600);
        assert_eq!(refusal(&client, &issuer.token(&later)).await, None, "after {hours} hours");
    }
    assert_eq!(
        refusal(&client, &Issuer::new(2).token(&claims())).await,
        Some(InvalidAccessToken::UnknownKey)
    );
}

#[tokio::test]
async fn the_configuration_is_asked_for_without_any_secret_and_once_for_all_who_wait() {
    let issuer = Issuer::new(1);
    let (server, client, _clock) = project(&[&issuer]).await;
    let token = issuer.token(&claims());
    let many: Vec<_> = (0..20)
        .map(|_| {
            let (client, token) = (client.clone(), token.clone());
            tokio::spawn(async move { refusal(&client, &token).await })
        })
        .collect();
    for one in many {
        assert_eq!(one.await.unwrap(), None);
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].starts_with(&format!("GET /v1/config/{PUBLISHABLE_KEY} HTTP/1.1\r\n")));
    assert!(!requests[0].contains(BACKEND_API_KEY) && !requests[0].contains("authorization"));
}

#[tokio::test]
async fn a_new_key_is_learned_when_its_first_token_comes_but_strangers_cause_few_questions() {
    let (old, new) = (Issuer::new(1), Issuer::new(2));
    let (server, client, clock) = project(&[&old]).await;
    assert_eq!(refusal(&client, &old.token(&claims())).await, None);
    server.configure(200, &configuration(&[&old, &new]));
    // Ten seconds since the last question are not over.
    assert_eq!(refusal(&client, &new.token(&claims())).await, Some(InvalidAccessToken::UnknownKey));
    clock.advance(10);
    assert_eq!(refusal(&client, &new.token(&claims())).await, None);
    assert_eq!(refusal(&client, &old.token(&claims())).await, None);
    assert_eq!(server.requests().len(), 2);
    for stranger in 10..30 {
        let token = Issuer::new(stranger).token(&claims());
        assert_eq!(refusal(&client, &token).await, Some(InvalidAccessToken::UnknownKey));
        clock.advance(1);
    }
    assert!(server.requests().len() <= 4, "{}", server.requests().len());
}

#[tokio::test]
async fn a_key_that_is_taken_back_takes_its_tokens_along_even_remembered_ones() {
    let (gone, new) = (Issuer::new(1), Issuer::new(2));
    let (server, client, clock) = project(&[&gone]).await;
    assert_eq!(refusal(&client, &gone.token(&claims())).await, None);
    server.configure(200, &configuration(&[&new]));
    clock.advance(10);
    assert_eq!(refusal(&client, &new.token(&claims())).await, None);
    assert_eq!(refusal(&client, &gone.token(&claims())).await, Some(InvalidAccessToken::UnknownKey));
}

#[tokio::test]
async fn pages_that_moved_to_another_host_are_believed_after_a_look() {
    let issuer = Issuer::new(1);
    let (server, client, clock) = project(&[&issuer]).await;
    assert_eq!(refusal(&client, &issuer.token(&claims())).await, None);
    server.configure(200, &configuration(&[&issuer]).replace(VAULT, "login.acme.test"));
    clock.advance(10);
    let moved = claims().to_string().replace(VAULT, "login.acme.test");
    let moved = issuer.token(&serde_json::from_str(&moved).unwrap());
    assert_eq!(refusal(&client, &moved).await, None);
    clock.advance(10);
    assert_eq!(refusal(&client, &issuer.token(&claims())).await, Some(InvalidAccessToken::WrongIssuer));
}

#[tokio::test]
async fn the_configuration_is_looked_at_again_before_an_hour_is_over_without_anybody_waiting() {
    let issuer = Issuer::new(1);
    let (server, client, clock) = project(&[&issuer]).await;
    let long = issuer.token(&claims_with("exp", json!(NOW + 100_000)));
    assert_eq!(refusal(&client, &long).await, None);
    clock.advance(49 * 60);
    assert_eq!(refusal(&client, &long).await, None);
    assert_eq!(server.requests().len(), 1);
    clock.advance(60);
    // What goes wrong there changes nothing, and is not tried with every token.
    for (status, body) in [(500, "{}"), (404, "{}"), (200, "<html>"), (200, "{}")] {
        let before = server.requests().len();
        server.configure(status, body);
        clock.advance(10);
        for _ in 0..5 {
            assert_eq!(refusal(&client, &long).await, None);
        }
        tokio::time::timeout(std::time::Duration::from_secs(10), async {
            while server.requests().len() == before {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        })
        .await
        .expect("a look in the background");
        assert_eq!(server.requests().len(), before + 1);
    }
}

#[tokio::test]
async fn without_a_configuration_nobody_is_let_in() {
    let token = SecretToken::new(Issuer::new(1).token(&claims()));
    for (status, body, answered) in
        [(500, "{}", 503), (404, "{}", 500), (200, "<html>", 500), (200, r#"{"keys":[]}"#, 500)]
    {
        let server = KeyServer::answering(status, body).await;
        let client = builder(&server).0.build().unwrap();
        let rejection = client.verify_access_token(&token).await.unwrap_err();
        assert!(matches!(rejection, Rejection::NoVerdict(_)), "{rejection:?}");
        assert_eq!(rejection.status(), answered, "{status} {body}");
    }
    let mut away = KeyServer::answering(200, "").await;
    let client = builder(&away).0.build().unwrap();
    away.stop().await;
    let waiting = (0..5).map(|_| (client.clone(), token.clone()));
    let waiting =
        waiting.map(|(client, token)| tokio::spawn(async move { client.verify_access_token(&token).await }));
    for one in waiting.collect::<Vec<_>>() {
        let rejection = one.await.unwrap().unwrap_err();
        assert_eq!(rejection.status(), 503, "{rejection:?}");
        assert!(matches!(rejection, Rejection::NoVerdict(Error::Unreachable(_) | Error::NoConfiguration)));
    }
}
