//! Passkeys: WebAuthn (W3C Level 3) as a second factor. Each host of a project is a relying party of its own.

mod public_key;
#[cfg(any(test, feature = "soft-authenticator"))]
pub mod soft;
#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::UserId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{Passkey, PasskeyAuthentication, PasskeyRegistration, WebauthnError};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// Flags and counter come before the model's id in authenticator data (WebAuthn §6.5.1), after the relying party's hash.
const AAGUID_AT: std::ops::Range<usize> = 37..53;

/// A passkey as storage keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPasskey {
    /// What the authenticator calls it, at most 4096 bytes.
    pub credential_id: Vec<u8>,
    /// Its public key as PKIX PEM (contract §3.8 `publicKeyPkix`).
    pub public_key_pem: String,
    /// The model of the authenticator, as a uuid; all zeros when it does not tell.
    pub aaguid: String,
    /// The host that it was made for.
    pub rp_id: String,
    /// Everything that judging it takes, as webauthn-rs writes it.
    pub json: String,
}

/// What a browser sends after `navigator.credentials.create()`.
#[derive(Debug, Clone)]
pub struct RegistrationResponse {
    /// `response.attestationObject`: CBOR; the credential's id and key are in it.
    pub attestation_object: Vec<u8>,
    /// `response.clientDataJSON`: which challenge was answered, on which page.
    pub client_data_json: Vec<u8>,
}

/// What a browser sends after `navigator.credentials.get()`.
///
/// Not the user handle: the person is known before, and the request names their passkeys.
#[derive(Debug, Clone)]
pub struct AssertionResponse {
    /// `rawId`.
    pub credential_id: Vec<u8>,
    /// `response.clientDataJSON`.
    pub client_data_json: Vec<u8>,
    /// `response.authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// `response.signature`.
    pub signature: Vec<u8>,
}

/// A host that makes and judges passkeys.
///
/// Challenges are drawn from the operating system by webauthn-rs itself, which offers no other way; they are 32
/// bytes, and nothing in a response but they themselves depends on them. User verification is required: a passkey
/// that does not know its user proves no more than that somebody holds a stick.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    id: String,
    webauthn: Webauthn,
}

impl RelyingParty {
    /// The host `rp_id`, whose pages come from `origin` (scheme, host and port), under the project's `name`.
    ///
    /// # Errors
    /// `FailedPrecondition`, when browsers allow no passkeys there: `rp_id` is no domain, or `origin` is elsewhere.
    pub fn new(rp_id: &str, origin: &str, name: &str) -> Result<Self> {
        let elsewhere = || Error::failed_precondition("passkeys cannot be used at this address");
        let origin = Url::parse(origin).map_err(|error| elsewhere().because(error))?;
        let name = if name.trim().is_empty() { rp_id } else { name };
        let builder = WebauthnBuilder::new(rp_id, &origin).map(|builder| builder.rp_name(name));
        let webauthn =
            builder.and_then(WebauthnBuilder::build).map_err(|error| elsewhere().because(error))?;
        Ok(Self { id: rp_id.to_owned(), webauthn })
    }

    /// Asks for a new passkey: the `PublicKeyCredentialCreationOptions` in JSON, binary members in base64url, and the
    /// state to be kept from the browser until its answer. `existing` are the person's passkeys; an authenticator
    /// that holds one of them makes no second.
    ///
    /// # Errors
    /// `Internal`, when `email` is empty.
    pub fn start_registration(
        &self,
        user: UserId,
        email: &str,
        display_name: &str,
        existing: &[StoredPasskey],
    ) -> Result<(Value, String)> {
        let display_name = if display_name.is_empty() { email } else { display_name };
        let known = existing.iter().map(|passkey| passkey.credential_id.clone()).collect();
        let (options, state) = self
            .webauthn
            .start_passkey_registration(user.uuid(), email, display_name, Some(known))
            .map_err(Error::internal)?;
        Ok((value(&options.public_key)?, write(&state)?))
    }

    /// Judges the answer to [`Self::start_registration`]. The caller makes sure that a state is used once, and that
    /// nobody else has this credential.
    ///
    /// # Errors
    /// `InvalidArgument`, when the answer does not hold; `Internal`, when `state` is not ours.
    pub fn finish_registration(&self, state: &str, response: RegistrationResponse) -> Result<StoredPasskey> {
        let state: PasskeyRegistration = read(state)?;
        let data = authenticator_data(&response.attestation_object)?;
        // The id is asked for by the type; judged is the one in the attestation object.
        let credential = json!({
            "id": "", "rawId": "", "type": "public-key",
            "response": {
                "attestationObject": URL_SAFE_NO_PAD.encode(&response.attestation_object),
                "clientDataJSON": URL_SAFE_NO_PAD.encode(&response.client_data_json),
            },
        });
        let credential = serde_json::from_value(credential).map_err(Error::internal)?;
        let passkey = self.webauthn.finish_passkey_registration(&credential, &state).map_err(refused)?;
        Ok(StoredPasskey {
            credential_id: passkey.cred_id().clone(),
            public_key_pem: public_key::pem(passkey.get_public_key())
                .ok_or_else(|| Error::invalid("the passkey's key is of a kind that was not asked for"))?,
            aaguid: aaguid(&data).to_string(),
            rp_id: self.id.clone(),
            json: write(&passkey)?,
        })
    }

    /// Asks for proof of one of a person's `passkeys`: the `PublicKeyCredentialRequestOptions` in JSON and the state
    /// to be kept from the browser. Passkeys of other hosts are left out, since browsers would not use them here.
    ///
    /// # Errors
    /// `FailedPrecondition`, when none is left; `Internal`, when a stored one cannot be read.
    pub fn start_authentication(&self, passkeys: &[StoredPasskey]) -> Result<(Value, String)> {
        let here = passkeys.iter().filter(|passkey| passkey.rp_id == self.id);
        let here: Vec<Passkey> = here.map(|passkey| read(&passkey.json)).collect::<Result<_>>()?;
        if here.is_empty() {
            return Err(Error::failed_precondition("the user has no passkey for this address"));
        }
        let (options, state) = self.webauthn.start_passkey_authentication(&here).map_err(Error::internal)?;
        Ok((value(&options.public_key)?, write(&state)?))
    }

    /// Judges the answer to [`Self::start_authentication`]: which of `passkeys`, the person's at this moment, it
    /// proves. That one is updated (its counter) and must be stored. The caller makes sure that a state is used once.
    ///
    /// # Errors
    /// `InvalidArgument`, when the answer does not hold, be it that the counter went back, as a copy's would;
    /// `Internal`, when `state` or the stored passkey is not ours.
    pub fn finish_authentication(
        &self,
        state: &str,
        response: AssertionResponse,
        passkeys: &mut [StoredPasskey],
    ) -> Result<usize> {
        let state: PasskeyAuthentication = read(state)?;
        let id = URL_SAFE_NO_PAD.encode(&response.credential_id);
        let credential = json!({
            "id": id, "rawId": id, "type": "public-key",
            "response": {
                "authenticatorData": URL_SAFE_NO_PAD.encode(&response.authenticator_data),
                "clientDataJSON": URL_SAFE_NO_PAD.encode(&response.client_data_json),
                "signature": URL_SAFE_NO_PAD.encode(&response.signature),
                "userHandle": null,
            },
        });
        let credential = serde_json::from_value(credential).map_err(Error::internal)?;
        let proven = self.webauthn.finish_passkey_authentication(&credential, &state).map_err(refused)?;
        let mut passkeys = passkeys.iter_mut().enumerate();
        let (index, stored) = passkeys
            .find(|(_, passkey)| passkey.credential_id == *proven.cred_id())
            .ok_or_else(|| refused(WebauthnError::CredentialNotFound))?;
        let mut passkey: Passkey = read(&stored.json)?;
        let changed = passkey.update_credential(&proven) == Some(true);
        // The state knew the counter of the beginning; meanwhile another sign-in may have moved it on.
        if proven.counter() > 0 && !changed {
            return Err(refused(WebauthnError::CredentialPossibleCompromise));
        }
        stored.json = write(&passkey)?;
        Ok(index)
    }
}

/// One text for every way in which a proof can fail, so that it is no help in making one.
fn refused(error: WebauthnError) -> Error {
    Error::invalid("the passkey was not accepted; try again").because(error)
}

fn value(options: &impl Serialize) -> Result<Value> {
    serde_json::to_value(options).map_err(Error::internal)
}

fn write(state: &impl Serialize) -> Result<String> {
    serde_json::to_string(state).map_err(Error::internal)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(Error::internal)
}

/// The authenticator data in an attestation object (WebAuthn §6.5.4).
fn authenticator_data(attestation_object: &[u8]) -> Result<Vec<u8>> {
    let malformed = || Error::invalid("the passkey's attestation object is malformed");
    let Ok(serde_cbor_2::Value::Map(mut attestation)) = serde_cbor_2::from_slice(attestation_object) else {
        return Err(malformed());
    };
    match attestation.remove(&serde_cbor_2::Value::Text("authData".to_owned())) {
        Some(serde_cbor_2::Value::Bytes(data)) => Ok(data),
        _ => Err(malformed()),
    }
}

/// The model of the authenticator.
fn aaguid(authenticator_data: &[u8]) -> Uuid {
    authenticator_data.get(AAGUID_AT).and_then(|bytes| Uuid::from_slice(bytes).ok()).unwrap_or_default()
}
