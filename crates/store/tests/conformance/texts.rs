use lockwork_store::{Sql, Store};
use lockwork_testkit::databases::TestDatabase;
use sqlx::{AssertSqlSafe, Executor, SqlStr};

/// Whether SQLite knows every word of it.
async fn sqlite(store: &Store, sql: &'static str) -> Result<(), sqlx::Error> {
    let Store::Sqlite { write, .. } = store else { panic!("SQLite") };
    write.acquire().await?.prepare(SqlStr::from_static(sql)).await.map(drop)
}

/// Whether PostgreSQL knows every word of it. Lists leave some of their first parameters out, and their counts three,
/// so these have their types told.
async fn postgres(store: &Store, name: &str, sql: &str) -> Result<(), sqlx::Error> {
    let Store::Postgres(pool) = store else { panic!("PostgreSQL") };
    let types = if name.contains("::LIST ") || name.contains("::COUNT_OF_") {
        "(BIGINT, TEXT, UUID, BIGINT)"
    } else {
        ""
    };
    let mut tx = pool.begin().await?;
    sqlx::raw_sql(AssertSqlSafe(format!("PREPARE text {types} AS {sql}"))).execute(&mut *tx).await?;
    sqlx::raw_sql("DEALLOCATE text").execute(&mut *tx).await.map(drop)
}

#[tokio::test]
async fn every_text_prepares_on_its_database() {
    let (on_sqlite, on_postgres) = (TestDatabase::sqlite().await, TestDatabase::postgres().await);
    let texts = lockwork_store::texts();
    assert!(texts.len() > 100, "{}", texts.len());
    for (name, sql) in texts {
        sqlite(&on_sqlite.store(), sql.sqlite)
            .await
            .unwrap_or_else(|error| panic!("{name} on SQLite: {error}"));
        let prepared = postgres(&on_postgres.store(), &name, sql.postgres).await;
        prepared.unwrap_or_else(|error| panic!("{name} on PostgreSQL: {error}"));
    }
}

#[tokio::test]
async fn two_texts_are_two_because_one_cannot_do() {
    let (on_sqlite, on_postgres) = (TestDatabase::sqlite().await, TestDatabase::postgres().await);
    let two = |(_, sql): &(String, Sql)| sql.sqlite != sql.postgres;
    for (name, sql) in lockwork_store::texts().into_iter().filter(two) {
        let everywhere = [
            sqlite(&on_sqlite.store(), sql.postgres).await.is_ok(),
            postgres(&on_postgres.store(), &name, sql.sqlite).await.is_ok(),
        ];
        assert_ne!(everywhere, [true, true], "{name}");
        if sql.postgres.ends_with(" FOR UPDATE") {
            assert_eq!(everywhere, [false, true], "{name}");
            assert_eq!(sql.postgres.strip_suffix(" FOR UPDATE"), Some(sql.sqlite), "{name}");
        }
    }
}

#[test]
fn names_of_texts_come_once() {
    let mut names: Vec<String> = lockwork_store::texts().into_iter().map(|(name, _)| name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
