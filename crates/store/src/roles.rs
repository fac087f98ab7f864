//! Roles and their actions.

use crate::db::{Queries, Result, for_update};
use crate::listing::{Listing, listing};
use crate::reach::{Reach, nothing, within};
use crate::repositories::repository;
use crate::rows::{all_made, parsed, time};
use crate::tx::Tx;
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::{ActionId, OrganizationId, RoleId};
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::permissions::ActionName;
use lockwork_model::roles::Role;
use uuid::Uuid;

repository!(
    /// The roles of one project: those for all of it and those of its organizations, or of one of these.
    Roles
);

/// The role of an id, if the scope may write it: an organization's may read those of the whole project, and no more.
macro_rules! writable {
    () => {
        "WHERE project_id = $1 AND id = $2 AND (organization_id = $3 OR $3 IS NULL)"
    };
}

crate::repositories::sql! {
    INSERT = "INSERT INTO roles (id, project_id, organization_id, display_name, description, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND = "SELECT * FROM roles
            WHERE project_id = $1 AND id = $2 AND (organization_id = $3 OR organization_id IS NULL OR $3 IS NULL)";
    FIND_FOR_UPDATE = for_update!(concat!("SELECT * FROM roles ", writable!()));
    UPDATE = concat!("UPDATE roles SET display_name = $4, description = $5, updated_at = $6 ", writable!());
    DELETE = concat!("DELETE FROM roles ", writable!());
    ACTIONS = "SELECT a.name FROM role_actions r JOIN actions a ON a.id = r.action_id WHERE r.role_id = $1 ORDER BY a.name";
    DELETE_ACTIONS = concat!("DELETE FROM role_actions WHERE role_id IN (SELECT id FROM roles ", writable!(), ")");
    INSERT_ACTION = "INSERT INTO role_actions (role_id, action_id)
                     SELECT r.id, a.id FROM roles r JOIN actions a ON a.project_id = r.project_id
                     WHERE r.project_id = $1 AND r.id = $2 AND (r.organization_id = $3 OR $3 IS NULL) AND a.id = $4";
}

pub(crate) const LIST_OF_PROJECT: Listing = listing!(
    "SELECT * FROM roles WHERE project_id = $5 AND organization_id IS NULL AND (display_name = $6 OR $6 IS NULL)"
);
pub(crate) const LIST_OF_ORGANIZATION: Listing = listing!(
    "SELECT * FROM roles WHERE project_id = $5 AND (display_name = $6 OR $6 IS NULL) AND organization_id = $7"
);

/// Which roles are wanted.
#[derive(Debug, Clone, Default)]
pub struct RoleFilter {
    /// Those of this organization; `None` for those of the whole project.
    pub organization: Option<OrganizationId>,
    /// With this name; `None` means any.
    pub display_name: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RoleRow {
    id: Uuid,
    organization_id: Option<Uuid>,
    display_name: String,
    description: String,
    created_at: i64,
    updated_at: i64,
}

fn model(row: RoleRow, actions: Vec<ActionName>) -> Role {
    Role {
        id: RoleId::from_uuid(row.id),
        organization: row.organization_id.map(OrganizationId::from_uuid),
        display_name: row.display_name,
        description: row.description,
        actions,
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    }
}

async fn actions(conn: &mut impl Queries, role: Uuid) -> Result<Vec<ActionName>> {
    let names = conn.fetch_all::<(String,)>(ACTIONS, (role,)).await?;
    names.into_iter().map(|(name,)| parsed(name.parse().ok(), "actions", "name", name)).collect()
}

impl<C> Roles<'_, C> {
    fn reached(&self, id: RoleId) -> (Uuid, Uuid, Option<Uuid>) {
        (self.scope.project_id(), id.uuid(), self.scope.organization_id())
    }
}

impl<C: Queries> Roles<'_, C> {
    /// The role of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: RoleId) -> Result<Option<Role>> {
        let params = self.reached(id);
        let Some(row) = self.conn.fetch_optional::<RoleRow>(FIND, params).await? else {
            return Ok(None);
        };
        let actions = actions(self.conn, row.id).await?;
        Ok(Some(model(row, actions)))
    }

    /// One page of the roles.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&mut self, filter: RoleFilter, page: &PageRequest) -> Result<Page<Role>> {
        if filter.organization.is_some_and(|organization| !self.scope.reaches(organization)) {
            return Ok(nothing());
        }
        let (project, name) = (self.scope.project_id(), filter.display_name);
        let row = |row| Ok(model(row, Vec::new()));
        let cursor = |role: &Role| Cursor {
            micros: role.created_at.as_micros(),
            name: role.display_name.clone(),
            id: role.id.uuid(),
        };
        let mut page = match filter.organization {
            None => {
                LIST_OF_PROJECT
                    .fetch(self.conn, page, |(a, b, c, d)| (a, b, c, d, project, name), row, cursor)
                    .await?
            }
            Some(organization) => {
                let params = |(a, b, c, d)| (a, b, c, d, project, name, organization.uuid());
                LIST_OF_ORGANIZATION.fetch(self.conn, page, params, row, cursor).await?
            }
        };
        for role in &mut page.items {
            role.actions = actions(self.conn, role.id.uuid()).await?;
        }
        Ok(page)
    }
}

impl Roles<'_, Tx> {
    /// The role, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self, id: RoleId) -> Result<Option<Role>> {
        let params = self.reached(id);
        let Some(row) = self.conn.fetch_optional::<RoleRow>(FIND_FOR_UPDATE, params).await? else {
            return Ok(None);
        };
        let actions = actions(self.conn, row.id).await?;
        Ok(Some(model(row, actions)))
    }

    /// Adds a role.
    ///
    /// # Errors
    /// `Dangling` when the scope does not reach its organization; when the database fails.
    pub async fn insert(&mut self, role: &Role, actions: &[ActionId]) -> Result<()> {
        let own = self.scope.organization();
        within(own.is_none() || role.organization == own)?;
        self.conn.changed(ChangeKind::Role, role.id.uuid());
        let params = (
            role.id.uuid(),
            self.scope.project_id(),
            role.organization.map(OrganizationId::uuid),
            role.display_name.clone(),
            role.description.clone(),
            role.created_at.as_micros(),
            role.updated_at.as_micros(),
        );
        self.conn.execute(INSERT, params).await?;
        self.insert_actions(role.id, actions).await
    }

    /// Writes a role back; `actions` replaces its set when given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update(&mut self, role: &Role, actions: Option<&[ActionId]>) -> Result<()> {
        self.conn.changed(ChangeKind::Role, role.id.uuid());
        let (project, id, organization) = self.reached(role.id);
        let params = (
            project,
            id,
            organization,
            role.display_name.clone(),
            role.description.clone(),
            role.updated_at.as_micros(),
        );
        self.conn.execute(UPDATE, params).await?;
        if let Some(actions) = actions {
            self.conn.execute(DELETE_ACTIONS, (project, id, organization)).await?;
            self.insert_actions(role.id, actions).await?;
        }
        Ok(())
    }

    async fn insert_actions(&mut self, role: RoleId, actions: &[ActionId]) -> Result<()> {
        for action in actions {
            let (project, role, organization) = self.reached(role);
            let params = (project, role, organization, action.uuid());
            all_made(self.conn.execute(INSERT_ACTION, params).await?, 1, "role_actions")?;
        }
        Ok(())
    }

    /// Deletes a role, and takes it from everything that has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, id: RoleId) -> Result<()> {
        self.conn.changed(ChangeKind::Role, id.uuid());
        let params = self.reached(id);
        self.conn.execute(DELETE, params).await.map(drop)
    }
}
