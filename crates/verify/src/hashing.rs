//! Hash maps keyed by our own ids and hashes: random already, so that one multiplication spreads them.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};

/// A map with the cheap hasher. Its keys are made by this server, so nobody can choose them to collide.
pub(crate) type FastMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Folding>>;
/// A set with the cheap hasher.
pub(crate) type FastSet<K> = std::collections::HashSet<K, BuildHasherDefault<Folding>>;

/// Multiplies into 128 bits and folds the halves together.
#[derive(Default, Clone)]
pub(crate) struct Folding(u64);

impl Hasher for Folding {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (chunks, rest) = bytes.as_chunks::<8>();
        for chunk in chunks {
            self.write_u64(u64::from_le_bytes(*chunk));
        }
        if !rest.is_empty() {
            self.write_u64(rest.iter().fold(rest.len() as u64, |word, &byte| (word << 8) | u64::from(byte)));
        }
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }

    #[inline]
    fn write_u8(&mut self, word: u8) {
        self.write_u64(u64::from(word));
    }

    #[inline]
    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    #[inline]
    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
}

/// A hasher for what others may choose: without the seed nobody can make two things collide.
#[derive(Clone, Copy, Default)]
pub(crate) struct Keyed(pub(crate) u64);

impl BuildHasher for Keyed {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(self.0);
        hasher
    }
}

impl Keyed {
    /// 128 bits, enough for a name.
    pub(crate) fn wide(self, value: &impl Hash) -> u128 {
        let half = |half: u8| u128::from(self.hash_one((half, value)));
        half(0) << 64 | half(1)
    }
}
