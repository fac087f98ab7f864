use super::*;
use serde_json::{Value, json};
use uuid::Uuid;

const ISSUER: &str = "https://project-54vwf0clhh0caqe20eujxgpeq.tesseral.app";
const NOW: i64 = 1_800_000_000;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

fn kid(seed: u128) -> SessionSigningKeyId {
    SessionSigningKeyId::from_uuid(Uuid::from_u128(seed))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn claims() -> Claims {
    Claims {
        issuer: ISSUER.to_owned(),
        user: "user_7crtwcuoufft2sbv6t3zk2kxd".parse().unwrap(),
        session: "session_03e0dxq6dmf0grl0dxudhrja4".parse().unwrap(),
        email: "ada@example.com".to_owned(),
        display_name: Some("Ada “A” Löve".to_owned()),
        profile_picture_url: Some("https://example.com/ada.png".to_owned()),
        organization: "org_c07mn4m95d0y443zarb4oq0zl".parse().unwrap(),
        organization_name: "Acme".to_owned(),
        actions: ["b.write", "a.read", "b.write"].map(str::to_owned).to_vec(),
        impersonator_email: None,
        issued_at: Timestamp::from_micros(NOW * 1_000_000 + 999_999),
        expires_at: at(NOW + 300),
    }
}

fn token(claims: &Claims) -> String {
    sign(claims, kid(1), &key(1)).unwrap().reveal().to_owned()
}

/// As the project whose only key is number 1 judges it.
fn judge_at(token: &str, seconds: i64) -> Result<Verified> {
    verify(token, ISSUER, at(seconds), |id| (id == kid(1)).then(|| key(1).public_point()))
}

fn judge(token: &str) -> Result<Verified> {
    judge_at(token, NOW + 1)
}

fn assert_refused(token: &str, reason: &str) {
    let error = judge(token).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Unauthenticated);
    assert_eq!(error.message(), format!("the access token {reason}"), "{token}");
}

fn part(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

fn json_of(part: &str) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A token with this header and these claims under a true signature of key 1.
fn forged(header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", part(header), part(payload));
    let signature = URL_SAFE_NO_PAD.encode(key(1).sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn header() -> String {
    format!(r#"{{"kid":"{}","alg":"ES256"}}"#, kid(1))
}

/// A truly signed token whose claims are those of [`claims`] but for one.
fn with(claim: &str, value: Value) -> String {
    let mut payload: Value =
        serde_json::from_str(&json_of(token(&claims()).split('.').nth(1).unwrap())).unwrap();
    payload[claim] = value;
    forged(&header(), &payload.to_string())
}

#[test]
fn a_token_has_the_members_of_the_contract_in_their_order() {
    let token = token(&claims());
    let parts: Vec<_> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    assert_eq!(json_of(parts[0]), r#"{"kid":"session_signing_key_0000000000000000000000001","alg":"ES256"}"#);
    let payload = concat!(
        r#"{"iss":"https://project-54vwf0clhh0caqe20eujxgpeq.tesseral.app","#,
        r#""aud":"https://project-54vwf0clhh0caqe20eujxgpeq.tesseral.app","#,
        r#""sub":"user_7crtwcuoufft2sbv6t3zk2kxd","exp":1800000300,"nbf":1800000000,"iat":1800000000,"#,
        r#""session":{"id":"session_03e0dxq6dmf0grl0dxudhrja4"},"#,
        r#""user":{"id":"user_7crtwcuoufft2sbv6t3zk2kxd","email":"ada@example.com","#,
        r#""displayName":"Ada “A” Löve","profilePictureUrl":"https://example.com/ada.png"},"#,
        r#""organization":{"id":"org_c07mn4m95d0y443zarb4oq0zl","displayName":"Acme"},"#,
        r#""actions":["a.read","b.write"]}"#,
    );
    assert_eq!(json_of(parts[1]), payload);
    assert_eq!(URL_SAFE_NO_PAD.decode(parts[2]).unwrap().len(), 64);
}

#[test]
fn empty_members_are_left_out_but_for_the_name_of_the_organization() {
    let claims = Claims {
        display_name: None,
        profile_picture_url: Some(String::new()),
        organization_name: String::new(),
        actions: Vec::new(),
        impersonator_email: Some("staff@example.com".to_owned()),
        ..claims()
    };
    let payload = json_of(token(&claims).split('.').nth(1).unwrap());
    let tail = concat!(
        r#""user":{"id":"user_7crtwcuoufft2sbv6t3zk2kxd","email":"ada@example.com"},"#,
        r#""organization":{"id":"org_c07mn4m95d0y443zarb4oq0zl","displayName":""},"#,
        r#""impersonator":{"email":"staff@example.com"}}"#,
    );
    assert!(payload.ends_with(tail), "{payload}");
    assert!(judge(&token(&claims)).unwrap().impersonated);
}

#[test]
fn a_token_of_ours_holds_and_says_who_it_is() {
    let verified = judge(&token(&claims())).unwrap();
    let Claims { user, session, organization, .. } = claims();
    let (issued_at, expires_at) = (at(NOW), at(NOW + 300));
    assert_eq!(
        verified,
        Verified { user, session, organization, impersonated: false, issued_at, expires_at }
    );
}

#[test]
fn the_same_claims_give_the_same_token() {
    assert_eq!(token(&claims()), token(&claims()));
}

#[test]
fn a_token_holds_until_the_second_in_which_it_ends() {
    let token = token(&claims());
    assert!(judge_at(&token, NOW + 299).is_ok());
    for late in [NOW + 300, NOW + 301, NOW + 1_000_000] {
        assert_eq!(judge_at(&token, late).unwrap_err().message(), "the access token has expired");
    }
}

#[test]
fn a_token_may_come_from_a_clock_that_is_thirty_seconds_ahead_and_no_more() {
    let token = token(&claims());
    assert!(judge_at(&token, NOW - 30).is_ok());
    for early in [NOW - 31, 0] {
        assert_eq!(judge_at(&token, early).unwrap_err().message(), "the access token is not valid yet");
    }
}

#[test]
fn a_token_without_signature_is_refused_in_every_spelling_of_none() {
    let ours = token(&claims());
    let payload = ours.split('.').nth(1).unwrap();
    for none in ["none", "None", "NONE", "nOnE", "", "HS256", "RS256", "ES384", "ES256K", "es256", "EdDSA"] {
        let header = part(&format!(r#"{{"kid":"{}","alg":"{none}"}}"#, kid(1)));
        let signature = ours.rsplit('.').next().unwrap();
        for signature in ["", signature] {
            assert_refused(&format!("{header}.{payload}.{signature}"), "is not signed by ES256");
        }
    }
}

#[test]
fn the_public_key_is_no_secret_to_sign_with() {
    let point = key(1).public_point();
    let (header, payload) = (
        format!(r#"{{"kid":"{}","alg":"HS256"}}"#, kid(1)),
        json_of(token(&claims()).split('.').nth(1).unwrap()),
    );
    let signed = format!("{}.{}", part(&header), part(&payload));
    let mac = hmac_sha256(&point, signed.as_bytes());
    assert_refused(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac)), "is not signed by ES256");
    // And under the right name, a MAC is no signature.
    let signed = format!("{}.{}", part(&self::header()), part(&payload));
    let mac = hmac_sha256(&point, signed.as_bytes());
    assert_refused(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac)), "has a wrong signature");
    let doubled = URL_SAFE_NO_PAD.encode([mac, mac].concat());
    assert_refused(&format!("{signed}.{doubled}"), "has a wrong signature");
}

/// RFC 2104, for keys longer than a block as for others.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    let mut block = [0; 64];
    let key = if key.len() > 64 { Sha256::digest(key).to_vec() } else { key.to_vec() };
    block[..key.len()].copy_from_slice(&key);
    let inner = Sha256::digest([block.map(|byte| byte ^ 0x36).as_slice(), message].concat());
    Sha256::digest([block.map(|byte| byte ^ 0x5c).as_slice(), &inner].concat()).into()
}

#[test]
fn a_key_that_the_project_does_not_have_is_refused_before_anything_is_computed() {
    let other = sign(&claims(), kid(2), &key(2)).unwrap();
    assert_refused(other.reveal(), "is signed by a key that this project does not have");
    let payload = json_of(token(&claims()).split('.').nth(1).unwrap());
    for kid in [
        "",
        "1",
        "user_7crtwcuoufft2sbv6t3zk2kxd",
        "session_signing_key_",
        "../../etc/passwd",
        &"k".repeat(10_000),
    ] {
        let token = forged(&format!(r#"{{"kid":"{kid}","alg":"ES256"}}"#), &payload);
        assert_refused(&token, "is signed by a key that this project does not have");
    }
}

#[test]
fn another_key_under_our_name_is_refused() {
    let other = sign(&claims(), kid(1), &key(2)).unwrap();
    assert_refused(other.reveal(), "has a wrong signature");
}

#[test]
fn a_header_that_brings_its_own_key_or_other_wishes_is_refused() {
    let payload = json_of(token(&claims()).split('.').nth(1).unwrap());
    for wish in [
        r#""jwk":{"kty":"EC"}"#,
        r#""jku":"https://evil.example/keys""#,
        r#""x5u":"https://evil.example/""#,
        r#""crit":["exp"]"#,
        r#""b64":false"#,
        r#""zip":"DEF""#,
        r#""alg":"none""#,
    ] {
        let header = format!(r#"{{"kid":"{}","alg":"ES256",{wish}}}"#, kid(1));
        assert_refused(&forged(&header, &payload), "is malformed");
    }
    for header in ["{}", "[]", "null", "", r#"{"alg":"ES256"}"#, r#"{"kid":1,"alg":"ES256"}"#] {
        assert_refused(&forged(header, &payload), "is malformed");
    }
}

#[test]
fn claims_that_were_changed_are_refused() {
    let ours = token(&claims());
    let [header, payload, signature] = ours.split('.').collect::<Vec<_>>().try_into().unwrap();
    for (from, to) in [
        ("a.read", "a.rule"),
        ("1800000300", "1900000300"),
        ("user_7crtwcuoufft2sbv6t3zk2kxd", "user_7crtwcuoufft2sbv6t3zk2kxe"),
        ("}]}", "}]} "),
    ] {
        let changed = json_of(payload).replace(from, to);
        let changed = if changed == json_of(payload) { changed + " " } else { changed };
        assert_refused(&format!("{header}.{}.{signature}", part(&changed)), "has a wrong signature");
    }
}

#[test]
fn a_signature_that_was_changed_is_refused() {
    let ours = token(&claims());
    let (signed, signature) = ours.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    for bit in 0..512 {
        let mut changed = signature.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_refused(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(changed)), "has a wrong signature");
    }
    let der = Signature::from_slice(&signature).unwrap().to_der().as_bytes().to_vec();
    for changed in
        [vec![], vec![0; 64], vec![255; 64], signature[..63].to_vec(), [&signature[..], &[0]].concat(), der]
    {
        assert_refused(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(changed)), "has a wrong signature");
    }
}

#[test]
fn a_mirrored_signature_says_nothing_else_than_the_original() {
    let ours = token(&claims());
    let (signed, signature) = ours.rsplit_once('.').unwrap();
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let mirrored = Signature::from_scalars(signature.r().to_bytes(), (-*signature.s()).to_bytes()).unwrap();
    assert_ne!(mirrored, signature);
    let mirrored = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mirrored.to_bytes()));
    assert_eq!(judge(&mirrored).unwrap(), judge(&ours).unwrap());
}

#[test]
fn a_token_has_three_parts_and_each_has_one_spelling() {
    let ours = token(&claims());
    let [header, payload, signature] = ours.split('.').collect::<Vec<_>>().try_into().unwrap();
    for wrong in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        "a".repeat(10_000),
        ".".repeat(10_000),
        header.to_owned(),
        format!("{header}.{payload}"),
        format!(".{header}.{payload}.{signature}"),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}.{signature}=="),
        format!(" {ours}"),
        format!("{ours}\n"),
        format!("ä{ours}"),
    ] {
        assert_refused(&wrong, "is malformed");
    }
    for extra in
        [format!("{ours}."), format!("{ours}.{signature}"), format!("{header}.{payload}..{signature}")]
    {
        assert!(judge(&extra).is_err(), "{extra}");
    }
    // Of the last of 86 characters only two bits count; the other spellings of the same bytes are refused.
    let (rest, last) = ours.split_at(ours.len() - 1);
    let spellings = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']);
    let legal: Vec<char> = spellings.filter(|last| judge(&format!("{rest}{last}")).is_ok()).collect();
    assert_eq!(legal, last.chars().collect::<Vec<_>>());
}

#[test]
fn a_token_for_another_project_or_for_many_is_refused() {
    let other = "https://project-03e0dxq6dmf0grl0dxudhrja4.tesseral.app";
    for claim in ["iss", "aud"] {
        for value in [json!(other), json!(""), json!(format!("{ISSUER}/")), json!(ISSUER.to_uppercase())] {
            assert_refused(&with(claim, value), "was issued for somebody else");
        }
    }
    assert_refused(&with("aud", json!([ISSUER])), "is malformed");
    assert_refused(&token(&Claims { issuer: other.to_owned(), ..claims() }), "was issued for somebody else");
}

#[test]
fn even_truly_signed_claims_must_have_their_form() {
    for (claim, value) in [
        ("exp", json!("1800000300")),
        ("exp", json!(1_800_000_300.5)),
        ("exp", json!(null)),
        ("exp", json!(i64::MAX)),
        ("nbf", json!(i64::MIN)),
        ("iat", json!(u64::MAX)),
        ("sub", json!("ada@example.com")),
        ("sub", json!("org_c07mn4m95d0y443zarb4oq0zl")),
        ("session", json!("session_03e0dxq6dmf0grl0dxudhrja4")),
        ("session", json!({})),
        ("organization", json!({"id": "user_7crtwcuoufft2sbv6t3zk2kxd"})),
    ] {
        assert_refused(&with(claim, value), "is malformed");
    }
    let payload = json_of(token(&claims()).split('.').nth(1).unwrap());
    let twice = payload.replacen('{', r#"{"sub":"user_7crtwcuoufft2sbv6t3zk2kxd","#, 1);
    assert_refused(&forged(&header(), &twice), "is malformed");
    for claim in ["iss", "aud", "sub", "exp", "nbf", "iat", "session", "organization"] {
        let renamed = payload.replacen(&format!(r#""{claim}":"#), r#""other":"#, 1);
        assert_refused(&forged(&header(), &renamed), "is malformed");
    }
    assert!(judge(&forged(&header(), &payload)).is_ok());
}

#[test]
fn a_public_key_that_storage_spoilt_is_our_fault() {
    let error = verify(&token(&claims()), ISSUER, at(NOW), |_| Some(vec![4; 65])).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Internal);
}
