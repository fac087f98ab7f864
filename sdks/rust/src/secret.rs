use std::fmt;

/// The text of an API key as a caller presented it. It can't be printed: `Debug` hides it and there is no
/// `Display`.
#[derive(Clone)]
pub struct SecretToken(String);

impl SecretToken {
    /// Wraps the text of a key. Nothing is checked here; the key server judges it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretToken(hidden)")
    }
}
