use super::soft::SoftAuthenticator;
use super::*;
use lockwork_model::entropy::Entropy;
use lockwork_model::error::ErrorCode;

const HOST: &str = "project-54vwf0clhh0caqe20eujxgpeq.localhost";
const ORIGIN: &str = "http://project-54vwf0clhh0caqe20eujxgpeq.localhost:7777";

struct Repeat(u8);
impl Entropy for Repeat {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn party() -> RelyingParty {
    RelyingParty::new(HOST, ORIGIN, "Acme").unwrap()
}

fn user() -> UserId {
    UserId::generate(&mut Repeat(3))
}

fn device(seed: u8) -> SoftAuthenticator {
    SoftAuthenticator::new(&mut Repeat(seed)).unwrap()
}

fn register(device: &mut SoftAuthenticator) -> Result<StoredPasskey> {
    let (options, state) = party().start_registration(user(), "ada@example.com", "Ada", &[])?;
    party().finish_registration(&state, device.register(ORIGIN, &options)?)
}

fn authenticate(device: &mut SoftAuthenticator, passkeys: &mut [StoredPasskey]) -> Result<usize> {
    let (options, state) = party().start_authentication(passkeys)?;
    party().finish_authentication(&state, device.authenticate(ORIGIN, &options)?, passkeys)
}

/// What a refusal looks like from outside, whatever the reason.
fn assert_refused<T: std::fmt::Debug>(result: Result<T>) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidArgument, "{error:?}");
    assert_eq!(error.message(), "the passkey was not accepted; try again");
}

/// The browser's word on the page, changed.
fn altered(client_data_json: &[u8], member: &str, value: Value) -> Vec<u8> {
    let mut data: Value = serde_json::from_slice(client_data_json).unwrap();
    data[member] = value;
    data.to_string().into_bytes()
}

#[test]
fn a_browser_is_asked_for_a_verified_user_and_no_attestation() {
    let existing = register(&mut device(1)).unwrap();
    let (options, _) = party().start_registration(user(), "ada@example.com", "", &[existing]).unwrap();
    assert_eq!(options["rp"], json!({"name": "Acme", "id": HOST}));
    assert_eq!(options["user"]["name"], "ada@example.com");
    assert_eq!(options["user"]["displayName"], "ada@example.com");
    assert_eq!(options["user"]["id"], URL_SAFE_NO_PAD.encode(user().uuid().as_bytes()));
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["excludeCredentials"][0]["id"], URL_SAFE_NO_PAD.encode([1; 16]));
    assert!(URL_SAFE_NO_PAD.decode(options["challenge"].as_str().unwrap()).unwrap().len() >= 16);
}

#[test]
fn a_new_passkey_is_kept_with_its_key_and_model() {
    let passkey = register(&mut device(1)).unwrap();
    assert_eq!(passkey.credential_id, [1; 16]);
    assert_eq!(passkey.rp_id, HOST);
    assert_eq!(passkey.aaguid, "736f6674-206c-6f63-6b77-6f726b000000");
    let key = p256::SecretKey::from_slice(&[1; 32]).unwrap().public_key();
    let der = p256::pkcs8::EncodePublicKey::to_public_key_der(&key).unwrap();
    let text: String = passkey.public_key_pem.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(text, base64::engine::general_purpose::STANDARD.encode(der.as_bytes()));
}

#[test]
fn a_person_proves_one_of_several_passkeys_and_its_counter_moves_on() {
    let (mut first, mut second) = (device(1), device(2));
    let mut passkeys = [register(&mut first).unwrap(), register(&mut second).unwrap()];
    let (options, _) = party().start_authentication(&passkeys).unwrap();
    assert_eq!(options["rpId"], HOST);
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 2);
    assert_eq!(options["userVerification"], "required");
    let before = passkeys.clone();
    assert_eq!(authenticate(&mut second, &mut passkeys).unwrap(), 1);
    assert_eq!(authenticate(&mut first, &mut passkeys).unwrap(), 0);
    assert_eq!(authenticate(&mut first, &mut passkeys).unwrap(), 0);
    assert_ne!(passkeys[0].json, before[0].json);
    assert_ne!(passkeys[1].json, before[1].json);
}

#[test]
fn passkeys_that_do_not_count_are_accepted_each_time() {
    let mut device = device(1);
    device.counts = false;
    let mut passkeys = [register(&mut device).unwrap()];
    for _ in 0..3 {
        assert_eq!(authenticate(&mut device, &mut passkeys).unwrap(), 0);
    }
}

#[test]
fn an_answer_to_another_challenge_is_refused() {
    let mut device = device(1);
    let (options, _) = party().start_registration(user(), "ada@example.com", "Ada", &[]).unwrap();
    let (_, other) = party().start_registration(user(), "ada@example.com", "Ada", &[]).unwrap();
    assert_refused(party().finish_registration(&other, device.register(ORIGIN, &options).unwrap()));

    let mut passkeys = [register(&mut device).unwrap()];
    let (options, _) = party().start_authentication(&passkeys).unwrap();
    let (_, other) = party().start_authentication(&passkeys).unwrap();
    let answer = device.authenticate(ORIGIN, &options).unwrap();
    assert_refused(party().finish_authentication(&other, answer, &mut passkeys));
}

#[test]
fn an_answer_from_another_page_is_refused() {
    for origin in [
        "https://evil.example",
        "http://localhost:7777",
        "http://project-54vwf0clhh0caqe20eujxgpeq.localhost:7778",
        "https://project-54vwf0clhh0caqe20eujxgpeq.localhost:7777",
        "http://sub.project-54vwf0clhh0caqe20eujxgpeq.localhost:7777",
    ] {
        let mut device = device(1);
        let (options, state) = party().start_registration(user(), "ada@example.com", "Ada", &[]).unwrap();
        assert_refused(party().finish_registration(&state, device.register(origin, &options).unwrap()));

        let mut passkeys = [register(&mut device).unwrap()];
        let (options, state) = party().start_authentication(&passkeys).unwrap();
        let answer = device.authenticate(origin, &options).unwrap();
        assert_refused(party().finish_authentication(&state, answer, &mut passkeys));
    }
}

#[test]
fn an_answer_from_a_frame_of_another_site_or_of_another_kind_is_refused() {
    for (member, value) in [("crossOrigin", json!(true)), ("type", json!("payment.get"))] {
        let mut device = device(1);
        let (options, state) = party().start_registration(user(), "ada@example.com", "Ada", &[]).unwrap();
        let mut answer = device.register(ORIGIN, &options).unwrap();
        answer.client_data_json = altered(&answer.client_data_json, member, value);
        assert_refused(party().finish_registration(&state, answer));
    }
}

#[test]
fn an_answer_for_another_host_is_refused() {
    let mut device = device(1);
    let (mut options, state) = party().start_registration(user(), "ada@example.com", "Ada", &[]).unwrap();
    options["rp"]["id"] = json!("localhost");
    assert_refused(party().finish_registration(&state, device.register(ORIGIN, &options).unwrap()));

    let mut passkeys = [register(&mut device).unwrap()];
    let (mut options, state) = party().start_authentication(&passkeys).unwrap();
    options["rpId"] = json!("localhost");
    let answer = device.authenticate(ORIGIN, &options).unwrap();
    assert_refused(party().finish_authentication(&state, answer, &mut passkeys));
}

#[test]
fn a_device_that_did_not_verify_its_user_is_refused() {
    let mut device = device(1);
    let mut passkeys = [register(&mut device).unwrap()];
    device.verifies_user = false;
    assert_refused(authenticate(&mut device, &mut passkeys));
    assert_refused(register(&mut device));
}

#[test]
fn an_altered_answer_is_refused() {
    let mut device = device(1);
    let mut passkeys = [register(&mut device).unwrap()];
    for alter in [
        (|answer| *answer.signature.last_mut().unwrap() ^= 1) as fn(&mut AssertionResponse),
        |answer| answer.signature.clear(),
        |answer| answer.authenticator_data[36] ^= 0x40,
        |answer| answer.authenticator_data.truncate(36),
        |answer| answer.client_data_json.push(b' '),
        |answer| answer.client_data_json.clear(),
        |answer| answer.credential_id.clear(),
        |answer| answer.credential_id = vec![9; 10_000],
    ] {
        let (options, state) = party().start_authentication(&passkeys).unwrap();
        let mut answer = device.authenticate(ORIGIN, &options).unwrap();
        alter(&mut answer);
        let before = passkeys.clone();
        assert_refused(party().finish_authentication(&state, answer, &mut passkeys));
        assert_eq!(passkeys, before);
    }
}

#[test]
fn another_device_cannot_answer_under_a_foreign_name() {
    let mut owner = device(1);
    let mut passkeys = [register(&mut owner).unwrap()];
    let mut thief = device(2);
    thief.credential_id = owner.credential_id.clone();
    thief.counter = 1000;
    assert_refused(authenticate(&mut thief, &mut passkeys));
}

#[test]
fn a_copy_of_a_device_is_noticed_by_its_counter() {
    let mut device = device(1);
    let mut passkeys = [register(&mut device).unwrap()];
    let mut copy = device.clone();
    authenticate(&mut device, &mut passkeys).unwrap();
    assert_refused(authenticate(&mut copy, &mut passkeys));
}

#[test]
fn a_copy_is_noticed_even_between_two_sign_ins_at_the_same_time() {
    let mut device = device(1);
    let mut passkeys = [register(&mut device).unwrap()];
    let mut copy = device.clone();
    let (options, state) = party().start_authentication(&passkeys).unwrap();
    authenticate(&mut device, &mut passkeys).unwrap();
    let answer = copy.authenticate(ORIGIN, &options).unwrap();
    assert_refused(party().finish_authentication(&state, answer, &mut passkeys));
}

#[test]
fn a_passkey_that_was_removed_meanwhile_proves_nothing() {
    let mut device = device(1);
    let passkeys = [register(&mut device).unwrap()];
    let (options, state) = party().start_authentication(&passkeys).unwrap();
    let answer = device.authenticate(ORIGIN, &options).unwrap();
    assert_refused(party().finish_authentication(&state, answer, &mut []));
}

#[test]
fn passkeys_of_another_host_are_not_asked_for() {
    let mut passkey = register(&mut device(1)).unwrap();
    "other.example".clone_into(&mut passkey.rp_id);
    for passkeys in [vec![passkey], Vec::new()] {
        let error = party().start_authentication(&passkeys).unwrap_err();
        assert_eq!(error.code(), ErrorCode::FailedPrecondition);
    }
}

#[test]
fn a_device_that_holds_a_passkey_of_the_person_makes_no_second() {
    let mut device = device(1);
    let existing = [register(&mut device).unwrap()];
    let (mut options, state) =
        party().start_registration(user(), "ada@example.com", "Ada", &existing).unwrap();
    assert!(device.register(ORIGIN, &options).is_err());
    // One that ignores what it was told is refused here.
    options["excludeCredentials"] = json!([]);
    assert_refused(party().finish_registration(&state, device.register(ORIGIN, &options).unwrap()));
}

#[test]
fn nonsense_instead_of_an_attestation_is_an_invalid_argument() {
    let (options, state) = party().start_registration(user(), "ada@example.com", "Ada", &[]).unwrap();
    let answer = device(1).register(ORIGIN, &options).unwrap();
    for attestation_object in [
        Vec::new(),
        vec![0; 10_000],
        vec![0xff; 10_000],
        vec![0x9f; 10_000],
        b"\xa0".to_vec(),
        b"\xa1\x68authData\x40".to_vec(),
        b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x40".to_vec(),
        answer.attestation_object[..answer.attestation_object.len() - 1].to_vec(),
    ] {
        let answer = RegistrationResponse { attestation_object, ..answer.clone() };
        let error = party().finish_registration(&state, answer).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument, "{error:?}");
    }
}

#[test]
fn a_state_that_is_not_ours_is_our_fault() {
    let (options, _) = party().start_registration(user(), "ada@example.com", "Ada", &[]).unwrap();
    let answer = device(1).register(ORIGIN, &options).unwrap();
    for state in ["", "{}", "null"] {
        let error = party().finish_registration(state, answer.clone()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Internal);
    }
}

#[test]
fn an_address_without_a_domain_cannot_have_passkeys() {
    for (rp_id, origin) in [
        ("127.0.0.1", "http://127.0.0.1:7777"),
        ("example.com", "https://example.org"),
        ("example.com", "https://evilexample.com"),
        ("example.com", "example.com"),
        ("", ""),
    ] {
        let error = RelyingParty::new(rp_id, origin, "Acme").unwrap_err();
        assert_eq!(error.code(), ErrorCode::FailedPrecondition, "{rp_id} {origin}");
    }
    assert!(RelyingParty::new("vault.example.com", "https://vault.example.com", "").is_ok());
}
