//! Running nodes of the real binary, each test's in a place of its own.

use crate::clients::Client;
use lockwork_testkit::databases::{Kind, TestDatabase};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(90);
/// Sealed and opened by all nodes of one PostgreSQL database.
pub(crate) const MASTER_KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// Asks until there is an answer.
pub(crate) async fn eventually<T>(what: &str, mut check: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = check().await {
            return answer;
        }
        assert!(began.elapsed() < PATIENCE, "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Asks until there is an answer, for no longer than every node may take to learn of a change.
pub(crate) async fn within_a_second<T>(what: &str, check: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    let answer = eventually(what, check).await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(1), "it took {took:?} until {what}");
    answer
}

/// A data folder, the database, and what every command here is given.
pub(crate) struct Site {
    folder: TempDir,
    database: Option<Arc<TestDatabase>>,
    environment: Vec<(String, String)>,
    url_in_settings: bool,
    is_dev: bool,
}

impl Site {
    /// On a database that is still empty.
    pub(crate) async fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self::at(None),
            Kind::Postgres => Self::on(TestDatabase::empty(Kind::Postgres).await),
        }
    }

    /// On this PostgreSQL database.
    pub(crate) fn on(database: TestDatabase) -> Self {
        Self::at(Some(Arc::new(database)))
    }

    fn at(database: Option<Arc<TestDatabase>>) -> Self {
        // No test asks the network about its passwords.
        let settings = [("LOG__FORMAT", "json"), ("PASSWORDS__BREACHED", "off")];
        let mut environment =
            settings.map(|(setting, value)| (format!("LOCKWORK__{setting}"), value.to_owned())).to_vec();
        if database.is_some() {
            environment.push(("LOCKWORK__SECRETS__MASTER_KEY".to_owned(), MASTER_KEY.to_owned()));
        }
        Self {
            folder: tempfile::tempdir().unwrap(),
            database,
            environment,
            url_in_settings: false,
            is_dev: false,
        }
    }

    /// A further node's place, on the same PostgreSQL database.
    pub(crate) fn beside(&self) -> Self {
        let database = self.database.clone().expect("a database that can be shared");
        Self { is_dev: self.is_dev, ..Self::at(Some(database)) }
    }

    /// The same with another setting, as `VERIFY__IMAGE`.
    pub(crate) fn with(mut self, setting: &str, value: &str) -> Self {
        self.set(setting, value);
        self
    }

    /// Changes a setting of the commands to come.
    pub(crate) fn set(&mut self, setting: &str, value: &str) {
        let name = format!("LOCKWORK__{setting}");
        self.environment.retain(|(known, _)| *known != name);
        self.environment.push((name, value.to_owned()));
    }

    /// The same, its nodes with `--dev`.
    pub(crate) fn dev(mut self) -> Self {
        self.is_dev = true;
        self
    }

    /// Names no database in the arguments: where it is, is set.
    pub(crate) fn leave_url_to_settings(&mut self) {
        self.url_in_settings = true;
    }

    /// The PostgreSQL database.
    pub(crate) fn postgres(&self) -> &TestDatabase {
        self.database.as_deref().expect("PostgreSQL")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }

    /// The arguments that name the data folder and the database.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["--data-dir".to_owned(), self.path("").display().to_string()];
        let named = self.database.iter().filter(|_| !self.url_in_settings);
        arguments.extend(named.flat_map(|database| database.arguments()));
        arguments
    }

    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockwork"));
        command.arg(name).args(self.arguments()).envs(self.environment.clone());
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    pub(crate) fn output(&self, name: &str) -> Output {
        self.command(name).output().unwrap()
    }

    /// What `lockwork init --json` prints.
    pub(crate) fn init(&self) -> Value {
        let output = self.command("init").arg("--json").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Why a node does not start.
    pub(crate) fn refusal(&self) -> String {
        let output = self.command("serve").args(["--listen", "127.0.0.1:0"]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        text
    }

    /// A node that may not listen yet.
    pub(crate) fn spawn(&self) -> Node {
        let mut command = self.command("serve");
        command.args(["--listen", "127.0.0.1:0"]).stderr(Stdio::piped());
        command.args(self.is_dev.then_some("--dev"));
        let mut process = command.spawn().unwrap();
        let log = Log::of(process.stderr.take().unwrap());
        Node { process, log }
    }

    /// A node that is ready.
    pub(crate) async fn start(&self) -> Node {
        let mut node = self.spawn();
        node.ready().await;
        node
    }
}

/// A running node; killed when dropped.
pub(crate) struct Node {
    process: Child,
    log: Log,
}

impl Node {
    /// Waits until it may be sent requests.
    pub(crate) async fn ready(&mut self) {
        eventually("a node is ready", async || {
            if let Some(status) = self.process.try_wait().unwrap() {
                panic!("the node ended with {status}: {}", self.log.text());
            }
            let client = Client::new(self.log.address()?, "");
            (client.plain("/readyz").await.ok()?.0 == 200).then_some(())
        })
        .await;
    }

    /// A client with this Backend API key.
    pub(crate) fn client(&self, key: &str) -> Client {
        Client::new(self.log.address().expect("an address"), key)
    }

    /// A client with the key that `init` printed.
    pub(crate) fn client_of(&self, initialized: &Value) -> Client {
        self.client(initialized["backendApiKey"].as_str().expect("a key"))
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        eventually("a node ends", async || self.process.try_wait().unwrap()).await
    }

    /// Stops it as an operator does.
    pub(crate) async fn stop(mut self) {
        self.signal("-TERM");
        let status = self.ended().await;
        assert_eq!(status.code(), Some(0), "{}", self.log.text());
    }

    /// Whether its index came from the image.
    pub(crate) fn came_from_image(&self) -> bool {
        self.log.field("index.from_image").expect("a loaded index").as_bool().expect("a truth")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a node has logged so far.
#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn of(stderr: impl Read + Send + 'static) -> Self {
        let log = Self(Arc::default());
        let (copy, mut reader) = (log.clone(), BufReader::new(stderr));
        std::thread::spawn(move || {
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                copy.0.lock().unwrap().append(&mut line);
            }
        });
        log
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    /// A field of the first event that has it.
    pub(crate) fn field(&self, name: &str) -> Option<Value> {
        let text = self.text();
        let mut events = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        events.find_map(|event| event.get(name).cloned())
    }

    fn address(&self) -> Option<SocketAddr> {
        self.field("server.address")?.as_str()?.parse().ok()
    }
}
