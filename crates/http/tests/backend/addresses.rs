//! From which addresses a key may be used.

use crate::support::{coded, get_key, key_refusal, merged, patch_key, patch_organization, verdict};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

const REFUSED: &str = "ADDRESS_NOT_ALLOWED";

/// The code of a use from this address; `null` passes none.
async fn from(test: &TestApp, secret: &str, address: Value) -> String {
    coded(&verdict(test, secret, json!({ "ipAddress": address })).await)
}

on_both! {
    async fn a_key_is_used_from_the_networks_of_its_list_only(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let networks = json!(["2001:db8::/32", "10.0.0.0/8", "192.0.2.7", "10.0.0.0/8", "::ffff:198.51.100.1"]);
        let (id, secret) = test.api_key(&organization, json!({ "ipAllowlist": networks })).await;
        assert_eq!(
            get_key(&test, &id).await["ipAllowlist"],
            json!(["10.0.0.0/8", "192.0.2.7/32", "198.51.100.1/32", "2001:db8::/32"])
        );
        for (address, wanted) in [
            (json!("10.255.255.255"), "VALID"),
            (json!("11.0.0.0"), REFUSED),
            (json!("192.0.2.7"), "VALID"),
            (json!("192.0.2.8"), REFUSED),
            (json!("2001:db8::1"), "VALID"),
            (json!("2001:DB8:0:0:0:0:0:1"), "VALID"),
            (json!("2001:db9::1"), REFUSED),
            // An IPv4 address in the clothes of IPv6.
            (json!("::ffff:10.0.0.1"), "VALID"),
            (json!("::ffff:11.0.0.1"), REFUSED),
            (json!("198.51.100.1"), "VALID"),
            // None was passed.
            (Value::Null, REFUSED),
            (json!(""), REFUSED),
        ] {
            assert_eq!(from(&test, &secret, address.clone()).await, wanted, "{address}");
        }
        // A change is in effect at once.
        patch_key(&test, &id, json!({ "ipAllowlist": ["11.0.0.0/8"] })).await;
        assert_eq!(from(&test, &secret, json!("11.0.0.0")).await, "VALID");
        assert_eq!(from(&test, &secret, json!("10.0.0.1")).await, REFUSED);
        patch_key(&test, &id, json!({ "ipAllowlist": null })).await;
        assert_eq!(from(&test, &secret, Value::Null).await, "VALID");
    }

    async fn key_and_organization_must_both_allow_the_address(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (_, open) = test.api_key(&organization, json!({})).await;
        let (_, closed) = test.api_key(&organization, json!({ "ipAllowlist": ["10.1.0.0/16", "172.16.0.0/12"] })).await;
        let shown = patch_organization(&test, &organization, json!({ "ipAllowlist": ["10.0.0.0/8"] })).await;
        assert_eq!(shown["ipAllowlist"], json!(["10.0.0.0/8"]));
        for (address, of_open, of_closed) in [
            ("10.1.0.1", "VALID", "VALID"),
            ("10.2.0.1", "VALID", REFUSED),
            ("172.16.0.1", REFUSED, REFUSED),
            ("8.8.8.8", REFUSED, REFUSED),
        ] {
            assert_eq!(from(&test, &open, json!(address)).await, of_open, "{address}");
            assert_eq!(from(&test, &closed, json!(address)).await, of_closed, "{address}");
        }
        let shown = patch_organization(&test, &organization, json!({ "ipAllowlist": null })).await;
        assert_eq!(shown.get("ipAllowlist"), None);
        assert_eq!(from(&test, &open, json!("8.8.8.8")).await, "VALID");
    }

    async fn the_address_is_judged_after_the_key_and_before_what_it_may_do(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let fields = json!({
            "ipAllowlist": ["10.0.0.1"], "limits": [{ "name": "a", "kind": "WINDOW", "limit": 1, "windowSeconds": 60 }],
        });
        let (id, secret) = test.api_key(&organization, fields).await;
        let wrong = json!({ "ipAddress": "10.0.0.2", "permissions": "acme.widgets.create" });
        let refused = verdict(&test, &secret, wrong.clone()).await;
        assert_eq!(refused, json!({
            "valid": false, "code": REFUSED, "apiKeyId": id, "organizationId": organization, "displayName": "A key",
        }));
        let right = merged(wrong.clone(), json!({ "ipAddress": "10.0.0.1" }));
        assert_eq!(verdict(&test, &secret, right).await["code"], "INSUFFICIENT_PERMISSIONS");
        // Neither took anything from the limit.
        assert_eq!(from(&test, &secret, json!("10.0.0.1")).await, "VALID");
        assert_eq!(from(&test, &secret, json!("10.0.0.1")).await, "RATE_LIMITED");
        assert_eq!(from(&test, &secret, json!("10.0.0.2")).await, REFUSED);
        let _ = test.client.post_empty(&format!("/v1/api-keys/{id}/disable")).await.ok();
        assert_eq!(verdict(&test, &secret, wrong).await["code"], "DISABLED");
    }
}

#[tokio::test]
async fn authenticate_holds_to_the_list_too() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, secret) = test.api_key(&organization, json!({ "ipAllowlist": ["10.0.0.1"] })).await;
    let authenticate = async |more: Value| {
        test.client.post("/v1/api-keys/authenticate", merged(json!({ "secretToken": secret }), more)).await
    };
    let found = authenticate(json!({ "ip_address": "10.0.0.1" })).await.ok();
    assert_eq!(found, json!({ "apiKeyId": id, "organizationId": organization }));
    for wrong in [json!({}), json!({ "ipAddress": "10.0.0.2" })] {
        let refused = authenticate(wrong).await.refused(403, "permission_denied");
        assert_eq!(refused, "the api key may not be used from this ipAddress, or none was passed");
    }
    // No header of the request speaks for the end user.
    let spoofed =
        test.client.with_header("x-forwarded-for", b"10.0.0.1").with_header("x-real-ip", b"10.0.0.1");
    let refused = spoofed.post("/v1/api-keys/authenticate", json!({ "secretToken": secret })).await;
    let _ = refused.refused(403, "permission_denied");
}

#[tokio::test]
async fn what_is_no_network_or_no_address_is_refused() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (id, secret) = test.api_key(&organization, json!({})).await;
    for network in [
        "10.0.0.1/33",
        "10.0.0.1/8",
        "2001:db8::/129",
        "10.0.0",
        "localhost",
        "",
        "10.0.0.0/-1",
        "10.0.0.0/8 ",
    ] {
        let fields = json!({ "ipAllowlist": ["10.0.0.0/8", network] });
        let refused = key_refusal(&test, &id, fields.clone()).await;
        assert!(refused.starts_with("apiKey.ipAllowlist[1]: "), "{network}: {refused}");
        let refused = test.client.patch(&format!("/v1/organizations/{organization}"), fields).await;
        assert!(refused.refused(400, "invalid_argument").starts_with("ipAllowlist[1]: "), "{network}");
    }
    let many: Vec<String> = (0..101).map(|number| format!("10.0.0.{number}")).collect();
    let refused = key_refusal(&test, &id, json!({ "ipAllowlist": many })).await;
    assert_eq!(refused, "apiKey.ipAllowlist: must be at most 100 networks");
    for address in ["10.0.0.256", "10.0.0.0/8", "localhost", "10.0.0.1:80", "fe80::1%eth0"] {
        let body = json!({ "secretToken": secret, "ipAddress": address });
        for path in ["/v1/api-keys/verify", "/v1/api-keys/authenticate"] {
            let refused = test.client.post(path, body.clone()).await.refused(400, "invalid_argument");
            assert_eq!(refused, "ipAddress: must be an IPv4 or IPv6 address");
        }
    }
}
