//! Limits of keys and organizations, their own and those of plans: what counts, for whom, and what is said of it.

use crate::support::{
    code, coded, codes, merged, patch_key, patch_organization, plan, quota, seconds, verdict, window,
};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::{Value, json};

/// What is said of the limits when a use costs so much, after the code.
async fn used(test: &TestApp, secret: &str, cost: u64) -> (String, Value) {
    let verdict = verdict(test, secret, json!({ "cost": cost })).await;
    (coded(&verdict), verdict["limits"].clone())
}

fn said(code: &str, name: &str, scope: &str, [limit, remaining, reset]: [u64; 3]) -> (String, Value) {
    let state = json!({ "name": name, "scope": scope, "limit": limit, "remaining": remaining, "resetSeconds": reset });
    (code.to_owned(), json!([state]))
}

/// What remains of each limit, in the order of the answer.
async fn remaining(test: &TestApp, secret: &str) -> Value {
    let verdict = verdict(test, secret, json!({ "cost": 0 })).await;
    let states = verdict["limits"].as_array().unwrap().iter();
    states.map(|state| state["remaining"].clone()).collect()
}

#[tokio::test]
async fn a_window_lets_in_no_more_than_its_limit_and_says_when_there_is_more() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let (_, secret) = test.api_key(&organization, json!({ "limits": [window("requests", 3, 43)] })).await;
    let said = |code, remaining, reset| said(code, "requests", "API_KEY", [3, remaining, reset]);
    assert_eq!(used(&test, &secret, 0).await, said("VALID", 3, 0), "asking takes nothing");
    assert_eq!(used(&test, &secret, 1).await, said("VALID", 2, 44));
    test.clock.advance(seconds(10));
    assert_eq!(used(&test, &secret, 1).await, said("VALID", 1, 44));
    // What does not fit costs nothing and is told when it would fit.
    for _ in 0..3 {
        assert_eq!(used(&test, &secret, 2).await, said("RATE_LIMITED", 1, 34));
    }
    assert_eq!(used(&test, &secret, 1).await, said("VALID", 0, 44));
    assert_eq!(used(&test, &secret, 1).await, said("RATE_LIMITED", 0, 34));
    assert_eq!(used(&test, &secret, 0).await, said("VALID", 0, 44));
    test.clock.advance(seconds(33));
    assert_eq!(used(&test, &secret, 1).await, said("RATE_LIMITED", 0, 1));
    test.clock.advance(seconds(1));
    assert_eq!(used(&test, &secret, 1).await, said("VALID", 0, 44));
    test.clock.advance(seconds(44));
    assert_eq!(used(&test, &secret, 3).await, said("VALID", 0, 44));
}

#[tokio::test]
async fn a_bucket_flows_back_evenly_up_to_its_burst() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let bucket =
        json!({ "name": "requests", "kind": "BUCKET", "limit": 10, "windowSeconds": 20, "burst": 2 });
    let (_, secret) = test.api_key(&organization, json!({ "limits": [bucket] })).await;
    let said = |code, remaining, reset| said(code, "requests", "API_KEY", [10, remaining, reset]);
    assert_eq!(used(&test, &secret, 1).await, said("VALID", 1, 2));
    assert_eq!(used(&test, &secret, 2).await, said("RATE_LIMITED", 1, 2));
    assert_eq!(used(&test, &secret, 1).await, said("VALID", 0, 4));
    assert_eq!(used(&test, &secret, 1).await, said("RATE_LIMITED", 0, 2));
    test.clock.advance(seconds(1));
    assert_eq!(used(&test, &secret, 1).await, said("RATE_LIMITED", 0, 1));
    test.clock.advance(seconds(1));
    assert_eq!(used(&test, &secret, 1).await, said("VALID", 0, 4));
    test.clock.advance(seconds(60));
    assert_eq!(used(&test, &secret, 2).await, said("VALID", 0, 4), "no more than the burst at once");
}

on_both! {
    async fn all_keys_of_an_organization_share_its_limits(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let bucket = json!({ "name": "requests", "kind": "BUCKET", "limit": 3, "windowSeconds": 3 });
        for (limit, reset) in [(window("requests", 3, 43), 44), (bucket, 3), (quota("requests", 3, "HOUR"), 3600)] {
            let shown = patch_organization(&test, &organization, json!({ "limits": [limit] })).await;
            assert_eq!(shown["limits"][0]["kind"], limit["kind"]);
            let (_, first) = test.api_key(&organization, json!({})).await;
            let (_, second) = test.api_key(&organization, json!({})).await;
            let said = |code, remaining, reset| said(code, "requests", "ORGANIZATION", [3, remaining, reset]);
            assert_eq!(used(&test, &first, 1).await.1[0]["remaining"], 2);
            assert_eq!(used(&test, &second, 1).await.1[0]["remaining"], 1);
            assert_eq!(used(&test, &first, 1).await, said("VALID", 0, reset));
            assert_eq!([code(&test, &first).await, code(&test, &second).await], ["RATE_LIMITED", "RATE_LIMITED"]);
        }
        patch_organization(&test, &organization, json!({ "limits": null })).await;
        let (_, secret) = test.api_key(&organization, json!({})).await;
        assert_eq!(test.verify(&secret).await.get("limits"), None);
    }

    async fn a_plan_binds_whoever_has_it_and_an_edit_counts_at_once(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let plan = plan(&test, json!([window("requests", 2, 60), quota("monthly", 100, "MONTH")])).await;
        let organization = test.organization("Customer").await;
        let (id, own) = test.api_key(&organization, json!({ "planId": plan })).await;
        let (_, other) = test.api_key(&organization, json!({ "planId": plan })).await;
        assert_eq!(codes(&test, &own).await, ["VALID", "VALID", "RATE_LIMITED"]);
        assert_eq!(code(&test, &other).await, "VALID", "each key counts for itself");

        let edit = json!({ "limits": [window("requests", 5, 60)] });
        let _ = test.client.patch(&format!("/v1/plans/{plan}"), edit).await.ok();
        // The window went on counting where it was.
        assert_eq!(remaining(&test, &own).await, json!([3]));
        assert_eq!(remaining(&test, &other).await, json!([4]));

        // A limit of its own shadows the plan's of the same name, whatever its kind.
        patch_key(&test, &id, json!({ "limits": [quota("requests", 1000, "DAY")] })).await;
        assert_eq!(remaining(&test, &own).await, json!([1000]));
        patch_key(&test, &id, json!({ "limits": null })).await;
        assert_eq!(remaining(&test, &own).await, json!([3]));

        // The organization's plan is one for all keys, beside the key's own.
        patch_organization(&test, &organization, json!({ "planId": plan })).await;
        patch_key(&test, &id, json!({ "planId": null })).await;
        assert_eq!(codes(&test, &own).await, ["VALID", "VALID"]);
        assert_eq!(remaining(&test, &own).await, json!([3]));
        assert_eq!(remaining(&test, &other).await, json!([4, 3]));
        let edit = json!({ "limits": [] });
        let _ = test.client.patch(&format!("/v1/plans/{plan}"), edit).await.ok();
        assert_eq!(test.verify(&own).await.get("limits"), None);
    }

    async fn an_organization_may_be_made_with_all_that_binds_its_keys(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let bound = json!({
            "planId": plan(&test, json!([window("of-plan", 5, 60)])).await, "limits": [window("own", 4, 60)],
            "ipAllowlist": ["10.0.0.0/8"], "maxApiKeyLifetimeSeconds": 3600, "credits": { "remaining": 3, "blockSize": 1 },
        });
        let made = test.client.post("/v1/organizations", bound.clone()).await.ok()["organization"].clone();
        for (name, value) in bound.as_object().unwrap() {
            assert_eq!(made[name], *value, "{name}");
        }
        let id = made["id"].as_str().unwrap();
        patch_organization(&test, id, json!({ "apiKeysEnabled": true })).await;
        let (_, secret) = test.api_key(id, json!({ "expiresInSeconds": 3600 })).await;
        let verdict = verdict(&test, &secret, json!({ "ipAddress": "10.0.0.1" })).await;
        assert_eq!((coded(&verdict).as_str(), &verdict["credits"]["remaining"]), ("VALID", &json!(2)));
        let names: Vec<_> = verdict["limits"].as_array().unwrap().iter().map(|limit| &limit["name"]).collect();
        assert_eq!(names, ["own", "of-plan"]);
        assert_eq!(code(&test, &secret).await, "ADDRESS_NOT_ALLOWED");
        for wrong in ["limits", "planId", "credits", "ipAllowlist", "maxApiKeyLifetimeSeconds"] {
            let refused = test.client.post("/v1/organizations", json!({ (wrong): 7.5 })).await;
            assert!(refused.refused(400, "invalid_argument").starts_with(wrong));
        }
    }

    async fn several_limits_are_taken_all_or_none(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let limits = json!([window("a", 10, 60), quota("b", 10, "DAY")]);
        let (_, secret) = test.api_key(&organization, json!({ "limits": limits, "credits": { "remaining": 10 } })).await;
        let shared = json!({ "limits": [window("c", 2, 43), quota("d", 10, "DAY")], "credits": { "remaining": 10 } });
        patch_organization(&test, &organization, shared).await;
        assert_eq!(codes(&test, &secret).await, ["VALID", "VALID"]);
        let before = verdict(&test, &secret, json!({ "cost": 0 })).await;
        assert_eq!(remaining(&test, &secret).await, json!([8, 8, 0, 8]));
        assert_eq!(before["credits"], json!({ "remaining": 8 }));
        assert_eq!(codes(&test, &secret).await, ["RATE_LIMITED", "RATE_LIMITED", "RATE_LIMITED"]);
        assert_eq!(verdict(&test, &secret, json!({ "cost": 0 })).await, before);
        test.clock.advance(seconds(44));
        assert_eq!(codes(&test, &secret).await, ["VALID", "VALID", "RATE_LIMITED"]);
        assert_eq!(remaining(&test, &secret).await, json!([6, 6, 0, 6]));
    }
}

#[tokio::test]
async fn a_request_names_limits_and_their_costs() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let exports = merged(window("exports", 5, 60), json!({ "onlyWhenNamed": true }));
    let (_, secret) =
        test.api_key(&organization, json!({ "limits": [window("requests", 9, 60), exports] })).await;
    let left = async |more: Value| {
        let verdict = verdict(&test, &secret, more).await;
        let states = verdict["limits"].as_array().unwrap().iter();
        let left: Vec<_> = states.map(|state| json!([state["name"], state["remaining"]])).collect();
        (coded(&verdict), json!(left))
    };
    let said = |code: &str, left: Value| (code.to_owned(), left);
    assert_eq!(left(json!({})).await, said("VALID", json!([["requests", 8]])));
    let named = |cost: Value| json!({ "limits": [merged(json!({ "name": "exports" }), cost)] });
    assert_eq!(left(named(json!({}))).await, said("VALID", json!([["requests", 7], ["exports", 4]])));
    assert_eq!(
        left(named(json!({ "cost": 3 }))).await,
        said("VALID", json!([["requests", 6], ["exports", 1]]))
    );
    assert_eq!(
        left(named(json!({ "cost": 2 }))).await,
        said("RATE_LIMITED", json!([["requests", 6], ["exports", 1]]))
    );
    let both =
        json!({ "cost": 2, "limits": [{ "name": "requests", "cost": 0 }, { "name": "exports", "cost": 1 }] });
    assert_eq!(left(both).await, said("VALID", json!([["requests", 6], ["exports", 0]])));
    assert_eq!(left(json!({ "cost": 6 })).await, said("VALID", json!([["requests", 0]])));

    for path in ["/v1/api-keys/verify", "/v1/api-keys/authenticate"] {
        let ask = async |limits: Value| {
            test.client.post(path, json!({ "secretToken": secret, "limits": limits })).await
        };
        let unknown = ask(json!([{ "name": "requests" }, { "name": "imports" }])).await;
        assert_eq!(
            unknown.refused(400, "failed_precondition"),
            "limits[1].name: the api key has no limit of this name"
        );
        let many: Vec<Value> = (0..17).map(|number| json!({ "name": format!("n{number}") })).collect();
        for (limits, problem) in [
            (json!([{ "cost": 1 }]), "limits[0].name: is required"),
            (json!([{ "name": "" }]), "limits[0].name: is required"),
            (json!([{ "name": "exports" }, { "name": "exports" }]), "limits[1].name: was named before"),
            (json!(many), "limits: must be at most 16 limits"),
        ] {
            assert_eq!(ask(limits).await.refused(400, "invalid_argument"), problem);
        }
    }
    let (_, free) = test.api_key(&organization, json!({})).await;
    let body = json!({ "secretToken": free, "limits": [{ "name": "requests" }] });
    let refused = test.client.post("/v1/api-keys/verify", body).await;
    let _ = refused.refused(400, "failed_precondition");
}

#[tokio::test]
async fn authenticate_says_in_headers_what_the_limits_say() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    patch_organization(&test, &organization, json!({ "limits": [quota("requests", 1000, "DAY")] })).await;
    let (id, secret) = test.api_key(&organization, json!({ "limits": [window("requests", 2, 43)] })).await;
    let authenticate =
        async || test.client.post("/v1/api-keys/authenticate", json!({ "secretToken": secret })).await;
    for left in [1, 0] {
        let answer = authenticate().await;
        assert_eq!(
            answer.headers["ratelimit-policy"],
            r#""requests";q=2;w=43, "organization.requests";q=1000;w=86400"#
        );
        let of_organization = 998 + left;
        let said =
            format!(r#""requests";r={left};t=44, "organization.requests";r={of_organization};t=86400"#);
        assert_eq!(answer.headers["ratelimit"], said);
        assert_eq!(answer.headers.get("retry-after"), None);
        assert_eq!(answer.ok(), json!({ "apiKeyId": id, "organizationId": organization }));
    }
    let refused = authenticate().await;
    assert_eq!(refused.headers["ratelimit"], r#""requests";r=0;t=44, "organization.requests";r=998;t=86400"#);
    assert_eq!(refused.headers["retry-after"], "44");
    let mut body = refused.json.clone();
    assert_eq!(refused.refused(429, "resource_exhausted"), "the api key's limits are used up");
    body.as_object_mut().unwrap().remove("instance");
    assert_eq!(
        body,
        json!({
            "code": 8, "message": "resource_exhausted",
            "details": [{
                "@type": "type.googleapis.com/tesseral.common.v1.ErrorDetail",
                "description": "the api key's limits are used up", "docsLink": "",
            }],
            "type": "https://iana.org/assignments/http-problem-types#quota-exceeded", "title": "Quota Exceeded",
            "status": 429, "detail": "the api key's limits are used up", "violated-policies": ["requests"],
        })
    );
    // A key without limits says nothing of them.
    let other = test.organization("Other").await;
    let (_, free) = test.api_key(&other, json!({})).await;
    let answer = test.client.post("/v1/api-keys/authenticate", json!({ "secretToken": free })).await;
    assert!(!answer.headers.contains_key("ratelimit") && !answer.headers.contains_key("ratelimit-policy"));
}
