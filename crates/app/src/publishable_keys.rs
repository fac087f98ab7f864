//! Publishable keys.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use lockwork_model::access::Permission;
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::PublishableKeyId;
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::publishable_keys::{PublishableKey, PublishableKeyUpdate};
use lockwork_model::text::{NAME_MAX_CHARS, bounded};
use lockwork_store::Audit;

fn not_found() -> Error {
    Error::not_found("publishable key")
}

fn event(name: &'static str, key: &PublishableKey) -> Event {
    Event::new(name, ResourceType::PublishableKey, key.id.uuid())
        .detail("publishableKey", audit::publishable_key(key))
}

impl App {
    /// One page of the keys, all or those of one name.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_publishable_keys(
        &self,
        ctx: &Ctx,
        display_name: Option<String>,
        page: &PageRequest,
    ) -> Result<Page<PublishableKey>> {
        let scope = self.authorize(ctx, Permission::ProjectKeysRead).await?;
        Ok(self.store().read().await?.publishable_keys(&scope).list(display_name, page).await?)
    }

    /// A key.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_publishable_key(&self, ctx: &Ctx, id: PublishableKeyId) -> Result<PublishableKey> {
        let scope = self.authorize(ctx, Permission::ProjectKeysRead).await?;
        self.store().read().await?.publishable_keys(&scope).find(id).await?.ok_or_else(not_found)
    }

    /// Makes a key.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidArgument`.
    pub async fn create_publishable_key(
        &self,
        ctx: &Ctx,
        display_name: String,
        cross_domain_mode: bool,
    ) -> Result<PublishableKey> {
        let scope = self.authorize(ctx, Permission::ProjectKeysWrite).await?;
        let key = PublishableKey {
            id: PublishableKeyId::generate(&mut **self.entropy()),
            display_name: bounded("publishableKey.displayName", display_name, NAME_MAX_CHARS)?,
            cross_domain_mode,
            created_at: ctx.now(),
            updated_at: ctx.now(),
        };
        let mut tx = self.store().begin().await?;
        tx.publishable_keys(&scope).insert(&key).await?;
        let event = event("tesseral.publishable_keys.create", &key).by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(key)
    }

    /// Changes a key.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InvalidArgument`.
    pub async fn update_publishable_key(
        &self,
        ctx: &Ctx,
        id: PublishableKeyId,
        mut update: PublishableKeyUpdate,
    ) -> Result<PublishableKey> {
        let scope = self.authorize(ctx, Permission::ProjectKeysWrite).await?;
        if let Some(name) = update.display_name {
            update.display_name = Some(bounded("publishableKey.displayName", name, NAME_MAX_CHARS)?);
        }
        let mut tx = self.store().begin().await?;
        let previous = tx.publishable_keys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let key = previous.clone().updated(update, ctx.now());
        tx.publishable_keys(&scope).update(&key).await?;
        let event = event("tesseral.publishable_keys.update", &key)
            .detail("previousPublishableKey", audit::publishable_key(&previous))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(key)
    }

    /// Deletes a key; clients that use it find no configuration any more.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn delete_publishable_key(&self, ctx: &Ctx, id: PublishableKeyId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::ProjectKeysWrite).await?;
        let mut tx = self.store().begin().await?;
        let key = tx.publishable_keys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        tx.publishable_keys(&scope).delete(id).await?;
        let event = event("tesseral.publishable_keys.delete", &key).by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }
}
