//! Nobody gives an API key more than they hold; what members do is the Frontend API's, which asks the same operations.

use crate::support::{as_member, get_key, member_of, refusal, seconds, window};
use lockwork_app::{ApiKeyFilter, Ctx};
use lockwork_model::access::Member;
use lockwork_model::api_keys::{ApiKeyUpdate, NewApiKey, RevokeMany};
use lockwork_model::error::ErrorCode::{NotFound, PermissionDenied};
use lockwork_model::ids::{ApiKeyId, PlanId};
use lockwork_model::ip_networks::IpNetworks;
use lockwork_model::limits::Credits;
use lockwork_model::page::PageRequest;
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

const HELD: &str = "acme.widgets.read";
const LACKED: &str = "acme.widgets.delete";

/// An organization with a member who holds one of the two actions and may manage keys.
struct World {
    test: TestApp,
    organization: String,
    user: String,
    assignment: String,
    /// A role with the action that they hold.
    reader: String,
    /// A role with the action that they lack.
    deleter: String,
}

impl World {
    async fn new(test: TestApp) -> Self {
        test.actions(&[HELD, LACKED, "lockwork.api_keys.write"]).await;
        let organization = test.organization("Customer").await;
        let user = test.user(&organization, "ada@example.com").await;
        let keys = test.role("Keys", &["lockwork.api_keys.write", HELD]).await;
        let body = json!({ "userId": user, "roleId": keys });
        let made = test.client.post("/v1/user-role-assignments", body).await.ok();
        let assignment = made["userRoleAssignment"]["id"].as_str().unwrap().to_owned();
        let (reader, deleter) = (test.role("Reader", &[HELD]).await, test.role("Deleter", &[LACKED]).await);
        Self { test, organization, user, assignment, reader, deleter }
    }

    fn member(&self) -> Member {
        Member { writes_api_keys: true, ..member_of(&self.organization, &self.user) }
    }

    async fn ctx(&self) -> Ctx {
        as_member(&self.test, self.member()).await
    }

    fn new_key(&self, roles: &[&str], actions: &[&str]) -> NewApiKey {
        NewApiKey {
            organization: self.organization.parse().unwrap(),
            display_name: "Mine".into(),
            description: String::new(),
            external_id: None,
            metadata: None,
            tags: Vec::new(),
            expires_at: None,
            disabled: false,
            plan: None,
            limits: Vec::new(),
            ip_allowlist: IpNetworks::default(),
            credits: None,
            roles: roles.iter().map(|id| id.parse().unwrap()).collect(),
            actions: actions.iter().map(|name| name.parse().unwrap()).collect(),
        }
    }
}

on_both! {
    async fn a_member_gives_a_key_what_they_hold_and_nothing_else(db: TestDatabase) {
        let world = World::new(TestApp::with(db, options()).await).await;
        let (ctx, app) = (world.ctx().await, &world.test.app);
        let issued = app.create_api_key(&ctx, world.new_key(&[&world.reader], &[HELD]), None).await.unwrap();
        let shown = get_key(&world.test, &issued.key.id.to_string()).await;
        assert_eq!(shown["creator"], json!({ "userId": world.user }));
        let lacking = format!("you do not hold the action {LACKED}, so you cannot give it to an api key");
        for new in [world.new_key(&[], &[LACKED]), world.new_key(&[&world.deleter], &[HELD])] {
            let refused = refusal(app.create_api_key(&ctx, new, None).await);
            assert_eq!(refused, (PermissionDenied, lacking.clone()));
        }
        let assign = async |role: &str| {
            app.create_api_key_role_assignment(&ctx, issued.key.id, role.parse().unwrap()).await
        };
        assert_eq!(refusal(assign(&world.deleter).await), (PermissionDenied, lacking));
        let (bare, _) = world.test.api_key(&world.organization, json!({})).await;
        let role = world.reader.parse().unwrap();
        let given = app.create_api_key_role_assignment(&ctx, bare.parse().unwrap(), role).await;
        assert!(given.is_ok());

        // What they hold counts now, not when they signed in.
        let path = format!("/v1/user-role-assignments/{}", world.assignment);
        let _ = world.test.client.delete(&path).await.ok();
        let refused = refusal(app.create_api_key(&ctx, world.new_key(&[], &[HELD]), None).await);
        assert_eq!(refused.0, PermissionDenied);
        let owner = Member { owner: true, ..world.member() };
        let ctx = as_member(&world.test, owner).await;
        let refused = refusal(app.create_api_key(&ctx, world.new_key(&[], &[LACKED]), None).await);
        assert_eq!(refused.0, PermissionDenied, "who was an owner is none any more");
        let _ = world.test.client.patch(&format!("/v1/users/{}", world.user), json!({ "owner": true })).await.ok();
        let all = world.new_key(&[&world.deleter], &[LACKED]);
        assert!(app.create_api_key(&ctx, all, None).await.is_ok());
    }
}

#[tokio::test]
async fn a_member_gets_at_no_key_that_may_do_more_than_they() {
    let world = World::new(TestApp::new().await).await;
    let (ctx, app) = (world.ctx().await, &world.test.app);
    let (wide, _) = world.test.api_key(&world.organization, json!({ "roleIds": [world.deleter] })).await;
    let wide: ApiKeyId = wide.parse().unwrap();
    let refused = (
        PermissionDenied,
        format!("the api key may do {LACKED}, which you may not; ask someone who holds that action"),
    );
    assert_eq!(refusal(app.rotate_api_key(&ctx, wide, Duration::ZERO, None).await), refused);
    let longer = ApiKeyUpdate { expires_at: Some(None), ..ApiKeyUpdate::default() };
    assert_eq!(refusal(app.update_api_key(&ctx, wide, longer.clone()).await), refused);
    let renamed = ApiKeyUpdate { display_name: Some("Ours".into()), ..ApiKeyUpdate::default() };
    assert!(app.update_api_key(&ctx, wide, renamed).await.is_ok());
    // They may always make it do less.
    assert!(app.switch_api_key(&ctx, wide, false).await.is_ok());
    assert_eq!(refusal(app.switch_api_key(&ctx, wide, true).await), refused);
    assert!(app.revoke_api_key(&ctx, wide, None).await.is_ok());

    let (narrow, _) = world.test.api_key(&world.organization, json!({ "actions": [HELD] })).await;
    let narrow: ApiKeyId = narrow.parse().unwrap();
    assert!(app.rotate_api_key(&ctx, narrow, seconds(60), None).await.is_ok());
    assert!(app.update_api_key(&ctx, narrow, longer).await.is_ok());
    assert!(app.end_api_key_rotation(&ctx, narrow).await.is_ok());
}

#[tokio::test]
async fn plans_credits_and_the_developers_limits_are_the_developers() {
    let world = World::new(TestApp::new().await).await;
    let app = &world.test.app;
    let (theirs, _) =
        world.test.api_key(&world.organization, json!({ "limits": [window("a", 5, 60)] })).await;
    for owner in [false, true] {
        let _ = world
            .test
            .client
            .patch(&format!("/v1/users/{}", world.user), json!({ "owner": owner }))
            .await
            .ok();
        let ctx = as_member(&world.test, Member { owner, ..world.member() }).await;
        let plan = PlanId::from_uuid(Uuid::nil());
        let credits = Credits { remaining: 5, refill: None, block_size: 1 };
        for new in [
            NewApiKey { plan: Some(plan), ..world.new_key(&[], &[]) },
            NewApiKey { credits: Some(credits), ..world.new_key(&[], &[]) },
            NewApiKey { external_id: Some("theirs".into()), ..world.new_key(&[], &[]) },
        ] {
            assert_eq!(refusal(app.create_api_key(&ctx, new, None).await).0, PermissionDenied);
        }
        let mine = app.create_api_key(&ctx, world.new_key(&[], &[HELD]), None).await.unwrap().key.id;
        for update in [
            ApiKeyUpdate { plan: Some(None), ..ApiKeyUpdate::default() },
            ApiKeyUpdate { credits: Some(Some(credits)), ..ApiKeyUpdate::default() },
            ApiKeyUpdate { metadata: Some(None), ..ApiKeyUpdate::default() },
            ApiKeyUpdate { external_id: Some(None), ..ApiKeyUpdate::default() },
        ] {
            assert_eq!(refusal(app.update_api_key(&ctx, mine, update).await).0, PermissionDenied);
        }
        for update in [
            ApiKeyUpdate { limits: Some(Vec::new()), ..ApiKeyUpdate::default() },
            ApiKeyUpdate { ip_allowlist: Some(IpNetworks::default()), ..ApiKeyUpdate::default() },
        ] {
            assert!(app.update_api_key(&ctx, mine, update.clone()).await.is_ok());
            let refused = refusal(app.update_api_key(&ctx, theirs.parse().unwrap(), update).await);
            let problem = "what limits an api key has that no member made is for the developer to decide";
            assert_eq!(refused, (PermissionDenied, problem.to_owned()));
        }
        assert_eq!(refusal(app.add_api_key_credits(&ctx, mine, 5).await).0, PermissionDenied);
        let organization = world.organization.parse().unwrap();
        assert_eq!(refusal(app.add_organization_credits(&ctx, organization, 5).await).0, PermissionDenied);
    }
}

on_both! {
    async fn who_has_personal_keys_sees_and_manages_their_own_only(db: TestDatabase) {
        let world = World::new(TestApp::with(db, options()).await).await;
        let app = &world.test.app;
        let other = world.test.organization("Other").await;
        let member = Member { has_personal_api_keys: true, ..member_of(&world.organization, &world.user) };
        let ctx = as_member(&world.test, member).await;
        let mine = app.create_api_key(&ctx, world.new_key(&[], &[HELD]), None).await.unwrap();
        let (ours, secret) = world.test.api_key(&world.organization, json!({})).await;
        let (theirs, _) = world.test.api_key(&other, json!({})).await;

        for organization in [&world.organization, &other] {
            let filter = ApiKeyFilter { organization: Some(organization.parse().unwrap()), ..ApiKeyFilter::default() };
            let page = app.list_api_keys(&ctx, &filter, &PageRequest::default()).await.unwrap();
            let ids: Vec<_> = page.items.iter().map(|(key, _)| key.id).collect();
            assert_eq!(ids, if *organization == other { vec![] } else { vec![mine.key.id] });
        }
        for id in [&ours, &theirs] {
            let id: ApiKeyId = id.parse().unwrap();
            let missing = (NotFound, "api key not found".to_owned());
            assert_eq!(refusal(app.get_api_key(&ctx, id).await), missing);
            assert_eq!(refusal(app.update_api_key(&ctx, id, ApiKeyUpdate::default()).await), missing);
            assert_eq!(refusal(app.switch_api_key(&ctx, id, false).await), missing);
            assert_eq!(refusal(app.revoke_api_key(&ctx, id, None).await), missing);
            assert_eq!(refusal(app.rotate_api_key(&ctx, id, Duration::ZERO, None).await), missing);
            assert_eq!(refusal(app.delete_api_key(&ctx, id, true).await), missing);
            let role = world.reader.parse().unwrap();
            assert_eq!(refusal(app.create_api_key_role_assignment(&ctx, id, role).await), missing);
        }
        assert_eq!(refusal(app.who_am_i(&ctx, &secret).await).0, NotFound);
        assert!(app.who_am_i(&ctx, mine.secret.unwrap().reveal()).await.is_ok());
        let everywhere = NewApiKey { organization: other.parse().unwrap(), ..world.new_key(&[], &[]) };
        assert_eq!(refusal(app.create_api_key(&ctx, everywhere, None).await).0, NotFound);
        let ids = [&ours, &theirs].map(|id| id.parse().unwrap()).into_iter().chain([mine.key.id]).collect();
        let all = RevokeMany { ids: Some(ids), ..RevokeMany::default() };
        assert_eq!(app.revoke_api_keys(&ctx, all, None).await.unwrap(), 1);
        assert_eq!(get_key(&world.test, &ours).await["enabled"], true);
        assert_eq!(get_key(&world.test, &theirs).await["enabled"], true);
        assert_eq!(get_key(&world.test, &mine.key.id.to_string()).await["revoked"], true);
    }

    async fn keys_that_members_and_the_developer_make_at_once_are_each_made_in_their_own_scope(db: TestDatabase) {
        let world = World::new(TestApp::with(db, options()).await).await;
        let app = &world.test.app;
        let other = world.test.organization("Other").await;
        let operator = app.operator().await.unwrap();
        let ctx = world.ctx().await;
        let elsewhere = || NewApiKey { organization: other.parse().unwrap(), ..world.new_key(&[], &[LACKED]) };
        let here = || world.new_key(&[], &[HELD]);
        let made = tokio::join!(
            app.create_api_key(&operator, elsewhere(), None),
            app.create_api_key(&ctx, here(), None),
            app.create_api_key(&operator, here(), None),
            app.create_api_key(&ctx, elsewhere(), None),
            app.create_api_key(&ctx, here(), None),
        );
        assert!(made.0.is_ok() && made.1.is_ok() && made.2.is_ok() && made.4.is_ok());
        assert_eq!(refusal(made.3).0, NotFound);
    }
}
