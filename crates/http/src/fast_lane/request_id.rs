//! The id that each answer carries and logs repeat.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

/// The header of requests and answers.
pub const HEADER: &str = "x-request-id";

/// A caller's id for its request, if it is 1 to 64 of letters, digits, `_` and `-`: safe in headers and logs.
#[must_use]
pub fn accepted(value: &[u8]) -> Option<&str> {
    let legal = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=64).contains(&value.len()) && value.iter().all(legal) {
        std::str::from_utf8(value).ok()
    } else {
        None
    }
}

/// A request id that we made: 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId([u8; 32]);

impl RequestId {
    /// A new one: a random start per thread and a counter, mixed. Unique, but no secret.
    #[must_use]
    pub fn next() -> Self {
        thread_local! {
            static STATE: Cell<(u64, u64)> = Cell::new((RandomState::new().hash_one(0), RandomState::new().hash_one(1)));
        }
        let (high, low) = STATE.get();
        STATE.set((high, low.wrapping_add(1)));
        let mut digits = [0; 32];
        let number = u128::from(mix(high ^ low)) << 64 | u128::from(mix(low));
        for (index, digit) in digits.iter_mut().enumerate() {
            *digit = b"0123456789abcdef"[(number >> (124 - 4 * index)) as usize & 15];
        }
        Self(digits)
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The finalizer of splitmix64: a bijection, so that different counters stay different.
const fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_differ_and_are_acceptable_themselves() {
        let ids: HashSet<String> = (0..10_000).map(|_| RequestId::next().as_str().to_owned()).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| accepted(id.as_bytes()) == Some(id)));
    }

    #[test]
    fn only_harmless_ids_are_accepted() {
        assert_eq!(accepted(b"Az09-_"), Some("Az09-_"));
        assert_eq!(accepted(&[b'a'; 64]).map(str::len), Some(64));
        for wrong in [&b""[..], &[b'a'; 65], b"a b", b"a\r\n", b"a\"", "ä".as_bytes(), &[0xff]] {
            assert_eq!(accepted(wrong), None);
        }
    }
}
