//! Sealing what must be readable again: signing keys (with the master key) and page tokens.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use lockwork_model::entropy::Entropy;
use std::fmt;

const NONCE_BYTES: usize = 24;

/// 32 bytes that seal secrets at rest; kept in a file or the environment, never in the database. Prints nothing.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// Wraps 32 random bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Seals `plain` for this `purpose`; it opens for no other.
    pub(crate) fn seal(&self, purpose: &str, plain: &[u8], entropy: &mut dyn Entropy) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let payload = Payload { msg: plain, aad: purpose.as_bytes() };
        let sealed = XChaCha20Poly1305::new(&self.0.into()).encrypt(&XNonce::from(nonce), payload).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Self::seal`] sealed for the same purpose.
    pub(crate) fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        XChaCha20Poly1305::new(&self.0.into()).decrypt(&XNonce::from(*nonce), payload).ok()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn what_is_sealed_opens_only_with_the_same_key_and_purpose() {
        let (key, other) = (MasterKey([1; 32]), MasterKey([2; 32]));
        let mut sealed = key.seal("a", b"secret", &mut SystemEntropy::default()).unwrap();
        assert_eq!(key.open("a", &sealed).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(key.open("b", &sealed), None);
        assert_eq!(other.open("a", &sealed), None);
        *sealed.last_mut().unwrap() ^= 1;
        assert_eq!(key.open("a", &sealed), None);
        assert_eq!(key.open("a", &[]), None);
    }
}
