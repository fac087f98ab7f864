//! Managed API keys and what they were given directly.

pub(crate) mod lists;
pub(crate) mod revocations;
pub(crate) mod rows;

pub use lists::{ApiKeyFilter, KeyStateFilter};
pub use revocations::RevokedKey;

use crate::db::{Queries, Result, for_update};
use crate::json_rows::json_texts;
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::{all_made, parsed};
use crate::tx::Tx;
use lockwork_model::api_keys::{ApiKey, ApiKeyGrants};
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::{ActionId, ApiKeyId, RoleId};
use lockwork_model::limits::Subject;
use lockwork_model::permissions::ActionName;
use lockwork_model::secrets::SecretHash;
use lockwork_model::time::Timestamp;
use rows::{model, select};
use uuid::Uuid;

repository!(
    /// The API keys of one project, or of these one organization's, or of these those that one person made.
    ApiKeys
);

/// The key of an id, if the scope reaches it.
macro_rules! reached {
    () => {
        "WHERE project_id = $1 AND id = $2 AND (organization_id = $3 OR $3 IS NULL)
           AND (created_by_user_id = $4 OR $4 IS NULL)"
    };
}

crate::repositories::sql! {
    // Rows come as one JSON text, so that many cost one round trip: see `crate::json_rows`.
    INSERT = crate::db::Sql {
        sqlite: "INSERT INTO api_keys (project_id, id, organization_id, display_name, description, external_id,
                     metadata, tags, prefix, secret_hash, secret_suffix, secret_created_at, former_secret_hash,
                     former_secret_suffix, former_secret_created_at, former_secret_ends_at, expires_at, disabled_at,
                     revoked_at, revoke_reason, plan_id, limits, ip_allowlist, created_by, created_by_user_id,
                     last_used_at, created_at, updated_at)
                 SELECT $2, unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                     value ->> 6, value ->> 7, unhex(value ->> 8), value ->> 9, value ->> 10, unhex(value ->> 11),
                     value ->> 12, value ->> 13, value ->> 14, value ->> 15, value ->> 16, value ->> 17, value ->> 18,
                     unhex(value ->> 19), value ->> 20, value ->> 21, unhex(value ->> 22), unhex(value ->> 23),
                     value ->> 24, value ->> 25, value ->> 26
                 FROM json_each($1)",
        postgres: "INSERT INTO api_keys (project_id, id, organization_id, display_name, description, external_id,
                       metadata, tags, prefix, secret_hash, secret_suffix, secret_created_at, former_secret_hash,
                       former_secret_suffix, former_secret_created_at, former_secret_ends_at, expires_at, disabled_at,
                       revoked_at, revoke_reason, plan_id, limits, ip_allowlist, created_by, created_by_user_id,
                       last_used_at, created_at, updated_at)
                   SELECT $2, CAST(value ->> 0 AS UUID), CAST(value ->> 1 AS UUID), value ->> 2, value ->> 3,
                       value ->> 4, value ->> 5, value ->> 6, value ->> 7, decode(value ->> 8, 'hex'), value ->> 9,
                       CAST(value ->> 10 AS BIGINT), decode(value ->> 11, 'hex'), value ->> 12,
                       CAST(value ->> 13 AS BIGINT), CAST(value ->> 14 AS BIGINT), CAST(value ->> 15 AS BIGINT),
                       CAST(value ->> 16 AS BIGINT), CAST(value ->> 17 AS BIGINT), value ->> 18,
                       CAST(value ->> 19 AS UUID), value ->> 20, value ->> 21, CAST(value ->> 22 AS UUID),
                       CAST(value ->> 23 AS UUID), CAST(value ->> 24 AS BIGINT), CAST(value ->> 25 AS BIGINT),
                       CAST(value ->> 26 AS BIGINT)
                   FROM jsonb_array_elements(CAST($1 AS JSONB))",
    };
    FIND = select!(reached!());
    FIND_FOR_UPDATE = for_update!(select!(reached!()));
    UPDATE = "UPDATE api_keys SET display_name = $3, description = $4, external_id = $5, metadata = $6, tags = $7,
                  prefix = $8, secret_hash = $9, secret_suffix = $10, secret_created_at = $11, former_secret_hash = $12,
                  former_secret_suffix = $13, former_secret_created_at = $14, former_secret_ends_at = $15,
                  expires_at = $16, disabled_at = $17, revoked_at = $18, revoke_reason = $19, plan_id = $20,
                  limits = $21, ip_allowlist = $22, updated_at = $23
              WHERE project_id = $1 AND id = $2 AND (organization_id = $24 OR $24 IS NULL)
                AND (created_by_user_id = $25 OR $25 IS NULL)";
    DELETE = concat!("DELETE FROM api_keys ", reached!());
    INSERT_ACTION = "INSERT INTO api_key_actions (api_key_id, action_id)
                     SELECT k.id, a.id FROM api_keys k JOIN actions a ON a.project_id = k.project_id AND a.id = $5
                     WHERE k.project_id = $1 AND k.id = $2 AND (k.organization_id = $3 OR $3 IS NULL)
                       AND (k.created_by_user_id = $4 OR $4 IS NULL)";
    ACTION_NAMES = "SELECT a.name FROM api_key_actions k JOIN actions a ON a.id = k.action_id
                    WHERE k.api_key_id = $1 ORDER BY a.name";
    // Large seeds write all over the indexes; PostgreSQL has its own cache.
    SEED_CACHE = crate::db::Sql { sqlite: "PRAGMA cache_size = -2000000", postgres: "SELECT 1" };
    ROLES = "SELECT role_id FROM api_key_role_assignments WHERE api_key_id = $1 ORDER BY role_id";
}

impl<C> ApiKeys<'_, C> {
    fn reached(&self, id: ApiKeyId) -> (Uuid, Uuid, Option<Uuid>, Option<Uuid>) {
        (self.scope.project_id(), id.uuid(), self.scope.organization_id(), self.scope.keys_of_id())
    }
}

impl<C: Queries> ApiKeys<'_, C> {
    /// The key of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: ApiKeyId) -> Result<Option<ApiKey>> {
        let params = self.reached(id);
        self.conn.fetch_optional(FIND, params).await?.map(model).transpose()
    }

    /// What a key was given, its credits with the refill that is due at `now`. Ask for the key first: this does not
    /// check whose it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grants(&mut self, key: &ApiKey, now: Timestamp) -> Result<ApiKeyGrants> {
        let roles = self.conn.fetch_all::<(Uuid,)>(ROLES, (key.id.uuid(),)).await?;
        let actions = self.conn.fetch_all::<(String,)>(ACTION_NAMES, (key.id.uuid(),)).await?;
        let name = |(name,): (String,)| parsed(name.parse::<ActionName>().ok(), "actions", "name", name);
        Ok(ApiKeyGrants {
            roles: roles.into_iter().map(|(id,)| RoleId::from_uuid(id)).collect(),
            actions: actions.into_iter().map(name).collect::<Result<_>>()?,
            credits: crate::credits::find(self.conn, self.scope.project(), Subject::ApiKey(key.id), now)
                .await?,
        })
    }
}

impl ApiKeys<'_, Tx> {
    /// The key, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self, id: ApiKeyId) -> Result<Option<ApiKey>> {
        let params = self.reached(id);
        self.conn.fetch_optional(FIND_FOR_UPDATE, params).await?.map(model).transpose()
    }

    /// Adds a key and the actions it is given directly. Its credits are set afterwards.
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
    /// `Dangling` when the scope does not reach one; when the database fails; then none is added.
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
            let (project, key, organization, user) = self.reached(key);
            let params = (project, key, organization, user, action.uuid());
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
        keys.iter().try_for_each(|key| self.scope.check_key(key))?;
        let rows = keys.iter().map(rows::insertable).collect::<Result<Vec<_>>>()?;
        self.conn.execute(INSERT, (json_texts(rows), self.scope.project_id())).await.map(drop)
    }

    /// Writes all of a key back that can change. A secret that a rotation pushed out needs
    /// [`Self::update_rotated`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update(&mut self, key: &ApiKey) -> Result<()> {
        self.conn.changed(ChangeKind::ApiKey, key.id.uuid());
        self.conn.execute(UPDATE, rows::updatable(&self.scope, key)?).await.map(drop)
    }

    /// Writes a rotated key back, and has verification forget the secret that the rotation pushed out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_rotated(&mut self, key: &ApiKey, forgotten: Option<&SecretHash>) -> Result<()> {
        if let Some(hash) = forgotten {
            self.conn.deleted(ChangeKind::ApiKey, key.id.uuid(), hash.as_bytes());
        }
        self.update(key).await
    }

    /// Deletes a key and what it was given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, key: &ApiKey) -> Result<()> {
        let params = self.reached(key.id);
        if self.conn.execute(DELETE, params).await? == 0 {
            return Ok(());
        }
        let former = key.former_secret.as_ref().map(|former| &former.secret);
        for secret in std::iter::once(&key.secret).chain(former) {
            self.conn.deleted(ChangeKind::ApiKey, key.id.uuid(), secret.hash.as_bytes());
        }
        Ok(())
    }
}
