//! An authenticator without a device, and the browser around it, for tests: it signs whatever it is asked to.

use super::{AssertionResponse, RegistrationResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork_model::entropy::{Entropy, draw};
use lockwork_model::error::{Error, Result};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_cbor_2::Value as Cbor;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Flags of authenticator data (WebAuthn §6.1).
const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// One credential on a P-256 key that attests nothing about its maker.
///
/// Its fields are open so that a test can make it misbehave.
#[derive(Debug, Clone)]
pub struct SoftAuthenticator {
    /// What it is known by.
    pub credential_id: Vec<u8>,
    /// The model that it claims to be.
    pub aaguid: [u8; 16],
    /// How often it has signed; in the next answer one more. Stays 0 when `counts` is off, as of synced passkeys.
    pub counter: u32,
    /// Whether it counts.
    pub counts: bool,
    /// Whether it says that it knows its user, by PIN or finger.
    pub verifies_user: bool,
    key: SigningKey,
}

impl SoftAuthenticator {
    /// A new credential.
    ///
    /// # Errors
    /// `Internal`, when the random bytes are no private key, which does not happen.
    pub fn new(entropy: &mut dyn Entropy) -> Result<Self> {
        let key = SigningKey::from_slice(&draw::<32>(entropy)).map_err(Error::internal)?;
        let credential_id = draw::<16>(entropy).to_vec();
        let aaguid = *b"soft lockwork\0\0\0";
        Ok(Self { credential_id, aaguid, counter: 0, counts: true, verifies_user: true, key })
    }

    /// What `navigator.credentials.create({publicKey: options})` gives on a page of `origin`.
    ///
    /// # Errors
    /// `InvalidArgument`, when the options lack something or exclude this authenticator.
    pub fn register(&mut self, origin: &str, options: &Value) -> Result<RegistrationResponse> {
        if lists(options, "/excludeCredentials", &self.credential_id) {
            return Err(Error::invalid("this authenticator is registered already"));
        }
        let client_data_json = client_data("webauthn.create", origin, options)?;
        let mut data = self.data(text(options, "/rp/id")?, ATTESTED);
        data.extend_from_slice(&self.aaguid);
        let length = u16::try_from(self.credential_id.len()).map_err(Error::internal)?;
        data.extend_from_slice(&length.to_be_bytes());
        data.extend_from_slice(&self.credential_id);
        data.extend_from_slice(&cbor(self.cose_key())?);
        let attestation = BTreeMap::from([
            (Cbor::Text("fmt".to_owned()), Cbor::Text("none".to_owned())),
            (Cbor::Text("attStmt".to_owned()), Cbor::Map(BTreeMap::new())),
            (Cbor::Text("authData".to_owned()), Cbor::Bytes(data)),
        ]);
        Ok(RegistrationResponse { attestation_object: cbor(attestation)?, client_data_json })
    }

    /// What `navigator.credentials.get({publicKey: options})` gives on a page of `origin`.
    ///
    /// # Errors
    /// `InvalidArgument`, when the options lack something or do not list this authenticator.
    pub fn authenticate(&mut self, origin: &str, options: &Value) -> Result<AssertionResponse> {
        if !lists(options, "/allowCredentials", &self.credential_id) {
            return Err(Error::invalid("this authenticator is not among those asked for"));
        }
        let client_data_json = client_data("webauthn.get", origin, options)?;
        let authenticator_data = self.data(text(options, "/rpId")?, 0);
        let signed = [authenticator_data.as_slice(), &Sha256::digest(&client_data_json)].concat();
        let signature: Signature = self.key.sign(&signed);
        Ok(AssertionResponse {
            credential_id: self.credential_id.clone(),
            client_data_json,
            authenticator_data,
            signature: signature.to_der().as_bytes().to_vec(),
        })
    }

    fn data(&mut self, rp_id: &str, flags: u8) -> Vec<u8> {
        self.counter += u32::from(self.counts);
        let verified = if self.verifies_user { USER_VERIFIED } else { 0 };
        let mut data = Sha256::digest(rp_id).to_vec();
        data.push(flags | USER_PRESENT | verified);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data
    }

    /// The public key as COSE writes it (RFC 9053 §7.1): key type EC2, algorithm ES256, curve P-256, x, y.
    fn cose_key(&self) -> BTreeMap<Cbor, Cbor> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&[u8]>| Cbor::Bytes(bytes.unwrap_or_default().to_vec());
        BTreeMap::from([
            (Cbor::Integer(1), Cbor::Integer(2)),
            (Cbor::Integer(3), Cbor::Integer(-7)),
            (Cbor::Integer(-1), Cbor::Integer(1)),
            (Cbor::Integer(-2), coordinate(point.x().map(AsRef::as_ref))),
            (Cbor::Integer(-3), coordinate(point.y().map(AsRef::as_ref))),
        ])
    }
}

fn cbor(map: BTreeMap<Cbor, Cbor>) -> Result<Vec<u8>> {
    serde_cbor_2::to_vec(&Cbor::Map(map)).map_err(Error::internal)
}

fn client_data(kind: &str, origin: &str, options: &Value) -> Result<Vec<u8>> {
    let challenge = text(options, "/challenge")?;
    let data = json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false});
    Ok(data.to_string().into_bytes())
}

fn text<'a>(options: &'a Value, pointer: &str) -> Result<&'a str> {
    let text = options.pointer(pointer).and_then(Value::as_str);
    text.ok_or_else(|| Error::invalid(format!("the options lack {pointer}")))
}

fn lists(options: &Value, pointer: &str, credential_id: &[u8]) -> bool {
    let id = URL_SAFE_NO_PAD.encode(credential_id);
    let listed = options.pointer(pointer).and_then(Value::as_array);
    listed.is_some_and(|listed| listed.iter().any(|credential| credential.pointer("/id") == Some(&json!(id))))
}
