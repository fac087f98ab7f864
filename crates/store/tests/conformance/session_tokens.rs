//! Sessions by their tokens.

use crate::fixtures::{World, at, execute, hash, role};
use crate::people::{assignment, session};
use lockwork_model::sessions::Session;
use lockwork_store::sessions::NewRelay;
use lockwork_store::system::SessionFacts;
use lockwork_testkit::on_both;

on_both! {
    async fn a_refresh_token_finds_its_session_in_its_project_until_that_is_ended(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let row = session(&world.a_user("ada@example.com").await);
        let refresh = world.insert_session(&row).await;
        let (mine, theirs) = (world.project.id, other.project.id);
        let mut tx = world.begin().await;
        let mut system = tx.system();
        assert_eq!(system.find_session_by_refresh(mine, &refresh).await.unwrap().as_ref(), Some(&row));
        assert_eq!(system.find_session_by_refresh_for_update(mine, &refresh).await.unwrap().as_ref(), Some(&row));
        assert_eq!(system.find_session_by_refresh(mine, &hash()).await.unwrap(), None);
        assert_eq!(system.find_session_by_refresh(theirs, &refresh).await.unwrap(), None);
        assert_eq!(system.find_session_by_refresh_for_update(theirs, &refresh).await.unwrap(), None);
        assert!(tx.sessions(&world.scope).end(row.id, at(30)).await.unwrap());
        assert_eq!(tx.system().find_session_by_refresh(mine, &refresh).await.unwrap(), None);
    }

    async fn a_relayed_token_is_exchanged_once_for_a_refresh_token_that_ends_with_the_session(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let row = session(&world.a_user("ada@example.com").await);
        let (refresh, relayed) = (hash(), hash());
        let relay = NewRelay { token_hash: hash(), state: Some("state".into()), expires_at: at(50) };
        let (mine, theirs) = (world.project.id, other.project.id);
        let mut tx = world.begin().await;
        tx.sessions(&world.scope).insert(&row, &refresh, Some(&relay)).await.unwrap();
        let mut system = tx.system();
        assert_eq!(system.take_relay(theirs, &relay.token_hash, &relayed, at(49)).await.unwrap(), None);
        assert_eq!(system.take_relay(mine, &hash(), &relayed, at(49)).await.unwrap(), None);
        assert_eq!(system.find_session_by_refresh(mine, &relayed).await.unwrap(), None);
        let taken = system.take_relay(mine, &relay.token_hash, &relayed, at(49)).await.unwrap();
        assert_eq!(taken, Some((row.clone(), Some("state".into()))));
        assert_eq!(system.take_relay(mine, &relay.token_hash, &hash(), at(49)).await.unwrap(), None);
        for token in [&refresh, &relayed] {
            assert_eq!(system.find_session_by_refresh(mine, token).await.unwrap().as_ref(), Some(&row));
        }
        assert!(tx.sessions(&world.scope).end(row.id, at(60)).await.unwrap());
        for token in [&refresh, &relayed] {
            assert_eq!(tx.system().find_session_by_refresh(mine, token).await.unwrap(), None);
        }
    }

    async fn a_relayed_token_is_void_when_it_or_its_session_is_over(db: TestDatabase) {
        let world = World::of(&db).await;
        let ada = world.a_user("ada@example.com").await;
        let relay = || NewRelay { token_hash: hash(), state: None, expires_at: at(50) };
        let [late, expired, ended] = [relay(), relay(), relay()];
        let over = Session { expires_at: at(40), ..session(&ada) };
        let gone = session(&ada);
        let mut tx = world.begin().await;
        let mut sessions = tx.sessions(&world.scope);
        sessions.insert(&session(&ada), &hash(), Some(&late)).await.unwrap();
        sessions.insert(&over, &hash(), Some(&expired)).await.unwrap();
        sessions.insert(&gone, &hash(), Some(&ended)).await.unwrap();
        sessions.end(gone.id, at(30)).await.unwrap();
        for (relay, now) in [(&late, 50), (&expired, 40), (&ended, 31)] {
            let taken = tx.system().take_relay(world.project.id, &relay.token_hash, &hash(), at(now)).await.unwrap();
            assert_eq!(taken, None);
        }
        let taken = tx.system().take_relay(world.project.id, &late.token_hash, &hash(), at(49)).await.unwrap();
        assert_eq!(taken.map(|(_, state)| state), Some(None));
    }

    async fn of_two_who_exchange_a_relayed_token_at_once_one_gets_the_session(db: TestDatabase) {
        let world = World::of(&db).await;
        let row = session(&world.a_user("ada@example.com").await);
        let relay = NewRelay { token_hash: hash(), state: None, expires_at: at(50) };
        let mut tx = world.begin().await;
        tx.sessions(&world.scope).insert(&row, &hash(), Some(&relay)).await.unwrap();
        tx.commit_unaudited(at(1)).await.unwrap();
        let exchange = |_| {
            let (store, project, token) = (world.store.clone(), world.project.id, relay.token_hash);
            tokio::spawn(async move {
                let mut tx = store.begin().await.unwrap();
                let taken = tx.system().take_relay(project, &token, &hash(), at(2)).await.unwrap();
                tx.commit_unaudited(at(2)).await.unwrap();
                taken.is_some()
            })
        };
        let exchanges: Vec<_> = (0..8).map(exchange).collect();
        let mut taken = 0;
        for exchange in exchanges {
            taken += usize::from(exchange.await.unwrap());
        }
        assert_eq!(taken, 1);
    }

    async fn the_facts_of_a_session_are_all_that_its_tokens_are_judged_by(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let ada = world.a_user("ada@example.com").await;
        let action = world.insert_action("acme.widgets.read").await;
        let reader = role(None, "Reader");
        world.insert_role(&reader, &[action.id]).await;
        world.insert_assignment(&assignment(&ada, reader.id)).await;
        let row = session(&ada);
        world.insert_session(&row).await;
        let mut conn = world.read().await;
        let found = conn.system().session_facts(world.project.id, row.id).await.unwrap();
        let wanted = SessionFacts {
            session: row.clone(),
            user: ada,
            organization: world.organization.clone(),
            actions: vec![action.name],
        };
        assert_eq!(found.as_ref(), Some(&wanted));
        assert_eq!(conn.system().session_facts(other.project.id, row.id).await.unwrap(), None);
        assert_eq!(conn.system().session_facts(world.project.id, session(&wanted.user).id).await.unwrap(), None);
        execute(&world.store, "UPDATE organizations SET logins_disabled = TRUE").await;
        execute(&world.store, "UPDATE sessions SET refresh_token_hash = NULL").await;
        let found = world.read().await.system().session_facts(world.project.id, row.id).await.unwrap().unwrap();
        assert!(found.organization.logins_disabled && found.session.revoked);
    }
}
