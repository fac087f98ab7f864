//! Things to store, and ways to look at what was stored.

use lockwork_model::access::{Caller, Permission, Scope};
use lockwork_model::api_keys::{ApiKey, Creator, FormerKeySecret, KeySecret, Lifecycle};
use lockwork_model::audit_log_events::{AuditLogEvent, EventActor, ResourceType};
use lockwork_model::calendar::Period;
use lockwork_model::ids::{
    ActionId, ApiKeyId, AuditLogEventId, OrganizationId, PlanId, ProjectId, RoleId, UserId,
};
use lockwork_model::ip_networks::IpNetworks;
use lockwork_model::limits::{Limit, LimitKind, Rate};
use lockwork_model::metadata::Metadata;
use lockwork_model::organizations::Organization;
use lockwork_model::page::{Order, OrderKey, Page, PageRequest};
use lockwork_model::plans::Plan;
use lockwork_model::projects::{LoginMethods, Project, Redirects, SelfServe};
use lockwork_model::rbac_policy::Action;
use lockwork_model::roles::Role;
use lockwork_model::secrets::SecretHash;
use lockwork_model::time::Timestamp;
use lockwork_store::feed::{Batch, Feed};
use lockwork_store::{Store, Tx};
use lockwork_testkit::databases::TestDatabase;
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// 32 bytes that look random and come once.
pub(crate) fn bytes() -> [u8; 32] {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    Sha256::digest(NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes()).into()
}

pub(crate) fn uuid() -> Uuid {
    Uuid::from_slice(&bytes()[..16]).unwrap()
}

pub(crate) fn hash() -> SecretHash {
    SecretHash::from_bytes(bytes())
}

/// A moment so many microseconds after some other.
pub(crate) fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000 + micros)
}

pub(crate) fn scope(project: ProjectId) -> Scope {
    Caller::operator(project).require(Permission::ProjectWrite).unwrap()
}

/// A store with a project and an organization in it.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) scope: Scope,
    pub(crate) project: Project,
    pub(crate) organization: Organization,
}

impl World {
    pub(crate) async fn of(db: &TestDatabase) -> Self {
        Self::another(&db.store()).await
    }

    /// One more tenant of the same store.
    pub(crate) async fn another(store: &Store) -> Self {
        let project = project();
        let mut tx = store.begin().await.unwrap();
        tx.system().insert_project(&project).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        let organization = organization(project.id, "Acme");
        let world = Self { store: store.clone(), scope: scope(project.id), project, organization };
        let mut tx = world.begin().await;
        tx.organizations(&world.scope).insert(&world.organization).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        world
    }

    pub(crate) async fn begin(&self) -> Tx {
        self.store.begin().await.unwrap()
    }

    pub(crate) async fn read(&self) -> lockwork_store::Conn {
        self.store.read().await.unwrap()
    }

    pub(crate) async fn insert_key(&self, key: &ApiKey, actions: &[ActionId]) {
        let mut tx = self.begin().await;
        tx.api_keys(&self.scope).insert(key, actions).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
    }

    pub(crate) async fn insert_role(&self, role: &Role, actions: &[ActionId]) {
        let mut tx = self.begin().await;
        tx.roles(&self.scope).insert(role, actions).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
    }

    pub(crate) async fn insert_plan(&self, display_name: &str) -> Plan {
        let plan = plan(display_name);
        let mut tx = self.begin().await;
        tx.plans(&self.scope).insert(&plan).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        plan
    }

    pub(crate) async fn insert_action(&self, name: &str) -> Action {
        let action = action(name);
        let mut tx = self.begin().await;
        tx.rbac_policy(&self.scope).upsert(&action).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        action
    }

    pub(crate) async fn find_key(&self, id: ApiKeyId) -> Option<ApiKey> {
        self.read().await.api_keys(&self.scope).find(id).await.unwrap()
    }

    pub(crate) fn key(&self) -> ApiKey {
        key(self.organization.id)
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        number(&self.store, &format!("SELECT COUNT(*) FROM {table}")).await
    }
}

pub(crate) fn project() -> Project {
    let id = ProjectId::from_uuid(uuid());
    Project {
        id,
        display_name: "Project".into(),
        log_in_with: LoginMethods::from_bits(3),
        vault_domain: format!("{id}.example.com"),
        cookie_domain: "example.com".into(),
        email_send_from_domain: "mail.example.com".into(),
        trusted_domains: vec!["app.example.com".into(), "example.com".into()],
        api_keys_enabled: true,
        api_key_prefix: Some("acme_sk_".parse().unwrap()),
        max_key_lifetime: None,
        time_zone: "UTC".parse().unwrap(),
        audit_logs_enabled: true,
        logins_disabled: false,
        redirects: Redirects::default(),
        self_serve: SelfServe::default(),
        staff: None,
        created_at: at(1),
        updated_at: at(2),
    }
}

pub(crate) fn organization(project: ProjectId, display_name: &str) -> Organization {
    Organization {
        id: OrganizationId::from_uuid(uuid()),
        project,
        display_name: display_name.into(),
        log_in_with: LoginMethods::from_bits(5),
        require_mfa: true,
        scim_enabled: false,
        custom_roles_enabled: true,
        api_keys_enabled: true,
        personal_api_keys_enabled: false,
        logins_disabled: false,
        plan: None,
        limits: Vec::new(),
        ip_allowlist: IpNetworks::default(),
        max_key_lifetime: None,
        created_at: at(3),
        updated_at: at(4),
    }
}

pub(crate) fn key(organization: OrganizationId) -> ApiKey {
    ApiKey {
        id: ApiKeyId::from_uuid(uuid()),
        organization,
        display_name: "Key".into(),
        description: String::new(),
        external_id: None,
        metadata: None,
        tags: Vec::new(),
        prefix: Some("acme_sk_".parse().unwrap()),
        secret: secret("abcd", at(5)),
        former_secret: None,
        expires_at: Some(at(1_000_000)),
        lifecycle: Lifecycle::Active,
        plan: None,
        limits: Vec::new(),
        ip_allowlist: IpNetworks::default(),
        creator: Creator::Operator,
        last_used_at: None,
        created_at: at(5),
        updated_at: at(6),
    }
}

/// A key of which every column holds something.
pub(crate) fn full_key(organization: OrganizationId, plan: PlanId) -> ApiKey {
    let object = serde_json::json!({ "seats": 3, "quote": "\" \\ é", "none": null });
    ApiKey {
        display_name: "Full".into(),
        description: "What it is for, in \"quotes\"".into(),
        external_id: Some("customer-17/é".into()),
        metadata: Some(Metadata::new("metadata", object.as_object().unwrap()).unwrap()),
        tags: vec!["beta".into(), "region:eu".into()],
        secret: secret("wxyz", at(40)),
        former_secret: Some(FormerKeySecret { secret: secret("abcd", at(5)), ends_at: at(41) }),
        plan: Some(plan),
        limits: limits(),
        ip_allowlist: networks(&["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"]),
        creator: Creator::User(UserId::from_uuid(uuid())),
        last_used_at: Some(at(42)),
        ..key(organization)
    }
}

pub(crate) fn secret(suffix: &str, created_at: Timestamp) -> KeySecret {
    KeySecret { hash: hash(), suffix: suffix.into(), created_at }
}

pub(crate) fn networks(texts: &[&str]) -> IpNetworks {
    let texts: Vec<String> = texts.iter().map(|&text| text.into()).collect();
    IpNetworks::parse("ipAllowlist", &texts).unwrap()
}

/// One limit of each kind.
pub(crate) fn limits() -> Vec<Limit> {
    let limit = |name: &str, limit, kind, only_when_named| Limit {
        name: name.parse().unwrap(),
        limit,
        kind,
        only_when_named,
    };
    let quota = |period, anchor| LimitKind::Quota { period, anchor };
    vec![
        limit("requests", 100, LimitKind::Rate(Rate::Window { seconds: 60 }), false),
        limit("exports", 1 << 53, LimitKind::Rate(Rate::Bucket { seconds: 3600, burst: 5 }), true),
        limit("monthly", 1, quota(Period::Month, Some(at(123_456))), false),
        limit("daily", 7, quota(Period::Day, None), true),
    ]
}

pub(crate) fn plan(display_name: &str) -> Plan {
    Plan {
        id: PlanId::from_uuid(uuid()),
        display_name: display_name.into(),
        description: "For those who pay".into(),
        limits: limits(),
        created_at: at(9),
        updated_at: at(10),
    }
}

pub(crate) fn role(organization: Option<OrganizationId>, display_name: &str) -> Role {
    Role {
        id: RoleId::from_uuid(uuid()),
        organization,
        display_name: display_name.into(),
        description: "What it is for".into(),
        actions: Vec::new(),
        created_at: at(7),
        updated_at: at(8),
    }
}

pub(crate) fn action(name: &str) -> Action {
    Action { id: ActionId::from_uuid(uuid()), name: name.parse().unwrap(), description: "Description".into() }
}

pub(crate) fn event(time: Timestamp) -> AuditLogEvent {
    let details = serde_json::json!({ "apiKey": { "id": "x", "count": 3, "none": null } });
    AuditLogEvent {
        id: AuditLogEventId::from_uuid(uuid()),
        organization: None,
        actor: EventActor::default(),
        resource: Some((ResourceType::ApiKey, uuid())),
        event_name: "tesseral.api_keys.create".into(),
        event_time: time,
        event_details: details.as_object().unwrap().clone(),
    }
}

/// What `row` has to be ordered by: creation time, name, id.
pub(crate) type Key = (Timestamp, String, Uuid);

/// Names and times in which every order has ties and every byte counts.
pub(crate) const ROWS: [(&str, i64); 8] =
    [("b", 3), ("a", 1), ("b", 3), ("é", 2), ("A", 2), ("a", 1), ("", 1), ("a\u{10ffff}z", 3)];

/// Lists `rows` in every order and page size, and compares with what sorting them in memory gives.
pub(crate) async fn assert_pages<T, L>(rows: &[T], keys: &[OrderKey], key: impl Fn(&T) -> Key, list: L)
where
    T: Clone + PartialEq + Debug,
    L: AsyncFn(&PageRequest) -> Page<T>,
{
    for &order_key in keys {
        for descending in [false, true] {
            let mut wanted = rows.to_vec();
            wanted.sort_by_key(|row| {
                let (time, name, id) = key(row);
                match order_key {
                    OrderKey::Id => (None, None, id),
                    OrderKey::CreateTime => (Some(time), None, id),
                    OrderKey::DisplayName => (None, Some(name), id),
                }
            });
            if descending {
                wanted.reverse();
            }
            for size in [1, 2, 3, rows.len() as u32, 100] {
                let order = Order { key: order_key, descending };
                let mut request = PageRequest { size, order, after: None };
                let mut found = Vec::new();
                loop {
                    let page = list(&request).await;
                    assert!(page.items.len() <= size as usize);
                    found.extend(page.items);
                    match page.next {
                        Some(next) => request.after = Some(next),
                        None => break,
                    }
                }
                assert_eq!(found, wanted, "{order:?} in pages of {size}");
            }
        }
    }
}

pub(crate) const BY_ALL: &[OrderKey] = &[OrderKey::Id, OrderKey::CreateTime, OrderKey::DisplayName];
pub(crate) const BY_ID_AND_TIME: &[OrderKey] = &[OrderKey::Id, OrderKey::CreateTime];

/// Executes statements past the repositories.
pub(crate) async fn execute(store: &Store, sql: &str) {
    try_execute(store, sql).await.unwrap();
}

pub(crate) async fn try_execute(store: &Store, sql: &str) -> Result<(), sqlx::Error> {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    match store {
        Store::Sqlite { write, .. } => sql.execute(write).await.map(drop),
        Store::Postgres(pool) => sql.execute(pool).await.map(drop),
    }
}

/// The one number that a statement finds.
pub(crate) async fn number(store: &Store, sql: &str) -> i64 {
    let sql = AssertSqlSafe(sql.to_owned());
    match store {
        Store::Sqlite { write, .. } => sqlx::query_scalar(sql).fetch_one(write).await.unwrap(),
        Store::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
    }
}

/// The literal of an id in either database.
pub(crate) fn literal(store: &Store, id: Uuid) -> String {
    match store {
        Store::Sqlite { .. } => format!("x'{}'", id.simple()),
        Store::Postgres(_) => format!("'{id}'"),
    }
}

/// Everything that a follower finds, read to the end.
pub(crate) async fn follow(feed: &mut Feed, store: &Store) -> Vec<lockwork_model::changes::Change> {
    let mut found = Vec::new();
    loop {
        match feed.next(store).await.unwrap() {
            Batch::Changes { changes, more } => {
                found.extend(changes);
                if !more {
                    return found;
                }
            }
            Batch::TooOld => panic!("the feed was cut off"),
        }
    }
}

/// Compares with a committed file; `make accept` writes it.
pub(crate) fn assert_accepted(file: &str, actual: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&path, actual).unwrap();
    }
    let accepted = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(accepted == actual, "{file} is not what the code says now (`make accept` writes it):\n{actual}");
}
