//! Credits: a balance that each use takes from.

use crate::support::{advance_to, coded, codes, get_key, patch_key, patch_organization, verdict};
use lockwork_testkit::app::options;
use lockwork_testkit::{Answer, TestApp, on_both};
use serde_json::{Value, json};

/// The code and the credits left of a use that costs so much.
async fn used(test: &TestApp, secret: &str, cost: u64) -> (String, Value) {
    let verdict = verdict(test, secret, json!({ "cost": cost })).await;
    (coded(&verdict), verdict["credits"]["remaining"].clone())
}

fn said(code: &str, remaining: u64) -> (String, Value) {
    (code.to_owned(), json!(remaining))
}

async fn stored(test: &TestApp, id: &str) -> Value {
    get_key(test, id).await["credits"]["remaining"].clone()
}

async fn add(test: &TestApp, path: &str, amount: Value) -> Answer {
    test.client.post(&format!("/v1/{path}/add-credits"), json!({ "amount": amount })).await
}

on_both! {
    async fn credits_are_spent_to_the_last_and_not_beyond(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, secret) = test.api_key(&organization, json!({ "credits": { "remaining": 5 } })).await;
        assert_eq!(get_key(&test, &id).await["credits"], json!({ "remaining": 5, "blockSize": 1 }));
        assert_eq!(used(&test, &secret, 0).await, said("VALID", 5));
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 4));
        assert_eq!(stored(&test, &id).await, 4);
        assert_eq!(used(&test, &secret, 3).await, said("VALID", 1));
        assert_eq!(used(&test, &secret, 2).await, said("CREDITS_EXHAUSTED", 1), "and leaves the one");
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 0));
        assert_eq!(used(&test, &secret, 1).await, said("CREDITS_EXHAUSTED", 0));
        assert_eq!(used(&test, &secret, 0).await, said("VALID", 0));
        assert_eq!(stored(&test, &id).await, 0);

        let refused = test.client.post("/v1/api-keys/authenticate", json!({ "secretToken": secret })).await;
        assert_eq!(refused.json["violated-policies"], json!(["credits"]));
        assert_eq!(refused.json["title"], "Quota Exceeded");
        assert_eq!(refused.refused(429, "resource_exhausted"), "the api key's credits do not suffice");
    }

    async fn a_balance_is_set_added_to_reduced_and_removed(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let (id, secret) = test.api_key(&organization, json!({})).await;
        let of_key = format!("api-keys/{id}");
        let refused = add(&test, &of_key, json!(1)).await.refused(400, "failed_precondition");
        assert_eq!(refused, "it has no credits; give it some with an update first");

        patch_key(&test, &id, json!({ "credits": { "remaining": 0 } })).await;
        assert_eq!(used(&test, &secret, 1).await, said("CREDITS_EXHAUSTED", 0));
        // Set anew or added to, they count at once.
        patch_key(&test, &id, json!({ "credits": { "remaining": 1 } })).await;
        assert_eq!(codes(&test, &secret).await, ["VALID", "CREDITS_EXHAUSTED"]);
        assert_eq!(add(&test, &of_key, json!(3)).await.ok(), json!({ "credits": { "remaining": 3, "blockSize": 1 } }));
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 2));
        assert_eq!(add(&test, &of_key, json!(-1)).await.ok()["credits"]["remaining"], 1);
        assert_eq!(add(&test, &of_key, json!(-100)).await.ok()["credits"]["remaining"], 0);
        assert_eq!(used(&test, &secret, 1).await.0, "CREDITS_EXHAUSTED");

        let changed = patch_key(&test, &id, json!({ "credits": null })).await;
        assert_eq!(changed.get("credits"), None);
        let verdict = test.verify(&secret).await;
        assert_eq!((coded(&verdict).as_str(), verdict.get("credits")), ("VALID", None));

        patch_key(&test, &id, json!({ "credits": { "remaining": 9_007_199_254_740_992_u64 } })).await;
        let refused = add(&test, &of_key, json!(1)).await.refused(400, "failed_precondition");
        assert_eq!(refused, "it would have more than 2^53 credits");
        for wrong in [json!(0), json!(9_007_199_254_740_993_i64), json!(i64::MIN)] {
            let refused = add(&test, &of_key, wrong).await.refused(400, "invalid_argument");
            assert_eq!(refused, "amount: must be from -2^53 to 2^53 and not 0");
        }
        assert_eq!(add(&test, &of_key, Value::Null).await.refused(400, "invalid_argument"), "amount: is required");
        let _ = test.client.post_empty(&format!("/v1/{of_key}/revoke")).await.ok();
        let refused = add(&test, &of_key, json!(1)).await.refused(400, "failed_precondition");
        assert_eq!(refused, "the api key is revoked; make a new one");
    }

    async fn a_refill_fills_up_at_the_beginning_of_each_period(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let refill = json!({ "amount": 3, "period": "DAY" });
        let (id, secret) = test.api_key(&organization, json!({ "credits": { "remaining": 1, "refill": refill } })).await;
        assert_eq!(get_key(&test, &id).await["credits"]["refill"], refill);
        assert_eq!(codes(&test, &secret).await, ["VALID", "CREDITS_EXHAUSTED"]);
        advance_to(&test, "2030-01-01T23:59:59Z");
        assert_eq!(codes(&test, &secret).await, ["CREDITS_EXHAUSTED"]);
        advance_to(&test, "2030-01-02T00:00:00Z");
        assert_eq!(stored(&test, &id).await, 3);
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 2));
        // Not more than full, however long nobody came, and not less than was there.
        advance_to(&test, "2030-01-09T00:00:00Z");
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 2));
        patch_key(&test, &id, json!({ "credits": { "remaining": 10, "refill": refill } })).await;
        advance_to(&test, "2030-01-10T00:00:00Z");
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 9));
    }

    async fn a_use_costs_the_key_and_the_organization_together_or_neither(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let shown = patch_organization(&test, &organization, json!({ "credits": { "remaining": 3 } })).await;
        assert_eq!(shown["credits"], json!({ "remaining": 3, "blockSize": 1 }));
        let (id, first) = test.api_key(&organization, json!({ "credits": { "remaining": 2 } })).await;
        let (_, second) = test.api_key(&organization, json!({})).await;
        // The least of both is what is left.
        assert_eq!(used(&test, &first, 1).await, said("VALID", 1));
        assert_eq!(used(&test, &second, 1).await, said("VALID", 1));
        assert_eq!(used(&test, &second, 1).await, said("VALID", 0));
        assert_eq!(used(&test, &first, 1).await.0, "CREDITS_EXHAUSTED");
        assert_eq!(used(&test, &first, 1).await.0, "CREDITS_EXHAUSTED");
        // What was drawn for the key and could not be spent is given back.
        test.app.settle().await.unwrap();
        assert_eq!(stored(&test, &id).await, 1);
        let path = format!("organizations/{organization}");
        assert_eq!(add(&test, &path, json!(5)).await.ok()["credits"]["remaining"], 5);
        assert_eq!(used(&test, &first, 1).await, said("VALID", 0));
        assert_eq!(used(&test, &first, 1).await.0, "CREDITS_EXHAUSTED", "the key's own are used up");
        test.app.settle().await.unwrap();
        let shown = test.client.get(&format!("/v1/{path}")).await.ok();
        assert_eq!(shown["organization"]["credits"]["remaining"], 4);
        patch_organization(&test, &organization, json!({ "credits": null })).await;
        assert_eq!(codes(&test, &second).await, ["VALID"]);
    }

    async fn a_block_is_drawn_before_it_is_spent_and_its_rest_given_back(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let credits = json!({ "remaining": 100, "blockSize": 10 });
        let (id, secret) = test.api_key(&organization, json!({ "credits": credits })).await;
        for left in (90..100).rev() {
            assert_eq!(used(&test, &secret, 1).await, said("VALID", left));
            assert_eq!(stored(&test, &id).await, 90, "what no node has drawn");
        }
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 89));
        assert_eq!(stored(&test, &id).await, 80);
        test.app.settle().await.unwrap();
        assert_eq!(stored(&test, &id).await, 89);
        assert_eq!(used(&test, &secret, 89).await, said("VALID", 0));
        assert_eq!(used(&test, &secret, 1).await, said("CREDITS_EXHAUSTED", 0));
    }

    async fn a_balance_set_anew_is_all_there_is_whatever_was_drawn_before(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        let credits = json!({ "remaining": 100, "blockSize": 10 });
        let (id, secret) = test.api_key(&organization, json!({ "credits": credits })).await;
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 99));
        patch_key(&test, &id, json!({ "credits": { "remaining": 2, "blockSize": 10 } })).await;
        assert_eq!(used(&test, &secret, 1).await, said("VALID", 1));
        test.app.settle().await.unwrap();
        assert_eq!(stored(&test, &id).await, 1, "the old block is worth nothing");
        assert_eq!(codes(&test, &secret).await, ["VALID", "CREDITS_EXHAUSTED"]);
    }

    async fn many_at_once_spend_what_there_is_and_no_more(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let organization = test.organization("Customer").await;
        for block_size in [1, 4] {
            let credits = json!({ "remaining": 20, "blockSize": block_size });
            let (id, secret) = test.api_key(&organization, json!({ "credits": credits })).await;
            let asks = (0..30).map(|_| {
                let (client, secret) = (test.client.clone(), secret.clone());
                tokio::spawn(async move {
                    client.post("/v1/api-keys/verify", json!({ "secretToken": secret })).await.ok()
                })
            });
            let mut valid = 0;
            for ask in asks.collect::<Vec<_>>() {
                valid += u32::from(coded(&ask.await.unwrap()) == "VALID");
            }
            assert_eq!((valid, stored(&test, &id).await), (20, json!(0)));
        }
    }
}
