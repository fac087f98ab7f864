//! Maps by the ids of keys.

use lockwork_model::ids::ApiKeyId;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by key ids, which this server makes: nobody can choose them to collide.
pub(crate) type KeyMap<T> = HashMap<ApiKeyId, T, BuildHasherDefault<IdHasher>>;

/// Key ids are random but for the fixed bits of a uuid, which the multiplication spreads out.
#[derive(Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(bytes) = bytes.last_chunk::<8>() {
            self.0 = u64::from_be_bytes(*bytes).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }

    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
