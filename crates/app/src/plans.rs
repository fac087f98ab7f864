//! Plans.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use lockwork_model::access::{Permission, Scope};
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::PlanId;
use lockwork_model::limits::{Limit, check_limits};
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::plans::Plan;
use lockwork_model::text::{DESCRIPTION_MAX_CHARS, NAME_MAX_CHARS, bounded};
use lockwork_store::plans::{PlanFilter, PlanUsage, Plans};
use lockwork_store::{Audit, Queries, Tx};

/// A plan to make.
#[derive(Debug, Clone, Default)]
pub struct NewPlan {
    /// Its name.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// Its limits.
    pub limits: Vec<Limit>,
}

/// A change to a plan; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct PlanUpdate {
    /// A new name.
    pub display_name: Option<String>,
    /// A new description.
    pub description: Option<String>,
    /// Other limits.
    pub limits: Option<Vec<Limit>>,
}

fn not_found() -> Error {
    Error::not_found("plan")
}

fn event(name: &'static str, plan: &Plan) -> Event {
    Event::new(name, ResourceType::Plan, plan.id.uuid())
}

/// Refuses a plan that the project does not have.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn check_plan<C: Queries>(mut plans: Plans<'_, C>, plan: Option<PlanId>) -> Result<()> {
    match plan {
        Some(id) => plans.find(id).await?.map(drop).ok_or_else(not_found),
        None => Ok(()),
    }
}

impl App {
    /// One page of the plans.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_plans(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<Plan>> {
        let scope = self.authorize(ctx, Permission::LimitsRead).await?;
        Ok(self.store().read().await?.plans(&scope).list(&PlanFilter::default(), page).await?)
    }

    /// A plan.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_plan(&self, ctx: &Ctx, id: PlanId) -> Result<Plan> {
        let scope = self.authorize(ctx, Permission::LimitsRead).await?;
        self.store().read().await?.plans(&scope).find(id).await?.ok_or_else(not_found)
    }

    /// Makes a plan.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidArgument`.
    pub async fn create_plan(&self, ctx: &Ctx, new: NewPlan) -> Result<Plan> {
        let scope = self.authorize(ctx, Permission::LimitsWrite).await?;
        check_limits("limits", &new.limits)?;
        let plan = Plan {
            id: PlanId::generate(&mut **self.entropy()),
            display_name: bounded("displayName", new.display_name, NAME_MAX_CHARS)?,
            description: bounded("description", new.description, DESCRIPTION_MAX_CHARS)?,
            limits: new.limits,
            created_at: ctx.now(),
            updated_at: ctx.now(),
        };
        let mut tx = self.store().begin().await?;
        tx.plans(&scope).insert(&plan).await?;
        let event = event("tesseral.plans.create", &plan).detail("plan", audit::plan(&plan));
        self.commit_plan(ctx, tx, scope, event).await?;
        Ok(plan)
    }

    /// Changes a plan; other limits are in effect for every key and organization that has the plan at once.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InvalidArgument`.
    pub async fn update_plan(&self, ctx: &Ctx, id: PlanId, update: PlanUpdate) -> Result<Plan> {
        let scope = self.authorize(ctx, Permission::LimitsWrite).await?;
        let mut tx = self.store().begin().await?;
        let previous = tx.plans(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let mut plan = previous.clone();
        if let Some(name) = update.display_name {
            plan.display_name = bounded("displayName", name, NAME_MAX_CHARS)?;
        }
        if let Some(description) = update.description {
            plan.description = bounded("description", description, DESCRIPTION_MAX_CHARS)?;
        }
        if let Some(limits) = update.limits {
            check_limits("limits", &limits)?;
            plan.limits = limits;
        }
        plan.updated_at = ctx.now();
        tx.plans(&scope).update(&plan).await?;
        let event = event("tesseral.plans.update", &plan)
            .detail("plan", audit::plan(&plan))
            .detail("previousPlan", audit::plan(&previous));
        self.commit_plan(ctx, tx, scope, event).await?;
        Ok(plan)
    }

    /// Deletes a plan that nobody has.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`; `FailedPrecondition` while an organization or a key has it, so that no limit
    /// vanishes by mistake.
    pub async fn delete_plan(&self, ctx: &Ctx, id: PlanId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::LimitsWrite).await?;
        let mut tx = self.store().begin().await?;
        let plan = tx.plans(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let PlanUsage { organizations, api_keys } = tx.plans(&scope).usage(id).await?;
        if organizations + api_keys > 0 {
            return Err(Error::failed_precondition(format!(
                "the plan is in use by {organizations} organizations and {api_keys} api keys; give them another plan first"
            )));
        }
        tx.plans(&scope).delete(id).await?;
        let event = event("tesseral.plans.delete", &plan).detail("plan", audit::plan(&plan));
        self.commit_plan(ctx, tx, scope, event).await
    }

    async fn commit_plan(&self, ctx: &Ctx, tx: Tx, scope: Scope, event: Event) -> Result<()> {
        let event = event.by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }
}
