//! Public ids: one text is the id of at most one kind of thing, and is the only text of its id.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockwork_model::ids::{
    ActionId, ApiKeyId, ApiKeyRoleAssignmentId, AuditLogEventId, BackendApiKeyId, IntermediateSessionId,
    OrganizationId, ProjectId, PublishableKeyId, RoleId, SessionId, SessionSigningKeyId, UserId,
};
use lockwork_model::time::Timestamp;

macro_rules! kinds {
    ($text:ident: $($name:ident)*) => {
        [$($text.parse::<$name>().map(|id| (id.to_string(), $name::PREFIX)),)*]
    };
}

fuzz_target!(|text: &str| {
    let read = kinds!(text: ActionId ApiKeyId ApiKeyRoleAssignmentId AuditLogEventId BackendApiKeyId
        IntermediateSessionId OrganizationId ProjectId PublishableKeyId RoleId SessionId SessionSigningKeyId UserId);
    let found: Vec<_> = read.into_iter().flatten().collect();
    assert!(found.len() <= 1, "{found:?}");
    for (shown, prefix) in found {
        assert_eq!(shown, text);
        assert_eq!(text.len(), prefix.len() + 25);
    }

    if let Ok(time) = text.parse::<Timestamp>() {
        assert!((Timestamp::MIN..=Timestamp::MAX).contains(&time));
        assert_eq!(time.to_string().parse::<Timestamp>(), Ok(time));
    }
});
