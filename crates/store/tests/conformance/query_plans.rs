use lockwork_store::Store;
use lockwork_testkit::databases::TestDatabase;
use sqlx::{AssertSqlSafe, Row};
use std::fmt::Write;

/// Tables that grow without end.
const LARGE: [&str; 22] = [
    "api_keys",
    "api_key_actions",
    "api_key_role_assignments",
    "audit_log_events",
    "changes",
    "credits",
    "idempotency_keys",
    "impersonation_tokens",
    "limit_overrides",
    "lockouts",
    "logins",
    "mail_counts",
    "organizations",
    "passkeys",
    "quota_usage",
    "recovery_codes",
    "sessions",
    "user_challenges",
    "user_invites",
    "user_role_assignments",
    "users",
    "verified_emails",
];

/// What is meant to read a whole table: the index's start, and a dump that is emptied.
fn reads_all(name: &str) -> bool {
    name.starts_with("snapshot::ALL_")
        || name.starts_with("snapshot::limits::ALL_")
        || name == "snapshot::keys::COUNT_KEYS"
        || name == "feed::FORGET_ALL"
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
            let scans =
                steps.iter().any(|step| step.split(" USING").next() == Some(&format!("SCAN {table}")));
            assert!(reads_all(&name) || !scans, "{name} reads all of {table}: {steps:?}");
        }
        if !steps.is_empty() {
            writeln!(plans, "{name}\n    {}", steps.join("\n    ")).unwrap();
        }
    }
    crate::fixtures::assert_accepted("tests/plans.txt", &plans);
}

/// The poll must cost the same however much the feed holds, and a batch no more than its rows.
#[tokio::test]
async fn following_on_postgres_begins_where_it_stopped() {
    let db = TestDatabase::postgres().await;
    let Store::Postgres(pool) = db.store() else { panic!("PostgreSQL") };
    let (_, next) = lockwork_store::texts().into_iter().find(|(name, _)| name == "feed::NEXT").unwrap();
    let mut conn = pool.acquire().await.unwrap();
    let prepare = format!(
        "INSERT INTO changes (kind, entity_id, recorded_at, transaction_id)
         SELECT 5, gen_random_uuid(), 0, number FROM generate_series(1, 50000) AS number;
         ANALYZE changes;
         SET plan_cache_mode = force_generic_plan;
         PREPARE next (BIGINT, BIGINT, BIGINT[], BIGINT, BIGINT, BIGINT, BIGINT[], BIGINT) AS {}",
        next.postgres
    );
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *conn).await.unwrap();
    let explain = "EXPLAIN (COSTS OFF) EXECUTE next (1000, 0, '{}', 0, 0, 100000, '{}', 10000)";
    let rows = sqlx::raw_sql(explain).fetch_all(&mut *conn).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let plan = plan.join("\n");
    assert!(!plan.contains("Scan on changes"), "{plan}");
    assert!(
        plan.contains(
            "Index Cond: ((ROW(transaction_id, \"position\") > ROW($1, $2)) AND (transaction_id < $6))"
        ),
        "{plan}"
    );
}
