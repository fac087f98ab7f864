//! Sessions that one node ends are over at the other with its next request.

use crate::browsers::Browser;
use crate::clients::Client;
use crate::nodes::{Node, Site};
use lockwork_testkit::databases::Kind;
use serde_json::json;

const ADA: &str = "ada@example.com";

/// A person who signed in at `node` by mail, without a password.
async fn signed_in(node: &Node, host: &str, organization: &str, email: &str) -> Browser {
    let browser = node.browser(host);
    browser.begin().await;
    browser.prove(email).await;
    browser.choose(organization).await;
    browser.finish().await.ok();
    browser
}

async fn logins_disabled(client: &Client, path: &str, disabled: bool) {
    client.patch(path, json!({ "loginsDisabled": disabled })).await;
}

#[tokio::test]
async fn what_one_node_ends_the_other_refuses_at_once() {
    let site = Site::new(Kind::Postgres).await.dev();
    let first = site.init();
    let (a, b) = (site.start().await, site.beside().start().await);
    let (at_a, at_b) = (a.client_of(&first), b.client_of(&first));
    let host = at_a.pages_host().await;
    let (organization, user) = at_a.customer(&["logInWithEmail"], ADA).await;
    let begun = async |node: &Node| {
        let here = signed_in(node, &host, &organization, ADA).await;
        let there = here.through(if std::ptr::eq(node, &a) { &b } else { &a });
        there.me().await.ok();
        there.refresh().await.ok();
        (here, there)
    };
    let is_over = async |there: &Browser| {
        there.me().await.refused(401, "unauthenticated");
        there.refresh().await.refused(401, "unauthenticated");
    };

    // A sign-out clears the cookies, so that another page must keep them to ask with.
    let (here, _) = begun(&a).await;
    let kept = here.kept().through(&b);
    kept.me().await.ok();
    here.post("/api/frontend/v1/logout", json!({})).await.ok();
    is_over(&kept).await;

    let (_, there) = begun(&b).await;
    let path = format!("/v1/organizations/{organization}");
    logins_disabled(&at_b, &path, true).await;
    is_over(&there.kept()).await;
    logins_disabled(&at_b, &path, false).await;

    let (_, there) = begun(&a).await;
    logins_disabled(&at_a, "/v1/project", true).await;
    is_over(&there.kept()).await;
    logins_disabled(&at_a, "/v1/project", false).await;

    let (_, there) = begun(&b).await;
    at_b.delete(&format!("/v1/users/{user}")).await;
    is_over(&there.kept()).await;
    // Nobody by that address is left to sign in, at either node.
    for client in [&at_a, &at_b] {
        let left = client.get(&format!("/v1/users?organizationId={organization}")).await;
        assert_eq!(left["users"].as_array().map_or(0, Vec::len), 0);
    }
}
