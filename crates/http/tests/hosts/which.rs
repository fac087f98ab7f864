//! Which host serves what.

use crate::pages_host;
use lockwork_app::{Options, Scheme, Site};
use lockwork_testkit::TestApp;
use lockwork_testkit::app::{node, options};
use lockwork_testkit::databases::{Kind, TestDatabase};
use serde_json::json;

/// What stands at a host, as a status and a slug of `GET /v1/project` with a full key: the API answers it, pages do not
/// have it.
async fn at(test: &TestApp, host: &str) -> (u16, String) {
    let answer = test.client.at(host).get("/v1/project").await;
    let description = answer.json["detail"].as_str().unwrap_or("the project").to_owned();
    (answer.status.as_u16(), description)
}

const NO_PROJECT: &str = "no project is served at this host; a project is at the host that its vaultDomain names, the \
                          API at the root domain and at those of domains.api_hosts";
const NO_PATH: &str = "there is nothing at this path; see /docs for what there is";

#[tokio::test]
async fn the_api_is_at_the_root_domain_its_names_addresses_and_configured_hosts() {
    let options = Options {
        root_domain: "Auth.Example.com:7777".into(),
        api_hosts: vec!["Keys.internal:7777".into(), "lock_work".into()],
        ..options()
    };
    let test = TestApp::with(TestDatabase::of(Kind::Sqlite).await, options).await;
    for host in [
        "",
        "auth.example.com",
        "auth.example.com:7777",
        "auth.example.com:1",
        "AUTH.EXAMPLE.COM",
        "auth.example.com.",
        "auth.example.com.:7777",
        "api.auth.example.com",
        "config.auth.example.com",
        "localhost",
        "localhost:3000",
        "127.0.0.1",
        "10.1.2.3:7777",
        "[::1]",
        "[::1]:7777",
        "[2001:db8::1]:443",
        "keys.internal",
        "keys.internal:9",
        "lock_work:7777",
    ] {
        assert_eq!(at(&test, host).await, (200, "the project".into()), "{host}");
    }
    for host in [
        "example.com",
        "evil.example.com",
        "xauth.example.com",
        "other.auth.example.com",
        "api.api.auth.example.com",
        "api.localhost",
        "internal",
        "a.keys.internal",
        "project-.auth.example.com",
        "project-0000000000000000000000001.auth.example.com",
        "project-zzzzzzzzzzzzzzzzzzzzzzzzz.auth.example.com",
    ] {
        assert_eq!(at(&test, host).await, (404, NO_PROJECT.into()), "{host}");
    }
}

#[tokio::test]
async fn a_projects_pages_are_at_its_default_host_however_that_is_written() {
    let test = TestApp::new().await;
    let host = pages_host(&test).await;
    let (name, _) = host.split_once(':').unwrap();
    let digits = name.strip_prefix("project-").unwrap().strip_suffix(".localhost").unwrap();
    assert_eq!(digits.len(), 25);
    for host in [
        host.clone(),
        name.to_owned(),
        host.to_uppercase(),
        format!("{name}."),
        format!("{name}.:7777"),
        format!("{name}:1"),
    ] {
        assert_eq!(at(&test, &host).await, (404, NO_PATH.into()), "{host}");
    }
    for host in [format!("a.{name}"), format!("project_{digits}.localhost"), format!("{digits}.localhost")] {
        assert_eq!(at(&test, &host).await, (404, NO_PROJECT.into()), "{host}");
    }
    let Some(Site::Pages(pages)) = test.app.site(Some(&host.to_uppercase())).await.unwrap() else {
        panic!("no pages")
    };
    assert_eq!((&pages.host, pages.is_console, &pages.cookie_domain), (&host, false, &None));
    assert_eq!(test.app.pages_origin(&pages.project), format!("http://{host}"));
}

#[tokio::test]
async fn the_consoles_host_has_the_backend_api_and_the_pages_of_the_consoles_project() {
    let test = TestApp::new().await;
    let Some(Site::Pages(pages)) = test.app.site(Some("console.localhost:7777")).await.unwrap() else {
        panic!("no console")
    };
    assert!(pages.is_console);
    assert_eq!(pages.project.display_name, "Lockwork console");
    assert_eq!(test.app.pages_origin(&pages.project), "http://console.localhost:7777");
    assert_eq!(at(&test, "console.localhost:7777").await.0, 200);
    // The same by the project's default host.
    let label = pages.project.id.to_string().replace('_', "-");
    assert_eq!(at(&test, &format!("{label}.localhost")).await.0, 200);
    // Neither has the other surfaces of the API's hosts.
    let console = test.nobody().at("console.localhost");
    for path in ["/docs", "/dev/mail", &format!("/v1/config/{}", test.publishable_key)] {
        let answer = console.send(axum::http::Method::PUT, path, None, Vec::new()).await;
        assert_eq!(answer.refused(404, "not_found"), NO_PATH, "{path}");
    }
}

#[tokio::test]
async fn a_project_may_have_a_host_of_its_own_and_keeps_the_default_one() {
    let test = TestApp::new().await;
    let default_host = pages_host(&test).await;
    test.database
        .execute(
            "UPDATE projects SET vault_domain = 'login.acme.com', cookie_domain = 'acme.com'
             WHERE display_name = 'Acme'",
        )
        .await;
    for host in [default_host.as_str(), "login.acme.com", "LOGIN.acme.com.:443"] {
        assert_eq!(at(&test, host).await, (404, NO_PATH.into()), "{host}");
    }
    for host in ["acme.com", "a.login.acme.com"] {
        assert_eq!(at(&test, host).await, (404, NO_PROJECT.into()), "{host}");
    }
    let project = test.client.get("/v1/project").await.ok()["project"].clone();
    let shown = json!([project["vaultDomain"], project["vaultDomainCustom"], project["cookieDomain"]]);
    assert_eq!(shown, json!(["login.acme.com", true, "acme.com"]));
    let config = test.nobody().get(&format!("/v1/config/{}", test.publishable_key)).await.ok();
    assert_eq!(json!([config["vaultDomain"], config["cookieDomain"]]), json!(["login.acme.com", "acme.com"]));
    // Hosts of ours cannot be taken away by giving a project their name.
    for host in ["api.localhost", "localhost", "console.localhost"] {
        let sql = format!("UPDATE projects SET vault_domain = '{host}' WHERE display_name = 'Acme'");
        test.database.execute(&sql).await;
        assert_eq!(at(&test, host).await.0, 200, "{host}");
    }
}

#[tokio::test]
async fn another_root_domain_moves_every_default_host() {
    let test = TestApp::new().await;
    let old = pages_host(&test).await;
    let label = old.split('.').next().unwrap();
    let options = Options { root_domain: "auth.example.com".into(), scheme: Scheme::Https, ..options() };
    let (app, follower) = node(test.database.store(), options, &test.clock, 2).await;
    let router = lockwork_http::router(app.clone(), lockwork_http::RouterOptions::default());
    let client = lockwork_testkit::Client::new(router, Some(format!("Bearer {}", test.backend_api_key)));
    let project = client.get("/v1/project").await.ok()["project"].clone();
    let new = format!("{label}.auth.example.com");
    assert_eq!(json!([project["vaultDomain"], project["cookieDomain"]]), json!([new, new]));
    assert_eq!(project["vaultDomainCustom"], false);
    let config = client.get(&format!("/v1/config/{}", test.publishable_key)).await.ok();
    assert_eq!(json!([config["vaultDomain"], config["cookieDomain"]]), json!([new, new]));
    assert_eq!(client.at(&old).get("/x").await.refused(404, "not_found"), NO_PROJECT);
    let Some(Site::Pages(pages)) = app.site(Some(&new)).await.unwrap() else { panic!("no pages") };
    assert_eq!(app.pages_origin(&pages.project), format!("https://{new}"));
    assert!(pages.allows_origin(&format!("https://{new}")));
    follower.abort();
}

#[tokio::test]
async fn a_request_that_names_no_host_or_two_is_refused() {
    let test = TestApp::new().await;
    let host = pages_host(&test).await;
    for wrong in ["a b", "a:b", "http://a", "a/b", "u@localhost", "::1", "[::1", "a..b", "*"] {
        let answer = test.client.at(wrong).get("/v1/project").await;
        let description = answer.refused(400, "invalid_argument");
        assert_eq!(description, "the request's host is neither a name nor an address", "{wrong}");
    }
    let answer = test.client.with_header("host", b"\xff").get("/v1/project").await;
    assert_eq!(answer.refused(400, "invalid_argument"), "the Host header is no text");
    let twice = test.client.with_header("host", b"localhost").with_header("host", b"localhost");
    let answer = twice.get("/v1/project").await;
    assert_eq!(answer.refused(400, "invalid_argument"), "send one Host header, not several");
    // Where the target names the host, as in HTTP/2, a Host header must agree.
    let target = format!("http://{host}/v1/project");
    assert_eq!(test.client.get(&target).await.refused(404, "not_found"), NO_PATH);
    assert_eq!(test.client.at(&host).get(&target).await.refused(404, "not_found"), NO_PATH);
    assert_eq!(
        test.client.at("localhost").get(&target).await.refused(400, "invalid_argument"),
        "the request's target and its Host header name two hosts"
    );
    let with_user = test.client.get("http://u@localhost/v1/project").await;
    assert_eq!(with_user.status.as_u16(), 400);
}

#[tokio::test]
async fn every_host_says_how_the_process_is() {
    let test = TestApp::new().await;
    let host = pages_host(&test).await;
    for host in ["localhost", host.as_str(), "console.localhost", "nobody.example.com", "a b"] {
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(test.nobody().at(host).get(path).await.status.as_u16(), 200, "{host} {path}");
        }
    }
}

#[tokio::test]
async fn requests_are_counted_by_their_routes_at_every_host() {
    let test = TestApp::new().await;
    let missing = "/v1/organizations/org_0000000000000000000000001";
    assert_eq!(test.client.at("console.localhost").get(missing).await.status.as_u16(), 404);
    assert_eq!(test.client.at("nobody.example.com").get("/a/secret/path").await.status.as_u16(), 404);
    let metrics = test.nobody().get("/metrics").await.text;
    for route in ["/v1/organizations/{id}", "unmatched"] {
        let counted = format!("{{method=\"GET\",route=\"{route}\",status=\"4xx\"}}");
        assert!(metrics.contains(&counted), "{route}");
    }
    assert!(!metrics.contains("/a/secret/path"));
}

#[tokio::test]
async fn an_unknown_hosts_refusal_has_no_body_for_head_and_names_the_request() {
    let test = TestApp::new().await;
    let nowhere = test.nobody().at("nobody.example.com").with_header("x-request-id", b"this-one");
    let answer = nowhere.get("/").await;
    assert_eq!(answer.headers["x-request-id"], "this-one");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    let head = nowhere.send(axum::http::Method::HEAD, "/", None, Vec::new()).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (404, ""));
    assert_eq!(head.headers["content-length"], answer.text.len().to_string());
}
