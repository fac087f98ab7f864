use crate::fixtures::{World, at, follow, organization, role, uuid};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::{ApiKey, Creator, Lifecycle, RevokeMany};
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::{ApiKeyId, ApiKeyRoleAssignmentId, BackendApiKeyId, RoleId, UserId};
use lockwork_store::api_keys::RevokedKey;
use lockwork_store::feed::Feed;
use lockwork_testkit::on_both;
use std::collections::HashSet;

async fn revoke(world: &World, wanted: RevokeMany) -> Vec<RevokedKey> {
    let mut tx = world.begin().await;
    let revoked = tx.api_keys(&world.scope).revoke_many(&wanted, Some("Cleaned up"), at(50)).await.unwrap();
    tx.commit_unaudited(at(50)).await.unwrap();
    revoked
}

async fn give(world: &World, key: ApiKeyId, role: RoleId) {
    let id = ApiKeyRoleAssignmentId::from_uuid(uuid());
    let assignment = ApiKeyRoleAssignment { id, api_key: key, role, created_at: at(0) };
    let mut tx = world.begin().await;
    tx.api_key_role_assignments(&world.scope).insert(&assignment).await.unwrap();
    tx.commit_unaudited(at(0)).await.unwrap();
}

on_both! {
    async fn only_keys_that_fit_everything_are_revoked(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let second = organization(world.project.id, "Second");
        let role = role(None, "Role");
        let mut tx = world.begin().await;
        tx.organizations(&world.scope).insert(&second).await.unwrap();
        tx.roles(&world.scope).insert(&role, &[]).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        let (user, backend) = (UserId::from_uuid(uuid()), BackendApiKeyId::from_uuid(uuid()));
        let prefix = "old_".parse().ok();
        let everything = |ids| RevokeMany {
            organization: Some(second.id),
            creator_user: Some(user),
            creator_backend_api_key: None,
            role: Some(role.id),
            prefix: prefix.clone(),
            ids,
        };
        let none = RevokeMany::default;
        for wanted in [
            RevokeMany { organization: Some(second.id), ..none() },
            RevokeMany { creator_user: Some(user), ..none() },
            RevokeMany { creator_backend_api_key: Some(backend), ..none() },
            RevokeMany { role: Some(role.id), ..none() },
            RevokeMany { prefix: prefix.clone(), ..none() },
            RevokeMany { ids: Some(Vec::new()), ..none() },
            everything(None),
            everything(Some(Vec::new())),
        ] {
            let mut fitting = ApiKey { display_name: "Fitting".into(), ..world.key() };
            let mut wanted = wanted;
            fitting.organization = wanted.organization.unwrap_or(fitting.organization);
            fitting.prefix = wanted.prefix.clone().or(fitting.prefix);
            fitting.creator = match (wanted.creator_user, wanted.creator_backend_api_key) {
                (Some(user), _) => Creator::User(user),
                (None, Some(backend)) => Creator::BackendApiKey(backend),
                (None, None) => Creator::Operator,
            };
            let others = [world.key(), ApiKey { prefix: None, ..world.key() }];
            let theirs = ApiKey { creator: fitting.creator, prefix: fitting.prefix.clone(), ..other.key() };
            world.insert_key(&fitting, &[]).await;
            for key in &others {
                world.insert_key(key, &[]).await;
            }
            other.insert_key(&theirs, &[]).await;
            if let Some(role) = wanted.role {
                give(&world, fitting.id, role).await;
            }
            if let Some(ids) = &mut wanted.ids {
                ids.extend([fitting.id, theirs.id, ApiKeyId::from_uuid(uuid())]);
            }
            let told = RevokedKey {
                id: fitting.id,
                organization: fitting.organization,
                display_name: fitting.display_name.clone(),
            };
            assert_eq!(revoke(&world, wanted.clone()).await, [told], "{wanted:?}");
            let revoked = fitting.revoked(Some("Cleaned up".into()), at(50));
            assert_eq!(world.find_key(revoked.id).await, Some(revoked));
            for key in others {
                assert_eq!(world.find_key(key.id).await, Some(key), "{wanted:?}");
            }
            assert_eq!(other.find_key(theirs.id).await, Some(theirs), "{wanted:?}");
            assert_eq!(revoke(&world, wanted.clone()).await, [], "{wanted:?}");
        }
        assert_eq!(revoke(&world, RevokeMany { ids: Some(Vec::new()), ..none() }).await, []);
    }

    async fn a_disabled_key_is_revoked_and_a_revoked_one_keeps_its_time_and_reason(db: TestDatabase) {
        let world = World::of(&db).await;
        let disabled = ApiKey { lifecycle: Lifecycle::Disabled { at: at(10) }, ..world.key() };
        let revoked = world.key().revoked(Some("Leaked".into()), at(11));
        for key in [&disabled, &revoked] {
            world.insert_key(key, &[]).await;
        }
        let all = RevokeMany { organization: Some(world.organization.id), ..RevokeMany::default() };
        let told: Vec<ApiKeyId> = revoke(&world, all).await.into_iter().map(|key| key.id).collect();
        assert_eq!(told, [disabled.id]);
        let reason = Some("Cleaned up".to_owned());
        let found = world.find_key(disabled.id).await.unwrap();
        assert_eq!(found.lifecycle, Lifecycle::Revoked { at: at(50), reason });
        assert_eq!(world.find_key(revoked.id).await, Some(revoked));
    }

    async fn verification_learns_of_a_thousand_keys_one_by_one_and_of_more_by_their_organizations(db: TestDatabase) {
        let world = World::of(&db).await;
        let all = RevokeMany { organization: Some(world.organization.id), ..RevokeMany::default() };
        for (count, kind, told) in
            [(1_000, ChangeKind::ApiKey, 1_000), (1_001, ChangeKind::OrganizationApiKeys, 1)]
        {
            let keys: Vec<ApiKey> = (0..count).map(|_| world.key()).collect();
            let mut tx = world.begin().await;
            tx.api_keys(&world.scope).seed(&keys).await.unwrap();
            tx.commit_unaudited(at(0)).await.unwrap();
            let mut feed = Feed::now(&world.store).await.unwrap();
            assert_eq!(revoke(&world, all.clone()).await.len(), count);
            let changes = follow(&mut feed, &world.store).await;
            assert!(changes.iter().all(|change| change.kind == kind));
            let entities: HashSet<_> = changes.iter().map(|change| change.entity).collect();
            assert_eq!(entities.len(), told);
        }
    }

    async fn ten_thousand_ids_are_one_statement(db: TestDatabase) {
        let world = World::of(&db).await;
        let keys: Vec<ApiKey> = (0..100).map(|_| world.key()).collect();
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).seed(&keys).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        let mut ids: Vec<ApiKeyId> = keys.iter().map(|key| key.id).collect();
        ids.resize_with(10_000, || ApiKeyId::from_uuid(uuid()));
        assert_eq!(revoke(&world, RevokeMany { ids: Some(ids), ..RevokeMany::default() }).await.len(), 100);
    }
}
