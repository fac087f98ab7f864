//! Whose pages may read answers.

use crate::pages_host;
use axum::http::{HeaderMap, Method};
use lockwork_testkit::{Client, TestApp};

const PATH: &str = "/api/frontend/v1/nothing";

/// The first project's pages, which trust `acme.com` and `localhost` beside themselves.
async fn pages(test: &TestApp) -> (Client, String) {
    let host = pages_host(test).await;
    for domain in ["acme.com", "dev.localhost"] {
        let sql = format!(
            "INSERT INTO project_trusted_domains (project_id, domain) SELECT id, '{domain}' FROM projects
             WHERE display_name = 'Acme'"
        );
        test.database.execute(&sql).await;
    }
    (test.nobody().at(&host), host)
}

/// What CORS says in an answer: who, with credentials, what they may see beside.
fn cors(headers: &HeaderMap) -> [Option<&str>; 3] {
    ["origin", "credentials"]
        .map(|name| format!("access-control-allow-{name}"))
        .into_iter()
        .chain(["access-control-expose-headers".to_owned()])
        .map(|name| headers.get(name).map(|value| value.to_str().unwrap()))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap()
}

async fn preflight(client: &Client, origin: &str, path: &str) -> lockwork_testkit::Answer {
    client
        .with_header("origin", origin.as_bytes())
        .with_header("access-control-request-method", b"POST")
        .with_header("access-control-request-headers", b"content-type,x-mine")
        .send(Method::OPTIONS, path, None, Vec::new())
        .await
}

#[tokio::test]
async fn own_and_trusted_pages_may_read_answers_and_refusals_with_their_cookies() {
    let test = TestApp::new().await;
    let (client, host) = pages(&test).await;
    for origin in [
        format!("http://{host}"),
        format!("https://{host}"),
        "https://acme.com".into(),
        "https://app.acme.com:8443".into(),
        "http://dev.localhost:3000".into(),
        "http://a.dev.localhost".into(),
    ] {
        let answer = client.with_header("origin", origin.as_bytes()).get(PATH).await;
        let expected = [Some(origin.as_str()), Some("true"), Some("retry-after, x-request-id")];
        assert_eq!(cors(&answer.headers), expected);
        assert_eq!(answer.headers["vary"], "Origin");
        assert_eq!(answer.headers["cross-origin-resource-policy"], "same-origin");
        let _ = answer.refused(404, "not_found");
    }
}

#[tokio::test]
async fn other_pages_may_not_read_answers() {
    let test = TestApp::new().await;
    let (client, host) = pages(&test).await;
    for origin in [
        "null".into(),
        "https://evil.net".into(),
        "http://acme.com".into(),
        "https://badacme.com".into(),
        "https://acme.com.evil.net".into(),
        "https://acme.com/".into(),
        "https://u@acme.com".into(),
        "https://a.localhost".into(),
        "http://console.localhost:7777".into(),
        format!("http://a.evil.net#{host}"),
    ] {
        let answer = client.with_header("origin", origin.as_bytes()).get(PATH).await;
        assert_eq!(cors(&answer.headers), [None; 3], "{origin}");
        assert_eq!(answer.headers["vary"], "Origin");
        let refused = preflight(&client, &origin, PATH).await;
        assert_eq!(cors(&refused.headers), [None; 3], "{origin}");
        assert_eq!(refused.headers["vary"], "Origin");
        let _ = refused.refused(403, "permission_denied");
    }
    let two = client.with_header("origin", b"https://acme.com").with_header("origin", b"https://acme.com");
    assert_eq!(cors(&two.get(PATH).await.headers), [None; 3]);
    let none = client.get(PATH).await;
    assert_eq!((cors(&none.headers), &none.headers["vary"]), ([None; 3], &"Origin".parse().unwrap()));
}

#[tokio::test]
async fn a_trusted_pages_preflight_is_answered_before_anything_is_looked_for() {
    let test = TestApp::new().await;
    let (client, _) = pages(&test).await;
    for path in [PATH, "/api/intermediate/v1/nothing"] {
        let answer = preflight(&client, "https://acme.com", path).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""), "{path}");
        assert_eq!(cors(&answer.headers)[..2], [Some("https://acme.com"), Some("true")]);
        let headers = &answer.headers;
        assert_eq!(headers["access-control-allow-methods"], "GET, HEAD, POST, PUT, PATCH, DELETE");
        assert_eq!(headers["access-control-allow-headers"], "content-type,x-mine");
        assert_eq!(headers["access-control-max-age"], "600");
        assert_eq!(headers["vary"], "Origin");
        assert!(headers.contains_key("x-request-id"));
    }
    // OPTIONS that asks for nothing is no preflight.
    let trusted = client.with_header("origin", b"https://acme.com");
    let plain = trusted.send(Method::OPTIONS, PATH, None, Vec::new()).await;
    assert_eq!(plain.status.as_u16(), 404);
}

#[tokio::test]
async fn no_page_of_another_origin_may_read_the_backend_api() {
    let test = TestApp::new().await;
    let _ = pages(&test).await;
    for host in ["console.localhost:7777", "localhost:7777"] {
        let console = test.client.at(host);
        let answer = console.with_header("origin", b"http://console.localhost:7777").get("/v1/project").await;
        assert_eq!((answer.status.as_u16(), cors(&answer.headers)), (200, [None; 3]));
        let refused = preflight(&console, "http://console.localhost:7777", "/v1/project").await;
        assert_eq!((refused.status.as_u16(), cors(&refused.headers)), (405, [None; 3]));
    }
}
