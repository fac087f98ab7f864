//! Who calls and what they may do.

use crate::error::{Error, Result};
use crate::ids::{BackendApiKeyId, IntermediateSessionId, OrganizationId, ProjectId, SessionId, UserId};

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
            Self::Full => !permission.is_personal(),
            Self::Read => permission.is_read() && !permission.is_personal(),
            Self::Verify => permission.is_verification(),
        }
    }
}

/// The action that lets a member see every API key of the organization, where the RBAC policy has it.
pub const API_KEYS_READ_ACTION: &str = "lockwork.api_keys.read";
/// The action that lets a member manage every API key of the organization, where the RBAC policy has it.
pub const API_KEYS_WRITE_ACTION: &str = "lockwork.api_keys.write";

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

            /// Whether only a person has it, never a key.
            const fn is_personal(self) -> bool {
                matches!(
                    self,
                    Self::SignIn | Self::ManageMyself | Self::Impersonate | Self::ProjectsCreate
                )
            }

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
    /// See users with their sessions, passkeys, roles and invitations.
    UsersRead true,
    /// Make, change and remove users, their sessions, passkeys, roles and invitations.
    UsersWrite false,
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
    /// Go on with one's own login.
    SignIn false,
    /// See and change what is one's own: name, password, second factors, sessions.
    ManageMyself false,
    /// Sign in as a user.
    Impersonate false,
    /// Make another project.
    ProjectsCreate false,
}

/// A signed-in person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub user: UserId,
    /// Their session.
    pub session: SessionId,
    /// Who acts as them.
    pub impersonator: Option<UserId>,
}

/// A signed-in person of a customer's organization, and what they hold there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub who: SignedIn,
    /// Their organization.
    pub organization: OrganizationId,
    /// Whether they own it.
    pub owner: bool,
    /// Whether they hold [`API_KEYS_READ_ACTION`].
    pub reads_api_keys: bool,
    /// Whether they hold [`API_KEYS_WRITE_ACTION`].
    pub writes_api_keys: bool,
    /// Whether the organization lets its people have API keys of their own.
    pub has_personal_api_keys: bool,
}

/// How far a member's permission reaches.
enum Reach {
    Organization,
    OwnApiKeys,
}

impl Member {
    fn grants(&self, permission: Permission) -> Option<Reach> {
        let organization_wide = match permission {
            Permission::ProjectRead
            | Permission::OrganizationsRead
            | Permission::UsersRead
            | Permission::RolesRead
            | Permission::ManageMyself => true,
            Permission::OrganizationsWrite
            | Permission::UsersWrite
            | Permission::RolesWrite
            | Permission::AuditLogRead => self.owner,
            Permission::ApiKeysRead => self.owner || self.reads_api_keys || self.writes_api_keys,
            Permission::ApiKeysWrite => self.owner || self.writes_api_keys,
            _ => false,
        };
        let own_keys = matches!(permission, Permission::ApiKeysRead | Permission::ApiKeysWrite);
        match () {
            () if organization_wide => Some(Reach::Organization),
            () if own_keys && self.has_personal_api_keys => Some(Reach::OwnApiKeys),
            () => None,
        }
    }

    fn refusal(permission: Permission) -> Error {
        let action = match permission {
            Permission::ApiKeysRead => API_KEYS_READ_ACTION,
            Permission::ApiKeysWrite => API_KEYS_WRITE_ACTION,
            _ => return Error::permission_denied("user must be an owner of the organization"),
        };
        Error::permission_denied(format!(
            "user must be an owner of the organization, or have a role with the action {action}"
        ))
    }
}

/// Who did it, as the audit log says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A Backend API key.
    BackendApiKey(BackendApiKeyId),
    /// The operator at the command line of the server.
    Operator,
    /// A person of the console.
    ConsoleUser(SignedIn),
    /// A person of a customer's organization.
    User(SignedIn),
    /// Somebody who is signing in.
    Login(IntermediateSessionId),
}

/// What a caller may do.
#[derive(Debug, Clone, Copy)]
enum Authority {
    Key(BackendKeyScope),
    Staff { owner: bool },
    Member(Member),
    Login,
}

/// An authenticated caller.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    project: ProjectId,
    actor: Actor,
    authority: Authority,
}

impl Caller {
    /// The holder of a Backend API key.
    #[must_use]
    pub const fn backend_api_key(project: ProjectId, id: BackendApiKeyId, scope: BackendKeyScope) -> Self {
        Self { project, actor: Actor::BackendApiKey(id), authority: Authority::Key(scope) }
    }

    /// The operator at the command line, who may do everything in `project`.
    #[must_use]
    pub const fn operator(project: ProjectId) -> Self {
        Self { project, actor: Actor::Operator, authority: Authority::Key(BackendKeyScope::Full) }
    }

    /// A person of the console, who works on `project`: owners may do everything there, others read.
    #[must_use]
    pub const fn console(project: ProjectId, who: SignedIn, owner: bool) -> Self {
        Self { project, actor: Actor::ConsoleUser(who), authority: Authority::Staff { owner } }
    }

    /// A person of a customer's organization.
    #[must_use]
    pub const fn member(project: ProjectId, member: Member) -> Self {
        Self { project, actor: Actor::User(member.who), authority: Authority::Member(member) }
    }

    /// Somebody who is signing in.
    #[must_use]
    pub const fn login(project: ProjectId, id: IntermediateSessionId) -> Self {
        Self { project, actor: Actor::Login(id), authority: Authority::Login }
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

    /// The member that the caller is.
    #[must_use]
    pub const fn as_member(&self) -> Option<&Member> {
        match &self.authority {
            Authority::Member(member) => Some(member),
            Authority::Key(_) | Authority::Staff { .. } | Authority::Login => None,
        }
    }

    /// The key to the caller's tenant, if the caller holds `permission`.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub fn require(&self, permission: Permission) -> Result<Scope> {
        let scope = Scope { project: self.project, organization: None, keys_of: None };
        match &self.authority {
            Authority::Key(held) if held.grants(permission) => Ok(scope),
            Authority::Key(held) if !permission.is_personal() => {
                let held = held.as_str();
                Err(Error::permission_denied(format!(
                    "this backend api key has the scope \"{held}\", which does not allow this; use a key with the scope \"full\""
                )))
            }
            Authority::Key(_) => {
                Err(Error::permission_denied("this endpoint cannot be invoked by project API keys"))
            }
            Authority::Staff { owner } => {
                let held = if *owner { BackendKeyScope::Full } else { BackendKeyScope::Read };
                let owners_only = matches!(permission, Permission::Impersonate | Permission::ProjectsCreate);
                let granted = held.grants(permission) || (*owner && owners_only);
                let refusal = || Error::permission_denied("only owners of the project may do this");
                granted.then_some(scope).ok_or_else(refusal)
            }
            Authority::Member(member) => {
                let organization = Some(member.organization);
                match member.grants(permission) {
                    Some(Reach::Organization) => Ok(Scope { organization, ..scope }),
                    Some(Reach::OwnApiKeys) => {
                        Ok(Scope { organization, keys_of: Some(member.who.user), ..scope })
                    }
                    None => Err(Member::refusal(permission)),
                }
            }
            Authority::Login if permission == Permission::SignIn => Ok(scope),
            Authority::Login => Err(Error::permission_denied("finish signing in first")),
        }
    }
}

/// The key to one tenant's rows: a project's, or within it those of one organization, or of these the API keys of one
/// person. It only comes from [`Caller::require`], so that a query without a tenant or a change without a permission
/// has no syntax.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    project: ProjectId,
    organization: Option<OrganizationId>,
    keys_of: Option<UserId>,
}

impl Scope {
    /// The tenant.
    #[must_use]
    pub const fn project(&self) -> ProjectId {
        self.project
    }

    /// The only organization whose rows it reaches, if it is so narrow.
    #[must_use]
    pub const fn organization(&self) -> Option<OrganizationId> {
        self.organization
    }

    /// The only person whose API keys it reaches, if it is so narrow.
    #[must_use]
    pub const fn keys_of(&self) -> Option<UserId> {
        self.keys_of
    }

    /// Whether it reaches rows of this organization.
    #[must_use]
    pub fn reaches(&self, organization: OrganizationId) -> bool {
        self.organization.is_none_or(|own| own == organization)
    }
}

#[cfg(test)]
mod tests;
