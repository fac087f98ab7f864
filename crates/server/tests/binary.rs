//! The binary, as its users meet it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

fn lockwork(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockwork"));
    command.current_dir(folder).stdin(Stdio::null());
    command
}

fn output(folder: &Path, arguments: &[&str]) -> Output {
    lockwork(folder).args(arguments).output().unwrap()
}

/// What a successful command prints.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = output(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a refused command complains about.
fn refusal(folder: &Path, arguments: &[&str]) -> String {
    let output = output(folder, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_first_init_alone_shows_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let first: serde_json::Value =
        serde_json::from_str(&printed(folder.path(), &["init", "--json"])).unwrap();
    let second: serde_json::Value =
        serde_json::from_str(&printed(folder.path(), &["init", "--json"])).unwrap();
    assert!(first["backendApiKey"].as_str().unwrap().starts_with("tesseral_secret_key_"));
    assert!(second["backendApiKey"].is_null());
    assert_eq!(first["projectId"], second["projectId"]);
    assert_eq!(first["publishableKey"], second["publishableKey"]);
    let text = printed(folder.path(), &["init"]);
    assert!(
        text.contains("lockwork serve") && text.contains(first["publishableKey"].as_str().unwrap()),
        "{text}"
    );
}

#[test]
fn secrets_are_kept_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    printed(folder.path(), &["init", "--data-dir", "data"]);
    let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    assert_eq!(mode("data/master.key"), 0o600);
    fs::set_permissions(folder.path().join("data/master.key"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(
        refusal(folder.path(), &["serve", "--data-dir", "data"]).contains("run: chmod o= data/master.key")
    );
}

#[test]
fn seeding_writes_each_secret_once() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refusal(folder.path(), &["seed", "--keys", "5"]).contains("run lockwork init"));
    printed(folder.path(), &["init"]);
    printed(folder.path(), &["seed", "--organizations", "3", "--keys", "25", "--secrets-out", "secrets.txt"]);
    let path = folder.path().join("secrets.txt");
    let secrets = fs::read_to_string(&path).unwrap();
    assert_eq!(secrets.lines().collect::<std::collections::HashSet<_>>().len(), 25);
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    // An older file of secrets is not overwritten.
    assert!(
        refusal(folder.path(), &["seed", "--secrets-out", "secrets.txt"]).contains("cannot make secrets.txt")
    );
}

#[test]
fn wrong_usage_is_told_apart_from_failure() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["serve", "--tls-cert", "a"][..],
        &["serve", "--tls-dev", "--tls-cert", "a", "--tls-key", "b"],
        &["serve", "--port", "1"],
        &["openapi", "intermediate"],
        &["seed", "--organizations", "0"],
    ] {
        assert_eq!(output(folder.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert!(refusal(folder.path(), &["serve", "--config", "missing.toml"]).contains("missing.toml"));
    assert!(refusal(folder.path(), &["serve", "--listen", "nonsense"]).contains("127.0.0.1:7777"));
}

#[test]
fn a_database_url_is_never_repeated_with_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let key = "LOCKWORK__SECRETS__MASTER_KEY";
    for url in ["postgres://user:hunter2@127.0.0.1:1/nothing", "mysql://user:hunter2@127.0.0.1:1/nothing"] {
        for command in ["init", "doctor"] {
            let output = lockwork(folder.path())
                .args([command, "--database-url", url])
                .env(key, "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(1));
            let text = [output.stdout, output.stderr].concat();
            assert!(!String::from_utf8(text).unwrap().contains("hunter2"));
        }
    }
}

#[test]
fn what_is_printed_for_files_needs_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let default = printed(folder.path(), &["config", "default"]);
    fs::write(folder.path().join("lockwork.toml"), default).unwrap();
    assert!(printed(folder.path(), &["config", "reference"]).contains("## `[server]`"));
    assert!(printed(folder.path(), &["completions", "bash"]).contains("lockwork"));
    assert!(printed(folder.path(), &["--version"]).starts_with("lockwork "));
    for surface in ["backend", "frontend", "login", "config"] {
        let document = printed(folder.path(), &["openapi", surface]);
        assert!(serde_json::from_str::<serde_json::Value>(&document).is_ok() && document.ends_with('\n'));
    }
    assert!(!folder.path().join("lockwork-data").exists());
}

#[test]
fn the_doctor_changes_nothing_and_finds_a_wrong_master_key() {
    let folder = tempfile::tempdir().unwrap();
    let text = printed(folder.path(), &["doctor"]);
    assert!(text.contains("warn  database: ") && !text.contains("fail"), "{text}");
    assert!(!folder.path().join("lockwork-data").exists());
    printed(folder.path(), &["init"]);
    let text = printed(folder.path(), &["doctor"]);
    assert!(text.contains("ok    database: ") && !text.contains("fail"), "{text}");
    let key = folder.path().join("lockwork-data/master.key");
    fs::write(&key, "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
    let output = output(folder.path(), &["doctor"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("fail  database: the master key is not the one"), "{text}");
    fs::remove_file(&key).unwrap();
    assert!(refusal(folder.path(), &["serve"]).contains("restore it from your backup"));
    assert!(!key.exists());
}

/// A running node.
struct Node {
    process: Child,
    address: SocketAddr,
    log: BufReader<std::process::ChildStderr>,
}

impl Node {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut process = lockwork(folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("LOCKWORK__LOG__FORMAT", "json")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let address =
            wait_for(&mut log, "server.address")["server.address"].as_str().unwrap().parse().unwrap();
        let mut node = Self { process, address, log };
        wait_for(&mut node.log, "index.milliseconds");
        node
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The next line of the log that has this field.
fn wait_for(log: &mut impl BufRead, field: &str) -> serde_json::Value {
    for line in log.lines() {
        let event: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        if !event[field].is_null() {
            return event;
        }
    }
    panic!("the log ended without {field}");
}

#[test]
fn a_node_stops_cleanly_and_starts_again_from_its_image() {
    let folder = tempfile::tempdir().unwrap();
    printed(folder.path(), &["init"]);
    printed(folder.path(), &["seed", "--organizations", "1", "--keys", "10"]);
    for signal in ["-TERM", "-INT"] {
        let mut node = Node::start(folder.path(), &[]);
        let answer = node.ask("GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
        let idle = TcpStream::connect(node.address).unwrap();
        node.signal(signal);
        assert!(node.process.wait().unwrap().success());
        drop(idle);
    }
    assert!(folder.path().join("lockwork-data/index.image").exists());
    let mut process = lockwork(folder.path())
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("LOCKWORK__LOG__FORMAT", "json")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap());
    let loaded = wait_for(&mut log, "index.from_image");
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!((loaded["index.from_image"].as_bool(), loaded["index.keys"].as_u64()), (Some(true), Some(10)));
}

#[test]
fn an_address_in_use_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(
        refusal(folder.path(), &["serve", "--listen", &address])
            .contains(&format!("cannot listen on {address}"))
    );
    assert!(!folder.path().join("lockwork-data").exists());
}

#[test]
fn a_development_ca_is_kept_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    printed(folder.path(), &["init"]);
    let ca = || fs::read(folder.path().join("lockwork-data/tls/ca.pem")).unwrap();
    drop(Node::start(folder.path(), &["--tls-dev"]));
    let first = ca();
    let node = Node::start(folder.path(), &["--tls-dev"]);
    assert_eq!(ca(), first);
    drop(node);
}

#[test]
fn the_operator_who_lost_every_backend_key_makes_another() {
    let folder = tempfile::tempdir().unwrap();
    let early = refusal(folder.path(), &["backend-key"]);
    assert!(early.contains("there is no project yet; run lockwork init"), "{early}");
    printed(folder.path(), &["init"]);
    let secret = printed(folder.path(), &["backend-key", "--scope", "verify", "--name", "Beside the app"]);
    assert!(
        secret.starts_with("tesseral_secret_key_") && secret.trim().len() == 45,
        "one secret on one line"
    );
}
