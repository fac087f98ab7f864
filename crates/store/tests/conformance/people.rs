//! Users and sessions, which nothing writes yet.

use crate::fixtures::{BY_ID_AND_TIME, World, assert_pages, at, execute, literal, try_execute, uuid};
use lockwork_model::ids::{SessionId, UserId};
use lockwork_model::page::PageRequest;
use lockwork_model::sessions::Session;
use lockwork_model::users::User;
use lockwork_testkit::on_both;

async fn insert_user(world: &World, email: &str, display_name: Option<&str>, time: i64) -> User {
    let user = User {
        id: UserId::from_uuid(uuid()),
        organization: world.organization.id,
        email: email.into(),
        display_name: display_name.map(Into::into),
        owner: display_name.is_some(),
        created_at: at(time),
        updated_at: at(time + 1),
    };
    let sql = format!(
        "INSERT INTO users (id, project_id, organization_id, email, display_name, is_owner, created_at, updated_at)
         SELECT {}, project_id, id, '{email}', {}, {}, {}, {} FROM organizations WHERE id = {}",
        literal(&world.store, user.id.uuid()),
        display_name.map_or("NULL".into(), |name| format!("'{name}'")),
        if user.owner { "TRUE" } else { "FALSE" },
        user.created_at.as_micros(),
        user.updated_at.as_micros(),
        literal(&world.store, user.organization.uuid()),
    );
    execute(&world.store, &sql).await;
    user
}

async fn insert_session(world: &World, user: &User, time: i64, revoked: bool) -> Session {
    let session = Session {
        id: SessionId::from_uuid(uuid()),
        user: user.id,
        primary_auth_factor: 2,
        revoked,
        created_at: at(time),
        last_active_at: at(time + 1),
        expires_at: at(time + 2),
    };
    let id = literal(&world.store, session.id.uuid());
    let hash = match &world.store {
        _ if revoked => "NULL".to_owned(),
        lockwork_store::Store::Sqlite { .. } => id.clone(),
        lockwork_store::Store::Postgres(_) => format!("'\\x{}'", session.id.uuid().simple()),
    };
    let sql = format!(
        "INSERT INTO sessions (id, project_id, user_id, primary_auth_factor, refresh_token_hash, created_at,
             last_active_at, expires_at)
         SELECT {id}, project_id, id, 2, {hash}, {}, {}, {} FROM users WHERE id = {}",
        session.created_at.as_micros(),
        session.last_active_at.as_micros(),
        session.expires_at.as_micros(),
        literal(&world.store, user.id.uuid()),
    );
    execute(&world.store, &sql).await;
    session
}

on_both! {
    async fn users_are_found_and_listed_by_organization(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let mut rows = Vec::new();
        for (index, time) in [3, 1, 2, 1].into_iter().enumerate() {
            let name = (index % 2 == 0).then_some("Ada");
            rows.push(insert_user(&world, &format!("{index}@example.com"), name, time).await);
        }
        let theirs = insert_user(&other, "0@example.com", None, 1).await;
        let mut conn = world.read().await;
        assert_eq!(conn.users(&world.scope).find(rows[0].id).await.unwrap().as_ref(), Some(&rows[0]));
        assert_eq!(conn.users(&world.scope).find(theirs.id).await.unwrap(), None);
        let page = PageRequest::default();
        let abroad = conn.users(&world.scope).list(Some(other.organization.id), &page).await.unwrap();
        assert_eq!(abroad.items, []);
        let order = |row: &User| (row.created_at, String::new(), row.id.uuid());
        for organization in [None, Some(world.organization.id)] {
            assert_pages(&rows, BY_ID_AND_TIME, order, async |page| {
                world.read().await.users(&world.scope).list(organization, page).await.unwrap()
            })
            .await;
        }
    }

    async fn sessions_are_found_and_listed_by_user(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (ada, bob) = (insert_user(&world, "a", None, 1).await, insert_user(&world, "b", None, 1).await);
        let mut rows = Vec::new();
        for (time, revoked) in [(3, false), (1, true), (2, true), (1, false)] {
            rows.push(insert_session(&world, &ada, time, revoked).await);
        }
        let of_bob = insert_session(&world, &bob, 1, false).await;
        let user = insert_user(&other, "a", None, 1).await;
        let theirs = insert_session(&other, &user, 1, false).await;
        let mut conn = world.read().await;
        assert_eq!(conn.sessions(&world.scope).find(of_bob.id).await.unwrap(), Some(of_bob));
        assert_eq!(conn.sessions(&world.scope).find(theirs.id).await.unwrap(), None);
        let page = PageRequest::default();
        assert_eq!(conn.sessions(&world.scope).list(None, &page).await.unwrap().items.len(), 5);
        assert_eq!(conn.sessions(&world.scope).list(Some(user.id), &page).await.unwrap().items, []);
        let order = |row: &Session| (row.created_at, String::new(), row.id.uuid());
        assert_pages(&rows, BY_ID_AND_TIME, order, async |page| {
            world.read().await.sessions(&world.scope).list(Some(ada.id), page).await.unwrap()
        })
        .await;
    }

    async fn people_go_with_their_organization(db: TestDatabase) {
        let world = World::of(&db).await;
        let user = insert_user(&world, "a@example.com", None, 1).await;
        insert_session(&world, &user, 1, false).await;
        let mut tx = world.begin().await;
        tx.organizations(&world.scope).delete(world.organization.id).await.unwrap();
        tx.commit_unaudited(at(1)).await.unwrap();
        assert_eq!((world.count("users").await, world.count("sessions").await), (0, 0));
    }

    async fn a_session_cannot_be_of_another_project_than_its_user(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let user = insert_user(&world, "a@example.com", None, 1).await;
        insert_session(&world, &user, 1, true).await;
        let stray = format!("UPDATE sessions SET project_id = {}", literal(&world.store, other.project.id.uuid()));
        let refused = try_execute(&world.store, &stray).await.unwrap_err();
        assert!(refused.as_database_error().unwrap().is_foreign_key_violation(), "{refused}");
    }
}
