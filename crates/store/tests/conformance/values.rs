//! Values come back as they went in, and compare alike on both databases.

use crate::fixtures::{World, at, bytes, uuid};
use lockwork_model::api_keys::{ApiKey, KeySecret};
use lockwork_model::ids::{ApiKeyId, SessionSigningKeyId};
use lockwork_model::page::{Order, OrderKey, PageRequest};
use lockwork_model::secrets::SecretHash;
use lockwork_model::session_signing_keys::SessionSigningKey;
use lockwork_model::time::Timestamp;
use lockwork_store::api_keys::ApiKeyFilter;
use lockwork_testkit::on_both;
use uuid::Uuid;

/// Texts that lose something where storage is careless.
const TEXTS: [&str; 12] = [
    "",
    " ",
    "A",
    "a",
    "Ä",
    "é",
    "e\u{301}",
    "ß",
    "🔑",
    "\u{10ffff}",
    "quote ' \" \\ $1 ? % _",
    "line\nbreak\t",
];

on_both! {
    async fn texts_come_back_byte_for_byte_and_equal_only_themselves(db: TestDatabase) {
        let world = World::of(&db).await;
        for text in TEXTS {
            world.insert_key(&ApiKey { display_name: text.into(), ..world.key() }, &[]).await;
        }
        let list = async |name: Option<&str>| {
            let filter = ApiKeyFilter {
                organization: Some(world.organization.id),
                display_name: name.map(Into::into),
                ..ApiKeyFilter::default()
            };
            let order = Order { key: OrderKey::DisplayName, descending: false };
            let page = PageRequest { size: 100, order, after: None };
            let page = world.read().await.api_keys(&world.scope).list(&filter, &page).await.unwrap();
            page.items.into_iter().map(|key| key.display_name).collect::<Vec<String>>()
        };
        let mut sorted = TEXTS;
        sorted.sort_unstable();
        assert_eq!(list(None).await, sorted);
        for text in TEXTS {
            assert_eq!(list(Some(text)).await, [text]);
        }
    }

    async fn capitals_sort_before_small_letters_before_accents(db: TestDatabase) {
        let world = World::of(&db).await;
        let sorted = "SELECT COUNT(*) FROM projects WHERE 'A' < 'a' AND 'Z' < 'a' AND 'a' < 'é' AND 'é' < '🔑'";
        let capital = crate::fixtures::number(&world.store, "SELECT COUNT(*) FROM organizations WHERE display_name < 'a'");
        assert_eq!(capital.await, 1, "Acme");
        assert!("A" < "a" && "Z" < "a" && "a" < "é" && "é" < "🔑");
        assert_eq!(crate::fixtures::number(&world.store, sorted).await, 1);
    }

    async fn times_come_back_to_the_microsecond_at_both_ends(db: TestDatabase) {
        let world = World::of(&db).await;
        for time in [Timestamp::MIN, Timestamp::from_micros(-1), Timestamp::from_micros(0), at(1), Timestamp::MAX,
                     Timestamp::from_micros(i64::MAX), Timestamp::from_micros(i64::MIN)] {
            let key = ApiKey { created_at: time, updated_at: time, expires_at: Some(time), ..world.key() };
            world.insert_key(&key, &[]).await;
            assert_eq!(world.find_key(key.id).await, Some(key));
        }
    }

    async fn ids_and_hashes_of_all_zeros_and_all_ones_are_as_good_as_any(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut ids = Vec::new();
        for byte in [0x00, 0x7f, 0x80, 0xff] {
            let id = ApiKeyId::from_uuid(Uuid::from_bytes([byte; 16]));
            let key = ApiKey { id, secret: KeySecret { hash: SecretHash::from_bytes([byte; 32]), ..world.key().secret }, ..world.key() };
            world.insert_key(&key, &[]).await;
            assert_eq!(world.find_key(id).await, Some(key));
            ids.push(id);
        }
        let filter = ApiKeyFilter { organization: Some(world.organization.id), ..ApiKeyFilter::default() };
        let mut request = PageRequest { size: 1, ..PageRequest::default() };
        let mut found = Vec::new();
        loop {
            let page = world.read().await.api_keys(&world.scope).list(&filter, &request).await.unwrap();
            found.extend(page.items.into_iter().map(|key| key.id));
            let Some(next) = page.next else { break };
            request.after = Some(next);
        }
        assert_eq!(found, ids);
    }

    async fn bytes_of_any_length_come_back(db: TestDatabase) {
        let world = World::of(&db).await;
        for length in [0, 1, 65, 100_000] {
            let key = SessionSigningKey {
                id: SessionSigningKeyId::from_uuid(uuid()),
                public_key: bytes().into_iter().cycle().take(length).collect(),
                sealed_private_key: vec![0; length],
                created_at: at(length as i64),
            };
            let mut tx = world.begin().await;
            tx.system().insert_signing_key(world.project.id, &key).await.unwrap();
            tx.commit_unaudited(at(0)).await.unwrap();
            assert_eq!(world.read().await.system().signing_keys(world.project.id).await.unwrap()[0], key);
        }
    }
}
