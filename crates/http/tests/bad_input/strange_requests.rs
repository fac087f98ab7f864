//! Methods, paths and headers that nobody should send.

use crate::world::{Call, World};
use axum::http::{HeaderName, Method, header};
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_refused_with_those_that_it_takes() {
    let world = World::new().await;
    let mut taken: BTreeMap<&str, (BTreeSet<String>, String)> = BTreeMap::new();
    for operation in &world.operations {
        let path = world.things.request(operation).path;
        let entry = taken.entry(&operation.path).or_insert_with(|| (BTreeSet::new(), path));
        entry.0.insert(operation.method.clone());
        if operation.method == "GET" {
            entry.0.insert("HEAD".to_owned());
        }
    }
    for (template, (methods, path)) in &taken {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
            if methods.contains(method) {
                continue;
            }
            let call = Call::new(method.parse().expect("a method"), path);
            let call = call.header(header::AUTHORIZATION, &world.authorization).json("{}");
            let got = world.refused(&format!("{method} {template}"), None, &call, 405).await;
            let allowed =
                got.headers.get(header::ALLOW).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let allowed: BTreeSet<String> =
                allowed.split(',').map(|method| method.trim().to_owned()).collect();
            if allowed != *methods {
                world.note(format!("{method} {template}: Allow names {allowed:?}, not {methods:?}"));
            }
        }
    }
    world.finish();
}

#[tokio::test]
async fn head_answers_as_get_without_a_body() {
    let world = World::new().await;
    for operation in world.operations.iter().filter(|operation| operation.method == "GET") {
        let get = world.valid(operation);
        let head = Call { method: Method::HEAD, ..get.clone() };
        let (get, head) = (world.send(&get).await, world.send(&head).await);
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{}", operation.id);
        assert_eq!(
            head.headers.get(header::CONTENT_TYPE),
            get.headers.get(header::CONTENT_TYPE),
            "{}",
            operation.id
        );
    }
    world.finish();
}

#[tokio::test]
async fn an_unknown_path_is_refused_in_the_shape() {
    let world = World::new().await;
    let mut paths: Vec<String> =
        ["/v1", "/v1/", "/v1/nothing", "/v2/organizations", "//v1/organizations", "/v1/%ff", "/%00"]
            .map(str::to_owned)
            .into();
    for operation in &world.operations {
        let path = world.things.request(operation).path;
        let path = path.split('?').next().unwrap_or_default();
        for tail in ["/", "/extra/more", "//", "%ff/x"] {
            paths.push(format!("{path}{tail}"));
        }
        paths.push(path.replace("/v1/", "/V1/"));
    }
    let long = format!("/v1/{}", "a/".repeat(20_000));
    for path in paths.iter().chain([&long]) {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let call = Call::new(method, path).header(header::AUTHORIZATION, &world.authorization);
            world.refused(&path[..path.len().min(80)], None, &call, 404).await;
        }
    }
    world.finish();
}

#[tokio::test]
async fn very_many_headers_change_nothing() {
    let world = World::new().await;
    for operation in world.operations.iter().filter(|operation| operation.authenticated) {
        let mut call = world.valid(operation);
        call.headers.retain(|(name, _)| name != header::AUTHORIZATION);
        for number in 0..2000 {
            let name: HeaderName = format!("x-header-{number}").parse().expect("a name");
            call = call.header(name, "value");
        }
        call = call.header(HeaderName::from_static("x-long"), "v".repeat(60_000));
        world.refused("2000 headers and no credentials", Some(operation), &call, 401).await;
    }
    world.finish();
}

#[tokio::test]
async fn a_request_id_that_is_not_harmless_is_replaced() {
    let world = World::new().await;
    for id in [&b"a b"[..], b"\xff", b"", &[b'a'; 65], b"<script>"] {
        let mut call = Call::new(Method::GET, "/v1/project");
        call.headers.clear();
        let got = world
            .refused(
                "a strange request id",
                None,
                &call.header("x-request-id".parse().expect("a name"), id),
                401,
            )
            .await;
        assert_ne!(got.headers["x-request-id"].as_bytes(), id);
    }
    world.finish();
}
