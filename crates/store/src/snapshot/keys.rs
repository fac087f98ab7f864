//! What verification must know of keys: millions at a start, single ones as the change feed names them.

use crate::api_keys::rows::{column, metadata};
use crate::bulk::Field;
use crate::db::{Conn, Queries, Result};
use crate::rows::{optional_time, parsed, secret_hash, time};
use crate::store::Store;
use lockwork_model::ids::{ActionId, ApiKeyId, OrganizationId, PlanId, RoleId};
use lockwork_model::verification::{FormerSecret, Grants, KeyFacts, KeyState, Rules};
use std::collections::HashMap;
use uuid::Uuid;

/// How many keys one statement asks for.
const CHUNK: usize = 15;

/// The parameters of a statement that asks for [`CHUNK`] ids.
macro_rules! in_chunk {
    ($text:expr) => {
        concat!($text, " IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)")
    };
}

/// What verification must know of keys, by a text that goes on behind the table's name.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, organization_id, display_name, secret_hash, former_secret_hash, former_secret_ends_at,
                 revoked_at, disabled_at, expires_at, external_id, metadata, plan_id, limits, ip_allowlist, has_credits
             FROM api_keys ",
            $rest
        )
    };
}

const RANGE_KEYS_TEXT: &str = select!("WHERE id BETWEEN $1 AND $2");
const RANGE_KEY_ROLES_TEXT: &str =
    "SELECT api_key_id, role_id FROM api_key_role_assignments WHERE api_key_id BETWEEN $1 AND $2";
const RANGE_KEY_ACTIONS_TEXT: &str =
    "SELECT api_key_id, action_id FROM api_key_actions WHERE api_key_id BETWEEN $1 AND $2";

crate::repositories::sql! {
    COUNT_KEYS = "SELECT COUNT(*) FROM api_keys";
    RANGE_KEYS = RANGE_KEYS_TEXT;
    RANGE_KEY_ROLES = RANGE_KEY_ROLES_TEXT;
    RANGE_KEY_ACTIONS = RANGE_KEY_ACTIONS_TEXT;
    KEYS = in_chunk!(select!("WHERE id"));
    KEY_ROLES = in_chunk!("SELECT api_key_id, role_id FROM api_key_role_assignments WHERE api_key_id");
    KEY_ACTIONS = in_chunk!("SELECT api_key_id, action_id FROM api_key_actions WHERE api_key_id");
    ORGANIZATION_KEYS = "SELECT id FROM api_keys WHERE organization_id = $1";
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: Uuid,
    organization_id: Uuid,
    display_name: String,
    secret_hash: Vec<u8>,
    former_secret_hash: Option<Vec<u8>>,
    former_secret_ends_at: Option<i64>,
    revoked_at: Option<i64>,
    disabled_at: Option<i64>,
    expires_at: Option<i64>,
    external_id: Option<String>,
    metadata: Option<String>,
    plan_id: Option<Uuid>,
    limits: Option<String>,
    ip_allowlist: Option<String>,
    has_credits: bool,
}

/// A key's row, where it lies.
struct Columns<'a> {
    id: Uuid,
    organization: Uuid,
    display_name: &'a str,
    secret_hash: &'a [u8],
    former_hash: Option<&'a [u8]>,
    former_ends_at: Option<i64>,
    revoked_at: Option<i64>,
    disabled_at: Option<i64>,
    expires_at: Option<i64>,
    external_id: Option<&'a str>,
    metadata: Option<&'a str>,
    plan: Option<Uuid>,
    limits: Option<&'a str>,
    ip_allowlist: Option<&'a str>,
    has_credits: bool,
}

impl KeyRow {
    fn columns(&self) -> Columns<'_> {
        Columns {
            id: self.id,
            organization: self.organization_id,
            display_name: &self.display_name,
            secret_hash: &self.secret_hash,
            former_hash: self.former_secret_hash.as_deref(),
            former_ends_at: self.former_secret_ends_at,
            revoked_at: self.revoked_at,
            disabled_at: self.disabled_at,
            expires_at: self.expires_at,
            external_id: self.external_id.as_deref(),
            metadata: self.metadata.as_deref(),
            plan: self.plan_id,
            limits: self.limits.as_deref(),
            ip_allowlist: self.ip_allowlist.as_deref(),
            has_credits: self.has_credits,
        }
    }
}

impl<'a> Columns<'a> {
    fn read(fields: &[Field<'a>; 15]) -> Result<Self> {
        let [
            id,
            organization,
            display_name,
            secret_hash,
            former_hash,
            former_ends_at,
            revoked_at,
            disabled_at,
            expires_at,
            external_id,
            metadata,
            plan,
            limits,
            ip_allowlist,
            has_credits,
        ] = *fields;
        let id = parsed(id.uuid(), "api_keys", "id", "")?;
        let text = |field: Field<'a>, name| match field {
            Field::Null => Ok(None),
            field => parsed(field.text(), "api_keys", name, id).map(Some),
        };
        Ok(Self {
            id,
            organization: parsed(organization.uuid(), "api_keys", "organization_id", id)?,
            display_name: parsed(display_name.text(), "api_keys", "display_name", id)?,
            secret_hash: parsed(secret_hash.bytes(), "api_keys", "secret_hash", id)?,
            former_hash: former_hash.bytes(),
            former_ends_at: former_ends_at.integer(),
            revoked_at: revoked_at.integer(),
            disabled_at: disabled_at.integer(),
            expires_at: expires_at.integer(),
            external_id: text(external_id, "external_id")?,
            metadata: text(metadata, "metadata")?,
            plan: match plan {
                Field::Null => None,
                plan => Some(parsed(plan.uuid(), "api_keys", "plan_id", id)?),
            },
            limits: text(limits, "limits")?,
            ip_allowlist: text(ip_allowlist, "ip_allowlist")?,
            has_credits: parsed(has_credits.flag(), "api_keys", "has_credits", id)?,
        })
    }

    /// The facts, with what the key was given as far as it is known.
    fn facts(self, grants: Grants) -> Result<KeyFacts> {
        let former = match self.former_hash {
            None => None,
            Some(hash) => Some(FormerSecret {
                hash: secret_hash(hash, "api_keys", self.id)?,
                ends_at: time(parsed(self.former_ends_at, "api_keys", "former_secret_ends_at", self.id)?),
            }),
        };
        let rules = Rules {
            plan: self.plan.map(PlanId::from_uuid),
            limits: column("limits", self.id).list(self.limits)?,
            ip_allowlist: column("ip_allowlist", self.id).networks(self.ip_allowlist)?,
            has_credits: self.has_credits,
        };
        Ok(KeyFacts {
            id: ApiKeyId::from_uuid(self.id),
            organization: OrganizationId::from_uuid(self.organization),
            hash: secret_hash(self.secret_hash, "api_keys", self.id)?,
            former,
            rotated: former.is_some(),
            state: match (self.revoked_at, self.disabled_at) {
                (Some(_), _) => KeyState::Revoked,
                (None, Some(_)) => KeyState::Disabled,
                (None, None) => KeyState::Active,
            },
            expires_at: optional_time(self.expires_at),
            display_name: self.display_name.to_owned(),
            external_id: self.external_id.map(str::to_owned),
            metadata: metadata(self.metadata.map(str::to_owned), self.id)?,
            grants: Grants { rules, ..grants },
        })
    }
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

type PairRow = (Uuid, Uuid);

impl Conn {
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
                facts.push(row.columns().facts(grants)?);
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
            let facts = Columns::read(&fields)?.facts(Grants::default())?;
            each(state, facts);
            Ok(())
        })
        .await
    }
}
