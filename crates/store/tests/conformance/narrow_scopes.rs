//! A scope of one organization does not reach another one of the same project, whatever it is handed.

use crate::fixtures::{World, at, event, hash, role};
use crate::people::{assignment, email, invite, owner_scope, passkey, session, user};
use lockwork_model::access::Scope;
use lockwork_model::audit_log_events::AuditLogFilter;
use lockwork_model::organizations::{DomainList, Organization};
use lockwork_model::page::PageRequest;
use lockwork_model::passkeys::Passkey;
use lockwork_model::projects::LoginMethods;
use lockwork_model::providers::Provider;
use lockwork_model::roles::Role;
use lockwork_model::sessions::Session;
use lockwork_model::user_invites::UserInvite;
use lockwork_model::users::{ExternalIds, User};
use lockwork_store::organizations::OrganizationFilter;
use lockwork_store::roles::RoleFilter;
use lockwork_store::sessions::SessionFilter;
use lockwork_store::user_challenges::ChallengeKind;
use lockwork_store::user_role_assignments::UserRoleAssignmentFilter;
use lockwork_store::users::UserFilter;
use lockwork_store::{Audit, StoreError};
use lockwork_testkit::databases::TestDatabase;
use lockwork_testkit::on_both;

/// A project with two organizations, and the scope of an owner of the first.
pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) mine: Organization,
    pub(crate) theirs: Organization,
    pub(crate) scope: Scope,
}

impl Town {
    pub(crate) async fn of(db: &TestDatabase) -> Self {
        let world = World::of(db).await;
        let theirs = world.another_organization("Theirs").await;
        Self { mine: world.organization.clone(), scope: owner_scope(&world.organization), theirs, world }
    }

    /// A user of each organization, with the same address.
    pub(crate) async fn people(&self) -> (User, User) {
        let google = ExternalIds { google: Some("1".into()), ..ExternalIds::default() };
        let of = |organization: &Organization| User {
            external: google.clone(),
            ..user(organization.id, "ada@example.com")
        };
        let (mine, theirs) = (of(&self.mine), of(&self.theirs));
        self.world.insert_user(&mine).await;
        self.world.insert_user(&theirs).await;
        (mine, theirs)
    }
}

pub(crate) fn page() -> PageRequest {
    PageRequest::default()
}

pub(crate) fn assert_refused<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Dangling(_))), "{result:?}");
}

on_both! {
    async fn organizations_are_as_good_as_one(db: TestDatabase) {
        let town = Town::of(&db).await;
        let Town { world, mine, theirs, scope } = &town;
        let mut tx = world.begin().await;
        let mut narrow = tx.organizations(scope);
        assert_eq!(narrow.find(mine.id).await.unwrap().as_ref(), Some(mine));
        assert_eq!(narrow.find_for_update(mine.id).await.unwrap().as_ref(), Some(mine));
        assert_eq!(narrow.find(theirs.id).await.unwrap(), None);
        assert_eq!(narrow.find_for_update(theirs.id).await.unwrap(), None);
        let listed = narrow.list(&OrganizationFilter::default(), &page()).await.unwrap();
        assert_eq!(narrow.count(&OrganizationFilter::default()).await.unwrap().rows, 1);
        assert_eq!(listed.items, std::slice::from_ref(mine));
        assert_refused(narrow.insert(&crate::fixtures::organization(mine.project, "New")).await);
        assert_refused(narrow.update(&Organization { display_name: "Stolen".into(), ..theirs.clone() }).await);
        assert_refused(narrow.delete(theirs.id).await);
        assert_refused(narrow.replace_domains(theirs, DomainList::Domains, &["a.com".into()]).await);
        narrow.update(&Organization { display_name: "Renamed".into(), ..mine.clone() }).await.unwrap();
        narrow.replace_domains(mine, DomainList::Domains, &["a.com".into()]).await.unwrap();
        assert_eq!(narrow.drop_login_methods(LoginMethods::from_bits(1)).await.unwrap(), 1);
        let found = tx.organizations(&world.scope).find(theirs.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(theirs));
    }

    async fn users_and_their_credentials_are_out_of_reach(db: TestDatabase) {
        let town = Town::of(&db).await;
        let (mine, theirs) = town.people().await;
        let Town { world, scope, .. } = &town;
        let action = world.insert_action("acme.widgets.read").await;
        let reader = role(None, "Reader");
        world.insert_role(&reader, &[action.id]).await;
        world.insert_assignment(&assignment(&theirs, reader.id)).await;
        let code = hash();
        let mut tx = world.begin().await;
        let mut all = tx.users(&world.scope);
        all.set_authenticator(theirs.id, Some((b"sealed", 1)), std::slice::from_ref(&code), at(1)).await.unwrap();
        all.set_password(theirs.id, Some("hash"), at(1)).await.unwrap();
        let theirs = all.find(theirs.id).await.unwrap().unwrap();

        let mut narrow = tx.users(scope);
        assert_eq!(narrow.find(mine.id).await.unwrap().as_ref(), Some(&mine));
        assert_eq!(narrow.find(theirs.id).await.unwrap(), None);
        assert_eq!(narrow.find_for_update(theirs.id).await.unwrap(), None);
        assert_eq!(narrow.find_by_email(theirs.organization, &theirs.email).await.unwrap(), None);
        assert_eq!(narrow.find_by_external(theirs.organization, Provider::Google, "1").await.unwrap(), None);
        assert_eq!(narrow.of_email(&mine.email).await.unwrap(), std::slice::from_ref(&mine));
        assert_eq!(narrow.owners(theirs.organization).await.unwrap(), 0);
        assert_eq!(narrow.held_actions(theirs.id).await.unwrap(), []);
        assert_eq!(narrow.credentials(theirs.id).await.unwrap(), None);
        assert_eq!(narrow.credentials_for_update(theirs.id).await.unwrap(), None);
        let filter = |organization| UserFilter { organization, email: Some(email("ada@example.com")), search: None };
        for filter in [UserFilter::default(), filter(None), filter(Some(mine.organization))] {
            assert_eq!(narrow.list(&filter, &page()).await.unwrap().items, std::slice::from_ref(&mine));
        }
        assert_eq!(narrow.list(&filter(Some(theirs.organization)), &page()).await.unwrap().items, []);

        assert_refused(narrow.insert(&user(theirs.organization, "eve@example.com")).await);
        narrow.update(&User { owner: false, ..theirs.clone() }).await.unwrap();
        narrow.set_password(theirs.id, None, at(9)).await.unwrap();
        narrow.set_authenticator(theirs.id, None, &[hash()], at(9)).await.unwrap();
        assert!(!narrow.set_authenticator_step(theirs.id, 9).await.unwrap());
        assert!(!narrow.take_recovery_code(theirs.id, &code).await.unwrap());
        narrow.delete(theirs.id).await.unwrap();
        let mut all = tx.users(&world.scope);
        assert_eq!(all.find(theirs.id).await.unwrap().as_ref(), Some(&theirs));
        assert!(all.set_authenticator_step(theirs.id, 2).await.unwrap());
        assert!(all.take_recovery_code(theirs.id, &code).await.unwrap());
    }

    async fn invitations_are_out_of_reach(db: TestDatabase) {
        let town = Town::of(&db).await;
        let Town { world, scope, .. } = &town;
        let (mine, theirs) = (invite(town.mine.id, "b@example.com"), invite(town.theirs.id, "b@example.com"));
        world.insert_invite(&mine).await;
        world.insert_invite(&theirs).await;
        let mut tx = world.begin().await;
        let mut narrow = tx.user_invites(scope);
        assert_eq!(narrow.find(theirs.id).await.unwrap(), None);
        assert_eq!(narrow.find_by_email(theirs.organization, &theirs.email).await.unwrap(), None);
        assert_eq!(narrow.of_email(&theirs.email).await.unwrap(), std::slice::from_ref(&mine));
        assert_eq!(narrow.list(None, &page()).await.unwrap().items, [mine]);
        assert_eq!(narrow.list(Some(theirs.organization), &page()).await.unwrap().items, []);
        assert_refused(narrow.upsert(&UserInvite { owner: true, ..theirs.clone() }).await);
        assert_refused(narrow.delete_by_email(theirs.organization, &theirs.email).await);
        narrow.delete(theirs.id).await.unwrap();
        assert_eq!(tx.user_invites(&world.scope).find(theirs.id).await.unwrap(), Some(theirs));
    }

    async fn sessions_passkeys_and_challenges_are_out_of_reach(db: TestDatabase) {
        let town = Town::of(&db).await;
        let (ada, stranger) = town.people().await;
        let Town { world, scope, .. } = &town;
        let (mine, theirs) = (session(&ada), session(&stranger));
        world.insert_session(&mine).await;
        world.insert_session(&theirs).await;
        let mut tx = world.begin().await;
        let mut narrow = tx.sessions(scope);
        assert_eq!(narrow.find(theirs.id).await.unwrap(), None);
        assert_eq!(narrow.find_for_update(theirs.id).await.unwrap(), None);
        assert_eq!(narrow.list(&SessionFilter::default(), &page()).await.unwrap().items, [mine]);
        let of_stranger = SessionFilter { user: Some(stranger.id), live_at: None };
        assert_eq!(narrow.list(&of_stranger, &page()).await.unwrap().items, []);
        assert_refused(narrow.insert(&session(&stranger), &hash(), None).await);
        narrow.update_use(&Session { last_active_at: at(99), ..theirs.clone() }).await.unwrap();
        assert!(!narrow.end(theirs.id, at(30)).await.unwrap());
        assert_eq!(narrow.end_of_user(stranger.id, at(30)).await.unwrap(), 0);
        assert_eq!(tx.sessions(&world.scope).find(theirs.id).await.unwrap(), Some(theirs));

        let (mine, theirs) = (passkey(&ada), passkey(&stranger));
        tx.passkeys(&world.scope).insert(&theirs).await.unwrap();
        let mut narrow = tx.passkeys(scope);
        narrow.insert(&mine).await.unwrap();
        assert_eq!(narrow.find(theirs.id).await.unwrap(), None);
        assert_eq!(narrow.find_for_update(theirs.id).await.unwrap(), None);
        assert_eq!(narrow.of_user(stranger.id).await.unwrap(), []);
        assert_eq!(narrow.list(None, &page()).await.unwrap().items, [mine]);
        assert_eq!(narrow.list(Some(stranger.id), &page()).await.unwrap().items, []);
        assert_refused(narrow.insert(&passkey(&stranger)).await);
        narrow.update(&Passkey { disabled: true, ..theirs.clone() }).await.unwrap();
        narrow.delete(theirs.id).await.unwrap();
        assert_eq!(tx.passkeys(&world.scope).find(theirs.id).await.unwrap(), Some(theirs));

        let app = ChallengeKind::AuthenticatorApp;
        tx.user_challenges(&world.scope).upsert(stranger.id, app, b"x", at(9)).await.unwrap();
        let mut narrow = tx.user_challenges(scope);
        assert_refused(narrow.upsert(stranger.id, app, b"y", at(9)).await);
        assert_eq!(narrow.find(stranger.id, app, at(1)).await.unwrap(), None);
        assert_eq!(narrow.take(stranger.id, app, at(1)).await.unwrap(), None);
        narrow.delete(stranger.id, app).await.unwrap();
        assert!(tx.user_challenges(&world.scope).find(stranger.id, app, at(1)).await.unwrap().is_some());
    }

    async fn the_project_s_roles_are_read_and_another_organization_s_are_not_there(db: TestDatabase) {
        let town = Town::of(&db).await;
        let (ada, stranger) = town.people().await;
        let Town { world, scope, .. } = &town;
        let action = world.insert_action("acme.widgets.read").await;
        let (shared, mine, theirs) =
            (role(None, "Shared"), role(Some(town.mine.id), "Mine"), role(Some(town.theirs.id), "Theirs"));
        for role in [&shared, &mine, &theirs] {
            world.insert_role(role, &[]).await;
        }
        let mut tx = world.begin().await;
        let mut narrow = tx.roles(scope);
        assert_eq!(narrow.find(shared.id).await.unwrap().as_ref(), Some(&shared));
        assert_eq!(narrow.find(mine.id).await.unwrap().as_ref(), Some(&mine));
        assert_eq!(narrow.find(theirs.id).await.unwrap(), None);
        assert_eq!(narrow.find_for_update(mine.id).await.unwrap().as_ref(), Some(&mine));
        assert_eq!(narrow.find_for_update(shared.id).await.unwrap(), None);
        assert_eq!(narrow.find_for_update(theirs.id).await.unwrap(), None);
        let of = |organization| RoleFilter { organization, display_name: None };
        assert_eq!(narrow.list(of(None), &page()).await.unwrap().items, std::slice::from_ref(&shared));
        assert_eq!(narrow.list(of(Some(town.mine.id)), &page()).await.unwrap().items, std::slice::from_ref(&mine));
        assert_eq!(narrow.list(of(Some(town.theirs.id)), &page()).await.unwrap().items, []);
        assert_refused(narrow.insert(&role(None, "New"), &[]).await);
        assert_refused(narrow.insert(&role(Some(town.theirs.id), "New"), &[]).await);
        narrow.insert(&role(Some(town.mine.id), "New"), &[action.id]).await.unwrap();
        for role in [&shared, &theirs] {
            assert_refused(narrow.update(&Role { display_name: "Stolen".into(), ..role.clone() }, Some(&[action.id])).await);
            narrow.update(&Role { display_name: "Stolen".into(), ..role.clone() }, Some(&[])).await.unwrap();
            narrow.delete(role.id).await.unwrap();
        }
        for role in [&shared, &theirs] {
            assert_eq!(tx.roles(&world.scope).find(role.id).await.unwrap().as_ref(), Some(role));
        }

        let given = assignment(&stranger, shared.id);
        tx.user_role_assignments(&world.scope).insert(&given).await.unwrap();
        let mut narrow = tx.user_role_assignments(scope);
        let own = narrow.insert(&assignment(&ada, shared.id)).await.unwrap();
        narrow.insert(&assignment(&ada, mine.id)).await.unwrap();
        assert_refused(narrow.insert(&assignment(&stranger, shared.id)).await);
        assert_refused(narrow.insert(&assignment(&ada, theirs.id)).await);
        assert_eq!(narrow.find(given.id).await.unwrap(), None);
        let of_role = UserRoleAssignmentFilter { user: None, role: Some(shared.id) };
        assert_eq!(narrow.list(&of_role, &page()).await.unwrap().items, [own]);
        let of_stranger = UserRoleAssignmentFilter { user: Some(stranger.id), role: None };
        assert_eq!(narrow.list(&of_stranger, &page()).await.unwrap().items, []);
        assert_eq!(narrow.list(&UserRoleAssignmentFilter::default(), &page()).await.unwrap().items.len(), 2);
        narrow.delete(given.id).await.unwrap();
        assert_eq!(tx.user_role_assignments(&world.scope).find(given.id).await.unwrap(), Some(given));
    }

    async fn the_log_tells_an_organization_of_itself_only(db: TestDatabase) {
        let town = Town::of(&db).await;
        let Town { world, scope, .. } = &town;
        let mut entries = Vec::new();
        for (time, organization) in [(1, None), (2, Some(town.mine.id)), (3, Some(town.theirs.id))] {
            let mut entry = event(at(time));
            entry.organization = organization;
            let tx = world.begin().await;
            tx.commit(Audit::of(&world.scope, entry.clone()), at(time)).await.unwrap();
            entries.push(entry);
        }
        let mut conn = world.read().await;
        let mut log = conn.audit_log_events(scope);
        let any = AuditLogFilter::default();
        assert_eq!(log.list(any, &page()).await.unwrap().items, [entries[1].clone()]);
        let theirs = AuditLogFilter { organization: Some(town.theirs.id), ..any };
        assert_eq!(log.list(theirs, &page()).await.unwrap().items, []);
        let resource = AuditLogFilter { resource: entries[2].resource.map(|(_, id)| id), ..any };
        assert_eq!(log.list(resource, &page()).await.unwrap().items, []);
    }
}
