//! Roles given to API keys.

use crate::db::{Queries, Result};
use crate::json_rows::json_rows;
use crate::listing::{Listing, listing};
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::{all_made, time};
use crate::tx::Tx;
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::{ApiKeyId, ApiKeyRoleAssignmentId, RoleId};
use lockwork_model::page::{Cursor, Page, PageRequest};
use serde_json::json;
use uuid::Uuid;

repository!(
    /// The role assignments of the API keys that the scope reaches.
    ApiKeyRoleAssignments
);

crate::repositories::sql! {
    INSERT = crate::db::Sql {
        sqlite: "INSERT INTO api_key_role_assignments (id, api_key_id, role_id, created_at)
                 SELECT unhex(s.value ->> 0), k.id, r.id, s.value ->> 3 FROM json_each($1) s
                 JOIN api_keys k ON k.id = unhex(s.value ->> 1) AND k.project_id = $2
                   AND (k.organization_id = $3 OR $3 IS NULL) AND (k.created_by_user_id = $4 OR $4 IS NULL)
                 JOIN roles r ON r.id = unhex(s.value ->> 2) AND r.project_id = $2
                   AND (r.organization_id IS NULL OR r.organization_id = k.organization_id)",
        postgres: "INSERT INTO api_key_role_assignments (id, api_key_id, role_id, created_at)
                   SELECT CAST(s.value ->> 0 AS UUID), k.id, r.id, CAST(s.value ->> 3 AS BIGINT)
                   FROM json_array_elements(CAST($1 AS JSON)) s
                   JOIN api_keys k ON k.id = CAST(s.value ->> 1 AS UUID) AND k.project_id = $2
                     AND (k.organization_id = $3 OR $3 IS NULL) AND (k.created_by_user_id = $4 OR $4 IS NULL)
                   JOIN roles r ON r.id = CAST(s.value ->> 2 AS UUID) AND r.project_id = $2
                     AND (r.organization_id IS NULL OR r.organization_id = k.organization_id)",
    };
    FIND = "SELECT s.* FROM api_key_role_assignments s JOIN api_keys k ON k.id = s.api_key_id
            WHERE k.project_id = $1 AND s.id = $2 AND (k.organization_id = $3 OR $3 IS NULL)
              AND (k.created_by_user_id = $4 OR $4 IS NULL)";
    DELETE = "DELETE FROM api_key_role_assignments
              WHERE id = $2 AND api_key_id IN (SELECT id FROM api_keys WHERE project_id = $1 AND id = $5
                                                 AND (organization_id = $3 OR $3 IS NULL)
                                                 AND (created_by_user_id = $4 OR $4 IS NULL))";
}

pub(crate) const LIST: Listing = listing!(id_and_time:
    "SELECT * FROM api_key_role_assignments
     WHERE api_key_id = (SELECT k.id FROM api_keys k WHERE k.project_id = $5 AND k.id = $6
                         AND (k.organization_id = $7 OR $7 IS NULL) AND (k.created_by_user_id = $8 OR $8 IS NULL))"
);

#[derive(sqlx::FromRow)]
struct AssignmentRow {
    id: Uuid,
    api_key_id: Uuid,
    role_id: Uuid,
    created_at: i64,
}

fn model(row: AssignmentRow) -> ApiKeyRoleAssignment {
    ApiKeyRoleAssignment {
        id: ApiKeyRoleAssignmentId::from_uuid(row.id),
        api_key: ApiKeyId::from_uuid(row.api_key_id),
        role: RoleId::from_uuid(row.role_id),
        created_at: time(row.created_at),
    }
}

impl<C> ApiKeyRoleAssignments<'_, C> {
    fn reached(&self) -> (Uuid, Option<Uuid>, Option<Uuid>) {
        (self.scope.project_id(), self.scope.organization_id(), self.scope.keys_of_id())
    }
}

impl<C: Queries> ApiKeyRoleAssignments<'_, C> {
    /// The assignment of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: ApiKeyRoleAssignmentId) -> Result<Option<ApiKeyRoleAssignment>> {
        let (project, organization, user) = self.reached();
        Ok(self.conn.fetch_optional(FIND, (project, id.uuid(), organization, user)).await?.map(model))
    }

    /// One page of a key's assignments.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&mut self, key: ApiKeyId, page: &PageRequest) -> Result<Page<ApiKeyRoleAssignment>> {
        let (project, organization, user) = self.reached();
        let params = |(a, b, c, d)| (a, b, c, d, project, key.uuid(), organization, user);
        LIST.fetch(
            self.conn,
            page,
            params,
            |row| Ok(model(row)),
            |assignment| Cursor {
                micros: assignment.created_at.as_micros(),
                name: String::new(),
                id: assignment.id.uuid(),
            },
        )
        .await
    }
}

impl ApiKeyRoleAssignments<'_, Tx> {
    /// Gives a role to a key. Both must have been looked up in the project before.
    ///
    /// # Errors
    /// `Conflict` when the key has the role already, `Dangling` when the key or the role is gone; when the database
    /// fails.
    pub async fn insert(&mut self, assignment: &ApiKeyRoleAssignment) -> Result<()> {
        self.conn.changed(ChangeKind::ApiKey, assignment.api_key.uuid());
        self.insert_many(std::slice::from_ref(assignment)).await
    }

    /// Gives roles to keys that the same transaction makes.
    ///
    /// # Errors
    /// As [`Self::insert`]; then none is given.
    pub async fn insert_many(&mut self, assignments: &[ApiKeyRoleAssignment]) -> Result<()> {
        let (project, organization, user) = self.reached();
        let rows = json_rows(assignments, |assignment| {
            json!([
                assignment.id.uuid().simple(),
                assignment.api_key.uuid().simple(),
                assignment.role.uuid().simple(),
                assignment.created_at.as_micros(),
            ])
        });
        let inserted = self.conn.execute(INSERT, (rows, project, organization, user)).await?;
        all_made(inserted, assignments.len(), "api_key_role_assignments")
    }

    /// Takes a role from a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, assignment: &ApiKeyRoleAssignment) -> Result<()> {
        self.conn.changed(ChangeKind::ApiKey, assignment.api_key.uuid());
        let (project, organization, user) = self.reached();
        let params = (project, assignment.id.uuid(), organization, user, assignment.api_key.uuid());
        self.conn.execute(DELETE, params).await.map(drop)
    }
}
