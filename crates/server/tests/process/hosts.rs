//! Hosts, as a running node tells them apart.

use crate::browsers::Browser;
use crate::clients::text;
use crate::nodes::Site;
use lockwork_testkit::databases::Kind;

#[tokio::test]
async fn each_host_serves_its_own_and_an_unknown_one_is_not_found() {
    let site = Site::new(Kind::Sqlite).await;
    let site =
        site.with("DOMAINS__ROOT", "example.test").with("DOMAINS__API_HOSTS", "keys.internal, lockwork");
    let first = site.init();
    let link = text(&first["signUpLink"]);
    assert!(link.starts_with("https://console.example.test/sign-up?token="), "{link}");
    let node = site.start().await;
    let pages = node.client_of(&first).pages_host().await;
    let label = text(&first["projectId"]).replace('_', "-");
    assert_eq!(pages, format!("{label}.example.test"));

    let at = |host: &str| -> Browser { node.browser(host) };
    for host in [
        "example.test",
        "api.example.test",
        "config.example.test",
        "API.example.TEST:8080",
        "localhost",
        "127.0.0.1",
        "keys.internal",
        "lockwork:80",
    ] {
        // There, and in want of a key.
        at(host).get("/v1/project").await.refused(401, "unauthenticated");
        at(host).get("/api/intermediate/v1/settings").await.refused(404, "not_found");
    }
    for host in [pages.as_str(), "console.example.test", "CONSOLE.example.test:443"] {
        at(host).get("/api/intermediate/v1/settings").await.ok();
    }
    at(&pages).get("/v1/project").await.refused(404, "not_found");
    for host in [
        "evil.test",
        "other.internal",
        "console.localhost",
        &format!("{label}.localhost"),
        "project-0000000000000000000000001.example.test",
        &format!("{pages}.evil.test"),
        "evilexample.test",
    ] {
        for path in ["/v1/project", "/api/intermediate/v1/settings", "/dev/mail", "/"] {
            let reply = at(host).get(path).await;
            reply.refused(404, "not_found");
            let told = text(&reply.json["details"][0]["description"]);
            assert!(told.starts_with("no project is served at this host"), "{host}: {told}");
        }
        assert_eq!(at(host).get("/healthz").await.status, 200);
    }
}
