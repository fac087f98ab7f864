//! What owners of an organization may not do with it; the Frontend API asks the same operations.

use crate::support::{as_member, member_of, refusal, seconds};
use lockwork_app::{Ctx, NewUserInvite, OrganizationFilter, RoleFilter, UserFilter};
use lockwork_model::access::{Member, SignedIn};
use lockwork_model::audit_log_events::AuditLogFilter;
use lockwork_model::email::EmailAddress;
use lockwork_model::error::ErrorCode::{FailedPrecondition, NotFound, PermissionDenied};
use lockwork_model::ids::{OrganizationId, UserId};
use lockwork_model::organizations::{DomainList, NewOrganization, OrganizationUpdate};
use lockwork_model::page::PageRequest;
use lockwork_model::roles::{NewRole, RoleUpdate};
use lockwork_model::users::{ExternalIds, NewUser, UserUpdate};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::json;

/// An organization, its owner and a member, and another organization with a user.
struct World {
    test: TestApp,
    organization: String,
    owner: String,
    member: String,
    other: String,
    stranger: String,
}

impl World {
    async fn new(test: TestApp) -> Self {
        let (organization, other) = (test.organization("Customer").await, test.organization("Other").await);
        let owner = test.user(&organization, "ada@example.com").await;
        let _ = test.client.patch(&format!("/v1/users/{owner}"), json!({ "owner": true })).await.ok();
        let member = test.user(&organization, "bob@example.com").await;
        let stranger = test.user(&other, "eve@example.com").await;
        Self { test, organization, owner, member, other, stranger }
    }

    fn owner(&self) -> Member {
        Member { owner: true, ..member_of(&self.organization, &self.owner) }
    }

    async fn ctx(&self) -> Ctx {
        as_member(&self.test, self.owner()).await
    }
}

fn user(id: &str) -> UserId {
    id.parse().unwrap()
}

fn makes_owner(owner: bool) -> UserUpdate {
    UserUpdate { owner: Some(owner), ..UserUpdate::default() }
}

on_both! {
    async fn an_organization_keeps_an_owner_against_its_members(db: TestDatabase) {
        let world = World::new(TestApp::with(db, options()).await).await;
        let (ctx, app) = (world.ctx().await, &world.test.app);
        let last = (FailedPrecondition, "the organization must keep an owner; make another one first".to_owned());
        let itself = (FailedPrecondition, "user cannot delete itself".to_owned());
        assert_eq!(refusal(app.update_user(&ctx, user(&world.owner), makes_owner(false)).await), last);
        assert_eq!(refusal(app.delete_user(&ctx, user(&world.owner)).await), itself);
        assert!(app.update_user(&ctx, user(&world.member), makes_owner(true)).await.is_ok());
        assert_eq!(refusal(app.delete_user(&ctx, user(&world.owner)).await), itself);

        // Of two owners who put each other down at once, one stays.
        let second = Member { owner: true, ..member_of(&world.organization, &world.member) };
        let other_ctx = as_member(&world.test, second).await;
        let (one, two) = tokio::join!(
            app.update_user(&ctx, user(&world.member), makes_owner(false)),
            app.delete_user(&other_ctx, user(&world.owner)),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let left = world.test.client.get(&format!("/v1/users?organizationId={}", world.organization)).await.ok();
        let owners = left["users"].as_array().unwrap().iter().filter(|user| user["owner"] == true).count();
        assert_eq!(owners, 1);
        // The developer may remove the last one.
        for user in left["users"].as_array().unwrap() {
            let _ = world.test.client.delete(&format!("/v1/users/{}", user["id"].as_str().unwrap())).await.ok();
        }
    }
}

#[tokio::test]
async fn an_owner_changes_who_owns_and_not_who_somebody_is() {
    let world = World::new(TestApp::new().await).await;
    let (ctx, app) = (world.ctx().await, &world.test.app);
    let email = || EmailAddress::parse("email", "eve@example.net").unwrap();
    for update in [
        UserUpdate { email: Some(email()), ..UserUpdate::default() },
        UserUpdate {
            external: vec![(lockwork_model::providers::Provider::Google, None)],
            ..UserUpdate::default()
        },
        UserUpdate { display_name: Some(None), ..UserUpdate::default() },
    ] {
        assert_eq!(refusal(app.update_user(&ctx, user(&world.member), update).await).0, PermissionDenied);
    }
    let new = NewUser {
        organization: world.organization.parse().unwrap(),
        email: email(),
        display_name: None,
        profile_picture_url: None,
        owner: false,
        external: ExternalIds::default(),
    };
    assert_eq!(refusal(app.create_user(&ctx, new).await).0, PermissionDenied);

    // Another organization's people do not exist.
    let missing = (NotFound, "user not found".to_owned());
    assert_eq!(refusal(app.get_user(&ctx, user(&world.stranger)).await), missing);
    assert_eq!(refusal(app.update_user(&ctx, user(&world.stranger), makes_owner(true)).await), missing);
    assert_eq!(refusal(app.delete_user(&ctx, user(&world.stranger)).await), missing);
    let filter = UserFilter { organization: Some(world.other.parse().unwrap()), ..UserFilter::default() };
    assert!(app.list_users(&ctx, filter, &PageRequest::default()).await.unwrap().items.is_empty());
    let everybody = app.list_users(&ctx, UserFilter::default(), &PageRequest::default()).await.unwrap();
    assert_eq!(everybody.items.len(), 2);
    let role = world.test.role("Reader", &[]).await.parse().unwrap();
    assert_eq!(refusal(app.create_user_role_assignment(&ctx, user(&world.stranger), role).await), missing);
    assert!(app.create_user_role_assignment(&ctx, user(&world.member), role).await.is_ok());

    // Who owns nothing changes nobody.
    let plain = as_member(&world.test, member_of(&world.organization, &world.member)).await;
    assert_eq!(
        refusal(app.update_user(&plain, user(&world.member), makes_owner(true)).await).0,
        PermissionDenied
    );
    assert_eq!(refusal(app.delete_user(&plain, user(&world.owner)).await).0, PermissionDenied);
    assert_eq!(
        refusal(app.create_user_role_assignment(&plain, user(&world.member), role).await).0,
        PermissionDenied
    );
}

#[tokio::test]
async fn what_an_organization_may_use_is_the_developers_to_say() {
    let world = World::new(TestApp::new().await).await;
    let (ctx, app) = (world.ctx().await, &world.test.app);
    let own: OrganizationId = world.organization.parse().unwrap();
    let update = OrganizationUpdate::default;
    for terms in [
        OrganizationUpdate { api_keys_enabled: Some(true), ..update() },
        OrganizationUpdate { custom_roles_enabled: Some(true), ..update() },
        OrganizationUpdate { scim_enabled: Some(true), ..update() },
        OrganizationUpdate { logins_disabled: Some(false), ..update() },
        OrganizationUpdate { plan: Some(None), ..update() },
        OrganizationUpdate { limits: Some(Vec::new()), ..update() },
        OrganizationUpdate { max_key_lifetime: Some(None), ..update() },
        OrganizationUpdate { credits: Some(None), ..update() },
        OrganizationUpdate { ip_allowlist: Some(Default::default()), ..update() },
    ] {
        let refused = refusal(app.update_organization(&ctx, own, terms).await);
        let problem = "what an organization may use is for the developer to decide";
        assert_eq!(refused, (PermissionDenied, problem.to_owned()));
    }
    let theirs = OrganizationUpdate {
        display_name: Some("Ours".into()),
        personal_api_keys_enabled: Some(true),
        ..update()
    };
    let changed = app.update_organization(&ctx, own, theirs.clone()).await.unwrap().0;
    assert!(changed.personal_api_keys_enabled);
    let other: OrganizationId = world.other.parse().unwrap();
    assert_eq!(refusal(app.update_organization(&ctx, other, theirs).await).0, NotFound);
    assert_eq!(refusal(app.get_organization(&ctx, other).await).0, NotFound);
    assert_eq!(refusal(app.delete_organization(&ctx, own).await).0, PermissionDenied);
    assert_eq!(refusal(app.create_organization(&ctx, NewOrganization::default()).await).0, PermissionDenied);
    let listed =
        app.list_organizations(&ctx, OrganizationFilter::default(), &PageRequest::default()).await.unwrap();
    assert_eq!(listed.items.iter().map(|one| one.id).collect::<Vec<_>>(), [own]);

    let domains = || vec!["example.com".to_owned()];
    let list = DomainList::GoogleHostedDomains;
    assert!(app.update_organization_domains(&ctx, own, list, domains()).await.is_ok());
    assert_eq!(refusal(app.update_organization_domains(&ctx, other, list, domains()).await).0, NotFound);
    let refused = app.update_organization_domains(&ctx, own, DomainList::Domains, domains()).await;
    assert_eq!(refusal(refused).0, PermissionDenied);
}

#[tokio::test]
async fn roles_of_an_organizations_own_need_the_developers_leave() {
    let world = World::new(TestApp::new().await).await;
    let (ctx, app) = (world.ctx().await, &world.test.app);
    let new = || NewRole { display_name: "Ours".into(), ..NewRole::default() };
    let off = (FailedPrecondition, "custom roles are not enabled for this organization".to_owned());
    assert_eq!(refusal(app.create_role(&ctx, new()).await), off);
    let on = json!({ "customRolesEnabled": true });
    let _ = world.test.client.patch(&format!("/v1/organizations/{}", world.organization), on).await.ok();
    let made = app.create_role(&ctx, new()).await.unwrap();
    assert_eq!(made.organization, Some(world.organization.parse().unwrap()));
    let elsewhere = NewRole { organization: Some(world.other.parse().unwrap()), ..new() };
    assert_eq!(refusal(app.create_role(&ctx, elsewhere).await).0, NotFound);

    // The project's roles are there to be given, not to be changed.
    let shared = world.test.role("Shared", &[]).await.parse().unwrap();
    assert!(app.get_role(&ctx, shared).await.is_ok());
    let listed = app.list_roles(&ctx, RoleFilter::default(), &PageRequest::default()).await.unwrap();
    assert_eq!(listed.items.len(), 1);
    assert_eq!(refusal(app.update_role(&ctx, shared, RoleUpdate::default()).await).0, NotFound);
    assert_eq!(refusal(app.delete_role(&ctx, shared).await).0, NotFound);
    assert!(app.delete_role(&ctx, made.id).await.is_ok());
}

#[tokio::test]
async fn owners_invite_while_people_join_by_themselves_and_see_the_log_while_it_is_shown() {
    let world = World::new(TestApp::new().await).await;
    let (ctx, app) = (world.ctx().await, &world.test.app);
    let invite = |organization: &str| NewUserInvite {
        organization: organization.parse().unwrap(),
        email: EmailAddress::parse("email", "guest@example.com").unwrap(),
        owner: false,
        send_email: false,
    };
    world.test.clock.advance(seconds(1));
    let ctx = Ctx::new(*ctx.caller(), app.now());
    assert!(app.create_user_invite(&ctx, invite(&world.organization)).await.is_ok());
    assert_eq!(refusal(app.create_user_invite(&ctx, invite(&world.other)).await).0, NotFound);
    let page = PageRequest::default();
    let seen = app.list_audit_log_events(&ctx, AuditLogFilter::default(), &page).await.unwrap();
    let own: OrganizationId = world.organization.parse().unwrap();
    assert!(!seen.items.is_empty() && seen.items.iter().all(|event| event.organization == Some(own)));
    assert_eq!(seen.items[0].actor.user, Some(user(&world.owner)));

    let off = json!({ "selfServeCreateUsers": false, "auditLogsEnabled": false });
    let _ = world.test.client.patch("/v1/project", off).await.ok();
    let refused = refusal(app.create_user_invite(&ctx, invite(&world.organization)).await);
    assert_eq!(refused.0, PermissionDenied);
    let refused = refusal(app.list_audit_log_events(&ctx, AuditLogFilter::default(), &page).await);
    assert_eq!(refused, (PermissionDenied, "audit logs are not enabled for this project".to_owned()));
    let body = json!({ "organizationId": world.organization, "email": "other@example.com" });
    let _ = world.test.client.post("/v1/user-invites", body).await.ok();
    let _ = world.test.client.get("/v1/audit-log-events").await.ok();
}

#[tokio::test]
async fn who_acts_as_an_owner_leaves_alone_what_people_sign_in_with() {
    let world = World::new(TestApp::new().await).await;
    let passkey = world.test.passkey(&world.member).await.parse().unwrap();
    let owner = world.owner();
    let who = SignedIn { impersonator: Some(user(&world.stranger)), ..owner.who };
    let ctx = as_member(&world.test, Member { who, ..owner }).await;
    let app = &world.test.app;
    assert_eq!(refusal(app.update_passkey(&ctx, passkey, Some(true)).await).0, PermissionDenied);
    assert_eq!(refusal(app.delete_passkey(&ctx, passkey).await).0, PermissionDenied);
    assert!(app.delete_passkey(&world.ctx().await, passkey).await.is_ok());
    // What they do says who they are.
    assert!(app.update_user(&ctx, user(&world.member), makes_owner(true)).await.is_ok());
    let path = format!("/v1/audit-log-events?actorImpersonatorUserId={}", world.stranger);
    let found = world.test.client.get(&path).await.ok();
    assert_eq!(found["auditLogEvents"][0]["eventName"], "tesseral.users.update");
    assert_eq!(found["auditLogEvents"][0]["actorUserId"], json!(world.owner));
}
