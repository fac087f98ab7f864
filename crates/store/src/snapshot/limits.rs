//! What verification must know of plans, limit overrides and credits.

use crate::columns::Column;
use crate::db::{Conn, Queries, Result, Sql};
use crate::json_rows::json_ids;
use crate::limit_overrides::{Rule, rule};
use lockwork_model::ids::{LimitOverrideId, PlanId, ProjectId};
use lockwork_model::limits::Subject;
use lockwork_model::verification::{LimitOverrideFacts, PlanFacts};
use std::collections::HashMap;
use uuid::Uuid;

crate::repositories::sql! {
    ALL_PLANS = "SELECT id, limits FROM plans";
    PLAN = "SELECT id, limits FROM plans WHERE id = $1";
    ALL_LIMIT_OVERRIDES = "SELECT id, project_id, namespace, identifier, max_amount, window_seconds, burst
                           FROM limit_overrides";
    LIMIT_OVERRIDE = "SELECT id, project_id, namespace, identifier, max_amount, window_seconds, burst
                      FROM limit_overrides WHERE id = $1";
    CREDITS_VERSIONS = Sql {
        sqlite: "SELECT c.subject_id, c.version FROM credits c
                 WHERE c.subject_id IN (SELECT unhex(s.value) FROM json_each($1) s) AND c.remaining IS NOT NULL",
        postgres: "SELECT c.subject_id, c.version FROM credits c
                   WHERE c.subject_id IN (SELECT CAST(s.value AS UUID)
                                          FROM json_array_elements_text(CAST($1 AS JSON)) s)
                     AND c.remaining IS NOT NULL",
    };
}

type PlanRow = (Uuid, Option<String>);
type LimitOverrideRow = (Uuid, Uuid, String, String, i64, i64, Option<i64>);

fn plan((id, limits): PlanRow) -> Result<PlanFacts> {
    let limits = Column { table: "plans", name: "limits", row: id }.list(limits.as_deref())?;
    Ok(PlanFacts { id: PlanId::from_uuid(id), limits })
}

fn limit_override(row: LimitOverrideRow) -> Result<LimitOverrideFacts> {
    let (id, project, namespace, identifier, max_amount, window_seconds, burst) = row;
    let Rule { identifier, limit, rate } =
        rule(id, (&namespace, identifier), (max_amount, window_seconds, burst))?;
    let (id, project) = (LimitOverrideId::from_uuid(id), ProjectId::from_uuid(project));
    Ok(LimitOverrideFacts { id, project, identifier, limit, rate })
}

impl Conn {
    /// Every plan.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_plan_facts(&mut self) -> Result<Vec<PlanFacts>> {
        self.fetch_all(ALL_PLANS, ()).await?.into_iter().map(plan).collect()
    }

    /// One plan; `None` if it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plan_facts(&mut self, id: PlanId) -> Result<Option<PlanFacts>> {
        self.fetch_optional(PLAN, (id.uuid(),)).await?.map(plan).transpose()
    }

    /// Every limit override.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_limit_override_facts(&mut self) -> Result<Vec<LimitOverrideFacts>> {
        self.fetch_all(ALL_LIMIT_OVERRIDES, ()).await?.into_iter().map(limit_override).collect()
    }

    /// One limit override; `None` if it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn limit_override_facts(&mut self, id: LimitOverrideId) -> Result<Option<LimitOverrideFacts>> {
        self.fetch_optional(LIMIT_OVERRIDE, (id.uuid(),)).await?.map(limit_override).transpose()
    }

    /// The present version of each one's credits; `None` of those that have none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credits_versions(&mut self, subjects: &[Subject]) -> Result<Vec<(Subject, Option<i64>)>> {
        let ids = json_ids(subjects.iter().map(|subject| subject.uuid()));
        let rows = self.fetch_all::<(Uuid, i64)>(CREDITS_VERSIONS, (ids,)).await?;
        let versions: HashMap<Uuid, i64> = rows.into_iter().collect();
        let version = |&subject: &Subject| (subject, versions.get(&subject.uuid()).copied());
        Ok(subjects.iter().map(version).collect())
    }
}
