//! No parameter sends a browser to a host that the project does not trust.

use lockwork_testkit::TestApp;
use serde_json::json;

/// What leads elsewhere, or nowhere.
fn evil(host: &str) -> Vec<String> {
    let name = host.split(':').next().expect("a name");
    let mut evil: Vec<String> = [
        "//evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "https://evil.example",
        "http://evil.example",
        "/\\evil.example",
        "https:\\\\evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://localhost/",
        "/login",
        "",
        " https://evil.example",
        "https://",
        "https://?",
    ]
    .map(str::to_owned)
    .to_vec();
    for pattern in [
        "https://{}@evil.example",
        "https://evil.example@{}",
        "https://{}:x@evil.example",
        "https://{}.evil.example",
        "https://evil{}",
        "https://evil.example/{}",
        "https://evil.example#{}",
        "https://evil.example?{}",
        "https://evil.example\\.{}",
        "https://{}\\.evil.example",
        "https://{}%2eevil.example",
        "https://{}\r\nLocation: https://evil.example",
        "https://{}\t.evil.example",
        "//{}",
        "{}",
    ] {
        evil.push(pattern.replace("{}", name));
    }
    evil
}

#[tokio::test]
async fn a_login_leads_back_to_trusted_domains_only() {
    let test = TestApp::new().await;
    let _ = test.client.patch("/v1/project", json!({ "trustedDomains": ["app.example.com"] })).await.ok();
    let browser = test.browser(&test.client).await;
    for uri in evil(browser.host()).into_iter().chain(evil("app.example.com")) {
        let refused = browser.step("intermediate-session", json!({ "redirectUri": uri })).await;
        let problem = refused.refused(400, "invalid_argument");
        assert!(problem.starts_with("redirectUri: "), "{uri:?}: {problem}");
    }
    let own = format!("http://{}/organization", browser.host());
    for uri in ["https://app.example.com/a?b=c#d", "https://x.app.example.com:8443", own.as_str()] {
        let _ = browser.step("intermediate-session", json!({ "redirectUri": uri })).await.ok();
        assert_eq!(browser.whoami().await["redirectUri"], uri);
    }
}

#[tokio::test]
async fn a_project_sends_nobody_elsewhere_by_its_own_settings() {
    let test = TestApp::new().await;
    let _ = test.client.patch("/v1/project", json!({ "trustedDomains": ["app.example.com"] })).await.ok();
    for field in ["redirectUri", "afterLoginRedirectUri", "afterSignupRedirectUri"] {
        for uri in evil("app.example.com").into_iter().filter(|uri| !uri.is_empty()) {
            let refused = test.client.patch("/v1/project", json!({ field: uri })).await;
            let problem = refused.refused(400, "invalid_argument");
            assert!(problem.starts_with(&format!("{field}: ")), "{uri:?}: {problem}");
        }
        let right = json!({ field: "https://app.example.com/home" });
        let _ = test.client.patch("/v1/project", right).await.ok();
    }
}
