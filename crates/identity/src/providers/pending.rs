use super::Provider;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork_model::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use subtle::ConstantTimeEq;

/// Longest code that a provider may hand out, in bytes. Microsoft's have a thousand and more.
const CODE_MAX_BYTES: usize = 4096;

/// What must be kept of a browser that was sent to a provider. Serialized it holds secrets: seal it. Prints nothing.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingAuthorization {
    provider: Provider,
    state: String,
    nonce: String,
    pkce_verifier: String,
}

impl fmt::Debug for PendingAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingAuthorization(…)")
    }
}

/// What a browser brings back from a provider.
#[derive(Clone, Copy)]
pub struct Callback<'a> {
    /// The provider's code, which it exchanges for an answer once.
    pub code: &'a str,
    /// The state that the browser was sent away with.
    pub state: &'a str,
    /// The redirect URI that it was sent away with.
    pub redirect_uri: &'a str,
}

impl fmt::Debug for Callback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

impl PendingAuthorization {
    pub(super) fn new(provider: Provider, random: [[u8; 32]; 3]) -> Self {
        // 43 characters, as RFC 7636 §4.1 wants them of the verifier.
        let [state, nonce, pkce_verifier] = random.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        Self { provider, state, nonce, pkce_verifier }
    }

    /// The state that the browser must bring back.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }

    pub(super) fn pkce_verifier(&self) -> &str {
        &self.pkce_verifier
    }

    /// Whether this browser was sent to this provider, and brings back something that can be a code.
    pub(super) fn judge(&self, provider: Provider, callback: &Callback<'_>) -> Result<()> {
        let ours = bool::from(self.state.as_bytes().ct_eq(callback.state.as_bytes()));
        if !ours || self.provider != provider {
            let text = "does not belong to a sign-in that this browser began; sign in again";
            return Err(Error::invalid_field("state", text));
        }
        if callback.code.is_empty() || callback.code.len() > CODE_MAX_BYTES {
            return Err(Error::invalid_field("code", "is not a code of the provider; sign in again"));
        }
        Ok(())
    }
}
