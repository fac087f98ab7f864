//! Revoking many API keys at once.

use super::ApiKeys;
use crate::db::{Queries, Result, Sql};
use crate::json_rows::json_ids;
use crate::reach::{Reach, narrowed};
use crate::tx::Tx;
use lockwork_model::api_keys::RevokeMany;
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::{ApiKeyId, BackendApiKeyId, OrganizationId, RoleId, UserId};
use lockwork_model::time::Timestamp;
use uuid::Uuid;

/// Up to so many keys verification learns of one by one, of more by their organizations.
const TOLD_SINGLY_MAX: usize = 1_000;

/// Revokes the keys that fit, narrowed by what an index is made for. PostgreSQL locks them in the order of their ids,
/// so that two who revoke at once do not wait for each other.
macro_rules! revoke {
    ($narrowed:literal) => {
        revoke!($narrowed, $narrowed)
    };
    ($sqlite:literal, $postgres:literal) => {
        Sql {
            sqlite: concat!(revoke!(begin), $sqlite, revoke!(middle), revoke!(end)),
            postgres: concat!(
                revoke!(begin),
                $postgres,
                revoke!(middle),
                " ORDER BY k.id FOR NO KEY UPDATE",
                revoke!(end)
            ),
        }
    };
    (begin) => {
        "WITH wanted AS (SELECT k.id FROM api_keys k WHERE "
    };
    (middle) => {
        " AND k.project_id = $4 AND k.revoked_at IS NULL
          AND (k.organization_id = $5 OR $5 IS NULL)
          AND (k.created_by_user_id = $6 OR $6 IS NULL) AND (k.created_by = $7 OR $7 IS NULL)
          AND (k.prefix = $8 OR $8 IS NULL)
          AND (EXISTS (SELECT 1 FROM api_key_role_assignments a WHERE a.api_key_id = k.id AND a.role_id = $9)
               OR $9 IS NULL)"
    };
    (end) => {
        ") UPDATE api_keys SET revoked_at = $1, updated_at = $1, revoke_reason = $2
           WHERE id IN (SELECT w.id FROM wanted w) AND revoked_at IS NULL
           RETURNING id, organization_id, display_name"
    };
}

crate::repositories::sql! {
    // `$3` is the list of ids; the others leave it out.
    REVOKE_IDS = revoke!(
        "k.id IN (SELECT unhex(i.value) FROM json_each($3) i)",
        "k.id IN (SELECT CAST(i.value AS UUID) FROM json_array_elements_text(CAST($3 AS JSON)) i)"
    );
    REVOKE_OF_ROLE = revoke!(
        "CAST($3 AS TEXT) IS NULL AND k.id IN (SELECT r.api_key_id FROM api_key_role_assignments r WHERE r.role_id = $9)"
    );
    REVOKE_OF_ORGANIZATION = revoke!("CAST($3 AS TEXT) IS NULL AND k.organization_id = $5");
    REVOKE_OF_PROJECT = revoke!("CAST($3 AS TEXT) IS NULL AND k.display_name >= ''");
}

/// A key that was just revoked with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedKey {
    /// Which.
    pub id: ApiKeyId,
    /// Whose.
    pub organization: OrganizationId,
    /// Its name.
    pub display_name: String,
}

impl ApiKeys<'_, Tx> {
    /// Revokes the keys that fit everything that is given and are not revoked yet, and tells which these were, by id.
    /// Nothing given fits every key that the scope reaches.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_many(
        &mut self,
        wanted: &RevokeMany,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<Vec<RevokedKey>> {
        let Some(organization) = narrowed(self.scope.organization(), wanted.organization) else {
            return Ok(Vec::new());
        };
        let Some(creator_user) = narrowed(self.scope.keys_of(), wanted.creator_user) else {
            return Ok(Vec::new());
        };
        let sql = match wanted {
            RevokeMany { ids: Some(_), .. } => REVOKE_IDS,
            RevokeMany { role: Some(_), .. } => REVOKE_OF_ROLE,
            _ if organization.is_some() => REVOKE_OF_ORGANIZATION,
            _ => REVOKE_OF_PROJECT,
        };
        let ids = wanted.ids.as_ref().map(|ids| json_ids(ids.iter().map(|id| id.uuid())));
        let params = (
            at.as_micros(),
            reason.map(str::to_owned),
            ids,
            self.scope.project_id(),
            organization.map(OrganizationId::uuid),
            creator_user.map(UserId::uuid),
            wanted.creator_backend_api_key.map(BackendApiKeyId::uuid),
            wanted.prefix.as_ref().map(|prefix| prefix.as_str().to_owned()),
            wanted.role.map(RoleId::uuid),
        );
        let mut revoked: Vec<RevokedKey> = self
            .conn
            .fetch_all::<(Uuid, Uuid, String)>(sql, params)
            .await?
            .into_iter()
            .map(|(id, organization, display_name)| RevokedKey {
                id: ApiKeyId::from_uuid(id),
                organization: OrganizationId::from_uuid(organization),
                display_name,
            })
            .collect();
        revoked.sort_unstable_by_key(|key| key.id);
        let singly = revoked.len() <= TOLD_SINGLY_MAX;
        for key in &revoked {
            if singly {
                self.conn.changed(ChangeKind::ApiKey, key.id.uuid());
            } else {
                self.conn.changed(ChangeKind::OrganizationApiKeys, key.organization.uuid());
            }
        }
        Ok(revoked)
    }
}
