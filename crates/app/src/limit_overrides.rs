//! Limit overrides.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use lockwork_model::access::{Permission, Scope};
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::LimitOverrideId;
use lockwork_model::limit_overrides::{Identifier, LimitOverride};
use lockwork_model::limits::Rate;
use lockwork_model::page::{Page, PageRequest};
use lockwork_store::limit_overrides::LimitOverrideFilter;
use lockwork_store::{Audit, OnConflict, Tx};

/// An override to make.
#[derive(Debug, Clone)]
pub struct NewLimitOverride {
    /// Whose it will be.
    pub identifier: Identifier,
    /// How much; 0 blocks the identifier.
    pub limit: u64,
    /// How it counts.
    pub rate: Rate,
}

/// A change to an override.
#[derive(Debug, Clone, Copy)]
pub struct LimitOverrideUpdate {
    /// How much; 0 blocks the identifier.
    pub limit: u64,
    /// How it counts.
    pub rate: Rate,
}

fn not_found() -> Error {
    Error::not_found("limit override")
}

fn event(name: &'static str, limit: &LimitOverride) -> Event {
    Event::new(name, ResourceType::LimitOverride, limit.id.uuid())
}

impl App {
    /// One page of the overrides.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_limit_overrides(
        &self,
        ctx: &Ctx,
        filter: LimitOverrideFilter,
        page: &PageRequest,
    ) -> Result<Page<LimitOverride>> {
        let scope = self.authorize(ctx, Permission::LimitsRead).await?;
        Ok(self.store().read().await?.limit_overrides(&scope).list(&filter, page).await?)
    }

    /// An override.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_limit_override(&self, ctx: &Ctx, id: LimitOverrideId) -> Result<LimitOverride> {
        let scope = self.authorize(ctx, Permission::LimitsRead).await?;
        self.store().read().await?.limit_overrides(&scope).find(id).await?.ok_or_else(not_found)
    }

    /// Makes an override.
    ///
    /// # Errors
    /// `PermissionDenied`; `AlreadyExists` when the identifier has one.
    pub async fn create_limit_override(&self, ctx: &Ctx, new: NewLimitOverride) -> Result<LimitOverride> {
        let scope = self.authorize(ctx, Permission::LimitsWrite).await?;
        let limit = LimitOverride {
            id: LimitOverrideId::generate(&mut **self.entropy()),
            identifier: new.identifier,
            limit: new.limit,
            rate: new.rate,
            created_at: ctx.now(),
            updated_at: ctx.now(),
        };
        let mut tx = self.store().begin().await?;
        let inserted = tx.limit_overrides(&scope).insert(&limit).await;
        inserted.on_conflict(|| Error::already_exists("the identifier has a limit override already"))?;
        let event = event("tesseral.limit_overrides.create", &limit)
            .detail("limitOverride", audit::limit_override(&limit));
        self.commit_override(ctx, tx, scope, event).await?;
        Ok(limit)
    }

    /// Changes an override, in effect at once.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`; and those of `change`, which is given the present one.
    pub async fn update_limit_override(
        &self,
        ctx: &Ctx,
        id: LimitOverrideId,
        change: impl FnOnce(&LimitOverride) -> Result<LimitOverrideUpdate> + Send,
    ) -> Result<LimitOverride> {
        let scope = self.authorize(ctx, Permission::LimitsWrite).await?;
        let mut tx = self.store().begin().await?;
        let previous = tx.limit_overrides(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let LimitOverrideUpdate { limit, rate } = change(&previous)?;
        let limit = LimitOverride { limit, rate, updated_at: ctx.now(), ..previous.clone() };
        tx.limit_overrides(&scope).update(&limit).await?;
        let event = event("tesseral.limit_overrides.update", &limit)
            .detail("limitOverride", audit::limit_override(&limit))
            .detail("previousLimitOverride", audit::limit_override(&previous));
        self.commit_override(ctx, tx, scope, event).await?;
        Ok(limit)
    }

    /// Deletes an override; from now on checks of the identifier count with the limits that they bring.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn delete_limit_override(&self, ctx: &Ctx, id: LimitOverrideId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::LimitsWrite).await?;
        let mut tx = self.store().begin().await?;
        let limit = tx.limit_overrides(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        tx.limit_overrides(&scope).delete(id).await?;
        let event = event("tesseral.limit_overrides.delete", &limit)
            .detail("limitOverride", audit::limit_override(&limit));
        self.commit_override(ctx, tx, scope, event).await
    }

    async fn commit_override(&self, ctx: &Ctx, tx: Tx, scope: Scope, event: Event) -> Result<()> {
        let event = event.by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }
}
