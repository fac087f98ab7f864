//! Passkeys (WebAuthn credentials) of people.

use crate::ids::{PasskeyId, UserId};
use crate::time::Timestamp;

/// How many passkeys one person may have.
pub const PASSKEYS_MAX: usize = 20;

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// Whose it is.
    pub user: UserId,
    /// Whether it is out of use.
    pub disabled: bool,
    /// Its id at the browser.
    pub credential_id: Vec<u8>,
    /// Its public key, PKIX in PEM.
    pub public_key_pem: String,
    /// The model of the authenticator, as a uuid.
    pub aaguid: String,
    /// The host that it is for.
    pub rp_id: String,
    /// What a signature is checked with, as `lockwork-identity` keeps it.
    pub state: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed or was used.
    pub updated_at: Timestamp,
}
