//! What new keys refer to.

use crate::plans::check_plan;
use lockwork_model::access::Scope;
use lockwork_model::api_keys::Lifetime;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{OrganizationId, PlanId, RoleId};
use lockwork_model::organizations::Organization;
use lockwork_model::permissions::ActionName;
use lockwork_model::projects::Project;
use lockwork_model::roles::Role;
use lockwork_model::secrets::KeyPrefix;
use lockwork_model::time::Timestamp;
use lockwork_store::Tx;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// What the keys of one transaction refer to, read once.
#[derive(Default)]
pub(crate) struct Known {
    project: Option<Project>,
    organizations: HashMap<OrganizationId, Option<Organization>>,
    roles: HashMap<RoleId, Option<Role>>,
    plans: HashSet<PlanId>,
}

impl Known {
    /// The prefix of new keys, if project and organization have keys switched on (contract §3.6).
    pub(crate) async fn check_enabled(
        &mut self,
        tx: &mut Tx,
        scope: &Scope,
        id: OrganizationId,
    ) -> Result<KeyPrefix> {
        let denied = Error::permission_denied;
        if self.project.is_none() {
            self.project = tx.projects(scope).find().await?;
        }
        let project = self.project.as_ref().ok_or_else(|| Error::not_found("project"))?;
        if !project.api_keys_enabled {
            return Err(denied("api keys are not enabled for this project"));
        }
        if let Entry::Vacant(unknown) = self.organizations.entry(id) {
            unknown.insert(tx.organizations(scope).find(id).await?);
        }
        let organization = self.organizations.get(&id).and_then(Option::as_ref);
        if !organization.ok_or_else(|| Error::not_found("organization"))?.api_keys_enabled {
            return Err(denied("api keys are not enabled for this organization"));
        }
        let prefix = project.api_key_prefix.clone();
        prefix.ok_or_else(|| denied("api key secret token prefix is not set for this project"))
    }

    pub(super) async fn check_plan(
        &mut self,
        tx: &mut Tx,
        scope: &Scope,
        plan: Option<PlanId>,
    ) -> Result<()> {
        if let Some(id) = plan.filter(|id| !self.plans.contains(id)) {
            check_plan(tx.plans(scope), plan).await?;
            self.plans.insert(id);
        }
        Ok(())
    }

    /// Refuses a key that would live longer than its project or organization demands. Only after
    /// [`Self::check_enabled`], which reads them.
    pub(crate) fn check_lifetime(
        &self,
        organization: OrganizationId,
        made_at: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Result<()> {
        let organization = self.organizations.get(&organization).and_then(Option::as_ref);
        let demands = [
            self.project.as_ref().and_then(|project| project.max_key_lifetime),
            organization.and_then(|organization| organization.max_key_lifetime),
        ];
        Lifetime::check("apiKey.expireTime", demands, made_at, expires_at)
    }

    pub(super) async fn check_role(
        &mut self,
        tx: &mut Tx,
        scope: &Scope,
        id: RoleId,
        owner: OrganizationId,
    ) -> Result<()> {
        if let Entry::Vacant(unknown) = self.roles.entry(id) {
            unknown.insert(tx.roles(scope).find(id).await?);
        }
        let role = self.roles.get(&id).and_then(Option::as_ref).ok_or_else(|| Error::not_found("role"))?;
        check_role_owner(role, owner, "api key")
    }

    /// What a role grants. Only after [`Self::check_role`], which reads it.
    pub(super) fn actions_of(&self, role: RoleId) -> &[ActionName] {
        self.roles.get(&role).and_then(Option::as_ref).map_or(&[], |role| &role.actions)
    }
}

/// Refuses to give a `noun` of one organization a role of another.
///
/// # Errors
/// `FailedPrecondition`.
pub(crate) fn check_role_owner(role: &Role, owner: OrganizationId, noun: &str) -> Result<()> {
    if role.organization.is_some_and(|organization| organization != owner) {
        let problem = format!("the role belongs to another organization than the {noun}");
        return Err(Error::failed_precondition(problem));
    }
    Ok(())
}
