//! Who is signed in: from tokens to callers, and how long that holds.

use crate::app::App;
use crate::ctx::Ctx;
use crate::hosts::Pages;
use crate::logins::session_event;
use crate::signing_keys::Bearer;
use lockwork_identity::access_tokens;
use lockwork_model::access::{
    API_KEYS_READ_ACTION, API_KEYS_WRITE_ACTION, Caller, Member, Permission, Scope, SignedIn,
};
use lockwork_model::error::{Error, Result};
use lockwork_model::secrets::{SecretHash, SecretText};
use lockwork_model::short_secrets::{RefreshToken, RelayedRefreshToken};
use lockwork_model::time::Timestamp;
use lockwork_store::system::SessionFacts;
use lockwork_store::{Audit, Tx};

/// A session that was used again.
#[derive(Debug)]
pub struct Refreshed {
    /// A new access token.
    pub access_token: SecretText,
    /// When the session ends now, unless it is used.
    pub ends_at: Timestamp,
}

/// A member, acting for themselves.
#[derive(Debug, Clone, Copy)]
pub struct Myself {
    /// Who.
    pub who: SignedIn,
    /// The key to their organization's rows.
    pub(crate) scope: Scope,
}

impl Ctx {
    /// The member that the caller is.
    ///
    /// # Errors
    /// `PermissionDenied` for any other caller.
    pub fn myself(&self) -> Result<Myself> {
        let scope = self.require(Permission::ManageMyself)?;
        let member = self.caller().as_member();
        let member = member.ok_or_else(|| Error::permission_denied("only signed-in people can do this"))?;
        Ok(Myself { who: member.who, scope })
    }
}

impl Myself {
    /// Refuses whoever acts as somebody else: an impersonator must not be able to come back as the user.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub fn check_credentials_are_mine(&self) -> Result<()> {
        match self.who.impersonator {
            None => Ok(()),
            Some(_) => Err(Error::permission_denied("an impersonator cannot change how the user signs in")),
        }
    }
}

impl App {
    /// The member who holds an access token. The session must still live: what was ended is refused at once here, not
    /// only when the token ends.
    ///
    /// # Errors
    /// `Unauthenticated`, with what is wrong.
    pub async fn authenticate_frontend(&self, pages: &Pages, token: &str) -> Result<Ctx> {
        let now = self.now();
        let facts = self.facts_of_token(pages, token, now).await?;
        let who = SignedIn {
            user: facts.user.id,
            session: facts.session.id,
            impersonator: facts.session.impersonator,
        };
        Ok(self.ctx_of(pages, &facts, who, now))
    }

    /// The person of the console who holds an access token, at work on the project that their organization runs.
    ///
    /// # Errors
    /// `Unauthenticated`; `PermissionDenied` when their organization runs no project.
    pub async fn authenticate_console(&self, pages: &Pages, token: &str) -> Result<Ctx> {
        if !pages.is_console {
            return Err(Error::unauthenticated("cookies reach the Backend API on the console's host only"));
        }
        let now = self.now();
        let facts = self.facts_of_token(pages, token, now).await?;
        let projects = self.store().read().await?.system().projects_of_staff(facts.organization.id).await?;
        let project = projects.first().copied();
        let project = project.ok_or_else(|| Error::permission_denied("your organization runs no project"))?;
        let who = SignedIn {
            user: facts.user.id,
            session: facts.session.id,
            impersonator: facts.session.impersonator,
        };
        Ok(Ctx::new(Caller::console(project, who, facts.user.owner), now))
    }

    async fn facts_of_token(&self, pages: &Pages, token: &str, now: Timestamp) -> Result<SessionFacts> {
        let project = pages.project.id;
        let mut conn = self.store().read().await?;
        let keys = conn.system().signing_keys(project).await?;
        let key = |kid| keys.into_iter().find(|key| key.id == kid).map(|key| key.public_key);
        let verified = access_tokens::verify(token, &self.issuer(pages), now, key)?;
        let facts = conn.system().session_facts(project, verified.session).await?;
        let facts = facts.filter(|facts| facts.user.id == verified.user).ok_or_else(ended)?;
        self.check_live(pages, &facts, now)?;
        Ok(facts)
    }

    /// Refuses a session that ended, or that project or organization keep out.
    pub(crate) fn check_live(&self, pages: &Pages, facts: &SessionFacts, now: Timestamp) -> Result<()> {
        if pages.project.logins_disabled || facts.organization.logins_disabled {
            return Err(Error::unauthenticated("logins are disabled here"));
        }
        if facts.session.is_live(now) { Ok(()) } else { Err(ended()) }
    }

    /// The member whose session it is.
    pub(crate) fn ctx_of(&self, pages: &Pages, facts: &SessionFacts, who: SignedIn, now: Timestamp) -> Ctx {
        let holds = |wanted: &str| facts.actions.iter().any(|action| action.as_str() == wanted);
        let member = Member {
            who,
            organization: facts.organization.id,
            owner: facts.user.owner,
            reads_api_keys: holds(API_KEYS_READ_ACTION),
            writes_api_keys: holds(API_KEYS_WRITE_ACTION),
            has_personal_api_keys: facts.organization.personal_api_keys_enabled,
        };
        Ctx::new(Caller::member(pages.project.id, member), now)
    }

    /// The actions that the token of a session names: for owners all of the project's, for others those of their roles.
    pub(crate) async fn actions_of(
        &self,
        tx: &mut Tx,
        scope: &Scope,
        facts: &SessionFacts,
    ) -> Result<Vec<String>> {
        if !facts.user.owner {
            return Ok(facts.actions.iter().map(ToString::to_string).collect());
        }
        let actions = tx.rbac_policy(scope).list().await?;
        let mut names: Vec<_> = actions.into_iter().map(|action| action.name.to_string()).collect();
        names.sort();
        Ok(names)
    }

    /// The live session behind a refresh token, of either kind.
    pub(crate) async fn session_by_refresh(
        &self,
        tx: &mut Tx,
        pages: &Pages,
        token: &str,
        now: Timestamp,
    ) -> Result<SessionFacts> {
        let project = pages.project.id;
        let hash = refresh_hash(token).ok_or_else(no_session)?;
        let session = tx.system().find_session_by_refresh_for_update(project, &hash).await?;
        let session = session.ok_or_else(no_session)?;
        let facts = tx.system().session_facts(project, session.id).await?.ok_or_else(no_session)?;
        self.check_live(pages, &facts, now)?;
        Ok(facts)
    }

    /// A new access token for a session that is still good (contract §4.4).
    ///
    /// # Errors
    /// `Unauthenticated`.
    pub async fn refresh_session(&self, pages: &Pages, token: &str) -> Result<Refreshed> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let facts = self.session_by_refresh(&mut tx, pages, token, now).await?;
        let life = self.people().life_of(facts.session.impersonator);
        let session = facts.session.clone().used(life, now);
        let who = SignedIn { user: session.user, session: session.id, impersonator: session.impersonator };
        let ctx = self.ctx_of(pages, &facts, who, now);
        let scope = ctx.require(Permission::ManageMyself)?;
        tx.sessions(&scope).update_use(&session).await?;
        let impersonator_email = match session.impersonator {
            Some(id) => Some(self.impersonator(&mut tx, id).await?.ok_or_else(no_session)?.to_string()),
            None => None,
        };
        let bearer = Bearer {
            actions: self.actions_of(&mut tx, &scope, &facts).await?,
            user: &facts.user,
            organization: &facts.organization,
            session: &session,
            impersonator_email,
        };
        let access_token = self.access_token(&mut tx, pages, bearer, now).await?;
        let event = session_event("tesseral.sessions.refresh", &session, &facts.user);
        let event = event.by(&ctx, &mut **self.entropy());
        tx.commit(Audit::of(&scope, event), now).await?;
        Ok(Refreshed { access_token, ends_at: session.expires_at })
    }

    /// Ends the caller's session; nothing can be refreshed with it any more, on no domain.
    ///
    /// # Errors
    /// `PermissionDenied` for callers without a session.
    pub async fn logout(&self, ctx: &Ctx) -> Result<()> {
        let session = ctx.myself()?.who.session;
        self.end_my_session(ctx, session).await.map(drop)
    }

    /// Ends the session behind a refresh token, for whoever has no access token that is still good. Nothing happens when
    /// there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn logout_by_refresh_token(&self, pages: &Pages, token: &str) -> Result<()> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let Ok(facts) = self.session_by_refresh(&mut tx, pages, token, now).await else { return Ok(()) };
        drop(tx);
        let session = &facts.session;
        let who = SignedIn { user: session.user, session: session.id, impersonator: session.impersonator };
        self.logout(&self.ctx_of(pages, &facts, who, now)).await
    }
}

fn refresh_hash(token: &str) -> Option<SecretHash> {
    let own = token.parse::<RefreshToken>().map(|token| token.hash());
    own.or_else(|_| token.parse::<RelayedRefreshToken>().map(|token| token.hash())).ok()
}

fn ended() -> Error {
    Error::unauthenticated("the session has ended; sign in again")
}

fn no_session() -> Error {
    Error::unauthenticated("there is no session behind this refresh token; sign in again")
}
