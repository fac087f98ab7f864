//! Passkeys on the wire: the contract's members, and beside them what browsers themselves take.

use crate::error::Result;
use crate::wire::{is_zero, required};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use lockwork_app::{AssertionResponse, RegistrationResponse};
use lockwork_model::error::Error;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What a browser makes a passkey from.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasskeyOptions {
    /// A `PublicKeyCredentialCreationOptions` in JSON (WebAuthn Level 3), binary members in base64url.
    #[schema(value_type = Object)]
    options: Value,
    #[serde(skip_serializing_if = "is_zero")]
    rp_id: String,
    #[serde(skip_serializing_if = "is_zero")]
    user_id: String,
    #[serde(skip_serializing_if = "is_zero")]
    user_display_name: String,
}

impl From<Value> for PasskeyOptions {
    fn from(options: Value) -> Self {
        let (rp_id, user_id) = (text(&options, "/rp/id"), text(&options, "/user/id"));
        let user_display_name = text(&options, "/user/displayName");
        Self { options, rp_id, user_id, user_display_name }
    }
}

/// What a passkey signs.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasskeyChallenge {
    rp_id: String,
    /// The passkeys that may, in base64.
    #[serde(skip_serializing_if = "is_zero")]
    credential_ids: Vec<String>,
    /// In base64.
    challenge: String,
    /// The same as a `PublicKeyCredentialRequestOptions` in JSON (WebAuthn Level 3), binary members in base64url.
    #[schema(value_type = Object)]
    options: Value,
}

impl From<Value> for PasskeyChallenge {
    fn from(options: Value) -> Self {
        let allowed = options.pointer("/allowCredentials").and_then(Value::as_array);
        let credential_ids =
            allowed.into_iter().flatten().map(|credential| standard(&text(credential, "/id"))).collect();
        let (rp_id, challenge) = (text(&options, "/rpId"), standard(&text(&options, "/challenge")));
        Self { rp_id, credential_ids, challenge, options }
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The contract's `bytes` are in standard base64 (§3.2), those of WebAuthn in base64url.
fn standard(base64url: &str) -> String {
    URL_SAFE_NO_PAD.decode(base64url).map(|bytes| STANDARD.encode(bytes)).unwrap_or_default()
}

/// What a browser answered after it made a passkey. Bytes are in base64 or base64url.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisterPasskey {
    #[serde(alias = "attestation_object")]
    #[schema(required)]
    attestation_object: Option<String>,
    /// In base64, or the JSON itself. Which challenge was answered, on which page, is only said in it.
    #[serde(alias = "client_data_json")]
    #[schema(required)]
    client_data_json: Option<String>,
    /// Not needed: it is said in `clientDataJson`.
    #[serde(alias = "rp_id")]
    #[expect(dead_code, reason = "published clients send it")]
    rp_id: Option<String>,
}

impl RegisterPasskey {
    /// The answer's bytes.
    ///
    /// # Errors
    /// 400 that names the field.
    pub(crate) fn read(self) -> Result<RegistrationResponse> {
        Ok(RegistrationResponse {
            attestation_object: bytes("attestationObject", self.attestation_object)?,
            client_data_json: client_data(self.client_data_json)?,
        })
    }
}

/// What a browser answered after a passkey signed. Bytes are in base64 or base64url.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerifyPasskey {
    #[serde(alias = "credential_id")]
    #[schema(required)]
    credential_id: Option<String>,
    /// In base64, or the JSON itself.
    #[serde(alias = "client_data_json")]
    #[schema(required)]
    client_data_json: Option<String>,
    #[serde(alias = "authenticator_data")]
    #[schema(required)]
    authenticator_data: Option<String>,
    #[schema(required)]
    signature: Option<String>,
}

impl VerifyPasskey {
    /// The answer's bytes.
    ///
    /// # Errors
    /// 400 that names the field.
    pub(super) fn read(self) -> Result<AssertionResponse> {
        Ok(AssertionResponse {
            credential_id: bytes("credentialId", self.credential_id)?,
            client_data_json: client_data(self.client_data_json)?,
            authenticator_data: bytes("authenticatorData", self.authenticator_data)?,
            signature: bytes("signature", self.signature)?,
        })
    }
}

fn client_data(text: Option<String>) -> Result<Vec<u8>> {
    const FIELD: &str = "clientDataJson";
    match required(FIELD, text)? {
        // No base64 begins so.
        json if json.starts_with('{') => Ok(json.into_bytes()),
        text => bytes(FIELD, Some(text)),
    }
}

/// Bytes in either alphabet of RFC 4648, padded or not.
fn bytes(field: &str, text: Option<String>) -> Result<Vec<u8>> {
    let text = required(field, text)?;
    let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| Error::invalid_field(field, "must be bytes in base64 or base64url").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bytes_are_read_in_both_alphabets_with_and_without_padding() {
        for text in ["+/8=", "-_8=", "+/8", "-_8"] {
            assert_eq!(bytes("signature", Some(text.into())).unwrap(), [0xfb, 0xff], "{text}");
        }
        for wrong in ["a", "a b", "ä", "{}"] {
            let refusal = bytes("signature", Some(wrong.into())).unwrap_err();
            assert_eq!(refusal.error().field(), Some("signature"), "{wrong}");
        }
        assert!(bytes("signature", None).is_err());
    }

    #[test]
    fn client_data_may_come_as_the_json_that_it_is() {
        assert_eq!(client_data(Some("{\"a\":1}".into())).unwrap(), b"{\"a\":1}");
        assert_eq!(client_data(Some("eyJhIjoxfQ".into())).unwrap(), b"{\"a\":1}");
    }

    #[test]
    fn the_contracts_members_are_taken_from_the_browsers() {
        let options = json!({
            "rpId": "acme.localhost", "challenge": "-_8", "timeout": 1,
            "allowCredentials": [{ "type": "public-key", "id": "-_8" }],
        });
        let challenge = PasskeyChallenge::from(options.clone());
        assert_eq!((challenge.rp_id.as_str(), challenge.challenge.as_str()), ("acme.localhost", "+/8="));
        assert_eq!((challenge.credential_ids, challenge.options), (vec!["+/8=".to_owned()], options));
    }
}
