//! Signing in: a login in progress and its life (the contract's intermediate API, §3.10).

mod email;
mod entrances;
mod finish;
mod organizations;
mod passwords;
mod providers;
mod second_factors;
mod state;

pub use entrances::RelayedSession;
pub use finish::NewSession;
pub(crate) use finish::{session_event, user_event};
pub use organizations::LoginOrganization;
pub use passwords::VerifyPassword;
pub(crate) use passwords::incorrect;
pub use providers::OauthCallback;
pub use second_factors::SecondFactorCode;
pub(crate) use second_factors::{recovery_codes, seal_authenticator, stored, wrong_totp};
pub use state::{LoginSettings, LoginState, SecondFactors};

use crate::app::App;
use crate::ctx::Ctx;
use crate::hosts::Pages;
use lockwork_model::access::{Caller, Permission, Scope};
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{IntermediateSessionId, OrganizationId, ProjectId, UserId};
use lockwork_model::limit_overrides::Identifier;
use lockwork_model::limits::Rate;
use lockwork_model::logins::{LOGIN_LIFETIME, Login, Missing, Progress, UserFacts};
use lockwork_model::organizations::Organization;
use lockwork_model::projects::Project;
use lockwork_model::providers::Provider;
use lockwork_model::secrets::{SecretHash, SecretText};
use lockwork_model::short_secrets::IntermediateSessionToken;
use lockwork_model::text::bounded;
use lockwork_model::time::Timestamp;
use lockwork_model::users::User;
use lockwork_store::passkeys::Passkeys;
use lockwork_store::system::StoredLogin;
use lockwork_store::users::Users;
use lockwork_store::{Conn, Queries, Tx};
use lockwork_verify::{Rule, Take, Taken};
use std::sync::Arc;

/// What a login at rest is bound to.
const LOGIN_PURPOSE: &str = "login in progress";
/// Longest state that an app on another domain may send along, in characters.
const RELAYED_STATE_MAX_CHARS: usize = 1024;

/// How many logins may begin in a minute, in one project on one node.
const LOGINS_A_MINUTE: u64 = 6_000;
const LOGINS: Rate = Rate::Bucket { seconds: 60, burst: 300 };

/// Whoever holds the token of a login in progress, at a moment.
#[derive(Debug, Clone)]
pub struct LoginHandle {
    pages: Arc<Pages>,
    secret: SecretHash,
    now: Timestamp,
}

/// A login to begin.
#[derive(Debug, Clone, Default)]
pub struct NewLogin {
    /// The state of the app on another domain that sent them.
    pub relayed_session_state: Option<String>,
    /// Where they want to go in the end; on a trusted domain.
    pub redirect_uri: Option<String>,
    /// Whether the token for that app goes into the query rather than into the fragment.
    pub relayed_token_in_query: bool,
}

/// A proof was taken. The login goes by another token from here on, so that nobody who knew the earlier one, or put it
/// into the browser, has a share in what was proven.
#[derive(Debug)]
pub struct Proven {
    /// The login's token.
    pub token: SecretText,
    /// When the login ends.
    pub ends_at: Timestamp,
}

/// A login that is open for a change.
struct Open {
    tx: Tx,
    login: Login,
    scope: Scope,
}

impl App {
    /// Begins a login: its token, for the browser that asked.
    ///
    /// # Errors
    /// `InvalidArgument` for an address to go to that is not on a trusted domain.
    pub async fn create_intermediate_session(&self, pages: &Pages, new: NewLogin) -> Result<SecretText> {
        let relayed_session_state = new
            .relayed_session_state
            .map(|state| bounded("relayedSessionState", state, RELAYED_STATE_MAX_CHARS))
            .transpose()?;
        if let Some(uri) = &new.redirect_uri {
            pages.check_redirect("redirectUri", uri)?;
        }
        let progress = Progress {
            relayed_session_state,
            redirect_uri: new.redirect_uri,
            relayed_token_in_query: new.relayed_token_in_query,
            ..Progress::default()
        };
        self.begin_login(&pages.project, progress, self.now()).await
    }

    /// Begins a login that has come this far.
    async fn begin_login(&self, project: &Project, progress: Progress, now: Timestamp) -> Result<SecretText> {
        self.check_rate_of_logins(project.id, now)?;
        let mut tx = self.store().begin().await?;
        let token = self.insert_login(&mut tx, project, progress, now).await?;
        tx.commit_unaudited(now).await?;
        Ok(token)
    }

    /// Each login is a row that anybody can make: on one node they begin so quickly, and no more quickly.
    fn check_rate_of_logins(&self, project: ProjectId, now: Timestamp) -> Result<()> {
        let identifier = Identifier::new("", "lockwork", "logins".to_owned())?;
        let counter = self.limiter().identifier_counter(project, &identifier, LOGINS);
        let rule = Rule::Rate { limit: LOGINS_A_MINUTE, rate: LOGINS };
        let mut take = [Take::new(counter, rule, 1)];
        match self.limiter().take(&mut take, self.tick(), now) {
            Taken::All => Ok(()),
            _ => {
                let [take] = take;
                Err(Error::too_many("too many people sign in at this moment; try again", take.outcome.reset))
            }
        }
    }

    async fn insert_login(
        &self,
        tx: &mut Tx,
        project: &Project,
        progress: Progress,
        now: Timestamp,
    ) -> Result<SecretText> {
        let (id, token) = {
            let mut entropy = self.entropy();
            let id = IntermediateSessionId::generate_at(now, &mut **entropy);
            (id, IntermediateSessionToken::generate(&mut **entropy))
        };
        let login = StoredLogin {
            id,
            project: project.id,
            secret_hash: token.hash(),
            sealed_progress: self.seal_progress(&progress)?,
            created_at: now,
            expires_at: now.after(LOGIN_LIFETIME),
        };
        tx.system().insert_login(&login).await?;
        Ok(token.to_secret())
    }

    /// Whoever holds this token of a login in progress. The login itself is looked up by what is done with it.
    ///
    /// # Errors
    /// `Unauthenticated`.
    pub fn login_of(&self, pages: &Arc<Pages>, token: Option<&str>) -> Result<LoginHandle> {
        let token =
            token.ok_or_else(no_login)?.parse::<IntermediateSessionToken>().map_err(|_| no_login())?;
        Ok(LoginHandle { pages: pages.clone(), secret: token.hash(), now: self.now() })
    }

    async fn find_login(&self, conn: &mut Conn, handle: &LoginHandle) -> Result<(Login, Scope)> {
        let stored = conn.system().find_login(handle.project().id, &handle.secret).await?;
        self.opened(stored, handle)
    }

    /// The login, to look at.
    async fn read_login(&self, handle: &LoginHandle) -> Result<Login> {
        let mut conn = self.store().read().await?;
        Ok(self.find_login(&mut conn, handle).await?.0)
    }

    /// Opens a login for a change: others wait until it is kept or dropped.
    async fn open_login(&self, handle: &LoginHandle) -> Result<Open> {
        let mut tx = self.store().begin().await?;
        let stored = tx.system().find_login_for_update(handle.project().id, &handle.secret).await?;
        let (login, scope) = self.opened(stored, handle)?;
        Ok(Open { tx, login, scope })
    }

    fn opened(&self, stored: Option<StoredLogin>, handle: &LoginHandle) -> Result<(Login, Scope)> {
        let stored = stored.ok_or_else(no_login)?;
        let plain = self.options().master_key.open(LOGIN_PURPOSE, &stored.sealed_progress);
        let progress = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        let login = Login {
            id: stored.id,
            project: stored.project,
            // Made by another version, or sealed with another key: beginning again is all that it takes.
            progress: progress.ok_or_else(no_login)?,
            created_at: stored.created_at,
            expires_at: stored.expires_at,
        };
        if login.is_expired(handle.now) {
            return Err(no_login());
        }
        let scope = Caller::login(login.project, login.id).require(Permission::SignIn)?;
        Ok((login, scope))
    }

    /// Keeps a changed login.
    async fn keep_login(&self, open: Open, handle: &LoginHandle) -> Result<()> {
        let tx = self.store_progress(open, handle.secret).await?;
        Ok(tx.commit_unaudited(handle.now).await?)
    }

    /// Keeps a login in which something was proven.
    async fn keep_proof(&self, open: Open, handle: &LoginHandle) -> Result<Proven> {
        let token = IntermediateSessionToken::generate(&mut **self.entropy());
        let ends_at = open.login.expires_at;
        let tx = self.store_progress(open, token.hash()).await?;
        tx.commit_unaudited(handle.now).await?;
        Ok(Proven { token: token.to_secret(), ends_at })
    }

    /// Writes a changed login; the transaction is not committed yet.
    async fn store_progress(&self, open: Open, secret_hash: SecretHash) -> Result<Tx> {
        let Open { mut tx, login, .. } = open;
        let stored = StoredLogin {
            id: login.id,
            project: login.project,
            secret_hash,
            sealed_progress: self.seal_progress(&login.progress)?,
            created_at: login.created_at,
            expires_at: login.expires_at,
        };
        tx.system().update_login(&stored).await?;
        Ok(tx)
    }

    /// Changes a login by what is known already.
    async fn change_login<T>(
        &self,
        handle: &LoginHandle,
        change: impl FnOnce(&mut Progress) -> Result<T> + Send,
    ) -> Result<T> {
        let mut open = self.open_login(handle).await?;
        let changed = change(&mut open.login.progress)?;
        self.keep_login(open, handle).await?;
        Ok(changed)
    }

    /// Changes a login by a proof.
    async fn prove(
        &self,
        handle: &LoginHandle,
        change: impl FnOnce(&mut Progress) -> Result<()> + Send,
    ) -> Result<Proven> {
        let mut open = self.open_login(handle).await?;
        change(&mut open.login.progress)?;
        self.keep_proof(open, handle).await
    }

    fn seal_progress(&self, progress: &Progress) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(progress).map_err(Error::internal)?;
        let sealed = self.options().master_key.seal(LOGIN_PURPOSE, &plain, &mut **self.entropy());
        sealed.ok_or_else(|| Error::internal("a login could not be sealed"))
    }
}

impl LoginHandle {
    fn project(&self) -> &Project {
        &self.pages.project
    }

    /// Who acts, for the audit log.
    fn ctx(&self, login: &Login) -> Ctx {
        Ctx::new(Caller::login(login.project, login.id), self.now)
    }
}

fn no_login() -> Error {
    Error::unauthenticated(
        "there is no login in progress here, or it took longer than 15 minutes; begin again",
    )
}

/// The user that a login would become in this organization: by the id at a sign-in provider, else by the address.
async fn find_user<C: Queries>(
    mut users: Users<'_, C>,
    progress: &Progress,
    organization: OrganizationId,
) -> Result<Option<User>> {
    for provider in Provider::ALL {
        let Some((_, id)) = progress.external.iter().find(|(known, _)| *known == provider) else { continue };
        if let Some(user) = users.find_by_external(organization, provider, id).await? {
            return Ok(Some(user));
        }
    }
    match &progress.email {
        Some(email) => Ok(users.find_by_email(organization, email).await?),
        None => Ok(None),
    }
}

/// What a login must know of the user that it would become.
async fn facts<C: Queries>(mut passkeys: Passkeys<'_, C>, user: Option<&User>) -> Result<UserFacts> {
    let Some(user) = user else { return Ok(UserFacts::default()) };
    let passkeys = passkeys.of_user(user.id).await?;
    Ok(UserFacts {
        id: Some(user.id),
        has_password: user.has_password,
        has_authenticator_app: user.has_authenticator_app,
        has_passkey: passkeys.iter().any(|passkey| !passkey.disabled),
    })
}

impl Open {
    /// The organization that was chosen, and the user there.
    async fn chosen(&mut self) -> Result<(Organization, Option<User>)> {
        let id = self.login.progress.chosen_organization()?;
        let organization = self.tx.organizations(&self.scope).find(id).await?;
        let organization = organization.ok_or_else(|| Error::not_found("organization"))?;
        let user = find_user(self.tx.users(&self.scope), &self.login.progress, id).await?;
        Ok((organization, user))
    }

    /// What is missing before the login can become a session there.
    async fn missing(
        &mut self,
        handle: &LoginHandle,
        organization: &Organization,
        user: Option<&User>,
    ) -> Result<Option<Missing>> {
        let facts = facts(self.tx.passkeys(&self.scope), user).await?;
        Ok(self.login.missing(handle.project(), organization, facts))
    }

    /// The id of the user that the login becomes; a new one keeps the id that was drawn first.
    fn user_id(&mut self, user: Option<&User>, app: &App) -> UserId {
        let new_user = &mut self.login.progress.new_user;
        match user {
            Some(user) => user.id,
            None => *new_user.get_or_insert_with(|| UserId::generate(&mut **app.entropy())),
        }
    }
}
