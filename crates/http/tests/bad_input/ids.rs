//! Ids that are wrong, or somebody else's.

use crate::fields;
use crate::requests::{CONSOLE_ONLY, Prepared};
use crate::world::{Call, World};
use axum::http::header;
use lockwork_testkit::document::Operation;

const UNKNOWN: &str = "0000000000000000000000001";
const ABOVE: &str = "f5lxx1zz5pnorynqglhzmsp34";

/// Every id that is malformed, made from a right one.
fn malformed(id: &str) -> Vec<(&'static str, String)> {
    let (prefix, digits) = id.split_at(id.len() - 25);
    vec![
        ("nonsense", "nonsense".into()),
        ("an id without digits", prefix.into()),
        ("an id without a prefix", digits.into()),
        ("another kind's id", format!("wrong_{digits}")),
        ("an id in upper case", format!("{prefix}{}", digits.to_uppercase())),
        ("an id one digit short", id[..id.len() - 1].into()),
        ("an id one digit long", format!("{id}0")),
        ("an id above 2^128", format!("{prefix}{ABOVE}")),
        ("the largest number of digits", format!("{prefix}{}", "z".repeat(25))),
        ("a uuid", "0191e3a0-7c1b-4f00-8000-0123456789ab".into()),
        ("a very long id", format!("{prefix}{}", "0".repeat(10_000))),
        ("another alphabet", format!("{prefix}{}", "!".repeat(25))),
    ]
}

fn unknown(id: &str) -> String {
    format!("{}{UNKNOWN}", &id[..id.len() - 25])
}

/// The id in the path of the operation's valid request.
fn path_id(world: &World, operation: &Operation) -> Option<String> {
    let at = operation.path.split('/').position(|segment| segment.starts_with('{'))?;
    let path = world.things.request(operation).path;
    path.split('?').next()?.split('/').nth(at).map(str::to_owned)
}

fn with_path_id(world: &World, operation: &Operation, from: &str, to: &str) -> Call {
    let prepared = world.things.request(operation);
    world.call(operation, Prepared { path: prepared.path.replacen(from, to, 1), ..prepared })
}

#[tokio::test]
async fn a_wrong_id_in_the_path_is_refused() {
    let world = World::new().await;
    for operation in &world.operations {
        let Some(id) = path_id(&world, operation) else { continue };
        for (what, wrong) in malformed(&id) {
            world.refused(what, Some(operation), &with_path_id(&world, operation, &id, &wrong), 400).await;
        }
        for wrong in ["%ff", "%00", "%zz", "%", "a%2Fb", "..", "%E2%82", "%20", "%F0%9F%94%91"] {
            world.refused(wrong, Some(operation), &with_path_id(&world, operation, &id, wrong), 400).await;
        }
        let missing = with_path_id(&world, operation, &id, &unknown(&id));
        world.refused("an unknown id", Some(operation), &missing, 404).await;
    }
    world.finish();
}

#[tokio::test]
async fn a_wrong_id_in_the_body_is_refused() {
    let world = World::new().await;
    for operation in world.with_bodies() {
        for field in fields::of_body(&operation.id).iter().filter(|field| field.is_id()) {
            let right = match field.name() {
                "organizationId" => world.things.organization.clone(),
                "roleId" | "roleIds" => world.things.role.clone(),
                "planId" => world.things.plan.clone(),
                "creatorUserId" => world.things.user.clone(),
                "creatorBackendApiKeyId" => world.things.backend_api_key.clone(),
                "apiKeyId" | "ids" | "actorApiKeyId" => world.things.api_key.clone(),
                "actorUserId" | "userId" | "impersonatedId" => world.things.user.clone(),
                "actorSessionId" => world.things.session.clone(),
                "actorBackendApiKeyId" => world.things.backend_api_key.clone(),
                "actorIntermediateSessionId" => format!("intermediate_session_{UNKNOWN}"),
                other => panic!("say in ids.rs what kind of id {other} is"),
            };
            let mut body = world.things.request(operation).body.expect("a body");
            if operation.id == "create_audit_log_event" {
                // It takes exactly one source.
                body.as_object_mut().expect("an object").remove("organizationId");
            }
            for (what, wrong) in malformed(&right) {
                let body = fields::with(&body, &field.steps, &wrong.into());
                let what = format!("{} as {what}", field.name());
                world
                    .refused(&what, Some(operation), &world.with_body(operation, body.to_string()), 400)
                    .await;
            }
            // The first is ignored, the second fits no key, the others are refused whatever they are.
            let status = match (operation.id.as_str(), field.name()) {
                ("update_role", _) | ("revoke_api_keys", _) => continue,
                (_, "actorBackendApiKeyId" | "actorIntermediateSessionId") => 400,
                (id, _) if CONSOLE_ONLY.contains(&id) => continue,
                _ => 404,
            };
            let body = fields::with(&body, &field.steps, &unknown(&right).into());
            let what = format!("{} unknown", field.name());
            world
                .refused(&what, Some(operation), &world.with_body(operation, body.to_string()), status)
                .await;
        }
    }
    world.finish();
}

#[tokio::test]
async fn another_projects_things_do_not_exist() {
    let world = World::new().await;
    for operation in world.operations.iter().filter(|operation| operation.authenticated) {
        let names_something = path_id(&world, operation).is_some()
            || operation.takes_body && fields::of_body(&operation.id).iter().any(|field| field.is_id());
        // Names which keys to look for: those of another project are not among them.
        if !names_something || operation.id == "revoke_api_keys" || CONSOLE_ONLY.contains(&&*operation.id) {
            continue;
        }
        let mut call = world.valid(operation);
        call.headers.retain(|(name, _)| name != header::AUTHORIZATION);
        let call = call.header(header::AUTHORIZATION, &world.other_authorization);
        world.refused("another project's id", Some(operation), &call, 404).await;
    }
    world.finish();
}
