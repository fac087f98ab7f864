//! The people who run a project: an organization of the console's project (contract §1, "dogfood").

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use crate::initialize::FIRST_METHODS;
use crate::{organizations, users};
use lockwork_model::access::{Actor, Caller, Permission, Scope};
use lockwork_model::audit_log_events::{AuditLogEvent, ResourceType};
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{OrganizationId, ProjectId, UserId};
use lockwork_model::organizations::Organization;
use lockwork_model::projects::{LoginMethods, Project};
use lockwork_model::secrets::{KeyPrefix, SecretText};
use lockwork_model::short_secrets::SignUpToken;
use lockwork_model::text::{NAME_MAX_CHARS, bounded};
use lockwork_model::users::User;
use lockwork_store::organizations::Visitor;
use lockwork_store::system::SignUpLink;
use lockwork_store::{Audit, Tx};
use std::time::Duration;

/// How long a sign-up link is good for.
const SIGN_UP_LINK_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// How many projects somebody may be in and still make another.
const PROJECTS_MAX: usize = 50;

impl App {
    /// The sign-up link of the first project's first owner, while nobody has signed up on the console.
    pub(crate) async fn first_sign_up_link(&self) -> Result<Option<SecretText>> {
        let Some(console) = self.console_project().await? else { return Ok(None) };
        if self.store().read().await?.system().has_users(console).await? {
            return Ok(None);
        }
        self.create_sign_up_link().await.map(Some)
    }

    /// A link by which one more owner of the first project signs up on the console, once and within a day; links that
    /// were made before stop working. The way back in when no owner can sign in any more.
    ///
    /// # Errors
    /// `FailedPrecondition` before the first start; when the database fails.
    pub async fn create_sign_up_link(&self) -> Result<SecretText> {
        let first = || Error::failed_precondition("there is no project yet; run lockwork init");
        let console = self.console_project().await?.ok_or_else(first)?;
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let project = tx.system().first_project().await?.ok_or_else(first)?;
        let organization = self.staff_of(&mut tx, console, &project).await?;
        let token = SignUpToken::generate(&mut **self.entropy());
        let link = SignUpLink {
            secret_hash: token.hash(),
            project: console,
            organization,
            created_at: now,
            expires_at: now.after(SIGN_UP_LINK_LIFETIME),
        };
        tx.system().delete_sign_up_links(console).await?;
        tx.system().insert_sign_up_link(&link).await?;
        tx.commit_unaudited(now).await?;
        let origin = self.console_origin();
        Ok(SecretText::new(format!("{origin}/sign-up?token={}", token.to_secret().reveal())))
    }

    /// Makes another project, which the caller, an owner of theirs in the console, owns from the beginning: the project,
    /// and the organization of the console's to switch to. They sign in there with the password that they have here.
    ///
    /// # Errors
    /// `PermissionDenied`, also for someone who acts as somebody else; `InvalidArgument`; `FailedPrecondition` for
    /// who is in many already.
    pub async fn create_project(
        &self,
        ctx: &Ctx,
        display_name: String,
        prefix: Option<KeyPrefix>,
    ) -> Result<(Project, OrganizationId)> {
        let display_name = bounded("displayName", display_name, NAME_MAX_CHARS)?;
        self.authorize(ctx, Permission::ProjectsCreate).await?;
        let maker = match ctx.caller().actor() {
            Actor::ConsoleUser(who) if who.impersonator.is_none() => who.user,
            _ => return Err(Error::permission_denied("who acts as somebody else may not make projects")),
        };
        let vanished = || Error::internal("the caller's user vanished");
        let console = self.console_project().await?.ok_or_else(vanished)?;
        let people = Caller::operator(console).require(Permission::UsersWrite)?;
        let mut tx = self.store().begin().await?;
        let credentials = tx.users(&people).credentials_for_update(maker).await?.ok_or_else(vanished)?;
        let maker = tx.users(&people).find(maker).await?.ok_or_else(vanished)?;
        let visitor = Visitor {
            email: &maker.email,
            external: &[],
            google_hosted_domain: None,
            microsoft_tenant_id: None,
        };
        if tx.system().organizations_visible_to(console, &visitor).await?.len() >= PROJECTS_MAX {
            let problem = format!("you are in {PROJECTS_MAX} projects already, which is the most");
            return Err(Error::failed_precondition(problem));
        }
        let (mut project, _) = self.insert_usable_project(&mut tx, &display_name, prefix).await?;
        let staff = self.staff_of(&mut tx, console, &project).await?;
        project.staff = Some(staff);
        let owner = User {
            id: UserId::generate(&mut **self.entropy()),
            organization: staff,
            owner: true,
            has_authenticator_app: false,
            created_at: ctx.now(),
            updated_at: ctx.now(),
            ..maker
        };
        tx.users(&people).insert(&owner).await?;
        tx.users(&people).set_password(owner.id, credentials.password_hash.as_deref(), ctx.now()).await?;
        let scope = Caller::operator(project.id).require(Permission::ProjectWrite)?;
        let made = Event::new("tesseral.projects.create", ResourceType::Project, project.id.uuid())
            .detail("project", audit::project(&project))
            .by(ctx, &mut **self.entropy());
        let joined = users::event("tesseral.users.create", &owner)
            .detail("user", audit::user(&owner))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, made).and(&people, joined), ctx.now()).await?;
        Ok((project, staff))
    }

    /// Gives the organization of those who run the project its new name, by which they choose between projects. Answers
    /// what the log of the console's project shall say; `None` where nobody runs the project on the console.
    pub(crate) async fn rename_staff(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        project: &Project,
    ) -> Result<Option<(Scope, AuditLogEvent)>> {
        let Some(staff) = project.staff else { return Ok(None) };
        let instance = tx.system().instance().await?;
        let Some(console) = instance.and_then(|instance| instance.console_project) else { return Ok(None) };
        let scope = Caller::operator(console).require(Permission::OrganizationsWrite)?;
        let Some(previous) = tx.organizations(&scope).find_for_update(staff).await? else { return Ok(None) };
        let renamed = Organization {
            display_name: project.display_name.clone(),
            updated_at: ctx.now(),
            ..previous.clone()
        };
        tx.organizations(&scope).update(&renamed).await?;
        let event = organizations::updated_event(&renamed, &previous).by(ctx, &mut **self.entropy());
        Ok(Some((scope, event)))
    }

    /// The organization of those who run the project; made where there is none yet.
    async fn staff_of(&self, tx: &mut Tx, console: ProjectId, project: &Project) -> Result<OrganizationId> {
        if let Some(staff) = project.staff {
            return Ok(staff);
        }
        let now = self.now();
        let id = OrganizationId::generate(&mut **self.entropy());
        let name = project.display_name.clone();
        let organization = Organization::new(id, console, name, LoginMethods::of(&FIRST_METHODS), now);
        let scope = Caller::operator(console).require(Permission::OrganizationsWrite)?;
        tx.organizations(&scope).insert(&organization).await?;
        let scope = Caller::operator(project.id).require(Permission::ProjectWrite)?;
        tx.projects(&scope).set_staff(Some(id)).await?;
        Ok(id)
    }
}
