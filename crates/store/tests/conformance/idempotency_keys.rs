use crate::fixtures::{World, at, bytes, uuid};
use lockwork_model::ids::ApiKeyId;
use lockwork_store::StoreError;
use lockwork_store::idempotency_keys::IdempotentRequest;
use lockwork_testkit::on_both;

fn request(time: i64) -> IdempotentRequest {
    IdempotentRequest {
        operation: "api_keys.create".into(),
        key_hash: bytes(),
        request_hash: bytes(),
        api_key: ApiKeyId::from_uuid(uuid()),
        sealed_secret: Some(vec![1, 2, 3]),
        created_at: at(time),
    }
}

async fn insert(world: &World, request: &IdempotentRequest) -> Result<(), StoreError> {
    let mut tx = world.begin().await;
    tx.idempotency_keys(&world.scope).insert(request).await?;
    tx.commit_unaudited(at(0)).await
}

async fn find(world: &World, request: &IdempotentRequest) -> Option<IdempotentRequest> {
    let mut conn = world.read().await;
    conn.idempotency_keys(&world.scope).find(&request.operation, &request.key_hash).await.unwrap()
}

on_both! {
    async fn a_request_is_found_by_its_operation_and_key_in_its_project_alone(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let first = request(1);
        insert(&world, &first).await.unwrap();
        assert_eq!(find(&world, &first).await.as_ref(), Some(&first));
        assert_eq!(find(&other, &first).await, None);
        assert_eq!(find(&world, &request(1)).await, None);
        let other_operation = IdempotentRequest { operation: "api_keys.rotate".into(), sealed_secret: None, ..first.clone() };
        assert_eq!(find(&world, &other_operation).await, None);
        insert(&world, &other_operation).await.unwrap();
        insert(&other, &first).await.unwrap();
        assert_eq!(find(&world, &other_operation).await, Some(other_operation));
    }

    async fn of_two_requests_with_one_key_at_once_one_is_made(db: TestDatabase) {
        let world = World::of(&db).await;
        let first = request(1);
        let second = IdempotentRequest { api_key: ApiKeyId::from_uuid(uuid()), ..first.clone() };
        let (a, b) = tokio::join!(insert(&world, &first), insert(&world, &second));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let refused = a.and(b).unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused:?}");
        assert!(find(&world, &first).await.is_some());
    }

    async fn secrets_are_forgotten_before_the_requests_are(db: TestDatabase) {
        let world = World::of(&db).await;
        let (old, new) = (request(1), request(2));
        for request in [&old, &new] {
            insert(&world, request).await.unwrap();
        }
        let mut tx = world.begin().await;
        assert_eq!(tx.system().forget_sealed_secrets(at(2)).await.unwrap(), 1);
        assert_eq!(tx.system().forget_sealed_secrets(at(2)).await.unwrap(), 0);
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(find(&world, &old).await, Some(IdempotentRequest { sealed_secret: None, ..old.clone() }));
        assert_eq!(find(&world, &new).await.as_ref(), Some(&new));
        let mut tx = world.begin().await;
        assert_eq!(tx.system().prune_idempotency_keys(at(2)).await.unwrap(), 1);
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!((find(&world, &old).await, find(&world, &new).await.as_ref()), (None, Some(&new)));
    }
}
