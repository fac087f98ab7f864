//! Projects.

use crate::columns::{lifetime, lifetime_seconds};
use crate::db::{Queries, Result, for_update};
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::{parsed, time};
use crate::tx::Tx;
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::{OrganizationId, ProjectId};
use lockwork_model::projects::{LoginMethods, Project, Redirects, SelfServe};
use lockwork_model::secrets::KeyPrefix;
use lockwork_model::time::Timestamp;
use uuid::Uuid;

pub(crate) mod branding;
pub(crate) mod oauth_clients;

pub use oauth_clients::SealedOauthClient;

repository!(
    /// One project.
    Projects
);

/// Reads whole projects, by a text that goes on behind the table's name.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, display_name, log_in_with, vault_domain, cookie_domain, email_send_from_domain,
                 api_keys_enabled, api_key_prefix, max_key_lifetime_seconds, time_zone, audit_logs_enabled, logins_disabled,
                 redirect_uri, after_login_redirect_uri, after_signup_redirect_uri, self_serve_create_users,
                 self_serve_create_organizations, auto_create_organizations, organization_id, created_at, updated_at
             FROM projects ",
            $rest
        )
    };
}
pub(crate) use select;

crate::repositories::sql! {
    FIND = select!("WHERE id = $1");
    FIND_FOR_UPDATE = for_update!(select!("WHERE id = $1"));
    INSERT = "INSERT INTO projects (id, display_name, log_in_with, vault_domain, cookie_domain,
                  email_send_from_domain, api_keys_enabled, api_key_prefix, audit_logs_enabled,
                  max_key_lifetime_seconds, time_zone, logins_disabled, redirect_uri, after_login_redirect_uri,
                  after_signup_redirect_uri, self_serve_create_users, self_serve_create_organizations,
                  auto_create_organizations, organization_id, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
    UPDATE = "UPDATE projects SET display_name = $2, log_in_with = $3, vault_domain = $4, cookie_domain = $5,
                  email_send_from_domain = $6, api_keys_enabled = $7, api_key_prefix = $8, audit_logs_enabled = $9,
                  max_key_lifetime_seconds = $10, time_zone = $11, logins_disabled = $12, redirect_uri = $13,
                  after_login_redirect_uri = $14, after_signup_redirect_uri = $15, self_serve_create_users = $16,
                  self_serve_create_organizations = $17, auto_create_organizations = $18, updated_at = $19
              WHERE id = $1";
    SET_STAFF = "UPDATE projects SET organization_id = $2 WHERE id = $1";
    INSERT_PREFIX = "INSERT INTO project_api_key_prefixes (project_id, prefix, created_at) VALUES ($1, $2, $3)
                     ON CONFLICT DO NOTHING";
    TRUSTED_DOMAINS = "SELECT domain FROM project_trusted_domains WHERE project_id = $1 ORDER BY domain";
    DELETE_TRUSTED_DOMAINS = "DELETE FROM project_trusted_domains WHERE project_id = $1";
    INSERT_TRUSTED_DOMAIN = "INSERT INTO project_trusted_domains (project_id, domain) VALUES ($1, $2)
                             ON CONFLICT DO NOTHING";
}

#[derive(sqlx::FromRow)]
pub(crate) struct ProjectRow {
    id: Uuid,
    display_name: String,
    log_in_with: i64,
    vault_domain: String,
    cookie_domain: String,
    email_send_from_domain: String,
    api_keys_enabled: bool,
    api_key_prefix: Option<String>,
    max_key_lifetime_seconds: Option<i64>,
    time_zone: String,
    audit_logs_enabled: bool,
    logins_disabled: bool,
    redirect_uri: Option<String>,
    after_login_redirect_uri: Option<String>,
    after_signup_redirect_uri: Option<String>,
    self_serve_create_users: bool,
    self_serve_create_organizations: bool,
    auto_create_organizations: bool,
    organization_id: Option<Uuid>,
    created_at: i64,
    updated_at: i64,
}

impl ProjectRow {
    pub(crate) fn model(self, trusted_domains: Vec<String>) -> Result<Project> {
        let prefix =
            self.api_key_prefix.map(|text| parsed(text.parse().ok(), "projects", "api_key_prefix", self.id));
        Ok(Project {
            id: ProjectId::from_uuid(self.id),
            display_name: self.display_name,
            log_in_with: LoginMethods::from_bits(self.log_in_with),
            vault_domain: self.vault_domain,
            cookie_domain: self.cookie_domain,
            email_send_from_domain: self.email_send_from_domain,
            trusted_domains,
            api_keys_enabled: self.api_keys_enabled,
            api_key_prefix: prefix.transpose()?,
            max_key_lifetime: lifetime(self.max_key_lifetime_seconds, "projects", self.id)?,
            time_zone: parsed(self.time_zone.parse().ok(), "projects", "time_zone", self.id)?,
            audit_logs_enabled: self.audit_logs_enabled,
            logins_disabled: self.logins_disabled,
            redirects: Redirects {
                default: self.redirect_uri,
                after_login: self.after_login_redirect_uri,
                after_signup: self.after_signup_redirect_uri,
            },
            self_serve: SelfServe {
                create_users: self.self_serve_create_users,
                create_organizations: self.self_serve_create_organizations,
                auto_create_organizations: self.auto_create_organizations,
            },
            staff: self.organization_id.map(OrganizationId::from_uuid),
            created_at: time(self.created_at),
            updated_at: time(self.updated_at),
        })
    }
}

pub(crate) async fn find(
    conn: &mut impl Queries,
    id: ProjectId,
    sql: crate::db::Sql,
) -> Result<Option<Project>> {
    let Some(row) = conn.fetch_optional::<ProjectRow>(sql, (id.uuid(),)).await? else { return Ok(None) };
    let domains = conn.fetch_all::<(String,)>(TRUSTED_DOMAINS, (id.uuid(),)).await?;
    row.model(domains.into_iter().map(|(domain,)| domain).collect()).map(Some)
}

impl<C: Queries> Projects<'_, C> {
    /// The project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self) -> Result<Option<Project>> {
        find(self.conn, self.scope.project(), FIND).await
    }
}

impl Projects<'_, Tx> {
    /// The project, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self) -> Result<Option<Project>> {
        find(self.conn, self.scope.project(), FIND_FOR_UPDATE).await
    }

    /// Writes the project back, apart from its staff, and remembers its prefix.
    ///
    /// # Errors
    /// `Conflict` when another project has its vault domain; when the database fails.
    pub async fn update(&mut self, project: &Project) -> Result<()> {
        self.conn.changed(ChangeKind::Project, self.scope.project_id());
        let id = self.scope.project_id();
        let params = (
            id,
            project.display_name.clone(),
            project.log_in_with.bits(),
            project.vault_domain.clone(),
            project.cookie_domain.clone(),
            project.email_send_from_domain.clone(),
            project.api_keys_enabled,
            project.api_key_prefix.as_ref().map(|prefix| prefix.as_str().to_owned()),
            project.audit_logs_enabled,
            lifetime_seconds(project.max_key_lifetime),
            project.time_zone.name().to_owned(),
            project.logins_disabled,
            project.redirects.default.clone(),
            project.redirects.after_login.clone(),
            project.redirects.after_signup.clone(),
            project.self_serve.create_users,
            project.self_serve.create_organizations,
            project.self_serve.auto_create_organizations,
            project.updated_at.as_micros(),
        );
        self.conn.execute(UPDATE, params).await?;
        self.conn.execute(DELETE_TRUSTED_DOMAINS, (id,)).await?;
        insert_trusted_domains(self.conn, id, &project.trusted_domains).await?;
        remember_prefix(self.conn, self.scope.project(), project.api_key_prefix.as_ref(), project.updated_at)
            .await
    }

    /// Names the organization of the console's project whose people run this project. Does not check whose it is.
    ///
    /// # Errors
    /// `Dangling` when it does not exist; when the database fails.
    pub async fn set_staff(&mut self, organization: Option<OrganizationId>) -> Result<()> {
        let params = (self.scope.project_id(), organization.map(OrganizationId::uuid));
        self.conn.execute(SET_STAFF, params).await.map(drop)
    }
}

/// Adds a project; the system's, since no scope exists before it.
pub(crate) async fn insert(tx: &mut Tx, project: &Project) -> Result<()> {
    tx.changed(ChangeKind::Project, project.id.uuid());
    let params = (
        project.id.uuid(),
        project.display_name.clone(),
        project.log_in_with.bits(),
        project.vault_domain.clone(),
        project.cookie_domain.clone(),
        project.email_send_from_domain.clone(),
        project.api_keys_enabled,
        project.api_key_prefix.as_ref().map(|prefix| prefix.as_str().to_owned()),
        project.audit_logs_enabled,
        lifetime_seconds(project.max_key_lifetime),
        project.time_zone.name().to_owned(),
        project.logins_disabled,
        project.redirects.default.clone(),
        project.redirects.after_login.clone(),
        project.redirects.after_signup.clone(),
        project.self_serve.create_users,
        project.self_serve.create_organizations,
        project.self_serve.auto_create_organizations,
        project.staff.map(OrganizationId::uuid),
        project.created_at.as_micros(),
        project.updated_at.as_micros(),
    );
    tx.execute(INSERT, params).await?;
    insert_trusted_domains(tx, project.id.uuid(), &project.trusted_domains).await?;
    remember_prefix(tx, project.id, project.api_key_prefix.as_ref(), project.created_at).await
}

async fn insert_trusted_domains(tx: &mut Tx, project: Uuid, domains: &[String]) -> Result<()> {
    for domain in domains {
        tx.execute(INSERT_TRUSTED_DOMAIN, (project, domain.clone())).await?;
    }
    Ok(())
}

async fn remember_prefix(
    tx: &mut Tx,
    project: ProjectId,
    prefix: Option<&KeyPrefix>,
    at: Timestamp,
) -> Result<()> {
    if let Some(prefix) = prefix {
        tx.execute(INSERT_PREFIX, (project.uuid(), prefix.as_str().to_owned(), at.as_micros())).await?;
    }
    Ok(())
}
