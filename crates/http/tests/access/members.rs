//! The Frontend API's table: every operation, called by everybody, each time on things of its own.

use crate::table;
use lockwork_testkit::document::{Operation, Surface, operations_of};
use lockwork_testkit::{Answer, Browser, Client, TestApp};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const ACTION: &str = "acme.widgets.create";
const READ: &str = "lockwork.api_keys.read";
const WRITE: &str = "lockwork.api_keys.write";
const COLUMNS: [&str; 10] = [
    "nobody",
    "full key",
    "other project",
    "other org's owner",
    "member",
    "with own keys",
    "reads keys",
    "writes keys",
    "owner",
    "impersonator",
];
/// Who has another organization's token, and must not learn of this one's things.
const STRANGER: usize = 3;
/// Where no ids are named, a stranger is shown what is their own.
const OWN_THINGS: [&str; 2] = ["list_", "get_"];

/// A caller who is signed in, or not.
struct Person {
    client: Client,
    host: String,
}

impl Person {
    fn of(browser: &Browser, test: &TestApp) -> Self {
        let token = browser.cookie("access_token").expect("an access token");
        let client = test.client.with_authorization(Some(&format!("Bearer {token}")));
        Self { client, host: browser.host().to_owned() }
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let client = self.client.at(&self.host);
        let method = method.parse().expect("a method");
        match body {
            Some(body) => client.json(method, path, body).await,
            None => client.send(method, path, None, Vec::new()).await,
        }
    }
}

struct World {
    test: TestApp,
    organization: String,
    role: String,
}

fn fresh_email() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("person{}@example.com", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl World {
    async fn new() -> Self {
        let test = TestApp::new().await;
        test.actions(&[ACTION, READ, WRITE]).await;
        let organization = test.open_organization("Customer").await;
        let switches = json!({
            "customRolesEnabled": true, "logInWithPasskey": true, "logInWithAuthenticatorApp": true,
        });
        let path = format!("/v1/organizations/{organization}");
        let _ = test.client.patch(&path, switches).await.ok();
        let role = test.role("Reader", &[]).await;
        Self { test, organization, role }
    }

    /// A caller for each column.
    async fn people(&self, elsewhere: &str, foreigner: &Client, pages: &str) -> Vec<Person> {
        let at_pages = |client: Client| Person { client, host: pages.to_owned() };
        vec![
            at_pages(self.test.nobody()),
            at_pages(self.test.client.clone()),
            at_pages(foreigner.clone()),
            self.person(elsewhere, true, None).await,
            self.person(&self.organization, false, None).await,
            self.person(&self.organization, false, None).await,
            self.person(&self.organization, false, Some(READ)).await,
            self.person(&self.organization, false, Some(WRITE)).await,
            self.person(&self.organization, true, None).await,
            self.impersonator().await,
        ]
    }

    async fn person(&self, organization: &str, owner: bool, action: Option<&str>) -> Person {
        let email = fresh_email();
        let browser = self.test.member(organization, &email, owner).await;
        let me = browser.me().await;
        if let Some(action) = action {
            let role = self.test.role(action, &[action]).await;
            let body = json!({ "userId": me["id"], "roleId": role });
            let _ = self.test.client.post("/v1/user-role-assignments", body).await.ok();
        }
        Person::of(&browser, &self.test)
    }

    /// Somebody of the console who acts as an owner of the organization.
    async fn impersonator(&self) -> Person {
        let test = &self.test;
        let owner = test.staff_owner(&fresh_email()).await;
        let member = test.member(&self.organization, &fresh_email(), true).await;
        let body = json!({ "impersonatedId": member.me().await["id"] });
        let made = owner.post("/v1/user-impersonation-tokens", body).await.ok();
        let secret = made["userImpersonationToken"]["secretToken"].clone();
        let browser = test.browser(&test.client).await;
        let body = json!({ "secretUserImpersonationToken": secret });
        let _ = browser.step("redeem-user-impersonation-token", body).await.ok();
        Person::of(&browser, test)
    }

    async fn personal_keys(&self, enabled: bool) {
        let path = format!("/v1/organizations/{}", self.organization);
        let _ = self.test.client.patch(&path, json!({ "personalApiKeysEnabled": enabled })).await.ok();
    }

    /// A key of the organization that the developer made.
    async fn key(&self, fields: Value) -> String {
        self.test.api_key(&self.organization, fields).await.0
    }

    /// The request of an operation on new things: its path and its body.
    async fn request(&self, operation: &Operation, caller: &Person) -> (String, Option<Value>) {
        let test = &self.test;
        let client = &test.client;
        let id_of = |made: &Value, noun: &str| made[noun]["id"].as_str().expect("an id").to_owned();
        let new_user = async || {
            let body = json!({ "organizationId": self.organization, "email": fresh_email() });
            id_of(&client.post("/v1/users", body).await.ok(), "user")
        };
        let own_role = async || {
            let body = json!({ "organizationId": self.organization, "displayName": "Own" });
            id_of(&client.post("/v1/roles", body).await.ok(), "role")
        };
        let invite = async || {
            let body = json!({ "organizationId": self.organization, "email": fresh_email() });
            id_of(&client.post("/v1/user-invites", body).await.ok(), "userInvite")
        };
        let assigned = async |user: &str| {
            let body = json!({ "userId": user, "roleId": self.role });
            id_of(&client.post("/v1/user-role-assignments", body).await.ok(), "userRoleAssignment")
        };
        let nothing = String::new;
        let (id, query, body) = match operation.id.as_str() {
            "refresh"
            | "logout"
            | "list_switchable_organizations"
            | "get_project"
            | "get_rbac_policy"
            | "get_organization"
            | "get_google_hosted_domains"
            | "get_microsoft_tenant_ids"
            | "list_users"
            | "list_user_invites"
            | "get_me"
            | "list_my_passkeys"
            | "get_my_passkey_options"
            | "get_my_authenticator_app_options"
            | "delete_my_authenticator_app"
            | "list_my_sessions"
            | "list_roles"
            | "list_api_keys"
            | "list_audit_log_events" => (nothing(), "", None),
            "update_organization" => (nothing(), "", Some(json!({ "displayName": "Customer" }))),
            "update_google_hosted_domains" => {
                (nothing(), "", Some(json!({ "googleHostedDomains": ["example.com"] })))
            }
            "update_microsoft_tenant_ids" => {
                let tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
                (nothing(), "", Some(json!({ "microsoftTenantIds": [tenant] })))
            }
            "get_user" | "delete_user" => (new_user().await, "", None),
            "update_user" => (new_user().await, "", Some(json!({ "owner": true }))),
            "create_user_invite" => (nothing(), "", Some(json!({ "email": fresh_email() }))),
            "get_user_invite" | "delete_user_invite" => (invite().await, "", None),
            "update_me" => (nothing(), "", Some(json!({ "displayName": "Ada" }))),
            "set_user_password" => (nothing(), "", Some(json!({ "password": "a long enough one" }))),
            "register_my_passkey" => {
                (nothing(), "", Some(json!({ "attestationObject": "AA", "clientDataJson": "AA" })))
            }
            "delete_my_passkey" => {
                let me = caller.send("GET", "/api/frontend/v1/me", None).await;
                let user = me.json["user"]["id"].as_str().map(str::to_owned);
                let user = match user {
                    Some(user) if self.is_mine(&user).await => user,
                    _ => new_user().await,
                };
                (test.passkey(&user).await, "", None)
            }
            "register_my_authenticator_app" => (nothing(), "", Some(json!({ "totpCode": "000000" }))),
            "revoke_my_session" => (test.session(&new_user().await).await, "", None),
            "create_role" => (nothing(), "", Some(json!({ "displayName": "New", "actions": [ACTION] }))),
            "get_role" => (self.role.clone(), "", None),
            "update_role" => (own_role().await, "", Some(json!({ "displayName": "New" }))),
            "delete_role" => (own_role().await, "", None),
            "list_user_role_assignments" => (nothing(), "userId", None),
            "create_user_role_assignment" => {
                (nothing(), "", Some(json!({ "userId": new_user().await, "roleId": self.role })))
            }
            "get_user_role_assignment" | "delete_user_role_assignment" => {
                (assigned(&new_user().await).await, "", None)
            }
            "create_api_key" => (nothing(), "", Some(json!({ "apiKey": { "displayName": "New" } }))),
            "get_api_key_limits" => {
                let limit = json!({ "name": "requests", "kind": "WINDOW", "limit": 5, "windowSeconds": 60 });
                (self.key(json!({ "limits": [limit] })).await, "", None)
            }
            "get_api_key" | "disable_api_key" | "enable_api_key" | "revoke_api_key" => {
                (self.key(json!({})).await, "", None)
            }
            "update_api_key" => {
                (self.key(json!({})).await, "", Some(json!({ "apiKey": { "displayName": "New" } })))
            }
            "rotate_api_key" => (self.key(json!({})).await, "", Some(json!({ "overlapSeconds": 60 }))),
            "end_api_key_rotation" => {
                let key = self.key(json!({})).await;
                let rotate = json!({ "overlapSeconds": 60 });
                let _ = client.post(&format!("/v1/api-keys/{key}/rotate"), rotate).await.ok();
                (key, "", None)
            }
            "delete_api_key" => {
                let key = self.key(json!({})).await;
                let _ = client.post_empty(&format!("/v1/api-keys/{key}/revoke")).await.ok();
                (key, "", None)
            }
            "list_api_key_role_assignments" => (self.key(json!({})).await, "apiKeyId", None),
            "create_api_key_role_assignment" => {
                let body = json!({ "apiKeyId": self.key(json!({})).await, "roleId": self.role });
                (nothing(), "", Some(json!({ "apiKeyRoleAssignment": body })))
            }
            "delete_api_key_role_assignment" => {
                let key = self.key(json!({ "roleIds": [self.role] })).await;
                let path = format!("/v1/api-key-role-assignments?apiKeyId={key}");
                let listed = client.get(&path).await.ok();
                let id = listed["apiKeyRoleAssignments"][0]["id"].as_str().expect("an id").to_owned();
                (id, "", None)
            }
            other => panic!("{other} has no request in this table: add one"),
        };
        let mut path = operation.path.clone();
        if let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            path.replace_range(from..=to, &id);
        }
        match query {
            "" => {}
            "userId" => path = format!("{path}?userId={}", new_user().await),
            name => path = format!("{path}?{name}={id}"),
        }
        (path, body.or_else(|| (operation.takes_body && operation.id != "refresh").then(|| json!({}))))
    }

    async fn is_mine(&self, user: &str) -> bool {
        let found = self.test.client.get(&format!("/v1/users/{user}")).await;
        found.json["user"]["organizationId"] == self.organization.as_str()
    }
}

#[tokio::test]
async fn every_frontend_operation_answers_every_caller_as_the_table_says() {
    let world = World::new().await;
    // The console's people run the project that was made first.
    world.test.clock.advance(Duration::from_secs(1));
    let other_project = world.test.other_project().await;
    let pages = world.test.browser(&world.test.client).await.host().to_owned();
    let elsewhere = world.test.open_organization("Another").await;
    let path = format!("/v1/organizations/{elsewhere}");
    let _ = world.test.client.patch(&path, json!({ "customRolesEnabled": true })).await.ok();
    let foreigner = {
        let body = json!({ "displayName": "Theirs", "logInWithEmail": true });
        let made = other_project.post("/v1/organizations", body).await.ok();
        let browser = world.test.browser(&other_project).await;
        let email = fresh_email();
        let body = json!({ "organizationId": made["organization"]["id"], "email": email, "owner": true });
        let _ = other_project.post("/v1/users", body).await.ok();
        let tokens = browser.sign_in(&email).await;
        let bearer = format!("Bearer {}", tokens["accessToken"].as_str().expect("a token"));
        Person { client: world.test.client.with_authorization(Some(&bearer)), host: pages.clone() }
    };
    let mut people = world.people(&elsewhere, &foreigner.client, &pages).await;
    let mut rows = Vec::new();
    for operation in operations_of(Surface::Frontend) {
        let mut cells = Vec::new();
        for (column, person) in people.iter().enumerate() {
            world.personal_keys(column == 5).await;
            let (path, body) = world.request(&operation, person).await;
            let answer = person.send(&operation.method, &path, body).await;
            if column == STRANGER {
                assert!(
                    !answer.text.contains(&world.organization),
                    "{} shows another organization: {}",
                    operation.id,
                    answer.text
                );
                let names_a_thing = path != operation.path;
                let reads_own = OWN_THINGS.iter().any(|prefix| operation.id.starts_with(prefix));
                let is_shared = ["get_role"].contains(&operation.id.as_str());
                if names_a_thing && !is_shared && !(reads_own && path.contains('?')) {
                    assert_eq!(answer.status, 404, "{}: {}", operation.id, answer.text);
                }
            }
            let mark = if answer.status.is_success() { '✔' } else { '✘' };
            cells.push(format!("{mark} {}", answer.status.as_u16()));
        }
        if operation.id == "logout" {
            people = world.people(&elsewhere, &foreigner.client, &pages).await;
        }
        rows.push((operation.id, cells));
    }
    insta::with_settings!({ snapshot_path => ".", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("members", table(&COLUMNS, &rows));
    });
}
