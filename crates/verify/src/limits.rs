//! The writer's side of what binds organizations, and of plans and limit overrides.

use crate::index::Writer;
use crate::organizations::NO_PROJECT;
use crate::rules::{Bound, Limits};
use crate::{Index, IndexFull};
use lockwork_model::ids::{LimitOverrideId, OrganizationId, PlanId, ProjectId};
use lockwork_model::limit_overrides::Identifier;
use lockwork_model::limits::Rate;
use lockwork_model::verification::{LimitOverrideFacts, OrganizationFacts, PlanFacts, Rules};
use std::sync::Arc;

impl Index {
    /// Puts an organization, and with it all its keys, in the state that the facts tell. An organization stays in
    /// its project for life; one that is told with another counts as another one, without keys.
    ///
    /// # Errors
    /// [`IndexFull`].
    pub fn upsert_organization(&self, facts: OrganizationFacts) -> Result<(), IndexFull> {
        self.upsert_organizations(vec![facts])
    }

    /// Puts many organizations in the state that the facts tell, which is quicker than one by one.
    ///
    /// # Errors
    /// [`IndexFull`]; then those before the one that did not fit are in.
    pub fn upsert_organizations(&self, facts: Vec<OrganizationFacts>) -> Result<(), IndexFull> {
        let writer = &mut *self.writer();
        let keyed = self.limiter.keyed();
        let bind = |rules: &Rules| (!rules.is_empty()).then(|| Arc::new(Bound::new(rules.clone(), keyed)));
        let facts: Vec<_> = facts.into_iter().map(|facts| (bind(&facts.rules), facts)).collect();
        // Rules are there before any key is said to be bound by them, and go when none is any more. So who is not bound
        // has none, and a reader that still holds an older root sees that it does.
        let enabled = facts.iter().filter(|(_, facts)| facts.api_keys_enabled);
        let bound: Vec<_> = enabled.filter_map(|(rules, facts)| Some((facts.id, rules.clone()?))).collect();
        if !bound.is_empty() {
            self.publish(writer, |root| {
                bound.into_iter().for_each(|(id, rules)| root.organization_rules.insert(id, rules));
            });
        }
        for (rules, facts) in &facts {
            self.apply_organization(writer, facts, rules.clone())?;
        }
        self.forget_rules(writer, facts.iter().map(|(_, facts)| facts.id));
        Ok(())
    }

    /// Forgets the published rules of those organizations whose keys are not bound by them.
    fn forget_rules(&self, writer: &mut Writer, ids: impl Iterator<Item = OrganizationId>) {
        let root = self.root.load();
        let organizations = &writer.organizations;
        let stale =
            |&id: &OrganizationId| root.organization_rules.get(id).is_some() && !organizations.is_bound(id);
        let stale: Vec<_> = ids.filter(stale).collect();
        if !stale.is_empty() {
            self.publish(writer, |root| {
                stale.into_iter().for_each(|id| root.organization_rules.remove(id));
            });
        }
    }

    fn apply_organization(
        &self,
        writer: &mut Writer,
        facts: &OrganizationFacts,
        rules: Option<Arc<Bound>>,
    ) -> Result<(), IndexFull> {
        let Writer { organizations, policy, limbo, unswept, .. } = writer;
        let project = organizations.project_number(facts.project);
        let (number, former_project) = organizations.find_or_add(facts.id)?;
        if former_project == NO_PROJECT {
            organizations.settle(number, &self.profiles, |old| {
                let grants = policy.grants(old).ok_or(IndexFull)?;
                let new = policy.intern(project, &grants, &self.sets)?;
                policy.hold(new);
                if policy.release(old) {
                    limbo.grants.push(old);
                }
                Ok(new)
            })?;
        } else if former_project != project {
            *unswept |= organizations.remove(facts.id, &self.profiles);
        }
        organizations.upsert(facts, rules, &self.profiles)
    }

    /// Ends an organization: from now on its keys are unknown, [`Self::purge`] sweeps what is left of them.
    pub fn remove_organization(&self, id: OrganizationId) {
        let mut writer = self.writer();
        writer.unswept |= writer.organizations.remove(id, &self.profiles);
        self.forget_rules(&mut writer, std::iter::once(id));
    }

    /// Puts a plan, and with it all keys and organizations that have it, in the state that the facts tell.
    pub fn upsert_plan(&self, facts: PlanFacts) {
        self.upsert_plans(vec![facts]);
    }

    /// Puts many plans in the state that the facts tell, which is quicker than one by one.
    pub fn upsert_plans(&self, facts: Vec<PlanFacts>) {
        let mut writer = self.writer();
        let keyed = self.limiter.keyed();
        self.publish(&mut writer, |root| {
            for PlanFacts { id, limits } in facts {
                root.plans.insert(id, Arc::new(Limits::new(limits, keyed)));
            }
        });
    }

    /// Forgets a plan. Whoever still has it is bound by something unknown.
    pub fn remove_plan(&self, id: PlanId) {
        let mut writer = self.writer();
        self.publish(&mut writer, |root| root.plans.remove(id));
    }

    fn place_of(&self, project: ProjectId, identifier: &Identifier) -> u128 {
        self.limiter.keyed().wide(&(project, identifier))
    }

    /// Adds a limit override or changes it.
    pub fn upsert_limit_override(&self, facts: LimitOverrideFacts) {
        self.upsert_limit_overrides(vec![facts]);
    }

    /// Adds or changes many limit overrides, which is quicker than one by one.
    pub fn upsert_limit_overrides(&self, facts: Vec<LimitOverrideFacts>) {
        let mut writer = self.writer();
        let places: Vec<_> =
            facts.iter().map(|facts| self.place_of(facts.project, &facts.identifier)).collect();
        let mut former = Vec::new();
        for (facts, &place) in facts.iter().zip(&places) {
            let replaced = writer.overrides.insert(facts.id, place);
            former.extend(replaced.filter(|&former| former != place).map(|former| (facts.id, former)));
        }
        self.publish(&mut writer, |root| {
            for (id, place) in former {
                if root.overrides.get(place).is_some_and(|there| there.id == id) {
                    root.overrides.remove(place);
                }
            }
            for (facts, place) in facts.into_iter().zip(places) {
                root.overrides.insert(place, Arc::new(facts));
            }
        });
    }

    /// Forgets a limit override.
    pub fn remove_limit_override(&self, id: LimitOverrideId) {
        let mut writer = self.writer();
        let Some(place) = writer.overrides.remove(&id) else { return };
        // Another one may have come for the same identifier meanwhile.
        if self.root.load().overrides.get(place).is_some_and(|there| there.id == id) {
            self.publish(&mut writer, |root| root.overrides.remove(place));
        }
    }

    /// What an identifier may use instead of what a check brings, if it has an override.
    #[must_use]
    pub fn limit_override(&self, project: ProjectId, identifier: &Identifier) -> Option<(u64, Rate)> {
        let root = self.root.load();
        let facts = root.overrides.get(self.place_of(project, identifier))?;
        (facts.project == project && facts.identifier == *identifier).then_some((facts.limit, facts.rate))
    }
}
