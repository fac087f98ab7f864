use crate::fixtures::{World, at};
use lockwork_store::StoreError;
use lockwork_store::user_challenges::ChallengeKind::{AuthenticatorApp, PasskeyRegistration};
use lockwork_testkit::on_both;

on_both! {
    async fn a_challenge_is_taken_once_and_before_it_is_over(db: TestDatabase) {
        let world = World::of(&db).await;
        let (ada, bob) = (world.a_user("ada@example.com").await, world.a_user("bob@example.com").await);
        let mut tx = world.begin().await;
        let mut challenges = tx.user_challenges(&world.scope);
        challenges.upsert(ada.id, PasskeyRegistration, b"first", at(5)).await.unwrap();
        challenges.upsert(ada.id, PasskeyRegistration, b"second", at(10)).await.unwrap();
        challenges.upsert(ada.id, AuthenticatorApp, b"app", at(10)).await.unwrap();
        let found = challenges.find(ada.id, PasskeyRegistration, at(9)).await.unwrap();
        assert_eq!(found.as_deref(), Some(&b"second"[..]));
        assert_eq!(challenges.find(ada.id, PasskeyRegistration, at(10)).await.unwrap(), None);
        assert_eq!(challenges.find(bob.id, PasskeyRegistration, at(9)).await.unwrap(), None);
        let taken = challenges.take(ada.id, PasskeyRegistration, at(9)).await.unwrap();
        assert_eq!(taken.as_deref(), Some(&b"second"[..]));
        assert_eq!(challenges.take(ada.id, PasskeyRegistration, at(9)).await.unwrap(), None);
        assert_eq!(challenges.take(ada.id, AuthenticatorApp, at(10)).await.unwrap(), None);
        challenges.upsert(ada.id, AuthenticatorApp, b"app", at(10)).await.unwrap();
        challenges.delete(ada.id, AuthenticatorApp).await.unwrap();
        assert_eq!(challenges.find(ada.id, AuthenticatorApp, at(1)).await.unwrap(), None);
    }

    async fn a_challenge_is_of_a_user_of_the_project(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let stranger = other.a_user("ada@example.com").await;
        let mut tx = world.begin().await;
        tx.user_challenges(&other.scope).upsert(stranger.id, AuthenticatorApp, b"app", at(10)).await.unwrap();
        let mut challenges = tx.user_challenges(&world.scope);
        let refused = challenges.upsert(stranger.id, AuthenticatorApp, b"mine", at(10)).await;
        assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
        challenges.delete(stranger.id, AuthenticatorApp).await.unwrap();
        assert_eq!(challenges.find(stranger.id, AuthenticatorApp, at(1)).await.unwrap(), None);
        assert_eq!(challenges.take(stranger.id, AuthenticatorApp, at(1)).await.unwrap(), None);
        assert!(tx.user_challenges(&other.scope).find(stranger.id, AuthenticatorApp, at(1)).await.unwrap().is_some());
    }
}
