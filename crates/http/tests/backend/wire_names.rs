//! Every field and parameter of every documented request, in lowerCamelCase and in snake_case (contract §3.2).

use axum::http::Method;
use lockwork_testkit::TestApp;
use serde_json::{Value, json};

fn snake_case(camel: &str) -> String {
    camel
        .chars()
        .flat_map(|c| if c.is_uppercase() { vec!['_', c.to_ascii_lowercase()] } else { vec![c] })
        .collect()
}

/// The schema behind a reference, or behind the choice between it and `null`.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return resolve(document, &document["components"]["schemas"][reference.rsplit('/').next().unwrap()]);
    }
    match schema["oneOf"].as_array() {
        Some(choices) => resolve(document, choices.iter().find(|choice| choice["type"] != "null").unwrap()),
        None => schema,
    }
}

fn is(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind
        || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

/// A place in a body: the names that lead to it, `[]` standing for "in a list".
type Place = Vec<String>;

/// Every field of a schema, with a value of a type that it does not take.
fn fields(document: &Value, schema: &Value, place: &Place, found: &mut Vec<(Place, Value)>) {
    let schema = resolve(document, schema);
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let field = resolve(document, field);
        let mut place = place.clone();
        place.push(name.clone());
        found.push((place.clone(), if is(field, "string") { json!(7) } else { json!("wrong") }));
        if is(field, "array") {
            place.push("[]".into());
            let item = resolve(document, &field["items"]);
            found.push((place.clone(), if is(item, "string") { json!(7) } else { json!("wrong") }));
            fields(document, item, &place, found);
        } else {
            fields(document, field, &place, found);
        }
    }
}

/// A body with `value` at `place` and nothing else.
fn body(place: &[String], value: &Value, name: fn(&str) -> String) -> Value {
    match place.split_first() {
        None => value.clone(),
        Some((first, rest)) if first == "[]" => json!([body(rest, value, name)]),
        Some((first, rest)) => json!({ (name(first)): body(rest, value, name) }),
    }
}

struct Request {
    method: Method,
    path: String,
    operation: Value,
}

/// Every documented operation, its path filled with ids that name nothing.
fn requests(document: &Value) -> Vec<Request> {
    let mut requests = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let noun = match path.split('/').nth(2).unwrap() {
                "organizations" => "org",
                "publishable-keys" => "publishable_key",
                "backend-api-keys" => "backend_api_key",
                "api-key-role-assignments" => "api_key_role_assignment",
                "api-keys" => "api_key",
                "users" => "user",
                "user-invites" => "user_invite",
                "user-role-assignments" => "user_role_assignment",
                "passkeys" => "passkey",
                "sessions" => "session",
                "roles" => "role",
                "plans" => "plan",
                "limit-overrides" => "limit_override",
                _ => "none",
            };
            let parts = path.split('/').map(|part| match part.starts_with('{') {
                true => format!("{noun}_0000000000000000000000001"),
                false => part.to_owned(),
            });
            requests.push(Request {
                method: method.to_uppercase().parse().unwrap(),
                path: parts.collect::<Vec<_>>().join("/"),
                operation: operation.clone(),
            });
        }
    }
    requests
}

/// The field that wraps the objects of an operation's answers, such as `apiKey`.
fn wrapper(document: &Value, operation: &Value) -> Option<String> {
    let answer = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    let mut names = resolve(document, answer)["properties"].as_object()?.keys();
    names.next().cloned()
}

/// Bodies of these may also come wrapped, which their schemas do not show.
const BARE_OR_WRAPPED: [&str; 11] = [
    "update_project",
    "update_rbac_policy",
    "create_backend_api_key",
    "update_backend_api_key",
    "create_publishable_key",
    "update_publishable_key",
    "create_plan",
    "update_plan",
    "create_limit_override",
    "update_limit_override",
    "create_user_impersonation_token",
];

#[tokio::test]
async fn every_field_of_every_body_is_known_in_both_cases_and_refused_with_a_wrong_type() {
    let test = TestApp::new().await;
    let document: Value = serde_json::from_str(&lockwork_http::openapi::backend()).unwrap();
    let mut seen = 0;
    for Request { method, path, operation } in requests(&document) {
        let Some(content) = operation["requestBody"]["content"].as_object() else { continue };
        let mut places = Vec::new();
        fields(&document, &content["application/json"]["schema"], &Vec::new(), &mut places);
        let id = operation["operationId"].as_str().unwrap();
        assert!(!places.is_empty(), "{id}");
        if BARE_OR_WRAPPED.contains(&id) {
            let wrapper = wrapper(&document, &operation).unwrap();
            let wrapped = |(place, value): &(Place, Value)| {
                ([std::slice::from_ref(&wrapper), place].concat(), value.clone())
            };
            places.extend(places.iter().map(wrapped).collect::<Vec<_>>());
        }
        for (place, value) in &places {
            for name in [str::to_owned as fn(&str) -> String, snake_case] {
                let body = body(place, value, name);
                // A field that was not known would be ignored, and its wrong type with it.
                let refused = test.client.json(method.clone(), &path, body.clone()).await;
                let description = refused.refused(400, "invalid_argument");
                assert!(description.contains("invalid type"), "{id} {body}: {description}");
                let last = place.iter().rfind(|name| *name != "[]").unwrap();
                assert!(description.contains(&name(last)), "{id} {body}: {description}");
                seen += 1;
            }
        }
    }
    assert!(seen > 150, "{seen}");
}

#[tokio::test]
async fn every_field_that_no_schema_names_is_ignored() {
    let test = TestApp::new().await;
    let document: Value = serde_json::from_str(&lockwork_http::openapi::backend()).unwrap();
    for Request { method, path, operation } in requests(&document) {
        if operation.get("requestBody").is_none() {
            continue;
        }
        let plain = test.client.json(method.clone(), &path, json!({})).await;
        let strange = json!({ "unheardOf": { "a": [1, null] }, "__proto__": 1, "": "", "display-name": 7, "DISPLAYNAME": 7 });
        let answer = test.client.json(method, &path, strange).await;
        assert_eq!(answer.status, plain.status, "{path}: {}", answer.text);
        assert_eq!(answer.json["detail"], plain.json["detail"], "{path}");
    }
}

#[tokio::test]
async fn every_query_parameter_is_known_in_both_cases_and_no_other_is() {
    let test = TestApp::new().await;
    let document: Value = serde_json::from_str(&lockwork_http::openapi::backend()).unwrap();
    let mut seen = 0;
    for Request { method, path, operation } in requests(&document) {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let takes_body = operation.get("requestBody").is_some();
        let ask = async |query: &str| {
            let path = format!("{path}?{query}");
            match takes_body {
                true => test.client.json(method.clone(), &path, json!({})).await,
                false => test.client.send(method.clone(), &path, None, Vec::new()).await,
            }
        };
        for parameter in parameters.iter().filter(|parameter| parameter["in"] == "query") {
            let camel = parameter["name"].as_str().unwrap();
            let schema = resolve(&document, &parameter["schema"]);
            let value = match schema["format"].as_str() {
                Some("date-time") => "2030-01-01T00:00:00Z",
                _ if is(schema, "boolean") => "true",
                _ => "1",
            };
            for name in [camel.to_owned(), snake_case(camel)] {
                // What it says may be wrong; that it is there is not.
                let answer = ask(&format!("{name}={value}")).await;
                assert!(!answer.text.contains("unknown field"), "{path} {name}: {}", answer.text);
                let twice =
                    ask(&format!("{camel}={value}&{name}={value}")).await.refused(400, "invalid_argument");
                assert!(twice.contains("duplicate field"), "{path}: {twice}");
                seen += 1;
            }
        }
        for name in ["unheardOf", "displayname", "page-token", "ids"] {
            let refused = ask(&format!("{name}=1")).await.refused(400, "invalid_argument");
            assert!(refused.contains(&format!("unknown field `{name}`")), "{path}: {refused}");
        }
    }
    assert!(seen > 60, "{seen}");
}
