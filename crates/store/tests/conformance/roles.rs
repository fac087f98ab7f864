use crate::fixtures::{BY_ALL, ROWS, World, assert_pages, at, role};
use lockwork_model::ids::OrganizationId;
use lockwork_model::page::PageRequest;
use lockwork_model::roles::Role;
use lockwork_store::StoreError;
use lockwork_store::roles::RoleFilter;
use lockwork_testkit::on_both;

async fn find(world: &World, role: &Role) -> Option<Role> {
    world.read().await.roles(&world.scope).find(role.id).await.unwrap()
}

on_both! {
    async fn a_role_is_found_with_its_actions_sorted_by_name(db: TestDatabase) {
        let world = World::of(&db).await;
        let (b, a) = (world.insert_action("acme.widgets.b").await, world.insert_action("acme.widgets.a").await);
        let role = role(Some(world.organization.id), "Role");
        world.insert_role(&role, &[b.id, a.id]).await;
        let wanted = Role { actions: vec![a.name, b.name], ..role };
        assert_eq!(find(&world, &wanted).await.as_ref(), Some(&wanted));
        let mut tx = world.begin().await;
        assert_eq!(tx.roles(&world.scope).find_for_update(wanted.id).await.unwrap(), Some(wanted));
    }

    async fn an_update_keeps_the_actions_unless_it_replaces_them(db: TestDatabase) {
        let world = World::of(&db).await;
        let (a, b) = (world.insert_action("acme.widgets.a").await, world.insert_action("acme.widgets.b").await);
        let role = role(None, "Role");
        world.insert_role(&role, &[a.id]).await;
        let update = async |role: &Role, actions: Option<&[_]>| {
            let mut tx = world.begin().await;
            tx.roles(&world.scope).update(role, actions).await.unwrap();
            tx.commit_unaudited(at(0)).await.unwrap();
        };
        let renamed = Role { display_name: "Renamed".into(), description: String::new(), updated_at: at(50), ..role };
        update(&renamed, None).await;
        let wanted = Role { actions: vec![a.name], ..renamed.clone() };
        assert_eq!(find(&world, &renamed).await, Some(wanted));
        update(&renamed, Some(&[b.id])).await;
        assert_eq!(find(&world, &renamed).await.unwrap().actions, [b.name]);
        update(&renamed, Some(&[])).await;
        assert_eq!(find(&world, &renamed).await.unwrap().actions, []);
    }

    async fn pages_follow_on_each_other_in_every_order(db: TestDatabase) {
        let world = World::of(&db).await;
        let action = world.insert_action("acme.widgets.a").await;
        for organization in [None, Some(world.organization.id)] {
            let mut rows = Vec::new();
            for (name, time) in ROWS {
                let row = Role { created_at: at(time), ..role(organization, name) };
                world.insert_role(&row, &[action.id]).await;
                rows.push(Role { actions: vec![action.name.clone()], ..row });
            }
            let key = |row: &Role| (row.created_at, row.display_name.clone(), row.id.uuid());
            let filter = RoleFilter { organization, display_name: None };
            assert_pages(&rows, BY_ALL, key, async |page| {
                world.read().await.roles(&world.scope).list(filter.clone(), page).await.unwrap()
            })
            .await;
        }
    }

    async fn roles_are_listed_by_organization_and_name(db: TestDatabase) {
        let world = World::of(&db).await;
        let (shared, own) = (role(None, "Admin"), role(Some(world.organization.id), "Admin"));
        let quiet = role(None, "admin");
        for role in [&shared, &own, &quiet] {
            world.insert_role(role, &[]).await;
        }
        let list = async |organization: Option<OrganizationId>, name: Option<&str>| {
            let filter = RoleFilter { organization, display_name: name.map(Into::into) };
            let page = world.read().await.roles(&world.scope).list(filter, &PageRequest::default()).await.unwrap();
            page.items
        };
        assert_eq!(list(None, Some("Admin")).await, [shared]);
        assert_eq!(list(None, None).await.len(), 2);
        assert_eq!(list(Some(world.organization.id), None).await, [own]);
        assert_eq!(list(Some(world.organization.id), Some("admin")).await, []);
    }

    async fn another_project_s_role_is_out_of_reach(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let action = other.insert_action("acme.widgets.a").await;
        let theirs = role(None, "Theirs");
        other.insert_role(&theirs, &[action.id]).await;
        let wanted = Role { actions: vec![action.name.clone()], ..theirs.clone() };

        assert_eq!(find(&world, &theirs).await, None);
        let page = PageRequest::default();
        assert_eq!(world.read().await.roles(&world.scope).list(RoleFilter::default(), &page).await.unwrap().items, []);
        let mut tx = world.begin().await;
        let mut mine = tx.roles(&world.scope);
        assert_eq!(mine.find_for_update(theirs.id).await.unwrap(), None);
        mine.update(&Role { display_name: "Stolen".into(), ..theirs.clone() }, Some(&[])).await.unwrap();
        mine.delete(theirs.id).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(find(&other, &theirs).await, Some(wanted));

        let mut tx = world.begin().await;
        let foreign = tx.roles(&world.scope).insert(&role(Some(other.organization.id), "Spy"), &[]).await;
        assert!(matches!(foreign, Err(StoreError::Dangling(_))), "{foreign:?}");
    }

    async fn an_action_comes_once_in_a_role(db: TestDatabase) {
        let world = World::of(&db).await;
        let action = world.insert_action("acme.widgets.a").await;
        let mut tx = world.begin().await;
        let twice = tx.roles(&world.scope).insert(&role(None, "Role"), &[action.id, action.id]).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
    }

    async fn a_deleted_role_is_gone(db: TestDatabase) {
        let world = World::of(&db).await;
        let role = role(None, "Role");
        world.insert_role(&role, &[]).await;
        let mut tx = world.begin().await;
        tx.roles(&world.scope).delete(role.id).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(find(&world, &role).await, None);
    }
}
