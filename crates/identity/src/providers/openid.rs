//! What is OpenID Connect's own: discovery, and judging the signed token.

mod directory;

pub(super) use directory::{Directory, Document};

use super::oauth::{ProviderClaims, Tokens};
use super::{
    ExternalIdentity, Provider, ProviderSettings, does_not_hold, usable_email, usable_name, usable_picture,
};
use lockwork_model::error::Error;
use lockwork_model::time::Timestamp;
use openidconnect::core::{CoreGenderClaim, CoreIdTokenVerifier, CoreJwsSigningAlgorithm};
use openidconnect::{
    ClaimsVerificationError, ClientId, IdTokenClaims, IssuerUrl, Nonce, SignatureVerificationError,
    TokenResponse,
};
use std::time::{Duration, SystemTime};

/// What is asked for beside `openid`.
pub(super) const SCOPES: &[&str] = &["email", "profile"];

/// How far the provider's clock and ours may be apart: each may be off by 30 s.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

/// What stands in Microsoft's issuer for the tenant, as its document for all tenants has it.
const TENANT: &str = "{tenantid}";

type Claims = IdTokenClaims<ProviderClaims, CoreGenderClaim>;

/// Judges the token of one sign-in.
pub(super) struct Judge<'a> {
    pub(super) settings: &'a ProviderSettings,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// Why a token proves nothing.
#[derive(Debug)]
pub(super) enum Refusal {
    /// No key that we have is the one it names.
    UnknownKey,
    /// It is not a token for us, of this sign-in, of this time.
    DoesNotHold(String),
    /// It is right, and the account has no address.
    NoEmail,
}

impl Refusal {
    pub(super) fn into_error(self, provider: Provider) -> Error {
        match self {
            Self::UnknownKey => does_not_hold(provider, "signed by a key that the issuer does not publish"),
            Self::DoesNotHold(why) => does_not_hold(provider, why),
            Self::NoEmail => {
                let name = provider.display_name();
                Error::failed_precondition(format!(
                    "your {name} account has no e-mail address that {name} shows us; add one there, or sign in another way"
                ))
            }
        }
    }
}

impl Judge<'_> {
    pub(super) fn identity(&self, document: &Document, tokens: &Tokens) -> Result<ExternalIdentity, Refusal> {
        let claims = self.claims(document, tokens)?;
        let provider = self.settings.provider;
        let tenant = match provider {
            Provider::Microsoft => Some(tenant(claims)?),
            Provider::Google | Provider::Github => None,
        };
        issuer_holds(document, claims, tenant.as_deref())?;
        let (email, email_verified) = match provider {
            Provider::Microsoft => microsoft_email(claims),
            Provider::Google | Provider::Github => {
                (claims.email().and_then(|email| usable_email(email)), claims.email_verified() == Some(true))
            }
        };
        let hosted = claims.additional_claims().hd.as_deref().filter(|_| provider == Provider::Google);
        Ok(ExternalIdentity {
            provider,
            subject: subject(claims)?,
            email: email.ok_or(Refusal::NoEmail)?,
            email_verified,
            display_name: claims.name().and_then(|name| name.get(None)).and_then(|name| usable_name(name)),
            profile_picture_url: claims
                .picture()
                .and_then(|url| url.get(None))
                .and_then(|url| usable_picture(url)),
            google_hosted_domain: hosted.map(str::to_ascii_lowercase),
            microsoft_tenant_id: tenant,
        })
    }

    /// The claims, after OpenID Connect Core 1.0 §3.1.3.7 except for the issuer.
    fn claims<'t>(&self, document: &Document, tokens: &'t Tokens) -> Result<&'t Claims, Refusal> {
        let token = tokens.id_token().ok_or_else(|| Refusal::DoesNotHold("there is no ID token".into()))?;
        let earliest = moment(self.now.as_micros() - micros(CLOCKS_DIFFER));
        let latest = self.now.after(CLOCKS_DIFFER).as_micros();
        // The kind of client without a secret: with one, it would be a key for HMAC signatures.
        let verifier = CoreIdTokenVerifier::new_public_client(
            ClientId::new(self.settings.client_id.clone()),
            IssuerUrl::from_url(document.authorize.clone()),
            document.keys.clone(),
        )
        // Microsoft's has a hole for the tenant; see `issuer_holds`.
        .require_issuer_match(false)
        .set_allowed_algs([
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        ])
        .set_time_fn(move || earliest.into())
        .set_issue_time_verifier_fn(move |issued| {
            if issued.timestamp_micros() <= latest { Ok(()) } else { Err("issued in the future".into()) }
        });
        token.claims(&verifier, &Nonce::new(self.nonce.to_owned())).map_err(|error| match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
                Refusal::UnknownKey
            }
            error => Refusal::DoesNotHold(error.to_string()),
        })
    }
}

/// Whether the token names the issuer of the document, with the token's own tenant where Microsoft's has a hole.
fn issuer_holds(document: &Document, claims: &Claims, tenant: Option<&str>) -> Result<(), Refusal> {
    let expected = match tenant {
        Some(tenant) => document.issuer.replace(TENANT, tenant),
        None => document.issuer.clone(),
    };
    if claims.issuer().as_str() == expected {
        Ok(())
    } else {
        Err(Refusal::DoesNotHold(format!("its issuer is not {expected}")))
    }
}

fn tenant(claims: &Claims) -> Result<String, Refusal> {
    let tenant = claims.additional_claims().tid.as_deref().and_then(|tid| tid.parse::<uuid::Uuid>().ok());
    tenant.map(|tenant| tenant.to_string()).ok_or_else(|| Refusal::DoesNotHold("it names no tenant".into()))
}

fn subject(claims: &Claims) -> Result<String, Refusal> {
    let subject = claims.subject().as_str();
    // At most 255 ASCII characters (OpenID Connect Core 1.0 §2).
    if (1..=255).contains(&subject.len()) && subject.is_ascii() {
        Ok(subject.to_owned())
    } else {
        Err(Refusal::DoesNotHold("its subject is empty or too long".into()))
    }
}

/// Anybody with a tenant can write any address into `email`. Only where Microsoft says that the domain's owner
/// was verified (`xms_edov`) is it more than a claim, and `preferred_username` never is.
fn microsoft_email(claims: &Claims) -> (Option<String>, bool) {
    let owner_verified = match &claims.additional_claims().xms_edov {
        Some(serde_json::Value::Bool(verified)) => *verified,
        Some(serde_json::Value::Number(number)) => number.as_i64() == Some(1),
        Some(serde_json::Value::String(text)) => text == "1" || text.eq_ignore_ascii_case("true"),
        _ => false,
    };
    match claims.email().and_then(|email| usable_email(email)) {
        Some(email) => (Some(email), owner_verified),
        None => (claims.preferred_username().and_then(|name| usable_email(name)), false),
    }
}

fn moment(micros: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
