//! The audit log.

use crate::error::{Error, Result};
use crate::ids::{
    ApiKeyId, AuditLogEventId, BackendApiKeyId, IntermediateSessionId, OrganizationId, SessionId, UserId,
};
use crate::time::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Longest event name, in bytes.
pub const EVENT_NAME_MAX_BYTES: usize = 256;
/// Largest details, in bytes of JSON.
pub const EVENT_DETAILS_MAX_BYTES: usize = 16 * 1024;

/// What kind of thing an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceType {
    /// A project.
    Project,
    /// An organization.
    Organization,
    /// A project's RBAC policy; its id is the project's.
    RbacPolicy,
    /// A role.
    Role,
    /// An API key.
    ApiKey,
    /// A Backend API key.
    BackendApiKey,
    /// A publishable key.
    PublishableKey,
    /// A plan.
    Plan,
    /// A limit override.
    LimitOverride,
    /// A user.
    User,
    /// An invitation.
    UserInvite,
    /// A session.
    Session,
    /// A passkey.
    Passkey,
}

impl ResourceType {
    /// Every type.
    pub const ALL: [Self; 13] = [
        Self::Project,
        Self::Organization,
        Self::RbacPolicy,
        Self::Role,
        Self::ApiKey,
        Self::BackendApiKey,
        Self::PublishableKey,
        Self::Plan,
        Self::LimitOverride,
        Self::User,
        Self::UserInvite,
        Self::Session,
        Self::Passkey,
    ];

    /// The type's name on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Organization => "organization",
            Self::RbacPolicy => "rbac_policy",
            Self::Role => "role",
            Self::ApiKey => "api_key",
            Self::BackendApiKey => "backend_api_key",
            Self::PublishableKey => "publishable_key",
            Self::Plan => "plan",
            Self::LimitOverride => "limit_override",
            Self::User => "user",
            Self::UserInvite => "user_invite",
            Self::Session => "session",
            Self::Passkey => "passkey",
        }
    }

    /// The type of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Who did it. All `None` when the operator did it at the server's command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventActor {
    /// A person.
    pub user: Option<UserId>,
    /// A session.
    pub session: Option<SessionId>,
    /// An API key.
    pub api_key: Option<ApiKeyId>,
    /// A Backend API key.
    pub backend_api_key: Option<BackendApiKeyId>,
    /// A login in progress.
    pub intermediate_session: Option<IntermediateSessionId>,
    /// A person of the console.
    pub console_user: Option<UserId>,
    /// Their session.
    pub console_session: Option<SessionId>,
    /// The person of the console who acted as the user.
    pub impersonator: Option<UserId>,
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditLogEvent {
    /// Its id, which sorts by event time.
    pub id: AuditLogEventId,
    /// The organization it concerns.
    pub organization: Option<OrganizationId>,
    /// Who did it.
    pub actor: EventActor,
    /// What it is about.
    pub resource: Option<(ResourceType, Uuid)>,
    /// What happened, such as `tesseral.api_keys.create`.
    pub event_name: String,
    /// When.
    pub event_time: Timestamp,
    /// The particulars. Never a secret.
    pub event_details: Map<String, Value>,
}

/// Which entries are wanted; `None` means any.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditLogFilter<'a> {
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// With this name.
    pub event_name: Option<&'a str>,
    /// Concerning this organization.
    pub organization: Option<OrganizationId>,
    /// Done by any of the actors given.
    pub actor: EventActor,
    /// About this kind of thing.
    pub resource_type: Option<ResourceType>,
    /// About this very thing.
    pub resource: Option<Uuid>,
}

/// A name for an event that the developer reports: `x.y.z` over `a-z`, `0-9` and `_`, and not our own.
///
/// # Errors
/// `InvalidArgument`.
pub fn custom_event_name(name: &str) -> Result<String> {
    let segment = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    };
    let legal =
        name.len() <= EVENT_NAME_MAX_BYTES && name.split('.').count() == 3 && name.split('.').all(segment);
    if !legal {
        return Err(Error::invalid_field("eventName", "must have the form x.y.z over a-z, 0-9 and _"));
    }
    if name.starts_with("tesseral") {
        return Err(Error::invalid_field("eventName", "must not begin with tesseral"));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_events_have_three_segments_and_are_not_ours() {
        assert!(custom_event_name("acme.widgets.sold").is_ok());
        for wrong in ["", "a.b", "a.b.c.d", "A.b.c", "a.b.c!", "tesseral.api_keys.create", "tesseral_x.b.c"] {
            assert!(custom_event_name(wrong).is_err(), "{wrong}");
        }
    }
}
