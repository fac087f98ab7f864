//! Rows from before a migration mean afterwards what they meant.

use crate::fixtures::{at, bytes, execute, literal, scope, uuid};
use lockwork_model::api_keys::{Creator, Lifecycle};
use lockwork_model::audit_log_events::{AuditLogFilter, EventActor};
use lockwork_model::ids::{ApiKeyId, OrganizationId, ProjectId, SessionId, UserId};
use lockwork_model::ip_networks::IpNetworks;
use lockwork_model::page::PageRequest;
use lockwork_model::projects::{Redirects, SelfServe};
use lockwork_model::secrets::KeyPrefix;
use lockwork_model::sessions::PrimaryAuthFactor;
use lockwork_model::users::ExternalIds;
use lockwork_store::Store;
use lockwork_testkit::databases::{Kind, TestDatabase};
use sqlx::migrate::Migrator;
use std::path::Path;
use uuid::Uuid;

/// Migrates as far as the first version did.
async fn migrate_to_the_first(store: &Store) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let kind = if matches!(store, Store::Sqlite { .. }) { "sqlite" } else { "postgres" };
    let mut migrator = Migrator::new(folder.join(kind)).await.unwrap();
    migrator.migrations.to_mut().retain(|migration| migration.version == 1);
    match store {
        Store::Sqlite { write, .. } => migrator.run(write).await.unwrap(),
        Store::Postgres(pool) => migrator.run(pool).await.unwrap(),
    }
}

fn bytes_literal(store: &Store, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match store {
        Store::Sqlite { .. } => format!("x'{hex}'"),
        Store::Postgres(_) => format!("'\\x{hex}'"),
    }
}

/// A project of the first version with these prefixes, an organization and a key.
async fn insert(
    store: &Store,
    prefixes: &[&str],
    revoked_at: Option<i64>,
) -> (ProjectId, OrganizationId, ApiKeyId) {
    let [project, organization, key] = [uuid(), uuid(), uuid()];
    let id = |id: Uuid| literal(store, id);
    let (created, now) = (at(0).as_micros(), at(1).as_micros());
    let prefix = prefixes.last().unwrap();
    execute(
        store,
        &format!(
            "INSERT INTO projects (id, display_name, log_in_with, vault_domain, cookie_domain, email_send_from_domain,
                 api_keys_enabled, api_key_prefix, audit_logs_enabled, created_at, updated_at)
             VALUES ({}, 'Old', 0, '{project}', '', '', TRUE, '{prefix}', FALSE, {created}, {now})",
            id(project)
        ),
    )
    .await;
    for (index, prefix) in prefixes.iter().enumerate() {
        let insert = "INSERT INTO project_api_key_prefixes (project_id, prefix, created_at)";
        execute(store, &format!("{insert} VALUES ({}, '{prefix}', {index})", id(project))).await;
    }
    execute(
        store,
        &format!(
            "INSERT INTO organizations (id, project_id, display_name, log_in_with, require_mfa, scim_enabled,
                 custom_roles_enabled, api_keys_enabled, created_at, updated_at)
             VALUES ({}, {}, 'Old', 0, FALSE, FALSE, FALSE, TRUE, {created}, {now})",
            id(organization),
            id(project)
        ),
    )
    .await;
    let revoked_at = revoked_at.map_or("NULL".into(), |time| at(time).as_micros().to_string());
    execute(
        store,
        &format!(
            "INSERT INTO api_keys (id, project_id, organization_id, display_name, secret_hash, secret_suffix,
                 revoked_at, created_at, updated_at)
             VALUES ({}, {}, {}, 'Old', {}, 'abcd', {revoked_at}, {created}, {now})",
            id(key),
            id(project),
            id(organization),
            bytes_literal(store, &bytes())
        ),
    )
    .await;
    (ProjectId::from_uuid(project), OrganizationId::from_uuid(organization), ApiKeyId::from_uuid(key))
}

#[tokio::test]
async fn rows_of_the_first_version_live_on_without_limits() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let db = TestDatabase::empty(kind).await;
        let store = db.store();
        migrate_to_the_first(&store).await;
        let prefixes = [&["only_"][..], &["first_", "second_"]];
        let one = insert(&store, prefixes[0], None).await;
        let two = insert(&store, prefixes[1], Some(7)).await;
        assert!(!store.is_migrated().await.unwrap());
        store.migrate().await.unwrap();
        assert!(store.is_migrated().await.unwrap());

        let revoked = Lifecycle::Revoked { at: at(7), reason: None };
        for ((project, organization, key), prefix, lifecycle) in
            [(one, Some("only_"), Lifecycle::Active), (two, None, revoked)]
        {
            let mut conn = store.read().await.unwrap();
            let found = conn.projects(&scope(project)).find().await.unwrap().unwrap();
            assert_eq!((found.time_zone.name(), found.max_key_lifetime), ("UTC", None));
            assert_eq!((found.logins_disabled, found.staff), (false, None));
            assert_eq!((found.redirects, found.self_serve), (Redirects::default(), SelfServe::default()));

            let found = conn.organizations(&scope(project)).find(organization).await.unwrap().unwrap();
            assert_eq!((found.plan, found.limits, found.max_key_lifetime), (None, Vec::new(), None));
            assert_eq!((found.logins_disabled, found.personal_api_keys_enabled), (false, false));
            assert!(conn.organization_facts(organization).await.unwrap().unwrap().rules.is_empty());

            let found = conn.api_keys(&scope(project)).find(key).await.unwrap().unwrap();
            assert_eq!(found.prefix.as_ref().map(KeyPrefix::as_str), prefix);
            assert_eq!((found.lifecycle, found.creator), (lifecycle, Creator::Operator));
            assert_eq!((found.secret.created_at, found.former_secret), (at(0), None));
            assert_eq!((found.description.as_str(), found.tags, found.limits), ("", Vec::new(), Vec::new()));
            assert_eq!((found.external_id, found.metadata, found.plan), (None, None, None));
            assert_eq!((found.ip_allowlist, found.last_used_at), (IpNetworks::default(), None));
            let facts = conn.key_facts(&[key]).await.unwrap();
            assert!(facts[0].grants.rules.is_empty() && !facts[0].rotated);
        }
    }
}

#[tokio::test]
async fn people_and_the_log_of_the_first_version_live_on_without_secrets() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let db = TestDatabase::empty(kind).await;
        let store = db.store();
        migrate_to_the_first(&store).await;
        let (project, organization, _) = insert(&store, &["only_"], None).await;
        let [user, session, event] = [uuid(), uuid(), uuid()];
        let id = |id: Uuid| literal(&store, id);
        let (project_id, now) = (id(project.uuid()), at(1).as_micros());
        let statements = [
            format!(
                "INSERT INTO users (id, project_id, organization_id, email, is_owner, created_at, updated_at)
                 VALUES ({}, {project_id}, {}, 'ada@example.com', TRUE, {now}, {now})",
                id(user),
                id(organization.uuid())
            ),
            format!(
                "INSERT INTO sessions (id, project_id, user_id, primary_auth_factor, refresh_token_hash, created_at,
                     last_active_at, expires_at)
                 VALUES ({}, {project_id}, {}, 2, {}, {now}, {now}, {now})",
                id(session),
                id(user),
                bytes_literal(&store, &bytes())
            ),
            format!(
                "INSERT INTO audit_log_events (id, project_id, event_name, event_time, event_details)
                 VALUES ({}, {project_id}, 'a.b.c', {now}, '{{}}')",
                id(event)
            ),
        ];
        for statement in statements {
            execute(&store, &statement).await;
        }
        store.migrate().await.unwrap();

        let mut conn = store.read().await.unwrap();
        let found = conn.users(&scope(project)).find(UserId::from_uuid(user)).await.unwrap().unwrap();
        assert_eq!(
            (found.email.as_str(), found.owner, found.external),
            ("ada@example.com", true, ExternalIds::default())
        );
        assert_eq!((found.has_password, found.has_authenticator_app), (false, false));
        assert_eq!((found.display_name, found.profile_picture_url), (None, None));
        let found =
            conn.sessions(&scope(project)).find(SessionId::from_uuid(session)).await.unwrap().unwrap();
        assert_eq!((found.primary_auth_factor, found.impersonator), (PrimaryAuthFactor::Google, None));
        assert!(!found.revoked);
        let page = PageRequest::default();
        let log =
            conn.audit_log_events(&scope(project)).list(AuditLogFilter::default(), &page).await.unwrap();
        assert_eq!(log.items.first().map(|event| event.actor), Some(EventActor::default()));
    }
}
