//! Limits of their own for identifiers that are not keys.

use crate::error::{Error, Result};
use crate::ids::LimitOverrideId;
use crate::limits::{LimitName, Rate};
use crate::text::bounded;
use crate::time::Timestamp;

/// Longest identifier, in characters.
pub const IDENTIFIER_MAX_CHARS: usize = 256;
/// How many checks a request may make at once.
pub const CHECKS_MAX: usize = 16;

/// Whom a check counts: whatever the developer names, in a namespace that keeps its uses apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    /// What is counted, such as `logins`.
    pub namespace: LimitName,
    /// Who, such as an address or a customer's number.
    pub identifier: String,
}

impl Identifier {
    /// An identifier in a namespace.
    ///
    /// # Errors
    /// `InvalidArgument` that names the field below `at`, which ends in `.` or is empty.
    pub fn new(at: &str, namespace: &str, identifier: String) -> Result<Self> {
        let namespace =
            namespace.parse().map_err(|problem| Error::invalid_field(format!("{at}namespace"), problem))?;
        let field = format!("{at}identifier");
        let identifier = bounded(&field, identifier, IDENTIFIER_MAX_CHARS)?;
        if identifier.is_empty() {
            return Err(Error::invalid_field(field, "is required"));
        }
        Ok(Self { namespace, identifier })
    }
}

/// A limit that one identifier has instead of the one that a check brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitOverride {
    /// Its id.
    pub id: LimitOverrideId,
    /// Whose it is.
    pub identifier: Identifier,
    /// How much; 0 blocks the identifier.
    pub limit: u64,
    /// How it counts.
    pub rate: Rate,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
