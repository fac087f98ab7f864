use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::Deserialize;

use crate::Error;

const COORDINATE_SIZE_BYTES: usize = 32;

/// What access tokens of a project are judged by, as the Config API publishes it (contract §4.2).
pub(super) struct Configuration {
    pub(super) project_id: String,
    /// Host of the project's sign-in pages, with its port if it has one.
    pub(super) vault_domain: String,
    keys: HashMap<String, UnparsedPublicKey<Vec<u8>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    project_id: String,
    vault_domain: String,
    keys: Vec<Jwk>,
}

/// A public key (RFC 7517, RFC 7518 §6.2).
#[derive(Deserialize)]
struct Jwk {
    #[serde(default)]
    kid: String,
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Configuration {
    /// Reads the Config API's answer. Keys of kinds that ES256 does not use are left out.
    ///
    /// # Errors
    /// [`Error::InvalidConfiguration`].
    pub(super) fn parse(json: &[u8]) -> Result<Self, Error> {
        let answer: Answer = serde_json::from_slice(json).map_err(|_| Error::InvalidConfiguration)?;
        let keys = answer.keys.into_iter().filter(Jwk::is_p256);
        let keys = keys.map(Jwk::into_key).collect::<Option<_>>().ok_or(Error::InvalidConfiguration)?;
        Ok(Self { project_id: answer.project_id, vault_domain: answer.vault_domain, keys })
    }

    pub(super) fn key(&self, kid: &str) -> Option<&UnparsedPublicKey<Vec<u8>>> {
        self.keys.get(kid)
    }
}

impl Jwk {
    fn is_p256(&self) -> bool {
        self.kty == "EC" && self.crv.as_deref() == Some("P-256")
    }

    /// Its id and its uncompressed point (SEC 1 §2.3.3); ring looks whether that is on the curve.
    fn into_key(self) -> Option<(String, UnparsedPublicKey<Vec<u8>>)> {
        let coordinate = |text: Option<String>| {
            let bytes = URL_SAFE_NO_PAD.decode(text?).ok()?;
            (bytes.len() == COORDINATE_SIZE_BYTES).then_some(bytes)
        };
        let point = [vec![4], coordinate(self.x)?, coordinate(self.y)?].concat();
        Some((self.kid, UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(keys: &str) -> Result<Configuration, Error> {
        let json = format!(r#"{{"projectId":"project_1","vaultDomain":"login.test","keys":{keys}}}"#);
        Configuration::parse(json.as_bytes())
    }

    #[test]
    fn keys_of_other_kinds_are_left_out_and_broken_ones_refused() {
        let coordinate = "A".repeat(43);
        let good = format!(r#"{{"kid":"a","kty":"EC","crv":"P-256","x":"{coordinate}","y":"{coordinate}"}}"#);
        let others = r#"{"kid":"b","kty":"RSA","n":"AQAB","e":"AQAB"},{"kid":"c","kty":"EC","crv":"P-384"},{"kid":"d","kty":"oct","k":"AA"}"#;
        let configuration = parse(&format!("[{good},{others}]")).unwrap();
        assert!(configuration.key("a").is_some());
        assert!(["b", "c", "d", ""].iter().all(|kid| configuration.key(kid).is_none()));
        for broken in [
            good.replacen(&coordinate, &"A".repeat(42), 1),
            good.replacen(&coordinate, "****", 1),
            r#"{"kid":"a","kty":"EC","crv":"P-256"}"#.to_owned(),
            r#"{"kid":"a"}"#.to_owned(),
        ] {
            assert!(matches!(parse(&format!("[{broken}]")), Err(Error::InvalidConfiguration)), "{broken}");
        }
    }
}
