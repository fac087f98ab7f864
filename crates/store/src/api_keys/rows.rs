//! From rows to API keys and back.

use crate::columns::{Column, limits_text, list_text, networks_text};
use crate::db::{Params, Result};
use crate::json_rows::hex;
use crate::reach::Reach;
use crate::rows::{micros, optional_time, parsed, secret_hash, time};
use lockwork_model::access::Scope;
use lockwork_model::api_keys::{ApiKey, Creator, FormerKeySecret, KeySecret, Lifecycle};
use lockwork_model::ids::{ApiKeyId, BackendApiKeyId, OrganizationId, PlanId, UserId};
use lockwork_model::metadata::Metadata;
use serde_json::{Value, json};
use uuid::Uuid;

/// Reads whole keys, by a text that goes on behind the table's name.
macro_rules! select {
    ($rest:expr) => {
        concat!(
            "SELECT id, organization_id, display_name, description, external_id, metadata, tags, prefix, secret_hash,
                 secret_suffix, secret_created_at, former_secret_hash, former_secret_suffix, former_secret_created_at,
                 former_secret_ends_at, expires_at, disabled_at, revoked_at, revoke_reason, plan_id, limits,
                 ip_allowlist, created_by, created_by_user_id, last_used_at, created_at, updated_at
             FROM api_keys ",
            $rest
        )
    };
}
pub(crate) use select;

#[derive(sqlx::FromRow)]
pub(crate) struct ApiKeyRow {
    id: Uuid,
    organization_id: Uuid,
    display_name: String,
    description: String,
    external_id: Option<String>,
    metadata: Option<String>,
    tags: Option<String>,
    prefix: Option<String>,
    secret_hash: Vec<u8>,
    secret_suffix: String,
    secret_created_at: Option<i64>,
    former_secret_hash: Option<Vec<u8>>,
    former_secret_suffix: Option<String>,
    former_secret_created_at: Option<i64>,
    former_secret_ends_at: Option<i64>,
    expires_at: Option<i64>,
    disabled_at: Option<i64>,
    revoked_at: Option<i64>,
    revoke_reason: Option<String>,
    plan_id: Option<Uuid>,
    limits: Option<String>,
    ip_allowlist: Option<String>,
    created_by: Option<Uuid>,
    created_by_user_id: Option<Uuid>,
    last_used_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

/// Metadata as it is stored.
pub(crate) fn metadata(text: Option<String>, id: Uuid) -> Result<Option<Metadata>> {
    text.map(|text| parsed(Metadata::from_stored(text), "api_keys", "metadata", id)).transpose()
}

pub(crate) const fn column(name: &'static str, row: Uuid) -> Column<Uuid> {
    Column { table: "api_keys", name, row }
}

impl ApiKeyRow {
    fn former_secret(&mut self) -> Result<Option<FormerKeySecret>> {
        let Some(hash) = self.former_secret_hash.take() else { return Ok(None) };
        let ends_at = parsed(self.former_secret_ends_at, "api_keys", "former_secret_ends_at", self.id)?;
        Ok(Some(FormerKeySecret {
            secret: KeySecret {
                hash: secret_hash(&hash, "api_keys", self.id)?,
                suffix: self.former_secret_suffix.take().unwrap_or_default(),
                created_at: time(self.former_secret_created_at.unwrap_or(self.created_at)),
            },
            ends_at: time(ends_at),
        }))
    }

    fn lifecycle(&mut self) -> Lifecycle {
        match (self.revoked_at, self.disabled_at) {
            (Some(at), _) => Lifecycle::Revoked { at: time(at), reason: self.revoke_reason.take() },
            (None, Some(at)) => Lifecycle::Disabled { at: time(at) },
            (None, None) => Lifecycle::Active,
        }
    }

    fn creator(&self) -> Creator {
        match (self.created_by, self.created_by_user_id) {
            (Some(id), _) => Creator::BackendApiKey(BackendApiKeyId::from_uuid(id)),
            (None, Some(id)) => Creator::User(UserId::from_uuid(id)),
            (None, None) => Creator::Operator,
        }
    }
}

pub(crate) fn model(mut row: ApiKeyRow) -> Result<ApiKey> {
    let prefix = row.prefix.take().map(|text| parsed(text.parse().ok(), "api_keys", "prefix", row.id));
    Ok(ApiKey {
        id: ApiKeyId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization_id),
        former_secret: row.former_secret()?,
        lifecycle: row.lifecycle(),
        creator: row.creator(),
        display_name: row.display_name,
        description: row.description,
        external_id: row.external_id,
        metadata: metadata(row.metadata, row.id)?,
        tags: column("tags", row.id).list(row.tags.as_deref())?,
        prefix: prefix.transpose()?,
        secret: KeySecret {
            hash: secret_hash(&row.secret_hash, "api_keys", row.id)?,
            suffix: row.secret_suffix,
            created_at: time(row.secret_created_at.unwrap_or(row.created_at)),
        },
        expires_at: optional_time(row.expires_at),
        plan: row.plan_id.map(PlanId::from_uuid),
        limits: column("limits", row.id).list(row.limits.as_deref())?,
        ip_allowlist: column("ip_allowlist", row.id).networks(row.ip_allowlist.as_deref())?,
        last_used_at: optional_time(row.last_used_at),
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    })
}

/// What of a key's row its model does not hold in that form.
pub(crate) struct Columns {
    pub(crate) metadata: Option<String>,
    pub(crate) tags: Option<String>,
    pub(crate) prefix: Option<String>,
    /// `None` where the secret is as old as the key.
    pub(crate) secret_created_at: Option<i64>,
    pub(crate) former_hash: Option<Vec<u8>>,
    pub(crate) former_suffix: Option<String>,
    pub(crate) former_created_at: Option<i64>,
    pub(crate) former_ends_at: Option<i64>,
    pub(crate) disabled_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
    pub(crate) revoke_reason: Option<String>,
    pub(crate) limits: Option<String>,
    pub(crate) ip_allowlist: Option<String>,
}

impl Columns {
    pub(crate) fn of(key: &ApiKey) -> Result<Self> {
        let former = key.former_secret.as_ref();
        let (disabled_at, revoked_at, revoke_reason) = match &key.lifecycle {
            Lifecycle::Active => (None, None, None),
            Lifecycle::Disabled { at } => (Some(*at), None, None),
            Lifecycle::Revoked { at, reason } => (None, Some(*at), reason.clone()),
        };
        Ok(Self {
            metadata: key.metadata.as_ref().map(|metadata| metadata.as_str().to_owned()),
            tags: list_text(&key.tags)?,
            prefix: key.prefix.as_ref().map(|prefix| prefix.as_str().to_owned()),
            secret_created_at: micros(Some(key.secret.created_at).filter(|&at| at != key.created_at)),
            former_hash: former.map(|former| former.secret.hash.as_bytes().to_vec()),
            former_suffix: former.map(|former| former.secret.suffix.clone()),
            former_created_at: former.map(|former| former.secret.created_at.as_micros()),
            former_ends_at: former.map(|former| former.ends_at.as_micros()),
            disabled_at: micros(disabled_at),
            revoked_at: micros(revoked_at),
            revoke_reason,
            limits: limits_text(&key.limits)?,
            ip_allowlist: networks_text(&key.ip_allowlist)?,
        })
    }
}

/// The ids of a key's creator: the Backend API key's, the user's.
fn creators(creator: Creator) -> (Option<Uuid>, Option<Uuid>) {
    match creator {
        Creator::BackendApiKey(id) => (Some(id.uuid()), None),
        Creator::User(id) => (None, Some(id.uuid())),
        Creator::Operator => (None, None),
    }
}

/// A key for the statement that inserts many.
pub(crate) fn insertable(key: &ApiKey) -> Result<Value> {
    let columns = Columns::of(key)?;
    let (backend_api_key, user) = creators(key.creator);
    Ok(json!([
        key.id.uuid().simple(),
        key.organization.uuid().simple(),
        key.display_name,
        key.description,
        key.external_id,
        columns.metadata,
        columns.tags,
        columns.prefix,
        hex(key.secret.hash.as_bytes()),
        key.secret.suffix,
        columns.secret_created_at,
        columns.former_hash.as_deref().map(hex),
        columns.former_suffix,
        columns.former_created_at,
        columns.former_ends_at,
        micros(key.expires_at),
        columns.disabled_at,
        columns.revoked_at,
        columns.revoke_reason,
        key.plan.map(|id| id.uuid().simple()),
        columns.limits,
        columns.ip_allowlist,
        backend_api_key.map(Uuid::simple),
        user.map(Uuid::simple),
        micros(key.last_used_at),
        key.created_at.as_micros(),
        key.updated_at.as_micros(),
    ]))
}

/// The parameters that write a key back: its project's, its own, those of each column that changes and what the scope
/// reaches.
pub(crate) fn updatable(scope: &Scope, key: &ApiKey) -> Result<impl Params + use<>> {
    let columns = Columns::of(key)?;
    Ok((
        scope.project_id(),
        key.id.uuid(),
        key.display_name.clone(),
        key.description.clone(),
        key.external_id.clone(),
        columns.metadata,
        columns.tags,
        columns.prefix,
        key.secret.hash.as_bytes().to_vec(),
        key.secret.suffix.clone(),
        columns.secret_created_at,
        columns.former_hash,
        columns.former_suffix,
        columns.former_created_at,
        columns.former_ends_at,
        micros(key.expires_at),
        columns.disabled_at,
        columns.revoked_at,
        columns.revoke_reason,
        key.plan.map(PlanId::uuid),
        columns.limits,
        columns.ip_allowlist,
        key.updated_at.as_micros(),
        scope.organization_id(),
        scope.keys_of_id(),
    ))
}
