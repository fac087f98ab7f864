//! Backend API keys.

use crate::api_keys::stored_is_enough;
use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use lockwork_model::access::Permission;
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::backend_api_keys::{BackendApiKey, IssuedBackendApiKey, NewBackendApiKey};
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::BackendApiKeyId;
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::short_secrets::BackendSecret;
use lockwork_model::text::{NAME_MAX_CHARS, bounded};
use lockwork_model::time::Timestamp;
use lockwork_store::Audit;
use lockwork_store::backend_api_keys::BackendApiKeyFilter;

fn not_found() -> Error {
    Error::not_found("backend api key")
}

fn event(name: &'static str, key: &BackendApiKey) -> Event {
    Event::new(name, ResourceType::BackendApiKey, key.id.uuid())
        .detail("backendApiKey", audit::backend_api_key(key))
}

impl App {
    /// A new Backend API key, not yet stored.
    pub(crate) fn new_backend_api_key(
        &self,
        new: NewBackendApiKey,
        at: Timestamp,
    ) -> Result<IssuedBackendApiKey> {
        let display_name = bounded("backendApiKey.displayName", new.display_name, NAME_MAX_CHARS)?;
        let secret = BackendSecret::generate(&mut **self.entropy());
        let key = BackendApiKey {
            id: BackendApiKeyId::generate(&mut **self.entropy()),
            display_name,
            scope: new.scope,
            secret_hash: secret.hash(),
            revoked_at: None,
            created_at: at,
            updated_at: at,
        };
        Ok(IssuedBackendApiKey { key, secret: secret.to_secret() })
    }

    /// One page of the keys.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_backend_api_keys(
        &self,
        ctx: &Ctx,
        filter: BackendApiKeyFilter,
        page: &PageRequest,
    ) -> Result<Page<BackendApiKey>> {
        let scope = self.authorize(ctx, Permission::ProjectKeysRead).await?;
        Ok(self.store().read().await?.backend_api_keys(&scope).list(filter, page).await?)
    }

    /// A key.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_backend_api_key(&self, ctx: &Ctx, id: BackendApiKeyId) -> Result<BackendApiKey> {
        let scope = self.authorize(ctx, Permission::ProjectKeysRead).await?;
        self.store().read().await?.backend_api_keys(&scope).find(id).await?.ok_or_else(not_found)
    }

    /// Makes a key; its secret is shown this once.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidArgument`.
    pub async fn create_backend_api_key(
        &self,
        ctx: &Ctx,
        new: NewBackendApiKey,
    ) -> Result<IssuedBackendApiKey> {
        let scope = self.authorize(ctx, Permission::ProjectKeysWrite).await?;
        let issued = self.new_backend_api_key(new, ctx.now())?;
        let mut tx = self.store().begin().await?;
        tx.backend_api_keys(&scope).insert(&issued.key).await?;
        let event = event("tesseral.backend_api_keys.create", &issued.key).by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await.or_else(stored_is_enough)?;
        Ok(issued)
    }

    /// Renames a key.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InvalidArgument`.
    pub async fn update_backend_api_key(
        &self,
        ctx: &Ctx,
        id: BackendApiKeyId,
        display_name: Option<String>,
    ) -> Result<BackendApiKey> {
        let scope = self.authorize(ctx, Permission::ProjectKeysWrite).await?;
        let mut tx = self.store().begin().await?;
        let previous = tx.backend_api_keys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let Some(display_name) = display_name else { return Ok(previous) };
        let display_name = bounded("backendApiKey.displayName", display_name, NAME_MAX_CHARS)?;
        let key = BackendApiKey { display_name, updated_at: ctx.now(), ..previous.clone() };
        tx.backend_api_keys(&scope).update(&key).await?;
        let event = event("tesseral.backend_api_keys.update", &key)
            .detail("previousBackendApiKey", audit::backend_api_key(&previous))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(key)
    }

    /// Ends a key for good; also the very key that the request came with.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn revoke_backend_api_key(&self, ctx: &Ctx, id: BackendApiKeyId) -> Result<BackendApiKey> {
        let scope = self.authorize(ctx, Permission::ProjectKeysWrite).await?;
        let mut tx = self.store().begin().await?;
        let previous = tx.backend_api_keys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let key = previous.clone().revoked(ctx.now());
        tx.backend_api_keys(&scope).update(&key).await?;
        let event = event("tesseral.backend_api_keys.revoke", &key)
            .detail("previousBackendApiKey", audit::backend_api_key(&previous))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(key)
    }

    /// Deletes a revoked key.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`; `FailedPrecondition` while it is not revoked.
    pub async fn delete_backend_api_key(&self, ctx: &Ctx, id: BackendApiKeyId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::ProjectKeysWrite).await?;
        let mut tx = self.store().begin().await?;
        let key = tx.backend_api_keys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        key.check_deletable()?;
        tx.backend_api_keys(&scope).delete(&key).await?;
        let event = event("tesseral.backend_api_keys.delete", &key).by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }
}
