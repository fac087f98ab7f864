//! The RBAC policy: the project's actions.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use lockwork_model::access::Permission;
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::ActionId;
use lockwork_model::rbac_policy::{ACTIONS_MAX, Action, NewAction};
use lockwork_model::text::{DESCRIPTION_MAX_CHARS, bounded};
use lockwork_store::{Audit, Queries};
use std::collections::HashMap;

impl App {
    /// The project's actions, sorted by name.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn get_rbac_policy(&self, ctx: &Ctx) -> Result<Vec<Action>> {
        let scope = self.authorize(ctx, Permission::ProjectRead).await?;
        Ok(self.store().read().await?.rbac_policy(&scope).list().await?)
    }

    /// Replaces the project's actions. An action that is kept keeps its place in roles and keys; one that is gone
    /// is taken from them.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidArgument`.
    pub async fn update_rbac_policy(&self, ctx: &Ctx, new: Vec<NewAction>) -> Result<Vec<Action>> {
        let scope = self.authorize(ctx, Permission::RbacPolicyWrite).await?;
        let new = checked(new)?;
        let mut tx = self.store().begin().await?;
        // Keeps others from changing the policy in between.
        tx.projects(&scope).find_for_update().await?;
        let previous = tx.rbac_policy(&scope).list().await?;
        let ids: HashMap<&str, ActionId> =
            previous.iter().map(|action| (action.name.as_str(), action.id)).collect();
        let mut actions = Vec::with_capacity(new.len());
        for NewAction { name, description } in new {
            let id = ids.get(name.as_str()).copied();
            let id = id.unwrap_or_else(|| ActionId::generate(&mut **self.entropy()));
            actions.push(Action { id, name, description });
        }
        for gone in previous.iter().filter(|action| !actions.iter().any(|kept| kept.id == action.id)) {
            tx.rbac_policy(&scope).delete(gone.id).await?;
        }
        for action in actions.iter().filter(|action| !previous.contains(action)) {
            tx.rbac_policy(&scope).upsert(action).await?;
        }
        let event =
            Event::new("tesseral.rbac_policy.update", ResourceType::RbacPolicy, scope.project().uuid())
                .detail("rbacPolicy", audit::rbac_policy(&actions))
                .detail("previousRbacPolicy", audit::rbac_policy(&previous))
                .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(actions)
    }
}

fn checked(mut actions: Vec<NewAction>) -> Result<Vec<NewAction>> {
    if actions.len() > ACTIONS_MAX {
        return Err(Error::invalid_field(
            "rbacPolicy.actions",
            format!("must have at most {ACTIONS_MAX} entries"),
        ));
    }
    actions.sort_by(|a, b| a.name.cmp(&b.name));
    for pair in actions.windows(2) {
        if let [a, b] = pair
            && a.name == b.name
        {
            return Err(Error::invalid_field("rbacPolicy.actions", format!("\"{}\" is named twice", a.name)));
        }
    }
    let bound = |action: NewAction| {
        let description =
            bounded("rbacPolicy.actions.description", action.description, DESCRIPTION_MAX_CHARS)?;
        Ok(NewAction { description, ..action })
    };
    actions.into_iter().map(bound).collect()
}

/// The actions of these names, each once, sorted by name.
///
/// # Errors
/// `InvalidArgument` for a name that the policy does not have.
pub(crate) async fn actions_by_name<C: Queries>(
    policy: &mut lockwork_store::rbac_policy::RbacPolicy<'_, C>,
    names: &[impl AsRef<str>],
) -> Result<Vec<Action>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let known = policy.list().await?;
    let find = |name: &str| {
        let found =
            known.binary_search_by(|action| action.name.as_str().cmp(name)).ok().and_then(|at| known.get(at));
        found.cloned().ok_or_else(|| {
            let shown: String = name.chars().take(100).collect();
            Error::invalid(format!("invalid action {shown:?}"))
        })
    };
    let mut actions = names.iter().map(|name| find(name.as_ref())).collect::<Result<Vec<_>>>()?;
    actions.sort_by(|a, b| a.name.cmp(&b.name));
    actions.dedup_by(|a, b| a.id == b.id);
    Ok(actions)
}
