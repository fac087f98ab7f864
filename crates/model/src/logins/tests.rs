use super::*;
use crate::calendar::TimeZone;
use crate::projects::{LoginMethods, Redirects, SelfServe};
use uuid::Uuid;

fn now() -> Timestamp {
    Timestamp::from_micros(0)
}

fn project() -> Project {
    Project {
        id: ProjectId::from_uuid(Uuid::nil()),
        display_name: "Acme".into(),
        log_in_with: LoginMethods::of(&LoginMethod::ALL),
        vault_domain: String::new(),
        cookie_domain: String::new(),
        email_send_from_domain: String::new(),
        trusted_domains: Vec::new(),
        api_keys_enabled: false,
        api_key_prefix: None,
        max_key_lifetime: None,
        time_zone: TimeZone::default(),
        audit_logs_enabled: true,
        logins_disabled: false,
        redirects: Redirects::default(),
        self_serve: SelfServe::default(),
        staff: None,
        created_at: now(),
        updated_at: now(),
    }
}

fn organization(id: u128, log_in_with: &[LoginMethod]) -> Organization {
    let (id, project) = (OrganizationId::from_uuid(Uuid::from_u128(id)), ProjectId::from_uuid(Uuid::nil()));
    Organization::new(id, project, String::new(), LoginMethods::of(log_in_with), now())
}

fn email() -> EmailAddress {
    EmailAddress::parse("email", "ada@example.com").unwrap()
}

fn login(progress: Progress) -> Login {
    Login {
        id: IntermediateSessionId::from_uuid(Uuid::nil()),
        project: ProjectId::from_uuid(Uuid::nil()),
        progress,
        created_at: now(),
        expires_at: now().after(LOGIN_LIFETIME),
    }
}

fn by_mail() -> Progress {
    Progress {
        email: Some(email()),
        email_verified: true,
        email_shown: true,
        primary_factor: Some(PrimaryAuthFactor::Email),
        ..Progress::default()
    }
}

fn ada() -> UserFacts {
    UserFacts { id: Some(UserId::from_uuid(Uuid::from_u128(7))), ..UserFacts::default() }
}

#[test]
fn a_proven_address_is_enough_where_nothing_else_is_wanted() {
    let organization = organization(1, &[LoginMethod::Email]);
    let missing = |progress| login(progress).missing(&project(), &organization, ada());
    assert_eq!(missing(by_mail()), None);
    assert_eq!(missing(Progress::default()), Some(Missing::PrimaryFactor));
    assert_eq!(missing(Progress { email_verified: false, ..by_mail() }), Some(Missing::Email));
    let google = Progress { primary_factor: Some(PrimaryAuthFactor::Google), ..by_mail() };
    assert_eq!(missing(google), Some(Missing::AllowedPrimaryFactor));
}

#[test]
fn whoever_is_kept_out_is_told_so_first() {
    let mut closed = organization(1, &[LoginMethod::Email]);
    closed.logins_disabled = true;
    let login = login(by_mail());
    assert_eq!(login.missing(&project(), &closed, ada()), Some(Missing::OrganizationLogins));
    let closed_project = Project { logins_disabled: true, ..project() };
    assert_eq!(login.missing(&closed_project, &closed, ada()), Some(Missing::ProjectLogins));
}

#[test]
fn a_password_must_be_shown_and_is_chosen_only_by_who_has_none_or_came_by_a_mail_about_it() {
    let organization = organization(1, &[LoginMethod::Email, LoginMethod::Password]);
    let missing = |progress, user| login(progress).missing(&project(), &organization, user);
    let with_password = UserFacts { has_password: true, ..ada() };
    let chosen = Progress { new_password_hash: Some("$argon2id$".into()), ..by_mail() };
    assert_eq!(missing(by_mail(), ada()), Some(Missing::Password));
    assert_eq!(missing(chosen.clone(), ada()), None);
    assert_eq!(missing(chosen.clone(), UserFacts::default()), None);
    assert_eq!(missing(chosen.clone(), with_password), Some(Missing::Password), "it would replace one");
    assert_eq!(missing(Progress { password_reset_verified: true, ..chosen }, with_password), None);
    assert_eq!(missing(Progress { password_of: with_password.id, ..by_mail() }, with_password), None);
    let somebody_else = Some(UserId::from_uuid(Uuid::from_u128(8)));
    let stolen = Progress { password_of: somebody_else, ..by_mail() };
    assert_eq!(missing(stolen, with_password), Some(Missing::Password));
}

#[test]
fn a_password_alone_proves_the_address_only_where_it_belongs() {
    let (here, there) =
        (organization(1, &[LoginMethod::Password]), organization(2, &[LoginMethod::Password]));
    let mut progress = Progress { email: Some(email()), ..Progress::default() };
    progress.choose(here.id);
    progress.primary_factor = Some(PrimaryAuthFactor::Password);
    let user = UserFacts { has_password: true, ..ada() };
    progress.password_of = user.id;
    assert!(progress.proven_email().is_ok() && progress.verified_email().is_err());
    assert_eq!(login(progress.clone()).missing(&project(), &here, user), None);
    progress.choose(there.id);
    assert!(progress.proven_email().is_err());
    assert_eq!(login(progress).missing(&project(), &there, UserFacts::default()), Some(Missing::Email));
}

#[test]
fn a_second_factor_is_asked_of_everybody_by_the_organization_and_of_who_has_one_anyway() {
    let app = UserFacts { has_authenticator_app: true, ..ada() };
    let mut organization = organization(1, &[LoginMethod::Email, LoginMethod::AuthenticatorApp]);
    let missing =
        |organization: &Organization, progress, user| login(progress).missing(&project(), organization, user);
    let shown = Progress { authenticator_verified: true, ..by_mail() };
    assert_eq!(missing(&organization, by_mail(), ada()), None);
    assert_eq!(missing(&organization, by_mail(), app), Some(Missing::SecondFactor));
    assert_eq!(missing(&organization, shown.clone(), app), None);
    let passkey = UserFacts { has_passkey: true, ..ada() };
    assert_eq!(missing(&organization, by_mail(), passkey), None, "passkeys are off here");
    organization.require_mfa = true;
    assert_eq!(missing(&organization, by_mail(), ada()), Some(Missing::SecondFactor));
    assert_eq!(missing(&organization, shown, ada()), None);
    let by_passkey = Progress { passkey_verified: true, ..by_mail() };
    assert_eq!(missing(&organization, by_passkey, ada()), Some(Missing::SecondFactor));
}

#[test]
fn the_operators_word_holds_for_the_organization_of_the_link_alone() {
    let (staff, other) = (organization(1, &[LoginMethod::Password]), organization(2, &[LoginMethod::Email]));
    let mut progress = Progress { email: Some(email()), ..Progress::default() };
    progress.choose(staff.id);
    progress.email_verified = true;
    progress.primary_factor = Some(PrimaryAuthFactor::Password);
    progress.sign_up_link = Some([1; 32]);
    progress.new_password_hash = Some("$argon2id$".into());
    assert_eq!(login(progress.clone()).missing(&project(), &staff, UserFacts::default()), None);
    progress.choose(other.id);
    assert!(
        !progress.email_verified && progress.sign_up_link.is_none() && progress.new_password_hash.is_none()
    );
}

#[test]
fn saying_to_be_somebody_else_forgets_everything_but_where_to_go() {
    let mut progress = Progress {
        redirect_uri: Some("https://example.com".into()),
        relayed_session_state: Some("state".into()),
        organization: Some(OrganizationId::from_uuid(Uuid::nil())),
        ..by_mail()
    };
    progress.identify(email());
    assert!(progress.email_verified, "the same address keeps what it proved");
    progress.identify(EmailAddress::parse("email", "eve@example.com").unwrap());
    assert!(!progress.email_verified && !progress.email_shown);
    assert_eq!((progress.primary_factor, progress.organization), (None, None));
    assert_eq!(progress.redirect_uri.as_deref(), Some("https://example.com"));
    assert_eq!(progress.relayed_session_state.as_deref(), Some("state"));
}

#[test]
fn progress_survives_being_kept_and_prints_nothing() {
    let progress = Progress { password_of: ada().id, sign_up_link: Some([3; 32]), ..by_mail() };
    let kept = serde_json::to_string(&progress).unwrap();
    let read: Progress = serde_json::from_str(&kept).unwrap();
    assert_eq!((read.email, read.password_of, read.sign_up_link), (Some(email()), ada().id, Some([3; 32])));
    assert_eq!(format!("{progress:?}"), "Progress(…)");
}
