//! A scope of one organization, or of the API keys that one person made, does not reach other keys, nor what is theirs.

use crate::fixtures::{at, full_key, key, role};
use crate::narrow_scopes::{Town, assert_refused, page};
use crate::people::{own_keys_scope, owner_scope};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::{ApiKey, Creator, Lifecycle, RevokeMany};
use lockwork_model::ids::ApiKeyRoleAssignmentId;
use lockwork_model::limits::{Credits, Subject};
use lockwork_store::api_keys::ApiKeyFilter;
use lockwork_store::credits::Added;
use lockwork_store::idempotency_keys::IdempotentRequest;
use lockwork_testkit::on_both;

on_both! {
    async fn api_keys_are_those_of_the_organization_or_of_one_person_in_it(db: TestDatabase) {
        let town = Town::of(&db).await;
        let (ada, _) = town.people().await;
        let Town { world, scope, .. } = &town;
        let action = world.insert_action("acme.widgets.read").await;
        let (shared, plan) = (role(None, "Shared"), world.insert_plan("Plan").await);
        world.insert_role(&shared, &[]).await;
        let personal = ApiKey { creator: Creator::User(ada.id), ..key(town.mine.id) };
        let (common, theirs) = (key(town.mine.id), full_key(town.theirs.id, plan.id));
        for key in [&personal, &common, &theirs] {
            world.insert_key(key, &[action.id]).await;
        }
        let of_ada = own_keys_scope(&town.mine, ada.id);
        for (scope, own, others) in
            [(scope, vec![&personal, &common], vec![&theirs]), (&of_ada, vec![&personal], vec![&common, &theirs])]
        {
            let mut tx = world.begin().await;
            for key in &own {
                assert_eq!(tx.api_keys(scope).find(key.id).await.unwrap().as_ref(), Some(*key));
                assert_eq!(tx.api_keys(scope).find_for_update(key.id).await.unwrap().as_ref(), Some(*key));
            }
            let mut wanted: Vec<ApiKey> = own.iter().map(|key| (*key).clone()).collect();
            wanted.sort_by_key(|key| key.id);
            let any = ApiKeyFilter::default();
            assert_eq!(tx.api_keys(scope).list(&any, &page()).await.unwrap().items, wanted);
            assert_eq!(tx.api_keys(scope).count(&any).await.unwrap().rows, wanted.len() as u64);
            for filter in [
                ApiKeyFilter { organization: Some(town.theirs.id), ..any.clone() },
                ApiKeyFilter { external_id: theirs.external_id.clone(), ..any.clone() },
                ApiKeyFilter { id: Some(theirs.id), ..any.clone() },
            ] {
                assert_eq!(tx.api_keys(scope).list(&filter, &page()).await.unwrap().items, []);
                assert_eq!(tx.api_keys(scope).count(&filter).await.unwrap().rows, 0);
            }
            for key in others {
                assert_eq!(tx.api_keys(scope).find(key.id).await.unwrap(), None);
                assert_eq!(tx.api_keys(scope).find_for_update(key.id).await.unwrap(), None);
                let twin = ApiKey { id: crate::fixtures::key(key.organization).id, secret: crate::fixtures::secret("abcd", at(1)), former_secret: None, ..key.clone() };
                assert_refused(tx.api_keys(scope).insert(&twin, &[]).await);
                assert_refused(tx.api_keys(scope).seed(std::slice::from_ref(&twin)).await);
                assert_refused(tx.api_keys(scope).insert_actions(key.id, &[action.id]).await);
                tx.api_keys(scope).update(&ApiKey { display_name: "Stolen".into(), ..key.clone() }).await.unwrap();
                tx.api_keys(scope).delete(key).await.unwrap();
                let given = ApiKeyRoleAssignment {
                    id: ApiKeyRoleAssignmentId::from_uuid(crate::fixtures::uuid()),
                    api_key: key.id,
                    role: shared.id,
                    created_at: at(1),
                };
                assert_refused(tx.api_key_role_assignments(scope).insert(&given).await);
                tx.api_key_role_assignments(&world.scope).insert(&given).await.unwrap();
                let mut narrow = tx.api_key_role_assignments(scope);
                assert_eq!(narrow.find(given.id).await.unwrap(), None);
                assert_eq!(narrow.list(key.id, &page()).await.unwrap().items, []);
                narrow.delete(&given).await.unwrap();
                assert_eq!(tx.api_key_role_assignments(&world.scope).find(given.id).await.unwrap(), Some(given));
                let found = tx.api_keys(&world.scope).find(key.id).await.unwrap();
                assert_eq!(found.as_ref(), Some(key));
            }
            let mut revoked: Vec<_> = tx
                .api_keys(scope)
                .revoke_many(&RevokeMany::default(), None, at(9))
                .await
                .unwrap()
                .into_iter()
                .map(|key| key.id)
                .collect();
            revoked.sort_unstable();
            assert_eq!(revoked, wanted.iter().map(|key| key.id).collect::<Vec<_>>());
            let abroad = RevokeMany { organization: Some(town.theirs.id), ..RevokeMany::default() };
            assert_eq!(tx.api_keys(scope).revoke_many(&abroad, None, at(9)).await.unwrap(), []);
            let ids = RevokeMany { ids: Some(vec![theirs.id]), ..RevokeMany::default() };
            assert_eq!(tx.api_keys(scope).revoke_many(&ids, None, at(9)).await.unwrap(), []);
        }
        let left = world.read().await.api_keys(&world.scope).find(theirs.id).await.unwrap().unwrap();
        assert_eq!(left.lifecycle, Lifecycle::Active);
    }

    async fn credits_are_those_of_what_is_reached(db: TestDatabase) {
        let town = Town::of(&db).await;
        let (ada, _) = town.people().await;
        let Town { world, scope, .. } = &town;
        let personal = ApiKey { creator: Creator::User(ada.id), ..key(town.mine.id) };
        let (common, theirs) = (key(town.mine.id), key(town.theirs.id));
        for key in [&personal, &common, &theirs] {
            world.insert_key(key, &[]).await;
        }
        let credits = Credits { remaining: 5, refill: None, block_size: 1 };
        let subjects = [
            Subject::ApiKey(personal.id),
            Subject::ApiKey(common.id),
            Subject::Organization(town.mine.id),
            Subject::ApiKey(theirs.id),
            Subject::Organization(town.theirs.id),
        ];
        let mut tx = world.begin().await;
        for subject in subjects {
            tx.credits(&world.scope).set(subject, Some(credits), at(1)).await.unwrap();
        }
        let of_ada = own_keys_scope(&town.mine, ada.id);
        for (scope, reached) in [(scope, 3), (&of_ada, 1)] {
            for (index, subject) in subjects.into_iter().enumerate() {
                let mut narrow = tx.credits(scope);
                if index < reached {
                    assert_eq!(narrow.find(subject, at(2)).await.unwrap(), Some(credits));
                    narrow.set(subject, Some(credits), at(2)).await.unwrap();
                    assert_eq!(narrow.add(subject, 0, at(2)).await.unwrap(), Added::Balance(credits));
                } else {
                    assert_eq!(narrow.find(subject, at(2)).await.unwrap(), None);
                    assert_refused(narrow.set(subject, None, at(2)).await);
                    assert_eq!(narrow.add(subject, 100, at(2)).await.unwrap(), Added::NoCredits);
                }
            }
        }
        for subject in subjects {
            assert_eq!(tx.credits(&world.scope).find(subject, at(2)).await.unwrap(), Some(credits));
        }
    }

    async fn an_idempotency_key_means_what_its_own_organization_and_person_did(db: TestDatabase) {
        let town = Town::of(&db).await;
        let (ada, _) = town.people().await;
        let theirs = owner_scope(&town.theirs);
        let of_ada = own_keys_scope(&town.mine, ada.id);
        let request = |hash| IdempotentRequest {
            operation: "api_keys.create".into(),
            key_hash: [1; 32],
            request_hash: hash,
            api_key: key(town.mine.id).id,
            sealed_secret: Some(b"sealed".to_vec()),
            created_at: at(1),
        };
        let mut tx = town.world.begin().await;
        for (number, scope) in [(1, &town.world.scope), (2, &town.scope), (3, &theirs), (4, &of_ada)] {
            let request = request([number; 32]);
            let mut keys = tx.idempotency_keys(scope);
            assert_eq!(keys.find(&request.operation, &request.key_hash).await.unwrap(), None);
            keys.insert(&request).await.unwrap();
            assert_eq!(keys.find(&request.operation, &request.key_hash).await.unwrap(), Some(request));
        }
    }
}
