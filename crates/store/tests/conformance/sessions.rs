use crate::fixtures::{BY_ID_AND_TIME, World, assert_pages, at, execute, hash, literal, try_execute, uuid};
use crate::people::session;
use lockwork_model::ids::UserId;
use lockwork_model::page::PageRequest;
use lockwork_model::sessions::{PrimaryAuthFactor, Session};
use lockwork_store::StoreError;
use lockwork_store::sessions::SessionFilter;
use lockwork_testkit::on_both;

on_both! {
    async fn a_session_is_found_as_it_was_written(db: TestDatabase) {
        let world = World::of(&db).await;
        let ada = world.a_user("ada@example.com").await;
        let impersonated = Session {
            primary_auth_factor: PrimaryAuthFactor::Impersonation,
            impersonator: Some(UserId::from_uuid(uuid())),
            ..session(&ada)
        };
        for session in [session(&ada), impersonated] {
            world.insert_session(&session).await;
            let mut tx = world.begin().await;
            let mut sessions = tx.sessions(&world.scope);
            assert_eq!(sessions.find(session.id).await.unwrap().as_ref(), Some(&session));
            assert_eq!(sessions.find_for_update(session.id).await.unwrap(), Some(session));
        }
    }

    async fn a_session_is_of_a_user_of_its_own_project(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let stranger = other.a_user("ada@example.com").await;
        let mut tx = world.begin().await;
        let refused = tx.sessions(&world.scope).insert(&session(&stranger), &hash(), None).await;
        assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
        drop(tx);
        other.insert_session(&session(&stranger)).await;
        let stray = format!("UPDATE sessions SET project_id = {}", literal(&world.store, world.project.id.uuid()));
        let refused = try_execute(&world.store, &stray).await.unwrap_err();
        assert!(refused.as_database_error().unwrap().is_foreign_key_violation(), "{refused}");
    }

    async fn a_refresh_token_is_of_one_session(db: TestDatabase) {
        let world = World::of(&db).await;
        let ada = world.a_user("ada@example.com").await;
        let refresh = world.insert_session(&session(&ada)).await;
        let mut tx = world.begin().await;
        let refused = tx.sessions(&world.scope).insert(&session(&ada), &refresh, None).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    }

    async fn sessions_are_listed_by_user_and_while_they_are_live(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (ada, bob) = (world.a_user("ada@example.com").await, world.a_user("bob@example.com").await);
        let stranger = other.a_user("ada@example.com").await;
        other.insert_session(&session(&stranger)).await;
        let mut rows = Vec::new();
        for (time, expires) in [(3, 50), (1, 60), (2, 100), (1, 100)] {
            let row = Session { created_at: at(time), expires_at: at(expires), ..session(&ada) };
            world.insert_session(&row).await;
            rows.push(row);
        }
        let mut tx = world.begin().await;
        assert!(tx.sessions(&world.scope).end(rows[2].id, at(40)).await.unwrap());
        tx.commit_unaudited(at(40)).await.unwrap();
        rows[2] = Session { revoked: true, expires_at: at(40), ..rows[2].clone() };
        let of_bob = session(&bob);
        world.insert_session(&of_bob).await;
        let key = |row: &Session| (row.created_at, String::new(), row.id.uuid());
        let of_ada = SessionFilter { user: Some(ada.id), live_at: None };
        let live = SessionFilter { live_at: Some(at(50)), ..of_ada };
        let still: Vec<_> = rows.iter().filter(|row| row.is_live(at(50))).cloned().collect();
        assert_eq!(still.len(), 2);
        for (filter, wanted) in [(of_ada, &rows), (live, &still)] {
            assert_pages(wanted, BY_ID_AND_TIME, key, async |page| {
                world.read().await.sessions(&world.scope).list(&filter, page).await.unwrap()
            })
            .await;
        }
        rows.push(of_bob);
        assert_pages(&rows, BY_ID_AND_TIME, key, async |page| {
            world.read().await.sessions(&world.scope).list(&SessionFilter::default(), page).await.unwrap()
        })
        .await;
        let abroad = SessionFilter { user: Some(stranger.id), live_at: None };
        let mut conn = world.read().await;
        assert_eq!(conn.sessions(&world.scope).list(&abroad, &PageRequest::default()).await.unwrap().items, []);
    }

    async fn an_ended_session_stays_ended(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (ada, stranger) = (world.a_user("ada@example.com").await, other.a_user("ada@example.com").await);
        let (mine, theirs) = (session(&ada), session(&stranger));
        world.insert_session(&mine).await;
        other.insert_session(&theirs).await;
        let used = Session { last_active_at: at(50), expires_at: at(150), ..mine.clone() };
        let mut tx = world.begin().await;
        let mut sessions = tx.sessions(&world.scope);
        sessions.update_use(&used).await.unwrap();
        assert_eq!(sessions.find(mine.id).await.unwrap().as_ref(), Some(&used));
        assert!(!sessions.end(theirs.id, at(60)).await.unwrap());
        assert!(sessions.end(mine.id, at(60)).await.unwrap());
        assert!(!sessions.end(mine.id, at(70)).await.unwrap());
        sessions.update_use(&Session { last_active_at: at(80), ..used.clone() }).await.unwrap();
        let ended = Session { revoked: true, expires_at: at(60), ..used };
        assert_eq!(sessions.find(mine.id).await.unwrap(), Some(ended));
        tx.commit_unaudited(at(80)).await.unwrap();
        assert_eq!(world.read().await.sessions(&other.scope).find(theirs.id).await.unwrap(), Some(theirs));
    }

    async fn every_session_of_a_user_ends_at_once_and_none_of_another(db: TestDatabase) {
        let world = World::of(&db).await;
        let (ada, bob) = (world.a_user("ada@example.com").await, world.a_user("bob@example.com").await);
        for user in [&ada, &ada, &bob] {
            world.insert_session(&session(user)).await;
        }
        let over = Session { expires_at: at(30), ..session(&ada) };
        world.insert_session(&over).await;
        let mut tx = world.begin().await;
        assert_eq!(tx.sessions(&world.scope).end_of_user(ada.id, at(40)).await.unwrap(), 3);
        assert_eq!(tx.sessions(&world.scope).end_of_user(ada.id, at(41)).await.unwrap(), 0);
        // What was over before did not end later.
        let found = tx.sessions(&world.scope).find(over.id).await.unwrap();
        assert_eq!(found, Some(Session { revoked: true, ..over }));
        tx.commit_unaudited(at(40)).await.unwrap();
        let live = SessionFilter { user: None, live_at: Some(at(40)) };
        let mut conn = world.read().await;
        let left = conn.sessions(&world.scope).list(&live, &PageRequest::default()).await.unwrap().items;
        assert_eq!(left.iter().map(|session| session.user).collect::<Vec<_>>(), [bob.id]);
    }

    async fn a_factor_that_is_none_is_corrupt(db: TestDatabase) {
        let world = World::of(&db).await;
        let row = session(&world.a_user("ada@example.com").await);
        world.insert_session(&row).await;
        execute(&world.store, "UPDATE sessions SET primary_auth_factor = 0").await;
        let error = world.read().await.sessions(&world.scope).find(row.id).await.unwrap_err();
        let wanted = format!("sessions row {}: column primary_auth_factor is corrupt", row.id.uuid());
        assert_eq!(error.to_string(), wanted);
    }
}
