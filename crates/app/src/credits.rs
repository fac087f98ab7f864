//! Credits of keys and organizations.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use crate::giving::check_developer;
use lockwork_model::access::{Permission, Scope};
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{ApiKeyId, OrganizationId};
use lockwork_model::limits::{AMOUNT_MAX, Credits, Subject};
use lockwork_store::credits::Added;
use lockwork_store::{Audit, Tx};
use serde_json::json;

/// Refuses to add nothing, or more than there can be.
fn check(amount: i64) -> Result<()> {
    if amount == 0 || amount.unsigned_abs() > AMOUNT_MAX {
        return Err(Error::invalid_field("amount", "must be from -2^53 to 2^53 and not 0"));
    }
    Ok(())
}

impl App {
    /// Adds credits to a key, or takes some away for a negative amount, down to none.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InvalidArgument`; `FailedPrecondition` when the key has no credits, or is
    /// revoked, or would have more than 2^53.
    pub async fn add_api_key_credits(&self, ctx: &Ctx, id: ApiKeyId, amount: i64) -> Result<Credits> {
        let scope = self.authorize(ctx, Permission::ApiKeysWrite).await?;
        check_developer(ctx, "how many credits an api key has")?;
        check(amount)?;
        let mut tx = self.store().begin().await?;
        let key = tx.api_keys(&scope).find_for_update(id).await?;
        let key = key.ok_or_else(|| Error::not_found("api key"))?;
        if key.is_revoked() {
            return Err(Error::failed_precondition("the api key is revoked; make a new one"));
        }
        let event = Event::new("tesseral.api_keys.add_credits", ResourceType::ApiKey, id.uuid())
            .organization(key.organization);
        self.add(ctx, tx, scope, Subject::ApiKey(id), amount, event).await
    }

    /// Adds credits to an organization, or takes some away for a negative amount, down to none.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InvalidArgument`; `FailedPrecondition` when the organization has no credits, or
    /// would have more than 2^53.
    pub async fn add_organization_credits(
        &self,
        ctx: &Ctx,
        id: OrganizationId,
        amount: i64,
    ) -> Result<Credits> {
        let scope = self.authorize(ctx, Permission::OrganizationsWrite).await?;
        check_developer(ctx, "how many credits an organization has")?;
        check(amount)?;
        let mut tx = self.store().begin().await?;
        let found = tx.organizations(&scope).find_for_update(id).await?;
        found.ok_or_else(|| Error::not_found("organization"))?;
        let event = Event::new("tesseral.organizations.add_credits", ResourceType::Organization, id.uuid())
            .organization(id);
        self.add(ctx, tx, scope, Subject::Organization(id), amount, event).await
    }

    async fn add(
        &self,
        ctx: &Ctx,
        mut tx: Tx,
        scope: Scope,
        subject: Subject,
        amount: i64,
        event: Event,
    ) -> Result<Credits> {
        let credits = match tx.credits(&scope).add(subject, amount, ctx.now()).await? {
            Added::Balance(credits) => credits,
            Added::TooMany => return Err(Error::failed_precondition("it would have more than 2^53 credits")),
            Added::NoCredits => {
                return Err(Error::failed_precondition(
                    "it has no credits; give it some with an update first",
                ));
            }
        };
        let event = event
            .detail("amount", json!(amount))
            .detail("credits", audit::credits(&credits))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(credits)
    }
}
