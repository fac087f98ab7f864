//! A browser's cookies (RFC 6265 §5), on the test's clock.

use crate::determinism::TestClock;
use lockwork_model::time::{Clock, Timestamp};
use std::time::Duration;

pub(super) struct Jar {
    clock: TestClock,
    cookies: Vec<Cookie>,
}

struct Cookie {
    name: String,
    value: String,
    domain: String,
    host_only: bool,
    ends_at: Option<Timestamp>,
}

impl Jar {
    pub(super) fn new(clock: TestClock) -> Self {
        Self { clock, cookies: Vec::new() }
    }

    /// The `Cookie` header of a request to this host; every test host is below `localhost`, where browsers send cookies
    /// marked `Secure` without encryption too.
    pub(super) fn header(&self, host: &str) -> String {
        let pairs = self.sent_to(host).map(|cookie| format!("{}={}", cookie.name, cookie.value));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// The value of a cookie named `tesseral_project_…_<kind>`.
    pub(super) fn cookie(&self, host: &str, kind: &str) -> Option<String> {
        let mut found = self.sent_to(host).filter(|cookie| cookie.name.splitn(4, '_').last() == Some(kind));
        found.next().map(|cookie| cookie.value.clone())
    }

    /// Keeps what a `Set-Cookie` of this host says, or forgets what it clears.
    pub(super) fn store(&mut self, host: &str, line: &str) {
        let host = name_of(host);
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a name and a value");
        let (mut domain, mut host_only, mut max_age) = (host.to_owned(), true, None);
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match key.to_ascii_lowercase().as_str() {
                "domain" if covers(value, host) => (domain, host_only) = (value.to_ascii_lowercase(), false),
                // No host sets cookies for others.
                "domain" => return,
                "path" => assert_eq!(value, "/", "a path that this browser does not know"),
                "max-age" => max_age = Some(value.parse::<u64>().expect("seconds")),
                "secure" | "httponly" | "samesite" => {}
                _ => panic!("an attribute that this browser does not know: {attribute}"),
            }
        }
        self.cookies.retain(|cookie| {
            (cookie.name.as_str(), &cookie.domain, cookie.host_only) != (name, &domain, host_only)
        });
        if max_age != Some(0) {
            let ends_at = max_age.map(|seconds| self.clock.now().after(Duration::from_secs(seconds)));
            let (name, value) = (name.to_owned(), value.to_owned());
            self.cookies.push(Cookie { name, value, domain, host_only, ends_at });
        }
    }

    fn sent_to(&self, host: &str) -> impl Iterator<Item = &Cookie> {
        let (host, now) = (name_of(host).to_owned(), self.clock.now());
        self.cookies.iter().filter(move |cookie| {
            let is_here =
                if cookie.host_only { cookie.domain == host } else { covers(&cookie.domain, &host) };
            is_here && cookie.ends_at.is_none_or(|ends_at| now < ends_at)
        })
    }
}

fn name_of(host: &str) -> &str {
    host.split(':').next().unwrap_or_default()
}

/// Whether a host is this domain or below it.
fn covers(domain: &str, host: &str) -> bool {
    let domain = domain.trim_start_matches('.').to_ascii_lowercase();
    host == domain || host.strip_suffix(&domain).is_some_and(|labels| labels.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_go_where_they_belong_and_end_when_they_should() {
        let clock = TestClock::default();
        let mut jar = Jar::new(clock.clone());
        jar.store("a.acme.test:7777", "one=1; Path=/; Max-Age=60; Secure; HttpOnly");
        jar.store("a.acme.test", "two=2; Domain=acme.test; SameSite=Lax");
        jar.store("a.acme.test", "three=3; Domain=other.test");
        assert_eq!(jar.header("a.acme.test:7777"), "one=1; two=2");
        assert_eq!(jar.header("b.acme.test"), "two=2");
        assert_eq!(jar.header("evilacme.test"), "");
        clock.advance(Duration::from_secs(60));
        assert_eq!(jar.header("a.acme.test"), "two=2");
        jar.store("b.acme.test", "two=; Domain=acme.test; Max-Age=0");
        assert_eq!(jar.header("a.acme.test"), "");
    }
}
