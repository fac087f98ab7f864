//! The keys that sign access tokens.

use crate::ids::SessionSigningKeyId;
use crate::time::Timestamp;

/// A P-256 key that signs a project's access tokens (ES256).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSigningKey {
    /// Its id, the token's `kid`.
    pub id: SessionSigningKeyId,
    /// The uncompressed point: 0x04, then 32 bytes each of x and y.
    pub public_key: Vec<u8>,
    /// The private key, sealed with the master key.
    pub sealed_private_key: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}
