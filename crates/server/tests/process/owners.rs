//! The console's people: the first owner's link, and what their cookie reaches.

use crate::browsers::{Browser, PASSWORD, in_link};
use crate::clients::text;
use crate::nodes::{Node, Site};
use lockwork_testkit::databases::Kind;
use serde_json::{Value, json};

const CONSOLE: &str = "console.localhost:7777";
const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

fn link_of(initialized: &Value) -> String {
    text(&initialized["signUpLink"])
}

fn owner_link(site: &Site) -> String {
    let output = site.output("owner-link");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Takes a sign-up link, in a new browser.
async fn redeemed(node: &Node, link: &str, email: &str) -> Browser {
    let browser = node.browser(CONSOLE);
    browser.begin().await;
    let token = json!({ "signUpToken": in_link(link, "token"), "email": email });
    browser.step("redeem-sign-up-token", token).await.ok();
    browser.register_password(PASSWORD).await.ok();
    browser
}

async fn people(owner: &Browser) -> usize {
    owner.get("/api/frontend/v1/users").await.ok()["users"].as_array().unwrap().len()
}

#[tokio::test]
async fn only_the_latest_link_works_and_none_is_printed_once_an_owner_has_signed_up() {
    let site = Site::new(Kind::Sqlite).await;
    let early = String::from_utf8(site.output("owner-link").stderr).unwrap();
    assert!(early.contains("there is no project yet; run lockwork init"), "{early}");
    let links = [link_of(&site.init()), link_of(&site.init())];
    let printed = String::from_utf8(site.output("init").stdout).unwrap();
    let start = format!("http://{CONSOLE}/sign-up?token=");
    assert!(links.iter().all(|link| link.starts_with(&start)), "{links:?}");
    assert!(printed.contains(&start) && printed.contains("the link works once, for a day"), "{printed}");

    let node = site.start().await;
    let browser = node.browser(CONSOLE);
    browser.begin().await;
    for link in &links {
        let token = json!({ "signUpToken": in_link(link, "token"), "email": ADA });
        browser.step("redeem-sign-up-token", token).await.refused(400, "invalid_argument");
    }
    // The link ties itself to a browser, not to the first that opens it.
    let [ada, eve] =
        [redeemed(&node, &printed, ADA).await, redeemed(&node, &printed, "eve@example.com").await];
    assert_eq!(ada.finish().await.ok()["newUser"], true);
    assert_eq!(ada.me().await.ok()["user"]["owner"], true);
    eve.finish().await.refused(400, "failed_precondition");
    assert_eq!(people(&ada).await, 1);

    assert_eq!(site.init()["signUpLink"], Value::Null);
    let printed = String::from_utf8(site.output("init").stdout).unwrap();
    assert!(!printed.contains("token=") && printed.contains("lockwork owner-link"), "{printed}");
    let replaced = owner_link(&site);
    let bob = redeemed(&node, &owner_link(&site), BOB).await;
    let token = json!({ "signUpToken": in_link(&replaced, "token"), "email": ADA });
    bob.step("redeem-sign-up-token", token).await.refused(400, "invalid_argument");
    bob.finish().await.ok();
    assert_eq!(people(&ada).await, 2);
}

/// A link that several took, each at a node.
async fn one_of_two_signs_up(site: &Site, nodes: [&Node; 2]) {
    for round in 0..2 {
        let link = owner_link(site);
        let [one, two] = ["one", "two"].map(|name| format!("{name}{round}@example.com"));
        let (one, two) = tokio::join!(redeemed(nodes[0], &link, &one), redeemed(nodes[1], &link, &two));
        let (first, second) = tokio::join!(one.finish(), two.finish());
        let (winner, loser) = if first.status == 200 { (one, second) } else { (two, first) };
        loser.refused(400, "failed_precondition");
        assert_eq!(winner.me().await.ok()["user"]["owner"], true);
        assert_eq!(people(&winner).await, round + 1);
    }
}

#[tokio::test]
async fn a_link_signs_up_one_owner_when_two_finish_at_once_sqlite() {
    let site = Site::new(Kind::Sqlite).await;
    site.init();
    let node = site.start().await;
    one_of_two_signs_up(&site, [&node, &node]).await;
}

#[tokio::test]
async fn a_link_signs_up_one_owner_when_two_finish_at_once_postgres() {
    let site = Site::new(Kind::Postgres).await;
    site.init();
    let (a, b) = (site.start().await, site.beside().start().await);
    one_of_two_signs_up(&site, [&a, &b]).await;
}

#[tokio::test]
async fn the_consoles_cookie_reaches_the_backend_api_on_the_consoles_host_and_members_only_read() {
    let site = Site::new(Kind::Sqlite).await.dev();
    let first = site.init();
    let node = site.start().await;
    let owner = redeemed(&node, &link_of(&first), ADA).await;
    owner.finish().await.ok();
    assert_eq!(owner.get("/v1/project").await.ok()["project"]["id"], first["projectId"]);
    let elsewhere = |host: &str| owner.called(host, &format!("http://{host}"));
    for host in ["localhost:7777", "api.localhost", "127.0.0.1"] {
        elsewhere(host).get("/v1/project").await.refused(401, "unauthenticated");
    }
    let pages = node.client_of(&first).pages_host().await;
    elsewhere(&pages).get("/v1/project").await.refused(404, "not_found");

    let organization = json!({ "displayName": "Customer" });
    let made = async |browser: &Browser| browser.post("/v1/organizations", organization.clone()).await;
    for origin in ["https://evil.example", "null", "http://console.localhost.evil.example"] {
        made(&owner.called(CONSOLE, origin)).await.refused(403, "permission_denied");
    }
    made(&owner.called(CONSOLE, &format!("http://{pages}"))).await.refused(403, "permission_denied");
    made(&owner).await.ok();

    owner.post("/api/frontend/v1/user-invites", json!({ "email": BOB })).await.ok();
    let member = node.browser(CONSOLE);
    member.begin().await;
    member.prove(BOB).await;
    let listed = member.get("/api/intermediate/v1/organizations").await.ok();
    member.choose(&text(&listed["organizations"][0]["id"])).await;
    member.register_password(PASSWORD).await.ok();
    member.finish().await.ok();
    let organizations = member.get("/v1/organizations").await.ok();
    assert_eq!(organizations["organizations"].as_array().unwrap().len(), 1);
    made(&member).await.refused(403, "permission_denied");
    let key = json!({ "backendApiKey": { "displayName": "A way in" } });
    member.post("/v1/backend-api-keys", key).await.refused(403, "permission_denied");
    assert_eq!(owner.get("/v1/organizations").await.ok(), organizations);
}
