//! The page's commands, run by a shell as a reader would run them, against a server that listens.

use crate::harness::{command, operations, page};
use lockwork_testkit::TestApp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The commands print bodies only; the test also wants the status.
const CURL: &str = r#"curl() { command curl --silent --show-error --noproxy '*' -w '\n%{http_code}' "$@"; }"#;

/// A shell with a reader's variables.
struct Shell {
    page: String,
    variables: BTreeMap<&'static str, String>,
    ran: BTreeSet<String>,
    app: TestApp,
}

impl Shell {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = lockwork_http::router(app.app.clone(), lockwork_http::RouterOptions::default());
        tokio::spawn(async { axum::serve(listener, router).await });
        let variables = BTreeMap::from([
            ("LOCKWORK_URL", format!("http://{address}")),
            ("LOCKWORK_BACKEND_KEY", app.backend_api_key.clone()),
            ("PUBLISHABLE_KEY", app.publishable_key.clone()),
        ]);
        Self { page: page().await, variables, ran: BTreeSet::new(), app }
    }

    /// Runs an operation's command: the status and the body.
    async fn run(&mut self, id: &str) -> (u16, Value) {
        let mut shell = Command::new("sh");
        // `-u`: a variable that nobody set is an error.
        shell.args(["-euc", &format!("{CURL}\n{}", command(&self.page, id))]).envs(&self.variables);
        let output = tokio::task::spawn_blocking(move || shell.output().expect("sh")).await.unwrap();
        assert!(output.status.success(), "{id}: {}", String::from_utf8_lossy(&output.stderr));
        let output = String::from_utf8(output.stdout).unwrap();
        let (body, status) = output.rsplit_once('\n').unwrap();
        self.ran.insert(id.to_owned());
        (status.parse().unwrap(), serde_json::from_str(body).unwrap_or_else(|_| panic!("{id}: {body}")))
    }

    /// Runs an operation's command, which must succeed.
    async fn ok(&mut self, id: &str) -> Value {
        let (status, body) = self.run(id).await;
        assert_eq!(status, 200, "{id}: {body}");
        body
    }

    /// Runs a command that makes something, and keeps its id as the variable.
    async fn make(&mut self, id: &str, noun: &str, variable: &'static str) -> Value {
        let made = self.ok(id).await;
        self.variables.insert(variable, made[noun]["id"].as_str().unwrap().to_owned());
        made
    }

    /// The commands about a user, from the first to the last.
    async fn people(&mut self) {
        let made = self.make("create_user", "user", "USER_ID").await;
        let user = made["user"]["id"].as_str().unwrap();
        self.make("create_user_invite", "userInvite", "USER_INVITE_ID").await;
        self.make("create_user_role_assignment", "userRoleAssignment", "USER_ROLE_ASSIGNMENT_ID").await;
        // Browsers make these.
        let (passkey, session) = (self.app.passkey(user).await, self.app.session(user).await);
        self.variables.insert("PASSKEY_ID", passkey);
        self.variables.insert("SESSION_ID", session);
        for id in [
            "update_user",
            "get_user",
            "list_users",
            "get_user_invite",
            "list_user_invites",
            "delete_user_invite",
            "get_user_role_assignment",
            "list_user_role_assignments",
            "delete_user_role_assignment",
            "update_passkey",
            "get_passkey",
            "list_passkeys",
            "delete_passkey",
            "get_session",
            "list_sessions",
            "end_session",
        ] {
            self.ok(id).await;
        }
        for id in ["create_user_impersonation_token", "create_project"] {
            let (status, body) = self.run(id).await;
            assert_eq!(
                (status, &body["message"]),
                (403, &Value::from("permission_denied")),
                "only for the console"
            );
        }
        self.ok("delete_user").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_works_as_printed() {
    let mut shell = Shell::new().await;
    for id in [
        "get_project",
        "update_project",
        "get_branding",
        "update_branding",
        "preview_branding",
        "update_rbac_policy",
        "get_rbac_policy",
        "get_config",
    ] {
        shell.ok(id).await;
    }

    shell.make("create_organization", "organization", "ORGANIZATION_ID").await;
    for id in [
        "update_organization",
        "get_organization",
        "list_organizations",
        "update_organization_domains",
        "get_organization_domains",
        "update_organization_google_hosted_domains",
        "get_organization_google_hosted_domains",
        "update_organization_microsoft_tenant_ids",
        "get_organization_microsoft_tenant_ids",
    ] {
        shell.ok(id).await;
    }

    shell.make("create_plan", "plan", "PLAN_ID").await;
    shell.make("create_limit_override", "limitOverride", "LIMIT_OVERRIDE_ID").await;
    for id in [
        "update_plan",
        "get_plan",
        "list_plans",
        "delete_plan",
        "update_limit_override",
        "get_limit_override",
        "list_limit_overrides",
        "delete_limit_override",
        "add_organization_credits",
    ] {
        shell.ok(id).await;
    }
    assert_eq!(shell.ok("check_limits").await["allowed"], true);

    shell.make("create_role", "role", "ROLE_ID").await;
    for id in ["update_role", "get_role", "list_roles"] {
        shell.ok(id).await;
    }

    shell.people().await;

    let made = shell.make("create_api_key", "apiKey", "API_KEY_ID").await;
    shell.variables.insert("API_KEY", made["apiKey"]["secretToken"].as_str().unwrap().to_owned());
    assert_eq!(shell.ok("verify_api_key").await["code"], "VALID");
    assert_eq!(shell.ok("authenticate_api_key").await["apiKeyId"], made["apiKey"]["id"]);
    for id in [
        "get_api_key",
        "get_api_key_limits",
        "update_api_key",
        "list_api_keys",
        "create_audit_log_event",
        "list_audit_log_events",
    ] {
        shell.ok(id).await;
    }

    assert_eq!(shell.ok("who_am_i").await["apiKey"]["id"], made["apiKey"]["id"]);
    assert_eq!(shell.ok("add_api_key_credits").await["credits"]["remaining"], 1498);
    for id in ["disable_api_key", "enable_api_key", "rotate_api_key", "end_api_key_rotation"] {
        shell.ok(id).await;
    }

    let role = shell.variables["ROLE_ID"].clone();
    shell.make("create_role", "role", "ROLE_ID").await;
    shell.make("create_api_key_role_assignment", "apiKeyRoleAssignment", "API_KEY_ROLE_ASSIGNMENT_ID").await;
    shell.ok("list_api_key_role_assignments").await;
    shell.ok("delete_api_key_role_assignment").await;
    shell.variables.insert("ROLE_ID", role);

    shell.make("create_backend_api_key", "backendApiKey", "BACKEND_API_KEY_ID").await;
    shell.make("create_publishable_key", "publishableKey", "PUBLISHABLE_KEY_ID").await;
    for id in [
        "get_backend_api_key",
        "update_backend_api_key",
        "list_backend_api_keys",
        "revoke_backend_api_key",
        "delete_backend_api_key",
        "get_publishable_key",
        "update_publishable_key",
        "list_publishable_keys",
        "delete_publishable_key",
        "revoke_api_key",
        "revoke_api_keys",
    ] {
        shell.ok(id).await;
    }
    assert_eq!(shell.ok("verify_api_key").await["code"], "REVOKED");
    for id in ["delete_api_key", "delete_role", "delete_organization"] {
        shell.ok(id).await;
    }

    let all: BTreeSet<String> = operations().into_iter().map(|operation| operation.id).collect();
    assert_eq!(shell.ran, all);
    assert!(shell.app.app.readiness().ready);
}
