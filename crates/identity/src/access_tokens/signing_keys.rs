//! The private keys behind access tokens.

use lockwork_model::entropy::{Entropy, draw};
use lockwork_model::error::{Error, Result};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{self, Signature};
use std::fmt;

/// A private P-256 key, opened from its seal. Prints nothing.
#[derive(Clone)]
pub struct SigningKey(ecdsa::SigningKey);

impl SigningKey {
    /// Reads the 32 bytes of [`Self::private_bytes`].
    ///
    /// # Errors
    /// `Internal`, when they are no private key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        // Asked for by its full length: p256 itself would also take a few bytes fewer.
        <[u8; 32]>::try_from(bytes)
            .ok()
            .and_then(|bytes| ecdsa::SigningKey::from_slice(&bytes).ok())
            .map(Self)
            .ok_or_else(|| Error::internal("the bytes of a signing key are no private P-256 key"))
    }

    /// A new random key.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        // A random number is a legal private key but for one in 2^32.
        loop {
            if let Ok(key) = Self::from_bytes(&draw::<32>(entropy)) {
                return key;
            }
        }
    }

    /// The private number, big-endian, to be sealed and kept.
    #[must_use]
    pub fn private_bytes(&self) -> [u8; 32] {
        self.0.to_bytes().into()
    }

    /// The public key: the uncompressed point, 0x04 and 32 bytes each of x and y.
    #[must_use]
    pub fn public_point(&self) -> Vec<u8> {
        self.0.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    /// ECDSA with SHA-256, as r and s in 64 bytes (RFC 7518 §3.4). Deterministic (RFC 6979), so that no weak random
    /// number can give the key away.
    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.0.sign(message);
        signature.to_bytes().into()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    #[test]
    fn the_vector_of_rfc_6979_holds() {
        let key =
            SigningKey::from_bytes(&hex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"))
                .unwrap();
        let signature = hex(concat!(
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
        ));
        assert_eq!(key.sign(b"sample").as_slice(), signature);
        let point = hex(concat!(
            "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
            "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
        ));
        assert_eq!(key.public_point(), point);
    }

    #[test]
    fn a_key_survives_storage_and_prints_nothing() {
        let key = SigningKey::from_bytes(&[7; 32]).unwrap();
        assert_eq!(key.private_bytes(), [7; 32]);
        assert_eq!(format!("{key:?}"), "SigningKey(…)");
    }

    #[test]
    fn bytes_that_are_no_private_key_are_refused() {
        for wrong in [vec![], vec![0; 32], vec![255; 32], vec![7; 31], vec![7; 33], vec![7; 10_000]] {
            assert!(SigningKey::from_bytes(&wrong).is_err());
        }
    }

    #[test]
    fn random_bytes_that_are_no_private_key_are_drawn_again() {
        struct ZerosFirst(u8);
        impl Entropy for ZerosFirst {
            fn fill(&mut self, bytes: &mut [u8]) {
                bytes.fill(self.0);
                self.0 += 1;
            }
        }
        assert_eq!(SigningKey::generate(&mut ZerosFirst(0)).private_bytes(), [1; 32]);
    }
}
