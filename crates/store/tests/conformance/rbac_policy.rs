use crate::fixtures::{World, action, at, role};
use lockwork_model::rbac_policy::Action;
use lockwork_store::StoreError;
use lockwork_testkit::on_both;

async fn list(world: &World) -> Vec<Action> {
    world.read().await.rbac_policy(&world.scope).list().await.unwrap()
}

on_both! {
    async fn actions_come_sorted_by_name_each_project_its_own(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let c = world.insert_action("acme.widgets.c").await;
        let a = world.insert_action("acme.widgets.a").await;
        let theirs = other.insert_action("acme.widgets.b").await;
        assert_eq!(list(&world).await, [a, c]);
        assert_eq!(list(&other).await, [theirs]);
    }

    async fn an_upsert_writes_the_description_back(db: TestDatabase) {
        let world = World::of(&db).await;
        let action = world.insert_action("acme.widgets.a").await;
        let changed = Action { description: String::new(), ..action };
        let mut tx = world.begin().await;
        tx.rbac_policy(&world.scope).upsert(&changed).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(list(&world).await, [changed]);
    }

    async fn a_name_comes_once_in_a_project(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        world.insert_action("acme.widgets.a").await;
        other.insert_action("acme.widgets.a").await;
        let mut tx = world.begin().await;
        let twice = tx.rbac_policy(&world.scope).upsert(&action("acme.widgets.a")).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
    }

    async fn a_deleted_action_is_taken_from_all_that_had_it(db: TestDatabase) {
        let world = World::of(&db).await;
        let (a, b) = (world.insert_action("acme.widgets.a").await, world.insert_action("acme.widgets.b").await);
        let (key, role) = (world.key(), role(None, "Role"));
        world.insert_key(&key, &[a.id, b.id]).await;
        world.insert_role(&role, &[a.id, b.id]).await;
        let mut tx = world.begin().await;
        tx.rbac_policy(&world.scope).delete(a.id).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        let mut conn = world.read().await;
        assert_eq!(conn.api_keys(&world.scope).grants(&key, at(0)).await.unwrap().actions, std::slice::from_ref(&b.name));
        assert_eq!(conn.roles(&world.scope).find(role.id).await.unwrap().unwrap().actions, [b.name]);
    }

    async fn another_project_s_action_is_out_of_reach(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let theirs = other.insert_action("acme.widgets.a").await;
        let mut tx = world.begin().await;
        let mut policy = tx.rbac_policy(&world.scope);
        policy.delete(theirs.id).await.unwrap();
        policy.upsert(&Action { description: "Stolen".into(), ..theirs.clone() }).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(list(&other).await, std::slice::from_ref(&theirs));
        assert_eq!(list(&world).await, []);

        let mut tx = world.begin().await;
        let given = tx.api_keys(&world.scope).insert(&world.key(), &[theirs.id]).await;
        assert!(matches!(given, Err(StoreError::Dangling(_))), "{given:?}");
        drop(tx);
        let mut tx = world.begin().await;
        let given = tx.roles(&world.scope).insert(&role(None, "Role"), &[theirs.id]).await;
        assert!(matches!(given, Err(StoreError::Dangling(_))), "{given:?}");
    }
}
