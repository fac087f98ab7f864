use crate::fixtures::{
    BY_ALL, ROWS, World, assert_pages, at, event, execute, limits, literal, networks, number, organization,
    role,
};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::Lifetime;
use lockwork_model::ids::ApiKeyRoleAssignmentId;
use lockwork_model::organizations::{DomainList, Organization};
use lockwork_model::page::{Count, PageRequest};
use lockwork_model::projects::LoginMethods;
use lockwork_store::organizations::OrganizationFilter;
use lockwork_store::{Audit, StoreError};
use lockwork_testkit::on_both;

async fn insert(world: &World, organization: &Organization) {
    let mut tx = world.begin().await;
    tx.organizations(&world.scope).insert(organization).await.unwrap();
    tx.commit_unaudited(at(0)).await.unwrap();
}

async fn all(world: &World, filter: OrganizationFilter) -> Vec<Organization> {
    let page = PageRequest { size: 100, ..PageRequest::default() };
    let mut conn = world.read().await;
    let found = conn.organizations(&world.scope).list(&filter, &page).await.unwrap().items;
    let counted = conn.organizations(&world.scope).count(&filter).await.unwrap();
    assert_eq!(counted, Count { rows: found.len() as u64, is_lower_bound: false }, "{filter:?}");
    found
}

on_both! {
    async fn an_organization_is_found_as_it_was_written(db: TestDatabase) {
        let world = World::of(&db).await;
        let id = world.organization.id;
        let mut tx = world.begin().await;
        assert_eq!(tx.organizations(&world.scope).find_for_update(id).await.unwrap(), Some(world.organization.clone()));
        drop(tx);
        assert_eq!(world.read().await.organizations(&world.scope).find(id).await.unwrap(), Some(world.organization));
    }

    async fn an_update_writes_everything_back(db: TestDatabase) {
        let world = World::of(&db).await;
        let changed = Organization {
            display_name: "Renamed".into(),
            log_in_with: LoginMethods::from_bits(0),
            require_mfa: false,
            scim_enabled: true,
            custom_roles_enabled: false,
            api_keys_enabled: false,
            personal_api_keys_enabled: true,
            logins_disabled: true,
            plan: Some(world.insert_plan("Plan").await.id),
            limits: limits(),
            ip_allowlist: networks(&["10.0.0.0/8", "::1"]),
            max_key_lifetime: Lifetime::from_seconds(1),
            updated_at: at(99),
            ..world.organization.clone()
        };
        let mut tx = world.begin().await;
        tx.organizations(&world.scope).update(&changed).await.unwrap();
        tx.commit_unaudited(at(99)).await.unwrap();
        let found = world.read().await.organizations(&world.scope).find(changed.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&changed));

        let twin = Organization { id: crate::fixtures::organization(changed.project, "").id, ..changed };
        insert(&world, &twin).await;
        assert_eq!(world.read().await.organizations(&world.scope).find(twin.id).await.unwrap(), Some(twin));
    }

    async fn a_list_that_cannot_be_read_is_an_error_and_not_an_empty_one(db: TestDatabase) {
        let world = World::of(&db).await;
        let row = world.organization.id.uuid();
        for (column, value) in [("limits", "[{}]"), ("ip_allowlist", "[\"10.0.0.1/33\"]"), ("limits", "null")] {
            execute(&world.store, "UPDATE organizations SET limits = NULL, ip_allowlist = NULL").await;
            execute(&world.store, &format!("UPDATE organizations SET {column} = '{value}'")).await;
            let wanted = format!("organizations row {row}: column {column} is corrupt");
            let mut conn = world.read().await;
            let found = conn.organizations(&world.scope).find(world.organization.id).await;
            assert_eq!(found.unwrap_err().to_string(), wanted);
            let facts = conn.organization_facts(world.organization.id).await;
            assert_eq!(facts.unwrap_err().to_string(), wanted);
            assert_eq!(world.store.each_organization(|_| ()).await.unwrap_err().to_string(), wanted);
        }
    }

    async fn pages_follow_on_each_other_in_every_order(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let mut rows = vec![world.organization.clone()];
        for (name, time) in ROWS {
            let row = Organization { created_at: at(time), ..organization(world.project.id, name) };
            insert(&world, &row).await;
            insert(&other, &Organization { project: other.project.id, ..organization(other.project.id, name) }).await;
            rows.push(row);
        }
        let key = |row: &Organization| (row.created_at, row.display_name.clone(), row.id.uuid());
        assert_pages(&rows, BY_ALL, key, async |page| {
            world.read().await.organizations(&world.scope).list(&OrganizationFilter::default(), page).await.unwrap()
        })
        .await;
    }

    async fn filters_narrow_the_list(db: TestDatabase) {
        let world = World::of(&db).await;
        let off = Organization { api_keys_enabled: false, ..organization(world.project.id, "acme") };
        insert(&world, &off).await;
        let named = |name: &str| OrganizationFilter { display_name: Some(name.into()), ..OrganizationFilter::default() };
        let searched = |part: &str| OrganizationFilter { search: Some(part.into()), ..OrganizationFilter::default() };
        let enabled = |on| OrganizationFilter { api_keys_enabled: Some(on), ..OrganizationFilter::default() };
        assert_eq!(all(&world, named("Acme")).await, std::slice::from_ref(&world.organization));
        assert_eq!(all(&world, named("acme")).await, std::slice::from_ref(&off));
        assert_eq!(all(&world, named("ACME")).await, []);
        assert_eq!(all(&world, searched("CM")).await.len(), 2);
        assert_eq!(all(&world, searched("a_")).await, []);
        assert_eq!(all(&world, searched("")).await.len(), 2);
        assert_eq!(all(&world, enabled(true)).await, std::slice::from_ref(&world.organization));
        assert_eq!(all(&world, enabled(false)).await, [off]);
        let both = OrganizationFilter { api_keys_enabled: Some(true), ..named("acme") };
        assert_eq!(all(&world, both).await, []);
    }

    async fn ways_to_sign_in_are_dropped_in_every_organization_of_the_project(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let without = Organization { log_in_with: LoginMethods::from_bits(2), ..organization(world.project.id, "Without") };
        insert(&world, &without).await;
        let mut tx = world.begin().await;
        let mut organizations = tx.organizations(&world.scope);
        assert_eq!(organizations.drop_login_methods(LoginMethods::from_bits(4 | 8)).await.unwrap(), 1);
        for (id, bits) in [(world.organization.id, 1), (without.id, 2)] {
            let found = organizations.find(id).await.unwrap().unwrap();
            assert_eq!(found.log_in_with, LoginMethods::from_bits(bits));
        }
        assert!(world.organization.require_mfa && without.require_mfa);
        for (bits, locked_out) in [(1 | 2, None), (2, Some(world.organization.id)), (1, Some(without.id))] {
            let second_factors = LoginMethods::from_bits(bits);
            let found = organizations.any_that_demands_one_of(second_factors).await.unwrap();
            assert_eq!(found, locked_out, "{bits}");
        }
        let found = tx.organizations(&other.scope).find(other.organization.id).await.unwrap();
        assert_eq!(found, Some(other.organization));
    }

    async fn another_project_s_organization_is_out_of_reach(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let theirs = &other.organization;
        let mut tx = other.begin().await;
        let list = ["example.com".to_owned()];
        tx.organizations(&other.scope).replace_domains(theirs, DomainList::Domains, &list).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();

        assert_eq!(world.read().await.organizations(&world.scope).find(theirs.id).await.unwrap(), None);
        let mut tx = world.begin().await;
        let mut mine = tx.organizations(&world.scope);
        assert_eq!(mine.find_for_update(theirs.id).await.unwrap(), None);
        mine.update(&Organization { display_name: "Stolen".into(), ..theirs.clone() }).await.unwrap();
        mine.replace_domains(theirs, DomainList::Domains, &[]).await.unwrap();
        mine.delete(theirs.id).await.unwrap();
        tx.commit_unaudited(at(9)).await.unwrap();
        let mut conn = world.read().await;
        let mut theirs_again = conn.organizations(&other.scope);
        assert_eq!(theirs_again.find(theirs.id).await.unwrap().as_ref(), Some(theirs));
        assert_eq!(theirs_again.domains(theirs, DomainList::Domains).await.unwrap(), list);

        let mut tx = world.begin().await;
        let refused = tx.organizations(&world.scope).replace_domains(theirs, DomainList::Domains, &list).await;
        assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
    }

    async fn its_lists_are_replaced_one_by_one_and_come_sorted(db: TestDatabase) {
        let world = World::of(&db).await;
        let replace = async |list, entries: &[&str]| {
            let entries: Vec<String> = entries.iter().map(|&entry| entry.into()).collect();
            let mut tx = world.begin().await;
            tx.organizations(&world.scope).replace_domains(&world.organization, list, &entries).await?;
            tx.commit_unaudited(at(0)).await
        };
        let read = async |list| {
            world.read().await.organizations(&world.scope).domains(&world.organization, list).await.unwrap()
        };
        replace(DomainList::Domains, &["b.com", "a.com"]).await.unwrap();
        replace(DomainList::GoogleHostedDomains, &["a.com"]).await.unwrap();
        replace(DomainList::Domains, &["c.com", "a.com"]).await.unwrap();
        assert_eq!(read(DomainList::Domains).await, ["a.com", "c.com"]);
        assert_eq!(read(DomainList::GoogleHostedDomains).await, ["a.com"]);
        assert_eq!(read(DomainList::MicrosoftTenantIds).await, [""; 0]);
        let twice = replace(DomainList::Domains, &["d.com", "d.com"]).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
        assert_eq!(read(DomainList::Domains).await, ["a.com", "c.com"]);
    }

    async fn deleting_it_deletes_all_that_is_its_own_and_keeps_the_log(db: TestDatabase) {
        let world = World::of(&db).await;
        let (key, own, shared) = (world.key(), role(Some(world.organization.id), "Own"), role(None, "Shared"));
        let action = world.insert_action("acme.widgets.read").await;
        world.insert_key(&key, &[action.id]).await;
        world.insert_role(&own, &[action.id]).await;
        world.insert_role(&shared, &[action.id]).await;
        let mut tx = world.begin().await;
        for role in [&own, &shared] {
            let id = ApiKeyRoleAssignmentId::from_uuid(crate::fixtures::uuid());
            let assignment = ApiKeyRoleAssignment { id, api_key: key.id, role: role.id, created_at: at(0) };
            tx.api_key_role_assignments(&world.scope).insert(&assignment).await.unwrap();
        }
        let list = ["example.com".to_owned()];
        tx.organizations(&world.scope)
            .replace_domains(&world.organization, DomainList::Domains, &list)
            .await
            .unwrap();
        let mut entry = event(at(0));
        entry.organization = Some(world.organization.id);
        tx.commit(Audit::of(&world.scope, entry), at(0)).await.unwrap();
        let organization_literal = literal(&world.store, world.organization.id.uuid());
        execute(&world.store, &format!("UPDATE projects SET organization_id = {organization_literal}")).await;

        let mut tx = world.begin().await;
        tx.organizations(&world.scope).delete(world.organization.id).await.unwrap();
        tx.commit_unaudited(at(1)).await.unwrap();
        for table in ["organizations", "organization_domains", "api_keys", "api_key_actions", "api_key_role_assignments"] {
            assert_eq!(world.count(table).await, 0, "{table}");
        }
        assert_eq!((world.count("roles").await, world.count("role_actions").await), (1, 1));
        assert_eq!((world.count("actions").await, world.count("audit_log_events").await), (1, 1));
        assert_eq!(number(&world.store, "SELECT COUNT(*) FROM projects WHERE organization_id IS NULL").await, 1);
    }

    async fn an_id_comes_once(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut tx = world.begin().await;
        let twice = tx.organizations(&world.scope).insert(&world.organization).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
        drop(tx);
        let orphan = crate::fixtures::project().id;
        let mut tx = world.begin().await;
        let refused = tx.organizations(&crate::fixtures::scope(orphan)).insert(&organization(orphan, "Orphan")).await;
        assert!(matches!(refused, Err(StoreError::Dangling(_))), "{refused:?}");
    }
}
