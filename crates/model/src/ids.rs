//! Public ids: a prefix and 25 base-36 digits of a uuid (contract §2.1).

use crate::base36;
use crate::entropy::{Entropy, draw};
use crate::time::Timestamp;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Text that is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("invalid {noun} id")]
pub struct InvalidId {
    /// The entity in words, as error messages name it.
    pub noun: &'static str,
}

fn parse(text: &str, prefix: &str) -> Option<Uuid> {
    base36::decode_16(text.strip_prefix(prefix)?.as_bytes()).map(Uuid::from_bytes)
}

fn write(f: &mut fmt::Formatter<'_>, prefix: &str, uuid: Uuid) -> fmt::Result {
    f.write_str(prefix)?;
    f.write_str(std::str::from_utf8(&base36::encode_16(uuid.as_bytes())).unwrap_or_default())
}

/// A random uuid (version 4).
pub fn random_uuid(entropy: &mut dyn Entropy) -> Uuid {
    uuid::Builder::from_random_bytes(draw(entropy)).into_uuid()
}

/// A uuid that sorts by time (version 7), for rows that are listed newest first.
pub fn time_ordered_uuid(at: Timestamp, entropy: &mut dyn Entropy) -> Uuid {
    let millis = u64::try_from(at.as_micros() / 1000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &draw(entropy)).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $noun:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// What the text form begins with.
            pub const PREFIX: &'static str = $prefix;
            /// The entity in words, as error messages name it.
            pub const NOUN: &'static str = $noun;

            /// Wraps a uuid read from storage.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
            /// The uuid for storage.
            #[must_use]
            pub const fn uuid(self) -> Uuid { self.0 }
            /// Appends the text form; several times as quick as formatting it.
            pub fn append_to(self, text: &mut Vec<u8>) {
                text.extend_from_slice($prefix.as_bytes());
                text.extend_from_slice(&base36::encode_16(self.0.as_bytes()));
            }
            /// A new random id (uuid version 4).
            pub fn generate(entropy: &mut dyn Entropy) -> Self { Self(random_uuid(entropy)) }
            /// A new id that sorts by time (uuid version 7).
            pub fn generate_at(at: Timestamp, entropy: &mut dyn Entropy) -> Self { Self(time_ordered_uuid(at, entropy)) }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write(f, $prefix, self.0) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write(f, $prefix, self.0) }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text, $prefix).map(Self).ok_or(InvalidId { noun: $noun })
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

ids! {
    /// A developer's product; the tenant.
    ProjectId = "project_", "project";
    /// A customer of the developer.
    OrganizationId = "org_", "organization";
    /// A person in an organization.
    UserId = "user_", "user";
    /// A signed-in person's session.
    SessionId = "session_", "session";
    /// A key that signs access tokens; the `kid`.
    SessionSigningKeyId = "session_signing_key_", "session signing key";
    /// A managed API key.
    ApiKeyId = "api_key_", "api key";
    /// A role given to an API key.
    ApiKeyRoleAssignmentId = "api_key_role_assignment_", "api key role assignment";
    /// A key for the Backend API.
    BackendApiKeyId = "backend_api_key_", "backend api key";
    /// The public key by which clients find a project's configuration.
    PublishableKeyId = "publishable_key_", "publishable key";
    /// A named set of actions.
    RoleId = "role_", "role";
    /// A login in progress.
    IntermediateSessionId = "intermediate_session_", "intermediate session";
    /// An invitation into an organization.
    UserInviteId = "user_invite_", "user invite";
    /// A role given to a user.
    UserRoleAssignmentId = "user_role_assignment_", "user role assignment";
    /// A passkey of a user.
    PasskeyId = "passkey_", "passkey";
    /// A token by which one person signs in as another.
    UserImpersonationTokenId = "user_impersonation_token_", "user impersonation token";
    /// An entry of the audit log.
    AuditLogEventId = "audit_log_event_", "audit log event";
    /// A named set of limits.
    PlanId = "plan_", "plan";
    /// A limit of its own for one identifier.
    LimitOverrideId = "limit_override_", "limit override";
    /// An action of a project's RBAC policy; on the wire actions go by name.
    ActionId = "action_", "action";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_vectors_of_the_contract_hold() {
        for (uuid, text) in [
            ("0191e3a0-7c1b-4f00-8000-0123456789ab", "api_key_03cg8mvklvq0pv4pew9njegff"),
            ("56bfa2b3-4f5a-4c68-8fc5-db3bf20731a2", "project_54vwf0clhh0caqe20eujxgpeq"),
            ("cacb398c-454f-447c-9f61-8394f2309f81", "org_c07mn4m95d0y443zarb4oq0zl"),
            ("7c3b45d5-d3a3-4d87-a363-8a3738234671", "user_7crtwcuoufft2sbv6t3zk2kxd"),
            ("019717cd-7d9d-7633-a905-62bdc508bf5c", "session_03e0dxq6dmf0grl0dxudhrja4"),
            ("0c83134e-b2b9-4216-b57b-6dce610275ff", "publishable_key_0qo01898k369ncxc05oyyn8qn"),
        ] {
            let uuid: Uuid = uuid.parse().unwrap();
            let prefix = &text[..text.len() - 25];
            assert_eq!(parse(text, prefix), Some(uuid), "{text}");
            let shown = match prefix {
                "api_key_" => ApiKeyId(uuid).to_string(),
                "project_" => ProjectId(uuid).to_string(),
                "org_" => OrganizationId(uuid).to_string(),
                "user_" => UserId(uuid).to_string(),
                "session_" => SessionId(uuid).to_string(),
                _ => PublishableKeyId(uuid).to_string(),
            };
            assert_eq!(shown, text);
        }
    }

    #[test]
    fn an_id_above_the_largest_uuid_is_refused() {
        assert!("api_key_f5lxx1zz5pnorynqglhzmsp33".parse::<ApiKeyId>().is_ok());
        assert!("api_key_f5lxx1zz5pnorynqglhzmsp34".parse::<ApiKeyId>().is_err());
        assert!("api_key_zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<ApiKeyId>().is_err());
    }

    proptest! {
        #[test]
        fn any_text_parses_or_is_refused_without_a_panic(text in ".*") {
            let _ = text.parse::<ApiKeyId>();
            let _ = format!("api_key_{text}").parse::<ApiKeyId>();
        }

        #[test]
        fn an_id_survives_the_round_trip(bytes: [u8; 16]) {
            let id = ApiKeyId::from_uuid(Uuid::from_bytes(bytes));
            prop_assert_eq!(id.to_string().parse::<ApiKeyId>().unwrap(), id);
            let mut appended = Vec::new();
            id.append_to(&mut appended);
            prop_assert_eq!(appended, id.to_string().into_bytes());
        }
    }
}
