use super::*;
use uuid::Uuid;

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn secret(byte: u8) -> KeySecret {
    KeySecret { hash: SecretHash::from_bytes([byte; 32]), suffix: "abcd".into(), created_at: at(1) }
}

fn key() -> ApiKey {
    ApiKey {
        id: ApiKeyId::from_uuid(Uuid::nil()),
        organization: OrganizationId::from_uuid(Uuid::nil()),
        display_name: "A key".into(),
        description: String::new(),
        external_id: None,
        metadata: None,
        tags: Vec::new(),
        prefix: None,
        secret: secret(1),
        former_secret: None,
        expires_at: None,
        lifecycle: Lifecycle::Active,
        plan: None,
        limits: Vec::new(),
        ip_allowlist: IpNetworks::default(),
        creator: Creator::Operator,
        last_used_at: None,
        created_at: at(1),
        updated_at: at(1),
    }
}

#[test]
fn a_key_can_be_switched_off_and_on_until_it_is_revoked() {
    let off = key().switched(false, at(2)).unwrap();
    assert_eq!(off.lifecycle, Lifecycle::Disabled { at: at(2) });
    assert_eq!(off.clone().switched(false, at(3)).unwrap().lifecycle, off.lifecycle);
    assert_eq!(off.clone().switched(true, at(3)).unwrap().lifecycle, Lifecycle::Active);
    let revoked = off.revoked(Some("leaked".into()), at(4));
    assert_eq!(revoked.clone().revoked(None, at(5)), revoked);
    assert!(revoked.clone().switched(true, at(5)).is_err());
    assert!(revoked.clone().switched(false, at(5)).is_err());
    assert!(revoked.check_deletable().is_ok());
    assert!(key().check_deletable().is_err());
}

#[test]
fn a_rotation_keeps_the_former_secret_for_the_overlap() {
    let (rotated, forgotten) = key().rotated(secret(2), Duration::from_secs(10), at(100)).unwrap();
    assert_eq!(forgotten, None);
    assert_eq!(rotated.secret, secret(2));
    assert_eq!(rotated.former_secret, Some(FormerKeySecret { secret: secret(1), ends_at: at(110) }));
    assert!(rotated.clone().rotated(secret(3), Duration::ZERO, at(109)).is_err());
    let (again, forgotten) = rotated.clone().rotated(secret(3), Duration::ZERO, at(110)).unwrap();
    assert_eq!(forgotten, Some(secret(1)));
    assert_eq!(again.former_secret, Some(FormerKeySecret { secret: secret(2), ends_at: at(110) }));
    let cut = rotated.rotation_ended(at(105)).unwrap();
    assert_eq!(cut.former_secret.as_ref().unwrap().ends_at, at(105));
    assert!(cut.rotation_ended(at(105)).is_err());
}

#[test]
fn a_rotation_that_cannot_be_is_refused() {
    let day = Duration::from_secs(86_400);
    let refused = |key: ApiKey, overlap| key.rotated(secret(2), overlap, at(100)).unwrap_err();
    assert!(refused(key().revoked(None, at(2)), Duration::ZERO).message().contains("revoked"));
    assert!(refused(key(), OVERLAP_MAX + day).message().starts_with("overlapSeconds"));
    let until = |second| ApiKey { expires_at: Some(at(second)), ..key() };
    assert!(refused(until(100), Duration::ZERO).message().contains("expired"));
    assert!(refused(until(200), Duration::from_secs(101)).message().starts_with("overlapSeconds"));
    assert!(until(200).rotated(secret(2), Duration::from_secs(100), at(100)).is_ok());
    assert!(key().rotated(secret(2), OVERLAP_MAX, at(100)).is_ok());
}

#[test]
fn the_strictest_lifetime_counts() {
    let lifetime = Lifetime::from_seconds;
    let check = |demands, expires| Lifetime::check("expireTime", demands, at(0), expires);
    assert!(check([None, None], None).is_ok());
    assert!(check([lifetime(10), lifetime(5)], Some(at(5))).is_ok());
    assert!(check([lifetime(10), lifetime(5)], Some(at(6))).is_err());
    assert!(check([lifetime(10), None], None).is_err());
    assert_eq!(lifetime(0), None);
    assert_eq!(lifetime(Lifetime::MAX_SECONDS + 1), None);
}

#[test]
fn a_revoked_key_takes_notes_and_nothing_else() {
    let revoked = key().revoked(None, at(2));
    let named = ApiKeyUpdate { display_name: Some("Old".into()), ..ApiKeyUpdate::default() };
    assert_eq!(revoked.clone().updated(named, at(3)).unwrap().display_name, "Old");
    let moved = ApiKeyUpdate { expires_at: Some(None), ..ApiKeyUpdate::default() };
    assert!(revoked.updated(moved, at(3)).is_err());
}
