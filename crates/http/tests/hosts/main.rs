//! What each host serves, and to whose pages.

mod branding;
mod origins;
mod pages;
mod which;

use lockwork_testkit::TestApp;

/// The host of the first project's pages, with its port.
async fn pages_host(test: &TestApp) -> String {
    let project = test.client.get("/v1/project").await.ok();
    project["project"]["vaultDomain"].as_str().expect("a host").to_owned()
}
