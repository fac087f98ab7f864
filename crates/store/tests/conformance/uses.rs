use crate::fixtures::{World, at, follow, uuid};
use lockwork_model::api_keys::ApiKey;
use lockwork_model::ids::ApiKeyId;
use lockwork_store::feed::Feed;
use lockwork_testkit::on_both;

on_both! {
    async fn the_latest_use_counts_whoever_tells_it_first_and_changes_nothing_else(db: TestDatabase) {
        let world = World::of(&db).await;
        let [a, b, c] = [world.key(), world.key(), ApiKey { last_used_at: Some(at(100)), ..world.key() }];
        for key in [&a, &b, &c] {
            world.insert_key(key, &[]).await;
        }
        let mut feed = Feed::now(&world.store).await.unwrap();
        let gone = ApiKeyId::from_uuid(uuid());
        let mut recorded = Vec::new();
        for uses in [
            vec![(a.id, at(10)), (b.id, at(11)), (gone, at(12)), (c.id, at(50))],
            vec![(a.id, at(30)), (a.id, at(20)), (b.id, at(11)), (c.id, at(101))],
            vec![(a.id, at(29))],
            vec![],
        ] {
            let mut tx = world.begin().await;
            recorded.push(tx.system().record_use(&uses).await.unwrap());
            tx.commit_unaudited(at(0)).await.unwrap();
        }
        assert_eq!(recorded, [2, 2, 0, 0]);
        for (key, time) in [(a, 30), (b, 11), (c, 101)] {
            assert_eq!(world.find_key(key.id).await, Some(ApiKey { last_used_at: Some(at(time)), ..key }));
        }
        assert_eq!(follow(&mut feed, &world.store).await, []);
    }

    async fn nodes_may_record_the_same_keys_at_once(db: TestDatabase) {
        let world = World::of(&db).await;
        let keys: Vec<ApiKey> = (0..50).map(|_| world.key()).collect();
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).seed(&keys).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        let record = async |time: i64, backwards: bool| {
            let mut uses: Vec<_> = keys.iter().map(|key| (key.id, at(time))).collect();
            if backwards {
                uses.reverse();
            }
            let mut tx = world.begin().await;
            tx.system().record_use(&uses).await.unwrap();
            tx.commit_unaudited(at(0)).await.unwrap();
        };
        for round in 0..10 {
            tokio::join!(record(round * 3, false), record(round * 3 + 2, true), record(round * 3 + 1, false));
        }
        for key in keys {
            assert_eq!(world.find_key(key.id).await.unwrap().last_used_at, Some(at(29)));
        }
    }
}
