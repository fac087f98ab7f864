//! The end of a login: a session.

use super::organizations::visitor;
use super::second_factors::seal_authenticator;
use super::{LoginHandle, Open};
use crate::app::App;
use crate::audit::{self, Event};
use crate::signing_keys::Bearer;
use lockwork_model::audit_log_events::{AuditLogEvent, ResourceType};
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{PasskeyId, SessionId, UserId};
use lockwork_model::logins::{Login, Progress};
use lockwork_model::organizations::Organization;
use lockwork_model::passkeys::Passkey;
use lockwork_model::projects::Project;
use lockwork_model::secrets::{SecretHash, SecretText};
use lockwork_model::sessions::{PrimaryAuthFactor, RELAY_LIFETIME, Session};
use lockwork_model::short_secrets::{RefreshToken, RelayedSessionToken};
use lockwork_model::time::Timestamp;
use lockwork_model::users::{ExternalIds, User};
use lockwork_store::sessions::NewRelay;
use lockwork_store::system::SessionFacts;
use lockwork_store::{Audit, OnConflict};
use serde_json::json;

/// A session that just began.
#[derive(Debug)]
pub struct NewSession {
    /// What it is refreshed with.
    pub refresh_token: SecretText,
    /// Its first access token.
    pub access_token: SecretText,
    /// When it ends, unless it is used.
    pub ends_at: Timestamp,
    /// Whether the user was made by it.
    pub new_user: bool,
    /// What an app on another domain exchanges for it, once, if one sent them.
    pub relayed_session_token: Option<SecretText>,
    /// Where they go now.
    pub redirect_uri: Option<String>,
    /// Whether the token for that app goes into the query rather than into the fragment.
    pub relayed_token_in_query: bool,
}

/// What a login turns into, beside the session.
struct Joined {
    user: User,
    is_new: bool,
    events: Vec<AuditLogEvent>,
}

impl App {
    /// Ends a login and begins a session (contract §3.10, finish rules). A login ends once.
    ///
    /// # Errors
    /// `Unauthenticated`; `FailedPrecondition` with what is missing; `PermissionDenied` for whoever may not join.
    pub async fn exchange_login(&self, handle: &LoginHandle) -> Result<NewSession> {
        let mut open = self.open_login(handle).await?;
        if open.login.progress.organization.is_none()
            && let Some(name) = self.own_organization(&mut open, handle).await?
        {
            self.make_organization(open, handle, name).await?;
            open = self.open_login(handle).await?;
        }
        let (organization, user) = open.chosen().await?;
        if let Some(missing) = open.missing(handle, &organization, user.as_ref()).await? {
            return Err(missing.refusal());
        }
        let mut joined = self.join(&mut open, handle, &organization, user).await?;
        self.keep_proofs(&mut open, handle, &mut joined).await?;
        // The row says what it has now.
        let user = open.tx.users(&open.scope).find(joined.user.id).await?;
        let user = user.ok_or_else(|| Error::internal("a user vanished while signing in"))?;
        self.begin_session(open, handle, organization, user, joined).await
    }

    /// The name of the organization that they get at once, where they see none and the project gives them one.
    async fn own_organization(&self, open: &mut Open, handle: &LoginHandle) -> Result<Option<String>> {
        if !handle.project().self_serve.auto_create_organizations {
            return Ok(None);
        }
        let progress = &open.login.progress;
        let email = progress.verified_email()?;
        let name = progress.display_name.as_deref().unwrap_or(email.as_str());
        let name = format!("{name}'s organization");
        let visible = open.tx.organizations(&open.scope).visible_to(&visitor(progress)?).await?;
        Ok(visible.is_empty().then_some(name))
    }

    /// The user that the login becomes: the one that is there, or a new one.
    async fn join(
        &self,
        open: &mut Open,
        handle: &LoginHandle,
        organization: &Organization,
        user: Option<User>,
    ) -> Result<Joined> {
        let ctx = handle.ctx(&open.login);
        let progress = open.login.progress.clone();
        let email = progress.proven_email()?.clone();
        let invite = open.tx.user_invites(&open.scope).find_by_email(organization.id, &email).await?;
        let by_link = match progress.sign_up_link {
            Some(hash) => {
                let hash = SecretHash::from_bytes(hash);
                let taken = open.tx.system().take_sign_up_link(open.login.project, &hash, handle.now).await?;
                if !taken {
                    return Err(Error::failed_precondition(
                        "this sign-up link was used before, or is too old",
                    ));
                }
                true
            }
            None => false,
        };
        let owner = by_link || invite.as_ref().is_some_and(|invite| invite.owner);
        if invite.is_some() {
            open.tx.user_invites(&open.scope).delete_by_email(organization.id, &email).await?;
        }
        if let Some(previous) = user {
            let changed = with_proofs(previous.clone(), &progress, owner, handle.now);
            let mut events = Vec::new();
            if changed.owner != previous.owner || changed.external != previous.external {
                let updated = open.tx.users(&open.scope).update(&changed).await;
                updated.on_conflict(|| Error::already_exists("this account belongs to another user"))?;
                events.push(
                    user_event("tesseral.users.update", &changed)
                        .detail("previousUser", audit::user(&previous))
                        .by(&ctx, &mut **self.entropy()),
                );
            }
            return Ok(Joined { user: changed, is_new: false, events });
        }
        let is_expected = by_link || invite.is_some();
        if !is_expected && !handle.project().self_serve.create_users {
            return Err(Error::permission_denied("people join this project by invitation only"));
        }
        if !is_expected && !self.may_join(open, organization, &progress).await? {
            return Err(Error::permission_denied("you are not invited to this organization"));
        }
        let id = open.user_id(None, self);
        let user = User {
            id,
            organization: organization.id,
            email,
            display_name: progress.display_name.clone(),
            profile_picture_url: progress.profile_picture_url.clone(),
            owner,
            external: ExternalIds::default(),
            has_password: false,
            has_authenticator_app: false,
            created_at: handle.now,
            updated_at: handle.now,
        };
        let user = with_proofs(user, &progress, owner, handle.now);
        let inserted = open.tx.users(&open.scope).insert(&user).await;
        inserted.on_conflict(|| Error::already_exists("this account belongs to another user"))?;
        let event = user_event("tesseral.users.create", &user).by(&ctx, &mut **self.entropy());
        Ok(Joined { user, is_new: true, events: vec![event] })
    }

    /// Whether the organization still shows itself to them: what was chosen a while ago may be over.
    async fn may_join(
        &self,
        open: &mut Open,
        organization: &Organization,
        progress: &Progress,
    ) -> Result<bool> {
        let visible = open.tx.organizations(&open.scope).visible_to(&visitor(progress)?).await?;
        Ok(visible.iter().any(|found| found.id == organization.id))
    }

    /// Keeps what they chose or set up on the way.
    async fn keep_proofs(&self, open: &mut Open, handle: &LoginHandle, joined: &mut Joined) -> Result<()> {
        let (user, progress, ctx) = (joined.user.id, open.login.progress.clone(), handle.ctx(&open.login));
        if let Some(email) = &progress.email {
            for (provider, id) in &progress.external {
                open.tx.system().insert_verified_email(open.login.project, email, *provider, id).await?;
            }
        }
        if let Some(hash) = &progress.new_password_hash {
            open.tx.users(&open.scope).set_password(user, Some(hash), handle.now).await?;
            if joined.user.has_password {
                // Whoever reset it may have been locked out by somebody else's sessions.
                open.tx.sessions(&open.scope).end_of_user(user, handle.now).await?;
            }
            joined.events.push(
                user_event("tesseral.users.set_password", &joined.user).by(&ctx, &mut **self.entropy()),
            );
        }
        if let Some(app) = &progress.new_authenticator {
            let sealed = seal_authenticator(&self.options().master_key, &app.secret, &mut **self.entropy())?;
            let codes: Vec<_> =
                app.recovery_code_hashes.iter().copied().map(SecretHash::from_bytes).collect();
            let app = Some((sealed.as_slice(), app.step));
            open.tx.users(&open.scope).set_authenticator(user, app, &codes, handle.now).await?;
            joined.events.push(
                user_event("tesseral.users.set_authenticator_app", &joined.user)
                    .by(&ctx, &mut **self.entropy()),
            );
        }
        if let Some(made) = progress.new_passkey {
            let passkey = Passkey {
                id: PasskeyId::generate(&mut **self.entropy()),
                user,
                disabled: false,
                credential_id: made.credential_id,
                public_key_pem: made.public_key_pem,
                aaguid: made.aaguid,
                rp_id: made.rp_id,
                state: made.state,
                created_at: handle.now,
                updated_at: handle.now,
            };
            let inserted = open.tx.passkeys(&open.scope).insert(&passkey).await;
            inserted.on_conflict(|| Error::already_exists("this passkey is somebody's already"))?;
            joined.events.push(
                Event::new("tesseral.passkeys.create", ResourceType::Passkey, passkey.id.uuid())
                    .organization(joined.user.organization)
                    .detail("passkey", audit::passkey(&passkey))
                    .by(&ctx, &mut **self.entropy()),
            );
        }
        Ok(())
    }

    async fn begin_session(
        &self,
        open: Open,
        handle: &LoginHandle,
        organization: Organization,
        user: User,
        joined: Joined,
    ) -> Result<NewSession> {
        let Open { mut tx, login, scope } = open;
        let factor = login.progress.primary_factor.unwrap_or(PrimaryAuthFactor::Email);
        let (session, refresh, relayed) = {
            let mut entropy = self.entropy();
            let session = self.new_session(
                SessionId::generate_at(handle.now, &mut **entropy),
                user.id,
                factor,
                None,
                handle.now,
            );
            let refresh = RefreshToken::generate(&mut **entropy);
            let wanted = login.progress.relayed_session_state.is_some();
            (session, refresh, wanted.then(|| RelayedSessionToken::generate(&mut **entropy)))
        };
        let relay = relayed.as_ref().map(|token| NewRelay {
            token_hash: token.hash(),
            state: login.progress.relayed_session_state.clone(),
            expires_at: handle.now.after(RELAY_LIFETIME),
        });
        tx.sessions(&scope).insert(&session, &refresh.hash(), relay.as_ref()).await?;
        // In the transaction that makes the session: of two requests with one login, one finds it.
        if !tx.system().delete_login(login.project, login.id).await? {
            return Err(super::no_login());
        }
        let held = tx.users(&scope).held_actions(user.id).await?;
        let actions = held.into_iter().map(|(_, name)| name).collect();
        let facts = SessionFacts { session, user, organization, actions };
        let bearer = Bearer {
            actions: self.actions_of(&mut tx, &scope, &facts).await?,
            user: &facts.user,
            organization: &facts.organization,
            session: &facts.session,
            impersonator_email: None,
        };
        let access_token = self.access_token(&mut tx, &handle.pages, bearer, handle.now).await?;
        let mut events = joined.events;
        events.push(
            session_event("tesseral.sessions.create", &facts.session, &facts.user)
                .by(&handle.ctx(&login), &mut **self.entropy()),
        );
        if let Some(audit) = Audit::of_all(&scope, events) {
            tx.commit(audit, handle.now).await?;
        }
        let redirect_uri = destination(handle.project(), &login, joined.is_new);
        Ok(NewSession {
            refresh_token: refresh.to_secret(),
            access_token,
            ends_at: facts.session.expires_at,
            new_user: joined.is_new,
            relayed_session_token: relayed.map(|token| token.to_secret()),
            redirect_uri,
            relayed_token_in_query: login.progress.relayed_token_in_query,
        })
    }

    /// A session that begins now.
    pub(crate) fn new_session(
        &self,
        id: SessionId,
        user: UserId,
        factor: PrimaryAuthFactor,
        impersonator: Option<UserId>,
        now: Timestamp,
    ) -> Session {
        Session {
            id,
            user,
            primary_auth_factor: factor,
            impersonator,
            revoked: false,
            created_at: now,
            last_active_at: now,
            expires_at: self.people().life_of(impersonator).end(now, now),
        }
    }
}

/// The user with what the login proved about them.
fn with_proofs(mut user: User, progress: &Progress, owner: bool, now: Timestamp) -> User {
    let before = user.clone();
    for (provider, id) in &progress.external {
        user.external.set(*provider, Some(id.clone()));
    }
    user.owner |= owner;
    if user != before {
        user.updated_at = now;
    }
    user
}

/// Where they go now: where they wanted, else where the project says.
fn destination(project: &Project, login: &Login, is_new: bool) -> Option<String> {
    let redirects = &project.redirects;
    let after = if is_new { &redirects.after_signup } else { &redirects.after_login };
    let wanted = login.progress.redirect_uri.as_ref();
    wanted.or(after.as_ref()).or(redirects.default.as_ref()).cloned()
}

pub(crate) fn user_event(name: &'static str, user: &User) -> Event {
    Event::new(name, ResourceType::User, user.id.uuid())
        .organization(user.organization)
        .detail("user", audit::user(user))
}

pub(crate) fn session_event(name: &'static str, session: &Session, user: &User) -> Event {
    let event = Event::new(name, ResourceType::Session, session.id.uuid())
        .organization(user.organization)
        .detail("session", audit::session(session));
    match session.impersonator {
        Some(impersonator) => event.detail("impersonatorUserId", json!(impersonator)),
        None => event,
    }
}
