use lockwork_store::Store;
use lockwork_testkit::databases::TestDatabase;
use sqlx::{AssertSqlSafe, Row};
use std::fmt::Write;

/// Tables that grow without end.
const LARGE: [&str; 6] =
    ["api_keys", "api_key_actions", "api_key_role_assignments", "audit_log_events", "changes", "organizations"];

/// What is meant to read a whole table: the index's start, and a dump that is emptied.
fn reads_all(name: &str) -> bool {
    name.starts_with("snapshot::ALL_") || name == "snapshot::COUNT_KEYS" || name == "feed::FORGET_ALL"
}

#[tokio::test]
async fn every_query_finds_its_rows_by_an_index_as_was_accepted() {
    let db = TestDatabase::sqlite().await;
    let Store::Sqlite { write, .. } = db.store() else { panic!("SQLite") };
    let mut plans = String::new();
    for (name, sql) in lockwork_store::texts() {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", sql.sqlite));
        let Ok(rows) = sqlx::query(explain).fetch_all(&write).await else {
            assert!(sql.sqlite.starts_with("PRAGMA"), "{name}");
            continue;
        };
        let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        for table in LARGE {
            let scans = steps.iter().any(|step| step.split(" USING").next() == Some(&format!("SCAN {table}")));
            assert!(reads_all(&name) || !scans, "{name} reads all of {table}: {steps:?}");
        }
        if !steps.is_empty() {
            writeln!(plans, "{name}\n    {}", steps.join("\n    ")).unwrap();
        }
    }
    crate::fixtures::assert_accepted("tests/plans.txt", &plans);
}
