//! The RBAC policy: a project's actions.

use crate::db::{Queries, Result};
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::parsed;
use crate::tx::Tx;
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::ActionId;
use lockwork_model::rbac_policy::Action;
use uuid::Uuid;

repository!(
    /// The actions of one project.
    RbacPolicy
);

crate::repositories::sql! {
    LIST = "SELECT id, name, description FROM actions WHERE project_id = $1 ORDER BY name";
    UPSERT = "INSERT INTO actions (id, project_id, name, description) VALUES ($1, $2, $3, $4)
              ON CONFLICT (id) DO UPDATE SET description = excluded.description
              WHERE actions.project_id = excluded.project_id";
    DELETE = "DELETE FROM actions WHERE project_id = $1 AND id = $2";
}

impl<C: Queries> RbacPolicy<'_, C> {
    /// Every action of the project, sorted by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&mut self) -> Result<Vec<Action>> {
        let rows = self.conn.fetch_all::<(Uuid, String, String)>(LIST, (self.scope.project_id(),)).await?;
        let action = |(id, name, description): (Uuid, String, String)| {
            let name = parsed(name.parse().ok(), "actions", "name", id)?;
            Ok(Action { id: ActionId::from_uuid(id), name, description })
        };
        rows.into_iter().map(action).collect()
    }
}

impl RbacPolicy<'_, Tx> {
    /// Adds an action, or writes its description back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert(&mut self, action: &Action) -> Result<()> {
        self.conn.changed(ChangeKind::RbacPolicy, self.scope.project_id());
        let params = (
            action.id.uuid(),
            self.scope.project_id(),
            action.name.as_str().to_owned(),
            action.description.clone(),
        );
        self.conn.execute(UPSERT, params).await.map(drop)
    }

    /// Deletes an action, and takes it from everything that has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, id: ActionId) -> Result<()> {
        self.conn.changed(ChangeKind::RbacPolicy, self.scope.project_id());
        self.conn.execute(DELETE, (self.scope.project_id(), id.uuid())).await.map(drop)
    }
}
