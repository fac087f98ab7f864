use crate::fixtures::{BY_ID_AND_TIME, World, assert_pages, at, role, uuid};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::ids::{ApiKeyId, ApiKeyRoleAssignmentId, RoleId};
use lockwork_store::StoreError;
use lockwork_testkit::on_both;

fn assignment(api_key: ApiKeyId, role: RoleId, time: i64) -> ApiKeyRoleAssignment {
    ApiKeyRoleAssignment {
        id: ApiKeyRoleAssignmentId::from_uuid(uuid()),
        api_key,
        role,
        created_at: at(time),
    }
}

async fn insert(world: &World, assignment: &ApiKeyRoleAssignment) -> Result<(), StoreError> {
    let mut tx = world.begin().await;
    tx.api_key_role_assignments(&world.scope).insert(assignment).await?;
    tx.commit_unaudited(at(0)).await
}

async fn find(world: &World, id: ApiKeyRoleAssignmentId) -> Option<ApiKeyRoleAssignment> {
    world.read().await.api_key_role_assignments(&world.scope).find(id).await.unwrap()
}

/// A key and a role of a world.
async fn pair(world: &World) -> (ApiKeyId, RoleId) {
    let (key, role) = (world.key(), role(None, "Role"));
    world.insert_key(&key, &[]).await;
    world.insert_role(&role, &[]).await;
    (key.id, role.id)
}

on_both! {
    async fn a_role_is_given_once_and_taken_again(db: TestDatabase) {
        let world = World::of(&db).await;
        let (key, role) = pair(&world).await;
        let first = assignment(key, role, 1);
        insert(&world, &first).await.unwrap();
        assert_eq!(find(&world, first.id).await, Some(first));
        let twice = insert(&world, &assignment(key, role, 2)).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
        let mut tx = world.begin().await;
        tx.api_key_role_assignments(&world.scope).delete(&first).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(find(&world, first.id).await, None);
        insert(&world, &assignment(key, role, 2)).await.unwrap();
    }

    async fn pages_follow_on_each_other_in_every_order(db: TestDatabase) {
        let world = World::of(&db).await;
        let (key, _) = pair(&world).await;
        let mut rows = Vec::new();
        for time in [3, 1, 3, 2, 1] {
            let role = role(None, "Role");
            world.insert_role(&role, &[]).await;
            let row = assignment(key, role.id, time);
            insert(&world, &row).await.unwrap();
            rows.push(row);
        }
        let (other_key, role) = pair(&world).await;
        insert(&world, &assignment(other_key, role, 1)).await.unwrap();
        let order = |row: &ApiKeyRoleAssignment| (row.created_at, String::new(), row.id.uuid());
        assert_pages(&rows, BY_ID_AND_TIME, order, async |page| {
            world.read().await.api_key_role_assignments(&world.scope).list(key, page).await.unwrap()
        })
        .await;
    }

    async fn nothing_reaches_from_one_project_into_another(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let ((key, role), (their_key, their_role)) = (pair(&world).await, pair(&other).await);
        let theirs = assignment(their_key, their_role, 1);
        insert(&other, &theirs).await.unwrap();

        assert_eq!(find(&world, theirs.id).await, None);
        let page = lockwork_model::page::PageRequest::default();
        let mut conn = world.read().await;
        let listed = conn.api_key_role_assignments(&world.scope).list(their_key, &page).await.unwrap();
        assert_eq!(listed.items, []);
        let mut tx = world.begin().await;
        tx.api_key_role_assignments(&world.scope).delete(&theirs).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(find(&other, theirs.id).await, Some(theirs));

        for (key, role) in [(key, their_role), (their_key, role), (their_key, their_role)] {
            let refused = insert(&world, &assignment(key, role, 1)).await;
            assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
        }
        let gone = insert(&world, &assignment(key, RoleId::from_uuid(uuid()), 1)).await;
        assert!(matches!(gone, Err(StoreError::Dangling(_))), "{gone:?}");
    }

    async fn a_deleted_role_is_taken_from_its_keys(db: TestDatabase) {
        let world = World::of(&db).await;
        let (key, role) = pair(&world).await;
        insert(&world, &assignment(key, role, 1)).await.unwrap();
        let mut tx = world.begin().await;
        tx.roles(&world.scope).delete(role).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(world.count("api_key_role_assignments").await, 0);
        assert!(world.find_key(key).await.is_some());
    }
}
