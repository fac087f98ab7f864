//! What verification reads must be what was written.

use crate::fixtures::{World, at, execute, full_key, hash, limits, networks, role, uuid};
use lockwork_model::access::BackendKeyScope;
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::{ApiKey, Lifecycle};
use lockwork_model::backend_api_keys::BackendApiKey;
use lockwork_model::ids::{
    ApiKeyId, ApiKeyRoleAssignmentId, BackendApiKeyId, OrganizationId, ProjectId, RoleId,
};
use lockwork_model::limits::{Credits, Subject};
use lockwork_model::organizations::Organization;
use lockwork_model::verification::{
    ActionFacts, BackendKeyFacts, FormerSecret, Grants, KeyFacts, KeyState, OrganizationFacts, ProjectFacts,
    RoleFacts, Rules,
};
use lockwork_store::snapshot::{Grant, key_ranges};
use lockwork_testkit::on_both;
use std::collections::HashMap;
use uuid::Uuid;

fn facts(key: &ApiKey, grants: Grants) -> KeyFacts {
    KeyFacts {
        id: key.id,
        organization: key.organization,
        hash: key.secret.hash,
        former: key
            .former_secret
            .as_ref()
            .map(|former| FormerSecret { hash: former.secret.hash, ends_at: former.ends_at }),
        rotated: key.is_rotated(),
        state: match key.lifecycle {
            Lifecycle::Active => KeyState::Active,
            Lifecycle::Disabled { .. } => KeyState::Disabled,
            Lifecycle::Revoked { .. } => KeyState::Revoked,
        },
        expires_at: key.expires_at,
        display_name: key.display_name.clone(),
        external_id: key.external_id.clone(),
        metadata: key.metadata.clone(),
        grants: Grants {
            rules: Rules {
                plan: key.plan,
                limits: key.limits.clone(),
                ip_allowlist: key.ip_allowlist.clone(),
                has_credits: false,
            },
            ..grants
        },
    }
}

/// Keys with all kinds of grants, and the facts about them.
async fn keys(world: &World) -> Vec<KeyFacts> {
    let actions =
        [world.insert_action("acme.widgets.a").await.id, world.insert_action("acme.widgets.b").await.id];
    let roles = [role(None, "a"), role(Some(world.organization.id), "b")];
    for role in &roles {
        world.insert_role(role, &actions).await;
    }
    let plan = world.insert_plan("Plan").await;
    let mut all = Vec::new();
    for index in 0..40 {
        let key = if index % 4 == 3 { full_key(world.organization.id, plan.id) } else { world.key() };
        let key = ApiKey {
            display_name: format!("Key {index}"),
            expires_at: (index % 2 == 0).then(|| at(index)),
            lifecycle: match index % 5 {
                0 => Lifecycle::Revoked { at: at(index), reason: None },
                1 => Lifecycle::Disabled { at: at(index) },
                _ => Lifecycle::Active,
            },
            ..key
        };
        let mut grants = Grants {
            roles: roles.iter().map(|role| role.id).take(index as usize % 3).collect(),
            actions: actions.into_iter().take(index as usize / 3 % 3).collect(),
            ..Grants::default()
        };
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).insert(&key, &grants.actions).await.unwrap();
        for &role in &grants.roles {
            let id = ApiKeyRoleAssignmentId::from_uuid(uuid());
            let assignment = ApiKeyRoleAssignment { id, api_key: key.id, role, created_at: at(0) };
            tx.api_key_role_assignments(&world.scope).insert(&assignment).await.unwrap();
        }
        tx.commit_unaudited(at(0)).await.unwrap();
        grants.roles.sort_unstable();
        grants.actions.sort_unstable();
        let mut facts = facts(&key, grants);
        if index % 6 == 5 {
            let credits = Credits { remaining: 1, refill: None, block_size: 1 };
            let mut tx = world.begin().await;
            let mut balances = tx.credits(&world.scope);
            balances.set(Subject::ApiKey(key.id), Some(credits), at(0)).await.unwrap();
            tx.commit_unaudited(at(0)).await.unwrap();
            facts.grants.rules.has_credits = true;
        }
        all.push(facts);
    }
    all
}

/// The keys of a range as a start reads them: grants first, then keys.
async fn keys_of(world: &World, range: (Uuid, Uuid)) -> Vec<KeyFacts> {
    let add = |all: &mut HashMap<ApiKeyId, Grants>, key, grant| match grant {
        Grant::Role(role) => all.entry(key).or_default().roles.push(role),
        Grant::Action(action) => all.entry(key).or_default().actions.push(action),
    };
    let mut grants = world.store.fold_key_grants(range, HashMap::new(), add).await.unwrap();
    for grants in grants.values_mut() {
        grants.roles.sort_unstable();
        grants.actions.sort_unstable();
    }
    let collect = |all: &mut Vec<KeyFacts>, facts| all.push(facts);
    let mut all = world.store.fold_keys(range, Vec::new(), collect).await.unwrap();
    for facts in &mut all {
        let Grants { roles, actions, .. } = grants.remove(&facts.id).unwrap_or_default();
        facts.grants = Grants { roles, actions, rules: std::mem::take(&mut facts.grants.rules) };
    }
    assert!(grants.is_empty(), "grants of keys outside the range");
    all
}

on_both! {
    async fn projects_and_organizations_are_told_as_they_are(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let wanted = |world: &World| ProjectFacts {
            id: world.project.id,
            api_keys_enabled: true,
            prefix: world.project.api_key_prefix.clone(),
            prefixes: world.project.api_key_prefix.clone().into_iter().collect(),
        };
        let mut conn = world.read().await;
        let mut all = conn.all_project_facts().await.unwrap();
        all.sort_by_key(|facts| facts.id != world.project.id);
        assert_eq!(all, [wanted(&world), wanted(&other)]);
        assert_eq!(conn.project_facts(world.project.id).await.unwrap(), Some(wanted(&world)));
        assert_eq!(conn.project_facts(ProjectId::from_uuid(uuid())).await.unwrap(), None);

        let wanted = |world: &World| OrganizationFacts {
            id: world.organization.id,
            project: world.project.id,
            api_keys_enabled: true,
            rules: Rules::default(),
        };
        let mut all = Vec::new();
        world.store.each_organization(|facts| all.push(facts)).await.unwrap();
        all.sort_by_key(|facts| facts.id != world.organization.id);
        assert_eq!(all, [wanted(&world), wanted(&other)]);
        assert_eq!(conn.organization_facts(other.organization.id).await.unwrap(), Some(wanted(&other)));
        assert_eq!(conn.organization_facts(OrganizationId::from_uuid(uuid())).await.unwrap(), None);
    }

    async fn what_binds_all_keys_of_an_organization_is_told(db: TestDatabase) {
        let world = World::of(&db).await;
        let plan = world.insert_plan("Plan").await;
        let ip_allowlist = networks(&["10.0.0.0/8"]);
        let bound = Organization {
            plan: Some(plan.id),
            limits: limits(),
            ip_allowlist: ip_allowlist.clone(),
            ..world.organization.clone()
        };
        let credits = Credits { remaining: 0, refill: None, block_size: 1 };
        let mut tx = world.begin().await;
        tx.organizations(&world.scope).update(&bound).await.unwrap();
        tx.credits(&world.scope).set(Subject::Organization(bound.id), Some(credits), at(0)).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        let found = world.read().await.organization_facts(bound.id).await.unwrap().unwrap();
        assert_eq!(found.rules, Rules { plan: Some(plan.id), limits: limits(), ip_allowlist, has_credits: true });
    }

    async fn a_rule_of_a_key_that_cannot_be_read_is_an_error_and_not_no_rule(db: TestDatabase) {
        let world = World::of(&db).await;
        let key = world.key();
        world.insert_key(&key, &[]).await;
        for (column, value) in [("limits", "[1]"), ("ip_allowlist", "{}"), ("metadata", "[]"), ("limits", "")] {
            execute(&world.store, "UPDATE api_keys SET limits = NULL, ip_allowlist = NULL, metadata = NULL").await;
            execute(&world.store, &format!("UPDATE api_keys SET {column} = '{value}'")).await;
            let wanted = format!("api_keys row {}: column {column} is corrupt", key.id.uuid());
            let mut conn = world.read().await;
            assert_eq!(conn.key_facts(&[key.id]).await.unwrap_err().to_string(), wanted);
            let all = (Uuid::nil(), Uuid::max());
            let folded = world.store.fold_keys(all, (), |(), _| ()).await;
            assert_eq!(folded.unwrap_err().to_string(), wanted);
            let found = conn.api_keys(&world.scope).find(key.id).await;
            assert_eq!(found.unwrap_err().to_string(), wanted);
        }
    }

    async fn actions_and_roles_are_told_as_they_are(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let a = world.insert_action("acme.widgets.a").await;
        let b = world.insert_action("acme.widgets.b").await;
        other.insert_action("acme.widgets.c").await;
        let (full, bare) = (role(None, "full"), role(None, "bare"));
        world.insert_role(&full, &[a.id, b.id]).await;
        other.insert_role(&bare, &[]).await;
        let mut conn = world.read().await;
        let mut actions = conn.action_facts(world.project.id).await.unwrap();
        actions.sort_by(|a, b| a.name.cmp(&b.name));
        let facts = |action: &lockwork_model::rbac_policy::Action| ActionFacts {
            id: action.id,
            name: action.name.clone(),
        };
        assert_eq!(actions, [facts(&a), facts(&b)]);

        let sorted = |mut facts: RoleFacts| {
            facts.actions.sort_unstable();
            facts
        };
        let mut ids = vec![a.id, b.id];
        ids.sort_unstable();
        let full = RoleFacts { id: full.id, actions: ids };
        let bare = RoleFacts { id: bare.id, actions: Vec::new() };
        let mut all: Vec<_> = conn.all_role_facts().await.unwrap().into_iter().map(sorted).collect();
        all.sort_by_key(|facts| facts.id != full.id);
        assert_eq!(all, [full.clone(), bare.clone()]);
        assert_eq!(conn.role_facts(full.id).await.unwrap().map(sorted), Some(full));
        assert_eq!(conn.role_facts(bare.id).await.unwrap(), Some(bare));
        assert_eq!(conn.role_facts(RoleId::from_uuid(uuid())).await.unwrap(), None);
    }

    async fn backend_keys_are_told_with_their_scope_and_end(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut wanted = Vec::new();
        for (scope, revoked_at) in
            [(BackendKeyScope::Full, None), (BackendKeyScope::Verify, None), (BackendKeyScope::Read, Some(at(9)))]
        {
            let key = BackendApiKey {
                id: BackendApiKeyId::from_uuid(uuid()),
                display_name: String::new(),
                scope,
                secret_hash: hash(),
                revoked_at,
                created_at: at(1),
                updated_at: at(1),
            };
            let mut tx = world.begin().await;
            tx.backend_api_keys(&world.scope).insert(&key).await.unwrap();
            tx.commit_unaudited(at(0)).await.unwrap();
            let facts = BackendKeyFacts { id: key.id, project: world.project.id, hash: key.secret_hash, scope };
            let found = world.read().await.backend_key_facts(key.id).await.unwrap();
            assert_eq!(found, Some((facts, revoked_at.is_some())));
            if revoked_at.is_none() {
                wanted.push(facts);
            }
        }
        let mut all = world.read().await.all_backend_key_facts().await.unwrap();
        all.sort_by_key(|facts| facts.id);
        wanted.sort_by_key(|facts| facts.id);
        assert_eq!(all, wanted);
        let nobody = BackendApiKeyId::from_uuid(uuid());
        assert_eq!(world.read().await.backend_key_facts(nobody).await.unwrap(), None);
    }

    async fn keys_are_told_with_all_that_they_were_given(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut wanted = keys(&world).await;
        wanted.sort_by_key(|facts| facts.id);

        let mut ids: Vec<ApiKeyId> = wanted.iter().map(|facts| facts.id).collect();
        ids.push(ApiKeyId::from_uuid(uuid()));
        for count in [0, 1, 14, 15, 16, 30, 31, ids.len()] {
            let mut found = world.read().await.key_facts(&ids[..count]).await.unwrap();
            found.sort_by_key(|facts| facts.id);
            assert_eq!(found, wanted[..count.min(wanted.len())]);
        }

        for count in [1, 2, 3, 7] {
            let mut all = Vec::new();
            for range in key_ranges(count) {
                all.extend(keys_of(&world, range).await);
            }
            all.sort_by_key(|facts| facts.id);
            assert_eq!(all, wanted, "in {count} ranges");
        }
        // Read whole, and as ranges that meet at a key: each key is in exactly one.
        let (first, last) = (Uuid::nil(), Uuid::max());
        let middle = wanted[17].id.uuid();
        let after = Uuid::from_u128(middle.as_u128() + 1);
        for ranges in [&[(first, last)][..], &[(first, middle), (after, last)], &[(last, last), (first, last)]] {
            let mut all = Vec::new();
            for &range in ranges {
                all.extend(keys_of(&world, range).await);
            }
            all.sort_by_key(|facts| facts.id);
            assert_eq!(all, wanted);
        }

        let mut of_organization = world.read().await.organization_keys(world.organization.id).await.unwrap();
        of_organization.sort_unstable();
        ids.truncate(wanted.len());
        assert_eq!(of_organization, ids);
        assert_eq!(world.read().await.count_keys().await.unwrap(), 40);
    }
}
