//! The demo project: made on the first run through the same API that everybody uses.

use crate::http::Client;
use crate::run::DATA;
use crate::shell;
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

const ACTIONS: [(&str, &str); 2] =
    [("acme.widgets.read", "See widgets"), ("acme.widgets.create", "Create widgets")];
const VERIFY: &str = "/v1/api-keys/verify";
const JSON_TYPE: &str = "Content-Type: application/json";
const SIGN_UP_LINK: &str = "signUpLink";
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes the database and the first project, unless they are there. The secrets are shown only once, so they
/// are kept in `.lockwork/demo.json`, which only its owner may read.
pub(crate) fn init(lockwork: &Path, listen: SocketAddr) -> Result<()> {
    let mut init = shell::program(lockwork);
    init.args(["init", "--json", "--data-dir", DATA]).env("LOCKWORK__SERVER__LISTEN", listen.to_string());
    let project: Value = serde_json::from_str(&shell::capture(&mut init)?)
        .context("`lockwork init --json` printed no JSON")?;
    let link = project.get(SIGN_UP_LINK).cloned();
    if project.get("backendApiKey").is_some_and(Value::is_string) {
        return Demo::from_json(project)?.save();
    }
    // As long as nobody has signed up, each start makes a new link.
    let Some(mut demo) = Demo::load()? else { return Ok(()) };
    demo.0.insert(SIGN_UP_LINK.to_owned(), link.unwrap_or_default());
    demo.save()
}

/// Waits for the server, makes the demo data if there are none, and says how to use them. Returns in silence
/// when `server`, the process that serves, has gone first.
pub(crate) fn greet(listen: SocketAddr, server: u32) -> Result<()> {
    let Some(mut demo) = Demo::load()? else {
        println!(
            "Lockwork serves {DATA} on {listen}. Its Backend API key was shown when that folder was made; \
             remove the folder to start over."
        );
        return Ok(());
    };
    let client = Client::new(listen, demo.get("backendApiKey")?);
    if !is_ready(&client, server)? {
        return Ok(());
    }
    let first_run = !demo.has("secretToken");
    if first_run {
        demo.create_organization_and_role(&client)?;
    }
    if first_run || !demo.key_is_valid(&client)? {
        demo.create_key(&client)?;
    }
    demo.save()?;
    demo.save_calls(&client.base_url())?;
    println!("{}", demo.greeting(&client.base_url(), first_run)?);
    Ok(())
}

fn is_ready(client: &Client, server: u32) -> Result<bool> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Ok(response) = client.send("GET", "/v1/project", None) {
            match response.status {
                200 => return Ok(true),
                500.. => {}
                status => bail!("{DATA}/demo.json does not fit this server ({status} {})", response.body),
            }
        }
        if !Path::new("/proc").join(server.to_string()).exists() {
            return Ok(false);
        }
        sleep(Duration::from_millis(100));
    }
    bail!("the server was not ready after {} s", PATIENCE.as_secs())
}

/// What is known of the demo project; the content of `demo.json`.
struct Demo(Map<String, Value>);

impl Demo {
    fn from_json(value: Value) -> Result<Self> {
        match value {
            Value::Object(fields) => Ok(Self(fields)),
            other => bail!("expected a JSON object, found {other}"),
        }
    }

    fn load() -> Result<Option<Self>> {
        let path = file("demo.json");
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path)?;
        let value = serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))?;
        Self::from_json(value).map(Some)
    }

    fn save(&self) -> Result<()> {
        write_private(&file("demo.json"), &format!("{:#}\n", Value::Object(self.0.clone())))
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn get(&self, name: &str) -> Result<&str> {
        let value = self.0.get(name).and_then(Value::as_str);
        value.with_context(|| format!("{DATA}/demo.json has no `{name}`"))
    }

    fn set(&mut self, name: &str, response: &Value, pointer: &str) -> Result<()> {
        let value = response.pointer(pointer).with_context(|| format!("no {pointer} in {response}"))?;
        self.0.insert(name.to_owned(), value.clone());
        Ok(())
    }

    fn create_organization_and_role(&mut self, client: &Client) -> Result<()> {
        let actions = ACTIONS.map(|(name, description)| json!({ "name": name, "description": description }));
        client.call("PUT", "/v1/rbac-policy", &json!({ "rbacPolicy": { "actions": actions } }))?;
        let role = json!({ "displayName": "Widget maker", "actions": ACTIONS.map(|(name, _)| name) });
        self.set("roleId", &client.call("POST", "/v1/roles", &role)?, "/role/id")?;
        let organization = client.call("POST", "/v1/organizations", &json!({ "displayName": "Acme" }))?;
        self.set("organizationId", &organization, "/organization/id")?;
        let path = format!("/v1/organizations/{}", self.get("organizationId")?);
        client.call("PATCH", &path, &json!({ "apiKeysEnabled": true }))?;
        Ok(())
    }

    fn create_key(&mut self, client: &Client) -> Result<()> {
        let key = json!({ "organizationId": self.get("organizationId")?, "displayName": "Demo key" });
        let issued = client.call("POST", "/v1/api-keys", &json!({ "apiKey": key }))?;
        self.set("apiKeyId", &issued, "/apiKey/id")?;
        let assignment = json!({ "apiKeyId": self.get("apiKeyId")?, "roleId": self.get("roleId")? });
        client.call(
            "POST",
            "/v1/api-key-role-assignments",
            &json!({ "apiKeyRoleAssignment": assignment }),
        )?;
        // Last, because it is what tells that everything before it is done.
        self.set("secretToken", &issued, "/apiKey/secretToken")
    }

    fn key_is_valid(&self, client: &Client) -> Result<bool> {
        let verdict = client.call("POST", VERIFY, &self.verify_body()?)?;
        Ok(verdict.get("valid") == Some(&Value::Bool(true)))
    }

    fn verify_body(&self) -> Result<Value> {
        Ok(json!({ "secretToken": self.get("secretToken")? }))
    }

    fn revoke_path(&self) -> Result<String> {
        Ok(format!("/v1/api-keys/{}/revoke", self.get("apiKeyId")?))
    }

    fn authorization(&self) -> Result<String> {
        Ok(format!("Authorization: Bearer {}", self.get("backendApiKey")?))
    }

    /// Writes both calls as files for `curl -K`, so that the later runs need not show a secret.
    fn save_calls(&self, base_url: &str) -> Result<()> {
        let authorization = self.authorization()?;
        let call = |path: &str, data: &Value| {
            let data = data.to_string().replace('"', "\\\"");
            format!(
                "silent\nurl = \"{base_url}{path}\"\nheader = \"{authorization}\"\n\
                 header = \"{JSON_TYPE}\"\ndata = \"{data}\"\n"
            )
        };
        write_private(&file("verify.curl"), &call(VERIFY, &self.verify_body()?))?;
        write_private(&file("revoke.curl"), &call(&self.revoke_path()?, &json!({})))
    }

    /// The text to show; the secrets stand in it on the first run only.
    fn greeting(&self, base_url: &str, first_run: bool) -> Result<String> {
        let kept = format!("kept in {DATA}/demo.json");
        let (credentials, verify, revoke) = if first_run {
            let (authorization, body) = (self.authorization()?, self.verify_body()?);
            let revoke_path = self.revoke_path()?;
            (
                format!("{}\n                   (shown now only; {kept})", self.get("backendApiKey")?),
                format!(
                    "curl -s {base_url}{VERIFY} \\\n    -H '{authorization}' \\\n    -H '{JSON_TYPE}' \\\n    -d '{body}'"
                ),
                format!("curl -s -X POST {base_url}{revoke_path} \\\n    -H '{authorization}'"),
            )
        } else {
            (kept, format!("curl -K {DATA}/verify.curl"), format!("curl -K {DATA}/revoke.curl"))
        };
        let publishable_key = self.get("publishableKey")?;
        let console = match self.get(SIGN_UP_LINK) {
            Ok(link) => format!("Sign up on the console, once:\n\n  {link}\n\n"),
            Err(_) => String::new(),
        };
        Ok(format!(
            "
Lockwork is running on {base_url} (stop with Ctrl-C)

  Backend API key  {credentials}
  Publishable key  {publishable_key}

{console}Mail that would be sent is at {base_url}/dev/mail

Verify the demo key:

  {verify}

Revoke it, and verify it again:

  {revoke}
"
        ))
    }
}

fn file(name: &str) -> PathBuf {
    shell::root().join(DATA).join(name)
}

/// Writes a file that only its owner may read. It is written beside and moved, so that a crash leaves the old
/// one or the new one.
fn write_private(path: &Path, text: &str) -> Result<()> {
    let beside = path.with_extension("new");
    if beside.exists() {
        fs::remove_file(&beside)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::Demo;
    use serde_json::json;

    fn demo() -> Demo {
        Demo::from_json(json!({
            "backendApiKey": "tesseral_secret_key_1",
            "publishableKey": "publishable_key_1",
            "apiKeyId": "api_key_1",
            "secretToken": "demo_1",
        }))
        .unwrap()
    }

    #[test]
    fn the_first_greeting_can_be_pasted() {
        let text = demo().greeting("http://127.0.0.1:7777", true).unwrap();
        assert!(text.contains("-H 'Authorization: Bearer tesseral_secret_key_1'"), "{text}");
        assert!(text.contains(r#"-d '{"secretToken":"demo_1"}'"#), "{text}");
    }

    #[test]
    fn a_later_greeting_shows_no_secret() {
        let text = demo().greeting("http://127.0.0.1:7777", false).unwrap();
        assert!(!text.contains("tesseral_secret_key_1") && !text.contains("demo_1"), "{text}");
        assert!(text.contains("curl -K .lockwork/verify.curl"), "{text}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = Demo::from_json(json!({})).unwrap().greeting("http://x", true).unwrap_err();
        assert!(error.to_string().starts_with(".lockwork/demo.json has no `"), "{error}");
    }
}
