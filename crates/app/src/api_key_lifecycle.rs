//! What happens to a key after it was made: switching off and on, rotation, revocation, deletion.

use crate::api_keys::{event, not_found, stored_is_enough};
use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use crate::giving;
use crate::idempotency::{Idempotency, Repeatable};
use crate::issuing::Known;
use lockwork_model::access::{Permission, Scope};
use lockwork_model::api_keys::{ApiKey, ApiKeyGrants, IssuedApiKey, KeySecret, OVERLAP_MAX, RevokeMany};
use lockwork_model::audit_log_events::{AuditLogEvent, ResourceType};
use lockwork_model::error::{Error, ErrorCode, Result};
use lockwork_model::ids::ApiKeyId;
use lockwork_model::secrets::KeyBytes;
use lockwork_model::text::{DESCRIPTION_MAX_CHARS, bounded};
use lockwork_store::Audit;
use lockwork_store::api_keys::RevokedKey;
use serde_json::json;
use std::time::Duration;

/// How many ids one request may name.
const IDS_MAX: usize = 5_000;

impl App {
    /// Switches a key off or on. Once this returns, this node verifies by it.
    ///
    /// # Errors
    /// `PermissionDenied`, also for switching on a key that may do more than the member; `NotFound`; `FailedPrecondition` when it is revoked.
    pub async fn switch_api_key(&self, ctx: &Ctx, id: ApiKeyId, on: bool) -> Result<(ApiKey, ApiKeyGrants)> {
        let (name, touch) = match on {
            true => ("tesseral.api_keys.enable", Touch::Widens),
            false => ("tesseral.api_keys.disable", Touch::Narrows),
        };
        self.change_api_key(ctx, id, name, touch, |key| key.switched(on, ctx.now())).await
    }

    /// Cuts the former secret of a rotation off before its time. Once this returns, this node refuses it.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`; `FailedPrecondition` when the key is in no rotation.
    pub async fn end_api_key_rotation(&self, ctx: &Ctx, id: ApiKeyId) -> Result<(ApiKey, ApiKeyGrants)> {
        let name = "tesseral.api_keys.end_rotation";
        self.change_api_key(ctx, id, name, Touch::Narrows, |key| key.rotation_ended(ctx.now())).await
    }

    /// Ends a key for good. Once this returns, this node refuses the key.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InvalidArgument`.
    pub async fn revoke_api_key(&self, ctx: &Ctx, id: ApiKeyId, reason: Option<String>) -> Result<ApiKey> {
        let reason = checked_reason(reason)?;
        let revoke = |key: ApiKey| Ok(key.revoked(reason, ctx.now()));
        Ok(self.change_api_key(ctx, id, "tesseral.api_keys.revoke", Touch::Narrows, revoke).await?.0)
    }

    async fn change_api_key(
        &self,
        ctx: &Ctx,
        id: ApiKeyId,
        name: &'static str,
        touch: Touch,
        change: impl FnOnce(ApiKey) -> Result<ApiKey> + Send,
    ) -> Result<(ApiKey, ApiKeyGrants)> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        let mut tx = self.store().begin().await?;
        let previous = tx.api_keys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        if touch == Touch::Widens {
            giving::check_holds(ctx, &mut tx, &scope, &previous).await?;
        }
        let key = change(previous.clone())?;
        tx.api_keys(&scope).update(&key).await?;
        let grants = tx.api_keys(&scope).grants(&key, ctx.now()).await?;
        let event = event(name, &key)
            .detail("apiKey", audit::api_key(&key))
            .detail("previousApiKey", audit::api_key(&previous))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok((key, grants))
    }

    /// Ends many keys for good, all or none; answers how many. Once this returns, this node refuses them.
    ///
    /// # Errors
    /// `PermissionDenied`; `InvalidArgument` when nothing says which keys, or too many ids.
    pub async fn revoke_api_keys(&self, ctx: &Ctx, which: RevokeMany, reason: Option<String>) -> Result<u64> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        let reason = checked_reason(reason)?;
        if which == RevokeMany::default() {
            return Err(Error::invalid(
                "say which keys: organizationId, creatorUserId, creatorBackendApiKeyId, roleId, prefix or ids",
            ));
        }
        if which.ids.as_ref().is_some_and(|ids| ids.len() > IDS_MAX) {
            return Err(Error::invalid_field("ids", format!("must be at most {IDS_MAX} ids")));
        }
        let mut tx = self.store().begin().await?;
        let revoked = tx.api_keys(&scope).revoke_many(&which, reason.as_deref(), ctx.now()).await?;
        let events = self.revoked_events(ctx, &revoked, reason.as_deref());
        if let Some(audit) = Audit::of_all(&scope, events) {
            self.commit(tx, audit, ctx.now()).await?;
        }
        Ok(revoked.len() as u64)
    }

    /// What the audit log says of keys that were revoked together.
    pub(crate) fn revoked_events(
        &self,
        ctx: &Ctx,
        revoked: &[RevokedKey],
        reason: Option<&str>,
    ) -> Vec<AuditLogEvent> {
        let mut entropy = self.entropy();
        let entry = |key: &RevokedKey| {
            let shown = json!({
                "id": key.id,
                "organizationId": key.organization,
                "displayName": key.display_name,
                "revoked": true,
                "revokeReason": reason,
            });
            Event::new("tesseral.api_keys.revoke", ResourceType::ApiKey, key.id.uuid())
                .organization(key.organization)
                .detail("apiKey", shown)
                .by(ctx, &mut **entropy)
        };
        revoked.iter().map(entry).collect()
    }

    /// Gives a key a new secret, shown this once; the present one works on for the overlap.
    ///
    /// # Errors
    /// `PermissionDenied`, also while API keys are off for the project or the organization, and for a key that may do
    /// more than the member; `NotFound`; `InvalidArgument` for an overlap that is too long; `FailedPrecondition` when the key is revoked, expired or still
    /// in a rotation, or an `Idempotency-Key` that another request had.
    pub async fn rotate_api_key(
        &self,
        ctx: &Ctx,
        id: ApiKeyId,
        overlap: Duration,
        idempotency: Option<Idempotency>,
    ) -> Result<IssuedApiKey> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        if overlap > OVERLAP_MAX {
            let problem = format!("must be from 0 to {} (90 days)", OVERLAP_MAX.as_secs());
            return Err(Error::invalid_field("overlapSeconds", problem));
        }
        let operation = format!("rotate:{id}");
        let request = Repeatable { operation: &operation, idempotency, now: ctx.now() };
        match self.rotate(ctx, &scope, id, overlap, request).await {
            // The same request was answered elsewhere at this very moment: give what that made.
            Err(error) if idempotency.is_some() && error.code() == ErrorCode::AlreadyExists => {
                let mut tx = self.store().begin().await?;
                let replayed = self.replayed(&mut tx, &scope, request).await?;
                replayed.ok_or(error)
            }
            rotated => rotated,
        }
    }

    async fn rotate(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        id: ApiKeyId,
        overlap: Duration,
        request: Repeatable<'_>,
    ) -> Result<IssuedApiKey> {
        let now = ctx.now();
        let mut tx = self.store().begin().await?;
        let previous = tx.api_keys(scope).find_for_update(id).await?.ok_or_else(not_found)?;
        giving::check_holds(ctx, &mut tx, scope, &previous).await?;
        if let Some(issued) = self.replayed(&mut tx, scope, request).await? {
            return Ok(issued);
        }
        let mut known = Known::default();
        let prefix = known.check_enabled(&mut tx, scope, previous.organization).await?;
        let (bytes, text) = {
            let mut entropy = self.entropy();
            let bytes = KeyBytes::generate(&prefix, &mut **entropy);
            let text = bytes.to_secret(&prefix);
            (bytes, text)
        };
        let secret = KeySecret { hash: self.hasher().hash(&bytes), suffix: text.suffix(), created_at: now };
        let (mut key, forgotten) = previous.clone().rotated(secret, overlap, now)?;
        key.prefix = Some(prefix);
        known.check_lifetime(key.organization, now, key.expires_at)?;
        tx.api_keys(scope).update_rotated(&key, forgotten.as_ref().map(|secret| &secret.hash)).await?;
        self.remember(&mut tx, scope, request, &key, &text).await?;
        let grants = tx.api_keys(scope).grants(&key, now).await?;
        let event = event("tesseral.api_keys.rotate", &key)
            .detail("apiKey", audit::api_key(&key))
            .detail("previousApiKey", audit::api_key(&previous))
            .by(ctx, &mut **self.entropy());
        // A secret that was not shown would be lost, and the key with it.
        self.commit(tx, Audit::of(scope, event), now).await.or_else(stored_is_enough)?;
        Ok(IssuedApiKey { key, grants, secret: Some(text) })
    }

    /// Deletes a revoked key, or any with `force`.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`; `FailedPrecondition` while it is not revoked and `force` is not given.
    pub async fn delete_api_key(&self, ctx: &Ctx, id: ApiKeyId, force: bool) -> Result<()> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        let mut tx = self.store().begin().await?;
        let key = tx.api_keys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        if !force {
            key.check_deletable()?;
        }
        tx.api_keys(&scope).delete(&key).await?;
        let event = event("tesseral.api_keys.delete", &key)
            .detail("apiKey", audit::api_key(&key))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }
}

/// What a change does to what a key's holder can do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Touch {
    /// Never more than before.
    Narrows,
    /// Perhaps more: only for those who hold what the key holds.
    Widens,
}

fn checked_reason(reason: Option<String>) -> Result<Option<String>> {
    let reason = reason.map(|reason| bounded("reason", reason, DESCRIPTION_MAX_CHARS)).transpose()?;
    Ok(reason.filter(|reason| !reason.is_empty()))
}
