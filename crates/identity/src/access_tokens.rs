//! Access tokens: JSON Web Tokens signed by ES256 (RFC 7519, RFC 7515, RFC 7518 §3.4), in the form of contract §4.1
//! to the byte, since published SDKs read them.

mod signing_keys;
#[cfg(test)]
mod tests;

pub use signing_keys::SigningKey;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork_model::error::{Error, ErrorCode, Result};
use lockwork_model::ids::{OrganizationId, SessionId, SessionSigningKeyId, UserId};
use lockwork_model::secrets::SecretText;
use lockwork_model::time::Timestamp;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::time::Duration;

/// How much earlier than its beginning a token is taken, for clocks of other machines.
const LEEWAY: Duration = Duration::from_secs(30);

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who issues it and, in this product, who it is for: the project's default portal, as a URL. Both `iss` and `aud`.
    pub issuer: String,
    /// Who it speaks for.
    pub user: UserId,
    /// Their session.
    pub session: SessionId,
    /// Their e-mail address.
    pub email: String,
    /// Their name; none and an empty one are left out.
    pub display_name: Option<String>,
    /// Where their picture is; none and an empty one are left out.
    pub profile_picture_url: Option<String>,
    /// Their organization.
    pub organization: OrganizationId,
    /// Its name, in the token even when it is empty.
    pub organization_name: String,
    /// What they may do, in any order; left out when nothing.
    pub actions: Vec<String>,
    /// Who of the console acts in their place.
    pub impersonator_email: Option<String>,
    /// When it is made; whole seconds count.
    pub issued_at: Timestamp,
    /// When it ends; whole seconds count.
    pub expires_at: Timestamp,
}

/// What a token that held says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Who it speaks for.
    pub user: UserId,
    /// Their session.
    pub session: SessionId,
    /// Their organization.
    pub organization: OrganizationId,
    /// Whether somebody of the console acts in their place.
    pub impersonated: bool,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// No more members than these: a token of ours has no others, and `crit` and the like could ask for more than we do.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    kid: String,
    alg: String,
}

#[derive(Serialize)]
struct Payload<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: UserId,
    exp: i64,
    nbf: i64,
    iat: i64,
    session: SessionClaim,
    user: UserClaim<'a>,
    organization: OrganizationClaim<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    actions: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impersonator: Option<ImpersonatorClaim<'a>>,
}

#[derive(Serialize)]
struct SessionClaim {
    id: SessionId,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserClaim<'a> {
    id: UserId,
    #[serde(skip_serializing_if = "str::is_empty")]
    email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    display_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    profile_picture_url: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrganizationClaim<'a> {
    id: OrganizationId,
    display_name: &'a str,
}

#[derive(Serialize)]
struct ImpersonatorClaim<'a> {
    email: &'a str,
}

/// What we read of a token; the other claims are for others.
#[derive(Deserialize)]
struct Presented {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    nbf: i64,
    iat: i64,
    session: Identified,
    organization: Identified,
    impersonator: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Identified {
    id: String,
}

/// Makes the token of `claims`, signed by the key whose id is `kid`.
///
/// # Errors
/// `Internal`, which does not happen with a key of ours.
pub fn sign(claims: &Claims, kid: SessionSigningKeyId, key: &SigningKey) -> Result<SecretText> {
    let mut actions: Vec<&str> = claims.actions.iter().map(String::as_str).collect();
    actions.sort_unstable();
    actions.dedup();
    let payload = Payload {
        iss: &claims.issuer,
        aud: &claims.issuer,
        sub: claims.user,
        exp: seconds(claims.expires_at),
        nbf: seconds(claims.issued_at),
        iat: seconds(claims.issued_at),
        session: SessionClaim { id: claims.session },
        user: UserClaim {
            id: claims.user,
            email: &claims.email,
            display_name: claims.display_name.as_deref().unwrap_or_default(),
            profile_picture_url: claims.profile_picture_url.as_deref().unwrap_or_default(),
        },
        organization: OrganizationClaim { id: claims.organization, display_name: &claims.organization_name },
        actions,
        impersonator: claims.impersonator_email.as_deref().map(|email| ImpersonatorClaim { email }),
    };
    let header = Header { kid: kid.to_string(), alg: "ES256".to_owned() };
    let signed = format!("{}.{}", encode(&header)?, encode(&payload)?);
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
    Ok(SecretText::new(format!("{signed}.{signature}")))
}

/// Judges a presented token. `public_key` gives the uncompressed point behind a `kid`, for the keys of one project.
///
/// The signature is judged before anything that the token says, and no algorithm but ES256 exists here. A signature
/// and its mirror image (r, -s) both hold, as ECDSA has it; neither lets the claims change.
///
/// # Errors
/// `Unauthenticated`, with a text that says why: malformed, another algorithm, an unknown key, a wrong signature,
/// another issuer or audience than `issuer`, expired, or more than 30 seconds before its beginning.
pub fn verify(
    token: &str,
    issuer: &str,
    now: Timestamp,
    public_key: impl FnOnce(SessionSigningKeyId) -> Option<Vec<u8>>,
) -> Result<Verified> {
    let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
    let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
    let header: Header = decode(header)?;
    if header.alg != "ES256" {
        return Err(refused("is not signed by ES256"));
    }
    let unknown = || refused("is signed by a key that this project does not have");
    let kid = header.kid.parse().map_err(|_| unknown())?;
    let key = public_key(kid).ok_or_else(unknown)?;
    let key = VerifyingKey::from_sec1_bytes(&key).map_err(Error::internal)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?;
    Signature::from_slice(&signature)
        .and_then(|signature| key.verify(signed.as_bytes(), &signature))
        .map_err(|_| refused("has a wrong signature"))?;

    let claims: Presented = decode(payload)?;
    if claims.iss != issuer || claims.aud != issuer {
        return Err(refused("was issued for somebody else"));
    }
    let (begins_at, expires_at) = (moment(claims.nbf)?, moment(claims.exp)?);
    if now >= expires_at {
        return Err(refused("has expired"));
    }
    if now.after(LEEWAY) < begins_at {
        return Err(refused("is not valid yet"));
    }
    Ok(Verified {
        user: id(&claims.sub)?,
        session: id(&claims.session.id)?,
        organization: id(&claims.organization.id)?,
        impersonated: claims.impersonator.is_some(),
        issued_at: moment(claims.iat)?,
        expires_at,
    })
}

fn refused(reason: &str) -> Error {
    Error::new(ErrorCode::Unauthenticated, format!("the access token {reason}"))
}

fn malformed() -> Error {
    refused("is malformed")
}

fn encode(part: &impl Serialize) -> Result<String> {
    serde_json::to_vec(part).map(|json| URL_SAFE_NO_PAD.encode(json)).map_err(Error::internal)
}

/// A part: base64url without padding and without spare bits (RFC 7515 §2), JSON without repeated members.
fn decode<T: DeserializeOwned>(part: &str) -> Result<T> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed())?;
    serde_json::from_slice(&json).map_err(|_| malformed())
}

fn id<T: FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| malformed())
}

const fn seconds(moment: Timestamp) -> i64 {
    moment.as_micros().div_euclid(1_000_000)
}

fn moment(seconds: i64) -> Result<Timestamp> {
    seconds.checked_mul(1_000_000).map(Timestamp::from_micros).ok_or_else(malformed)
}
