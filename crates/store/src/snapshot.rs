//! Reading what verification must know: everything at a start, single things as the change feed names them.

pub(crate) mod keys;
pub(crate) mod limits;

pub use keys::{Grant, KeyRange, key_ranges};

use crate::columns::Column;
use crate::db::{Conn, Params, Queries, Result, Row, Sql};
use crate::rows::{parsed, secret_hash};
use crate::store::Store;
use futures_util::TryStreamExt;
use lockwork_model::access::BackendKeyScope;
use lockwork_model::ids::{ActionId, BackendApiKeyId, OrganizationId, PlanId, ProjectId, RoleId};
use lockwork_model::secrets::KeyPrefix;
use lockwork_model::verification::{
    ActionFacts, BackendKeyFacts, OrganizationFacts, ProjectFacts, RoleFacts, Rules,
};
use std::collections::HashMap;
use uuid::Uuid;

/// What verification must know of organizations, by a text that goes on behind the table's name.
macro_rules! organizations {
    ($rest:literal) => {
        concat!(
            "SELECT id, project_id, api_keys_enabled, plan_id, limits, ip_allowlist, has_credits FROM organizations ",
            $rest
        )
    };
}

crate::repositories::sql! {
    ALL_PROJECTS = "SELECT id, api_keys_enabled, api_key_prefix FROM projects";
    PROJECT = "SELECT id, api_keys_enabled, api_key_prefix FROM projects WHERE id = $1";
    PREFIXES = "SELECT prefix FROM project_api_key_prefixes WHERE project_id = $1 ORDER BY created_at, prefix";
    ALL_ORGANIZATIONS = organizations!("");
    ORGANIZATION = organizations!("WHERE id = $1");
    ACTIONS = "SELECT id, name FROM actions WHERE project_id = $1";
    ALL_ROLES = "SELECT r.id, a.action_id FROM roles r LEFT JOIN role_actions a ON a.role_id = r.id";
    ROLE = "SELECT r.id, a.action_id FROM roles r LEFT JOIN role_actions a ON a.role_id = r.id WHERE r.id = $1";
    ALL_BACKEND_KEYS = "SELECT id, project_id, secret_hash, scope FROM backend_api_keys WHERE revoked_at IS NULL";
    BACKEND_KEY = "SELECT id, project_id, secret_hash, scope, revoked_at FROM backend_api_keys WHERE id = $1";
}

type ProjectRow = (Uuid, bool, Option<String>);
type OrganizationRow = (Uuid, Uuid, bool, Option<Uuid>, Option<String>, Option<String>, bool);

fn organization(row: OrganizationRow) -> Result<OrganizationFacts> {
    let (id, project, api_keys_enabled, plan, limits, ip_allowlist, has_credits) = row;
    let column = |name| Column { table: "organizations", name, row: id };
    let rules = Rules {
        plan: plan.map(PlanId::from_uuid),
        limits: column("limits").list(limits.as_deref())?,
        ip_allowlist: column("ip_allowlist").networks(ip_allowlist.as_deref())?,
        has_credits,
    };
    Ok(OrganizationFacts {
        id: OrganizationId::from_uuid(id),
        project: ProjectId::from_uuid(project),
        api_keys_enabled,
        rules,
    })
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
        self.fetch_optional(ORGANIZATION, (id.uuid(),)).await?.map(organization).transpose()
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
}

impl Store {
    /// Streams every organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn each_organization(&self, mut each: impl FnMut(OrganizationFacts)) -> Result<()> {
        self.each(ALL_ORGANIZATIONS, (), |row| {
            each(organization(row)?);
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
