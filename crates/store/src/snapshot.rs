//! Reading what verification must know: everything at a start, single things as the change feed names them.

use crate::bulk::Field;
use crate::db::{Conn, Params, Queries, Result, Row, Sql};
use crate::error::StoreError;
use crate::rows::{optional_time, parsed, secret_hash};
use crate::store::Store;
use futures_util::TryStreamExt;
use lockwork_model::access::BackendKeyScope;
use lockwork_model::ids::{ActionId, ApiKeyId, BackendApiKeyId, OrganizationId, ProjectId, RoleId};
use lockwork_model::secrets::{KeyPrefix, SecretHash};
use lockwork_model::verification::{
    ActionFacts, BackendKeyFacts, Grants, KeyFacts, KeyState, OrganizationFacts, ProjectFacts, RoleFacts,
};
use std::collections::HashMap;
use uuid::Uuid;

/// How many keys one statement asks for.
const CHUNK: usize = 15;

/// The parameters of a statement that asks for [`CHUNK`] ids.
macro_rules! in_chunk {
    ($text:literal) => {
        concat!($text, " IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)")
    };
}

const RANGE_KEYS_TEXT: &str = "SELECT id, organization_id, display_name, secret_hash, revoked_at, expires_at
    FROM api_keys WHERE id BETWEEN $1 AND $2";
const RANGE_KEY_ROLES_TEXT: &str =
    "SELECT api_key_id, role_id FROM api_key_role_assignments WHERE api_key_id BETWEEN $1 AND $2";
const RANGE_KEY_ACTIONS_TEXT: &str =
    "SELECT api_key_id, action_id FROM api_key_actions WHERE api_key_id BETWEEN $1 AND $2";

crate::repositories::sql! {
    ALL_PROJECTS = "SELECT id, api_keys_enabled, api_key_prefix FROM projects";
    PROJECT = "SELECT id, api_keys_enabled, api_key_prefix FROM projects WHERE id = $1";
    PREFIXES = "SELECT prefix FROM project_api_key_prefixes WHERE project_id = $1 ORDER BY created_at, prefix";
    ALL_ORGANIZATIONS = "SELECT id, project_id, api_keys_enabled FROM organizations";
    ORGANIZATION = "SELECT id, project_id, api_keys_enabled FROM organizations WHERE id = $1";
    ACTIONS = "SELECT id, name FROM actions WHERE project_id = $1";
    ALL_ROLES = "SELECT r.id, a.action_id FROM roles r LEFT JOIN role_actions a ON a.role_id = r.id";
    ROLE = "SELECT r.id, a.action_id FROM roles r LEFT JOIN role_actions a ON a.role_id = r.id WHERE r.id = $1";
    ALL_BACKEND_KEYS = "SELECT id, project_id, secret_hash, scope FROM backend_api_keys WHERE revoked_at IS NULL";
    BACKEND_KEY = "SELECT id, project_id, secret_hash, scope, revoked_at FROM backend_api_keys WHERE id = $1";
    COUNT_KEYS = "SELECT COUNT(*) FROM api_keys";
    RANGE_KEYS = RANGE_KEYS_TEXT;
    RANGE_KEY_ROLES = RANGE_KEY_ROLES_TEXT;
    RANGE_KEY_ACTIONS = RANGE_KEY_ACTIONS_TEXT;
    KEYS = in_chunk!("SELECT id, organization_id, display_name, secret_hash, revoked_at, expires_at FROM api_keys WHERE id");
    KEY_ROLES = in_chunk!("SELECT api_key_id, role_id FROM api_key_role_assignments WHERE api_key_id");
    KEY_ACTIONS = in_chunk!("SELECT api_key_id, action_id FROM api_key_actions WHERE api_key_id");
    ORGANIZATION_KEYS = "SELECT id FROM api_keys WHERE organization_id = $1";
}

/// A key as the snapshot streams it: what it was given comes apart, by [`Store::each_key_grant`].
#[derive(sqlx::FromRow)]
pub struct KeyRow {
    id: Uuid,
    organization_id: Uuid,
    display_name: String,
    secret_hash: Vec<u8>,
    revoked_at: Option<i64>,
    expires_at: Option<i64>,
}

impl KeyRow {
    fn facts(self, grants: Grants) -> Result<KeyFacts> {
        Ok(KeyFacts {
            id: ApiKeyId::from_uuid(self.id),
            organization: OrganizationId::from_uuid(self.organization_id),
            hash: secret_hash(&self.secret_hash, "api_keys", self.id)?,
            state: if self.revoked_at.is_some() { KeyState::Revoked } else { KeyState::Active },
            expires_at: optional_time(self.expires_at),
            display_name: self.display_name,
            grants,
        })
    }
}

/// A key of a bulk read; `None` if a column is not what it should be.
fn key_facts([id, organization, name, hash, revoked_at, expires_at]: &[Field<'_>; 6]) -> Option<KeyFacts> {
    Some(KeyFacts {
        id: ApiKeyId::from_uuid(id.uuid()?),
        organization: OrganizationId::from_uuid(organization.uuid()?),
        hash: SecretHash::from_bytes(hash.bytes()?.try_into().ok()?),
        state: if revoked_at.integer().is_some() { KeyState::Revoked } else { KeyState::Active },
        expires_at: optional_time(expires_at.integer()),
        display_name: name.text()?.to_owned(),
        grants: Grants::default(),
    })
}

fn pair(key: Field<'_>, grant: Field<'_>, table: &'static str) -> Result<(ApiKeyId, Uuid)> {
    let pair = key.uuid().zip(grant.uuid()).map(|(key, grant)| (ApiKeyId::from_uuid(key), grant));
    parsed(pair, table, "*", "")
}

/// Something that a key was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grant {
    /// A role.
    Role(RoleId),
    /// An action, directly.
    Action(ActionId),
}

/// Keys from the first id to the second, both included.
pub type KeyRange = (Uuid, Uuid);

/// All keys, in so many ranges of about the same number; ids are random.
#[must_use]
pub fn key_ranges(count: u8) -> Vec<KeyRange> {
    let count = u128::from(count.max(1));
    let width = u128::MAX / count;
    let last = |number: u128| if number + 1 == count { u128::MAX } else { (number + 1) * width - 1 };
    (0..count).map(|number| (Uuid::from_u128(number * width), Uuid::from_u128(last(number)))).collect()
}

type ProjectRow = (Uuid, bool, Option<String>);
type OrganizationRow = (Uuid, Uuid, bool);
type PairRow = (Uuid, Uuid);

fn organization((id, project, api_keys_enabled): OrganizationRow) -> OrganizationFacts {
    OrganizationFacts {
        id: OrganizationId::from_uuid(id),
        project: ProjectId::from_uuid(project),
        api_keys_enabled,
    }
}

async fn project(conn: &mut Conn, (id, api_keys_enabled, prefix): ProjectRow) -> Result<ProjectFacts> {
    let prefixes = conn.fetch_all::<(String,)>(PREFIXES, (id,)).await?;
    let key_prefix =
        |text: String| parsed(text.parse::<KeyPrefix>().ok(), "project_api_key_prefixes", "prefix", id);
    Ok(ProjectFacts {
        id: ProjectId::from_uuid(id),
        api_keys_enabled,
        prefix: prefix.map(key_prefix).transpose()?,
        prefixes: prefixes.into_iter().map(|(text,)| key_prefix(text)).collect::<Result<_>>()?,
    })
}

fn roles(rows: Vec<(Uuid, Option<Uuid>)>) -> Vec<RoleFacts> {
    let mut actions: HashMap<Uuid, Vec<ActionId>> = HashMap::new();
    for (role, action) in rows {
        actions.entry(role).or_default().extend(action.map(ActionId::from_uuid));
    }
    actions.into_iter().map(|(id, actions)| RoleFacts { id: RoleId::from_uuid(id), actions }).collect()
}

fn backend_key(id: Uuid, project: Uuid, hash: &[u8], scope: &str) -> Result<BackendKeyFacts> {
    Ok(BackendKeyFacts {
        id: BackendApiKeyId::from_uuid(id),
        project: ProjectId::from_uuid(project),
        hash: secret_hash(hash, "backend_api_keys", id)?,
        scope: parsed(BackendKeyScope::from_name(scope), "backend_api_keys", "scope", id)?,
    })
}

impl Conn {
    /// Every project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_project_facts(&mut self) -> Result<Vec<ProjectFacts>> {
        let rows: Vec<ProjectRow> = self.fetch_all(ALL_PROJECTS, ()).await?;
        let mut facts = Vec::with_capacity(rows.len());
        for row in rows {
            facts.push(project(self, row).await?);
        }
        Ok(facts)
    }

    /// One project; `None` if it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project_facts(&mut self, id: ProjectId) -> Result<Option<ProjectFacts>> {
        match self.fetch_optional::<ProjectRow>(PROJECT, (id.uuid(),)).await? {
            None => Ok(None),
            Some(row) => project(self, row).await.map(Some),
        }
    }

    /// One organization; `None` if it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organization_facts(&mut self, id: OrganizationId) -> Result<Option<OrganizationFacts>> {
        Ok(self.fetch_optional(ORGANIZATION, (id.uuid(),)).await?.map(organization))
    }

    /// A project's actions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn action_facts(&mut self, project: ProjectId) -> Result<Vec<ActionFacts>> {
        let rows = self.fetch_all::<(Uuid, String)>(ACTIONS, (project.uuid(),)).await?;
        let action = |(id, name): (Uuid, String)| {
            Ok(ActionFacts {
                id: ActionId::from_uuid(id),
                name: parsed(name.parse().ok(), "actions", "name", id)?,
            })
        };
        rows.into_iter().map(action).collect()
    }

    /// Every role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_role_facts(&mut self) -> Result<Vec<RoleFacts>> {
        Ok(roles(self.fetch_all(ALL_ROLES, ()).await?))
    }

    /// One role; `None` if it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn role_facts(&mut self, id: RoleId) -> Result<Option<RoleFacts>> {
        Ok(roles(self.fetch_all(ROLE, (id.uuid(),)).await?).pop())
    }

    /// Every Backend API key that is not revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_backend_key_facts(&mut self) -> Result<Vec<BackendKeyFacts>> {
        let rows = self.fetch_all::<(Uuid, Uuid, Vec<u8>, String)>(ALL_BACKEND_KEYS, ()).await?;
        rows.into_iter().map(|(id, project, hash, scope)| backend_key(id, project, &hash, &scope)).collect()
    }

    /// One Backend API key and whether it is revoked; `None` if it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn backend_key_facts(
        &mut self,
        id: BackendApiKeyId,
    ) -> Result<Option<(BackendKeyFacts, bool)>> {
        type Row = (Uuid, Uuid, Vec<u8>, String, Option<i64>);
        let row = self.fetch_optional::<Row>(BACKEND_KEY, (id.uuid(),)).await?;
        let facts = |(id, project, hash, scope, revoked_at): Row| {
            Ok((backend_key(id, project, &hash, &scope)?, revoked_at.is_some()))
        };
        row.map(facts).transpose()
    }

    /// How many keys there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_keys(&mut self) -> Result<u64> {
        let count = self.fetch_optional::<(i64,)>(COUNT_KEYS, ()).await?;
        Ok(count.map_or(0, |(count,)| count.unsigned_abs()))
    }

    /// The keys of these ids that still exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn key_facts(&mut self, ids: &[ApiKeyId]) -> Result<Vec<KeyFacts>> {
        let mut facts = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let mut grants: HashMap<Uuid, Grants> = HashMap::new();
            for (key, role) in self.fetch_all::<PairRow>(KEY_ROLES, padded(chunk)).await? {
                grants.entry(key).or_default().roles.push(RoleId::from_uuid(role));
            }
            for (key, action) in self.fetch_all::<PairRow>(KEY_ACTIONS, padded(chunk)).await? {
                grants.entry(key).or_default().actions.push(ActionId::from_uuid(action));
            }
            for row in self.fetch_all::<KeyRow>(KEYS, padded(chunk)).await? {
                let mut grants = grants.remove(&row.id).unwrap_or_default();
                grants.roles.sort_unstable();
                grants.actions.sort_unstable();
                facts.push(row.facts(grants)?);
            }
        }
        Ok(facts)
    }

    /// The ids of an organization's keys.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organization_keys(&mut self, id: OrganizationId) -> Result<Vec<ApiKeyId>> {
        let rows = self.fetch_all::<(Uuid,)>(ORGANIZATION_KEYS, (id.uuid(),)).await?;
        Ok(rows.into_iter().map(|(id,)| ApiKeyId::from_uuid(id)).collect())
    }
}

type Chunk = (Uuid, Uuid, Uuid, Uuid, Uuid, Uuid, Uuid, Uuid, Uuid, Uuid, Uuid, Uuid, Uuid, Uuid, Uuid);

/// A chunk of ids, filled up with its first.
fn padded(ids: &[ApiKeyId]) -> Chunk {
    let id = |index: usize| ids.get(index).or(ids.first()).map_or(Uuid::nil(), |id| id.uuid());
    (
        id(0),
        id(1),
        id(2),
        id(3),
        id(4),
        id(5),
        id(6),
        id(7),
        id(8),
        id(9),
        id(10),
        id(11),
        id(12),
        id(13),
        id(14),
    )
}

impl Store {
    /// Streams every organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn each_organization(&self, mut each: impl FnMut(OrganizationFacts)) -> Result<()> {
        self.each(ALL_ORGANIZATIONS, (), |row| {
            each(organization(row));
            Ok(())
        })
        .await
    }

    /// Hands everything that the keys of a range were given to `each`, in any order, and gives the state back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fold_key_grants<S: Send + 'static>(
        &self,
        range: KeyRange,
        state: S,
        mut each: impl FnMut(&mut S, ApiKeyId, Grant) + Clone + Send + 'static,
    ) -> Result<S> {
        let mut each_action = each.clone();
        let state = self
            .fold_rows(RANGE_KEY_ROLES_TEXT, range, state, move |state, [key, role]| {
                let (key, role) = pair(key, role, "api_key_role_assignments")?;
                each(state, key, Grant::Role(RoleId::from_uuid(role)));
                Ok(())
            })
            .await?;
        self.fold_rows(RANGE_KEY_ACTIONS_TEXT, range, state, move |state, [key, action]| {
            let (key, action) = pair(key, action, "api_key_actions")?;
            each_action(state, key, Grant::Action(ActionId::from_uuid(action)));
            Ok(())
        })
        .await
    }

    /// Hands the keys of a range to `each`, without their grants, and gives the state back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fold_keys<S: Send + 'static>(
        &self,
        range: KeyRange,
        state: S,
        mut each: impl FnMut(&mut S, KeyFacts) + Send + 'static,
    ) -> Result<S> {
        self.fold_rows(RANGE_KEYS_TEXT, range, state, move |state, fields| {
            let facts = key_facts(&fields).ok_or_else(|| {
                let row =
                    fields.first().and_then(|id| id.uuid()).map(|id| id.to_string()).unwrap_or_default();
                StoreError::Corrupt { table: "api_keys", column: "*", row }
            })?;
            each(state, facts);
            Ok(())
        })
        .await
    }

    async fn each<R: Row>(
        &self,
        sql: Sql,
        params: impl Params,
        mut each: impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        match self.read().await? {
            Conn::Sqlite(mut conn) => {
                let mut rows = params.bind_sqlite(sqlx::query_as::<_, R>(sql.sqlite)).fetch(&mut *conn);
                while let Some(row) = rows.try_next().await? {
                    each(row)?;
                }
            }
            Conn::Postgres(mut conn) => {
                let mut rows = params.bind_postgres(sqlx::query_as::<_, R>(sql.postgres)).fetch(&mut *conn);
                while let Some(row) = rows.try_next().await? {
                    each(row)?;
                }
            }
        }
        Ok(())
    }
}
