//! Limits, credits and costs that make no sense: on keys, organizations and plans, each refused by the name of its field.

use crate::support::{merged, quota, window};
use lockwork_testkit::TestApp;
use serde_json::{Value, json};

const TOO_LARGE: u64 = (1 << 53) + 1;

/// Every place that takes limits, with the path to them in messages.
struct Places {
    test: TestApp,
    key: String,
    organization: String,
    plan: String,
}

impl Places {
    async fn new() -> Self {
        let test = TestApp::new().await;
        let organization = test.organization("Customer").await;
        let (key, _) = test.api_key(&organization, json!({})).await;
        let plan = crate::support::plan(&test, json!([window("kept", 1, 60)])).await;
        Self { test, key, organization, plan }
    }

    /// What each says about a field, without the path to it.
    async fn refusals(&self, field: &str, value: &Value, on_plans: bool) -> Vec<String> {
        let client = &self.test.client;
        let (bare, of_key) = (json!({ (field): value }), json!({ "apiKey": { (field): value } }));
        let new_key = json!({ "apiKey": { "organizationId": self.organization, (field): value } });
        let mut answers = vec![
            ("apiKey.", client.post("/v1/api-keys", new_key).await),
            ("apiKey.", client.patch(&format!("/v1/api-keys/{}", self.key), of_key).await),
            ("", client.post("/v1/organizations", bare.clone()).await),
            ("", client.patch(&format!("/v1/organizations/{}", self.organization), bare.clone()).await),
        ];
        if on_plans {
            answers.push(("", client.post("/v1/plans", bare.clone()).await));
            answers.push(("", client.patch(&format!("/v1/plans/{}", self.plan), bare).await));
        }
        let refusals = answers.into_iter().map(|(path, answer)| {
            let refused = answer.refused(400, "invalid_argument");
            let said = refused.strip_prefix(path).unwrap_or_else(|| panic!("not of {path}: {refused}"));
            said.to_owned()
        });
        refusals.collect()
    }
}

#[tokio::test]
async fn a_wrong_limit_is_refused_wherever_limits_are_taken() {
    let places = Places::new().await;
    let with = |more: Value| merged(window("requests", 10, 60), more);
    let many: Vec<Value> = (0..17).map(|number| window(&format!("n{number}"), 1, 60)).collect();
    for (limits, problem) in [
        (json!([with(json!({ "limit": 0 }))]), "limits[0].limit: must be from 1 to 2^53"),
        (json!([with(json!({ "limit": -1 }))]), "limits[0].limit: invalid value: integer"),
        (json!([with(json!({ "limit": 1.5 }))]), "limits[0].limit: invalid type: floating"),
        (json!([with(json!({ "limit": 1e3 }))]), "limits[0].limit: invalid type: floating"),
        (json!([with(json!({ "limit": TOO_LARGE }))]), "limits[0].limit: invalid value: integer"),
        (json!([with(json!({ "limit": "10" }))]), "limits[0].limit: invalid type: string"),
        (json!([with(json!({ "limit": null }))]), "limits[0].limit: is required"),
        (
            json!([with(json!({ "windowSeconds": 0 }))]),
            "limits[0].windowSeconds: must be from 1 to 31536000 (a year)",
        ),
        (json!([with(json!({ "windowSeconds": 0.5 }))]), "limits[0].windowSeconds: invalid type: floating"),
        (
            json!([with(json!({ "windowSeconds": 31_536_001 }))]),
            "limits[0].windowSeconds: must be from 1 to 31536000",
        ),
        (json!([with(json!({ "windowSeconds": null }))]), "limits[0].windowSeconds: is required"),
        (json!([with(json!({ "kind": "HOURLY" }))]), "limits[0].kind: must be WINDOW, BUCKET or QUOTA"),
        (json!([with(json!({ "kind": null }))]), "limits[0].kind: is required"),
        (json!([with(json!({ "name": null }))]), "limits[0].name: is required"),
        (json!([with(json!({ "name": "Requests" }))]), "limits[0].name: must be 1 to 64 characters"),
        (json!([with(json!({ "burst": 5 }))]), "limits[0].burst: is only for limits of the kind BUCKET"),
        (json!([with(json!({ "kind": "BUCKET", "burst": 0 }))]), "limits[0].burst: must be from 1 to 2^53"),
        (json!([with(json!({ "period": "DAY" }))]), "limits[0].period: is only for limits of the kind QUOTA"),
        (
            json!([with(json!({ "kind": "QUOTA" }))]),
            "limits[0].windowSeconds: is only for limits of the kinds",
        ),
        (json!([quota("q", 1, "YEAR")]), "limits[0].period: must be HOUR, DAY or MONTH"),
        (
            json!([merged(quota("q", 1, "DAY"), json!({ "anchorTime": "noon" }))]),
            "limits[0].anchorTime: not a time",
        ),
        (json!([with(json!({})), with(json!({ "limit": 7 }))]), "limits[1].name: another limit has the name"),
        (json!(many), "limits: must be at most 16 limits"),
    ] {
        for refused in places.refusals("limits", &limits, true).await {
            assert!(refused.starts_with(problem), "{limits}: {refused}");
        }
    }
    // Nothing turned into "no limit" on the way.
    let kept = places.test.client.get(&format!("/v1/plans/{}", places.plan)).await.ok();
    assert_eq!(kept["plan"]["limits"], json!([window("kept", 1, 60)]));
}

#[tokio::test]
async fn wrong_credits_are_refused_wherever_credits_are_taken() {
    let places = Places::new().await;
    let refill = json!({ "amount": 10, "period": "DAY" });
    for (credits, problem) in [
        (json!({}), "credits.remaining: is required"),
        (json!({ "refill": refill }), "credits.remaining: is required"),
        (json!({ "remaining": -1 }), "credits.remaining: invalid value: integer"),
        (json!({ "remaining": TOO_LARGE }), "credits.remaining: invalid value: integer"),
        (json!({ "remaining": 0.5 }), "credits.remaining: invalid type: floating"),
        (json!({ "remaining": 1, "blockSize": 0 }), "credits.blockSize: must be from 1 to 1000000"),
        (json!({ "remaining": 1, "blockSize": 1_000_001 }), "credits.blockSize: must be from 1 to 1000000"),
        (json!({ "remaining": 1, "refill": { "period": "DAY" } }), "credits.refill.amount: is required"),
        (
            json!({ "remaining": 1, "refill": { "amount": 0, "period": "DAY" } }),
            "credits.refill.amount: must be from 1",
        ),
        (json!({ "remaining": 1, "refill": { "amount": 5 } }), "credits.refill.period: is required"),
        (json!(7), "credits: invalid type: integer"),
    ] {
        for refused in places.refusals("credits", &credits, false).await {
            assert!(refused.starts_with(problem), "{credits}: {refused}");
        }
    }
}

#[tokio::test]
async fn a_cost_that_no_limit_could_count_is_refused() {
    let places = Places::new().await;
    let fields = json!({ "limits": [window("requests", TOO_LARGE - 1, 60)], "credits": { "remaining": TOO_LARGE - 1 } });
    let (_, secret) = places.test.api_key(&places.organization, fields).await;
    for cost in [json!(TOO_LARGE), json!(u64::MAX), json!(1e300), json!(-1), json!(0.5), json!("1")] {
        for path in ["/v1/api-keys/verify", "/v1/api-keys/authenticate"] {
            for (field, body) in [
                ("cost", json!({ "secretToken": secret, "cost": cost })),
                (
                    "limits[0].cost",
                    json!({ "secretToken": secret, "limits": [{ "name": "requests", "cost": cost }] }),
                ),
            ] {
                let refused = places.test.client.post(path, body).await.refused(400, "invalid_argument");
                assert!(refused.starts_with(&format!("{field}: invalid ")), "{cost}: {refused}");
            }
        }
    }
    // The largest ones add up without overflowing.
    let all = json!({ "secretToken": secret, "cost": TOO_LARGE - 1 });
    for code in ["VALID", "RATE_LIMITED", "RATE_LIMITED"] {
        let verdict = places.test.client.post("/v1/api-keys/verify", all.clone()).await.ok();
        assert_eq!(verdict["code"], code);
        assert_eq!(verdict["limits"][0]["remaining"], 0);
    }
}
