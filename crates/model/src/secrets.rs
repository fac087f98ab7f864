//! Secrets and their hashes: different types, and hashing is the only road from one to the other.

use crate::base36::{self, DIGITS_35};
use crate::checksum::Checksum;
use crate::entropy::{Entropy, draw};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use subtle::ConstantTimeEq;

/// Text that cannot be a secret of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed secret")]
pub struct MalformedSecret;

/// A text that is shown to the caller once and never again. Prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// Wraps a secret that was just made, or one that a caller sent.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for the one answer that shows it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The last four characters, by which people tell secrets apart.
    #[must_use]
    pub fn suffix(&self) -> String {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default().to_owned()
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// What storage keeps of a secret: 32 bytes from which it cannot be recovered.
#[derive(Clone, Copy, Eq)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// Wraps a hash read from storage.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes for storage.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::hash::Hash for SecretHash {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// A server-side key mixed into the hash of every managed key; kept outside the database, so that a copy of the
/// database alone cannot even confirm a guess.
#[derive(Clone)]
pub struct Pepper([u8; 32]);

impl Pepper {
    /// Wraps 32 random bytes read from a file or the environment.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(…)")
    }
}

/// Hashes the 35 bytes of a managed key.
///
/// SHA-256 without a pepper (a 256-bit secret needs no slow hash), HMAC-SHA-256 with one.
#[derive(Clone, Default)]
pub struct SecretHasher {
    keyed: Option<Hmac<Sha256>>,
}

impl fmt::Debug for SecretHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretHasher {{ peppered: {} }}", self.keyed.is_some())
    }
}

impl SecretHasher {
    /// A hasher with this pepper, or a plain one.
    #[must_use]
    pub fn new(pepper: Option<&Pepper>) -> Self {
        Self { keyed: pepper.and_then(|pepper| Hmac::new_from_slice(&pepper.0).ok()) }
    }

    /// The hash under which a managed key is stored and looked up.
    #[must_use]
    pub fn hash(&self, key: &KeyBytes) -> SecretHash {
        SecretHash(match &self.keyed {
            None => sha256_of_35(&key.0),
            Some(keyed) => keyed.clone().chain_update(key.0).finalize().into_bytes().into(),
        })
    }

    /// A value that tells two peppers apart without revealing either; kept beside the keys so that a node with
    /// the wrong pepper refuses to start.
    #[must_use]
    pub fn fingerprint(&self) -> SecretHash {
        self.hash(&KeyBytes(*b"lockwork pepper fingerprint, fixed."))
    }
}

/// SHA-256 of 35 bytes, which with their padding are one block: the first step of every verification, without the
/// buffering that input of unknown length needs (FIPS 180-4 §5.1.1, §5.3.3).
fn sha256_of_35(bytes: &[u8; 35]) -> [u8; 32] {
    const INITIAL: [u32; 8] = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    let mut block = [0; 64];
    if let Some((start, [mark, .., high, low])) = block.split_first_chunk_mut() {
        *start = *bytes;
        *mark = 0x80;
        [*high, *low] = (35_u16 * 8).to_be_bytes();
    }
    let mut state = INITIAL;
    sha2::block_api::compress256(&mut state, &[block]);
    let mut hash = [0; 32];
    for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    hash
}

/// A project's key prefix: 1 to 64 of `a-z`, `0-9` and `_` (contract §1.2).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct KeyPrefix(String);

impl KeyPrefix {
    /// The prefix as it stands in front of each key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyPrefix {
    type Err = MalformedSecret;

    fn from_str(text: &str) -> Result<Self, MalformedSecret> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if (1..=64).contains(&text.len()) && text.bytes().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedSecret)
        }
    }
}

/// The 35 bytes of a managed key: 32 random ones and the checksum (docs/decisions/0002). Prints nothing.
#[derive(Clone, Copy)]
pub struct KeyBytes([u8; 35]);

impl fmt::Debug for KeyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyBytes(…)")
    }
}

impl KeyBytes {
    /// A new key's bytes for this prefix.
    pub fn generate(prefix: &KeyPrefix, entropy: &mut dyn Entropy) -> Self {
        let random: [u8; 32] = draw(entropy);
        let mut bytes = [0; 35];
        let (head, tail) = bytes.split_at_mut(32);
        head.copy_from_slice(&random);
        tail.copy_from_slice(&Checksum::of_prefix(prefix.as_str()).finish(&random));
        Self(bytes)
    }

    /// Reads the 55 digits behind a prefix. The checksum is a question of its own: [`Self::checksum_holds`].
    pub fn decode(digits: &[u8; DIGITS_35]) -> Result<Self, MalformedSecret> {
        base36::decode_35(digits).map(Self).ok_or(MalformedSecret)
    }

    /// Whether the last three bytes are the checksum of the prefix (by its [`Checksum`] state) and the rest.
    #[must_use]
    pub fn checksum_holds(&self, prefix: Checksum) -> bool {
        match (self.0.first_chunk::<32>(), self.0.last_chunk::<3>()) {
            (Some(random), Some(checksum)) => prefix.finish(random) == *checksum,
            _ => false,
        }
    }

    /// The key's text, shown once.
    #[must_use]
    pub fn to_secret(&self, prefix: &KeyPrefix) -> SecretText {
        let mut text = String::with_capacity(prefix.0.len() + DIGITS_35);
        text.push_str(&prefix.0);
        text.extend(base36::encode_35(&self.0).iter().map(|&digit| digit as char));
        SecretText(text)
    }
}

/// Splits a presented token into its prefix and its 55 digits. `None` when it is too short for that.
#[must_use]
pub fn split_token(token: &str) -> Option<(&str, &[u8; DIGITS_35])> {
    let (prefix, digits) = token.as_bytes().split_last_chunk::<DIGITS_35>()?;
    Some((std::str::from_utf8(prefix).ok()?, digits))
}

/// SHA-256 of the raw bytes of a secret of 128 bits (contract §2.2).
#[must_use]
pub(crate) fn hash_of_16(bytes: &[u8; 16]) -> SecretHash {
    SecretHash(Sha256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::short_secrets::BackendSecret;
    use proptest::prelude::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    struct Repeat(u8);
    impl Entropy for Repeat {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn the_vectors_of_the_contract_hold() {
        let bytes = KeyBytes(std::array::from_fn(|index| index as u8));
        let prefix: KeyPrefix = "acme_sk_".parse().unwrap();
        let secret = bytes.to_secret(&prefix);
        assert_eq!(secret.reveal(), "acme_sk_00019q90hldaezihl6n9kowpbqc41oc9r3gcqas93mpgc0jouxxveoy");
        assert_eq!(secret.suffix(), "veoy");
        assert_eq!(
            hex(SecretHasher::default().hash(&bytes).as_bytes()),
            "f12dd12340cb84e4d0d9958d62be7c59bb8f7243a7420fd043177ac542a26aaa"
        );
    }

    #[test]
    fn a_new_key_reads_back_with_its_checksum() {
        let prefix: KeyPrefix = "acme_".parse().unwrap();
        let secret = KeyBytes::generate(&prefix, &mut Repeat(200)).to_secret(&prefix);
        let (head, digits) = split_token(secret.reveal()).unwrap();
        assert_eq!(head, "acme_");
        let read = KeyBytes::decode(digits).unwrap();
        assert!(read.checksum_holds(Checksum::of_prefix("acme_")));
        assert!(!read.checksum_holds(Checksum::of_prefix("acme")));
    }

    #[test]
    fn a_pepper_changes_every_hash() {
        let bytes = KeyBytes([9; 35]);
        let (a, b) = (Pepper([1; 32]), Pepper([2; 32]));
        let hashes = [None, Some(&a), Some(&b)].map(|pepper| SecretHasher::new(pepper).hash(&bytes));
        assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
    }

    #[test]
    fn no_secret_prints_itself() {
        let prefix: KeyPrefix = "acme_".parse().unwrap();
        let key = KeyBytes::generate(&prefix, &mut Repeat(3));
        let backend = BackendSecret::generate(&mut Repeat(3));
        let pepper = Pepper([3; 32]);
        let hasher = SecretHasher::new(Some(&pepper));
        let shown = format!(
            "{key:?} {:?} {backend:?} {pepper:?} {hasher:?} {:?}",
            key.to_secret(&prefix),
            backend.hash()
        );
        assert_eq!(
            shown,
            "KeyBytes(…) SecretText(…) BackendSecret(…) Pepper(…) SecretHasher { peppered: true } SecretHash(…)"
        );
    }

    proptest! {
        #[test]
        fn a_hash_of_35_bytes_is_what_the_library_makes_of_them(bytes in proptest::array::uniform32(any::<u8>()), rest: [u8; 3]) {
            let bytes: [u8; 35] = [bytes.as_slice(), &rest].concat().try_into().unwrap();
            let expected: [u8; 32] = Sha256::digest(bytes).into();
            prop_assert_eq!(sha256_of_35(&bytes), expected);
        }

        #[test]
        fn one_wrong_character_is_caught(position in 5usize..60, replacement in "[0-9a-z]") {
            let prefix: KeyPrefix = "acme_".parse().unwrap();
            let mut text = KeyBytes::generate(&prefix, &mut Repeat(77)).to_secret(&prefix).reveal().to_owned();
            let changed = text[position..=position] != replacement;
            text.replace_range(position..=position, &replacement);
            let (_, digits) = split_token(&text).unwrap();
            let holds = KeyBytes::decode(digits).is_ok_and(|key| key.checksum_holds(Checksum::of_prefix("acme_")));
            prop_assert_eq!(holds, !changed);
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".*") {
            let _ = split_token(&text).map(|(_, digits)| KeyBytes::decode(digits));
            let _ = text.parse::<BackendSecret>();
            let _ = text.parse::<KeyPrefix>();
        }
    }
}
