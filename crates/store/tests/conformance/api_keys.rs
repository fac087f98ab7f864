use crate::fixtures::{World, at, execute, follow, full_key, role, secret, uuid};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::{ApiKey, ApiKeyGrants, Creator, Lifecycle};
use lockwork_model::changes::{Change, ChangeKind};
use lockwork_model::ids::{ApiKeyRoleAssignmentId, BackendApiKeyId};
use lockwork_model::page::{Count, PageRequest};
use lockwork_store::StoreError;
use lockwork_store::api_keys::ApiKeyFilter;
use lockwork_store::feed::Feed;
use lockwork_testkit::on_both;
use std::collections::HashSet;
use std::time::Duration;

on_both! {
    async fn a_key_is_found_as_it_was_written(db: TestDatabase) {
        let world = World::of(&db).await;
        let plan = world.insert_plan("Plan").await;
        let full = full_key(world.organization.id, plan.id);
        let plain = ApiKey { expires_at: None, prefix: None, ..world.key() };
        let disabled = ApiKey { lifecycle: Lifecycle::Disabled { at: at(70) }, ..world.key() };
        let reason = Some("It was \"leaked\"".to_owned());
        let revoked = ApiKey {
            lifecycle: Lifecycle::Revoked { at: at(77), reason },
            creator: Creator::BackendApiKey(BackendApiKeyId::from_uuid(uuid())),
            ..world.key()
        };
        for key in [plain, full, disabled, revoked] {
            world.insert_key(&key, &[]).await;
            let mut tx = world.begin().await;
            assert_eq!(tx.api_keys(&world.scope).find_for_update(key.id).await.unwrap().as_ref(), Some(&key));
            drop(tx);
            assert_eq!(world.find_key(key.id).await, Some(key));
        }
    }

    async fn an_update_writes_all_back_that_can_change(db: TestDatabase) {
        let world = World::of(&db).await;
        let plan = world.insert_plan("Plan").await;
        let key = world.key();
        world.insert_key(&key, &[]).await;
        let full = ApiKey {
            id: key.id,
            creator: key.creator,
            last_used_at: key.last_used_at,
            prefix: Some("other_".parse().unwrap()),
            expires_at: None,
            updated_at: at(50),
            ..full_key(world.organization.id, plan.id)
        };
        let off = full.clone().switched(false, at(51)).unwrap();
        let ended = off.clone().revoked(Some("No longer needed".into()), at(52));
        for changed in [full, off, ended, key] {
            let mut tx = world.begin().await;
            tx.api_keys(&world.scope).update(&changed).await.unwrap();
            tx.commit_unaudited(at(50)).await.unwrap();
            assert_eq!(world.find_key(changed.id).await, Some(changed));
        }
    }

    async fn a_rotation_tells_verification_which_secret_to_forget(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        let mut key = world.key();
        world.insert_key(&key, &[]).await;
        follow(&mut feed, &world.store).await;
        let entity = key.id.uuid();
        let changed = |detail| Change { kind: ChangeKind::ApiKey, entity, detail };
        let first = key.secret.hash;
        for (time, wanted) in [(20, vec![changed(None)]), (30, vec![changed(None), changed(Some(first.as_bytes().to_vec()))])] {
            let (rotated, forgotten) = key.rotated(secret("next", at(time)), Duration::ZERO, at(time)).unwrap();
            let mut tx = world.begin().await;
            let forgotten = forgotten.map(|secret| secret.hash);
            tx.api_keys(&world.scope).update_rotated(&rotated, forgotten.as_ref()).await.unwrap();
            tx.commit_unaudited(at(time)).await.unwrap();
            assert_eq!(world.find_key(rotated.id).await.as_ref(), Some(&rotated));
            let mut told = follow(&mut feed, &world.store).await;
            told.sort_by_key(|change| change.detail.is_some());
            assert_eq!(told, wanted);
            key = rotated;
        }

        let hashes = [&key.secret, &key.former_secret.as_ref().unwrap().secret].map(|secret| secret.hash);
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).delete(&key).await.unwrap();
        tx.commit_unaudited(at(40)).await.unwrap();
        let told: HashSet<Change> = follow(&mut feed, &world.store).await.into_iter().collect();
        assert_eq!(told, hashes.map(|hash| changed(Some(hash.as_bytes().to_vec()))).into());
    }

    async fn a_plan_that_a_key_has_cannot_be_deleted_nor_made_up(db: TestDatabase) {
        let world = World::of(&db).await;
        let plan = world.insert_plan("Plan").await;
        world.insert_key(&ApiKey { plan: Some(plan.id), ..world.key() }, &[]).await;
        let mut tx = world.begin().await;
        let refused = tx.plans(&world.scope).delete(plan.id).await;
        assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
        drop(tx);
        let mut tx = world.begin().await;
        let nowhere = ApiKey { plan: Some(crate::fixtures::plan("").id), ..world.key() };
        let refused = tx.api_keys(&world.scope).insert(&nowhere, &[]).await;
        assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
    }

    async fn another_project_s_key_is_out_of_reach(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let theirs = other.key();
        other.insert_key(&theirs, &[]).await;
        assert_eq!(world.find_key(theirs.id).await, None);
        let page = PageRequest::default();
        for filter in [
            ApiKeyFilter::default(),
            ApiKeyFilter { organization: Some(other.organization.id), ..ApiKeyFilter::default() },
            ApiKeyFilter { id: Some(theirs.id), ..ApiKeyFilter::default() },
        ] {
            let mut conn = world.read().await;
            assert_eq!(conn.api_keys(&world.scope).list(&filter, &page).await.unwrap().items, []);
            assert_eq!(conn.api_keys(&world.scope).count(&filter).await.unwrap(), Count::default());
        }
        let mut tx = world.begin().await;
        let mut mine = tx.api_keys(&world.scope);
        assert_eq!(mine.find_for_update(theirs.id).await.unwrap(), None);
        mine.update(&theirs.clone().revoked(None, at(9))).await.unwrap();
        mine.delete(&theirs).await.unwrap();
        tx.commit_unaudited(at(9)).await.unwrap();
        assert_eq!(other.find_key(theirs.id).await, Some(theirs));

        let mut tx = world.begin().await;
        let planted = tx.api_keys(&world.scope).insert(&other.key(), &[]).await;
        assert!(matches!(planted, Err(StoreError::Dangling(_))), "{planted:?}");
    }

    async fn ids_and_hashes_come_once_even_across_projects(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let key = world.key();
        world.insert_key(&key, &[]).await;
        for twin in [ApiKey { secret: secret("abcd", at(5)), ..key.clone() }, ApiKey { id: other.key().id, ..key.clone() }] {
            let twin = ApiKey { organization: other.organization.id, ..twin };
            let mut tx = other.begin().await;
            let refused = tx.api_keys(&other.scope).insert(&twin, &[]).await;
            assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        }
    }

    async fn grants_come_sorted(db: TestDatabase) {
        let world = World::of(&db).await;
        let (b, a) = (world.insert_action("acme.widgets.b").await, world.insert_action("acme.widgets.a").await);
        let key = world.key();
        world.insert_key(&key, &[b.id, a.id]).await;
        let mut roles = Vec::new();
        for _ in 0..3 {
            let role = role(None, "Role");
            world.insert_role(&role, &[]).await;
            let id = ApiKeyRoleAssignmentId::from_uuid(uuid());
            let assignment = ApiKeyRoleAssignment { id, api_key: key.id, role: role.id, created_at: at(0) };
            let mut tx = world.begin().await;
            tx.api_key_role_assignments(&world.scope).insert(&assignment).await.unwrap();
            tx.commit_unaudited(at(0)).await.unwrap();
            roles.push(role.id);
        }
        roles.sort_unstable();
        let grants = world.read().await.api_keys(&world.scope).grants(&key, at(0)).await.unwrap();
        assert_eq!(grants, ApiKeyGrants { roles, actions: vec![a.name, b.name], credits: None });
    }

    async fn a_deleted_key_takes_what_it_was_given_along(db: TestDatabase) {
        let world = World::of(&db).await;
        let action = world.insert_action("acme.widgets.a").await;
        let key = world.key();
        world.insert_key(&key, &[action.id]).await;
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).delete(&key).await.unwrap();
        tx.commit_unaudited(at(9)).await.unwrap();
        assert_eq!(world.find_key(key.id).await, None);
        assert_eq!(world.count("api_key_actions").await, 0);
        world.insert_key(&key, &[action.id]).await;
    }

    async fn a_corrupt_row_is_an_error_that_names_it(db: TestDatabase) {
        let world = World::of(&db).await;
        let key = world.key();
        world.insert_key(&key, &[]).await;
        let short = match db.kind() {
            lockwork_testkit::databases::Kind::Sqlite => "x'00'",
            lockwork_testkit::databases::Kind::Postgres => "'\\x00'",
        };
        execute(&world.store, &format!("UPDATE api_keys SET secret_hash = {short}")).await;
        let error = world.read().await.api_keys(&world.scope).find(key.id).await.unwrap_err();
        let wanted = format!("api_keys row {}: column secret_hash is corrupt", key.id.uuid());
        assert_eq!(error.to_string(), wanted);
    }

    async fn seeded_keys_are_keys_like_all_others(db: TestDatabase) {
        let world = World::of(&db).await;
        let role = role(None, "Role");
        world.insert_role(&role, &[]).await;
        let keys: Vec<ApiKey> =
            (0..100).map(|index| ApiKey { display_name: format!("\"Ké\\y\" {index}"), ..world.key() }).collect();
        let assignment = |key: &ApiKey| ApiKeyRoleAssignment {
            id: ApiKeyRoleAssignmentId::from_uuid(uuid()),
            api_key: key.id,
            role: role.id,
            created_at: at(0),
        };
        let assignments: Vec<ApiKeyRoleAssignment> = keys.iter().map(assignment).collect();
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).seed(&keys).await.unwrap();
        tx.api_key_role_assignments(&world.scope).insert_many(&assignments).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        for key in &keys {
            assert_eq!(world.find_key(key.id).await.as_ref(), Some(key));
            let grants = world.read().await.api_keys(&world.scope).grants(key, at(0)).await.unwrap();
            assert_eq!(grants.roles, [role.id]);
        }
        assert_eq!(world.read().await.count_keys().await.unwrap(), 100);
    }
}
