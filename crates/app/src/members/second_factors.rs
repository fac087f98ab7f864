//! The second factors of signed-in people: passkeys and authenticator apps.

use super::{check_allowed, gone};
use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use crate::frontend_auth::Myself;
use crate::hosts::Pages;
use crate::lockouts::Guess;
use crate::logins::{recovery_codes, seal_authenticator, stored, user_event, wrong_totp};
use lockwork_identity::authenticator_apps::AuthenticatorSecret;
use lockwork_identity::mail;
use lockwork_identity::passkeys::{RegistrationResponse, RelyingParty};
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::PasskeyId;
use lockwork_model::logins::LOGIN_LIFETIME;
use lockwork_model::passkeys::{PASSKEYS_MAX, Passkey};
use lockwork_model::projects::LoginMethod;
use lockwork_model::secrets::SecretText;
use lockwork_model::users::User;
use lockwork_store::user_challenges::ChallengeKind;
use lockwork_store::{Audit, OnConflict, Tx};
use serde_json::Value;

/// What a second factor that is being set up is bound to at rest.
const CHALLENGE_PURPOSE: &str = "user challenge";

impl App {
    /// The caller's passkeys.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn my_passkeys(&self, ctx: &Ctx) -> Result<Vec<Passkey>> {
        let Myself { who, scope } = ctx.myself()?;
        Ok(self.store().read().await?.passkeys(&scope).of_user(who.user).await?)
    }

    /// What the caller's browser needs to make a passkey.
    ///
    /// # Errors
    /// `PermissionDenied`, also for impersonators; `FailedPrecondition` where passkeys are off, or there are too many.
    pub async fn my_passkey_options(&self, ctx: &Ctx, pages: &Pages) -> Result<Value> {
        let me = ctx.myself()?;
        me.check_credentials_are_mine()?;
        let mut tx = self.store().begin().await?;
        check_allowed(tx.organizations(&me.scope), ctx, LoginMethod::Passkey).await?;
        let user = tx.users(&me.scope).find(me.who.user).await?.ok_or_else(gone)?;
        let existing = tx.passkeys(&me.scope).of_user(user.id).await?;
        if existing.len() >= PASSKEYS_MAX {
            return Err(Error::failed_precondition(format!(
                "there are {PASSKEYS_MAX} passkeys already; remove one first"
            )));
        }
        let name = user.display_name.as_deref().unwrap_or(user.email.as_str());
        let party = self.relying_party_of(pages)?;
        let (options, state) =
            party.start_registration(user.id, user.email.as_str(), name, &stored(&existing))?;
        self.challenge(&mut tx, &me, ChallengeKind::PasskeyRegistration, state.as_bytes(), ctx).await?;
        tx.commit_unaudited(ctx.now()).await?;
        Ok(options)
    }

    /// Takes the passkey that the caller's browser made.
    ///
    /// # Errors
    /// `PermissionDenied`, also for impersonators; `FailedPrecondition` without a challenge; `InvalidArgument` when it
    /// does not hold; `AlreadyExists`.
    pub async fn register_my_passkey(
        &self,
        ctx: &Ctx,
        pages: &Pages,
        response: RegistrationResponse,
    ) -> Result<Passkey> {
        let me = ctx.myself()?;
        me.check_credentials_are_mine()?;
        let state = self.answered(&me, ChallengeKind::PasskeyRegistration, ctx).await?;
        let state = state.ok_or_else(|| Error::failed_precondition("ask for passkey options first"))?;
        let state = String::from_utf8(state).map_err(Error::internal)?;
        let made = self.relying_party_of(pages)?.finish_registration(&state, response)?;
        let passkey = Passkey {
            id: PasskeyId::generate(&mut **self.entropy()),
            user: me.who.user,
            disabled: false,
            credential_id: made.credential_id,
            public_key_pem: made.public_key_pem,
            aaguid: made.aaguid,
            rp_id: made.rp_id,
            state: made.json,
            created_at: ctx.now(),
            updated_at: ctx.now(),
        };
        let mut tx = self.store().begin().await?;
        let user = tx.users(&me.scope).find(me.who.user).await?.ok_or_else(gone)?;
        let inserted = tx.passkeys(&me.scope).insert(&passkey).await;
        inserted.on_conflict(|| Error::already_exists("this passkey is registered already"))?;
        let event = passkey_event("tesseral.passkeys.create", &passkey, &user);
        let event = event.by(ctx, &mut **self.entropy());
        tx.commit(Audit::of(&me.scope, event), ctx.now()).await?;
        let name = &pages.project.display_name;
        let message = mail::new_second_factor(user.email.as_str(), name, "a passkey");
        self.notify(&pages.project, message).await;
        Ok(passkey)
    }

    /// Removes one of the caller's passkeys.
    ///
    /// # Errors
    /// `PermissionDenied`, also for impersonators; `NotFound` for somebody else's.
    pub async fn delete_my_passkey(&self, ctx: &Ctx, id: PasskeyId) -> Result<()> {
        let me = ctx.myself()?;
        me.check_credentials_are_mine()?;
        let mut tx = self.store().begin().await?;
        let user = tx.users(&me.scope).find(me.who.user).await?.ok_or_else(gone)?;
        let passkey = tx.passkeys(&me.scope).find_for_update(id).await?;
        let passkey = passkey.filter(|passkey| passkey.user == user.id);
        let passkey = passkey.ok_or_else(|| Error::not_found("passkey"))?;
        tx.passkeys(&me.scope).delete(id).await?;
        let event = passkey_event("tesseral.passkeys.delete", &passkey, &user);
        let event = event.by(ctx, &mut **self.entropy());
        Ok(tx.commit(Audit::of(&me.scope, event), ctx.now()).await?)
    }

    /// The address (`otpauth://…`) that sets up an authenticator app for the caller.
    ///
    /// # Errors
    /// `PermissionDenied`, also for impersonators; `FailedPrecondition` where the apps are off.
    pub async fn my_authenticator_app_options(&self, ctx: &Ctx, pages: &Pages) -> Result<SecretText> {
        let me = ctx.myself()?;
        me.check_credentials_are_mine()?;
        let secret = AuthenticatorSecret::generate(&mut **self.entropy());
        let mut tx = self.store().begin().await?;
        check_allowed(tx.organizations(&me.scope), ctx, LoginMethod::AuthenticatorApp).await?;
        let user = tx.users(&me.scope).find(me.who.user).await?.ok_or_else(gone)?;
        let uri = secret.otpauth_uri(&pages.project.display_name, user.email.as_str())?;
        self.challenge(&mut tx, &me, ChallengeKind::AuthenticatorApp, secret.as_bytes(), ctx).await?;
        tx.commit_unaudited(ctx.now()).await?;
        Ok(SecretText::new(uri))
    }

    /// Takes the first code of the caller's new authenticator app; answers the codes that stand in for it. An app that was
    /// there before stops working.
    ///
    /// # Errors
    /// `PermissionDenied`, also for impersonators; `FailedPrecondition` when none is being set up; `IncorrectTotpCode`;
    /// `ResourceExhausted` after too many of these.
    pub async fn register_my_authenticator_app(
        &self,
        ctx: &Ctx,
        pages: &Pages,
        code: &str,
    ) -> Result<Vec<SecretText>> {
        let me = ctx.myself()?;
        me.check_credentials_are_mine()?;
        let guess = Guess::second_factor(ctx.project(), me.who.user);
        self.count_attempt(guess, ctx.now()).await?;
        let mut tx = self.store().begin().await?;
        let user = tx.users(&me.scope).find_for_update(me.who.user).await?.ok_or_else(gone)?;
        let sealed = tx
            .user_challenges(&me.scope)
            .find(user.id, ChallengeKind::AuthenticatorApp, ctx.now())
            .await?
            .ok_or_else(|| Error::failed_precondition("ask for authenticator app options first"))?;
        let plain = self.options().master_key.open(CHALLENGE_PURPOSE, &sealed);
        let secret = plain.as_deref().and_then(AuthenticatorSecret::from_bytes);
        let secret = secret.ok_or_else(|| Error::internal("a challenge does not open"))?;
        let step = secret.accept(code, ctx.now(), None).ok_or_else(wrong_totp)?;
        tx.user_challenges(&me.scope).delete(user.id, ChallengeKind::AuthenticatorApp).await?;
        let (sealed, codes, hashes) = {
            let mut entropy = self.entropy();
            let key = &self.options().master_key;
            let sealed = seal_authenticator(key, secret.as_bytes(), &mut **entropy)?;
            let (codes, hashes) = recovery_codes(&mut **entropy);
            (sealed, codes, hashes)
        };
        let app = Some((sealed.as_slice(), step));
        tx.users(&me.scope).set_authenticator(user.id, app, &hashes, ctx.now()).await?;
        let event = user_event("tesseral.users.set_authenticator_app", &user);
        let event = event.by(ctx, &mut **self.entropy());
        tx.commit(Audit::of(&me.scope, event), ctx.now()).await?;
        self.clear_attempts(guess, ctx.now()).await?;
        let name = &pages.project.display_name;
        let message = mail::new_second_factor(user.email.as_str(), name, "an authenticator app");
        self.notify(&pages.project, message).await;
        Ok(codes)
    }

    /// Takes the caller's authenticator app away.
    ///
    /// # Errors
    /// `PermissionDenied`, also for impersonators; `FailedPrecondition` when there is none.
    pub async fn remove_my_authenticator_app(&self, ctx: &Ctx) -> Result<()> {
        let me = ctx.myself()?;
        me.check_credentials_are_mine()?;
        let mut tx = self.store().begin().await?;
        let user = tx.users(&me.scope).find_for_update(me.who.user).await?.ok_or_else(gone)?;
        if !user.has_authenticator_app {
            return Err(Error::failed_precondition("there is no authenticator app"));
        }
        tx.users(&me.scope).set_authenticator(user.id, None, &[], ctx.now()).await?;
        let event = user_event("tesseral.users.remove_authenticator_app", &user);
        let event = event.by(ctx, &mut **self.entropy());
        Ok(tx.commit(Audit::of(&me.scope, event), ctx.now()).await?)
    }

    /// Who passkeys are made for on these pages.
    pub(crate) fn relying_party_of(&self, pages: &Pages) -> Result<RelyingParty> {
        let host = self.pages_host(&pages.project);
        let id = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
        RelyingParty::new(id, &self.pages_origin(&pages.project), &pages.project.display_name)
    }

    async fn challenge(
        &self,
        tx: &mut Tx,
        me: &Myself,
        kind: ChallengeKind,
        state: &[u8],
        ctx: &Ctx,
    ) -> Result<()> {
        let sealed = self.options().master_key.seal(CHALLENGE_PURPOSE, state, &mut **self.entropy());
        let sealed = sealed.ok_or_else(|| Error::internal("a challenge could not be sealed"))?;
        let expires_at = ctx.now().after(LOGIN_LIFETIME);
        Ok(tx.user_challenges(&me.scope).upsert(me.who.user, kind, &sealed, expires_at).await?)
    }

    /// The challenge that is being answered; it is gone then, whether the answer holds or not.
    async fn answered(&self, me: &Myself, kind: ChallengeKind, ctx: &Ctx) -> Result<Option<Vec<u8>>> {
        let mut tx = self.store().begin().await?;
        let sealed = tx.user_challenges(&me.scope).take(me.who.user, kind, ctx.now()).await?;
        tx.commit_unaudited(ctx.now()).await?;
        Ok(sealed.and_then(|sealed| self.options().master_key.open(CHALLENGE_PURPOSE, &sealed)))
    }
}

fn passkey_event(name: &'static str, passkey: &Passkey, user: &User) -> Event {
    Event::new(name, ResourceType::Passkey, passkey.id.uuid())
        .organization(user.organization)
        .detail("passkey", audit::passkey(passkey))
}
