//! Bounded text.

use crate::error::{Error, Result};

/// Longest display name, in characters.
pub const NAME_MAX_CHARS: usize = 256;
/// Longest description, in characters.
pub const DESCRIPTION_MAX_CHARS: usize = 2048;

/// A text of at most `max_chars` characters without control characters; empty is legal.
///
/// # Errors
/// `InvalidArgument` that names `field`.
pub fn bounded(field: &str, text: String, max_chars: usize) -> Result<String> {
    if text.chars().any(char::is_control) {
        return Err(Error::invalid_field(field, "must not contain control characters"));
    }
    if text.chars().count() > max_chars {
        return Err(Error::invalid_field(field, format!("must be at most {max_chars} characters long")));
    }
    Ok(text)
}

/// A domain name in lower case: labels of letters, digits and hyphens, at least two of them.
///
/// # Errors
/// `InvalidArgument` that names `field`.
pub fn domain(field: &str, text: &str) -> Result<String> {
    let text = text.trim_end_matches('.').to_ascii_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if text.len() <= 253 && text.contains('.') && text.split('.').all(label) {
        Ok(text)
    } else {
        Err(Error::invalid_field(field, "must be a domain name such as example.com"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_long_texts_are_refused() {
        assert!(bounded("displayName", "Ada’s key 🔑".into(), 20).is_ok());
        assert!(bounded("displayName", String::new(), 20).is_ok());
        assert!(bounded("displayName", "a\0b".into(), 20).is_err());
        assert!(bounded("displayName", "ä".repeat(20), 20).is_ok());
        let refused = bounded("displayName", "ä".repeat(21), 20).unwrap_err();
        assert_eq!(refused.message(), "displayName: must be at most 20 characters long");
    }

    #[test]
    fn domains_are_checked_and_lowered() {
        assert_eq!(domain("domains", "Example.COM.").unwrap(), "example.com");
        for wrong in ["", "localhost", "a..b", "-a.com", "a_b.com", "a.com/x", "ä.com", "a.com:80"] {
            assert!(domain("domains", wrong).is_err(), "{wrong}");
        }
    }
}
