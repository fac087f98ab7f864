use crate::fixtures::{BY_ID_AND_TIME, World, assert_pages, at};
use crate::people::passkey;
use lockwork_model::passkeys::Passkey;
use lockwork_store::StoreError;
use lockwork_testkit::on_both;

on_both! {
    async fn a_passkey_is_found_as_it_was_written_and_written_back(db: TestDatabase) {
        let world = World::of(&db).await;
        let ada = world.a_user("ada@example.com").await;
        let written = passkey(&ada);
        world.insert_passkey(&written).await;
        assert_eq!(world.read().await.passkeys(&world.scope).find(written.id).await.unwrap().as_ref(), Some(&written));
        let changed = Passkey { disabled: true, state: "{\"counter\":1}".into(), updated_at: at(99), ..written };
        let mut tx = world.begin().await;
        let mut passkeys = tx.passkeys(&world.scope);
        passkeys.update(&changed).await.unwrap();
        assert_eq!(passkeys.find_for_update(changed.id).await.unwrap().as_ref(), Some(&changed));
        assert_eq!(passkeys.of_user(ada.id).await.unwrap(), std::slice::from_ref(&changed));
        passkeys.delete(changed.id).await.unwrap();
        assert_eq!(passkeys.of_user(ada.id).await.unwrap(), []);
    }

    async fn a_credential_comes_once_in_a_project(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (ada, bob) = (world.a_user("ada@example.com").await, world.a_user("bob@example.com").await);
        let stranger = other.a_user("ada@example.com").await;
        let first = passkey(&ada);
        world.insert_passkey(&first).await;
        let twin = |user| Passkey { credential_id: first.credential_id.clone(), ..passkey(user) };
        other.insert_passkey(&twin(&stranger)).await;
        let mut tx = world.begin().await;
        let refused = tx.passkeys(&world.scope).insert(&twin(&bob)).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        drop(tx);
        let mut tx = world.begin().await;
        let refused = tx.passkeys(&world.scope).insert(&passkey(&stranger)).await;
        assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
    }

    async fn passkeys_are_listed_by_user_and_all(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let (ada, bob) = (world.a_user("ada@example.com").await, world.a_user("bob@example.com").await);
        let stranger = other.a_user("ada@example.com").await;
        other.insert_passkey(&passkey(&stranger)).await;
        let mut rows = Vec::new();
        for time in [3, 1, 2, 1] {
            let row = Passkey { created_at: at(time), ..passkey(&ada) };
            world.insert_passkey(&row).await;
            rows.push(row);
        }
        let key = |row: &Passkey| (row.created_at, String::new(), row.id.uuid());
        let of_bob = passkey(&bob);
        world.insert_passkey(&of_bob).await;
        assert_pages(&rows, BY_ID_AND_TIME, key, async |page| {
            world.read().await.passkeys(&world.scope).list(Some(ada.id), page).await.unwrap()
        })
        .await;
        let mut sorted = rows.clone();
        sorted.sort_by_key(|row| row.id);
        assert_eq!(world.read().await.passkeys(&world.scope).of_user(ada.id).await.unwrap(), sorted);
        assert_eq!(world.read().await.passkeys(&world.scope).of_user(stranger.id).await.unwrap(), []);
        rows.push(of_bob);
        assert_pages(&rows, BY_ID_AND_TIME, key, async |page| {
            world.read().await.passkeys(&world.scope).list(None, page).await.unwrap()
        })
        .await;
    }
}
