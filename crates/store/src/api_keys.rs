//! Managed API keys and what they were given directly.

use crate::db::{Queries, Result, for_update};
use crate::json_rows::{hex, json_rows};
use crate::listing::{Listing, listing};
use crate::repositories::repository;
use crate::rows::{all_made, micros, optional_time, secret_hash, time};
use crate::tx::Tx;
use lockwork_model::api_keys::{ApiKey, ApiKeyGrants, Lifecycle};
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::{ActionId, ApiKeyId, BackendApiKeyId, OrganizationId, RoleId};
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::permissions::ActionName;
use serde_json::json;
use uuid::Uuid;

repository!(
    /// The API keys of one project.
    ApiKeys
);

crate::repositories::sql! {
    // Rows come as one JSON text, so that many cost one round trip: see `crate::json_rows`.
    INSERT = crate::db::Sql {
        sqlite: "INSERT INTO api_keys (project_id, id, organization_id, display_name, secret_hash, secret_suffix,
                     expires_at, revoked_at, created_by, created_at, updated_at)
                 SELECT $2, unhex(value ->> 0), unhex(value ->> 1), value ->> 2, unhex(value ->> 3), value ->> 4,
                     value ->> 5, value ->> 6, unhex(value ->> 7), value ->> 8, value ->> 9
                 FROM json_each($1)",
        postgres: "INSERT INTO api_keys (project_id, id, organization_id, display_name, secret_hash, secret_suffix,
                       expires_at, revoked_at, created_by, created_at, updated_at)
                   SELECT $2, CAST(value ->> 0 AS UUID), CAST(value ->> 1 AS UUID), value ->> 2,
                       decode(value ->> 3, 'hex'), value ->> 4, CAST(value ->> 5 AS BIGINT),
                       CAST(value ->> 6 AS BIGINT), CAST(value ->> 7 AS UUID), CAST(value ->> 8 AS BIGINT),
                       CAST(value ->> 9 AS BIGINT)
                   FROM json_array_elements(CAST($1 AS JSON))",
    };
    FIND = "SELECT * FROM api_keys WHERE project_id = $1 AND id = $2";
    FIND_FOR_UPDATE = for_update!("SELECT * FROM api_keys WHERE project_id = $1 AND id = $2");
    UPDATE = "UPDATE api_keys SET display_name = $3, revoked_at = $4, updated_at = $5 WHERE project_id = $1 AND id = $2";
    DELETE = "DELETE FROM api_keys WHERE project_id = $1 AND id = $2";
    INSERT_ACTION = "INSERT INTO api_key_actions (api_key_id, action_id)
                     SELECT $1, id FROM actions WHERE project_id = $3 AND id = $2";
    ACTION_NAMES = "SELECT a.name FROM api_key_actions k JOIN actions a ON a.id = k.action_id
                    WHERE k.api_key_id = $1 ORDER BY a.name";
    // Large seeds write all over the indexes; PostgreSQL has its own cache.
    SEED_CACHE = crate::db::Sql { sqlite: "PRAGMA cache_size = -2000000", postgres: "SELECT 1" };
    ROLES = "SELECT role_id FROM api_key_role_assignments WHERE api_key_id = $1 ORDER BY role_id";
}

pub(crate) const LIST: Listing = listing!(
    "SELECT * FROM api_keys WHERE project_id = $5 AND organization_id = $6
     AND (display_name = $7 OR $7 IS NULL) AND (secret_suffix = $8 OR $8 IS NULL)
     AND ((revoked_at IS NOT NULL) = $9 OR $9 IS NULL)"
);

/// Which API keys are wanted; `None` means any.
#[derive(Debug, Clone)]
pub struct ApiKeyFilter {
    /// Of this organization.
    pub organization: OrganizationId,
    /// With this name.
    pub display_name: Option<String>,
    /// Whose secret ends so.
    pub secret_suffix: Option<String>,
    /// Revoked ones, or the others.
    pub revoked: Option<bool>,
}

#[derive(sqlx::FromRow)]
struct ApiKeyRow {
    id: Uuid,
    organization_id: Uuid,
    display_name: String,
    secret_hash: Vec<u8>,
    secret_suffix: String,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    created_by: Option<Uuid>,
    created_at: i64,
    updated_at: i64,
}

fn model(row: ApiKeyRow) -> Result<ApiKey> {
    Ok(ApiKey {
        id: ApiKeyId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization_id),
        display_name: row.display_name,
        secret_hash: secret_hash(&row.secret_hash, "api_keys", row.id)?,
        secret_suffix: row.secret_suffix,
        expires_at: optional_time(row.expires_at),
        lifecycle: row.revoked_at.map_or(Lifecycle::Active, |at| Lifecycle::Revoked { at: time(at) }),
        created_by: row.created_by.map(BackendApiKeyId::from_uuid),
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    })
}

const fn revoked_at(key: &ApiKey) -> Option<lockwork_model::time::Timestamp> {
    match key.lifecycle {
        Lifecycle::Active => None,
        Lifecycle::Revoked { at } => Some(at),
    }
}

impl<C: Queries> ApiKeys<'_, C> {
    /// The key of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: ApiKeyId) -> Result<Option<ApiKey>> {
        self.conn.fetch_optional(FIND, (self.project.uuid(), id.uuid())).await?.map(model).transpose()
    }

    /// One page of an organization's keys.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&mut self, filter: ApiKeyFilter, page: &PageRequest) -> Result<Page<ApiKey>> {
        let (project, organization) = (self.project.uuid(), filter.organization.uuid());
        let params = |(a, b, c, d)| {
            let filter = filter.clone();
            (a, b, c, d, project, organization, filter.display_name, filter.secret_suffix, filter.revoked)
        };
        LIST.fetch(self.conn, page, params, model, |key| Cursor {
            micros: key.created_at.as_micros(),
            name: key.display_name.clone(),
            id: key.id.uuid(),
        })
        .await
    }

    /// What a key was given. Ask for the key first: this does not check whose it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grants(&mut self, key: &ApiKey) -> Result<ApiKeyGrants> {
        let roles = self.conn.fetch_all::<(Uuid,)>(ROLES, (key.id.uuid(),)).await?;
        let actions = self.conn.fetch_all::<(String,)>(ACTION_NAMES, (key.id.uuid(),)).await?;
        let name = |(name,): (String,)| {
            crate::rows::parsed(name.parse::<ActionName>().ok(), "actions", "name", name)
        };
        Ok(ApiKeyGrants {
            roles: roles.into_iter().map(|(id,)| RoleId::from_uuid(id)).collect(),
            actions: actions.into_iter().map(name).collect::<Result<_>>()?,
        })
    }
}

impl ApiKeys<'_, Tx> {
    /// The key, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self, id: ApiKeyId) -> Result<Option<ApiKey>> {
        self.conn
            .fetch_optional(FIND_FOR_UPDATE, (self.project.uuid(), id.uuid()))
            .await?
            .map(model)
            .transpose()
    }

    /// Adds a key and the actions it is given directly.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert(&mut self, key: &ApiKey, actions: &[ActionId]) -> Result<()> {
        self.insert_many(std::slice::from_ref(key)).await?;
        self.insert_actions(key.id, actions).await
    }

    /// Adds keys.
    ///
    /// # Errors
    /// When the database fails; then none is added.
    pub async fn insert_many(&mut self, keys: &[ApiKey]) -> Result<()> {
        for key in keys {
            self.conn.changed(ChangeKind::ApiKey, key.id.uuid());
        }
        self.insert_rows(keys).await
    }

    /// Gives actions to a key directly.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_actions(&mut self, key: ApiKeyId, actions: &[ActionId]) -> Result<()> {
        for action in actions {
            let params = (key.uuid(), action.uuid(), self.project.uuid());
            all_made(self.conn.execute(INSERT_ACTION, params).await?, 1, "api_key_actions")?;
        }
        Ok(())
    }

    /// Adds very many keys, of which verification learns by their organizations.
    ///
    /// # Errors
    /// When the database fails; then none is added.
    pub async fn seed(&mut self, keys: &[ApiKey]) -> Result<()> {
        for key in keys {
            self.conn.changed(ChangeKind::OrganizationApiKeys, key.organization.uuid());
        }
        self.conn.execute(SEED_CACHE, ()).await?;
        self.insert_rows(keys).await
    }

    async fn insert_rows(&mut self, keys: &[ApiKey]) -> Result<()> {
        let rows = json_rows(keys, |key| {
            json!([
                key.id.uuid().simple(),
                key.organization.uuid().simple(),
                key.display_name,
                hex(key.secret_hash.as_bytes()),
                key.secret_suffix,
                micros(key.expires_at),
                micros(revoked_at(key)),
                key.created_by.map(|id| id.uuid().simple()),
                key.created_at.as_micros(),
                key.updated_at.as_micros(),
            ])
        });
        self.conn.execute(INSERT, (rows, self.project.uuid())).await.map(drop)
    }

    /// Writes a key's name and state back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update(&mut self, key: &ApiKey) -> Result<()> {
        self.conn.changed(ChangeKind::ApiKey, key.id.uuid());
        let params = (
            self.project.uuid(),
            key.id.uuid(),
            key.display_name.clone(),
            micros(revoked_at(key)),
            key.updated_at.as_micros(),
        );
        self.conn.execute(UPDATE, params).await.map(drop)
    }

    /// Deletes a key and what it was given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, key: &ApiKey) -> Result<()> {
        self.conn.deleted(ChangeKind::ApiKey, key.id.uuid(), key.secret_hash.as_bytes());
        self.conn.execute(DELETE, (self.project.uuid(), key.id.uuid())).await.map(drop)
    }
}
