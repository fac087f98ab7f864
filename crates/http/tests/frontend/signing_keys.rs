//! How one signing key follows another, while people are signed in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork_testkit::{Browser, TestApp};
use serde_json::Value;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

async fn published(test: &TestApp) -> Vec<String> {
    let config = test.client.get(&format!("/v1/config/{}", test.publishable_key)).await.ok();
    let keys = config["keys"].as_array().expect("keys").iter();
    keys.map(|key| key["kid"].as_str().expect("an id").to_owned()).collect()
}

/// The id of the key that signed a new access token.
async fn signer(browser: &Browser) -> String {
    let token = browser.refresh().await.ok()["accessToken"].as_str().expect("a token").to_owned();
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_new_key_is_known_before_it_signs_and_an_old_one_after_it_did() {
    let test = TestApp::new().await;
    let organization = test.open_organization("Customer").await;
    let first = published(&test).await;
    assert_eq!(test.app.rotate_signing_keys().await.unwrap(), 0, "none is due yet");
    test.clock.advance(24 * 30 * HOUR);
    let browser = test.member(&organization, "ada@example.com", true).await;
    // Both projects, the console's and the first one; a second node finds nothing left to do.
    assert_eq!(test.app.rotate_signing_keys().await.unwrap(), 2);
    assert_eq!(test.app.rotate_signing_keys().await.unwrap(), 0);
    let both = published(&test).await;
    assert_eq!((both.len(), &both[1..]), (2, &first[..]));

    assert_eq!(signer(&browser).await, first[0], "clients do not know the new one yet");
    test.clock.advance(HOUR);
    assert_eq!(signer(&browser).await, first[0]);
    test.clock.advance(HOUR);
    let _ = browser.refresh().await.ok();
    assert_eq!(signer(&browser).await, both[0]);
    assert_eq!(browser.me().await["email"], "ada@example.com");

    test.clock.advance(23 * HOUR);
    let _ = test.app.rotate_signing_keys().await.unwrap();
    assert_eq!(published(&test).await, both, "a token of the old one may still be about");
    test.clock.advance(HOUR);
    assert_eq!(test.app.rotate_signing_keys().await.unwrap(), 0);
    assert_eq!(published(&test).await, both[..1]);
    assert_eq!(signer(&browser).await, both[0]);
}
