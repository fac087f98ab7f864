//! Plans.

use crate::columns::{Column, limits_text};
use crate::db::{Queries, Result, for_update};
use crate::listing::{Listing, listing};
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::time;
use crate::tx::Tx;
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::PlanId;
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::plans::Plan;
use uuid::Uuid;

repository!(
    /// The plans of one project.
    Plans
);

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, display_name, description, limits, created_at, updated_at FROM plans ", $rest)
    };
}

crate::repositories::sql! {
    INSERT = "INSERT INTO plans (id, project_id, display_name, description, limits, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND = select!("WHERE project_id = $1 AND id = $2");
    FIND_FOR_UPDATE = for_update!(select!("WHERE project_id = $1 AND id = $2"));
    UPDATE = "UPDATE plans SET display_name = $3, description = $4, limits = $5, updated_at = $6
              WHERE project_id = $1 AND id = $2";
    DELETE = "DELETE FROM plans WHERE project_id = $1 AND id = $2";
    USAGE = "SELECT (SELECT COUNT(*) FROM organizations o WHERE o.plan_id = p.id),
                    (SELECT COUNT(*) FROM api_keys k WHERE k.plan_id = p.id)
             FROM plans p WHERE p.project_id = $1 AND p.id = $2";
}

pub(crate) const LIST: Listing =
    listing!(select!("WHERE project_id = $5 AND (display_name = $6 OR $6 IS NULL)"));

/// Which plans are wanted; `None` means any.
#[derive(Debug, Clone, Default)]
pub struct PlanFilter {
    /// With this name.
    pub display_name: Option<String>,
}

/// Who has a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlanUsage {
    /// So many organizations.
    pub organizations: u64,
    /// So many keys, of their own and not through their organization.
    pub api_keys: u64,
}

#[derive(sqlx::FromRow)]
struct PlanRow {
    id: Uuid,
    display_name: String,
    description: String,
    limits: Option<String>,
    created_at: i64,
    updated_at: i64,
}

fn model(row: PlanRow) -> Result<Plan> {
    Ok(Plan {
        id: PlanId::from_uuid(row.id),
        display_name: row.display_name,
        description: row.description,
        limits: Column { table: "plans", name: "limits", row: row.id }.list(row.limits.as_deref())?,
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    })
}

impl<C: Queries> Plans<'_, C> {
    /// The plan of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: PlanId) -> Result<Option<Plan>> {
        self.conn.fetch_optional(FIND, (self.scope.project_id(), id.uuid())).await?.map(model).transpose()
    }

    /// One page of the plans.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&mut self, filter: &PlanFilter, page: &PageRequest) -> Result<Page<Plan>> {
        let project = self.scope.project_id();
        let params = |(a, b, c, d)| (a, b, c, d, project, filter.display_name.clone());
        LIST.fetch(self.conn, page, params, model, |plan| Cursor {
            micros: plan.created_at.as_micros(),
            name: plan.display_name.clone(),
            id: plan.id.uuid(),
        })
        .await
    }

    /// Who has a plan; nobody has one that does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usage(&mut self, id: PlanId) -> Result<PlanUsage> {
        let row = self.conn.fetch_optional::<(i64, i64)>(USAGE, (self.scope.project_id(), id.uuid())).await?;
        let (organizations, api_keys) = row.unwrap_or_default();
        Ok(PlanUsage { organizations: organizations.unsigned_abs(), api_keys: api_keys.unsigned_abs() })
    }
}

impl Plans<'_, Tx> {
    /// The plan, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self, id: PlanId) -> Result<Option<Plan>> {
        let params = (self.scope.project_id(), id.uuid());
        self.conn.fetch_optional(FIND_FOR_UPDATE, params).await?.map(model).transpose()
    }

    /// Adds a plan.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert(&mut self, plan: &Plan) -> Result<()> {
        self.conn.changed(ChangeKind::Plan, plan.id.uuid());
        let params = (
            plan.id.uuid(),
            self.scope.project_id(),
            plan.display_name.clone(),
            plan.description.clone(),
            limits_text(&plan.limits)?,
            plan.created_at.as_micros(),
            plan.updated_at.as_micros(),
        );
        self.conn.execute(INSERT, params).await.map(drop)
    }

    /// Writes a plan back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update(&mut self, plan: &Plan) -> Result<()> {
        self.conn.changed(ChangeKind::Plan, plan.id.uuid());
        let params = (
            self.scope.project_id(),
            plan.id.uuid(),
            plan.display_name.clone(),
            plan.description.clone(),
            limits_text(&plan.limits)?,
            plan.updated_at.as_micros(),
        );
        self.conn.execute(UPDATE, params).await.map(drop)
    }

    /// Deletes a plan.
    ///
    /// # Errors
    /// `Dangling` while an organization or a key has it; when the database fails.
    pub async fn delete(&mut self, id: PlanId) -> Result<()> {
        self.conn.changed(ChangeKind::Plan, id.uuid());
        self.conn.execute(DELETE, (self.scope.project_id(), id.uuid())).await.map(drop)
    }
}
