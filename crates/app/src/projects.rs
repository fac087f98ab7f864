//! The caller's project.

mod domains;

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use lockwork_model::access::{Permission, Scope};
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::projects::{LoginMethod, LoginMethods, OauthClient, Project, ProjectUpdate};
use lockwork_model::providers::Provider;
use lockwork_model::text::{NAME_MAX_CHARS, bounded};
use lockwork_store::projects::SealedOauthClient;
use lockwork_store::{Audit, OnConflict, Tx};
use serde_json::{Value, json};

/// What sealed secrets of clients at sign-in providers are bound to.
pub(crate) const OAUTH_SECRET_PURPOSE: &str = "oauth client secret";
/// Longest id or secret of a client at a sign-in provider, in characters.
const OAUTH_TEXT_MAX_CHARS: usize = 512;

fn not_found() -> Error {
    Error::not_found("project")
}

impl App {
    /// The project.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn get_project(&self, ctx: &Ctx) -> Result<Project> {
        let scope = self.authorize(ctx, Permission::ProjectRead).await?;
        let project = self.store().read().await?.projects(&scope).find().await?;
        project.ok_or_else(not_found)
    }

    /// The ids of the project's own clients at sign-in providers.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_oauth_clients(&self, ctx: &Ctx) -> Result<Vec<(Provider, String)>> {
        let scope = self.authorize(ctx, Permission::ProjectRead).await?;
        Ok(self.store().read().await?.projects(&scope).oauth_clients().await?)
    }

    /// Changes the project. A sign-in method that goes off goes off in every organization; a host of the pages that
    /// changes takes the cookies' domain along where that no longer fits; the organization of those who run the project
    /// takes its name.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidArgument`, `FailedPrecondition`; `AlreadyExists` for another project's host.
    pub async fn update_project(&self, ctx: &Ctx, mut update: ProjectUpdate) -> Result<Project> {
        let scope = self.authorize(ctx, Permission::ProjectWrite).await?;
        if let Some(name) = update.display_name {
            update.display_name = Some(bounded("displayName", name, NAME_MAX_CHARS)?);
        }
        let root = &self.options().root_domain;
        domains::normalize(&mut update, scope.project(), root)?;
        let mut tx = self.store().begin().await?;
        let previous = tx.projects(&scope).find_for_update().await?.ok_or_else(not_found)?;
        let previous_clients = tx.projects(&scope).oauth_clients().await?;
        let mut project = previous.clone().updated(update.clone(), ctx.now())?;
        let pages_host = self.pages_host(&project);
        domains::settle(&mut project, &update, &pages_host, root)?;
        let taken = || Error::already_exists("another project has this vaultDomain");
        tx.projects(&scope).update(&project).await.on_conflict(taken)?;
        let dropped = previous.log_in_with.minus(project.log_in_with);
        if dropped != LoginMethods::default() {
            tx.organizations(&scope).drop_login_methods(dropped).await?;
            let second_factors = LoginMethods::of(&LoginMethod::SECOND_FACTORS);
            if let Some(id) = tx.organizations(&scope).any_that_demands_one_of(second_factors).await? {
                return Err(Error::failed_precondition(format!(
                    "{id} demands a second factor and would have none; set its requireMfa to false first"
                )));
            }
        }
        for (provider, client) in update.oauth_clients {
            self.set_oauth_client(&mut tx, &scope, provider, client).await?;
        }
        let clients = tx.projects(&scope).oauth_clients().await?;
        let event = Event::new("tesseral.projects.update", ResourceType::Project, project.id.uuid())
            .detail("project", with_clients(audit::project(&project), &clients))
            .detail("previousProject", with_clients(audit::project(&previous), &previous_clients))
            .by(ctx, &mut **self.entropy());
        let mut audit = Audit::of(&scope, event);
        if project.display_name != previous.display_name
            && let Some((console, event)) = self.rename_staff(ctx, &mut tx, &project).await?
        {
            audit = audit.and(&console, event);
        }
        self.commit(tx, audit, ctx.now()).await?;
        Ok(project)
    }

    /// Sets, completes or removes the project's own client at a sign-in provider.
    async fn set_oauth_client(
        &self,
        tx: &mut Tx,
        scope: &Scope,
        provider: Provider,
        client: Option<OauthClient>,
    ) -> Result<()> {
        let Some(OauthClient { client_id, client_secret }) = client else {
            return Ok(tx.projects(scope).set_oauth_client(provider, None).await?);
        };
        let field = |part: &str| format!("{}OauthClient{part}", provider.as_str());
        let known = tx.system().oauth_client(scope.project(), provider).await?;
        let missing = |part: &str| Error::invalid_field(field(part), "is required with a new client");
        let (known_id, known_secret) =
            known.map(|known| (known.client_id, known.sealed_client_secret)).unzip();
        let client_id = Some(client_id).filter(|id| !id.is_empty()).or(known_id);
        let client_id = bounded(&field("Id"), client_id.ok_or_else(|| missing("Id"))?, OAUTH_TEXT_MAX_CHARS)?;
        let sealed_client_secret = match client_secret {
            None => known_secret.ok_or_else(|| missing("Secret"))?,
            Some(secret) => {
                bounded(&field("Secret"), secret.reveal().to_owned(), OAUTH_TEXT_MAX_CHARS)?;
                let sealed = {
                    let mut entropy = self.entropy();
                    let secret = secret.reveal().as_bytes();
                    self.options().master_key.seal(OAUTH_SECRET_PURPOSE, secret, &mut **entropy)
                };
                sealed.ok_or_else(|| Error::internal("a client secret could not be sealed"))?
            }
        };
        let client = SealedOauthClient { client_id, sealed_client_secret };
        Ok(tx.projects(scope).set_oauth_client(provider, Some(&client)).await?)
    }
}

fn with_clients(mut project: Value, clients: &[(Provider, String)]) -> Value {
    let shown =
        clients.iter().map(|(provider, id)| (format!("{}OauthClientId", provider.as_str()), json!(id)));
    if let Some(fields) = project.as_object_mut() {
        fields.extend(shown);
    }
    project
}
