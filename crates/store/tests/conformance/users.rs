use crate::fixtures::{BY_ID_AND_TIME, World, assert_pages, at, execute, role};
use crate::people::{assignment, email, invite, passkey, session, user};
use lockwork_model::page::PageRequest;
use lockwork_model::providers::Provider;
use lockwork_model::users::{ExternalIds, User};
use lockwork_store::StoreError;
use lockwork_store::users::UserFilter;
use lockwork_testkit::on_both;

fn externals() -> ExternalIds {
    ExternalIds { google: Some("g-1".into()), microsoft: Some("m-1".into()), github: Some("h-1".into()) }
}

async fn all(world: &World, filter: UserFilter) -> Vec<User> {
    let page = PageRequest { size: 100, ..PageRequest::default() };
    world.read().await.users(&world.scope).list(&filter, &page).await.unwrap().items
}

on_both! {
    async fn a_user_is_found_as_they_were_written(db: TestDatabase) {
        let world = World::of(&db).await;
        let full = User { external: externals(), ..user(world.organization.id, "ada@example.com") };
        let bare = User {
            display_name: None,
            profile_picture_url: None,
            owner: false,
            ..user(world.organization.id, "bob@example.com")
        };
        for user in [&full, &bare] {
            world.insert_user(user).await;
            assert_eq!(world.read().await.users(&world.scope).find(user.id).await.unwrap().as_ref(), Some(user));
            let mut tx = world.begin().await;
            assert_eq!(tx.users(&world.scope).find_for_update(user.id).await.unwrap().as_ref(), Some(user));
        }
    }

    async fn a_user_is_found_by_address_and_by_each_id_at_a_provider_in_their_organization(db: TestDatabase) {
        let world = World::of(&db).await;
        let elsewhere = world.another_organization("Elsewhere").await;
        let ada = User { external: externals(), ..user(world.organization.id, "ada@example.com") };
        let twin = User { organization: elsewhere.id, ..User { id: user(elsewhere.id, "x@example.com").id, ..ada.clone() } };
        world.insert_user(&ada).await;
        world.insert_user(&twin).await;
        let mut conn = world.read().await;
        let mut users = conn.users(&world.scope);
        for wanted in [&ada, &twin] {
            let organization = wanted.organization;
            let found = users.find_by_email(organization, &ada.email).await.unwrap();
            assert_eq!(found.as_ref(), Some(wanted));
            for (provider, id) in [(Provider::Google, "g-1"), (Provider::Microsoft, "m-1"), (Provider::Github, "h-1")] {
                let found = users.find_by_external(organization, provider, id).await.unwrap();
                assert_eq!(found.as_ref(), Some(wanted));
            }
            assert_eq!(users.find_by_external(organization, Provider::Google, "m-1").await.unwrap(), None);
            assert_eq!(users.find_by_email(organization, &email("eve@example.com")).await.unwrap(), None);
        }
        let mut both = [ada, twin];
        both.sort_by_key(|user| user.id);
        assert_eq!(users.of_email(&both[0].email).await.unwrap(), both);
    }

    async fn an_address_and_an_id_at_a_provider_come_once_in_an_organization(db: TestDatabase) {
        let world = World::of(&db).await;
        let ada = User { external: externals(), ..user(world.organization.id, "ada@example.com") };
        world.insert_user(&ada).await;
        let of = |external| User { external, ..user(world.organization.id, "bob@example.com") };
        let none = ExternalIds::default();
        for twin in [
            user(world.organization.id, "ada@example.com"),
            of(ExternalIds { google: Some("g-1".into()), ..none.clone() }),
            of(ExternalIds { microsoft: Some("m-1".into()), ..none.clone() }),
            of(ExternalIds { github: Some("h-1".into()), ..none.clone() }),
        ] {
            let mut tx = world.begin().await;
            let refused = tx.users(&world.scope).insert(&twin).await;
            assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        }
        let bob = of(ExternalIds { google: Some("h-1".into()), ..none });
        world.insert_user(&bob).await;
        let mut tx = world.begin().await;
        let refused = tx.users(&world.scope).update(&User { email: ada.email, ..bob }).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    }

    async fn an_update_writes_all_but_the_credentials_back(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (ada, theirs) = (world.a_user("ada@example.com").await, other.a_user("ada@example.com").await);
        let changed = User {
            email: email("ada@example.org"),
            display_name: None,
            profile_picture_url: None,
            owner: false,
            external: externals(),
            updated_at: at(99),
            ..ada.clone()
        };
        let mut tx = world.begin().await;
        tx.users(&world.scope).set_password(ada.id, Some("$argon2id$"), at(98)).await.unwrap();
        tx.users(&world.scope).update(&changed).await.unwrap();
        tx.users(&world.scope).update(&User { owner: false, ..theirs.clone() }).await.unwrap();
        tx.commit_unaudited(at(99)).await.unwrap();
        let mut conn = world.read().await;
        let found = conn.users(&world.scope).find(ada.id).await.unwrap();
        assert_eq!(found, Some(User { has_password: true, ..changed }));
        assert_eq!(conn.users(&other.scope).find(theirs.id).await.unwrap(), Some(theirs));
    }

    async fn pages_follow_on_each_other_in_every_order(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let elsewhere = world.another_organization("Elsewhere").await;
        let mut rows = Vec::new();
        for (index, time) in [3, 1, 2, 1].into_iter().enumerate() {
            let row = User { created_at: at(time), ..user(world.organization.id, &format!("{index}@example.com")) };
            world.insert_user(&row).await;
            rows.push(row);
        }
        let stranger = other.a_user("0@example.com").await;
        let key = |row: &User| (row.created_at, String::new(), row.id.uuid());
        let filter = UserFilter { organization: Some(world.organization.id), ..UserFilter::default() };
        assert_pages(&rows, BY_ID_AND_TIME, key, async |page| {
            world.read().await.users(&world.scope).list(&filter, page).await.unwrap()
        })
        .await;
        let abroad = UserFilter { organization: Some(other.organization.id), ..UserFilter::default() };
        assert_eq!(all(&world, abroad).await, []);
        let moved = user(elsewhere.id, "0@example.com");
        world.insert_user(&moved).await;
        rows.push(moved);
        assert_pages(&rows, BY_ID_AND_TIME, key, async |page| {
            world.read().await.users(&world.scope).list(&UserFilter::default(), page).await.unwrap()
        })
        .await;
        assert_eq!(world.read().await.users(&world.scope).find(stranger.id).await.unwrap(), None);
    }

    async fn filters_narrow_the_list(db: TestDatabase) {
        let world = World::of(&db).await;
        let elsewhere = world.another_organization("Elsewhere").await;
        let ada = world.a_user("ada@example.com").await;
        let bob = User { display_name: Some("Bob 50% O'Neil".into()), ..user(elsewhere.id, "bob_x@example.com") };
        world.insert_user(&bob).await;
        let nameless = User { display_name: None, ..user(elsewhere.id, "ada@example.com") };
        world.insert_user(&nameless).await;
        let any = UserFilter::default;
        let named = |address: &str| UserFilter { email: Some(email(address)), ..any() };
        let search = |text: &str| UserFilter { search: Some(text.into()), ..any() };
        assert_eq!(all(&world, named("ada@example.com")).await.len(), 2);
        let both = UserFilter { organization: Some(elsewhere.id), ..named("ada@example.com") };
        assert_eq!(all(&world, both).await, std::slice::from_ref(&nameless));
        assert_eq!(all(&world, named("ada@example.co")).await, []);
        assert_eq!(all(&world, search("LOVELACE")).await, std::slice::from_ref(&ada));
        assert_eq!(all(&world, search("bob_")).await, std::slice::from_ref(&bob));
        assert_eq!(all(&world, search("a_a")).await, []);
        assert_eq!(all(&world, search("50% o'")).await, std::slice::from_ref(&bob));
        assert_eq!(all(&world, search("@example")).await.len(), 3);
    }

    async fn owners_are_counted_in_each_organization(db: TestDatabase) {
        let world = World::of(&db).await;
        let elsewhere = world.another_organization("Elsewhere").await;
        world.a_user("ada@example.com").await;
        world.a_user("bob@example.com").await;
        world.insert_user(&User { owner: false, ..user(elsewhere.id, "ada@example.com") }).await;
        let mut conn = world.read().await;
        assert_eq!(conn.users(&world.scope).owners(world.organization.id).await.unwrap(), 2);
        assert_eq!(conn.users(&world.scope).owners(elsewhere.id).await.unwrap(), 0);
    }

    async fn a_user_holds_what_all_of_their_roles_grant_once_and_sorted(db: TestDatabase) {
        let world = World::of(&db).await;
        let (ada, bob) = (world.a_user("ada@example.com").await, world.a_user("bob@example.com").await);
        let [read, write] = [world.insert_action("acme.b.read").await, world.insert_action("acme.a.write").await];
        let (reader, both) = (role(None, "Reader"), role(Some(world.organization.id), "Both"));
        world.insert_role(&reader, &[read.id]).await;
        world.insert_role(&both, &[read.id, write.id]).await;
        for role in [&reader, &both] {
            world.insert_assignment(&assignment(&ada, role.id)).await;
        }
        world.insert_assignment(&assignment(&bob, reader.id)).await;
        let mut conn = world.read().await;
        let held = conn.users(&world.scope).held_actions(ada.id).await.unwrap();
        assert_eq!(held, [(write.id, write.name), (read.id, read.name.clone())]);
        assert_eq!(conn.users(&world.scope).held_actions(bob.id).await.unwrap(), [(read.id, read.name)]);
    }

    async fn removing_a_user_removes_all_that_is_theirs(db: TestDatabase) {
        let world = World::of(&db).await;
        let (ada, bob) = (world.a_user("ada@example.com").await, world.a_user("bob@example.com").await);
        let shared = role(None, "Shared");
        world.insert_role(&shared, &[]).await;
        for user in [&ada, &bob] {
            world.insert_session(&session(user)).await;
            world.insert_passkey(&passkey(user)).await;
            world.insert_assignment(&assignment(user, shared.id)).await;
            let mut tx = world.begin().await;
            let codes = [crate::fixtures::hash()];
            tx.users(&world.scope).set_authenticator(user.id, Some((b"sealed", 1)), &codes, at(1)).await.unwrap();
            tx.commit_unaudited(at(1)).await.unwrap();
        }
        let mut tx = world.begin().await;
        tx.users(&world.scope).delete(ada.id).await.unwrap();
        tx.commit_unaudited(at(1)).await.unwrap();
        for table in ["users", "sessions", "passkeys", "user_role_assignments", "recovery_codes"] {
            assert_eq!(world.count(table).await, 1, "{table}");
        }
        assert_eq!(world.count("roles").await, 1);
        assert!(world.read().await.users(&world.scope).find(bob.id).await.unwrap().is_some());
    }

    async fn people_go_with_their_organization(db: TestDatabase) {
        let world = World::of(&db).await;
        let ada = world.a_user("ada@example.com").await;
        world.insert_session(&session(&ada)).await;
        world.insert_invite(&invite(world.organization.id, "bob@example.com")).await;
        let mut tx = world.begin().await;
        tx.organizations(&world.scope).delete(world.organization.id).await.unwrap();
        tx.commit_unaudited(at(1)).await.unwrap();
        for table in ["users", "sessions", "user_invites"] {
            assert_eq!(world.count(table).await, 0, "{table}");
        }
    }

    async fn an_address_that_is_none_is_corrupt(db: TestDatabase) {
        let world = World::of(&db).await;
        let ada = world.a_user("ada@example.com").await;
        execute(&world.store, "UPDATE users SET email = 'ada'").await;
        let error = world.read().await.users(&world.scope).find(ada.id).await.unwrap_err();
        assert_eq!(error.to_string(), format!("users row {}: column email is corrupt", ada.id.uuid()));
    }
}
