//! Where a browser may be sent: only to the domains that a project trusts.

use lockwork_model::error::{Error, Result};
use url::{Host, Url};

/// Longest address, in bytes.
const ADDRESS_MAX_BYTES: usize = 2048;

/// Whether `host` is one of the domains or below one of them; both in lower case, without a port.
pub(crate) fn is_trusted(domains: &[String], host: &str) -> bool {
    domains.iter().any(|domain| {
        host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Refuses an address that is not absolute or not on a trusted domain.
///
/// # Errors
/// `InvalidArgument` that names `field`.
pub(crate) fn check_redirect(field: &str, address: &str, domains: &[String]) -> Result<()> {
    let problem = "must be an absolute URL that begins with https://, or with http:// on localhost";
    let url = web_address(address).ok_or_else(|| Error::invalid_field(field, problem))?;
    let host = url.host_str().unwrap_or_default();
    if url.scheme() == "http" && !is_localhost(host) {
        return Err(Error::invalid_field(field, problem));
    }
    if !is_trusted(domains, host) {
        let problem = "must be on one of the project's trustedDomains";
        return Err(Error::invalid_field(field, problem));
    }
    Ok(())
}

/// Refuses an address of a picture that no browser would load.
///
/// # Errors
/// `InvalidArgument` that names `field`.
pub(crate) fn check_picture(field: &str, address: &str) -> Result<()> {
    match web_address(address) {
        Some(_) => Ok(()),
        None => Err(Error::invalid_field(field, "must be an absolute URL that begins with https://")),
    }
}

fn is_localhost(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

/// An absolute web address that every reader reads in one way: parsers differ in what they make of backslashes, blanks
/// and missing slashes, and people in what they take for the host before an `@`.
fn web_address(text: &str) -> Option<Url> {
    let is_absolute = text.starts_with("https://") || text.starts_with("http://");
    let is_plain = text.len() <= ADDRESS_MAX_BYTES
        && text
            .bytes()
            .all(|byte| matches!(byte, 0x21..=0x7e) && !matches!(byte, b'\\' | b'"' | b'<' | b'>'));
    let url = Url::parse(text).ok().filter(|_| is_absolute && is_plain)?;
    let has_name = matches!(url.host(), Some(Host::Domain(_) | Host::Ipv4(_)));
    let authority = text.split("://").nth(1)?.split(['/', '?', '#']).next()?;
    (has_name && !authority.contains('@') && !authority.is_empty()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(address: &str) -> Option<String> {
        let domains = ["example.com".to_owned(), "localhost".to_owned()];
        check_redirect("redirectUri", address, &domains).err().map(|error| error.message().to_owned())
    }

    #[test]
    fn addresses_on_a_trusted_domain_or_below_one_are_let_through() {
        for right in [
            "https://example.com",
            "https://example.com/a?b=c#d",
            "https://EXAMPLE.com:8443/",
            "https://app.example.com/%40",
            "http://localhost:3000/x",
            "http://app.localhost/",
            "https://localhost",
            "https://example.com/?to=https://evil.com/@",
        ] {
            assert_eq!(problem(right), None, "{right}");
        }
    }

    #[test]
    fn whatever_could_lead_elsewhere_is_refused() {
        for wrong in [
            "",
            "/",
            "//evil.com",
            "//example.com",
            "example.com",
            "https:example.com",
            "https:/example.com",
            "https:///example.com",
            "HTTPS://example.com",
            "http://example.com",
            "ftp://example.com",
            "javascript://example.com/%0aalert(1)",
            "https://evil.com",
            "https://evilexample.com",
            "https://example.com.evil.com",
            "https://example.com@evil.com",
            "https://evil.com@example.com",
            "https://@example.com",
            "https://evil.com\\.example.com",
            "https://evil.com\\@example.com",
            "https://evil.com\t.example.com",
            "https://example.com\r\nX: y",
            " https://example.com",
            "https://ex\u{0430}mple.com",
            "https://[::1]/",
            "https://",
            "http://localhost.evil.com/",
            "http://evillocalhost/",
        ] {
            assert!(problem(wrong).is_some(), "{wrong:?}");
        }
        assert!(problem(&format!("https://example.com/{}", "a".repeat(2048))).is_some());
    }
}
