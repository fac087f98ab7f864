//! Choosing an organization on the way in.

use super::{LoginHandle, Open, find_user};
use crate::app::App;
use crate::audit::{self, Event};
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{OrganizationId, UserInviteId};
use lockwork_model::logins::Progress;
use lockwork_model::organizations::Organization;
use lockwork_model::projects::{LoginMethod, Project};
use lockwork_model::text::{NAME_MAX_CHARS, bounded};
use lockwork_model::time::Timestamp;
use lockwork_model::user_invites::UserInvite;
use lockwork_store::Audit;
use lockwork_store::organizations::Visitor;

/// An organization that somebody may sign in to, and what they have there.
#[derive(Debug, Clone)]
pub struct LoginOrganization {
    /// The organization.
    pub organization: Organization,
    /// Whether they are in it.
    pub user_exists: bool,
    /// Whether they have a password there.
    pub user_has_password: bool,
    /// Whether they have an authenticator app there.
    pub user_has_authenticator_app: bool,
    /// Whether they have a passkey there.
    pub user_has_passkey: bool,
}

/// Whom an organization may be shown to.
pub(super) fn visitor(progress: &Progress) -> Result<Visitor<'_>> {
    Ok(Visitor {
        email: progress.verified_email()?,
        external: &progress.external,
        google_hosted_domain: progress.google_hosted_domain.as_deref(),
        microsoft_tenant_id: progress.microsoft_tenant_id.as_deref(),
    })
}

impl App {
    /// The organizations that somebody may sign in to (contract §3.10, visibility).
    ///
    /// # Errors
    /// `Unauthenticated`; `PermissionDenied` before the address is proven.
    pub async fn list_login_organizations(&self, handle: &LoginHandle) -> Result<Vec<LoginOrganization>> {
        let mut conn = self.store().read().await?;
        let (login, scope) = self.find_login(&mut conn, handle).await?;
        let progress = &login.progress;
        let organizations = conn.organizations(&scope).visible_to(&visitor(progress)?).await?;
        let mut listed = Vec::with_capacity(organizations.len());
        for organization in organizations {
            let user = find_user(conn.users(&scope), progress, organization.id).await?;
            let passkeys = match &user {
                Some(user) => conn.passkeys(&scope).of_user(user.id).await?,
                None => Vec::new(),
            };
            listed.push(LoginOrganization {
                organization,
                user_exists: user.is_some(),
                user_has_password: user.as_ref().is_some_and(|user| user.has_password),
                user_has_authenticator_app: user.as_ref().is_some_and(|user| user.has_authenticator_app),
                user_has_passkey: passkeys.iter().any(|passkey| !passkey.disabled),
            });
        }
        Ok(listed)
    }

    /// Chooses one of them.
    ///
    /// # Errors
    /// `Unauthenticated`; `PermissionDenied` before the address is proven; `NotFound` for one that is not shown to them.
    pub async fn set_login_organization(&self, handle: &LoginHandle, id: OrganizationId) -> Result<()> {
        let mut open = self.open_login(handle).await?;
        check_visible(&mut open, id).await?;
        open.login.progress.choose(id);
        self.keep_login(open, handle).await
    }

    /// Makes an organization, which they will own, and chooses it.
    ///
    /// # Errors
    /// `Unauthenticated`; `PermissionDenied` before the address is proven, or where people do not make organizations
    /// by themselves; `InvalidArgument`; `FailedPrecondition` for a second one in one login.
    pub async fn create_login_organization(
        &self,
        handle: &LoginHandle,
        display_name: String,
    ) -> Result<OrganizationId> {
        if !handle.project().self_serve.create_organizations {
            return Err(Error::permission_denied("people cannot create organizations in this project"));
        }
        let display_name = bounded("displayName", display_name, NAME_MAX_CHARS)?;
        if display_name.trim().is_empty() {
            return Err(Error::invalid_field("displayName", "must not be empty"));
        }
        let open = self.open_login(handle).await?;
        self.make_organization(open, handle, display_name).await
    }

    /// Makes an organization for whoever signs in, and invites them to own it.
    pub(super) async fn make_organization(
        &self,
        mut open: Open,
        handle: &LoginHandle,
        display_name: String,
    ) -> Result<OrganizationId> {
        let email = open.login.progress.verified_email()?.clone();
        if open.login.progress.made_organization {
            return Err(Error::failed_precondition("one organization was made in this login already"));
        }
        let (organization, invite) = {
            let mut entropy = self.entropy();
            let id = OrganizationId::generate(&mut **entropy);
            let organization = new_organization(id, handle.project(), display_name, handle.now);
            let invite = UserInvite {
                id: UserInviteId::generate(&mut **entropy),
                organization: id,
                email,
                owner: true,
                created_at: handle.now,
                updated_at: handle.now,
            };
            (organization, invite)
        };
        open.tx.organizations(&open.scope).insert(&organization).await?;
        open.tx.user_invites(&open.scope).upsert(&invite).await?;
        open.login.progress.made_organization = true;
        open.login.progress.choose(organization.id);
        let ctx = handle.ctx(&open.login);
        let event =
            Event::new("tesseral.organizations.create", ResourceType::Organization, organization.id.uuid())
                .organization(organization.id)
                .detail("organization", audit::organization(&organization))
                .by(&ctx, &mut **self.entropy());
        let audit = Audit::of(&open.scope, event);
        let tx = self.store_progress(open, handle.secret).await?;
        self.commit(tx, audit, handle.now).await?;
        Ok(organization.id)
    }
}

/// Refuses an organization that is not shown to them.
async fn check_visible(open: &mut Open, id: OrganizationId) -> Result<()> {
    let visitor = visitor(&open.login.progress)?;
    let visible = open.tx.organizations(&open.scope).visible_to(&visitor).await?;
    let is_visible = visible.iter().any(|organization| organization.id == id);
    if is_visible { Ok(()) } else { Err(Error::not_found("organization")) }
}

/// An organization that people made themselves, with the project's usual ways to sign in (contract §3.7).
fn new_organization(
    id: OrganizationId,
    project: &Project,
    display_name: String,
    now: Timestamp,
) -> Organization {
    let log_in_with = project.log_in_with.with(LoginMethod::Saml, false).with(LoginMethod::Oidc, false);
    Organization::new(id, project.id, display_name, log_in_with, now)
}
