//! Which API keys there are.

use super::ApiKeys;
use super::rows::{model, select};
use crate::db::{Params, Queries, Result, Sql};
use crate::json_rows::json_ids;
use crate::listing::{Listing, PageParams, count, counting, listing};
use crate::reach::{Reach, narrowed, nothing};
use crate::rows::{micros, parsed};
use lockwork_model::access::Scope;
use lockwork_model::api_keys::ApiKey;
use lockwork_model::ids::{ApiKeyId, BackendApiKeyId, OrganizationId, UserId};
use lockwork_model::page::{Count, Cursor, Page, PageRequest};
use lockwork_model::permissions::ActionName;
use lockwork_model::time::Timestamp;
use std::collections::HashMap;
use uuid::Uuid;

/// The keys that a filter lets through, narrowed by what an index is made for. An id is a range of ids, which an
/// index on them can begin at.
macro_rules! matching {
    ($narrowed:literal) => {
        concat!(
            "WHERE ",
            $narrowed,
            " AND id BETWEEN $7 AND $8
              AND (organization_id = $6 OR $6 IS NULL)
              AND (display_name = $9 OR $9 IS NULL)
              AND (LOWER(display_name) LIKE $10 ESCAPE '\\' OR $10 IS NULL)
              AND (secret_suffix = $11 OR former_secret_suffix = $11 OR $11 IS NULL)
              AND (external_id = $12 OR $12 IS NULL)
              AND (REPLACE(tags, $13, '') <> tags OR $13 IS NULL)
              AND ((revoked_at IS NOT NULL) = $14 OR $14 IS NULL)
              AND (CASE WHEN revoked_at IS NOT NULL THEN 'revoked'
                        WHEN disabled_at IS NOT NULL THEN 'disabled'
                        WHEN expires_at <= $16 THEN 'expired'
                        ELSE 'active' END = $15 OR $15 IS NULL)
              AND (created_by_user_id = $17 OR $17 IS NULL) AND (created_by = $18 OR $18 IS NULL)
              AND (expires_at < $19 OR $19 IS NULL)"
        )
    };
}

macro_rules! of_project {
    () => {
        // The condition on the name is the one of the index.
        matching!("project_id = $5 AND display_name >= ''")
    };
}
macro_rules! of_organization {
    () => {
        matching!("organization_id = $6 AND (SELECT o.project_id FROM organizations o WHERE o.id = $6) = $5")
    };
}
macro_rules! of_external_id {
    () => {
        matching!("project_id = $5 AND external_id = $12")
    };
}
macro_rules! expiring {
    () => {
        // Those that have expired already are many in the end, and no active ones.
        matching!(
            "project_id = $5 AND expires_at < $19 AND expires_at > CASE WHEN $15 = 'active' THEN $16 ELSE 0 END"
        )
    };
}

/// What keys of these ids may do: what they were given directly, and by their roles.
macro_rules! effective_actions {
    ($ids:literal) => {
        concat!(
            "SELECT held.api_key_id, a.name FROM (
                 SELECT k.api_key_id, k.action_id FROM api_key_actions k WHERE k.api_key_id IN (",
            $ids,
            ")
                 UNION
                 SELECT k.api_key_id, r.action_id FROM api_key_role_assignments k
                 JOIN role_actions r ON r.role_id = k.role_id WHERE k.api_key_id IN (",
            $ids,
            ")
             ) AS held JOIN actions a ON a.id = held.action_id ORDER BY a.name"
        )
    };
}

pub(crate) const LIST_OF_PROJECT: Listing = listing!(select!(of_project!()));
pub(crate) const LIST_OF_ORGANIZATION: Listing = listing!(select!(of_organization!()));
pub(crate) const LIST_OF_EXTERNAL_ID: Listing = listing!(select!(of_external_id!()));
pub(crate) const LIST_OF_EXPIRING: Listing = listing!(select!(expiring!()));

crate::repositories::sql! {
    // With the parameters of the lists, the first three of which count for nothing here.
    COUNT_OF_PROJECT = counting!(concat!("FROM api_keys ", of_project!()));
    COUNT_OF_ORGANIZATION = counting!(concat!("FROM api_keys ", of_organization!()));
    COUNT_OF_EXTERNAL_ID = counting!(concat!("FROM api_keys ", of_external_id!()));
    COUNT_OF_EXPIRING = counting!(concat!("FROM api_keys ", expiring!()));
    EFFECTIVE_ACTIONS = Sql {
        sqlite: effective_actions!("SELECT unhex(i.value) FROM json_each($1) i"),
        postgres: effective_actions!("SELECT CAST(i.value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)) i"),
    };
}

/// What a key may be at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStateFilter {
    /// It works.
    Active,
    /// It is switched off, expired or not.
    Disabled,
    /// It was ended.
    Revoked,
    /// It is past its expiry, and neither disabled nor revoked.
    Expired,
}

impl KeyStateFilter {
    const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

/// Which API keys are wanted; `None` means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiKeyFilter {
    /// Of this organization.
    pub organization: Option<OrganizationId>,
    /// The one of this id.
    pub id: Option<ApiKeyId>,
    /// With this name.
    pub display_name: Option<String>,
    /// With this in their name; a to z are the same as A to Z.
    pub search: Option<String>,
    /// Of which a secret, the present or the former one, ends so.
    pub secret_suffix: Option<String>,
    /// With this external id.
    pub external_id: Option<String>,
    /// With this tag.
    pub tag: Option<String>,
    /// In this state at this moment.
    pub state: Option<(KeyStateFilter, Timestamp)>,
    /// Revoked ones, or the others.
    pub revoked: Option<bool>,
    /// Made by this person.
    pub creator_user: Option<UserId>,
    /// Made by this Backend API key.
    pub creator_backend_api_key: Option<BackendApiKeyId>,
    /// That expire before this moment, or did.
    pub expires_before: Option<Timestamp>,
}

/// By which index keys are found.
enum Narrowest {
    ExternalId,
    Organization,
    Expiry,
    Project,
}

/// A pattern that finds `part` anywhere.
pub(crate) fn pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for letter in part.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter.to_ascii_lowercase());
    }
    pattern.push('%');
    pattern
}

impl ApiKeyFilter {
    /// The filter with what the scope reaches; `None` when that is nothing.
    fn within(&self, scope: &Scope) -> Option<Self> {
        let organization = narrowed(scope.organization(), self.organization)?;
        let creator_user = narrowed(scope.keys_of(), self.creator_user)?;
        Some(Self { organization, creator_user, ..self.clone() })
    }

    const fn narrowest(&self) -> Narrowest {
        if self.external_id.is_some() {
            Narrowest::ExternalId
        } else if self.organization.is_some() {
            Narrowest::Organization
        } else if self.expires_before.is_some() {
            Narrowest::Expiry
        } else {
            Narrowest::Project
        }
    }

    fn params(&self, project: Uuid, (a, b, c, d): PageParams) -> impl Params + use<> {
        let id = self.id.map(ApiKeyId::uuid);
        (
            a,
            b,
            c,
            d,
            project,
            self.organization.map(OrganizationId::uuid),
            id.unwrap_or(Uuid::nil()),
            id.unwrap_or(Uuid::max()),
            self.display_name.clone(),
            self.search.as_deref().map(pattern),
            self.secret_suffix.clone(),
            self.external_id.clone(),
            self.tag.as_ref().map(|tag| serde_json::Value::from(tag.as_str()).to_string()),
            self.revoked,
            self.state.map(|(state, _)| state.name().to_owned()),
            micros(self.state.map(|(_, now)| now)),
            self.creator_user.map(UserId::uuid),
            self.creator_backend_api_key.map(BackendApiKeyId::uuid),
            micros(self.expires_before),
        )
    }
}

impl<C: Queries> ApiKeys<'_, C> {
    /// One page of the keys.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&mut self, filter: &ApiKeyFilter, page: &PageRequest) -> Result<Page<ApiKey>> {
        let Some(filter) = filter.within(&self.scope) else { return Ok(nothing()) };
        let project = self.scope.project_id();
        let listing = match filter.narrowest() {
            Narrowest::ExternalId => LIST_OF_EXTERNAL_ID,
            Narrowest::Organization => LIST_OF_ORGANIZATION,
            Narrowest::Expiry => LIST_OF_EXPIRING,
            Narrowest::Project => LIST_OF_PROJECT,
        };
        let params = |first| filter.params(project, first);
        let cursor = |key: &ApiKey| Cursor {
            micros: key.created_at.as_micros(),
            name: key.display_name.clone(),
            id: key.id.uuid(),
        };
        listing.fetch(self.conn, page, params, model, cursor).await
    }

    /// How many keys there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&mut self, filter: &ApiKeyFilter) -> Result<Count> {
        let Some(filter) = filter.within(&self.scope) else { return Ok(Count::default()) };
        let sql = match filter.narrowest() {
            Narrowest::ExternalId => COUNT_OF_EXTERNAL_ID,
            Narrowest::Organization => COUNT_OF_ORGANIZATION,
            Narrowest::Expiry => COUNT_OF_EXPIRING,
            Narrowest::Project => COUNT_OF_PROJECT,
        };
        let project = self.scope.project_id();
        count(self.conn, sql, |first| filter.params(project, first)).await
    }

    /// All that each key may do, directly and by its roles, sorted; keys that may do nothing are left out. List the keys
    /// first: this does not check whose they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn effective_actions(&mut self, keys: &[ApiKey]) -> Result<HashMap<ApiKeyId, Vec<ActionName>>> {
        let mut actions: HashMap<ApiKeyId, Vec<ActionName>> = HashMap::new();
        if keys.is_empty() {
            return Ok(actions);
        }
        let ids = json_ids(keys.iter().map(|key| key.id.uuid()));
        for (key, name) in self.conn.fetch_all::<(Uuid, String)>(EFFECTIVE_ACTIONS, (ids,)).await? {
            let name = parsed(name.parse().ok(), "actions", "name", name)?;
            actions.entry(ApiKeyId::from_uuid(key)).or_default().push(name);
        }
        Ok(actions)
    }
}
