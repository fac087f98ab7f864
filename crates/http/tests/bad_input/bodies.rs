//! Wrong bodies.

use crate::fields::{self, Field, Kind};
use crate::requests::CONSOLE_ONLY;
use crate::world::{Call, World};
use axum::http::header;
use lockwork_testkit::databases::Kind as Database;
use lockwork_testkit::document::Operation;
use serde_json::{Value, json};

const LIMIT_BYTES: usize = 256 << 10;

fn body_of(world: &World, operation: &Operation) -> Value {
    world.things.request(operation).body.expect("a body")
}

/// Each operation with each field of its body.
fn fields_of(world: &World) -> impl Iterator<Item = (&Operation, Field)> {
    world
        .with_bodies()
        .flat_map(|operation| fields::of_body(&operation.id).into_iter().map(move |field| (operation, field)))
}

/// Every text is a possible secret: a wrong one is not an error but a verdict.
fn takes_any_text(operation: &Operation, field: &Field) -> bool {
    operation.id == "verify_api_key" && field.name() == "secretToken"
}

/// Every text is a possible secret, of which none is known.
fn looks_up(operation: &Operation, field: &Field) -> bool {
    operation.id == "who_am_i" && field.name() == "secretToken"
}

/// Whether the operation does without a body.
fn is_optional(operation: &Operation) -> bool {
    fields::declared(&operation.id).1["requestBody"]["required"] != true
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused() {
    let world = World::new().await;
    let secret = &world.things.secret;
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", "".into()),
        ("blanks", " \n\t".into()),
        ("an open brace", "{".into()),
        ("half a field", "{\"displayName".into()),
        ("a field without a value", "{\"displayName\":}".into()),
        ("half an object", "{\"displayName\":\"a\"".into()),
        ("a comma too many", "{\"displayName\":\"a\",}".into()),
        ("a word", "nothing".into()),
        ("single quotes", "{'displayName':'a'}".into()),
        ("two objects", "{} {}".into()),
        ("an object and more", "{}x".into()),
        ("a form", "displayName=a".into()),
        ("a byte order mark", "\u{feff}{}".into()),
        ("a text", "\"displayName\"".into()),
        ("a secret as text", format!("\"{secret}\"").into()),
        ("a secret as it is", secret.as_str().into()),
        ("a secret in an array", format!("[\"{secret}\",null]").into()),
        ("a secret as a field's name", format!("{{\"{secret}\":tru}}").into()),
        ("an empty array", "[]".into()),
        ("an array of nulls", "[null]".into()),
        ("an array of two nulls", "[null,null]".into()),
        ("an array with an object", "[{}]".into()),
        ("a number", "7".into()),
        ("a huge number", "1e999".into()),
        ("true", "true".into()),
        ("null", "null".into()),
        ("a control character", "{\"displayName\":\"a\nb\"}".into()),
        ("deep arrays", deep("[", "]").into()),
        ("deep arrays without an end", "[".repeat(10_000).into()),
        ("deep objects without an end", "{\"a\":".repeat(10_000).into()),
        ("broken UTF-8", b"{\"displayName\":\"\xff\"}".to_vec()),
        ("broken UTF-8 in a name", b"{\"\xc3\x28\":1}".to_vec()),
        ("UTF-16", b"\xff\xfe{\0}\0".to_vec()),
    ];
    for operation in world.with_bodies() {
        for (what, body) in &bodies {
            if is_optional(operation) && body.trim_ascii().is_empty() {
                continue;
            }
            world.refused(what, Some(operation), &world.with_body(operation, body.clone()), 400).await;
        }
    }
    world.finish();
}

#[tokio::test]
async fn operations_without_a_body_take_none_or_an_empty_object() {
    let world = World::new().await;
    for operation in world.operations.iter().filter(|it| it.method != "GET" && !it.takes_body) {
        for body in ["{", "[]", "\"text\"", "null", "7", "{}{}", "nonsense", "\u{feff}{}"] {
            world.refused(body, Some(operation), &world.with_body(operation, body), 400).await;
        }
        let deep = "{\"a\":".repeat(10_000);
        world.refused("a deep object", Some(operation), &world.with_body(operation, deep), 400).await;
        let broken = b"{\"\xff\":1}".to_vec();
        world.refused("broken UTF-8", Some(operation), &world.with_body(operation, broken), 400).await;
        let large = " ".repeat(LIMIT_BYTES + 1);
        world.refused("a large body", Some(operation), &world.with_body(operation, large), 413).await;
    }
    world.finish();
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_refused_by_its_fields_name() {
    let world = World::new().await;
    let secret = json!(world.things.secret);
    let deep: Value = (0..100).fold(json!([]), |inner, _| json!([inner]));
    for (operation, field) in fields_of(&world) {
        let (seven, half, yes, text) = (json!(7), json!(0.5), json!(true), secret.clone());
        let (array, strings, object) =
            (json!([]), json!([secret, null, null, null, null]), json!({ "a": secret }));
        let mut wrong = match field.kind {
            Kind::Text | Kind::Time => vec![seven, half, yes, array, strings, object, deep.clone()],
            Kind::Flag => vec![seven, half, text, json!("true"), array, strings, object, deep.clone()],
            Kind::Amount => {
                vec![json!(-1), json!((1_u64 << 53) + 1), half, yes, text, array, strings, object]
            }
            Kind::Number => vec![json!(u64::MAX), half, yes, text, array, strings, object],
            Kind::List => vec![seven, half, yes, text, object],
            Kind::Object | Kind::Anything => vec![seven, half, yes, text, array, strings, deep.clone()],
        };
        if field.is_element() {
            wrong.push(Value::Null);
        }
        for value in wrong {
            let body = fields::with(&body_of(&world, operation), &field.steps, &value);
            let what = format!("{} as {value}", field.name());
            let got = world
                .refused(&what, Some(operation), &world.with_body(operation, body.to_string()), 400)
                .await;
            if !got.text.contains(field.name()) {
                world.note(format!(
                    "{}, {what}: the refusal does not name the field: {}",
                    operation.id, got.text
                ));
            }
        }
    }
    world.finish();
}

#[tokio::test]
async fn what_no_text_may_hold_is_refused() {
    let world = World::new().await;
    let long = "x".repeat(5000);
    let texts = ["a\0b", "a\u{1b}[31mb", "line\n", "a\u{7f}b", "a\u{85}b", long.as_str()];
    for (operation, field) in
        fields_of(&world).filter(|(_, field)| matches!(field.kind, Kind::Text | Kind::Time))
    {
        for text in texts {
            let body = fields::with(&body_of(&world, operation), &field.steps, &text.into());
            let call = world.with_body(operation, body.to_string());
            let what = format!("{} as {:?}", field.name(), text.chars().take(5).collect::<String>());
            if takes_any_text(operation, &field) {
                assert_eq!(world.send(&call).await.json["code"], "MALFORMED", "{what}");
            } else {
                let status = if looks_up(operation, &field) { 404 } else { 400 };
                world.refused(&what, Some(operation), &call, status).await;
            }
        }
        let body = fields::with(&body_of(&world, operation), &field.steps, &"lone".into());
        let lone = body.to_string().replace("\"lone\"", "\"\\ud800\"");
        world.refused("half a surrogate pair", Some(operation), &world.with_body(operation, lone), 400).await;
    }
    world.finish();
}

#[tokio::test]
async fn no_text_makes_postgres_fail() {
    let world = World::on(Database::Postgres).await;
    for (operation, field) in
        fields_of(&world).filter(|(_, field)| matches!(field.kind, Kind::Text | Kind::Anything))
    {
        for text in
            ["a\0b", "\u{fffe}\u{10ffff}", "\u{202e}a", "'; DROP TABLE api_keys; --", "%s%n", "\\u0000"]
        {
            let value = if field.kind == Kind::Text { text.into() } else { json!({ text: [text] }) };
            let body = fields::with(&body_of(&world, operation), &field.steps, &value);
            let got = world.send(&world.with_body(operation, body.to_string())).await;
            if got.status >= 500 {
                world.note(format!(
                    "{}, {} as {text:?}: {} {}",
                    operation.id,
                    field.name(),
                    got.status,
                    got.text
                ));
            }
        }
    }
    world.finish();
}

#[tokio::test]
async fn lists_over_their_limit_are_refused() {
    let world = World::new().await;
    for (operation, field) in fields_of(&world).filter(|(_, field)| field.kind == Kind::List) {
        let many: Vec<Value> = (0..5001).map(|number| element(operation, &field, number, &world)).collect();
        let body = fields::with(&body_of(&world, operation), &field.steps, &Value::Array(many));
        let call = world.with_body(operation, body.to_string());
        world.refused(&format!("5001 {}", field.name()), Some(operation), &call, 400).await;
    }
    world.finish();
}

/// An element that is right by itself.
fn element(operation: &Operation, field: &Field, number: usize, world: &World) -> Value {
    match (operation.id.as_str(), field.name()) {
        (_, "domains" | "googleHostedDomains" | "trustedDomains") => json!(format!("domain{number}.com")),
        (_, "microsoftTenantIds") => json!(format!("72f988bf-86f1-41af-91ab-{number:012}")),
        (_, "ids") => json!(world.things.api_key),
        (_, "tags") => json!(format!("tag{number}")),
        (_, "ipAllowlist") => json!("10.0.0.1"),
        // Just enough of it, since the body must not be too large.
        (_, "limits" | "checks") => json!({ "name": format!("n{number}") }),
        (_, "roleIds") => json!(world.things.role),
        ("update_rbac_policy", _) => json!({ "name": format!("acme.widgets.do{number}") }),
        (_, "actions") => json!(format!("acme.widgets.do{number}")),
        (_, other) => panic!("say in bodies.rs what an element of {other} looks like"),
    }
}

#[tokio::test]
async fn a_field_given_twice_is_refused() {
    let world = World::new().await;
    for (operation, field) in fields_of(&world).filter(|(_, field)| !field.is_element()) {
        let (body, value) = (body_of(&world, operation), fields::sample(field.kind));
        let snake = fields::snake_case(field.name());
        for name in [field.name(), &snake] {
            let body = fields::twice(&body, &field, name, &value);
            let what = format!("{} twice, as {name}", field.name());
            let got = world.refused(&what, Some(operation), &world.with_body(operation, body), 400).await;
            if !got.text.contains("duplicate field") {
                world.note(format!("{}, {what}: {}", operation.id, got.text));
            }
        }
    }
    world.finish();
}

#[tokio::test]
async fn null_counts_as_absent() {
    let world = World::new().await;
    for (operation, field) in fields_of(&world).filter(|(_, field)| !field.is_element()) {
        let absent = fields::without(&body_of(&world, operation), &field.steps).to_string();
        let absent = world.send(&world.with_body(operation, absent)).await;
        let null = fields::with(&body_of(&world, operation), &field.steps, &Value::Null).to_string();
        let null = world.send(&world.with_body(operation, null)).await;
        if (null.status, &null.json["detail"]) != (absent.status, &absent.json["detail"])
            || null.status >= 500
        {
            let (id, name) = (&operation.id, field.name());
            world.note(format!(
                "{id}, {name}: null is {} {}, absent is {}",
                null.status, null.text, absent.text
            ));
        }
    }
    world.finish();
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let world = World::new().await;
    for operation in world.with_bodies().filter(|operation| !CONSOLE_ONLY.contains(&&*operation.id)) {
        let mut body = body_of(&world, operation);
        body["lockworkUnknown"] = json!({ "displayName": [1, { "a": null }] });
        let got = world.send(&world.with_body(operation, body.to_string())).await;
        if got.status != 200 {
            world.note(format!("{}: {} {}", operation.id, got.status, got.text));
        }
        let deep = format!("{{\"lockworkUnknown\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        let got = world.send(&world.with_body(operation, deep)).await;
        if got.status >= 500 {
            world.note(format!("{}, deep: {} {}", operation.id, got.status, got.text));
        }
    }
    world.finish();
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_is_refused() {
    let world = World::new().await;
    let types = [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "application/json-patch+json",
    ];
    for operation in world.with_bodies() {
        let mut bare = world.valid(operation);
        bare.headers.retain(|(name, _)| name != header::CONTENT_TYPE);
        world.refused("no content type", Some(operation), &bare, 415).await;
        for content_type in types {
            let call = bare.clone().header(header::CONTENT_TYPE, content_type);
            world.refused(content_type, Some(operation), &call, 415).await;
        }
        let call = bare.clone().header(header::CONTENT_TYPE, b"application/\xff");
        world.refused("a content type that is no text", Some(operation), &call, 415).await;
        for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
            let call =
                Call { body: b"[]".to_vec(), ..bare.clone() }.header(header::CONTENT_TYPE, content_type);
            world.refused(content_type, Some(operation), &call, 400).await;
        }
    }
    world.finish();
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let world = World::new().await;
    for operation in world.with_bodies() {
        let body = body_of(&world, operation).to_string();
        let large = format!("{body}{}", " ".repeat(LIMIT_BYTES + 1 - body.len()));
        world.refused("a byte too many", Some(operation), &world.with_body(operation, large), 413).await;
        let huge = vec![b'{'; 8 << 20];
        world.refused("8 MiB", Some(operation), &world.with_body(operation, huge), 413).await;
    }
    world.finish();
}

#[tokio::test]
async fn a_wrapped_body_is_judged_like_a_bare_one() {
    let world = World::new().await;
    for (id, wrap) in [
        ("update_project", "project"),
        ("update_branding", "branding"),
        ("create_project", "project"),
        ("update_rbac_policy", "rbacPolicy"),
        ("create_backend_api_key", "backendApiKey"),
        ("update_backend_api_key", "backendApiKey"),
        ("create_publishable_key", "publishableKey"),
        ("update_publishable_key", "publishableKey"),
        ("create_plan", "plan"),
        ("update_plan", "plan"),
        ("create_limit_override", "limitOverride"),
        ("update_limit_override", "limitOverride"),
        ("create_user_impersonation_token", "userImpersonationToken"),
    ] {
        let operation = world.operations.iter().find(|operation| operation.id == id).expect("an operation");
        let snake = fields::snake_case(wrap);
        for body in [
            format!(r#"{{"{wrap}":7}}"#),
            format!(r#"{{"{wrap}":[]}}"#),
            format!(r#"{{"{wrap}":[null,null,null]}}"#),
            format!(r#"{{"{wrap}":{{"displayName":7,"actions":7,"limit":"a","logo":7}}}}"#),
            format!(
                r#"{{"{wrap}":{{"displayName":"a","displayName":"b","actions":[],"actions":[],"limit":1,"limit":2,"logo":"","logo":""}}}}"#
            ),
            format!(r#"{{"{wrap}":{{}},"{wrap}":{{}}}}"#),
            format!(r#"{{"{wrap}":{{}},"{snake}":{{}}}}"#),
        ] {
            world.refused(&body, Some(operation), &world.with_body(operation, body.clone()), 400).await;
        }
    }
    world.finish();
}
