//! `/v1/plans`

use crate::support::{merged, patch_key, patch_organization, plan, quota, seconds, window};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::json;

on_both! {
    async fn a_plan_is_made_shown_changed_and_deleted(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let limits = json!([
            window("per-minute", 100, 60),
            { "name": "burst", "kind": "BUCKET", "limit": 10, "windowSeconds": 1 },
            merged(quota("monthly", 9_007_199_254_740_992, "MONTH"), json!({ "anchorTime": "2029-12-15T00:00:00Z", "onlyWhenNamed": true })),
        ]);
        let body = json!({ "displayName": "Pro", "description": "For professionals", "limits": limits });
        let made = test.client.post("/v1/plans", json!({ "plan": body })).await.ok()["plan"].clone();
        let mut wanted = merged(body, json!({
            "id": made["id"], "createTime": "2030-01-01T00:00:00Z", "updateTime": "2030-01-01T00:00:00Z",
        }));
        wanted["limits"][1]["burst"] = json!(10);
        assert_eq!(made, wanted);
        let path = format!("/v1/plans/{}", made["id"].as_str().unwrap());
        assert_eq!(test.client.get(&path).await.ok(), json!({ "plan": wanted }));

        test.clock.advance(seconds(1));
        wanted["updateTime"] = json!("2030-01-01T00:00:01Z");
        for (change, field) in [
            (json!({ "displayName": "Max" }), "displayName"),
            (json!({ "description": "For more" }), "description"),
            (json!({ "limits": [window("per-minute", 200, 60)] }), "limits"),
        ] {
            wanted[field] = change[field].clone();
            assert_eq!(test.client.patch(&path, change).await.ok(), json!({ "plan": wanted }));
        }
        for nothing in [json!({ "displayName": "" }), json!({ "displayName": null, "description": null, "limits": null })] {
            assert_eq!(test.client.patch(&path, nothing).await.ok(), json!({ "plan": wanted }));
        }
        let emptied = test.client.patch(&path, json!({ "plan": { "description": "", "limits": [] } })).await.ok();
        assert_eq!((emptied["plan"].get("description"), emptied["plan"].get("limits")), (None, None));

        assert_eq!(test.client.delete(&path).await.ok(), json!({}));
        for answer in [
            test.client.get(&path).await, test.client.delete(&path).await, test.client.patch(&path, json!({})).await,
        ] {
            assert_eq!(answer.refused(404, "not_found"), "plan not found");
        }
    }

    async fn a_plan_in_use_is_not_deleted(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let plan = plan(&test, json!([])).await;
        let path = format!("/v1/plans/{plan}");
        let organization = test.organization("Customer").await;
        let (id, _) = test.api_key(&organization, json!({ "planId": plan })).await;
        patch_organization(&test, &organization, json!({ "planId": plan })).await;
        let refused = test.client.delete(&path).await.refused(400, "failed_precondition");
        assert_eq!(refused, "the plan is in use by 1 organizations and 1 api keys; give them another plan first");
        patch_key(&test, &id, json!({ "planId": null })).await;
        let _ = test.client.delete(&path).await.refused(400, "failed_precondition");
        patch_organization(&test, &organization, json!({ "planId": null })).await;
        assert_eq!(test.client.delete(&path).await.ok(), json!({}));
        let fields = json!({ "apiKey": { "organizationId": organization, "planId": plan } });
        assert_eq!(test.client.post("/v1/api-keys", fields).await.refused(404, "not_found"), "plan not found");
    }

    async fn what_is_gone_does_not_use_its_plan(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let plan = plan(&test, json!([quota("monthly", 1, "MONTH")])).await;
        let organization = test.organization("Customer").await;
        let fields = json!({ "planId": plan, "credits": { "remaining": 5 } });
        let (id, secret) = test.api_key(&organization, fields.clone()).await;
        patch_organization(&test, &organization, fields).await;
        assert_eq!(test.verify(&secret).await["code"], "VALID");
        let _ = test.client.delete(&format!("/v1/api-keys/{id}?force=true")).await.ok();
        let refused = test.client.delete(&format!("/v1/plans/{plan}")).await.refused(400, "failed_precondition");
        assert!(refused.contains("by 1 organizations and 0 api keys"), "{refused}");
        let _ = test.client.delete(&format!("/v1/organizations/{organization}")).await.ok();
        assert_eq!(test.client.delete(&format!("/v1/plans/{plan}")).await.ok(), json!({}));
    }

    async fn another_projects_plan_does_not_exist(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let other = test.other_project().await;
        let theirs = other.post("/v1/plans", json!({ "displayName": "Theirs" })).await.ok()["plan"]["id"].clone();
        let path = format!("/v1/plans/{}", theirs.as_str().unwrap());
        let organization = test.organization("Customer").await;
        let (id, _) = test.api_key(&organization, json!({})).await;
        let with_plan = json!({ "planId": theirs });
        let new_key = json!({ "apiKey": { "organizationId": organization, "planId": theirs } });
        for answer in [
            test.client.get(&path).await,
            test.client.patch(&path, json!({ "displayName": "Ours" })).await,
            test.client.delete(&path).await,
            test.client.post("/v1/api-keys", new_key).await,
            test.client.patch(&format!("/v1/api-keys/{id}"), json!({ "apiKey": with_plan })).await,
            test.client.patch(&format!("/v1/organizations/{organization}"), with_plan.clone()).await,
            test.client.post("/v1/organizations", with_plan).await,
        ] {
            assert_eq!(answer.refused(404, "not_found"), "plan not found");
        }
        assert_eq!(test.client.get("/v1/plans").await.ok(), json!({}));
        assert_eq!(other.get(&path).await.ok()["plan"]["displayName"], "Theirs");
    }
}
