use super::{CLIENT_ID, CLIENT_SECRET, Fault, Grant, State};
use crate::providers::Provider;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreHmacKey, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey};
use serde_json::{Value, json};

/// The RSA key that RFC 7515 §A.2 prints, so no secret of anybody's.
const KEY_PEM: &str = include_str!("rfc7515.pem");

/// An id of a tenant that is nobody's.
const OTHER_TENANT: &str = "00000000-0000-4000-8000-000000000000";

pub(super) fn issuer(state: &State, provider: Provider, tenant: &str) -> String {
    let base = state.base.as_str().trim_end_matches('/');
    match provider {
        Provider::Microsoft => format!("{base}/microsoft/{tenant}/v2.0"),
        Provider::Google | Provider::Github => format!("{base}/{}", provider.as_str()),
    }
}

pub(super) fn published_key(state: &State) -> Option<Value> {
    serde_json::to_value(key(state)?.as_verification_key()).ok()
}

fn key(state: &State) -> Option<CoreRsaPrivateSigningKey> {
    let name = format!("key-{}", state.told().key_generation);
    CoreRsaPrivateSigningKey::from_pem(KEY_PEM, Some(JsonWebKeyId::new(name))).ok()
}

/// The signed token that says who the visitor is, with its fault.
pub(super) fn id_token(state: &State, grant: &Grant, fault: Option<Fault>) -> Option<String> {
    let kid = format!("key-{}", state.told().key_generation);
    let payload = encode(&claims(state, grant, fault));
    Some(match fault {
        Some(Fault::Unsigned) => format!("{}.{payload}.", encode(&json!({ "alg": "none" }))),
        Some(Fault::SignedWithClientSecret) => {
            let input = format!("{}.{payload}", encode(&json!({ "alg": "HS256" })));
            let algorithm = CoreJwsSigningAlgorithm::HmacSha256;
            let signature = CoreHmacKey::new(CLIENT_SECRET).sign(&algorithm, input.as_bytes()).ok()?;
            format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
        _ => {
            let header = encode(&json!({ "alg": "RS256", "kid": kid, "typ": "JWT" }));
            let input = format!("{header}.{payload}");
            let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
            let signature = URL_SAFE_NO_PAD.encode(key(state)?.sign(&algorithm, input.as_bytes()).ok()?);
            match fault {
                Some(Fault::WrongSignature) => {
                    let mut claims = claims(state, grant, fault);
                    claims.as_object_mut()?.insert("email".into(), "eve@example.com".into());
                    format!("{header}.{}.{signature}", encode(&claims))
                }
                _ => format!("{input}.{signature}"),
            }
        }
    })
}

fn encode(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

fn claims(state: &State, grant: &Grant, fault: Option<Fault>) -> Value {
    let person = &grant.person;
    let now = state.clock.now().as_micros() / 1_000_000;
    let (issued, expires) = match fault {
        Some(Fault::Expired) => (now - 3720, now - 120),
        Some(Fault::FromTheFuture) => (now + 120, now + 3720),
        _ => (now, now + 3600),
    };
    let issuer = match fault {
        Some(Fault::WrongIssuer) => "https://issuer.invalid".to_owned(),
        Some(Fault::OtherTenant) => issuer(state, grant.provider, OTHER_TENANT),
        _ => issuer(state, grant.provider, &person.tenant),
    };
    let audience = match fault {
        Some(Fault::OtherAudience) => json!("another client"),
        Some(Fault::SecondAudience) => json!([CLIENT_ID, "another client"]),
        _ => json!(CLIENT_ID),
    };
    let nonce = match fault {
        Some(Fault::WrongNonce) => Some("the nonce of another sign-in"),
        Some(Fault::NoNonce) => None,
        _ => Some(grant.nonce.as_str()),
    };
    let mut claims = json!({
        "iss": issuer, "aud": audience, "sub": person.subject, "iat": issued, "exp": expires, "nonce": nonce,
        "email": person.email, "name": person.name, "picture": person.picture,
    });
    let own = match grant.provider {
        Provider::Microsoft => json!({
            "tid": person.tenant, "xms_edov": person.email_verified, "preferred_username": person.user_name,
        }),
        Provider::Google | Provider::Github => {
            json!({ "email_verified": person.email_verified, "hd": person.hosted_domain })
        }
    };
    if let (Some(claims), Value::Object(own)) = (claims.as_object_mut(), own) {
        claims.extend(own);
        claims.retain(|_, value| !value.is_null());
    }
    claims
}
