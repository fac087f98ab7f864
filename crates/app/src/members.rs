//! What signed-in people do with what is their own: name, password, second factors, sessions.

mod second_factors;

use crate::app::App;
use crate::audit;
use crate::ctx::Ctx;
use crate::frontend_auth::Myself;
use crate::hosts::Pages;
use crate::lockouts::Guess;
use crate::logins::{incorrect, session_event, user_event};
use crate::users::check_profile;
use lockwork_identity::mail;
use lockwork_identity::passwords::{Password, PasswordHash};
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::SessionId;
use lockwork_model::lockouts::LockoutKind;
use lockwork_model::organizations::Organization;
use lockwork_model::page::{PAGE_SIZE_MAX, Page, PageRequest};
use lockwork_model::projects::LoginMethod;
use lockwork_model::secrets::SecretText;
use lockwork_model::sessions::Session;
use lockwork_model::users::{User, UserUpdate};
use lockwork_store::organizations::{Organizations, Visitor};
use lockwork_store::sessions::SessionFilter;
use lockwork_store::{Audit, Queries, Tx};

fn gone() -> Error {
    Error::unauthenticated("the user was removed; sign in again")
}

impl App {
    /// The caller.
    ///
    /// # Errors
    /// `PermissionDenied` for callers who are nobody in particular.
    pub async fn get_me(&self, ctx: &Ctx) -> Result<User> {
        let Myself { who, scope } = ctx.myself()?;
        self.store().read().await?.users(&scope).find(who.user).await?.ok_or_else(gone)
    }

    /// Changes the caller's name or picture.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidArgument`.
    pub async fn update_me(
        &self,
        ctx: &Ctx,
        display_name: Option<Option<String>>,
        profile_picture_url: Option<Option<String>>,
    ) -> Result<User> {
        let Myself { who, scope } = ctx.myself()?;
        let update =
            check_profile(UserUpdate { display_name, profile_picture_url, ..UserUpdate::default() })?;
        let mut tx = self.store().begin().await?;
        let previous = tx.users(&scope).find_for_update(who.user).await?.ok_or_else(gone)?;
        let user = previous.clone().updated(update, ctx.now());
        tx.users(&scope).update(&user).await?;
        let event = user_event("tesseral.users.update", &user)
            .detail("previousUser", audit::user(&previous))
            .by(ctx, &mut **self.entropy());
        tx.commit(Audit::of(&scope, event), ctx.now()).await?;
        Ok(user)
    }

    /// Gives the caller another password, and ends their other sessions. Whoever has one must show it.
    ///
    /// # Errors
    /// `PermissionDenied`, also for impersonators; `InvalidArgument`, `IncorrectPassword`, `PasswordCompromised`;
    /// `FailedPrecondition` where the organization takes no passwords; `ResourceExhausted` after too many wrong ones.
    pub async fn set_my_password(
        &self,
        ctx: &Ctx,
        pages: &Pages,
        password: &SecretText,
        current: Option<SecretText>,
    ) -> Result<()> {
        let me = ctx.myself()?;
        me.check_credentials_are_mine()?;
        let password = Password::new("password", password.reveal().to_owned())?;
        let (user, hash) = {
            let mut conn = self.store().read().await?;
            check_allowed(conn.organizations(&me.scope), ctx, LoginMethod::Password).await?;
            let user = conn.users(&me.scope).find(me.who.user).await?.ok_or_else(gone)?;
            let credentials = conn.users(&me.scope).credentials(me.who.user).await?.ok_or_else(gone)?;
            (user, credentials.password_hash)
        };
        if let Some(hash) = hash {
            let current = current.ok_or_else(|| {
                Error::invalid_field("currentPassword", "is needed to replace the password that there is")
            })?;
            let guess = Guess::about_email(ctx.project(), LockoutKind::Password, &user.email);
            self.count_attempt(guess, ctx.now()).await?;
            if !self.passwords().verify(current, Some(PasswordHash::from_stored(hash))).await? {
                return Err(incorrect());
            }
            self.clear_attempts(guess, ctx.now()).await?;
        }
        let hash = self.hash_new_password(password).await?;
        let mut tx = self.store().begin().await?;
        let user = tx.users(&me.scope).find_for_update(user.id).await?.ok_or_else(gone)?;
        tx.users(&me.scope).set_password(user.id, Some(hash.as_str()), ctx.now()).await?;
        let mut events =
            vec![user_event("tesseral.users.set_password", &user).by(ctx, &mut **self.entropy())];
        for session in end_others(&mut tx, &me, ctx).await? {
            let event = session_event("tesseral.sessions.revoke", &session, &user);
            events.push(event.by(ctx, &mut **self.entropy()));
        }
        if let Some(audit) = Audit::of_all(&me.scope, events) {
            tx.commit(audit, ctx.now()).await?;
        }
        let message = mail::password_changed(user.email.as_str(), &pages.project.display_name);
        self.notify(&pages.project, message).await;
        Ok(())
    }

    /// The caller's sessions that are still good, newest first.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_my_sessions(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<Session>> {
        let Myself { who, scope } = ctx.myself()?;
        let filter = SessionFilter { user: Some(who.user), live_at: Some(ctx.now()) };
        Ok(self.store().read().await?.sessions(&scope).list(&filter, page).await?)
    }

    /// Ends one of the caller's sessions.
    ///
    /// # Errors
    /// `PermissionDenied`; `NotFound` for somebody else's.
    pub async fn end_my_session(&self, ctx: &Ctx, id: SessionId) -> Result<Session> {
        let Myself { who, scope } = ctx.myself()?;
        let not_found = || Error::not_found("session");
        let mut tx = self.store().begin().await?;
        let session = tx.sessions(&scope).find_for_update(id).await?;
        let mut session = session.filter(|session| session.user == who.user).ok_or_else(not_found)?;
        let user = tx.users(&scope).find(who.user).await?.ok_or_else(gone)?;
        if tx.sessions(&scope).end(id, ctx.now()).await? {
            session.revoked = true;
            let event = session_event("tesseral.sessions.revoke", &session, &user);
            let event = event.by(ctx, &mut **self.entropy());
            tx.commit(Audit::of(&scope, event), ctx.now()).await?;
        }
        Ok(session)
    }

    /// The organizations that the caller could choose instead of theirs, by name; theirs is among them.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_switchable_organizations(&self, ctx: &Ctx) -> Result<Vec<Organization>> {
        let Myself { who, scope } = ctx.myself()?;
        let mut conn = self.store().read().await?;
        let user = conn.users(&scope).find(who.user).await?.ok_or_else(gone)?;
        if who.impersonator.is_some() {
            return Ok(conn.organizations(&scope).find(user.organization).await?.into_iter().collect());
        }
        let visitor = Visitor {
            email: &user.email,
            external: &[],
            google_hosted_domain: None,
            microsoft_tenant_id: None,
        };
        Ok(conn.system().organizations_visible_to(ctx.project(), &visitor).await?)
    }
}

/// Ends every session of the caller but the one that they call with.
async fn end_others(tx: &mut Tx, me: &Myself, ctx: &Ctx) -> Result<Vec<Session>> {
    let filter = SessionFilter { user: Some(me.who.user), live_at: Some(ctx.now()) };
    let mut page = PageRequest { size: PAGE_SIZE_MAX, ..PageRequest::default() };
    let mut ended = Vec::new();
    loop {
        let found = tx.sessions(&me.scope).list(&filter, &page).await?;
        for mut session in found.items {
            if session.id != me.who.session && tx.sessions(&me.scope).end(session.id, ctx.now()).await? {
                session.revoked = true;
                ended.push(session);
            }
        }
        match found.next {
            Some(next) => page.after = Some(next),
            None => return Ok(ended),
        }
    }
}

async fn check_allowed<C: Queries>(
    mut organizations: Organizations<'_, C>,
    ctx: &Ctx,
    method: LoginMethod,
) -> Result<()> {
    let id = ctx.caller().as_member().map(|member| member.organization);
    let id = id.ok_or_else(|| Error::permission_denied("only signed-in people can do this"))?;
    let organization = organizations.find(id).await?.ok_or_else(gone)?;
    if organization.log_in_with.has(method) {
        return Ok(());
    }
    let noun = method.noun();
    Err(Error::failed_precondition(format!("log in with {noun} is not enabled for this organization")))
}
