//! What all lists have in common: pages, orders, and the filters of those that have some.

use lockwork_testkit::{TestApp, document};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

fn joined(path: &str, query: &str) -> String {
    format!("{path}{}{query}", if path.contains('?') { '&' } else { '?' })
}

/// Every page of a list.
async fn pages(test: &TestApp, path: &str, field: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let page = test.client.get(&joined(path, &format!("pageToken={token}"))).await.ok();
        pages.push(page[field].as_array().cloned().unwrap_or_default());
        match page.get("nextPageToken") {
            Some(next) => token = next.as_str().unwrap().replace('=', "%3D"),
            None => return pages,
        }
    }
}

fn texts(rows: &[Value], field: &str) -> Vec<String> {
    rows.iter().map(|row| row[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// An organization and 25 keys of it, made a second apart, with three names.
async fn keys(test: &TestApp) -> (String, Vec<String>) {
    let organization = test.organization("Customer").await;
    let mut ids = Vec::new();
    for number in 0..25 {
        test.clock.advance(Duration::from_secs(1));
        let name = ["b", "a", "ä"][number % 3];
        ids.push(test.api_key(&organization, json!({ "displayName": name })).await.0);
    }
    (organization, ids)
}

#[tokio::test]
async fn a_walk_over_25_keys_yields_each_once_in_the_order_of_their_ids() {
    let test = TestApp::new().await;
    let (organization, mut ids) = keys(&test).await;
    let path = format!("/v1/api-keys?organizationId={organization}");
    let walked = pages(&test, &path, "apiKeys").await;
    assert_eq!(walked.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 5]);
    ids.sort();
    assert_eq!(texts(&walked.concat(), "id"), ids);
    for (size, lengths) in [(1, vec![1; 25]), (7, vec![7, 7, 7, 4]), (25, vec![25]), (100, vec![25])] {
        let walked = pages(&test, &joined(&path, &format!("pageSize={size}")), "apiKeys").await;
        assert_eq!(walked.iter().map(Vec::len).collect::<Vec<_>>(), lengths);
        assert_eq!(texts(&walked.concat(), "id"), ids);
    }
    // Lists show neither secrets nor what a key was given.
    let wanted = test.client.get(&format!("/v1/api-keys/{}", ids[0])).await.ok();
    assert_eq!(walked[0][0], wanted["apiKey"]);
}

#[tokio::test]
async fn keys_are_ordered_by_creation_or_name_either_way_with_the_id_to_break_ties() {
    let test = TestApp::new().await;
    let (organization, made) = keys(&test).await;
    let path = format!("/v1/api-keys?organizationId={organization}&pageSize=4");
    let by = async |order: &str| {
        pages(&test, &joined(&path, &format!("orderBy={}", order.replace(' ', "%20"))), "apiKeys")
            .await
            .concat()
    };
    assert_eq!(texts(&by("createTime").await, "id"), made);
    assert_eq!(texts(&by("createTime asc").await, "id"), made);
    let newest: Vec<String> = made.iter().rev().cloned().collect();
    assert_eq!(texts(&by("createTime desc").await, "id"), newest);

    let mut named: Vec<(String, String)> = by("id")
        .await
        .iter()
        .map(|key| ["displayName", "id"].map(|field| key[field].as_str().unwrap().to_owned()).into())
        .collect();
    named.sort();
    let ids = |named: &[(String, String)]| named.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&by("displayName").await, "id"), ids(&named));
    named.reverse();
    assert_eq!(texts(&by("displayName desc").await, "id"), ids(&named));
}

#[tokio::test]
async fn keys_are_filtered_by_name_suffix_and_state() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let other = test.organization("Other").await;
    let (one, secret) = test.api_key(&organization, json!({ "displayName": "One & only" })).await;
    let (two, _) = test.api_key(&organization, json!({ "displayName": "Two" })).await;
    let _ = test.api_key(&other, json!({ "displayName": "One & only" })).await;
    let _ = test.client.post_empty(&format!("/v1/api-keys/{two}/revoke")).await.ok();
    let suffix = &secret[secret.len() - 4..];
    for (query, wanted) in [
        ("displayName=One+%26+only".to_owned(), vec![&one]),
        ("display_name=Two".to_owned(), vec![&two]),
        ("displayName=one".to_owned(), vec![]),
        (format!("secretTokenSuffix={suffix}"), vec![&one]),
        (format!("secret_token_suffix={suffix}&displayName=Two"), vec![]),
        ("revoked=true".to_owned(), vec![&two]),
        ("revoked=false".to_owned(), vec![&one]),
    ] {
        let found =
            test.client.get(&format!("/v1/api-keys?organizationId={organization}&{query}")).await.ok();
        let found = texts(found["apiKeys"].as_array().map_or(&[], Vec::as_slice), "id");
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{query}");
    }
}

#[tokio::test]
async fn keys_are_listed_for_one_organization_that_need_not_exist_or_for_the_project() {
    let test = TestApp::new().await;
    let malformed =
        test.client.get("/v1/api-keys?organizationId=acme").await.refused(400, "invalid_argument");
    assert_eq!(malformed, "invalid organization id");
    let unknown = "/v1/api-keys?organizationId=org_0000000000000000000000001";
    assert_eq!(test.client.get(unknown).await.ok(), json!({}));
    let organization = test.organization("Customer").await;
    let (one, _) = test.api_key(&organization, json!({})).await;
    let (two, _) = test.api_key(&test.organization("Second").await, json!({})).await;
    for query in ["", "?organizationId=", "?pageSize=5"] {
        let listed = test.client.get(&format!("/v1/api-keys{query}")).await.ok();
        let mut ids = texts(listed["apiKeys"].as_array().expect("keys"), "id");
        ids.sort();
        let mut both = [one.clone(), two.clone()];
        both.sort();
        assert_eq!(ids, both, "{query}");
    }
    let other = test.other_project().await;
    for query in ["", &format!("?organizationId={organization}")] {
        assert_eq!(other.get(&format!("/v1/api-keys{query}")).await.ok(), json!({}), "{query}");
    }
}

/// Every documented list, each filled with at least seven rows: its path and its field.
async fn filled(test: &TestApp) -> Vec<(String, &'static str)> {
    let organization = test.organization("Customer").await;
    let (key, _) = test.api_key(&organization, json!({})).await;
    let user = test.user(&organization, "ada@example.com").await;
    for number in 0..7 {
        test.clock.advance(Duration::from_secs(1));
        let name = json!({ "displayName": format!("Number {}", number % 4) });
        for path in ["/v1/organizations", "/v1/backend-api-keys", "/v1/publishable-keys"] {
            let _ = test.client.post(path, name.clone()).await.ok();
        }
        let role = test.role("Role", &[]).await;
        let assignment = json!({ "apiKeyRoleAssignment": { "apiKeyId": key, "roleId": role } });
        let _ = test.client.post("/v1/api-key-role-assignments", assignment).await.ok();
        let _ = test.client.post("/v1/plans", name.clone()).await.ok();
        let limit =
            json!({ "namespace": "a", "identifier": format!("{number}"), "limit": 1, "windowSeconds": 1 });
        let _ = test.client.post("/v1/limit-overrides", limit).await.ok();
        let _ = test.api_key(&organization, name).await;
        let _ = test.user(&organization, &format!("{number}@example.com")).await;
        let _ = test.session(&user).await;
        let _ = test.passkey(&user).await;
        let assignment = json!({ "userId": user, "roleId": role });
        let _ = test.client.post("/v1/user-role-assignments", assignment).await.ok();
        let invite = json!({ "organizationId": organization, "email": format!("guest{number}@example.com") });
        let _ = test.client.post("/v1/user-invites", invite).await.ok();
    }
    [
        ("/v1/organizations".to_owned(), "organizations"),
        (format!("/v1/users?organizationId={organization}"), "users"),
        (format!("/v1/user-invites?organizationId={organization}"), "userInvites"),
        (format!("/v1/user-role-assignments?userId={user}"), "userRoleAssignments"),
        (format!("/v1/passkeys?userId={user}"), "passkeys"),
        (format!("/v1/sessions?userId={user}"), "sessions"),
        ("/v1/roles".to_owned(), "roles"),
        (format!("/v1/api-keys?organizationId={organization}"), "apiKeys"),
        (format!("/v1/api-key-role-assignments?apiKeyId={key}"), "apiKeyRoleAssignments"),
        ("/v1/backend-api-keys".to_owned(), "backendApiKeys"),
        ("/v1/publishable-keys".to_owned(), "publishableKeys"),
        ("/v1/plans".to_owned(), "plans"),
        ("/v1/limit-overrides".to_owned(), "limitOverrides"),
        ("/v1/audit-log-events".to_owned(), "auditLogEvents"),
    ]
    .into()
}

#[tokio::test]
async fn every_documented_list_is_walked_page_by_page_in_every_order_it_has() {
    let test = TestApp::new().await;
    let lists = filled(&test).await;
    let documented: BTreeSet<String> =
        document::operations().into_iter().filter(|o| o.id.starts_with("list_")).map(|o| o.path).collect();
    let walked: BTreeSet<String> =
        lists.iter().map(|(path, _)| path.split('?').next().unwrap().to_owned()).collect();
    assert_eq!(walked, documented, "each list has its case here");
    for (path, field) in &lists {
        let whole: BTreeSet<_> =
            texts(&pages(&test, &joined(path, "pageSize=100"), field).await.concat(), "id")
                .into_iter()
                .collect();
        assert!(whole.len() >= 7, "{path}");
        let orders: &[&str] = match *field {
            "auditLogEvents" => &[""],
            "users"
            | "userInvites"
            | "userRoleAssignments"
            | "passkeys"
            | "sessions"
            | "apiKeyRoleAssignments"
            | "limitOverrides" => &["", "id", "id%20desc", "createTime", "createTime%20desc"],
            _ => &["", "id%20desc", "createTime", "createTime%20desc", "displayName", "displayName%20desc"],
        };
        for order in orders {
            let query = if order.is_empty() {
                "pageSize=3".to_owned()
            } else {
                format!("page_size=3&order_by={order}")
            };
            let found = texts(&pages(&test, &joined(path, &query), field).await.concat(), "id");
            assert_eq!(found.len(), whole.len(), "{path} {order}");
            assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), whole, "{path} {order}");
        }
    }
}

#[tokio::test]
async fn a_page_token_leads_nowhere_but_on_in_the_same_list_order_and_project() {
    let test = TestApp::new().await;
    let lists = filled(&test).await;
    let other = test.other_project().await;
    let problem = "pageToken: is not a token that this list gave out; repeat the request with the same orderBy, or \
                   start again without a pageToken";
    for (path, field) in &lists {
        let page = test.client.get(&joined(path, "pageSize=3")).await.ok();
        assert_eq!(page[field].as_array().unwrap().len(), 3);
        let token = page["nextPageToken"].as_str().unwrap();
        let query = format!("pageToken={}", token.replace('=', "%3D"));
        let theirs = other.get(&joined(path, &query)).await;
        assert_eq!(theirs.refused(400, "invalid_argument"), problem, "{path}");
        for (elsewhere, _) in lists.iter().filter(|(elsewhere, _)| elsewhere != path) {
            let answer = test.client.get(&joined(elsewhere, &query)).await;
            assert_eq!(answer.refused(400, "invalid_argument"), problem, "{path} {elsewhere}");
        }
        if *field != "auditLogEvents" {
            let answer = test.client.get(&joined(path, &format!("{query}&orderBy=createTime"))).await;
            assert_eq!(answer.refused(400, "invalid_argument"), problem, "{path}");
        }
        for wrong in ["x", "AAAA", "%C3%A4", &"A".repeat(5000), &token[4..].replace('=', "%3D")] {
            let answer = test.client.get(&joined(path, &format!("pageToken={wrong}"))).await;
            assert_eq!(answer.refused(400, "invalid_argument"), problem, "{path} {wrong}");
        }
    }
}

#[tokio::test]
async fn an_impossible_page_size_or_order_is_refused() {
    let test = TestApp::new().await;
    for (path, field) in filled(&test).await {
        for size in ["0", "101", "4294967295"] {
            let refused = test.client.get(&joined(&path, &format!("pageSize={size}"))).await;
            assert_eq!(
                refused.refused(400, "invalid_argument"),
                "pageSize: must be from 1 to 100",
                "{path} {size}"
            );
        }
        for size in ["", "-1", "ten", "4294967296"] {
            let refused = test.client.get(&joined(&path, &format!("pageSize={size}"))).await;
            let _ = refused.refused(400, "invalid_argument");
        }
        for order in ["name", "id+up", "id+desc+desc", "createTime,id"] {
            let refused = test
                .client
                .get(&joined(&path, &format!("orderBy={order}")))
                .await
                .refused(400, "invalid_argument");
            let problem =
                if field == "auditLogEvents" { "query: " } else { "orderBy: must be one of id, createTime" };
            assert!(refused.starts_with(problem), "{path} {order}: {refused}");
        }
    }
}
