use super::*;
use uuid::Uuid;

#[test]
fn a_scope_grants_what_it_says_and_no_more() {
    let project = ProjectId::from_uuid(Uuid::nil());
    let id = BackendApiKeyId::from_uuid(Uuid::nil());
    for &permission in Permission::ALL {
        let allowed = |scope| Caller::backend_api_key(project, id, scope).require(permission).is_ok();
        assert_eq!(allowed(BackendKeyScope::Full), !permission.is_personal());
        assert_eq!(allowed(BackendKeyScope::Read), permission.is_read());
        assert_eq!(allowed(BackendKeyScope::Verify), permission.is_verification());
    }
}

#[test]
fn a_member_reaches_their_organization_and_what_they_hold_there() {
    let (project, organization) = (ProjectId::from_uuid(Uuid::nil()), OrganizationId::from_uuid(Uuid::max()));
    let user = UserId::from_uuid(Uuid::max());
    let who = SignedIn { user, session: SessionId::from_uuid(Uuid::nil()), impersonator: None };
    let plain = Member {
        who,
        organization,
        owner: false,
        reads_api_keys: false,
        writes_api_keys: false,
        has_personal_api_keys: false,
    };
    let require = |member: Member, permission| Caller::member(project, member).require(permission);
    for &permission in Permission::ALL {
        for member in [plain, Member { owner: true, ..plain }, Member { writes_api_keys: true, ..plain }] {
            if let Ok(scope) = require(member, permission) {
                assert_eq!((scope.organization(), scope.keys_of()), (Some(organization), None));
                assert!(
                    scope.reaches(organization) && !scope.reaches(OrganizationId::from_uuid(Uuid::nil()))
                );
            }
        }
    }
    assert!(require(plain, Permission::ApiKeysRead).is_err());
    assert!(require(Member { reads_api_keys: true, ..plain }, Permission::ApiKeysRead).is_ok());
    assert!(require(Member { reads_api_keys: true, ..plain }, Permission::ApiKeysWrite).is_err());
    assert!(require(Member { writes_api_keys: true, ..plain }, Permission::ApiKeysRead).is_ok());
    assert!(require(Member { owner: true, ..plain }, Permission::ProjectWrite).is_err());
    let personal = Member { has_personal_api_keys: true, ..plain };
    assert_eq!(require(personal, Permission::ApiKeysWrite).unwrap().keys_of(), Some(user));
    assert_eq!(
        require(Member { reads_api_keys: true, ..personal }, Permission::ApiKeysRead).unwrap().keys_of(),
        None
    );
}

#[test]
fn the_staff_reads_and_its_owners_do_everything_but_act_for_members() {
    let project = ProjectId::from_uuid(Uuid::nil());
    let who = SignedIn {
        user: UserId::from_uuid(Uuid::nil()),
        session: SessionId::from_uuid(Uuid::nil()),
        impersonator: None,
    };
    for &permission in Permission::ALL {
        let allowed = |owner| Caller::console(project, who, owner).require(permission).is_ok();
        let personal = matches!(permission, Permission::SignIn | Permission::ManageMyself);
        assert_eq!(allowed(true), !personal, "{permission:?}");
        assert_eq!(allowed(false), permission.is_read(), "{permission:?}");
    }
}

#[test]
fn scopes_are_known_by_name() {
    for scope in BackendKeyScope::ALL {
        assert_eq!(BackendKeyScope::from_name(scope.as_str()), Some(scope));
    }
    assert_eq!(BackendKeyScope::from_name("admin"), None);
}
