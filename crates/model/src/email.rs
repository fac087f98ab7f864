//! E-mail addresses, in the one form in which they are kept and compared.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest address, in bytes (RFC 5321 §4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX_BYTES: usize = 254;
const LOCAL_PART_MAX_BYTES: usize = 64;

/// An address such as `ada@example.com`: in lower case, the domain by UTS 46 in ASCII, so that two addresses are the
/// same exactly when their texts are, and a look-alike of another script is a different one that shows (`xn--…`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address (RFC 5322 `addr-spec` without comments or address literals).
    ///
    /// # Errors
    /// `InvalidArgument` that names `field`.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        normal(text).map(Self).ok_or_else(|| {
            Error::invalid_field(
                field,
                "must be an e-mail address such as ada@example.com, in ASCII before the @",
            )
        })
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse("email", &text)
    }
}

fn normal(text: &str) -> Option<String> {
    // Longer ones would be shortened by nothing, and need not be looked at.
    if text.len() > 4 * EMAIL_MAX_BYTES {
        return None;
    }
    let (local, domain) = text.rsplit_once('@')?;
    if local.len() > LOCAL_PART_MAX_BYTES || !(is_dot_atom(local) || is_quoted(local)) {
        return None;
    }
    let domain = idna::domain_to_ascii_strict(domain).ok()?;
    let domain = crate::text::domain("email", &domain).ok()?;
    // A name of numbers alone is an address of a machine.
    let has_name = domain.rsplit('.').next()?.bytes().any(|byte| byte.is_ascii_alphabetic());
    let address = format!("{}@{domain}", local.to_ascii_lowercase());
    (has_name && address.len() <= EMAIL_MAX_BYTES).then_some(address)
}

fn is_dot_atom(local: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(legal))
}

/// `"…"` with printable ASCII in it, where `"` and `\` stand behind a `\`.
fn is_quoted(local: &str) -> bool {
    let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let mut escaped = false;
    for byte in inner.bytes() {
        match byte {
            b'\\' if !escaped => escaped = true,
            b'"' if !escaped => return false,
            b' '..=b'~' => escaped = false,
            _ => return false,
        }
    }
    !escaped && !inner.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn legal_addresses_are_read_into_one_form() {
        for (text, normal) in [
            ("ada@example.com", "ada@example.com"),
            ("Ada.Lovelace+keys@Example.COM", "ada.lovelace+keys@example.com"),
            ("a@b.co", "a@b.co"),
            ("!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"),
            ("\"a b\"@example.com", "\"a b\"@example.com"),
            ("\"a@b\"@example.com", "\"a@b\"@example.com"),
            ("\"a\\\"b\"@example.com", "\"a\\\"b\"@example.com"),
            ("ada@münchen.de", "ada@xn--mnchen-3ya.de"),
            ("ada@MÜNCHEN.de", "ada@xn--mnchen-3ya.de"),
            ("ada@example。com", "ada@example.com"),
            ("ada@123.example.com", "ada@123.example.com"),
        ] {
            assert_eq!(EmailAddress::parse("email", text).unwrap().as_str(), normal, "{text}");
        }
    }

    #[test]
    fn illegal_addresses_are_refused() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long = format!("a@{}.com", vec!["b".repeat(60); 5].join("."));
        let endless = format!("a@{}", "b.".repeat(100_000));
        for text in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "ada@@example.com",
            "a b@example.com",
            ".ada@example.com",
            "ada.@example.com",
            "a..b@example.com",
            "ada@.example.com",
            "ada@example..com",
            "ada@-example.com",
            "ada@exa_mple.com",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "Ada <ada@example.com>",
            "ada@example.com, eve@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com\0",
            "ädä@example.com",
            "\"a\"b\"@example.com",
            "\"a\\\"@example.com",
            "\"\"@example.com",
            "(x)ada@example.com",
            "ada@exam\u{200b}ple.com/",
            "mailto:ada@example.com@",
            "ada@exa mple.com",
            " ada@example.com",
            &long_local,
            &long,
            &endless,
        ] {
            let refused = EmailAddress::parse("user.email", text);
            assert!(refused.is_err(), "{text:.80}");
            assert_eq!(refused.unwrap_err().field(), Some("user.email"));
        }
    }

    #[test]
    fn a_look_alike_domain_is_another_address_and_shows() {
        let cyrillic = EmailAddress::parse("email", "ada@ex\u{0430}mple.com").unwrap();
        assert_ne!(cyrillic.as_str(), "ada@example.com");
        assert!(cyrillic.domain().starts_with("xn--"), "{cyrillic}");
        // What UTS 46 maps to the same name is the same name.
        assert_eq!(
            EmailAddress::parse("email", "ada@\u{ff45}xample.com").unwrap().as_str(),
            "ada@example.com"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_its_form_is_stable(text in ".{0,80}") {
            if let Ok(address) = EmailAddress::parse("email", &text) {
                prop_assert_eq!(EmailAddress::parse("email", address.as_str()).unwrap(), address);
            }
        }
    }
}
