//! Nobody gives more than they hold: whoever has an API key with an action has the action, so a member may neither give
//! a key an action that they lack nor get at the secret of a key that has one.

use crate::ctx::Ctx;
use lockwork_model::access::Scope;
use lockwork_model::api_keys::{ApiKey, ApiKeyUpdate, Creator, NewApiKey};
use lockwork_model::error::{Error, Result};
use lockwork_model::permissions::ActionName;
use lockwork_store::Tx;

/// What a caller holds, and so may give.
pub(crate) enum Holding {
    /// Every action: the developer and owners.
    All,
    /// These, sorted by name: other members.
    Only(Vec<ActionName>),
}

impl Holding {
    /// What the caller holds as of this transaction.
    ///
    /// # Errors
    /// `Unauthenticated` when the caller was just removed.
    pub(crate) async fn of(ctx: &Ctx, tx: &mut Tx, scope: &Scope) -> Result<Self> {
        let Some(member) = ctx.caller().as_member() else { return Ok(Self::All) };
        let user = tx.users(scope).find(member.who.user).await?;
        let user = user.ok_or_else(|| Error::unauthenticated("the user was removed"))?;
        if user.owner {
            return Ok(Self::All);
        }
        let held = tx.users(scope).held_actions(user.id).await?;
        Ok(Self::Only(held.into_iter().map(|(_, name)| name).collect()))
    }

    /// Refuses to give an action that is not held.
    ///
    /// # Errors
    /// `PermissionDenied` that names it.
    pub(crate) fn check_give<'a>(&self, actions: impl IntoIterator<Item = &'a ActionName>) -> Result<()> {
        match self.lacking(actions) {
            None => Ok(()),
            Some(action) => Err(Error::permission_denied(format!(
                "you do not hold the action {action}, so you cannot give it to an api key"
            ))),
        }
    }

    fn lacking<'a>(&self, actions: impl IntoIterator<Item = &'a ActionName>) -> Option<&'a ActionName> {
        match self {
            Self::All => None,
            Self::Only(held) => actions.into_iter().find(|action| held.binary_search(action).is_err()),
        }
    }
}

/// Refuses a key that may do more than the caller to one who would get at its secret or make it last or reach further.
///
/// # Errors
/// `PermissionDenied` that names the action.
pub(crate) async fn check_holds(ctx: &Ctx, tx: &mut Tx, scope: &Scope, key: &ApiKey) -> Result<()> {
    let holding = Holding::of(ctx, tx, scope).await?;
    if matches!(holding, Holding::All) {
        return Ok(());
    }
    let grants = tx.api_keys(scope).grants(key, ctx.now()).await?;
    let mut actions = grants.actions;
    for role in grants.roles {
        actions.extend(tx.roles(scope).find(role).await?.into_iter().flat_map(|role| role.actions));
    }
    match holding.lacking(&actions) {
        None => Ok(()),
        Some(action) => Err(Error::permission_denied(format!(
            "the api key may do {action}, which you may not; ask someone who holds that action"
        ))),
    }
}

/// Refuses to members what is the developer's to decide; `what` goes before "is".
///
/// # Errors
/// `PermissionDenied`.
pub(crate) fn check_developer(ctx: &Ctx, what: &str) -> Result<()> {
    match ctx.caller().as_member() {
        None => Ok(()),
        Some(_) => Err(Error::permission_denied(format!("{what} is for the developer to decide"))),
    }
}

/// Refuses to members the parts of a new key that are the developer's.
///
/// # Errors
/// `PermissionDenied`.
pub(crate) fn check_new(ctx: &Ctx, new: &NewApiKey) -> Result<()> {
    let terms =
        [new.plan.is_some(), new.credits.is_some(), new.metadata.is_some(), new.external_id.is_some()];
    check_terms(ctx, terms)
}

/// What the developer's backend goes by when the key is used is not for its holder to say.
fn check_terms(ctx: &Ctx, [plan, credits, metadata, external_id]: [bool; 4]) -> Result<()> {
    let terms = [
        (plan, "the plan of an api key"),
        (credits, "how many credits an api key has"),
        (metadata, "the metadata of an api key"),
        (external_id, "the externalId of an api key"),
    ];
    terms.iter().filter(|(is_set, _)| *is_set).try_for_each(|(_, what)| check_developer(ctx, what))
}

/// Refuses to members the parts of a change that are the developer's, and what would widen a key beyond the caller.
///
/// # Errors
/// `PermissionDenied`.
pub(crate) async fn check_update(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &Scope,
    key: &ApiKey,
    update: &ApiKeyUpdate,
) -> Result<()> {
    if ctx.caller().as_member().is_none() {
        return Ok(());
    }
    let terms = [
        update.plan.is_some(),
        update.credits.is_some(),
        update.metadata.is_some(),
        update.external_id.is_some(),
    ];
    check_terms(ctx, terms)?;
    let narrows = update.limits.is_some() || update.ip_allowlist.is_some();
    if narrows && !is_made_by_member(tx, scope, key).await? {
        check_developer(ctx, "what limits an api key has that no member made")?;
    }
    if narrows || update.expires_at.is_some() {
        check_holds(ctx, tx, scope, key).await?;
    }
    Ok(())
}

/// Whether a person of the scope's organization made the key, rather than the developer.
async fn is_made_by_member(tx: &mut Tx, scope: &Scope, key: &ApiKey) -> Result<bool> {
    match key.creator {
        Creator::User(user) => Ok(tx.users(scope).find(user).await?.is_some()),
        Creator::BackendApiKey(_) | Creator::Operator => Ok(false),
    }
}
