//! Wrong credentials.

use crate::world::World;
use axum::http::header;

#[tokio::test]
async fn wrong_credentials_are_refused_before_anything_else_is_looked_at() {
    let world = World::new().await;
    let key = &world.test.backend_api_key;
    let wrong: Vec<(&str, Vec<Vec<u8>>)> = vec![
        ("no credentials", vec![]),
        ("empty credentials", vec![b"".to_vec()]),
        ("a key without its scheme", vec![key.clone().into()]),
        ("the scheme alone", vec![b"Bearer ".to_vec()]),
        ("a scheme in lower case", vec![format!("bearer {key}").into()]),
        ("another scheme", vec![format!("Basic {key}").into()]),
        ("a key that is none", vec![b"Bearer nonsense".to_vec()]),
        ("an unknown key", vec![b"Bearer tesseral_secret_key_0000000000000000000000001".to_vec()]),
        ("a key above 2^128", vec![b"Bearer tesseral_secret_key_zzzzzzzzzzzzzzzzzzzzzzzzz".to_vec()]),
        ("a key in upper case", vec![format!("Bearer {}", key.to_uppercase()).into()]),
        ("a key and a blank", vec![format!("Bearer  {key}").into()]),
        ("a revoked key", vec![world.revoked_authorization.clone().into()]),
        ("an API key", vec![format!("Bearer {}", world.things.secret).into()]),
        ("broken UTF-8", vec![b"Bearer \xff\xfe".to_vec()]),
        ("a very long key", vec![format!("Bearer {}", "a".repeat(60_000)).into()]),
        ("two keys", vec![world.authorization.clone().into(), world.authorization.clone().into()]),
    ];
    for operation in world.operations.iter().filter(|operation| operation.authenticated) {
        for (what, values) in &wrong {
            let mut call = world.valid(operation);
            call.headers.retain(|(name, _)| name != header::AUTHORIZATION);
            for value in values {
                call = call.header(header::AUTHORIZATION, value);
            }
            world.refused(what, Some(operation), &call, 401).await;
            call.body = b"{".to_vec();
            call.path.push_str("?nonsense");
            world.refused(&format!("{what} and a broken body"), Some(operation), &call, 401).await;
        }
    }
    world.finish();
}
