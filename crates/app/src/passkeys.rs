//! Passkeys, as those see them who manage people.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use lockwork_model::access::{Actor, Permission, Scope};
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{PasskeyId, UserId};
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::passkeys::Passkey;
use lockwork_store::{Audit, Tx};

fn not_found() -> Error {
    Error::not_found("passkey")
}

/// The event of a passkey, which concerns its user's organization.
async fn event(name: &'static str, tx: &mut Tx, scope: &Scope, passkey: &Passkey) -> Result<Event> {
    let user = tx.users(scope).find(passkey.user).await?.ok_or_else(|| Error::not_found("user"))?;
    let event = Event::new(name, ResourceType::Passkey, passkey.id.uuid());
    Ok(event.organization(user.organization).detail("passkey", audit::passkey(passkey)))
}

/// Refuses to touch what somebody signs in with while acting as somebody else.
///
/// # Errors
/// `PermissionDenied`.
pub(crate) fn check_not_impersonated(ctx: &Ctx) -> Result<()> {
    match ctx.caller().actor() {
        Actor::User(who) if who.impersonator.is_some() => {
            Err(Error::permission_denied("who acts as somebody else may not change how people sign in"))
        }
        _ => Ok(()),
    }
}

impl App {
    /// One page of the passkeys, all or those of one user.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_passkeys(
        &self,
        ctx: &Ctx,
        user: Option<UserId>,
        page: &PageRequest,
    ) -> Result<Page<Passkey>> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        Ok(self.store().read().await?.passkeys(&scope).list(user, page).await?)
    }

    /// A passkey.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_passkey(&self, ctx: &Ctx, id: PasskeyId) -> Result<Passkey> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        self.store().read().await?.passkeys(&scope).find(id).await?.ok_or_else(not_found)
    }

    /// Takes a passkey out of use, or puts it back; `None` leaves it as it is.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn update_passkey(&self, ctx: &Ctx, id: PasskeyId, disabled: Option<bool>) -> Result<Passkey> {
        let scope = self.authorize(ctx, Permission::UsersWrite).await?;
        check_not_impersonated(ctx)?;
        let mut tx = self.store().begin().await?;
        let previous = tx.passkeys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let disabled = disabled.unwrap_or(previous.disabled);
        let passkey = Passkey { disabled, updated_at: ctx.now(), ..previous.clone() };
        tx.passkeys(&scope).update(&passkey).await?;
        let event = event("tesseral.passkeys.update", &mut tx, &scope, &passkey).await?;
        let event = event.detail("previousPasskey", audit::passkey(&previous)).by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(passkey)
    }

    /// Deletes a passkey.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn delete_passkey(&self, ctx: &Ctx, id: PasskeyId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::UsersWrite).await?;
        check_not_impersonated(ctx)?;
        let mut tx = self.store().begin().await?;
        let passkey = tx.passkeys(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        tx.passkeys(&scope).delete(id).await?;
        let event = event("tesseral.passkeys.delete", &mut tx, &scope, &passkey).await?;
        let event = event.by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }
}
