//! Organizations and their lists of domains.

use crate::app::App;
use crate::audit::{self, Event};
use crate::ctx::Ctx;
use crate::giving::check_developer;
use crate::plans::check_plan;
use lockwork_model::access::Permission;
use lockwork_model::audit_log_events::ResourceType;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::OrganizationId;
use lockwork_model::limits::{Credits, Subject, check_limits};
use lockwork_model::organizations::{
    DOMAIN_LIST_MAX, DomainList, NewOrganization, Organization, OrganizationUpdate, check_login_methods,
};
use lockwork_model::page::{Count, Page, PageRequest};
use lockwork_model::projects::{LoginMethods, Project};
use lockwork_model::text::{NAME_MAX_CHARS, bounded};
use lockwork_store::organizations::OrganizationFilter;
use lockwork_store::projects::Projects;
use lockwork_store::{Audit, Queries};
use serde_json::json;

fn not_found() -> Error {
    Error::not_found("organization")
}

fn event(name: &'static str, organization: &Organization) -> Event {
    Event::new(name, ResourceType::Organization, organization.id.uuid()).organization(organization.id)
}

/// The event of an organization changed.
pub(crate) fn updated_event(organization: &Organization, previous: &Organization) -> Event {
    event("tesseral.organizations.update", organization)
        .detail("organization", audit::organization(organization))
        .detail("previousOrganization", audit::organization(previous))
}

async fn project_of<C: Queries>(mut projects: Projects<'_, C>) -> Result<Project> {
    projects.find().await?.ok_or_else(|| Error::not_found("project"))
}

/// As callers see it: its API keys are also off while the project's are (contract §1.2).
fn shown(organization: Organization, project: &Project) -> Organization {
    Organization {
        api_keys_enabled: organization.api_keys_enabled && project.api_keys_enabled,
        ..organization
    }
}

/// A filter for organizations as callers see them; `None` when it fits none.
fn as_shown(mut filter: OrganizationFilter, project: &Project) -> Option<OrganizationFilter> {
    let fits_none = !project.api_keys_enabled && filter.api_keys_enabled.take() == Some(true);
    (!fits_none).then_some(filter)
}

/// Whether a change touches what the developer grants to a customer.
const fn changes_terms(update: &OrganizationUpdate) -> bool {
    update.scim_enabled.is_some()
        || update.custom_roles_enabled.is_some()
        || update.api_keys_enabled.is_some()
        || update.logins_disabled.is_some()
        || update.plan.is_some()
        || update.limits.is_some()
        || update.ip_allowlist.is_some()
        || update.max_key_lifetime.is_some()
        || update.credits.is_some()
}

impl App {
    /// One page of the organizations.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn list_organizations(
        &self,
        ctx: &Ctx,
        filter: OrganizationFilter,
        page: &PageRequest,
    ) -> Result<Page<Organization>> {
        let scope = self.authorize(ctx, Permission::OrganizationsRead).await?;
        let mut conn = self.store().read().await?;
        let project = project_of(conn.projects(&scope)).await?;
        let Some(filter) = as_shown(filter, &project) else {
            return Ok(Page { items: Vec::new(), next: None });
        };
        let page = conn.organizations(&scope).list(&filter, page).await?;
        Ok(page.map(|organization| shown(organization, &project)))
    }

    /// How many organizations there are of that kind.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn count_organizations(&self, ctx: &Ctx, filter: OrganizationFilter) -> Result<Count> {
        let scope = self.authorize(ctx, Permission::OrganizationsRead).await?;
        let mut conn = self.store().read().await?;
        let project = project_of(conn.projects(&scope)).await?;
        match as_shown(filter, &project) {
            Some(filter) => Ok(conn.organizations(&scope).count(&filter).await?),
            None => Ok(Count::default()),
        }
    }

    /// An organization and its credits.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_organization(
        &self,
        ctx: &Ctx,
        id: OrganizationId,
    ) -> Result<(Organization, Option<Credits>)> {
        let scope = self.authorize(ctx, Permission::OrganizationsRead).await?;
        let mut conn = self.store().read().await?;
        let project = project_of(conn.projects(&scope)).await?;
        let organization = conn.organizations(&scope).find(id).await?.ok_or_else(not_found)?;
        let credits = conn.credits(&scope).find(Subject::Organization(id), ctx.now()).await?;
        Ok((shown(organization, &project), credits))
    }

    /// Makes an organization. Its API keys are off until an update switches them on (contract §1.2).
    ///
    /// # Errors
    /// `PermissionDenied`, also for a sign-in method that the project has off; `NotFound` for the plan;
    /// `InvalidArgument`.
    pub async fn create_organization(
        &self,
        ctx: &Ctx,
        new: NewOrganization,
    ) -> Result<(Organization, Option<Credits>)> {
        let scope = self.authorize(ctx, Permission::OrganizationsWrite).await?;
        check_developer(ctx, "who is a customer")?;
        let mut tx = self.store().begin().await?;
        let project = project_of(tx.projects(&scope)).await?;
        check_login_methods(&new.log_in_with, project.log_in_with)?;
        check_limits("limits", &new.limits)?;
        check_plan(tx.plans(&scope), new.plan).await?;
        let id = OrganizationId::generate(&mut **self.entropy());
        let display_name = bounded("displayName", new.display_name, NAME_MAX_CHARS)?;
        let log_in_with = LoginMethods::default().after(&new.log_in_with);
        let organization = Organization {
            scim_enabled: new.scim_enabled,
            plan: new.plan,
            limits: new.limits,
            ip_allowlist: new.ip_allowlist,
            max_key_lifetime: new.max_key_lifetime,
            ..Organization::new(id, scope.project(), display_name, log_in_with, ctx.now())
        };
        tx.organizations(&scope).insert(&organization).await?;
        let mut event = event("tesseral.organizations.create", &organization)
            .detail("organization", audit::organization(&organization));
        if let Some(credits) = new.credits {
            let subject = Subject::Organization(organization.id);
            tx.credits(&scope).set(subject, Some(credits), ctx.now()).await?;
            event = event.detail("credits", audit::credits(&credits));
        }
        let event = event.by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok((organization, new.credits))
    }

    /// Changes an organization. Members change its name, how its people sign in, and whether they may have keys of their
    /// own; everything else is the developer's.
    ///
    /// # Errors
    /// `PermissionDenied`, also for a sign-in method that the project has off; `NotFound`, `InvalidArgument`.
    pub async fn update_organization(
        &self,
        ctx: &Ctx,
        id: OrganizationId,
        mut update: OrganizationUpdate,
    ) -> Result<(Organization, Option<Credits>)> {
        let scope = self.authorize(ctx, Permission::OrganizationsWrite).await?;
        if changes_terms(&update) {
            check_developer(ctx, "what an organization may use")?;
        }
        if let Some(name) = update.display_name {
            update.display_name = Some(bounded("displayName", name, NAME_MAX_CHARS)?);
        }
        let mut tx = self.store().begin().await?;
        let project = project_of(tx.projects(&scope)).await?;
        let previous = tx.organizations(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        check_login_methods(&update.log_in_with, project.log_in_with)?;
        check_limits("limits", update.limits.as_deref().unwrap_or_default())?;
        check_plan(tx.plans(&scope), update.plan.flatten()).await?;
        let subject = Subject::Organization(id);
        let previous_credits = tx.credits(&scope).find(subject, ctx.now()).await?;
        let credits = update.credits;
        let organization = previous.clone().updated(update, ctx.now())?;
        tx.organizations(&scope).update(&organization).await?;
        let mut event = updated_event(&organization, &previous);
        if let Some(credits) = credits {
            tx.credits(&scope).set(subject, credits, ctx.now()).await?;
            event = event
                .detail("credits", json!(credits.as_ref().map(audit::credits)))
                .detail("previousCredits", json!(previous_credits.as_ref().map(audit::credits)));
        }
        let event = event.by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok((shown(organization, &project), credits.unwrap_or(previous_credits)))
    }

    /// Deletes an organization and all that is its own; its API keys stop working at once.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn delete_organization(&self, ctx: &Ctx, id: OrganizationId) -> Result<()> {
        let scope = self.authorize(ctx, Permission::OrganizationsWrite).await?;
        check_developer(ctx, "who is a customer")?;
        let mut tx = self.store().begin().await?;
        let organization = tx.organizations(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        tx.organizations(&scope).delete(id).await?;
        let event = event("tesseral.organizations.delete", &organization)
            .detail("organization", audit::organization(&organization))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await
    }

    /// One of an organization's lists of domains, sorted.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn get_organization_domains(
        &self,
        ctx: &Ctx,
        id: OrganizationId,
        list: DomainList,
    ) -> Result<Vec<String>> {
        let scope = self.authorize(ctx, Permission::OrganizationsRead).await?;
        let mut conn = self.store().read().await?;
        let organization = conn.organizations(&scope).find(id).await?.ok_or_else(not_found)?;
        Ok(conn.organizations(&scope).domains(&organization, list).await?)
    }

    /// Replaces one of an organization's lists of domains.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InvalidArgument`.
    pub async fn update_organization_domains(
        &self,
        ctx: &Ctx,
        id: OrganizationId,
        list: DomainList,
        entries: Vec<String>,
    ) -> Result<Vec<String>> {
        let scope = self.authorize(ctx, Permission::OrganizationsWrite).await?;
        if list == DomainList::Domains {
            check_developer(ctx, "which e-mail domains are the organization's")?;
        }
        let (name, singular, plural) = match list {
            DomainList::Domains => (
                "tesseral.organizations.update_domains",
                "organizationDomains",
                "previousOrganizationDomains",
            ),
            DomainList::GoogleHostedDomains => (
                "tesseral.organizations.update_google_hosted_domains",
                "organizationGoogleHostedDomains",
                "previousOrganizationGoogleHostedDomains",
            ),
            DomainList::MicrosoftTenantIds => (
                "tesseral.organizations.update_microsoft_tenant_ids",
                "organizationMicrosoftTenantIds",
                "previousOrganizationMicrosoftTenantIds",
            ),
        };
        if entries.len() > DOMAIN_LIST_MAX {
            let problem = format!("must have at most {DOMAIN_LIST_MAX} entries");
            return Err(Error::invalid_field(list.wire_name(), problem));
        }
        let mut entries = entries.iter().map(|entry| list.normalize(entry)).collect::<Result<Vec<_>>>()?;
        entries.sort();
        entries.dedup();
        let mut tx = self.store().begin().await?;
        let organization = tx.organizations(&scope).find_for_update(id).await?.ok_or_else(not_found)?;
        let previous = tx.organizations(&scope).domains(&organization, list).await?;
        tx.organizations(&scope).replace_domains(&organization, list, &entries).await?;
        let event = event(name, &organization)
            .detail(singular, audit::domains(&organization, list, &entries))
            .detail(plural, audit::domains(&organization, list, &previous))
            .by(ctx, &mut **self.entropy());
        self.commit(tx, Audit::of(&scope, event), ctx.now()).await?;
        Ok(entries)
    }
}
