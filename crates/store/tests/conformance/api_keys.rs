use crate::fixtures::{BY_ALL, ROWS, World, assert_pages, at, execute, hash, role, uuid};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::{ApiKey, ApiKeyGrants, Lifecycle};
use lockwork_model::ids::{ApiKeyRoleAssignmentId, BackendApiKeyId};
use lockwork_model::page::PageRequest;
use lockwork_store::StoreError;
use lockwork_store::api_keys::ApiKeyFilter;
use lockwork_testkit::on_both;

fn any(world: &World) -> ApiKeyFilter {
    ApiKeyFilter {
        organization: world.organization.id,
        display_name: None,
        secret_suffix: None,
        revoked: None,
    }
}

async fn list(world: &World, filter: ApiKeyFilter) -> Vec<ApiKey> {
    let page = PageRequest { size: 100, ..PageRequest::default() };
    world.read().await.api_keys(&world.scope).list(filter, &page).await.unwrap().items
}

on_both! {
    async fn a_key_is_found_as_it_was_written(db: TestDatabase) {
        let world = World::of(&db).await;
        let plain = ApiKey { expires_at: None, ..world.key() };
        let full = ApiKey {
            lifecycle: Lifecycle::Revoked { at: at(77) },
            created_by: Some(BackendApiKeyId::from_uuid(uuid())),
            ..world.key()
        };
        for key in [plain, full] {
            world.insert_key(&key, &[]).await;
            let mut tx = world.begin().await;
            assert_eq!(tx.api_keys(&world.scope).find_for_update(key.id).await.unwrap().as_ref(), Some(&key));
            drop(tx);
            assert_eq!(world.find_key(key.id).await, Some(key));
        }
    }

    async fn an_update_writes_name_and_state_back(db: TestDatabase) {
        let world = World::of(&db).await;
        let key = world.key();
        world.insert_key(&key, &[]).await;
        let changed = key.renamed("Renamed".into(), at(40)).revoked(at(50));
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).update(&changed).await.unwrap();
        tx.commit_unaudited(at(50)).await.unwrap();
        assert_eq!(world.find_key(changed.id).await, Some(changed));
    }

    async fn pages_follow_on_each_other_in_every_order(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let mut rows = Vec::new();
        for (name, time) in ROWS {
            let row = ApiKey { display_name: name.into(), created_at: at(time), ..world.key() };
            world.insert_key(&row, &[]).await;
            other.insert_key(&other.key(), &[]).await;
            rows.push(row);
        }
        let key = |row: &ApiKey| (row.created_at, row.display_name.clone(), row.id.uuid());
        assert_pages(&rows, BY_ALL, key, async |page| {
            world.read().await.api_keys(&world.scope).list(any(&world), page).await.unwrap()
        })
        .await;
    }

    async fn filters_narrow_the_list(db: TestDatabase) {
        let world = World::of(&db).await;
        let a = ApiKey { display_name: "a".into(), secret_suffix: "aaaa".into(), ..world.key() };
        let b = ApiKey { display_name: "b".into(), secret_suffix: "bbbb".into(), ..world.key() }.revoked(at(9));
        world.insert_key(&a, &[]).await;
        world.insert_key(&b, &[]).await;
        let named = |name: &str| ApiKeyFilter { display_name: Some(name.into()), ..any(&world) };
        let ending = |suffix: &str| ApiKeyFilter { secret_suffix: Some(suffix.into()), ..any(&world) };
        let revoked = |revoked| ApiKeyFilter { revoked: Some(revoked), ..any(&world) };
        assert_eq!(list(&world, named("a")).await, std::slice::from_ref(&a));
        assert_eq!(list(&world, named("A")).await, []);
        assert_eq!(list(&world, ending("bbbb")).await, std::slice::from_ref(&b));
        assert_eq!(list(&world, ending("bbb")).await, []);
        assert_eq!(list(&world, revoked(false)).await, [a]);
        assert_eq!(list(&world, revoked(true)).await, std::slice::from_ref(&b));
        assert_eq!(list(&world, ApiKeyFilter { revoked: Some(true), ..named("a") }).await, []);
        assert_eq!(list(&world, ApiKeyFilter { revoked: Some(true), ..named("b") }).await, [b]);
    }

    async fn another_project_s_key_is_out_of_reach(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let theirs = other.key();
        other.insert_key(&theirs, &[]).await;
        assert_eq!(world.find_key(theirs.id).await, None);
        assert_eq!(list(&world, any(&other)).await, []);
        let mut tx = world.begin().await;
        let mut mine = tx.api_keys(&world.scope);
        assert_eq!(mine.find_for_update(theirs.id).await.unwrap(), None);
        mine.update(&theirs.clone().revoked(at(9))).await.unwrap();
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
        for twin in [ApiKey { secret_hash: hash(), ..key.clone() }, ApiKey { id: other.key().id, ..key.clone() }] {
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
        let grants = world.read().await.api_keys(&world.scope).grants(&key).await.unwrap();
        assert_eq!(grants, ApiKeyGrants { roles, actions: vec![a.name, b.name] });
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
            let grants = world.read().await.api_keys(&world.scope).grants(key).await.unwrap();
            assert_eq!(grants.roles, [role.id]);
        }
        assert_eq!(world.read().await.count_keys().await.unwrap(), 100);
    }
}
