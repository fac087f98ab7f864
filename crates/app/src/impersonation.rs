//! Signing in as a user, from the console.

use crate::app::App;
use crate::audit::user_impersonation_token;
use crate::ctx::Ctx;
use crate::users::event;
use lockwork_model::access::{Actor, Permission};
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{UserId, UserImpersonationTokenId};
use lockwork_model::secrets::SecretText;
use lockwork_model::sessions::IMPERSONATION_TOKEN_LIFETIME;
use lockwork_model::short_secrets::ImpersonationToken as Secret;
use lockwork_model::time::Timestamp;
use lockwork_store::Audit;
use lockwork_store::system::ImpersonationToken;

/// A token by which a person of the console signs in, once, as a user.
#[derive(Debug, Clone)]
pub struct IssuedImpersonationToken {
    /// Its id.
    pub id: UserImpersonationTokenId,
    /// Who may act.
    pub impersonator: UserId,
    /// As whom.
    pub user: UserId,
    /// The token, shown this once.
    pub secret: SecretText,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

impl App {
    /// Lets the caller, an owner of the project in the console, sign in as a user once, within 30 seconds.
    ///
    /// # Errors
    /// `PermissionDenied`, also for someone who acts as somebody else already; `NotFound`.
    pub async fn create_user_impersonation_token(
        &self,
        ctx: &Ctx,
        user: UserId,
    ) -> Result<IssuedImpersonationToken> {
        let scope = self.authorize(ctx, Permission::Impersonate).await?;
        let impersonator = match ctx.caller().actor() {
            Actor::ConsoleUser(who) if who.impersonator.is_none() => who.user,
            _ => {
                return Err(Error::permission_denied(
                    "who acts as somebody else may not go on to act as a third",
                ));
            }
        };
        let mut tx = self.store().begin().await?;
        let user = tx.users(&scope).find(user).await?.ok_or_else(|| Error::not_found("user"))?;
        let (id, secret) = {
            let mut entropy = self.entropy();
            (UserImpersonationTokenId::generate(&mut **entropy), Secret::generate(&mut **entropy))
        };
        let token = ImpersonationToken {
            id,
            secret_hash: secret.hash(),
            project: scope.project(),
            impersonator,
            user: user.id,
            created_at: ctx.now(),
            expires_at: ctx.now().after(IMPERSONATION_TOKEN_LIFETIME),
        };
        tx.system().insert_impersonation_token(&token).await?;
        let event = event("tesseral.users.impersonate", &user)
            .detail("userImpersonationToken", user_impersonation_token(&token))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(IssuedImpersonationToken {
            id,
            impersonator,
            user: user.id,
            secret: secret.to_secret(),
            created_at: token.created_at,
            expires_at: token.expires_at,
        })
    }
}
