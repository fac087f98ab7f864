use crate::fixtures::{BY_ID_AND_TIME, World, assert_pages, at, role};
use crate::people::assignment;
use lockwork_model::page::PageRequest;
use lockwork_model::user_role_assignments::UserRoleAssignment;
use lockwork_store::StoreError;
use lockwork_store::user_role_assignments::UserRoleAssignmentFilter;
use lockwork_testkit::on_both;

on_both! {
    async fn a_role_is_given_once_however_often_it_is_given(db: TestDatabase) {
        let world = World::of(&db).await;
        let ada = world.a_user("ada@example.com").await;
        let shared = role(None, "Shared");
        world.insert_role(&shared, &[]).await;
        let (first, again) = (assignment(&ada, shared.id), assignment(&ada, shared.id));
        let mut tx = world.begin().await;
        let mut assignments = tx.user_role_assignments(&world.scope);
        assert_eq!(assignments.insert(&first).await.unwrap(), first);
        assert_eq!(assignments.insert(&again).await.unwrap(), first);
        assert_eq!(assignments.find(first.id).await.unwrap(), Some(first));
        assert_eq!(assignments.find(again.id).await.unwrap(), None);
        assignments.delete(first.id).await.unwrap();
        assert_eq!(assignments.insert(&again).await.unwrap(), again);
    }

    async fn a_role_of_another_organization_or_project_is_given_to_nobody(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let elsewhere = world.another_organization("Elsewhere").await;
        let (ada, stranger) = (world.a_user("ada@example.com").await, other.a_user("ada@example.com").await);
        let (own, shared) = (role(Some(world.organization.id), "Own"), role(None, "Shared"));
        let (of_elsewhere, theirs) = (role(Some(elsewhere.id), "Elsewhere"), role(None, "Theirs"));
        for role in [&own, &shared, &of_elsewhere] {
            world.insert_role(role, &[]).await;
        }
        other.insert_role(&theirs, &[]).await;
        for (user, role) in [(&ada, &of_elsewhere), (&ada, &theirs), (&stranger, &shared), (&stranger, &theirs)] {
            let mut tx = world.begin().await;
            let refused = tx.user_role_assignments(&world.scope).insert(&assignment(user, role.id)).await;
            assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
        }
        for role in [&own, &shared] {
            world.insert_assignment(&assignment(&ada, role.id)).await;
        }
        assert_eq!(world.count("user_role_assignments").await, 2);
    }

    async fn assignments_are_listed_by_user_by_role_and_all(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (ada, bob) = (world.a_user("ada@example.com").await, world.a_user("bob@example.com").await);
        let stranger = other.a_user("ada@example.com").await;
        let theirs = role(None, "Theirs");
        other.insert_role(&theirs, &[]).await;
        other.insert_assignment(&assignment(&stranger, theirs.id)).await;
        let mut rows = Vec::new();
        for (name, time) in [("a", 3), ("b", 1), ("c", 1)] {
            let role = role(None, name);
            world.insert_role(&role, &[]).await;
            for user in [&ada, &bob] {
                let row = UserRoleAssignment { created_at: at(time), ..assignment(user, role.id) };
                world.insert_assignment(&row).await;
                rows.push(row);
            }
        }
        let key = |row: &UserRoleAssignment| (row.created_at, String::new(), row.id.uuid());
        let role = rows[0].role;
        for (user, role) in [(None, None), (Some(ada.id), None), (None, Some(role)), (Some(ada.id), Some(role))] {
            let filter = UserRoleAssignmentFilter { user, role };
            let fits = |row: &&UserRoleAssignment| {
                user.is_none_or(|user| row.user == user) && role.is_none_or(|role| row.role == role)
            };
            let wanted: Vec<_> = rows.iter().filter(fits).copied().collect();
            assert_pages(&wanted, BY_ID_AND_TIME, key, async |page| {
                world.read().await.user_role_assignments(&world.scope).list(&filter, page).await.unwrap()
            })
            .await;
        }
        let filter = UserRoleAssignmentFilter { user: Some(stranger.id), role: None };
        let mut conn = world.read().await;
        let page = conn.user_role_assignments(&world.scope).list(&filter, &PageRequest::default()).await.unwrap();
        assert_eq!(page.items, []);
    }

    async fn an_assignment_goes_with_its_role(db: TestDatabase) {
        let world = World::of(&db).await;
        let ada = world.a_user("ada@example.com").await;
        let own = role(Some(world.organization.id), "Own");
        world.insert_role(&own, &[]).await;
        world.insert_assignment(&assignment(&ada, own.id)).await;
        let mut tx = world.begin().await;
        tx.roles(&world.scope).delete(own.id).await.unwrap();
        tx.commit_unaudited(at(1)).await.unwrap();
        assert_eq!(world.count("user_role_assignments").await, 0);
    }
}
