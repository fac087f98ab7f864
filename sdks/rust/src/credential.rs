use reqwest::header::{COOKIE, HeaderMap};

use crate::SecretToken;

/// Longer than any key; what is longer is not worth a question.
pub(crate) const MAX_KEY_SIZE_BYTES: usize = 512;

/// Whether `text` can be an API key (contract §4.6); nothing else is sent to the key server as one.
pub(crate) fn looks_like_a_key(text: &str) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !text.is_empty() && text.len() <= MAX_KEY_SIZE_BYTES && text.bytes().all(is_legal)
}

/// `Bearer <token>` (RFC 6750 §2.1); the scheme's case does not matter (RFC 9110 §11.1).
pub(crate) fn bearer_token(header: &[u8]) -> Option<SecretToken> {
    let (scheme, token) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    let token = token.trim_matches(' ');
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    (scheme.eq_ignore_ascii_case("Bearer") && is_token).then(|| SecretToken::new(token))
}

/// The access token in the cookie `tesseral_{project_id}_access_token`, which the sign-in pages set (contract §4.3).
/// `None` too if that cookie is there twice: which of the two is first can be another site's choice.
///
/// The browser sends cookies along by itself: before a request with one changes anything, make sure that it comes from
/// pages of yours (`Origin`, `Sec-Fetch-Site`).
pub fn access_token_cookie(headers: &HeaderMap, project_id: &str) -> Option<SecretToken> {
    let name = format!("tesseral_{project_id}_access_token");
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(found, _)| found.trim() == name).map(|(_, value)| value.trim());
    let value = values.next()?;
    values.next().is_none().then(|| SecretToken::new(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn token(header: &str) -> Option<String> {
        bearer_token(header.as_bytes()).map(|token| token.expose().to_owned())
    }

    #[test]
    fn a_bearer_token_is_found_whatever_the_case_of_the_scheme() {
        assert_eq!(token("Bearer acme_sk_1").as_deref(), Some("acme_sk_1"));
        assert_eq!(token("bearer  acme_sk_1 ").as_deref(), Some("acme_sk_1"));
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name_and_not_believed_when_it_is_there_twice() {
        let found = |lines: &[&str]| {
            let lines = lines.iter().map(|line| (COOKIE, HeaderValue::from_str(line).unwrap()));
            access_token_cookie(&lines.collect(), "project_1").map(|token| token.expose().to_owned())
        };
        let name = "tesseral_project_1_access_token";
        assert_eq!(found(&[&format!("a=b; {name}=x.y.z;c=d")]).as_deref(), Some("x.y.z"));
        assert_eq!(found(&["a=b", &format!("{name}=x.y.z")]).as_deref(), Some("x.y.z"));
        for none in [String::new(), format!("x{name}=x.y.z"), name.to_owned(), format!("{name}x=x.y.z")] {
            assert_eq!(found(&[&none]), None, "{none}");
        }
        assert_eq!(found(&[&format!("{name}=x.y.z; {name}=x.y.z")]), None);
        assert_eq!(found(&[&format!("{name}=x.y.z"), &format!("{name}=a.b.c")]), None);
    }

    #[test]
    fn headers_without_a_token_have_none() {
        for header in ["", "Bearer", "Bearer ", "Basic YTpi", "acme_sk_1", "Bearer a b", "Bearer schlüssel"]
        {
            assert_eq!(token(header), None, "{header:?}");
        }
        assert!(bearer_token(b"Bearer \xff").is_none());
    }
}
