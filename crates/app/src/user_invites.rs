//! Invitations into organizations.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use lockwork_identity::mail;
use lockwork_model::access::Permission;
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::email::EmailAddress;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{OrganizationId, UserInviteId};
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::user_invites::UserInvite;
use lockwork_store::Audit;

/// An invitation to make.
#[derive(Debug, Clone)]
pub struct NewUserInvite {
    /// The organization.
    pub organization: OrganizationId,
    /// Whom it invites.
    pub email: EmailAddress,
    /// Whether they become an owner.
    pub owner: bool,
    /// Whether they are told by mail.
    pub send_email: bool,
}

fn not_found() -> Error {
    Error::not_found("user invite")
}

fn event(name: &'static str, invite: &UserInvite) -> Event {
    Event::new(name, ResourceType::UserInvite, invite.id.uuid())
        .organization(invite.organization)
        .detail("userInvite", audit::user_invite(invite))
}

impl App {
    /// One page of the invitations, all or those of one organization.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_user_invites(
        &self,
        ctx: &Ctx,
        organization: Option<OrganizationId>,
        page: &PageRequest,
    ) -> Result<Page<UserInvite>> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        Ok(self.store().read().await?.user_invites(&scope).list(organization, page).await?)
    }

    /// An invitation.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_user_invite(&self, ctx: &Ctx, id: UserInviteId) -> Result<UserInvite> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        self.store().read().await?.user_invites(&scope).find(id).await?.ok_or_else(not_found)
    }

    /// Invites somebody, or changes the invitation that they have; with `send_email` they are told, each time anew. The
    /// invitation stands even where the mail is refused.
    ///
    /// # Errors
    /// `PermissionDenied`, for members also while people do not join by themselves; `NotFound` for the organization;
    /// `FailedPrecondition` when they are a user already, or mail is not set up; `ResourceExhausted` when the project
    /// has sent its mails of the day.
    pub async fn create_user_invite(&self, ctx: &Ctx, new: NewUserInvite) -> Result<UserInvite> {
        let scope = self.authorize(ctx, Permission::UsersWrite).await?;
        let mut tx = self.store().begin().await?;
        let project = tx.projects(&scope).find().await?.ok_or_else(|| Error::not_found("project"))?;
        let member = ctx.caller().as_member();
        if member.is_some() && !project.self_serve.create_users {
            return Err(Error::permission_denied(
                "people do not join organizations of this project by themselves",
            ));
        }
        let organization = tx.organizations(&scope).find(new.organization).await?;
        let organization = organization.ok_or_else(|| Error::not_found("organization"))?;
        if tx.users(&scope).find_by_email(new.organization, &new.email).await?.is_some() {
            return Err(Error::failed_precondition("the organization has a user with this email already"));
        }
        let inviter = match member {
            Some(member) => tx.users(&scope).find(member.who.user).await?,
            None => None,
        };
        let invite = UserInvite {
            id: UserInviteId::generate(&mut **self.entropy()),
            organization: new.organization,
            email: new.email,
            owner: new.owner,
            created_at: ctx.now(),
            updated_at: ctx.now(),
        };
        let invite = tx.user_invites(&scope).upsert(&invite).await?;
        let event = event("tesseral.user_invites.create", &invite).by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        if new.send_email {
            let inviter = inviter.map(|user| user.display_name.unwrap_or(user.email.to_string()));
            let link = format!("{}/login", self.pages_origin(&project));
            let message = mail::invite(
                invite.email.as_str(),
                &project.display_name,
                &organization.display_name,
                inviter.as_deref(),
                &link,
            );
            self.send_mail(&project, message).await?;
        }
        Ok(invite)
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn delete_user_invite(&self, ctx: &Ctx, id: UserInviteId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::UsersWrite).await?;
        let mut tx = self.store().begin().await?;
        let invite = tx.user_invites(&scope).find(id).await?.ok_or_else(not_found)?;
        tx.user_invites(&scope).delete(id).await?;
        let event = event("tesseral.user_invites.delete", &invite).by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }
}
