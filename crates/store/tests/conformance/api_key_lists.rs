use crate::fixtures::{BY_ALL, ROWS, World, assert_pages, at, full_key, organization, role, secret, uuid};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::{ApiKey, Creator, FormerKeySecret, Lifecycle};
use lockwork_model::ids::{ApiKeyRoleAssignmentId, BackendApiKeyId, UserId};
use lockwork_model::page::{COUNT_MAX, Count, PageRequest};
use lockwork_store::api_keys::{ApiKeyFilter, KeyStateFilter};
use lockwork_testkit::on_both;

fn any() -> ApiKeyFilter {
    ApiKeyFilter::default()
}

/// The names of what is listed, which is as much as is counted.
async fn names(world: &World, filter: ApiKeyFilter) -> Vec<String> {
    let page = PageRequest { size: 100, ..PageRequest::default() };
    let mut conn = world.read().await;
    let found = conn.api_keys(&world.scope).list(&filter, &page).await.unwrap().items;
    let counted = conn.api_keys(&world.scope).count(&filter).await.unwrap();
    assert_eq!(counted, Count { rows: found.len() as u64, is_lower_bound: false }, "{filter:?}");
    let of_organization = ApiKeyFilter { organization: Some(world.organization.id), ..filter };
    let narrower = conn.api_keys(&world.scope).list(&of_organization, &page).await.unwrap().items;
    assert_eq!(narrower, found, "{of_organization:?}");
    let mut names: Vec<String> = found.into_iter().map(|key| key.display_name).collect();
    names.sort_unstable();
    names
}

fn named(world: &World, name: &str) -> ApiKey {
    ApiKey { display_name: name.into(), ..world.key() }
}

on_both! {
    async fn pages_follow_on_each_other_in_every_order_within_an_organization_a_project_and_an_external_id(db: TestDatabase) {
        let (world, other) = (World::of(&db).await, World::another(&db.store()).await);
        let second = organization(world.project.id, "Second");
        let mut tx = world.begin().await;
        tx.organizations(&world.scope).insert(&second).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        let external_id = Some("customer-17".to_owned());
        let (mut of_first, mut of_all, mut of_customer) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (name, time)) in ROWS.into_iter().chain(ROWS).enumerate() {
            let mut row = ApiKey { display_name: name.into(), created_at: at(time), ..world.key() };
            row.organization = [world.organization.id, second.id][index / ROWS.len()];
            row.external_id = external_id.clone().filter(|_| index % 2 == 0);
            world.insert_key(&row, &[]).await;
            other.insert_key(&ApiKey { external_id: external_id.clone(), ..other.key() }, &[]).await;
            of_first.extend((index < ROWS.len()).then(|| row.clone()));
            of_customer.extend(row.external_id.is_some().then(|| row.clone()));
            of_all.push(row);
        }
        let key = |row: &ApiKey| (row.created_at, row.display_name.clone(), row.id.uuid());
        let first = ApiKeyFilter { organization: Some(world.organization.id), ..any() };
        let customer = ApiKeyFilter { external_id, ..any() };
        for (rows, filter) in [(of_first, first), (of_all, any()), (of_customer, customer)] {
            assert_pages(&rows, BY_ALL, key, async |page| {
                world.read().await.api_keys(&world.scope).list(&filter, page).await.unwrap()
            })
            .await;
            let counted = world.read().await.api_keys(&world.scope).count(&filter).await.unwrap();
            assert_eq!(counted.rows, rows.len() as u64);
        }
    }

    async fn keys_are_counted_no_further_than_is_said(db: TestDatabase) {
        let world = World::of(&db).await;
        let add = async |keys: Vec<ApiKey>| {
            let mut tx = world.begin().await;
            tx.api_keys(&world.scope).seed(&keys).await.unwrap();
            tx.commit_unaudited(at(0)).await.unwrap();
        };
        let counted = async |filter| world.read().await.api_keys(&world.scope).count(&filter).await.unwrap();
        add((0..COUNT_MAX).map(|_| world.key()).collect()).await;
        let of_organization = ApiKeyFilter { organization: Some(world.organization.id), ..any() };
        let all = Count { rows: COUNT_MAX, is_lower_bound: false };
        assert_eq!((counted(any()).await, counted(of_organization.clone()).await), (all, all));
        add(vec![named(&world, "one more")]).await;
        let more = Count { is_lower_bound: true, ..all };
        assert_eq!((counted(any()).await, counted(of_organization).await), (more, more));
        let one = ApiKeyFilter { display_name: Some("one more".into()), ..any() };
        assert_eq!(counted(one).await, Count { rows: 1, is_lower_bound: false });
    }

    async fn what_keys_may_do_is_read_for_many_at_once(db: TestDatabase) {
        let world = World::of(&db).await;
        let (a, b, c) = (world.insert_action("x.y.a").await, world.insert_action("x.y.b").await, world.insert_action("x.y.c").await);
        let (one, two) = (role(None, "One"), role(Some(world.organization.id), "Two"));
        world.insert_role(&one, &[b.id, a.id]).await;
        world.insert_role(&two, &[b.id]).await;
        let (both, direct, nothing) = (world.key(), world.key(), world.key());
        world.insert_key(&both, &[c.id, a.id]).await;
        world.insert_key(&direct, &[b.id]).await;
        world.insert_key(&nothing, &[]).await;
        let mut tx = world.begin().await;
        for role in [&one, &two] {
            let id = ApiKeyRoleAssignmentId::from_uuid(uuid());
            let assignment = ApiKeyRoleAssignment { id, api_key: both.id, role: role.id, created_at: at(0) };
            tx.api_key_role_assignments(&world.scope).insert(&assignment).await.unwrap();
        }
        tx.commit_unaudited(at(0)).await.unwrap();
        let mut conn = world.read().await;
        let mut keys = conn.api_keys(&world.scope);
        let held = keys.effective_actions(&[both.clone(), direct.clone(), nothing]).await.unwrap();
        let wanted = [(both.id, vec![a.name, b.name.clone(), c.name]), (direct.id, vec![b.name])];
        assert_eq!(held, wanted.into());
        assert_eq!(keys.effective_actions(&[]).await.unwrap(), [].into());
    }

    async fn filters_narrow_the_list(db: TestDatabase) {
        let world = World::of(&db).await;
        let plan = world.insert_plan("Plan").await;
        let user = UserId::from_uuid(uuid());
        let backend = BackendApiKeyId::from_uuid(uuid());
        let former = FormerKeySecret { secret: secret("dddd", at(0)), ends_at: at(1) };
        let a = ApiKey { secret: secret("aaaa", at(5)), former_secret: Some(former), creator: Creator::User(user), ..named(&world, "a") };
        let b = ApiKey { secret: secret("bbbb", at(5)), creator: Creator::BackendApiKey(backend), ..named(&world, "b") };
        let b = b.revoked(None, at(9));
        let full = ApiKey { display_name: "full".into(), expires_at: None, ..full_key(world.organization.id, plan.id) };
        for key in [&a, &b, &full] {
            world.insert_key(key, &[]).await;
        }
        let text = |text: &str| Some(text.to_owned());
        let expiring = |state, now| ApiKeyFilter {
            state: Some((state, at(now))),
            expires_before: Some(at(1_000_001)),
            ..any()
        };
        for (filter, wanted) in [
            (any(), vec!["a", "b", "full"]),
            (ApiKeyFilter { id: Some(b.id), ..any() }, vec!["b"]),
            (ApiKeyFilter { id: Some(world.key().id), ..any() }, vec![]),
            (ApiKeyFilter { display_name: text("a"), ..any() }, vec!["a"]),
            (ApiKeyFilter { display_name: text("A"), ..any() }, vec![]),
            (ApiKeyFilter { secret_suffix: text("bbbb"), ..any() }, vec!["b"]),
            (ApiKeyFilter { secret_suffix: text("bbb"), ..any() }, vec![]),
            (ApiKeyFilter { secret_suffix: text("dddd"), ..any() }, vec!["a"]),
            (ApiKeyFilter { secret_suffix: text("abcd"), ..any() }, vec!["full"]),
            (ApiKeyFilter { external_id: text("customer-17/é"), ..any() }, vec!["full"]),
            (ApiKeyFilter { external_id: text("customer-17"), ..any() }, vec![]),
            (ApiKeyFilter { tag: text("beta"), ..any() }, vec!["full"]),
            (ApiKeyFilter { tag: text("region:eu"), ..any() }, vec!["full"]),
            (ApiKeyFilter { tag: text("region"), ..any() }, vec![]),
            (ApiKeyFilter { tag: text("Beta"), ..any() }, vec![]),
            (ApiKeyFilter { tag: text("bet_"), ..any() }, vec![]),
            (ApiKeyFilter { tag: text("beta\",\"region:eu"), ..any() }, vec![]),
            (ApiKeyFilter { revoked: Some(true), ..any() }, vec!["b"]),
            (ApiKeyFilter { revoked: Some(false), ..any() }, vec!["a", "full"]),
            (ApiKeyFilter { creator_user: Some(user), ..any() }, vec!["a"]),
            (ApiKeyFilter { creator_backend_api_key: Some(backend), ..any() }, vec!["b"]),
            (ApiKeyFilter { expires_before: Some(at(1_000_001)), ..any() }, vec!["a", "b"]),
            (ApiKeyFilter { expires_before: Some(at(1_000_000)), ..any() }, vec![]),
            (expiring(KeyStateFilter::Active, 10), vec!["a"]),
            (expiring(KeyStateFilter::Active, 1_000_000), vec![]),
            (expiring(KeyStateFilter::Expired, 1_000_000), vec!["a"]),
            (expiring(KeyStateFilter::Revoked, 1_000_000), vec!["b"]),
            (ApiKeyFilter { organization: Some(world.organization.id), ..expiring(KeyStateFilter::Active, 10) }, vec!["a"]),
            (ApiKeyFilter { revoked: Some(true), display_name: text("a"), ..any() }, vec![]),
            (ApiKeyFilter { revoked: Some(true), display_name: text("b"), ..any() }, vec!["b"]),
            (ApiKeyFilter { external_id: text("customer-17/é"), tag: text("other"), ..any() }, vec![]),
        ] {
            assert_eq!(names(&world, filter.clone()).await, wanted, "{filter:?}");
        }
    }

    async fn a_search_finds_a_part_of_the_name_in_any_case_and_takes_every_sign_for_itself(db: TestDatabase) {
        let world = World::of(&db).await;
        for name in ["Nightly Export", "100% sure", "100 sure", "a_b", "axb", "back\\slash", "ÉTÉ"] {
            world.insert_key(&named(&world, name), &[]).await;
        }
        for (search, wanted) in [
            ("EXPORT", vec!["Nightly Export"]),
            ("ly ex", vec!["Nightly Export"]),
            ("0% s", vec!["100% sure"]),
            ("a_b", vec!["a_b"]),
            ("k\\s", vec!["back\\slash"]),
            ("É", vec!["ÉTÉ"]),
            ("é", vec![]),
            ("no such", vec![]),
        ] {
            let filter = ApiKeyFilter { search: Some(search.into()), ..any() };
            assert_eq!(names(&world, filter).await, wanted, "{search}");
        }
        assert_eq!(names(&world, ApiKeyFilter { search: Some(String::new()), ..any() }).await.len(), 7);
    }

    async fn each_key_is_in_one_state_at_a_moment(db: TestDatabase) {
        let world = World::of(&db).await;
        let expiring = |name, expires_at| ApiKey { expires_at, ..named(&world, name) };
        let disabled = Lifecycle::Disabled { at: at(1) };
        for key in [
            expiring("active", None),
            expiring("expiring", Some(at(100))),
            ApiKey { lifecycle: disabled.clone(), ..expiring("disabled", None) },
            ApiKey { lifecycle: disabled, ..expiring("disabled and expiring", Some(at(100))) },
            expiring("revoked", None).revoked(None, at(2)),
            expiring("revoked and expiring", Some(at(100))).revoked(None, at(2)),
        ] {
            world.insert_key(&key, &[]).await;
        }
        for (state, now, wanted) in [
            (KeyStateFilter::Active, 99, vec!["active", "expiring"]),
            (KeyStateFilter::Active, 100, vec!["active"]),
            (KeyStateFilter::Expired, 99, vec![]),
            (KeyStateFilter::Expired, 100, vec!["expiring"]),
            (KeyStateFilter::Disabled, 100, vec!["disabled", "disabled and expiring"]),
            (KeyStateFilter::Revoked, 100, vec!["revoked", "revoked and expiring"]),
        ] {
            let filter = ApiKeyFilter { state: Some((state, at(now))), ..any() };
            assert_eq!(names(&world, filter).await, wanted, "{state:?} at {now}");
        }
    }
}
