//! Backend API keys.

use crate::db::{Queries, Result, for_update};
use crate::listing::{Listing, listing};
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::{micros, optional_time, parsed, secret_hash, time};
use crate::tx::Tx;
use lockwork_model::access::BackendKeyScope;
use lockwork_model::backend_api_keys::BackendApiKey;
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::BackendApiKeyId;
use lockwork_model::page::{Cursor, Page, PageRequest};
use uuid::Uuid;

repository!(
    /// The Backend API keys of one project.
    BackendApiKeys
);

crate::repositories::sql! {
    INSERT = "INSERT INTO backend_api_keys (id, project_id, display_name, scope, secret_hash, revoked_at, created_at,
                  updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND = "SELECT * FROM backend_api_keys WHERE project_id = $1 AND id = $2";
    FIND_FOR_UPDATE = for_update!("SELECT * FROM backend_api_keys WHERE project_id = $1 AND id = $2");
    UPDATE = "UPDATE backend_api_keys SET display_name = $3, revoked_at = $4, updated_at = $5
              WHERE project_id = $1 AND id = $2";
    DELETE = "DELETE FROM backend_api_keys WHERE project_id = $1 AND id = $2";
}

pub(crate) const LIST: Listing = listing!(
    "SELECT * FROM backend_api_keys WHERE project_id = $5
     AND (display_name = $6 OR $6 IS NULL) AND ((revoked_at IS NOT NULL) = $7 OR $7 IS NULL)"
);

/// Which Backend API keys are wanted; `None` means any.
#[derive(Debug, Clone, Default)]
pub struct BackendApiKeyFilter {
    /// With this name.
    pub display_name: Option<String>,
    /// Revoked ones, or the others.
    pub revoked: Option<bool>,
}

#[derive(sqlx::FromRow)]
struct BackendApiKeyRow {
    id: Uuid,
    display_name: String,
    scope: String,
    secret_hash: Vec<u8>,
    revoked_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

fn model(row: BackendApiKeyRow) -> Result<BackendApiKey> {
    Ok(BackendApiKey {
        id: BackendApiKeyId::from_uuid(row.id),
        display_name: row.display_name,
        scope: parsed(BackendKeyScope::from_name(&row.scope), "backend_api_keys", "scope", row.id)?,
        secret_hash: secret_hash(&row.secret_hash, "backend_api_keys", row.id)?,
        revoked_at: optional_time(row.revoked_at),
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    })
}

impl<C: Queries> BackendApiKeys<'_, C> {
    /// The key of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: BackendApiKeyId) -> Result<Option<BackendApiKey>> {
        self.conn.fetch_optional(FIND, (self.scope.project_id(), id.uuid())).await?.map(model).transpose()
    }

    /// One page of the keys.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &mut self,
        filter: BackendApiKeyFilter,
        page: &PageRequest,
    ) -> Result<Page<BackendApiKey>> {
        let project = self.scope.project_id();
        let params = |(a, b, c, d)| (a, b, c, d, project, filter.display_name.clone(), filter.revoked);
        LIST.fetch(self.conn, page, params, model, |key| Cursor {
            micros: key.created_at.as_micros(),
            name: key.display_name.clone(),
            id: key.id.uuid(),
        })
        .await
    }
}

impl BackendApiKeys<'_, Tx> {
    /// The key, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self, id: BackendApiKeyId) -> Result<Option<BackendApiKey>> {
        self.conn
            .fetch_optional(FIND_FOR_UPDATE, (self.scope.project_id(), id.uuid()))
            .await?
            .map(model)
            .transpose()
    }

    /// Adds a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert(&mut self, key: &BackendApiKey) -> Result<()> {
        self.conn.changed(ChangeKind::BackendApiKey, key.id.uuid());
        let params = (
            key.id.uuid(),
            self.scope.project_id(),
            key.display_name.clone(),
            key.scope.as_str().to_owned(),
            key.secret_hash.as_bytes().to_vec(),
            micros(key.revoked_at),
            key.created_at.as_micros(),
            key.updated_at.as_micros(),
        );
        self.conn.execute(INSERT, params).await.map(drop)
    }

    /// Writes a key's name and state back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update(&mut self, key: &BackendApiKey) -> Result<()> {
        self.conn.changed(ChangeKind::BackendApiKey, key.id.uuid());
        let params = (
            self.scope.project_id(),
            key.id.uuid(),
            key.display_name.clone(),
            micros(key.revoked_at),
            key.updated_at.as_micros(),
        );
        self.conn.execute(UPDATE, params).await.map(drop)
    }

    /// Deletes a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, key: &BackendApiKey) -> Result<()> {
        self.conn.deleted(ChangeKind::BackendApiKey, key.id.uuid(), key.secret_hash.as_bytes());
        self.conn.execute(DELETE, (self.scope.project_id(), key.id.uuid())).await.map(drop)
    }
}
