//! First start: the console's project and a first project that is ready to use.

use crate::app::App;
use crate::ctx::Ctx;
use crate::hosts::without_port;
use crate::signing_keys::new_signing_key;
use lockwork_model::access::{BackendKeyScope, Caller, Permission};
use lockwork_model::backend_api_keys::NewBackendApiKey;
use lockwork_model::calendar::TimeZone;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{ProjectId, PublishableKeyId};
use lockwork_model::projects::{
    LoginMethod, LoginMethods, Project, Redirects, SelfServe, default_vault_label,
};
use lockwork_model::publishable_keys::PublishableKey;
use lockwork_model::secrets::{KeyPrefix, SecretText};
use lockwork_model::text::{NAME_MAX_CHARS, bounded};
use lockwork_store::Tx;

/// The prefix of the first project's keys until the developer chooses another.
const FIRST_PREFIX: &str = "lw_";
/// How people sign in until the developer chooses: whatever needs nobody else.
pub(crate) const FIRST_METHODS: [LoginMethod; 4] =
    [LoginMethod::Email, LoginMethod::Password, LoginMethod::AuthenticatorApp, LoginMethod::Passkey];

/// What a first start made, or a later one found.
#[derive(Debug)]
pub struct Initialized {
    /// The first project.
    pub project: ProjectId,
    /// Its first Backend API key; only the first start can show it.
    pub backend_api_key: Option<SecretText>,
    /// Its publishable key.
    pub publishable_key: PublishableKeyId,
    /// The prefix of its API keys.
    pub prefix: Option<KeyPrefix>,
    /// Where its first owner signs up on the console, once; `None` where somebody did.
    pub sign_up_link: Option<SecretText>,
}

impl App {
    /// Makes the console's project and a first project with API keys switched on; does nothing where they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn initialize(&self, project_name: &str) -> Result<Initialized> {
        let mut made = self.initialize_projects(project_name).await?;
        made.sign_up_link = self.first_sign_up_link().await?;
        Ok(made)
    }

    async fn initialize_projects(&self, project_name: &str) -> Result<Initialized> {
        if let Some(found) = self.initialized().await? {
            return Ok(found);
        }
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let console = self.insert_project(&mut tx, "Lockwork console", None).await?;
        if !tx.system().set_console_project(console.id).await? {
            // Another process came first.
            drop(tx);
            return self.initialized().await?.ok_or_else(|| Error::internal("the first project vanished"));
        }
        let prefix = FIRST_PREFIX.parse().map_err(Error::internal)?;
        let made = self.insert_first_project(&mut tx, project_name, prefix).await?;
        tx.commit_unaudited(now).await?;
        self.remember_console_project(console.id);
        Ok(made)
    }

    /// Adds one more project with API keys switched on, which nobody at the console runs.
    ///
    /// # Errors
    /// `InvalidArgument`; when the database fails.
    pub async fn add_project(&self, name: &str, prefix: &str) -> Result<Initialized> {
        let problem = "must be 1 to 64 characters of a-z, 0-9 and _";
        let prefix = prefix.parse().map_err(|_| Error::invalid_field("prefix", problem))?;
        let mut tx = self.store().begin().await?;
        let made = self.insert_first_project(&mut tx, name, prefix).await?;
        tx.commit_unaudited(self.now()).await?;
        Ok(made)
    }

    /// A project with its first Backend API key and publishable key.
    async fn insert_first_project(&self, tx: &mut Tx, name: &str, prefix: KeyPrefix) -> Result<Initialized> {
        let name = bounded("projectName", name.to_owned(), NAME_MAX_CHARS)?;
        let (project, publishable_key) = self.insert_usable_project(tx, &name, Some(prefix.clone())).await?;
        let scope = Caller::operator(project.id).require(Permission::ProjectKeysWrite)?;
        let backend = NewBackendApiKey { display_name: "First key".into(), scope: BackendKeyScope::Full };
        let backend = self.new_backend_api_key(backend, self.now())?;
        tx.backend_api_keys(&scope).insert(&backend.key).await?;
        Ok(Initialized {
            project: project.id,
            backend_api_key: Some(backend.secret),
            publishable_key,
            prefix: Some(prefix),
            sign_up_link: None,
        })
    }

    /// A project with its first publishable key; its API keys are on if it has a prefix.
    pub(crate) async fn insert_usable_project(
        &self,
        tx: &mut Tx,
        name: &str,
        prefix: Option<KeyPrefix>,
    ) -> Result<(Project, PublishableKeyId)> {
        let now = self.now();
        let project = self.insert_project(tx, name, prefix).await?;
        let scope = Caller::operator(project.id).require(Permission::ProjectKeysWrite)?;
        let publishable_key = PublishableKey {
            id: PublishableKeyId::generate(&mut **self.entropy()),
            display_name: "First key".into(),
            cross_domain_mode: false,
            created_at: now,
            updated_at: now,
        };
        tx.publishable_keys(&scope).insert(&publishable_key).await?;
        Ok((project, publishable_key.id))
    }

    /// The operator at the command line, in the first project.
    ///
    /// # Errors
    /// `FailedPrecondition` before [`Self::initialize`].
    pub async fn operator(&self) -> Result<Ctx> {
        let project = self.store().read().await?.system().first_project().await?;
        let project = project
            .ok_or_else(|| Error::failed_precondition("there is no project yet; run lockwork init"))?;
        Ok(Ctx::new(Caller::operator(project.id), self.now()))
    }

    async fn initialized(&self) -> Result<Option<Initialized>> {
        let mut conn = self.store().read().await?;
        let Some(project) = conn.system().first_project().await? else { return Ok(None) };
        let publishable_key = conn.system().first_publishable_key(project.id).await?;
        Ok(Some(Initialized {
            project: project.id,
            backend_api_key: None,
            publishable_key: publishable_key.ok_or_else(|| Error::not_found("publishable key"))?,
            prefix: project.api_key_prefix,
            sign_up_link: None,
        }))
    }

    async fn insert_project(&self, tx: &mut Tx, name: &str, prefix: Option<KeyPrefix>) -> Result<Project> {
        let now = self.now();
        let id = ProjectId::generate(&mut **self.entropy());
        let domain = format!("{}.{}", default_vault_label(id), self.options().root_domain);
        let project = Project {
            id,
            display_name: name.to_owned(),
            log_in_with: LoginMethods::of(&FIRST_METHODS),
            cookie_domain: without_port(&domain).to_owned(),
            email_send_from_domain: without_port(&self.options().root_domain).to_owned(),
            trusted_domains: vec![without_port(&domain).to_owned()],
            vault_domain: domain,
            api_keys_enabled: prefix.is_some(),
            api_key_prefix: prefix,
            max_key_lifetime: None,
            time_zone: TimeZone::default(),
            audit_logs_enabled: true,
            logins_disabled: false,
            redirects: Redirects::default(),
            self_serve: SelfServe::default(),
            staff: None,
            created_at: now,
            updated_at: now,
        };
        tx.system().insert_project(&project).await?;
        let key = new_signing_key(&self.options().master_key, now, &mut **self.entropy())?;
        tx.system().insert_signing_key(id, &key).await?;
        Ok(project)
    }
}
