//! How repositories are reached: from a connection or a transaction, with a [`Scope`] or by the system's door.

use crate::db::{Conn, Sql};
use crate::tx::Tx;
use lockwork_model::access::Scope;

/// Declares a repository over the rows that a scope reaches. Each of its texts names the project, and where rows belong
/// to an organization also that: see [`crate::reach`].
macro_rules! repository {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<'a, C> {
            pub(crate) conn: &'a mut C,
            pub(crate) scope: lockwork_model::access::Scope,
        }
    };
}
pub(crate) use repository;

/// Declares a repository's SQL texts, and lists them for the test that prepares each on both databases.
macro_rules! sql {
    ($($name:ident = $text:expr;)*) => {
        $(const $name: crate::db::Sql = crate::repositories::Text($text).sql();)*
        pub(crate) const TEXTS: &[(&str, crate::db::Sql)] = &[$((stringify!($name), $name),)*];
    };
}
pub(crate) use sql;

/// Lets [`sql!`] take one text or two in a constant.
pub(crate) struct Text<T>(pub(crate) T);
impl Text<&'static str> {
    pub(crate) const fn sql(self) -> Sql {
        Sql { sqlite: self.0, postgres: self.0 }
    }
}
impl Text<Sql> {
    pub(crate) const fn sql(self) -> Sql {
        self.0
    }
}

macro_rules! doors {
    ($($method:ident: $module:ident::$name:ident,)*) => {
        impl Conn {$(
            #[doc = concat!("The rows of [`", stringify!($name), "`](crate::", stringify!($module), "::", stringify!($name), ") in the scope, for reading.")]
            pub fn $method(&mut self, scope: &Scope) -> crate::$module::$name<'_, Self> {
                crate::$module::$name { conn: self, scope: *scope }
            }
        )*}
        impl Tx {$(
            #[doc = concat!("The rows of [`", stringify!($name), "`](crate::", stringify!($module), "::", stringify!($name), ") in the scope.")]
            pub fn $method(&mut self, scope: &Scope) -> crate::$module::$name<'_, Self> {
                crate::$module::$name { conn: self, scope: *scope }
            }
        )*}
    };
}

doors! {
    projects: projects::Projects,
    rbac_policy: rbac_policy::RbacPolicy,
    organizations: organizations::Organizations,
    users: users::Users,
    user_challenges: user_challenges::UserChallenges,
    user_invites: user_invites::UserInvites,
    user_role_assignments: user_role_assignments::UserRoleAssignments,
    passkeys: passkeys::Passkeys,
    sessions: sessions::Sessions,
    roles: roles::Roles,
    api_keys: api_keys::ApiKeys,
    credits: credits::CreditBalances,
    plans: plans::Plans,
    limit_overrides: limit_overrides::LimitOverrides,
    idempotency_keys: idempotency_keys::IdempotencyKeys,
    api_key_role_assignments: api_key_role_assignments::ApiKeyRoleAssignments,
    backend_api_keys: backend_api_keys::BackendApiKeys,
    publishable_keys: publishable_keys::PublishableKeys,
    audit_log_events: audit_log_events::AuditLogEvents,
}

impl Conn {
    /// The one door past the scopes, for what serves no caller: the index, the Config API, first start, `seed`.
    pub fn system(&mut self) -> crate::system::System<'_, Self> {
        crate::system::System { conn: self }
    }
}

impl Tx {
    /// The one door past the scopes, for what serves no caller: the index, the Config API, first start, `seed`.
    pub fn system(&mut self) -> crate::system::System<'_, Self> {
        crate::system::System { conn: self }
    }
}
