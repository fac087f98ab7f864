//! Who calls and what they may do.

use crate::error::{Error, Result};
use crate::ids::{BackendApiKeyId, ProjectId};

/// What a Backend API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackendKeyScope {
    /// Everything.
    Full,
    /// Read everything, change nothing.
    Read,
    /// Authenticate and verify API keys and check limits, nothing else: the one to deploy beside an app.
    Verify,
}

impl BackendKeyScope {
    /// Every scope, widest first.
    pub const ALL: [Self; 3] = [Self::Full, Self::Read, Self::Verify];

    /// The scope's name on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Read => "read",
            Self::Verify => "verify",
        }
    }

    /// The scope of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    const fn grants(self, permission: Permission) -> bool {
        match self {
            Self::Full => true,
            Self::Read => permission.is_read(),
            Self::Verify => permission.is_verification(),
        }
    }
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident $read:literal,)*) => {
        /// A right that an operation asks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Permission { $($(#[$doc])* $name,)* }

        impl Permission {
            /// Every permission.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Whether a key that is deployed beside an app needs it.
            const fn is_verification(self) -> bool { matches!(self, Self::ApiKeysVerify | Self::LimitsCheck) }

            /// Whether it only reads.
            #[must_use]
            pub const fn is_read(self) -> bool { match self { $(Self::$name => $read,)* } }
        }
    };
}

permissions! {
    /// See the project and its RBAC policy.
    ProjectRead true,
    /// Change the project.
    ProjectWrite false,
    /// Change the RBAC policy.
    RbacPolicyWrite false,
    /// See organizations.
    OrganizationsRead true,
    /// Make, change and delete organizations.
    OrganizationsWrite false,
    /// See users and their sessions.
    UsersRead true,
    /// See roles.
    RolesRead true,
    /// Make, change and delete roles.
    RolesWrite false,
    /// See API keys and their roles.
    ApiKeysRead true,
    /// Make, change, revoke and delete API keys and their role assignments.
    ApiKeysWrite false,
    /// Authenticate and verify API keys.
    ApiKeysVerify true,
    /// See plans and limit overrides.
    LimitsRead true,
    /// Make, change and delete plans and limit overrides.
    LimitsWrite false,
    /// Count a request against limits of its own.
    LimitsCheck true,
    /// See Backend API keys and publishable keys.
    ProjectKeysRead true,
    /// Make, change, revoke and delete Backend API keys and publishable keys.
    ProjectKeysWrite false,
    /// Read the audit log.
    AuditLogRead true,
    /// Add an entry to the audit log.
    AuditLogWrite false,
}

/// Who did it, as the audit log says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A Backend API key.
    BackendApiKey(BackendApiKeyId),
    /// The operator at the command line of the server.
    Operator,
}

/// An authenticated caller.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    project: ProjectId,
    actor: Actor,
    scope: BackendKeyScope,
}

impl Caller {
    /// The holder of a Backend API key.
    #[must_use]
    pub const fn backend_api_key(project: ProjectId, id: BackendApiKeyId, scope: BackendKeyScope) -> Self {
        Self { project, actor: Actor::BackendApiKey(id), scope }
    }

    /// The operator at the command line, who may do everything in `project`.
    #[must_use]
    pub const fn operator(project: ProjectId) -> Self {
        Self { project, actor: Actor::Operator, scope: BackendKeyScope::Full }
    }

    /// Who it is.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// The project that the caller belongs to.
    #[must_use]
    pub const fn project(&self) -> ProjectId {
        self.project
    }

    /// The key to the caller's tenant, if the caller holds `permission`.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub fn require(&self, permission: Permission) -> Result<Scope> {
        if self.scope.grants(permission) {
            return Ok(Scope { project: self.project });
        }
        let scope = self.scope.as_str();
        Err(Error::permission_denied(format!(
            "this backend api key has the scope \"{scope}\", which does not allow this; use a key with the scope \"full\""
        )))
    }
}

/// The key to one tenant's rows. It only comes from [`Caller::require`], so that a query without a tenant or a
/// change without a permission has no syntax.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    project: ProjectId,
}

impl Scope {
    /// The tenant.
    #[must_use]
    pub const fn project(&self) -> ProjectId {
        self.project
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_scope_grants_what_it_says_and_no_more() {
        let project = ProjectId::from_uuid(Uuid::nil());
        let id = BackendApiKeyId::from_uuid(Uuid::nil());
        for &permission in Permission::ALL {
            let allowed = |scope| Caller::backend_api_key(project, id, scope).require(permission).is_ok();
            assert!(allowed(BackendKeyScope::Full));
            assert_eq!(allowed(BackendKeyScope::Read), permission.is_read());
            assert_eq!(allowed(BackendKeyScope::Verify), permission.is_verification());
        }
    }

    #[test]
    fn scopes_are_known_by_name() {
        for scope in BackendKeyScope::ALL {
            assert_eq!(BackendKeyScope::from_name(scope.as_str()), Some(scope));
        }
        assert_eq!(BackendKeyScope::from_name("admin"), None);
    }
}
