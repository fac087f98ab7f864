use crate::fixtures::{World, at, execute, follow, hash, number, role, uuid};
use lockwork_model::access::BackendKeyScope;
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::backend_api_keys::BackendApiKey;
use lockwork_model::changes::{Change, ChangeKind};
use lockwork_model::ids::{ApiKeyRoleAssignmentId, BackendApiKeyId};
use lockwork_model::organizations::DomainList;
use lockwork_store::Store;
use lockwork_store::feed::{Batch, Feed};
use lockwork_testkit::on_both;
use std::collections::HashSet;
use std::time::Duration;
use uuid::Uuid;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const HOURS: i64 = 3_600_000_000;

fn change(kind: ChangeKind, entity: Uuid) -> Change {
    Change { kind, entity, detail: None }
}

pub(crate) fn entities(changes: &[Change]) -> Vec<Uuid> {
    changes.iter().map(|change| change.entity).collect()
}

/// Fills the feed with so many changes, in one transaction.
pub(crate) async fn fill(store: &Store, count: usize) {
    let sql = match store {
        Store::Sqlite { .. } => format!(
            "INSERT INTO changes (kind, entity_id, recorded_at, transaction_id)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             SELECT 5, randomblob(16), 0, 0 FROM n"
        ),
        Store::Postgres(_) => format!(
            "INSERT INTO changes (kind, entity_id, recorded_at, transaction_id)
             SELECT 5, gen_random_uuid(), 0, CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)
             FROM generate_series(1, {count})"
        ),
    };
    execute(store, &sql).await;
}

pub(crate) fn assert_each_once(changes: &[Change], wanted: usize) {
    let found: HashSet<Uuid> = changes.iter().map(|change| change.entity).collect();
    assert_eq!((found.len(), changes.len()), (wanted, wanted));
}

on_both! {
    async fn every_change_that_verification_must_learn_of_is_told(db: TestDatabase) {
        let world = World::of(&db).await;
        let (store, scope) = (&world.store, &world.scope);
        let mut feed = Feed::now(store).await.unwrap();
        macro_rules! tells {
            ($tx:ident: $change:expr => $($wanted:expr),*) => {{
                let mut $tx = world.begin().await;
                $change.await.unwrap();
                $tx.commit_unaudited(at(0)).await.unwrap();
                let found: HashSet<Change> = follow(&mut feed, store).await.into_iter().collect();
                assert_eq!(found, HashSet::from([$($wanted),*]), "{}", stringify!($change));
            }};
        }
        let project = crate::fixtures::project();
        tells!(tx: tx.system().insert_project(&project) => change(ChangeKind::Project, project.id.uuid()));
        let project = world.project.id.uuid();
        tells!(tx: tx.projects(scope).update(&world.project) => change(ChangeKind::Project, project));

        let action = crate::fixtures::action("acme.widgets.read");
        tells!(tx: tx.rbac_policy(scope).upsert(&action) => change(ChangeKind::RbacPolicy, project));

        let organization = &world.organization;
        let changed = change(ChangeKind::Organization, organization.id.uuid());
        tells!(tx: tx.organizations(scope).update(organization) => changed.clone());
        tells!(tx: tx.organizations(scope).replace_domains(organization, DomainList::Domains, &[]) =>);
        let another = crate::fixtures::organization(world.project.id, "Another");
        let of_another = change(ChangeKind::Organization, another.id.uuid());
        tells!(tx: tx.organizations(scope).insert(&another) => of_another.clone());
        tells!(tx: tx.organizations(scope).delete(another.id) => of_another);

        let role = role(None, "Role");
        let changed = change(ChangeKind::Role, role.id.uuid());
        tells!(tx: tx.roles(scope).insert(&role, &[action.id]) => changed.clone());
        tells!(tx: tx.roles(scope).update(&role, Some(&[])) => changed.clone());

        let key = world.key();
        let changed_key = change(ChangeKind::ApiKey, key.id.uuid());
        tells!(tx: tx.api_keys(scope).insert(&key, &[action.id]) => changed_key.clone());
        tells!(tx: tx.api_keys(scope).update(&key) => changed_key.clone());
        let assignment = ApiKeyRoleAssignment {
            id: ApiKeyRoleAssignmentId::from_uuid(uuid()),
            api_key: key.id,
            role: role.id,
            created_at: at(0),
        };
        tells!(tx: tx.api_key_role_assignments(scope).insert(&assignment) => changed_key.clone());
        tells!(tx: tx.api_key_role_assignments(scope).delete(&assignment) => changed_key.clone());
        let secret = Some(key.secret.hash.as_bytes().to_vec());
        tells!(tx: tx.api_keys(scope).delete(&key) => Change { detail: secret, ..changed_key });
        tells!(tx: tx.roles(scope).delete(role.id) => changed);
        tells!(tx: tx.rbac_policy(scope).delete(action.id) => change(ChangeKind::RbacPolicy, project));

        let key = BackendApiKey {
            id: BackendApiKeyId::from_uuid(uuid()),
            display_name: String::new(),
            scope: BackendKeyScope::Full,
            secret_hash: hash(),
            revoked_at: None,
            created_at: at(0),
            updated_at: at(0),
        };
        let changed = change(ChangeKind::BackendApiKey, key.id.uuid());
        tells!(tx: tx.backend_api_keys(scope).insert(&key) => changed.clone());
        tells!(tx: tx.backend_api_keys(scope).update(&key) => changed.clone());
        let secret = Some(key.secret_hash.as_bytes().to_vec());
        tells!(tx: tx.backend_api_keys(scope).delete(&key) => Change { detail: secret, ..changed });
    }

    async fn one_thing_changed_twice_in_a_transaction_is_told_once(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        let key = world.key();
        let mut tx = world.begin().await;
        tx.api_keys(&world.scope).insert(&key, &[]).await.unwrap();
        tx.api_keys(&world.scope).update(&key).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        assert_eq!(follow(&mut feed, &world.store).await, [change(ChangeKind::ApiKey, key.id.uuid())]);
    }

    async fn a_follower_sees_each_commit_after_its_place_and_none_before(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        assert_eq!(follow(&mut feed, &world.store).await, []);
        for _ in 0..5 {
            let key = world.key();
            world.insert_key(&key, &[]).await;
            assert_eq!(entities(&follow(&mut feed, &world.store).await), [key.id.uuid()]);
            assert_eq!(follow(&mut feed, &world.store).await, []);
        }
    }

    async fn a_place_that_was_kept_reads_the_same_again(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        let key = world.key();
        world.insert_key(&key, &[]).await;
        let kept = feed.clone();
        assert_eq!(entities(&follow(&mut feed, &world.store).await), [key.id.uuid()]);
        assert_eq!(entities(&follow(&mut kept.clone(), &world.store).await), [key.id.uuid()]);
        assert_eq!(entities(&follow(&mut kept.clone(), &world.store).await), [key.id.uuid()]);
    }

    async fn a_position_survives_a_restart_and_misses_nothing(db: TestDatabase) {
        let mut db = db;
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        let (before, after) = (world.key(), world.key());
        world.insert_key(&before, &[]).await;
        follow(&mut feed, &world.store).await;
        let position = feed.position();
        drop(feed);
        world.insert_key(&after, &[]).await;
        db.reopen().await;
        let mut feed = Feed::at(position);
        let found = entities(&follow(&mut feed, &db.store()).await);
        assert!(found.contains(&after.id.uuid()), "{found:?}");
        assert_eq!(follow(&mut feed, &db.store()).await, []);
    }

    async fn a_backlog_of_many_batches_is_read_to_its_end_each_change_once(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        for count in [25_000, 1, 9_999, 10_000] {
            fill(&world.store, count).await;
        }
        let mut found = Vec::new();
        let mut full = 0;
        loop {
            let Batch::Changes { changes, more } = feed.next(&world.store).await.unwrap() else { panic!("too old") };
            found.extend(changes);
            if !more {
                break;
            }
            full += 1;
            fill(&world.store, 10).await;
        }
        found.extend(follow(&mut feed, &world.store).await);
        assert!(full >= 4, "{full} full batches");
        assert_each_once(&found, 45_000 + 10 * full);
    }

    async fn writers_and_a_follower_at_once_lose_nothing(db: TestDatabase) {
        let world = World::of(&db).await;
        let mut feed = Feed::now(&world.store).await.unwrap();
        let write = async |writer: usize| {
            let mut written = Vec::new();
            for step in 0..10 {
                let key = world.key();
                let mut tx = world.begin().await;
                tx.api_keys(&world.scope).insert(&key, &[]).await.unwrap();
                if (writer + step).is_multiple_of(4) {
                    continue;
                }
                tx.commit_unaudited(at(0)).await.unwrap();
                written.push(key.id.uuid());
            }
            written
        };
        let done = std::cell::Cell::new(false);
        let writing = async {
            let written = futures_util::future::join_all((0..8).map(write)).await;
            done.set(true);
            written.into_iter().flatten().collect::<HashSet<Uuid>>()
        };
        let following = async {
            let mut found = Vec::new();
            while !done.get() {
                found.extend(follow(&mut feed, &world.store).await);
            }
            found.extend(follow(&mut feed, &world.store).await);
            entities(&found)
        };
        let (written, found) = tokio::join!(writing, following);
        assert_eq!(found.len(), written.len());
        assert_eq!(found.into_iter().collect::<HashSet<_>>(), written);
    }

    async fn pruning_forgets_what_is_old_enough_and_tells_who_was_away(db: TestDatabase) {
        let world = World::of(&db).await;
        let store = &world.store;
        let (mut present, mut away) = (Feed::now(store).await.unwrap(), Feed::now(store).await.unwrap());
        let prune = async |hours: i64| Feed::prune(store, at(hours * HOURS), HOUR).await.unwrap();
        world.insert_key(&world.key(), &[]).await;
        follow(&mut present, store).await;
        let before = world.count("changes").await;
        // The first call only marks the place that a later one cuts at.
        assert_eq!(prune(0).await, 0);
        world.insert_key(&world.key(), &[]).await;
        follow(&mut present, store).await;
        assert_eq!(prune(0).await, 0, "twice in a row, as two nodes may");
        assert_eq!(world.count("changes").await, before + 1);
        assert_eq!(follow(&mut away.clone(), store).await.len(), 2);

        assert_eq!(prune(1).await as i64, before);
        assert_eq!(world.count("changes").await, 1);
        assert_eq!(away.next(store).await.unwrap(), Batch::TooOld);
        assert_eq!(away.next(store).await.unwrap(), Batch::TooOld, "until it starts anew");
        assert_eq!(follow(&mut present, store).await, []);
        let mut anew = Feed::now(store).await.unwrap();
        assert_eq!(follow(&mut anew, store).await, []);

        assert_eq!(prune(2).await, 1);
        assert_eq!(world.count("changes").await, 0);
        for feed in [&mut present, &mut anew] {
            assert_eq!(follow(feed, store).await, []);
        }
        assert_eq!(prune(3).await, 0);
        let key = world.key();
        world.insert_key(&key, &[]).await;
        for feed in [&mut present, &mut anew, &mut Feed::now(store).await.unwrap()] {
            let found = entities(&follow(feed, store).await);
            assert!(found.is_empty() || found == [key.id.uuid()], "{found:?}");
        }
        assert_eq!(away.next(store).await.unwrap(), Batch::TooOld);
    }

    async fn a_pruned_feed_does_not_count_from_the_start_again(db: TestDatabase) {
        let world = World::of(&db).await;
        for hours in 0..3 {
            Feed::prune(&world.store, at(hours * HOURS), HOUR).await.unwrap();
        }
        assert_eq!(world.count("changes").await, 0);
        let mut feed = Feed::now(&world.store).await.unwrap();
        let key = world.key();
        world.insert_key(&key, &[]).await;
        assert_eq!(entities(&follow(&mut feed, &world.store).await), [key.id.uuid()]);
        assert!(number(&world.store, "SELECT MIN(position) FROM changes").await > 1);
    }

    async fn pruning_on_two_nodes_at_once_cuts_once(db: TestDatabase) {
        let world = World::of(&db).await;
        let store = &world.store;
        Feed::prune(store, at(0), HOUR).await.unwrap();
        let mut feed = Feed::now(store).await.unwrap();
        fill(store, 10).await;
        follow(&mut feed, store).await;
        let all = world.count("changes").await;
        let prune = || Feed::prune(store, at(HOURS), HOUR);
        let (first, second) = tokio::join!(prune(), prune());
        assert_eq!((first.unwrap() + second.unwrap()) as i64, all - 10);
        assert_eq!(follow(&mut feed, store).await, []);
    }

    async fn a_place_of_another_feed_is_refused(db: TestDatabase) {
        let world = World::of(&db).await;
        world.insert_key(&world.key(), &[]).await;
        // As after a backup from before that place was restored.
        assert_eq!(Feed::at(1 << 40).next(&world.store).await.unwrap(), Batch::TooOld);
    }
}
