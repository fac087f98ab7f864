use crate::fixtures::{World, at, hash};
use lockwork_store::users::Credentials;
use lockwork_testkit::on_both;

on_both! {
    async fn a_password_is_set_and_taken_away(db: TestDatabase) {
        let world = World::of(&db).await;
        let (ada, bob) = (world.a_user("ada@example.com").await, world.a_user("bob@example.com").await);
        let read = async |id| world.read().await.users(&world.scope).credentials(id).await.unwrap();
        assert_eq!(read(ada.id).await, Some(Credentials::default()));
        for password in [Some("$argon2id$1"), Some("$argon2id$2"), None] {
            let mut tx = world.begin().await;
            tx.users(&world.scope).set_password(ada.id, password, at(77)).await.unwrap();
            tx.commit_unaudited(at(77)).await.unwrap();
            let credentials = read(ada.id).await.unwrap();
            assert_eq!(credentials.password_hash.as_deref(), password);
            let found = world.read().await.users(&world.scope).find(ada.id).await.unwrap().unwrap();
            assert_eq!((found.has_password, found.updated_at), (password.is_some(), at(77)));
        }
        assert_eq!(read(bob.id).await, Some(Credentials::default()));
        assert_eq!(read(crate::people::user(world.organization.id, "x@example.com").id).await, None);
    }

    async fn an_authenticator_app_comes_with_its_codes_and_goes_with_them(db: TestDatabase) {
        let world = World::of(&db).await;
        let (ada, bob) = (world.a_user("ada@example.com").await, world.a_user("bob@example.com").await);
        let [first, second, theirs] = [hash(), hash(), hash()];
        let set = async |id, app, codes: &[_]| {
            let mut tx = world.begin().await;
            tx.users(&world.scope).set_authenticator(id, app, codes, at(88)).await.unwrap();
            tx.commit_unaudited(at(88)).await.unwrap();
        };
        let take = async |id, code| {
            let mut tx = world.begin().await;
            let taken = tx.users(&world.scope).take_recovery_code(id, code).await.unwrap();
            tx.commit_unaudited(at(88)).await.unwrap();
            taken
        };
        set(ada.id, Some((&b"sealed 1"[..], 5)), std::slice::from_ref(&first)).await;
        set(bob.id, Some((&b"sealed b"[..], 5)), std::slice::from_ref(&theirs)).await;
        assert!(!take(ada.id, &theirs).await, "somebody else's code");
        set(ada.id, Some((&b"sealed 2"[..], 7)), std::slice::from_ref(&second)).await;
        assert!(!take(ada.id, &first).await, "a code that was replaced");
        assert!(take(ada.id, &second).await);
        assert!(!take(ada.id, &second).await, "a code is good once");
        let mut tx = world.begin().await;
        let found = tx.users(&world.scope).credentials_for_update(ada.id).await.unwrap().unwrap();
        assert_eq!(found.sealed_authenticator_secret.as_deref(), Some(&b"sealed 2"[..]));
        assert_eq!(found.authenticator_last_step, Some(7));
        assert_eq!(format!("{found:?}"), "Credentials(…)");
        assert!(tx.users(&world.scope).find(ada.id).await.unwrap().unwrap().has_authenticator_app);
        drop(tx);
        set(ada.id, None, &[]).await;
        let found = world.read().await.users(&world.scope).credentials(ada.id).await.unwrap();
        assert_eq!(found, Some(Credentials::default()));
        assert!(take(bob.id, &theirs).await);
    }

    async fn the_code_of_a_step_is_taken_once_and_no_earlier_one_after_it(db: TestDatabase) {
        let world = World::of(&db).await;
        let ada = world.a_user("ada@example.com").await;
        let mut tx = world.begin().await;
        let mut users = tx.users(&world.scope);
        assert!(!users.set_authenticator_step(ada.id, 6).await.unwrap(), "there is no app");
        users.set_authenticator(ada.id, Some((b"sealed", 5)), &[], at(1)).await.unwrap();
        for (step, taken) in [(5, false), (6, true), (6, false), (4, false), (8, true), (7, false)] {
            assert_eq!(users.set_authenticator_step(ada.id, step).await.unwrap(), taken, "{step}");
        }
    }
}
