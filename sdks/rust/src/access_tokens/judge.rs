use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::configuration::Configuration;
use crate::AccessTokenClaims;

/// How much earlier than its beginning a token is taken: the clocks of two machines differ a little. Its end is kept to
/// the second.
const LEEWAY_SECONDS: i64 = 30;

/// Why an access token is not taken. Callers are told nothing of it; it is for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAccessToken {
    /// The client was built without [`publishable_key`](crate::ClientBuilder::publishable_key).
    #[error("access tokens are not accepted here")]
    NotAccepted,
    /// It is no JSON Web Token with the claims of an access token.
    #[error("the access token is malformed")]
    Malformed,
    /// It is not signed by ES256.
    #[error("the access token is not signed by ES256")]
    WrongAlgorithm,
    /// The project has no such key.
    #[error("the access token is signed by a key that the project does not have")]
    UnknownKey,
    /// It was altered, or made by somebody else.
    #[error("the access token has a wrong signature")]
    WrongSignature,
    /// Another than the project's sign-in pages made it, or made it for others.
    #[error("the access token was issued by or for somebody else")]
    WrongIssuer,
    /// Its time is over.
    #[error("the access token has expired")]
    Expired,
    /// Its time is still to come.
    #[error("the access token is not valid yet")]
    NotYetValid,
}

/// RFC 7515 §4.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
    /// What must be understood and we don't (RFC 7515 §4.1.11).
    crit: Option<IgnoredAny>,
}

/// Whether `text` looks like a token rather than an API key: three parts of base64url.
pub(crate) fn looks_like_a_token(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    text.split('.').count() == 3 && text.split('.').all(is_part)
}

/// Judges a token at `now`, in seconds since 1970: a JSON Web Signature (RFC 7515) by ES256 (RFC 7518 §3.4) and nothing
/// else, over the claims of contract §4.1. The signature is judged before anything that the token says.
pub(super) fn judge(
    token: &str,
    configuration: &Configuration,
    now: i64,
) -> Result<AccessTokenClaims, InvalidAccessToken> {
    let (signed, signature) = token.rsplit_once('.').ok_or(InvalidAccessToken::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(InvalidAccessToken::Malformed)?;
    let header: Header = decode(header)?;
    if header.alg != "ES256" {
        return Err(InvalidAccessToken::WrongAlgorithm);
    }
    if header.crit.is_some() {
        return Err(InvalidAccessToken::Malformed);
    }
    let key = configuration.key(&header.kid).ok_or(InvalidAccessToken::UnknownKey)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| InvalidAccessToken::Malformed)?;
    key.verify(signed.as_bytes(), &signature).map_err(|_| InvalidAccessToken::WrongSignature)?;

    let claims: AccessTokenClaims = decode(payload)?;
    if !is_issuer(&claims.iss, &configuration.vault_domain) || claims.aud != claims.iss {
        return Err(InvalidAccessToken::WrongIssuer);
    }
    if claims.sub != claims.user.id {
        return Err(InvalidAccessToken::Malformed);
    }
    check_time(&claims, now)?;
    Ok(claims)
}

/// Whether the token's time is now.
pub(super) fn check_time(claims: &AccessTokenClaims, now: i64) -> Result<(), InvalidAccessToken> {
    if now >= claims.exp {
        Err(InvalidAccessToken::Expired)
    } else if now.saturating_add(LEEWAY_SECONDS) < claims.nbf {
        Err(InvalidAccessToken::NotYetValid)
    } else {
        Ok(())
    }
}

/// The configuration does not say by which scheme browsers reach the pages.
fn is_issuer(iss: &str, vault_domain: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| iss.strip_prefix(scheme) == Some(vault_domain))
}

/// base64url without padding and without spare bits (RFC 7515 §2), JSON without repeated members.
fn decode<T: DeserializeOwned>(part: &str) -> Result<T, InvalidAccessToken> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidAccessToken::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| InvalidAccessToken::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_from_keys_by_their_three_parts() {
        assert!(looks_like_a_token("aA0-_.b.c"));
        for other in ["", "acme_sk_1", "a.b", "a.b.c.d", "a..c", ".b.c", "a.b.", "a.b.c=", "a.b.ü", "a.b. c"]
        {
            assert!(!looks_like_a_token(other), "{other:?}");
        }
    }
}
