//! Users.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use crate::giving::check_developer;
use crate::redirects::check_picture;
use lockwork_model::access::{Permission, Scope};
use lockwork_model::api_keys::RevokeMany;
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::UserId;
use lockwork_model::page::{Page, PageRequest};
use lockwork_model::text::{NAME_MAX_CHARS, bounded};
use lockwork_model::users::{ExternalIds, NewUser, User, UserUpdate};
use lockwork_store::users::UserFilter;
use lockwork_store::{Audit, OnConflict, Tx};

/// Longest id at a sign-in provider, in characters.
const EXTERNAL_ID_MAX_CHARS: usize = 256;
/// What the audit log says of why a removed person's keys end.
const MAKER_REMOVED: &str = "the user who made it was removed";

fn not_found() -> Error {
    Error::not_found("user")
}

pub(crate) fn event(name: &'static str, user: &User) -> Event {
    Event::new(name, ResourceType::User, user.id.uuid()).organization(user.organization)
}

fn taken() -> Error {
    Error::already_exists(
        "the organization has a user with this email, or with this id at a sign-in provider",
    )
}

impl App {
    /// One page of the users.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_users(&self, ctx: &Ctx, filter: UserFilter, page: &PageRequest) -> Result<Page<User>> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        Ok(self.store().read().await?.users(&scope).list(&filter, page).await?)
    }

    /// A user.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_user(&self, ctx: &Ctx, id: UserId) -> Result<User> {
        let scope = self.authorize(ctx, Permission::UsersRead).await?;
        self.store().read().await?.users(&scope).find(id).await?.ok_or_else(not_found)
    }

    /// Adds a user, who signs in by proving to have the address. Members invite instead.
    ///
    /// # Errors
    /// `PermissionDenied`; `NotFound` for the organization; `InvalidArgument`; `AlreadyExists` for an address, or an id
    /// at a sign-in provider, that another user of the organization has.
    pub async fn create_user(&self, ctx: &Ctx, new: NewUser) -> Result<User> {
        let scope = self.authorize(ctx, Permission::UsersWrite).await?;
        check_developer(ctx, "who is added without an invitation")?;
        let profile = UserUpdate {
            display_name: Some(new.display_name),
            profile_picture_url: Some(new.profile_picture_url),
            ..UserUpdate::default()
        };
        let profile = check_profile(profile)?;
        check_external(&new.external)?;
        let mut tx = self.store().begin().await?;
        let organization = tx.organizations(&scope).find(new.organization).await?;
        organization.ok_or_else(|| Error::not_found("organization"))?;
        let user = User {
            id: UserId::generate(&mut **self.entropy()),
            organization: new.organization,
            email: new.email,
            display_name: profile.display_name.flatten(),
            profile_picture_url: profile.profile_picture_url.flatten(),
            owner: new.owner,
            external: new.external,
            has_password: false,
            has_authenticator_app: false,
            created_at: ctx.now(),
            updated_at: ctx.now(),
        };
        tx.users(&scope).insert(&user).await.on_conflict(taken)?;
        let event = event("tesseral.users.create", &user)
            .detail("user", audit::user(&user))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(user)
    }

    /// Changes a user. Members only make owners of others, or not: how somebody signs in is theirs and the developer's.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InvalidArgument`; `AlreadyExists` as in [`Self::create_user`];
    /// `FailedPrecondition` when a member would leave the organization without an owner.
    pub async fn update_user(&self, ctx: &Ctx, id: UserId, update: UserUpdate) -> Result<User> {
        let scope = self.authorize(ctx, Permission::UsersWrite).await?;
        let changes_profile = update.display_name.is_some() || update.profile_picture_url.is_some();
        if changes_profile || update.email.is_some() || !update.external.is_empty() {
            check_developer(ctx, "what is known of another user")?;
        }
        let update = check_profile(update)?;
        let mut tx = self.store().begin().await?;
        let mut previous = tx.users(&scope).find(id).await?.ok_or_else(not_found)?;
        if previous.owner && update.owner == Some(false) {
            check_not_last_owner(ctx, &mut tx, &scope, &previous).await?;
        }
        previous = tx.users(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let user = previous.clone().updated(update, ctx.now());
        check_external(&user.external)?;
        tx.users(&scope).update(&user).await.on_conflict(taken)?;
        let event = event("tesseral.users.update", &user)
            .detail("user", audit::user(&user))
            .detail("previousUser", audit::user(&previous))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(user)
    }

    /// Removes a user with their sessions; these cannot be refreshed from then on. Where the organization lets people
    /// have API keys of their own, the keys that they made are revoked.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`; `FailedPrecondition` when a member would remove themself or the last owner.
    pub async fn delete_user(&self, ctx: &Ctx, id: UserId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::UsersWrite).await?;
        if ctx.caller().as_member().is_some_and(|member| member.who.user == id) {
            return Err(Error::failed_precondition("user cannot delete itself"));
        }
        let mut tx = self.store().begin().await?;
        let found = tx.users(&scope).find(id).await?.ok_or_else(not_found)?;
        if found.owner {
            check_not_last_owner(ctx, &mut tx, &scope, &found).await?;
        }
        let user = tx.users(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let organization = tx.organizations(&scope).find(user.organization).await?;
        let mut events = vec![
            event("tesseral.users.delete", &user)
                .detail("user", audit::user(&user))
                .by(ctx, &mut **self.entropy()),
        ];
        if organization.is_some_and(|organization| organization.personal_api_keys_enabled) {
            let theirs = RevokeMany {
                organization: Some(user.organization),
                creator_user: Some(id),
                ..RevokeMany::default()
            };
            let revoked = tx.api_keys(&scope).revoke_many(&theirs, Some(MAKER_REMOVED), ctx.now()).await?;
            events.extend(self.revoked_events(ctx, &revoked, Some(MAKER_REMOVED)));
        }
        tx.users(&scope).delete(id).await?;
        let audit = Audit::of_all(&scope, events);
        let audit = audit.ok_or_else(|| Error::internal("a user was deleted without an audit entry"))?;
        self.commit(tx, audit, ctx.now()).await
    }
}

/// Refuses to a member what would leave the organization without an owner; keeps other owners from going meanwhile.
async fn check_not_last_owner(ctx: &Ctx, tx: &mut Tx, scope: &Scope, user: &User) -> Result<()> {
    if ctx.caller().as_member().is_none() {
        return Ok(());
    }
    tx.organizations(scope).find_for_update(user.organization).await?;
    if tx.users(scope).owners(user.organization).await? <= 1 {
        return Err(Error::failed_precondition(
            "the organization must keep an owner; make another one first",
        ));
    }
    Ok(())
}

/// The change with its name and picture checked.
///
/// # Errors
/// `InvalidArgument` that names the field.
pub(crate) fn check_profile(mut update: UserUpdate) -> Result<UserUpdate> {
    if let Some(Some(name)) = update.display_name.take_if(|name| name.is_some()) {
        update.display_name = Some(Some(bounded("displayName", name, NAME_MAX_CHARS)?));
    }
    if let Some(Some(address)) = &update.profile_picture_url {
        check_picture("profilePictureUrl", address)?;
    }
    Ok(update)
}

/// Refuses ids that no sign-in provider gives out.
fn check_external(external: &ExternalIds) -> Result<()> {
    let ids = [
        ("googleUserId", &external.google),
        ("microsoftUserId", &external.microsoft),
        ("githubUserId", &external.github),
    ];
    for (field, id) in ids {
        bounded(field, id.clone().unwrap_or_default(), EXTERNAL_ID_MAX_CHARS)?;
    }
    Ok(())
}
