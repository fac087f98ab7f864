//! The two schemas say the same.

use lockwork_store::Store;
use lockwork_testkit::databases::TestDatabase;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeSet;

/// Facts of SQLite's schema, in words that are PostgreSQL's too.
async fn of_sqlite(store: &Store) -> BTreeSet<String> {
    let own = "(SELECT name AS t FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'
                AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\')";
    let facts = [
        format!(
            "SELECT t || '.' || name || CASE type WHEN 'BLOB' THEN ' bytes' WHEN 'TEXT' THEN ' text' ELSE ' number' END
                 || IIF(\"notnull\", ' not null', '') || COALESCE(' default ' || LOWER(dflt_value), '')
             FROM {own} JOIN pragma_table_info(t)"
        ),
        format!(
            "SELECT t || ' primary (' || GROUP_CONCAT(name, ',') || ')'
             FROM (SELECT t, name FROM {own} JOIN pragma_table_info(t) WHERE pk > 0 ORDER BY t, pk) GROUP BY t"
        ),
        format!(
            "SELECT t || IIF(\"unique\", ' unique', ' ' || index_name) || ' (' || GROUP_CONCAT(name, ',') || ')'
                 || IIF(partial, ' partial', '')
             FROM (SELECT t, l.\"unique\", l.partial, l.name AS index_name,
                       x.name || IIF(x.desc, ' desc', '') AS name
                   FROM {own} JOIN pragma_index_list(t) l JOIN pragma_index_xinfo(l.name) x
                   WHERE l.origin <> 'pk' AND x.key ORDER BY l.name, x.seqno)
             GROUP BY t, index_name"
        ),
        format!(
            "SELECT t || ' (' || GROUP_CONCAT(\"from\", ',') || ') references ' || \"table\" || ' (' || GROUP_CONCAT(\"to\", ',')
                 || ') on delete ' || LOWER(on_delete)
             FROM (SELECT t, f.* FROM {own} JOIN pragma_foreign_key_list(t) f ORDER BY t, f.id, f.seq)
             GROUP BY t, id"
        ),
    ];
    let Store::Sqlite { write, .. } = store else { panic!("SQLite") };
    let mut all = BTreeSet::new();
    for sql in facts {
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(write).await.unwrap();
        all.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    all
}

/// The same facts of PostgreSQL's.
async fn of_postgres(store: &Store) -> BTreeSet<String> {
    let columns = "(SELECT STRING_AGG(attname || CASE WHEN i.indoption[n - 1] & 1 = 1 THEN ' desc' ELSE '' END, ',' ORDER BY n)
                    FROM UNNEST(CAST(i.indkey AS SMALLINT[])) WITH ORDINALITY AS k (attnum, n)
                    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum)";
    let named = |keys: &str, table: &str| {
        format!(
            "(SELECT STRING_AGG(attname, ',' ORDER BY n) FROM UNNEST({keys}) WITH ORDINALITY AS k (attnum, n)
              JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = k.attnum)"
        )
    };
    let facts = [
        "SELECT table_name || '.' || column_name
             || CASE data_type WHEN 'bytea' THEN ' bytes' WHEN 'uuid' THEN ' bytes' WHEN 'bigint' THEN ' number'
                    WHEN 'boolean' THEN ' number' WHEN 'text' THEN ' text' ELSE ' ' || data_type END
             || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END || COALESCE(' default ' || LOWER(SPLIT_PART(column_default, '::', 1)), '')
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'"
            .to_owned(),
        format!(
            "SELECT t.relname || CASE WHEN i.indisprimary THEN ' primary' WHEN i.indisunique THEN ' unique'
                 ELSE ' ' || x.relname END || ' (' || {columns} || ')'
                 || CASE WHEN i.indpred IS NULL THEN '' ELSE ' partial' END
             FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
             WHERE t.relnamespace = CAST('public' AS REGNAMESPACE) AND t.relname NOT LIKE '\\_%'"
        ),
        format!(
            "SELECT t.relname || ' (' || {} || ') references ' || p.relname || ' (' || {} || ') on delete '
                 || CASE c.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'no action' END
             FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class p ON p.oid = c.confrelid
             WHERE c.contype = 'f' AND c.connamespace = CAST('public' AS REGNAMESPACE)",
            named("c.conkey", "c.conrelid"),
            named("c.confkey", "c.confrelid")
        ),
    ];
    let Store::Postgres(pool) = store else { panic!("PostgreSQL") };
    let mut all = BTreeSet::new();
    for sql in facts {
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap();
        all.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    all
}

#[tokio::test]
async fn tables_columns_keys_and_indexes_are_the_same_on_both() {
    let sqlite = of_sqlite(&TestDatabase::sqlite().await.store()).await;
    let postgres = of_postgres(&TestDatabase::postgres().await.store()).await;
    assert!(sqlite.len() > 150, "{}", sqlite.len());
    let only = |here: &BTreeSet<String>, there: &BTreeSet<String>| {
        here.difference(there).cloned().collect::<Vec<_>>()
    };
    assert_eq!(only(&sqlite, &postgres), [""; 0], "only on SQLite");
    assert_eq!(only(&postgres, &sqlite), [""; 0], "only on PostgreSQL");
}

/// A column that came to rows that were there already has what they had without it, and none makes up its value.
#[tokio::test]
async fn the_only_defaults_are_constants_of_columns_that_came_later() {
    let sqlite = of_sqlite(&TestDatabase::sqlite().await.store()).await;
    let defaults: Vec<&str> =
        sqlite.iter().filter(|fact| fact.contains(" default ")).map(String::as_str).collect();
    let known = [
        "api_keys.description text not null default ''",
        "api_keys.has_credits number not null default false",
        "organizations.has_credits number not null default false",
        "organizations.logins_disabled number not null default false",
        "organizations.personal_api_keys_enabled number not null default false",
        "projects.auto_create_organizations number not null default false",
        "projects.logins_disabled number not null default false",
        "projects.self_serve_create_organizations number not null default true",
        "projects.self_serve_create_users number not null default true",
        "projects.time_zone text not null default 'utc'",
    ];
    assert_eq!(defaults, known);
}

#[tokio::test]
async fn every_text_on_postgres_compares_byte_by_byte() {
    let db = TestDatabase::postgres().await;
    let Store::Postgres(pool) = db.store() else { panic!("PostgreSQL") };
    let others: Vec<String> = sqlx::query_scalar(
        "SELECT CAST(table_name || '.' || column_name AS TEXT) FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%' AND data_type = 'text'
           AND collation_name IS DISTINCT FROM 'C'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(others, [""; 0]);
}

/// The database looks for what points at a row that is deleted, so an index must begin with each foreign key.
#[tokio::test]
async fn every_foreign_key_to_what_is_deleted_in_numbers_has_an_index() {
    let facts = of_sqlite(&TestDatabase::sqlite().await.store()).await;
    let (references, others): (Vec<_>, Vec<_>) = facts.iter().partition(|fact| fact.contains(" references "));
    let indexes: Vec<(&str, &str)> = others
        .iter()
        .filter_map(|fact| fact.split_once(" ("))
        .map(|(head, columns)| (head.split(' ').next().unwrap(), columns))
        .collect();
    for fact in references {
        let (table, rest) = fact.split_once(" (").unwrap();
        let (columns, _) = rest.split_once(')').unwrap();
        // The keys of an organization are found without their project. Projects are few, and none is deleted.
        let columns = if table == "api_keys" { columns.trim_start_matches("project_id,") } else { columns };
        let indexed = indexes.iter().any(|(of, index)| *of == table && index.starts_with(columns));
        assert!(indexed || columns == "project_id" || table == "projects", "{fact}");
    }
}
