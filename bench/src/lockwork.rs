//! Lockwork itself: a seeded data directory and a running node.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    client::{Client, KEY, Request},
    paths,
    process::{Server, Spec, run},
    rounds::{Answer, Target},
};

/// Loading ten million keys from rows takes a while.
const READY_LIMIT: Duration = Duration::from_secs(600);

/// Which Lockwork to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Binary {
    /// The `lockwork` program; by default the release build of this workspace
    #[arg(long = "lockwork", value_name = "PROGRAM")]
    program: Option<PathBuf>,
}

/// What `lockwork init --json` prints.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// Authorizes calls of the Backend API.
    pub backend_api_key: String,
}

/// Where a node keeps its keys.
#[derive(Debug, Clone)]
pub enum Storage {
    /// SQLite and the index image.
    DataDir(PathBuf),
    /// A PostgreSQL URL; the folder is for what a node keeps of its own.
    Postgres(String, PathBuf),
}

/// A database with organizations and keys in it.
#[derive(Debug, Clone)]
pub struct Seeded {
    /// Where it is.
    pub storage: Storage,
    /// Every secret, one a line.
    pub keys_file: PathBuf,
    /// The way in.
    pub credentials: Credentials,
}

impl Storage {
    fn arguments(&self) -> Vec<String> {
        match self {
            Self::DataDir(folder) => vec!["--data-dir".into(), folder.display().to_string()],
            Self::Postgres(url, folder) => {
                vec!["--database-url".into(), url.clone(), "--data-dir".into(), folder.display().to_string()]
            }
        }
    }
}

impl Binary {
    fn path(&self) -> Result<PathBuf> {
        let program =
            self.program.clone().unwrap_or_else(|| paths::workspace().join("target/release/lockwork"));
        ensure!(program.exists(), "the program is missing: cargo build --release -p lockwork-server");
        Ok(program)
    }

    /// A data directory with `keys` keys; kept in `bench/.work` and used again.
    ///
    /// # Errors
    /// The program is missing, or initialising or seeding fails.
    pub fn seeded(&self, keys: usize) -> Result<Seeded> {
        self.seeded_with(keys, 0)
    }

    /// Like [`Self::seeded`], with so many rate limits on each key, through a plan.
    ///
    /// # Errors
    /// As [`Self::seeded`].
    pub fn seeded_with(&self, keys: usize, limits: usize) -> Result<Seeded> {
        let name = if limits == 0 { keys.to_string() } else { format!("{keys}-limits-{limits}") };
        let folder = paths::work("lockwork")?.join(name);
        if !folder.join("secrets.txt").exists() && folder.exists() {
            // An earlier seeding did not finish.
            fs::remove_dir_all(&folder)?;
        }
        let storage = Storage::DataDir(folder.join("data"));
        self.seed(storage, &folder, keys, limits)
    }

    /// Fills `storage` with `keys` keys, unless `folder` says that this has been done.
    ///
    /// # Errors
    /// As [`Binary::seeded`].
    pub fn seed(&self, storage: Storage, folder: &Path, keys: usize, limits: usize) -> Result<Seeded> {
        let program = self.path()?;
        fs::create_dir_all(folder)?;
        let (keys_file, credentials_file) = (folder.join("secrets.txt"), folder.join("credentials.json"));
        if !keys_file.exists() {
            let init = run(Command::new(&program).arg("init").args(storage.arguments()).arg("--json"))?;
            fs::write(&credentials_file, init)?;
            println!("seeding {keys} keys");
            let unfinished = folder.join("secrets.part");
            let organizations = (keys / 100).max(1).to_string();
            let mut seed = Command::new(&program);
            seed.args([
                "seed",
                "--organizations",
                &organizations,
                "--keys",
                &keys.to_string(),
                "--limits",
                &limits.to_string(),
                "--secrets-out",
            ]);
            run(seed.arg(&unfinished).args(storage.arguments()))?;
            fs::rename(&unfinished, &keys_file)?;
        }
        let credentials = serde_json::from_slice(&fs::read(&credentials_file)?)
            .with_context(|| format!("{} holds no credentials", credentials_file.display()))?;
        Ok(Seeded { storage, keys_file, credentials })
    }

    /// Starts a node and waits until `/readyz` answers 200.
    ///
    /// # Errors
    /// The program is missing, or the node ends or does not become ready.
    pub fn serve(&self, storage: &Storage, address: SocketAddr) -> Result<(Server, Duration)> {
        let mut server = Spec::new(&format!("lockwork-{}", address.port()), self.path()?)
            .args(["serve", "--listen", &address.to_string()])
            .args(storage.arguments())
            .start()?;
        let ready = server.wait_ready(address, "/readyz", 200, READY_LIMIT)?;
        Ok((server, ready))
    }

    /// A node with `keys` keys, each with so many rate limits, that is asked to verify them.
    ///
    /// # Errors
    /// As [`Binary::seeded`] and [`Binary::serve`].
    pub fn verify_target(&self, keys: usize, limits: usize, address: SocketAddr) -> Result<Target> {
        let seeded = self.seeded_with(keys, limits)?;
        let (server, ready) = self.serve(&seeded.storage, address)?;
        Ok(Target {
            address,
            request: verify_request(&seeded.credentials),
            keys_file: seeded.keys_file,
            answer: Answer::ValidField,
            ready,
            servers: vec![server],
        })
    }
}

impl Seeded {
    /// The id of one of the seeded organizations.
    ///
    /// # Errors
    /// The node refuses, or there is none.
    pub fn organization(&self, node: &mut Client) -> Result<String> {
        let key = format!("Bearer {}", self.credentials.backend_api_key);
        let response = node.send(&Request::get("/v1/organizations").header("authorization", key))?;
        ensure!(response.status == 200, "listing organizations: {} {}", response.status, response.body);
        text(&serde_json::from_str(&response.body)?, "/organizations/0/id")
    }
}

/// The text at a JSON pointer (RFC 6901).
///
/// # Errors
/// There is no text.
pub fn text(answer: &Value, pointer: &str) -> Result<String> {
    let value = answer.pointer(pointer).and_then(Value::as_str);
    Ok(value.with_context(|| format!("no {pointer} in the answer"))?.to_owned())
}

/// The request that creates a key for an organization.
#[must_use]
pub fn create_request(organization: &str, credentials: &Credentials) -> Request {
    let body = format!(r#"{{"apiKey":{{"organizationId":"{organization}","displayName":"Bench"}}}}"#);
    backend_request("/v1/api-keys", &body, credentials)
}

/// The request that verifies the key that stands for the placeholder.
#[must_use]
pub fn verify_request(credentials: &Credentials) -> Request {
    backend_request("/v1/api-keys/verify", &format!(r#"{{"secretToken":"{KEY}"}}"#), credentials)
}

/// A POST to the Backend API.
#[must_use]
pub fn backend_request(path: &str, body: &str, credentials: &Credentials) -> Request {
    Request::post(path, body).header("authorization", format!("Bearer {}", credentials.backend_api_key))
}
