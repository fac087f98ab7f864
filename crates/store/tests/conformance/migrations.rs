use crate::fixtures::execute;
use lockwork_store::Store;
use lockwork_testkit::databases::{Kind, TestDatabase};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))
}

/// The files of a folder, and their hashes.
fn hashes(kind: &str) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder().join(kind)).unwrap().map(|entry| entry.unwrap());
    let hash = |path: &Path| {
        Sha256::digest(std::fs::read(path).unwrap()).iter().map(|b| format!("{b:02x}")).collect()
    };
    entries.map(|entry| (entry.file_name().into_string().unwrap(), hash(&entry.path()))).collect()
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |kind| hashes(kind).into_keys().collect::<Vec<_>>();
    assert_eq!(names("sqlite"), names("postgres"));
}

/// A database somewhere has applied them: whoever needs another schema writes another migration.
#[test]
fn migrations_are_frozen() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/migrations.lock");
    let frozen = std::fs::read_to_string(&path).unwrap_or_default();
    let mut lines: Vec<String> = frozen.lines().map(Into::into).collect();
    for kind in ["postgres", "sqlite"] {
        for (name, hash) in hashes(kind) {
            let known = lines.iter().find(|line| line.ends_with(&format!(" {kind}/{name}")));
            match known {
                Some(line) => assert!(
                    line.starts_with(&hash),
                    "{kind}/{name} was changed: add another migration instead"
                ),
                None => lines.push(format!("{hash} {kind}/{name}")),
            }
        }
    }
    crate::fixtures::assert_accepted("tests/migrations.lock", &(lines.join("\n") + "\n"));
}

#[tokio::test]
async fn an_empty_database_says_that_it_is_not_migrated() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let db = TestDatabase::empty(kind).await;
        let store = db.store();
        assert!(!store.is_migrated().await.unwrap());
        store.migrate().await.unwrap();
        assert!(store.is_migrated().await.unwrap());
        store.migrate().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_nodes_may_open_and_migrate_one_database_at_once() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let db = TestDatabase::empty(kind).await;
        let node = |_| {
            let url = db.url();
            tokio::spawn(async move {
                let store = Store::open(&url).await?;
                store.migrate().await?;
                store.read().await?.system().ping().await?;
                store.close().await;
                Ok::<(), lockwork_store::StoreError>(())
            })
        };
        let nodes: Vec<_> = (0..8).map(node).collect();
        for node in nodes {
            node.await.unwrap().unwrap();
        }
        assert!(db.store().is_migrated().await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_nodes_may_make_the_embedded_database_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = lockwork_store::DatabaseUrl::sqlite_in(folder.path());
    let node = |_| {
        let url = url.clone();
        tokio::spawn(async move { Store::open(&url).await?.migrate().await })
    };
    let nodes: Vec<_> = (0..8).map(node).collect();
    for node in nodes {
        node.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_database_from_a_newer_version_is_refused() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let db = TestDatabase::of(kind).await;
        let store = db.store();
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                     SELECT 9999, 'newer', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
        execute(&store, newer).await;
        let refused = store.migrate().await.unwrap_err();
        assert!(refused.to_string().contains("9999"), "{refused}");
        assert!(store.is_migrated().await.unwrap(), "a newer node may have migrated while this one runs");
    }
}
