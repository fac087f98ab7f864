//! Page tokens that are not this list's.

use crate::queries::{parameters, with_query};
use crate::world::World;
use axum::http::header;
use lockwork_testkit::document::Operation;
use std::collections::BTreeMap;

/// Percent-encodes what stands in page tokens and not in queries.
fn encoded(token: &str) -> String {
    token.replace('=', "%3D")
}

/// The token of each list's second page, in the order that is asked for if the list knows orders.
async fn tokens(world: &World, order: &str) -> BTreeMap<String, String> {
    let mut tokens = BTreeMap::new();
    for operation in lists(world) {
        let mut call = with_query(world.valid(operation), "pageSize=1");
        if parameters(world, operation).iter().any(|(name, _)| name == "orderBy") {
            call = with_query(call, &format!("orderBy={order}"));
        }
        let got = world.send(&call).await;
        let token = got.json["nextPageToken"].as_str().unwrap_or_else(|| {
            panic!("{} has one row only: make more in Things::new in access/requests.rs", operation.id)
        });
        tokens.insert(operation.id.clone(), token.to_owned());
    }
    tokens
}

fn lists(world: &World) -> impl Iterator<Item = &Operation> {
    world.operations.iter().filter(|it| parameters(world, it).iter().any(|(name, _)| name == "pageToken"))
}

#[tokio::test]
async fn a_page_token_that_the_list_did_not_give_out_is_refused() {
    let world = World::new().await;
    let (by_id, by_time) = (tokens(&world, "id").await, tokens(&world, "createTime").await);
    let backwards = tokens(&world, "id%20desc").await;
    for operation in lists(&world) {
        let own = &by_id[&operation.id];
        let mut wrong = vec![
            ("a truncated token", own[..own.len() - 4].to_owned()),
            ("a token with a tail", format!("{own}AAAA")),
            ("a token without padding", own.trim_end_matches('=').to_owned() + "A"),
            ("a token of another case", own.to_lowercase()),
            ("a huge token", "A".repeat(50_000)),
            ("a token of zeros", "A".repeat(own.len())),
        ];
        for list in lists(&world).filter(|list| list.id != operation.id) {
            wrong.push(("another list's token", by_id[&list.id].clone()));
        }
        if parameters(&world, operation).iter().any(|(name, _)| name == "orderBy") {
            wrong.push(("another order's token", by_time[&operation.id].clone()));
            wrong.push(("a token of the other direction", backwards[&operation.id].clone()));
        }
        let ask = |token: &str| {
            let call = with_query(world.valid(operation), &format!("pageToken={}", encoded(token)));
            let ordered = parameters(&world, operation).iter().any(|(name, _)| name == "orderBy");
            if ordered { with_query(call, "orderBy=id") } else { call }
        };
        for (what, token) in &wrong {
            world.refused(what, Some(operation), &ask(token), 400).await;
        }
        assert_eq!(world.send(&ask(own)).await.status, 200, "{}: its own token", operation.id);
        let mut call = ask(own);
        call.headers.retain(|(name, _)| name != header::AUTHORIZATION);
        let call = call.header(header::AUTHORIZATION, &world.other_authorization);
        world.refused("another project's token", Some(operation), &call, 400).await;
    }
    world.finish();
}
