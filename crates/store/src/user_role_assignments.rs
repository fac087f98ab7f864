//! Roles given to people.

use crate::db::{Queries, Result};
use crate::listing::{Listing, listing};
use crate::reach::{Reach, of_own_user, within};
use crate::repositories::repository;
use crate::rows::time;
use crate::tx::Tx;
use lockwork_model::ids::{RoleId, UserId, UserRoleAssignmentId};
use lockwork_model::page::{Cursor, Page, PageRequest};
use lockwork_model::user_role_assignments::UserRoleAssignment;
use uuid::Uuid;

repository!(
    /// The role assignments of one project's users, or of one organization's.
    UserRoleAssignments
);

crate::repositories::sql! {
    INSERT = "INSERT INTO user_role_assignments (id, project_id, user_id, role_id, created_at)
              SELECT $5, u.project_id, u.id, r.id, $6
              FROM users u
              JOIN roles r ON r.project_id = u.project_id AND r.id = $4
                          AND (r.organization_id IS NULL OR r.organization_id = u.organization_id)
              WHERE u.project_id = $1 AND u.id = $2 AND (u.organization_id = $3 OR $3 IS NULL)
              ON CONFLICT (user_id, role_id) DO NOTHING";
    FIND_BY_PAIR = concat!(
        "SELECT id, user_id, role_id, created_at FROM user_role_assignments
         WHERE project_id = $1 AND user_id = $2 AND role_id = $4 AND ",
        of_own_user!("$3")
    );
    FIND = concat!(
        "SELECT id, user_id, role_id, created_at FROM user_role_assignments WHERE project_id = $1 AND id = $2 AND ",
        of_own_user!("$3")
    );
    DELETE = concat!(
        "DELETE FROM user_role_assignments WHERE project_id = $1 AND id = $2 AND ",
        of_own_user!("$3")
    );
}

/// The assignments that a filter lets through, narrowed by what an index is made for.
macro_rules! matching {
    ($narrowed:literal) => {
        concat!(
            "SELECT id, user_id, role_id, created_at FROM user_role_assignments WHERE project_id = $5 AND ",
            $narrowed,
            " AND (user_id = $6 OR $6 IS NULL) AND (role_id = $7 OR $7 IS NULL) AND ",
            of_own_user!("$8")
        )
    };
}

pub(crate) const LIST_OF_PROJECT: Listing = listing!(id_and_time: matching!("TRUE"));
pub(crate) const LIST_OF_USER: Listing = listing!(id_and_time: matching!("user_id = $6"));
pub(crate) const LIST_OF_ROLE: Listing = listing!(id_and_time: matching!("role_id = $7"));

/// Which assignments are wanted; `None` means any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UserRoleAssignmentFilter {
    /// To this user.
    pub user: Option<UserId>,
    /// Of this role.
    pub role: Option<RoleId>,
}

type Row = (Uuid, Uuid, Uuid, i64);

fn model((id, user, role, created_at): Row) -> UserRoleAssignment {
    UserRoleAssignment {
        id: UserRoleAssignmentId::from_uuid(id),
        user: UserId::from_uuid(user),
        role: RoleId::from_uuid(role),
        created_at: time(created_at),
    }
}

impl<C: Queries> UserRoleAssignments<'_, C> {
    /// The assignment of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: UserRoleAssignmentId) -> Result<Option<UserRoleAssignment>> {
        let params = (self.scope.project_id(), id.uuid(), self.scope.organization_id());
        Ok(self.conn.fetch_optional::<Row>(FIND, params).await?.map(model))
    }

    /// One page of the assignments.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &mut self,
        filter: &UserRoleAssignmentFilter,
        page: &PageRequest,
    ) -> Result<Page<UserRoleAssignment>> {
        let listing = match filter {
            UserRoleAssignmentFilter { user: Some(_), .. } => LIST_OF_USER,
            UserRoleAssignmentFilter { role: Some(_), .. } => LIST_OF_ROLE,
            UserRoleAssignmentFilter { user: None, role: None } => LIST_OF_PROJECT,
        };
        let (project, organization) = (self.scope.project_id(), self.scope.organization_id());
        let (user, role) = (filter.user.map(UserId::uuid), filter.role.map(RoleId::uuid));
        let params = |(a, b, c, d)| (a, b, c, d, project, user, role, organization);
        let cursor = |assignment: &UserRoleAssignment| Cursor {
            micros: assignment.created_at.as_micros(),
            name: String::new(),
            id: assignment.id.uuid(),
        };
        listing.fetch(self.conn, page, params, |row: Row| Ok(model(row)), cursor).await
    }
}

impl UserRoleAssignments<'_, Tx> {
    /// Gives a role to a user, and answers the assignment: the earlier one if the user has the role already.
    ///
    /// # Errors
    /// `Dangling` when the scope reaches no such user, or the project has no such role for the user's organization;
    /// when the database fails.
    pub async fn insert(&mut self, assignment: &UserRoleAssignment) -> Result<UserRoleAssignment> {
        let (project, organization) = (self.scope.project_id(), self.scope.organization_id());
        let (user, role) = (assignment.user.uuid(), assignment.role.uuid());
        let created_at = assignment.created_at.as_micros();
        let params = (project, user, organization, role, assignment.id.uuid(), created_at);
        self.conn.execute(INSERT, params).await?;
        let params = (project, user, organization, role);
        let row = self.conn.fetch_optional::<Row>(FIND_BY_PAIR, params).await?;
        within(row.is_some())?;
        Ok(row.map_or(*assignment, model))
    }

    /// Takes a role from a user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, id: UserRoleAssignmentId) -> Result<()> {
        let params = (self.scope.project_id(), id.uuid(), self.scope.organization_id());
        self.conn.execute(DELETE, params).await.map(drop)
    }
}
