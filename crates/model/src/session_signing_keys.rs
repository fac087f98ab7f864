//! The keys that sign access tokens, and how one follows another.

use crate::ids::SessionSigningKeyId;
use crate::time::Timestamp;
use std::time::Duration;

/// How long a key is published before it signs: clients keep what they read for an hour.
pub const PUBLISHED_AHEAD: Duration = Duration::from_secs(2 * 60 * 60);
/// How long a key stays published after its successor began to sign.
pub const PUBLISHED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// How often keys change by default.
pub const ROTATED_EVERY: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A P-256 key that signs a project's access tokens (ES256).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSigningKey {
    /// Its id, the token's `kid`.
    pub id: SessionSigningKeyId,
    /// The uncompressed point: 0x04, then 32 bytes each of x and y.
    pub public_key: Vec<u8>,
    /// The private key, sealed with the master key.
    pub sealed_private_key: Vec<u8>,
    /// When it was made and published.
    pub created_at: Timestamp,
}

/// The key that signs now, of a project's keys from the newest to the oldest: the newest that clients know, or the first
/// one of all.
#[must_use]
pub fn signing(keys: &[SessionSigningKey], now: Timestamp) -> Option<&SessionSigningKey> {
    keys.iter().find(|key| key.created_at.after(PUBLISHED_AHEAD) <= now).or(keys.last())
}

/// Whether it is time for a new key.
#[must_use]
pub fn rotation_is_due(keys: &[SessionSigningKey], every: Duration, now: Timestamp) -> bool {
    keys.first().is_none_or(|newest| newest.created_at.after(every) <= now)
}

/// The keys that nothing can be signed with any more that is still good.
pub fn outlived(keys: &[SessionSigningKey], now: Timestamp) -> impl Iterator<Item = SessionSigningKeyId> {
    let successors = keys.iter().zip(keys.iter().skip(1));
    successors.filter_map(move |(successor, key)| {
        let began_to_sign = successor.created_at.after(PUBLISHED_AHEAD);
        (began_to_sign.after(PUBLISHED_AFTER) <= now).then_some(key.id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn hour(hours: i64) -> Timestamp {
        Timestamp::from_micros(hours * 3_600_000_000)
    }

    fn key(id: u128, hours: i64) -> SessionSigningKey {
        SessionSigningKey {
            id: SessionSigningKeyId::from_uuid(Uuid::from_u128(id)),
            public_key: Vec::new(),
            sealed_private_key: Vec::new(),
            created_at: hour(hours),
        }
    }

    #[test]
    fn a_new_key_is_published_for_two_hours_before_it_signs() {
        let keys = [key(2, 100), key(1, 0)];
        let signer = |hours| signing(&keys, hour(hours)).map(|key| key.id.uuid().as_u128());
        assert_eq!(signer(100), Some(1));
        assert_eq!(signer(101), Some(1));
        assert_eq!(signer(102), Some(2));
        // The first key of a project signs at once: nobody can know another.
        assert_eq!(signing(&keys[1..], hour(0)).map(|key| key.id), Some(keys[1].id));
        assert!(signing(&[], hour(0)).is_none());
    }

    #[test]
    fn keys_change_when_it_is_time_and_old_ones_go_a_day_after_their_last_signature() {
        let keys = [key(2, 720), key(1, 0)];
        assert!(!rotation_is_due(&keys[1..], ROTATED_EVERY, hour(719)));
        assert!(rotation_is_due(&keys[1..], ROTATED_EVERY, hour(720)));
        assert!(rotation_is_due(&[], ROTATED_EVERY, hour(0)));
        assert_eq!(outlived(&keys, hour(720 + 25)).count(), 0);
        assert_eq!(outlived(&keys, hour(720 + 26)).collect::<Vec<_>>(), [keys[1].id]);
        assert_eq!(outlived(&keys[1..], hour(10_000)).count(), 0, "the newest key stays");
    }
}
