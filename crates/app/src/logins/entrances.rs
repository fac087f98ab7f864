//! Other ways in: from an app on another domain, from another organization, from the console, by a sign-up link.

use super::finish::{NewSession, session_event};
use super::{LoginHandle, Proven};
use crate::app::App;
use crate::hosts::Pages;
use crate::signing_keys::Bearer;
use lockwork_model::access::{Caller, Permission, SignedIn};
use lockwork_model::email::EmailAddress;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::SessionId;
use lockwork_model::logins::Progress;
use lockwork_model::providers::Provider;
use lockwork_model::secrets::SecretText;
use lockwork_model::sessions::PrimaryAuthFactor;
use lockwork_model::short_secrets::{
    ImpersonationToken, RefreshToken, RelayedRefreshToken, RelayedSessionToken, SignUpToken,
};
use lockwork_store::Audit;

/// What an app on another domain gets for its token.
#[derive(Debug)]
pub struct RelayedSession {
    /// What the app refreshes the session with.
    pub refresh_token: SecretText,
    /// An access token.
    pub access_token: SecretText,
    /// The state that it sent along.
    pub relayed_session_state: Option<String>,
}

impl App {
    /// Exchanges the token that a browser brought to an app on another domain, once and within a minute.
    ///
    /// # Errors
    /// `Unauthenticated`.
    pub async fn exchange_relayed_session_token(&self, pages: &Pages, token: &str) -> Result<RelayedSession> {
        let refused =
            || Error::unauthenticated("the relayed session token is wrong, was used before, or is too old");
        let token = token.parse::<RelayedSessionToken>().map_err(|_| refused())?;
        let (now, project) = (self.now(), pages.project.id);
        let refresh = RelayedRefreshToken::generate(&mut **self.entropy());
        let mut tx = self.store().begin().await?;
        let taken = tx.system().take_relay(project, &token.hash(), &refresh.hash(), now).await?;
        let (session, relayed_session_state) = taken.ok_or_else(refused)?;
        let facts = tx.system().session_facts(project, session.id).await?.ok_or_else(refused)?;
        self.check_live(pages, &facts, now)?;
        let scope = Caller::operator(project).require(Permission::UsersRead)?;
        let bearer = Bearer {
            actions: self.actions_of(&mut tx, &scope, &facts).await?,
            user: &facts.user,
            organization: &facts.organization,
            session: &session,
            impersonator_email: None,
        };
        let access_token = self.access_token(&mut tx, pages, bearer, now).await?;
        tx.commit_unaudited(now).await?;
        Ok(RelayedSession { refresh_token: refresh.to_secret(), access_token, relayed_session_state })
    }

    /// Ends a session and begins a login in its place, to choose another organization: the token of the login.
    ///
    /// # Errors
    /// `Unauthenticated`; `PermissionDenied` for an impersonator, who is nobody in other organizations.
    pub async fn exchange_session_for_login(&self, pages: &Pages, refresh_token: &str) -> Result<SecretText> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let facts = self.session_by_refresh(&mut tx, pages, refresh_token, now).await?;
        let (session, user) = (&facts.session, &facts.user);
        if session.impersonator.is_some() {
            return Err(Error::permission_denied("an impersonated session cannot switch organizations"));
        }
        let external = Provider::ALL
            .into_iter()
            .filter_map(|provider| user.external.of(provider).map(|id| (provider, id.to_owned())));
        let progress = Progress {
            email: Some(user.email.clone()),
            // A password is known in one organization only, so it opens no other.
            email_verified: session.primary_auth_factor != PrimaryAuthFactor::Password,
            email_shown: session.primary_auth_factor == PrimaryAuthFactor::Email,
            primary_factor: Some(session.primary_auth_factor)
                .filter(|factor| *factor != PrimaryAuthFactor::Password),
            external: external.collect(),
            display_name: user.display_name.clone(),
            profile_picture_url: user.profile_picture_url.clone(),
            ..Progress::default()
        };
        let who = SignedIn { user: user.id, session: session.id, impersonator: None };
        let ctx = self.ctx_of(pages, &facts, who, now);
        let scope = ctx.require(Permission::ManageMyself)?;
        tx.sessions(&scope).end(session.id, now).await?;
        let token = self.insert_login(&mut tx, &pages.project, progress, now).await?;
        let event = session_event("tesseral.sessions.revoke", session, user).by(&ctx, &mut **self.entropy());
        tx.commit(Audit::of(&scope, event), now).await?;
        Ok(token)
    }

    /// Signs a person of the console in as a user, once and within half a minute; the session says so.
    ///
    /// # Errors
    /// `Unauthenticated`; `FailedPrecondition` while signing in is switched off.
    pub async fn redeem_user_impersonation_token(&self, pages: &Pages, token: &str) -> Result<NewSession> {
        let refused =
            || Error::unauthenticated("the impersonation token is wrong, was used before, or is too old");
        let token = token.parse::<ImpersonationToken>().map_err(|_| refused())?;
        let (now, project) = (self.now(), pages.project.id);
        let mut tx = self.store().begin().await?;
        let token = tx.system().take_impersonation_token(project, &token.hash(), now).await?;
        let token = token.ok_or_else(refused)?;
        let impersonator = self.impersonator(&mut tx, token.impersonator).await?.ok_or_else(refused)?;
        let (session, refresh) = {
            let mut entropy = self.entropy();
            let session = self.new_session(
                SessionId::generate_at(now, &mut **entropy),
                token.user,
                PrimaryAuthFactor::Impersonation,
                Some(token.impersonator),
                now,
            );
            (session, RefreshToken::generate(&mut **entropy))
        };
        let scope = Caller::operator(project).require(Permission::UsersWrite)?;
        tx.sessions(&scope).insert(&session, &refresh.hash(), None).await?;
        let facts = tx.system().session_facts(project, session.id).await?.ok_or_else(refused)?;
        if pages.project.logins_disabled || facts.organization.logins_disabled {
            return Err(Error::failed_precondition("logins are disabled here"));
        }
        let bearer = Bearer {
            actions: self.actions_of(&mut tx, &scope, &facts).await?,
            user: &facts.user,
            organization: &facts.organization,
            session: &session,
            impersonator_email: Some(impersonator.to_string()),
        };
        let access_token = self.access_token(&mut tx, pages, bearer, now).await?;
        let who = SignedIn { user: token.user, session: session.id, impersonator: Some(token.impersonator) };
        let ctx = self.ctx_of(pages, &facts, who, now);
        let event =
            session_event("tesseral.sessions.create", &session, &facts.user).by(&ctx, &mut **self.entropy());
        tx.commit(Audit::of(&scope, event), now).await?;
        Ok(NewSession {
            refresh_token: refresh.to_secret(),
            access_token,
            ends_at: session.expires_at,
            new_user: false,
            relayed_session_token: None,
            redirect_uri: pages.project.redirects.after_login.clone().or(pages
                .project
                .redirects
                .default
                .clone()),
            relayed_token_in_query: false,
        })
    }

    /// Takes a sign-up link of the operator: whoever holds it becomes an owner of the organization that it names. The
    /// link is used up when the login ends.
    ///
    /// # Errors
    /// `Unauthenticated`; `InvalidArgument` for the address, or for a link that is not good.
    pub async fn redeem_sign_up_token(
        &self,
        handle: &LoginHandle,
        token: &SecretText,
        email: &str,
    ) -> Result<Proven> {
        self.read_login(handle).await?;
        let email = EmailAddress::parse("email", email)?;
        let refused = || Error::invalid_field("signUpToken", "is wrong, was used before, or is too old");
        let token = token.reveal().parse::<SignUpToken>().map_err(|_| refused())?;
        let link = {
            let mut conn = self.store().read().await?;
            conn.system().find_sign_up_link(handle.project().id, &token.hash(), handle.now).await?
        };
        let link = link.ok_or_else(refused)?;
        self.prove(handle, |progress| {
            progress.identify(email);
            progress.choose(link.organization);
            // The operator vouches for whoever comes by this link.
            progress.email_verified = true;
            progress.primary_factor = Some(PrimaryAuthFactor::Password);
            progress.sign_up_link = Some(*token.hash().as_bytes());
            Ok(())
        })
        .await
    }

    /// The address of a person of the console, if they are still there.
    pub(crate) async fn impersonator(
        &self,
        tx: &mut lockwork_store::Tx,
        id: lockwork_model::ids::UserId,
    ) -> Result<Option<EmailAddress>> {
        let Some(console) = self.console_project().await? else { return Ok(None) };
        let scope = Caller::operator(console).require(Permission::UsersRead)?;
        Ok(tx.users(&scope).find(id).await?.map(|user| user.email))
    }
}
