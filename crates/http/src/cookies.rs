//! The cookies of a project's pages (contract §4.3).

use crate::error::Result;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};
use lockwork_app::Pages;
use lockwork_model::error::{Error, ErrorCode};
use lockwork_model::ids::ProjectId;
use lockwork_model::secrets::SecretText;
use std::convert::Infallible;
use std::fmt::Write;
use std::time::Duration;

/// What a cookie holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// An access token; the pages' scripts read it.
    Access,
    /// What the session is refreshed with.
    Refresh,
    /// What a login in progress is continued with.
    Intermediate,
}

impl Cookie {
    const ALL: [Self; 3] = [Self::Access, Self::Refresh, Self::Intermediate];

    /// Its name in this project.
    fn name(self, project: ProjectId) -> String {
        let kind = match self {
            Self::Access => "access_token",
            Self::Refresh => "refresh_token",
            Self::Intermediate => "intermediate_access_token",
        };
        format!("tesseral_{project}_{kind}")
    }

    /// Its value in a request's `Cookie` headers (RFC 6265 §4.2.1; HTTP/2 may send several).
    ///
    /// # Errors
    /// `Unauthenticated` when it is there twice: which of the two a browser sends first can be another site's choice,
    /// so neither speaks for anybody.
    pub(crate) fn read(self, headers: &HeaderMap, project: ProjectId) -> Result<Option<SecretText>> {
        let name = self.name(project);
        let pairs =
            headers.get_all(header::COOKIE).iter().flat_map(|line| line.as_bytes().split(|&b| b == b';'));
        let mut values = pairs.filter_map(|pair| {
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            let found = halves.next()?.trim_ascii() == name.as_bytes();
            found.then(|| halves.next().unwrap_or_default().trim_ascii())
        });
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            let message = format!("the cookie {name} was sent twice; delete this site's cookies");
            return Err(Error::new(ErrorCode::Unauthenticated, message).into());
        }
        let quoted = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
        // What is no text is no token of ours, as the empty one.
        let text = std::str::from_utf8(quoted.unwrap_or(value)).unwrap_or_default();
        Ok(Some(SecretText::new(text.to_owned())))
    }
}

/// Cookies to set and to clear, part of an answer.
#[derive(Debug, Default)]
pub(crate) struct SetCookies(Vec<HeaderValue>);

impl SetCookies {
    /// Sets one, for so long.
    ///
    /// # Errors
    /// When `value` cannot stand in a header, which no token does.
    pub(crate) fn set(
        mut self,
        pages: &Pages,
        cookie: Cookie,
        value: &SecretText,
        max_age: Duration,
    ) -> Result<Self> {
        let domain = pages.cookie_domain.as_deref();
        let line = line(pages, cookie, value.reveal(), max_age, domain);
        let mut line = HeaderValue::try_from(line).map_err(Error::internal)?;
        line.set_sensitive(true);
        self.0.push(line);
        Ok(self)
    }

    /// Clears one, in both forms that it may have been set in: for this host alone, and for the wider domain.
    pub(crate) fn clear(mut self, pages: &Pages, cookie: Cookie) -> Self {
        let wider = pages.cookie_domain.as_deref().map(Some);
        for domain in [None].into_iter().chain(wider) {
            let line = line(pages, cookie, "", Duration::ZERO, domain);
            self.0.extend(HeaderValue::try_from(line));
        }
        self
    }

    /// Clears all three.
    pub(crate) fn clear_all(self, pages: &Pages) -> Self {
        Cookie::ALL.into_iter().fold(self, |cookies, cookie| cookies.clear(pages, cookie))
    }
}

fn line(pages: &Pages, cookie: Cookie, value: &str, max_age: Duration, domain: Option<&str>) -> String {
    let name = cookie.name(pages.project.id);
    let mut line = format!("{name}={value}; Path=/; Max-Age={}; SameSite=Lax; Secure", max_age.as_secs());
    if cookie != Cookie::Access {
        line.push_str("; HttpOnly");
    }
    if let Some(domain) = domain {
        let _ = write!(line, "; Domain={domain}");
    }
    line
}

impl IntoResponseParts for SetCookies {
    type Error = Infallible;

    fn into_response_parts(
        self,
        mut response: ResponseParts,
    ) -> std::result::Result<ResponseParts, Infallible> {
        for line in self.0 {
            response.headers_mut().append(header::SET_COOKIE, line);
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockwork_app::Site;
    use lockwork_testkit::TestApp;
    use std::sync::Arc;

    async fn pages(test: &TestApp, host: &str) -> Arc<Pages> {
        match test.app.site(Some(host)).await.unwrap() {
            Some(Site::Pages(pages)) => pages,
            other => panic!("{other:?}"),
        }
    }

    async fn first_host(test: &TestApp) -> String {
        let project = test.client.get("/v1/project").await.ok();
        project["project"]["vaultDomain"].as_str().unwrap().to_owned()
    }

    fn lines(cookies: SetCookies) -> Vec<String> {
        let response = axum::response::IntoResponse::into_response((cookies, ""));
        let lines = response.headers().get_all(header::SET_COOKIE).iter();
        lines.map(|line| line.to_str().unwrap().to_owned()).collect()
    }

    fn secret(text: &str) -> SecretText {
        SecretText::new(text.into())
    }

    #[tokio::test]
    async fn cookies_are_for_the_host_alone_and_only_the_access_token_is_for_scripts() {
        let test = TestApp::new().await;
        let pages = pages(&test, &first_host(&test).await).await;
        let id = pages.project.id;
        let set = [(Cookie::Access, 300), (Cookie::Refresh, 604_800), (Cookie::Intermediate, 900)]
            .into_iter()
            .fold(SetCookies::default(), |cookies, (cookie, seconds)| {
                cookies.set(&pages, cookie, &secret("a.b-c_d"), Duration::from_secs(seconds)).unwrap()
            });
        assert!(!format!("{set:?}").contains("a.b-c_d"));
        assert_eq!(
            lines(set),
            [
                format!("tesseral_{id}_access_token=a.b-c_d; Path=/; Max-Age=300; SameSite=Lax; Secure"),
                format!(
                    "tesseral_{id}_refresh_token=a.b-c_d; Path=/; Max-Age=604800; SameSite=Lax; Secure; HttpOnly"
                ),
                format!(
                    "tesseral_{id}_intermediate_access_token=a.b-c_d; Path=/; Max-Age=900; SameSite=Lax; Secure; HttpOnly"
                ),
            ]
        );
    }

    #[tokio::test]
    async fn at_a_host_of_its_own_a_projects_cookies_are_for_its_domain_and_cleared_in_both_forms() {
        let test = TestApp::new().await;
        let default_host = first_host(&test).await;
        test.database
            .execute(
                "UPDATE projects SET vault_domain = 'login.example.com', cookie_domain = 'example.com'
                 WHERE display_name = 'Acme'",
            )
            .await;
        let custom = pages(&test, "login.example.com").await;
        let id = custom.project.id;
        let set = SetCookies::default()
            .set(&custom, Cookie::Access, &secret("x"), Duration::from_secs(300))
            .unwrap();
        let expected = format!(
            "tesseral_{id}_access_token=x; Path=/; Max-Age=300; SameSite=Lax; Secure; Domain=example.com"
        );
        assert_eq!(lines(set), [expected]);
        assert_eq!(
            lines(SetCookies::default().clear(&custom, Cookie::Refresh)),
            [
                format!("tesseral_{id}_refresh_token=; Path=/; Max-Age=0; SameSite=Lax; Secure; HttpOnly"),
                format!(
                    "tesseral_{id}_refresh_token=; Path=/; Max-Age=0; SameSite=Lax; Secure; HttpOnly; Domain=example.com"
                ),
            ]
        );
        assert_eq!(lines(SetCookies::default().clear_all(&custom)).len(), 6);
        // Its default host goes on serving it, with cookies that stay there.
        assert_eq!(pages(&test, &default_host).await.cookie_domain, None);
        for foreign in ["login.example.com", "other.com", "ample.com", "a.login.example.com"] {
            let sql = format!("UPDATE projects SET cookie_domain = '{foreign}' WHERE display_name = 'Acme'");
            test.database.execute(&sql).await;
            assert_eq!(pages(&test, "login.example.com").await.cookie_domain, None, "{foreign}");
        }
    }

    #[tokio::test]
    async fn a_line_break_in_a_value_is_refused_and_not_written() {
        let test = TestApp::new().await;
        let pages = pages(&test, &first_host(&test).await).await;
        let value = secret("x\r\nSet-Cookie: y=z");
        assert!(SetCookies::default().set(&pages, Cookie::Access, &value, Duration::ZERO).is_err());
    }

    #[test]
    fn a_cookie_is_found_wherever_it_stands_and_by_its_whole_name() {
        let id: ProjectId = "project_0000000000000000000000001".parse().unwrap();
        let name = Cookie::Refresh.name(id);
        assert_eq!(name, "tesseral_project_0000000000000000000000001_refresh_token");
        let read = |lines: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
            }
            let found = Cookie::Refresh.read(&headers, id);
            found
                .map(|found| found.map(|text| text.reveal().to_owned()))
                .map_err(|refusal| refusal.status().as_u16())
        };
        let with = |before: &str, value: &str, after: &str| format!("{before}{name}={value}{after}");
        assert_eq!(read(&[]), Ok(None));
        for (line, expected) in [
            (with("", "abc", ""), "abc"),
            (with("a=b; ", "abc", "; c=d"), "abc"),
            (with("a=b;", "abc", ";;"), "abc"),
            (with("", "\"abc\"", ""), "abc"),
            (with("", "a=b", ""), "a=b"),
            (with("", "", "; x"), ""),
            (name.clone(), ""),
        ] {
            assert_eq!(read(&[line.as_bytes()]), Ok(Some(expected.to_owned())), "{line}");
        }
        assert_eq!(read(&[b"a=b", with("", "abc", "").as_bytes()]), Ok(Some("abc".to_owned())));
        assert_eq!(read(&[b"\xff=\xff; =; ;", with("", "abc", "").as_bytes()]), Ok(Some("abc".to_owned())));
        let mut no_text = with("", "", "").into_bytes();
        no_text.push(0xff);
        assert_eq!(read(&[&no_text]), Ok(Some(String::new())));
        for other in
            [with("x", "abc", ""), format!("{name}x=abc"), name.to_uppercase(), format!("a={name}=abc")]
        {
            assert_eq!(read(&[other.as_bytes()]), Ok(None), "{other}");
        }
        let twice = with(&with("", "abc", "; "), "abc", "");
        assert_eq!(read(&[twice.as_bytes()]), Err(401));
        assert_eq!(read(&[with("", "abc", "").as_bytes(), with("", "abd", "").as_bytes()]), Err(401));
    }
}
