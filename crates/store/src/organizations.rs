//! Organizations and their lists of domains.

use crate::api_keys::lists::pattern;
use crate::columns::{Column, lifetime, lifetime_seconds, limits_text, networks_text};
use crate::db::{Params, Queries, Result, for_update};
use crate::listing::{Listing, PageParams, count, counting, listing};
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::{all_made, time};
use crate::tx::Tx;
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::{OrganizationId, PlanId, ProjectId};
use lockwork_model::organizations::{DomainList, Organization};
use lockwork_model::page::{Count, Cursor, Page, PageRequest};
use lockwork_model::projects::LoginMethods;
use uuid::Uuid;

pub(crate) mod visible;

pub use visible::Visitor;

repository!(
    /// The organizations of one project, or one of them.
    Organizations
);

macro_rules! columns {
    () => {
        "id, project_id, display_name, log_in_with, require_mfa, scim_enabled, custom_roles_enabled,
                 api_keys_enabled, personal_api_keys_enabled, logins_disabled, plan_id, limits, ip_allowlist,
                 max_key_lifetime_seconds, created_at, updated_at"
    };
}
pub(crate) use columns;

macro_rules! select {
    ($rest:expr) => {
        concat!("SELECT ", columns!(), " FROM organizations ", $rest)
    };
}

/// The organizations that a filter lets through.
macro_rules! matching {
    () => {
        "WHERE project_id = $5 AND (display_name = $6 OR $6 IS NULL) AND (api_keys_enabled = $7 OR $7 IS NULL)
         AND (id = $8 OR $8 IS NULL) AND (LOWER(display_name) LIKE $9 ESCAPE '\\' OR $9 IS NULL)"
    };
}

crate::repositories::sql! {
    INSERT = "INSERT INTO organizations (id, project_id, display_name, log_in_with, require_mfa, scim_enabled,
                  custom_roles_enabled, api_keys_enabled, plan_id, limits, ip_allowlist, max_key_lifetime_seconds,
                  created_at, updated_at, personal_api_keys_enabled, logins_disabled)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    FIND = select!("WHERE project_id = $1 AND id = $2");
    FIND_FOR_UPDATE = for_update!(select!("WHERE project_id = $1 AND id = $2"));
    UPDATE = "UPDATE organizations SET display_name = $3, log_in_with = $4, require_mfa = $5, scim_enabled = $6,
                  custom_roles_enabled = $7, api_keys_enabled = $8, plan_id = $9, limits = $10, ip_allowlist = $11,
                  max_key_lifetime_seconds = $12, updated_at = $13, personal_api_keys_enabled = $14, logins_disabled = $15
              WHERE project_id = $1 AND id = $2";
    DELETE = "DELETE FROM organizations WHERE project_id = $1 AND id = $2";
    DOMAINS = "SELECT entry FROM organization_domains WHERE organization_id = $1 AND list = $2 ORDER BY entry";
    DELETE_DOMAINS = "DELETE FROM organization_domains
                      WHERE organization_id IN (SELECT id FROM organizations WHERE project_id = $1 AND id = $2)
                        AND list = $3";
    INSERT_DOMAIN = "INSERT INTO organization_domains (organization_id, list, entry)
                     SELECT id, $3, $4 FROM organizations WHERE project_id = $1 AND id = $2";
    DROP_LOGIN_METHODS = "UPDATE organizations SET log_in_with = log_in_with & $2
                          WHERE project_id = $1 AND log_in_with & $2 <> log_in_with AND (id = $3 OR $3 IS NULL)";
    COUNT_OF_PROJECT = counting!(concat!("FROM organizations ", matching!()));
    LOCKED_OUT = "SELECT id FROM organizations WHERE project_id = $1 AND require_mfa AND log_in_with & $2 = 0 LIMIT 1";
}

pub(crate) const LIST: Listing = listing!(select!(matching!()));

/// Which organizations are wanted; `None` means any.
#[derive(Debug, Clone, Default)]
pub struct OrganizationFilter {
    /// With this name.
    pub display_name: Option<String>,
    /// With this in their name; a to z are the same as A to Z.
    pub search: Option<String>,
    /// With API keys on or off.
    pub api_keys_enabled: Option<bool>,
}

impl OrganizationFilter {
    fn params(&self, project: Uuid, own: Option<Uuid>, (a, b, c, d): PageParams) -> impl Params + use<> {
        let search = self.search.as_deref().map(pattern);
        (a, b, c, d, project, self.display_name.clone(), self.api_keys_enabled, own, search)
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct OrganizationRow {
    id: Uuid,
    project_id: Uuid,
    display_name: String,
    log_in_with: i64,
    require_mfa: bool,
    scim_enabled: bool,
    custom_roles_enabled: bool,
    api_keys_enabled: bool,
    personal_api_keys_enabled: bool,
    logins_disabled: bool,
    plan_id: Option<Uuid>,
    limits: Option<String>,
    ip_allowlist: Option<String>,
    max_key_lifetime_seconds: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

pub(crate) fn model(row: OrganizationRow) -> Result<Organization> {
    let column = |name| Column { table: "organizations", name, row: row.id };
    Ok(Organization {
        id: OrganizationId::from_uuid(row.id),
        project: ProjectId::from_uuid(row.project_id),
        display_name: row.display_name,
        log_in_with: LoginMethods::from_bits(row.log_in_with),
        require_mfa: row.require_mfa,
        scim_enabled: row.scim_enabled,
        custom_roles_enabled: row.custom_roles_enabled,
        api_keys_enabled: row.api_keys_enabled,
        personal_api_keys_enabled: row.personal_api_keys_enabled,
        logins_disabled: row.logins_disabled,
        plan: row.plan_id.map(PlanId::from_uuid),
        limits: column("limits").list(row.limits.as_deref())?,
        ip_allowlist: column("ip_allowlist").networks(row.ip_allowlist.as_deref())?,
        max_key_lifetime: lifetime(row.max_key_lifetime_seconds, "organizations", row.id)?,
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    })
}

/// An organization of a project.
pub(crate) async fn find(
    conn: &mut impl Queries,
    project: ProjectId,
    id: OrganizationId,
) -> Result<Option<Organization>> {
    conn.fetch_optional(FIND, (project.uuid(), id.uuid())).await?.map(model).transpose()
}

impl<C: Queries> Organizations<'_, C> {
    /// The organization of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: OrganizationId) -> Result<Option<Organization>> {
        if !self.scope.reaches(id) {
            return Ok(None);
        }
        find(self.conn, self.scope.project(), id).await
    }

    /// One page of the organizations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &mut self,
        filter: &OrganizationFilter,
        page: &PageRequest,
    ) -> Result<Page<Organization>> {
        let (project, own) = (self.scope.project_id(), self.scope.organization_id());
        let params = |first| filter.params(project, own, first);
        LIST.fetch(self.conn, page, params, model, |organization| Cursor {
            micros: organization.created_at.as_micros(),
            name: organization.display_name.clone(),
            id: organization.id.uuid(),
        })
        .await
    }

    /// How many organizations there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&mut self, filter: &OrganizationFilter) -> Result<Count> {
        let (project, own) = (self.scope.project_id(), self.scope.organization_id());
        count(self.conn, COUNT_OF_PROJECT, |first| filter.params(project, own, first)).await
    }

    /// One of the organization's lists, sorted. Ask for the organization first: this does not check whose it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn domains(&mut self, organization: &Organization, list: DomainList) -> Result<Vec<String>> {
        let rows = self.conn.fetch_all::<(String,)>(DOMAINS, (organization.id.uuid(), list.number())).await?;
        Ok(rows.into_iter().map(|(entry,)| entry).collect())
    }
}

impl Organizations<'_, Tx> {
    /// The organization, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self, id: OrganizationId) -> Result<Option<Organization>> {
        if !self.scope.reaches(id) {
            return Ok(None);
        }
        let params = (self.scope.project_id(), id.uuid());
        self.conn.fetch_optional(FIND_FOR_UPDATE, params).await?.map(model).transpose()
    }

    /// Adds an organization.
    ///
    /// # Errors
    /// `Dangling` when the scope does not reach it; when the database fails.
    pub async fn insert(&mut self, organization: &Organization) -> Result<()> {
        self.scope.check(organization.id)?;
        self.conn.changed(ChangeKind::Organization, organization.id.uuid());
        let params = (
            organization.id.uuid(),
            self.scope.project_id(),
            organization.display_name.clone(),
            organization.log_in_with.bits(),
            organization.require_mfa,
            organization.scim_enabled,
            organization.custom_roles_enabled,
            organization.api_keys_enabled,
            organization.plan.map(PlanId::uuid),
            limits_text(&organization.limits)?,
            networks_text(&organization.ip_allowlist)?,
            lifetime_seconds(organization.max_key_lifetime),
            organization.created_at.as_micros(),
            organization.updated_at.as_micros(),
            organization.personal_api_keys_enabled,
            organization.logins_disabled,
        );
        self.conn.execute(INSERT, params).await.map(drop)
    }

    /// Writes an organization back.
    ///
    /// # Errors
    /// `Dangling` when the scope does not reach it; when the database fails.
    pub async fn update(&mut self, organization: &Organization) -> Result<()> {
        self.scope.check(organization.id)?;
        self.conn.changed(ChangeKind::Organization, organization.id.uuid());
        let params = (
            self.scope.project_id(),
            organization.id.uuid(),
            organization.display_name.clone(),
            organization.log_in_with.bits(),
            organization.require_mfa,
            organization.scim_enabled,
            organization.custom_roles_enabled,
            organization.api_keys_enabled,
            organization.plan.map(PlanId::uuid),
            limits_text(&organization.limits)?,
            networks_text(&organization.ip_allowlist)?,
            lifetime_seconds(organization.max_key_lifetime),
            organization.updated_at.as_micros(),
            organization.personal_api_keys_enabled,
            organization.logins_disabled,
        );
        self.conn.execute(UPDATE, params).await.map(drop)
    }

    /// Deletes an organization and all that is its own.
    ///
    /// # Errors
    /// `Dangling` when the scope does not reach it; when the database fails.
    pub async fn delete(&mut self, id: OrganizationId) -> Result<()> {
        self.scope.check(id)?;
        self.conn.changed(ChangeKind::Organization, id.uuid());
        self.conn.execute(DELETE, (self.scope.project_id(), id.uuid())).await.map(drop)
    }

    /// Switches these ways to sign in off in every organization that has them on, and tells in how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_login_methods(&mut self, dropped: LoginMethods) -> Result<u64> {
        let params = (self.scope.project_id(), !dropped.bits(), self.scope.organization_id());
        self.conn.execute(DROP_LOGIN_METHODS, params).await
    }

    /// Some organization that demands a second factor and takes none of these ways to sign in, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn any_that_demands_one_of(
        &mut self,
        second_factors: LoginMethods,
    ) -> Result<Option<OrganizationId>> {
        let params = (self.scope.project_id(), second_factors.bits());
        let row = self.conn.fetch_optional::<(Uuid,)>(LOCKED_OUT, params).await?;
        Ok(row.map(|(id,)| OrganizationId::from_uuid(id)))
    }

    /// Replaces one of the organization's lists.
    ///
    /// # Errors
    /// `Dangling` when the scope does not reach it; when the database fails.
    pub async fn replace_domains(
        &mut self,
        organization: &Organization,
        list: DomainList,
        entries: &[String],
    ) -> Result<()> {
        self.scope.check(organization.id)?;
        let (project, id) = (self.scope.project_id(), organization.id.uuid());
        self.conn.execute(DELETE_DOMAINS, (project, id, list.number())).await?;
        for entry in entries {
            let made = self.conn.execute(INSERT_DOMAIN, (project, id, list.number(), entry.clone())).await?;
            all_made(made, 1, "organization_domains")?;
        }
        Ok(())
    }
}
