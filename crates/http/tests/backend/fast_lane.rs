//! Verification on the fast lane: the same answers as the router's, also where something must be drawn first.

use crate::support::{merged, patch_organization, quota, window};
use lockwork_http::Hot;
use lockwork_http::fast_lane::{Answered, HotPath, HotRequest, HotRoute};
use lockwork_testkit::{Answer, TestApp};
use serde_json::{Value, json};

/// What the fast lane answers: the status, its own header lines and the body; and how often it had to draw.
async fn hot(test: &TestApp, route: HotRoute, body: &Value) -> (u16, String, Value, u32) {
    let (lane, body) = (Hot(test.app.clone()), body.to_string());
    let authorization = format!("Bearer {}", test.backend_api_key);
    let request = HotRequest {
        route,
        authorization: Some(authorization.as_bytes()),
        content_type: Some(b"application/json"),
        body: body.as_bytes(),
        request_id: "the-request",
    };
    for draws in 0..8 {
        let (mut head, mut body) = (Vec::new(), Vec::new());
        match lane.answer(&request, &mut head, &mut body) {
            Answered::Done(status) => {
                let json = serde_json::from_slice(&body).unwrap();
                return (status, String::from_utf8(head).unwrap(), json, draws);
            }
            Answered::Later(waiting) => lane.wait(waiting).await,
            Answered::Elsewhere => panic!("handed to the router"),
        }
    }
    panic!("the draws never sufficed");
}

/// The limits' headers of the router's answer, as the fast lane writes them.
fn lines(answer: &Answer) -> String {
    let names = ["ratelimit-policy", "ratelimit", "retry-after"];
    let line = |name: &&str| Some(format!("{name}: {}\r\n", answer.headers.get(*name)?.to_str().unwrap()));
    names.iter().filter_map(line).collect()
}

/// An organization with limits and credits, and a key of it: the secret.
async fn limited(test: &TestApp) -> String {
    let organization = test.organization("Customer").await;
    let shared = json!({ "limits": [window("requests", 9, 60)], "credits": { "remaining": 9 } });
    patch_organization(test, &organization, shared).await;
    let fields = json!({ "limits": [quota("requests", 2, "DAY")], "credits": { "remaining": 8 } });
    test.api_key(&organization, fields).await.1
}

/// Without what differs from key to key and from request to request.
fn alike(mut body: Value) -> Value {
    let object = body.as_object_mut().unwrap();
    object.retain(|name, _| !["apiKeyId", "organizationId", "instance"].contains(&name.as_str()));
    body
}

#[tokio::test]
async fn limits_and_credits_are_answered_as_on_the_router() {
    let test = TestApp::new().await;
    for (route, path) in
        [(HotRoute::Verify, "/v1/api-keys/verify"), (HotRoute::Authenticate, "/v1/api-keys/authenticate")]
    {
        let (one, other) = (limited(&test).await, limited(&test).await);
        let mut statuses = Vec::new();
        for more in [
            json!({ "cost": 0 }),
            json!({}),
            json!({ "cost": 2 }),
            json!({ "limits": [{ "name": "requests", "cost": 1 }] }),
            json!({}),
            json!({ "cost": 8, "limits": [{ "name": "requests", "cost": 0 }] }),
            json!({ "limits": [{ "name": "unknown" }] }),
        ] {
            let body = |secret: &str| merged(json!({ "secretToken": secret }), more.clone());
            let (status, head, json, draws) = hot(&test, route, &body(&one)).await;
            assert!(draws <= 2, "{more}: {draws} draws");
            let answer = test.client.post(path, body(&other)).await;
            assert_eq!((status, head), (answer.status.as_u16(), lines(&answer)), "{more}");
            assert_eq!(alike(json), alike(answer.json), "{more}");
            statuses.push(status);
        }
        match route {
            HotRoute::Verify => assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 400]),
            HotRoute::Authenticate => assert_eq!(statuses, [200, 200, 429, 200, 429, 429, 400]),
        }
    }
}
