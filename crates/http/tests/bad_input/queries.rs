//! Wrong query parameters.

use crate::fields::{declared, snake_case};
use crate::world::{Call, World};
use lockwork_testkit::databases::Kind;
use lockwork_testkit::document::Operation;

/// The documented query parameters of an operation and a right value of each.
pub(crate) fn parameters(world: &World, operation: &Operation) -> Vec<(String, String)> {
    let declared = declared(&operation.id).1["parameters"].as_array().into_iter().flatten();
    let query = declared.filter(|parameter| parameter["in"] == "query");
    query
        .map(|parameter| parameter["name"].as_str().expect("a name").to_owned())
        .map(|name| {
            let value = right(world, &name);
            (name, value)
        })
        .collect()
}

fn right(world: &World, name: &str) -> String {
    let things = &world.things;
    match name {
        "organizationId" => things.organization.clone(),
        "apiKeyId" | "actorApiKeyId" | "resourceId" => things.api_key.clone(),
        "id" => things.api_key.clone(),
        "userId" | "actorUserId" | "creatorUserId" | "actorConsoleUserId" | "actorImpersonatorUserId" => {
            things.user.clone()
        }
        "roleId" => things.role.clone(),
        "actorSessionId" | "actorConsoleSessionId" => things.session.clone(),
        "actorIntermediateSessionId" => "intermediate_session_0000000000000000000000001".into(),
        "email" => "ada@example.com".into(),
        "actorBackendApiKeyId" | "creatorBackendApiKeyId" => things.backend_api_key.clone(),
        "displayName" | "secretTokenSuffix" | "search" | "externalId" | "tag" => "abcd".into(),
        "namespace" | "identifier" => "abcd".into(),
        "primaryColor" | "darkModePrimaryColor" => "%232244cc".into(),
        "state" => "ACTIVE".into(),
        "eventName" => "tesseral.roles.create".into(),
        "resourceType" => "role".into(),
        "revoked" | "apiKeysEnabled" | "count" | "force" | "live" | "sendEmail" => "true".into(),
        "startTime" | "endTime" | "expiresBefore" => "2030-01-01T00:00:00Z".into(),
        "pageSize" => "10".into(),
        "orderBy" => "id".into(),
        "pageToken" => String::new(),
        other => panic!("say in queries.rs what a right value of {other} is"),
    }
}

fn wrong(name: &str) -> &'static [&'static str] {
    match name {
        "organizationId"
        | "apiKeyId"
        | "actorApiKeyId"
        | "resourceId"
        | "userId"
        | "actorUserId"
        | "actorSessionId"
        | "actorBackendApiKeyId"
        | "actorIntermediateSessionId"
        | "actorConsoleUserId"
        | "actorConsoleSessionId"
        | "actorImpersonatorUserId"
        | "roleId"
        | "id"
        | "creatorUserId"
        | "creatorBackendApiKeyId" => &[
            "nonsense",
            "org_",
            "api_key_ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "user_f5lxx1zz5pnorynqglhzmsp34",
            "%20",
        ],
        "primaryColor" | "darkModePrimaryColor" => &["", "2244cc", "%232244c", "%232244cg", "blue"],
        "state" => &["", "nonsense", "active"],
        "namespace" => &["", "Logins", "a%20b"],
        "revoked" | "apiKeysEnabled" | "count" | "force" | "live" | "sendEmail" => {
            &["", "1", "yes", "TRUE", "null"]
        }
        "email" => &["nonsense", "ada@", "ada@example.com,eve@example.com", "%20"],
        "startTime" | "endTime" | "expiresBefore" => {
            &["", "yesterday", "2030-01-01", "1893456000", "99999-01-01T00:00:00Z", "-009999-01-01T00:00:00Z"]
        }
        "resourceType" => &["", "nonsense", "Role"],
        "pageSize" => &[
            "",
            "0",
            "-1",
            "101",
            "abc",
            "1e9",
            "1000000000",
            "99999999999999999999",
            "1.5",
            "%201",
            "0x10",
            "1_0",
        ],
        "orderBy" => {
            &["nonsense", "ID", "id%20sideways", "id%20desc%20desc", "id,createTime", "id;", "%20id", "id%20"]
        }
        "pageToken" => &["x", "!!!!", "AAAA", "%20", "null"],
        _ => &[],
    }
}

/// The call with this pair in its query instead of what it has there.
pub(crate) fn with_query(mut call: Call, pair: &str) -> Call {
    let name = pair.split('=').next().unwrap_or_default();
    let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
    let others = query.split('&').filter(|old| !old.is_empty() && old.split('=').next() != Some(name));
    let pairs: Vec<&str> = others.chain([pair]).collect();
    call.path = format!("{path}?{}", pairs.join("&"));
    call
}

#[tokio::test]
async fn an_unknown_parameter_is_refused_on_every_operation() {
    let world = World::new().await;
    for operation in &world.operations {
        for pair in [
            "unknown=1",
            "unknown",
            "=",
            "PageSize=1",
            "id=1",
            "%ff=1",
            "%00=1",
            "a%00=1",
            "x=%ff",
            "x=%C0%80",
        ] {
            let call = with_query(world.valid(operation), pair);
            world.refused(pair, Some(operation), &call, 400).await;
        }
        let long = format!("{}=1", "x".repeat(60_000));
        world
            .refused("a very long query", Some(operation), &with_query(world.valid(operation), &long), 400)
            .await;
    }
    world.finish();
}

#[tokio::test]
async fn a_wrong_parameter_is_refused() {
    let world = World::new().await;
    for operation in &world.operations {
        for (name, right) in parameters(&world, operation) {
            let snake = snake_case(&name);
            for pair in [
                format!("{name}={right}&{name}={right}"),
                format!("{name}={right}&{snake}={right}"),
                format!("{name}=%ff"),
                format!("{name}=a%00b"),
                format!("{name}=a%0Ab"),
                format!("{name}=a%C2%85b"),
                format!("{snake}=a%1bb"),
            ] {
                world.refused(&pair, Some(operation), &with_query(world.valid(operation), &pair), 400).await;
            }
            for value in wrong(&name) {
                let pair = format!("{name}={value}");
                world.refused(&pair, Some(operation), &with_query(world.valid(operation), &pair), 400).await;
            }
        }
    }
    world.finish();
}

#[tokio::test]
async fn a_required_parameter_must_be_there() {
    let world = World::new().await;
    for operation in &world.operations {
        let declared = declared(&operation.id).1["parameters"].as_array().into_iter().flatten();
        for parameter in declared.filter(|it| it["in"] == "query" && it["required"] == true) {
            let name = parameter["name"].as_str().expect("a name");
            let mut call = world.valid(operation);
            call.path = operation.path.clone();
            let got = world.refused(&format!("no {name}"), Some(operation), &call, 400).await;
            assert!(got.text.contains(name), "{}", got.text);
            let empty = with_query(world.valid(operation), &format!("{name}="));
            world.refused(&format!("an empty {name}"), Some(operation), &empty, 400).await;
        }
    }
    world.finish();
}

#[tokio::test]
async fn no_parameter_makes_postgres_fail() {
    let world = World::on(Kind::Postgres).await;
    for operation in &world.operations {
        for (name, right) in parameters(&world, operation) {
            for value in
                ["%00", "a%00b", "'", "%25%5C", "%F4%8F%BF%BF", "%EF%BF%BE", "0001-01-01T00:00:00Z", &right]
            {
                let got = world.send(&with_query(world.valid(operation), &format!("{name}={value}"))).await;
                if got.status >= 500 {
                    world.note(format!("{}, {name}={value}: {} {}", operation.id, got.status, got.text));
                }
            }
        }
    }
    world.finish();
}
