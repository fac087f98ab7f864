//! People in organizations.

pub(crate) mod credentials;
pub(crate) mod lists;
pub(crate) mod rows;

pub use credentials::Credentials;
pub use lists::UserFilter;

use crate::db::{Queries, Result, for_update};
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::parsed;
use crate::tx::Tx;
use lockwork_model::email::EmailAddress;
use lockwork_model::ids::{ActionId, OrganizationId, ProjectId, UserId};
use lockwork_model::permissions::ActionName;
use lockwork_model::providers::Provider;
use lockwork_model::users::User;
use rows::{model, select};
use uuid::Uuid;

repository!(
    /// The users of one project's organizations, or of one of these.
    Users
);

/// The user of an id, if the scope reaches them.
macro_rules! reached {
    () => {
        "WHERE project_id = $1 AND id = $2 AND (organization_id = $3 OR $3 IS NULL)"
    };
}
pub(crate) use reached;

crate::repositories::sql! {
    FIND = select!(reached!());
    FIND_FOR_UPDATE = for_update!(select!(reached!()));
    FIND_BY_EMAIL = select!("WHERE project_id = $1 AND organization_id = $2 AND email = $3");
    FIND_BY_GOOGLE = select!("WHERE project_id = $1 AND organization_id = $2 AND google_user_id = $3");
    FIND_BY_MICROSOFT = select!("WHERE project_id = $1 AND organization_id = $2 AND microsoft_user_id = $3");
    FIND_BY_GITHUB = select!("WHERE project_id = $1 AND organization_id = $2 AND github_user_id = $3");
    OF_EMAIL = select!(
        "WHERE project_id = $1 AND email = $2 AND (organization_id = $3 OR $3 IS NULL) ORDER BY id LIMIT 100"
    );
    OWNERS = "SELECT COUNT(*) FROM users WHERE project_id = $1 AND organization_id = $2 AND is_owner";
    HELD_ACTIONS = "SELECT DISTINCT a.id, a.name
                    FROM users u
                    JOIN user_role_assignments s ON s.user_id = u.id
                    JOIN role_actions r ON r.role_id = s.role_id
                    JOIN actions a ON a.id = r.action_id
                    WHERE u.project_id = $1 AND u.id = $2 AND (u.organization_id = $3 OR $3 IS NULL)
                    ORDER BY a.name";
    INSERT = "INSERT INTO users (project_id, id, organization_id, email, display_name, profile_picture_url, is_owner,
                  google_user_id, microsoft_user_id, github_user_id, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    UPDATE = concat!(
        "UPDATE users SET email = $4, display_name = $5, profile_picture_url = $6, is_owner = $7, google_user_id = $8,
             microsoft_user_id = $9, github_user_id = $10, updated_at = $11 ",
        reached!()
    );
    DELETE = concat!("DELETE FROM users ", reached!());
}

/// A user of a project.
pub(crate) async fn find(conn: &mut impl Queries, project: ProjectId, id: UserId) -> Result<Option<User>> {
    let params = (project.uuid(), id.uuid(), None::<Uuid>);
    conn.fetch_optional(FIND, params).await?.map(model).transpose()
}

/// What a user holds through roles, sorted by name.
pub(crate) async fn held_actions(
    conn: &mut impl Queries,
    params: (Uuid, Uuid, Option<Uuid>),
) -> Result<Vec<(ActionId, ActionName)>> {
    let rows = conn.fetch_all::<(Uuid, String)>(HELD_ACTIONS, params).await?;
    let action = |(id, name): (Uuid, String)| {
        Ok((ActionId::from_uuid(id), parsed(name.parse().ok(), "actions", "name", id)?))
    };
    rows.into_iter().map(action).collect()
}

impl<C> Users<'_, C> {
    fn reached(&self, id: UserId) -> (Uuid, Uuid, Option<Uuid>) {
        (self.scope.project_id(), id.uuid(), self.scope.organization_id())
    }
}

impl<C: Queries> Users<'_, C> {
    /// The user of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: UserId) -> Result<Option<User>> {
        let params = self.reached(id);
        self.conn.fetch_optional(FIND, params).await?.map(model).transpose()
    }

    /// The user of this address in an organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_by_email(
        &mut self,
        organization: OrganizationId,
        email: &EmailAddress,
    ) -> Result<Option<User>> {
        self.find_by(FIND_BY_EMAIL, organization, email.as_str()).await
    }

    /// The user of this id at a sign-in provider in an organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_by_external(
        &mut self,
        organization: OrganizationId,
        provider: Provider,
        id: &str,
    ) -> Result<Option<User>> {
        let sql = match provider {
            Provider::Google => FIND_BY_GOOGLE,
            Provider::Microsoft => FIND_BY_MICROSOFT,
            Provider::Github => FIND_BY_GITHUB,
        };
        self.find_by(sql, organization, id).await
    }

    async fn find_by(
        &mut self,
        sql: crate::db::Sql,
        organization: OrganizationId,
        value: &str,
    ) -> Result<Option<User>> {
        if !self.scope.reaches(organization) {
            return Ok(None);
        }
        let params = (self.scope.project_id(), organization.uuid(), value.to_owned());
        self.conn.fetch_optional(sql, params).await?.map(model).transpose()
    }

    /// The users of this address in every organization: 100 at most, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_email(&mut self, email: &EmailAddress) -> Result<Vec<User>> {
        let params = (self.scope.project_id(), email.as_str().to_owned(), self.scope.organization_id());
        self.conn.fetch_all(OF_EMAIL, params).await?.into_iter().map(model).collect()
    }

    /// How many owners an organization has. Whoever acts on it keeps others from the organization first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owners(&mut self, organization: OrganizationId) -> Result<u64> {
        if !self.scope.reaches(organization) {
            return Ok(0);
        }
        let params = (self.scope.project_id(), organization.uuid());
        let count = self.conn.fetch_optional::<(i64,)>(OWNERS, params).await?;
        Ok(count.map_or(0, |(count,)| count.unsigned_abs()))
    }

    /// What a user holds through roles, sorted by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_actions(&mut self, id: UserId) -> Result<Vec<(ActionId, ActionName)>> {
        let params = self.reached(id);
        held_actions(self.conn, params).await
    }
}

impl Users<'_, Tx> {
    /// The user, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self, id: UserId) -> Result<Option<User>> {
        let params = self.reached(id);
        self.conn.fetch_optional(FIND_FOR_UPDATE, params).await?.map(model).transpose()
    }

    /// Adds a user, who has no password and no authenticator app yet.
    ///
    /// # Errors
    /// `Conflict` when somebody in the organization has the address or one of the ids at a provider; `Dangling` when
    /// the scope reaches no such organization; when the database fails.
    pub async fn insert(&mut self, user: &User) -> Result<()> {
        self.scope.check(user.organization)?;
        let params = (
            self.scope.project_id(),
            user.id.uuid(),
            user.organization.uuid(),
            user.email.as_str().to_owned(),
            user.display_name.clone(),
            user.profile_picture_url.clone(),
            user.owner,
            user.external.google.clone(),
            user.external.microsoft.clone(),
            user.external.github.clone(),
            user.created_at.as_micros(),
            user.updated_at.as_micros(),
        );
        self.conn.execute(INSERT, params).await.map(drop)
    }

    /// Writes a user back, apart from the credentials.
    ///
    /// # Errors
    /// `Conflict` when somebody else in the organization has the address or one of the ids at a provider; when the
    /// database fails.
    pub async fn update(&mut self, user: &User) -> Result<()> {
        let (project, id, organization) = self.reached(user.id);
        let params = (
            project,
            id,
            organization,
            user.email.as_str().to_owned(),
            user.display_name.clone(),
            user.profile_picture_url.clone(),
            user.owner,
            user.external.google.clone(),
            user.external.microsoft.clone(),
            user.external.github.clone(),
            user.updated_at.as_micros(),
        );
        self.conn.execute(UPDATE, params).await.map(drop)
    }

    /// Removes a user with their sessions, passkeys and roles.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, id: UserId) -> Result<()> {
        let params = self.reached(id);
        self.conn.execute(DELETE, params).await.map(drop)
    }
}
