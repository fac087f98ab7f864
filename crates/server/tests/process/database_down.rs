//! PostgreSQL hangs, or crashes, under nodes that serve.

use crate::clients::{ApiKey, Client};
use crate::nodes::{Node, Site, eventually};
use lockwork_testkit::databases::TestDatabase;
use reqwest::Method;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;

const MAX_STALENESS_SECONDS: &str = "2";

/// One server is shared by the tests that need one that survives a crash.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
/// Servers that were started again: they end when this process does.
static AGAIN: Mutex<Vec<Child>> = Mutex::new(Vec::new());

/// The server below a database.
pub(crate) struct Server {
    data: PathBuf,
    database: String,
}

impl Server {
    pub(crate) fn of(database: &TestDatabase) -> Self {
        let [_, url] = database.arguments();
        let (address, folder) = url.split_once("?host=").expect("a socket's folder");
        let (_, name) = address.rsplit_once('/').expect("a database");
        Self { data: Path::new(folder).join("data"), database: name.to_owned() }
    }

    /// The postmaster first, then its children.
    fn processes(&self) -> Vec<u32> {
        let file = fs::read_to_string(self.data.join("postmaster.pid")).unwrap();
        let postmaster: u32 = file.lines().next().unwrap().parse().unwrap();
        let all =
            fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let parent = |process: &u32| -> Option<u32> {
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
            stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
        };
        std::iter::once(postmaster).chain(all.filter(|process| parent(process) == Some(postmaster))).collect()
    }

    /// The processes that serve the connections to the database.
    fn connections(&self) -> Vec<u32> {
        let serves = |process: &u32| {
            let title = fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default();
            title.split(' ').any(|word| word == self.database)
        };
        self.processes().into_iter().skip(1).filter(serves).collect()
    }

    /// Nothing more comes over the connections there are, as behind a broken network.
    pub(crate) fn hang_connections(&self) -> Hanging {
        let processes = self.connections();
        signal("-STOP", &processes);
        Hanging(processes)
    }

    fn hang(&self) -> Hanging {
        let processes = self.processes();
        signal("-STOP", &processes);
        Hanging(processes)
    }

    /// Ends it without warning; returns how to start it again.
    fn crash(&self) -> Command {
        let processes = self.processes();
        let postmaster = processes[0];
        let line = fs::read(format!("/proc/{postmaster}/cmdline")).unwrap();
        let line = String::from_utf8(line).unwrap();
        let program = fs::read_link(format!("/proc/{postmaster}/exe")).unwrap();
        signal("-KILL", &processes);
        // Its process is still there in name until its parent looks after it.
        for lock in ["postmaster.pid", "../.s.PGSQL.5432.lock"] {
            fs::remove_file(self.data.join(lock)).unwrap();
        }
        const KEEPER: &str =
            r#""$@" >/dev/null 2>&1 & server=$!; read -r _ || true; kill -QUIT $server; wait"#;
        let owner = fs::metadata(&self.data).unwrap();
        let mut command = Command::new("sh");
        if fs::metadata("/proc/self").unwrap().uid() != owner.uid() {
            command = Command::new("setpriv");
            command.args([format!("--reuid={}", owner.uid()), format!("--regid={}", owner.gid())]);
            command.args(["--clear-groups", "sh"]);
        }
        command.args(["-c", KEEPER, "keeper"]).arg(program);
        command.args(line.trim_end_matches('\0').split('\0').skip(1));
        command.current_dir("/").stdin(Stdio::piped());
        command
    }
}

/// Processes that hang until this is dropped.
pub(crate) struct Hanging(Vec<u32>);

impl Drop for Hanging {
    fn drop(&mut self) {
        signal("-CONT", &self.0);
    }
}

/// First the one that makes others; and some may be gone by now.
fn signal(signal: &str, processes: &[u32]) {
    for process in processes {
        let _ = Command::new("kill").args([signal, &process.to_string()]).stderr(Stdio::null()).status();
    }
}

async fn staleness(client: &Client) -> f64 {
    let (_, metrics) = client.plain("/metrics").await.unwrap();
    let gauge = metrics.lines().find_map(|line| line.strip_prefix("lockwork_index_staleness_seconds "));
    gauge.expect("a gauge").parse().unwrap()
}

/// Ready as long as what the node knows is fresh enough, and no longer.
async fn becomes_unready_when_stale(client: &Client) {
    let limit: f64 = MAX_STALENESS_SECONDS.parse().unwrap();
    eventually("the node is not ready", async || {
        let before = staleness(client).await;
        let (status, text) = client.plain("/readyz").await.unwrap();
        let after = staleness(client).await;
        assert!(status != 200 || before <= limit, "ready though {before} s behind");
        assert!(status != 503 || after > limit, "not ready though {after} s behind");
        assert!(status != 503 || text.contains("the change feed is lost"), "{text}");
        (status == 503).then_some(())
    })
    .await;
}

/// A refusal in the contract's shape.
fn assert_unavailable((status, answer): (u16, Value)) {
    assert_eq!(status, 503, "{answer}");
    assert_eq!((&answer["code"], &answer["message"]), (&json!(14), &json!("unavailable")));
    let detail = &answer["details"][0];
    assert_eq!(detail["@type"], "type.googleapis.com/tesseral.common.v1.ErrorDetail");
    assert_eq!(detail["description"], answer["detail"]);
}

async fn management_is_unavailable(client: &Client, organization: &str, key: &ApiKey) {
    let (read, made, revoked) = tokio::join!(
        client.send(Method::GET, "/v1/project", None),
        client.try_api_key(organization),
        client.try_revoke(key),
    );
    for answer in [read, made, revoked] {
        assert_unavailable(answer.unwrap());
    }
}

/// Two nodes: one answers when stale, the other refuses.
async fn nodes(database: TestDatabase) -> (Server, [Site; 2], [Node; 2], Value) {
    let server = Server::of(&database);
    let answering = Site::on(database).with("VERIFY__MAX_STALENESS_SECONDS", MAX_STALENESS_SECONDS);
    let refusing = answering.beside().with("VERIFY__MAX_STALENESS_SECONDS", MAX_STALENESS_SECONDS);
    let refusing = refusing.with("VERIFY__WHEN_STALE", "refuse");
    let first = answering.init();
    let nodes = [answering.start().await, refusing.start().await];
    (server, [answering, refusing], nodes, first)
}

async fn refuses_to_verify(client: &Client, key: &ApiKey) {
    for path in ["/v1/api-keys/verify", "/v1/api-keys/authenticate"] {
        let body = json!({ "secretToken": key.secret });
        assert_unavailable(client.send(Method::POST, path, Some(body)).await.unwrap());
    }
}

async fn verifies(client: &Client, key: &ApiKey, code: &str) {
    eventually(&format!("the verdict is {code}"), async || {
        let body = json!({ "secretToken": key.secret });
        let (_, answer) = client.send(Method::POST, "/v1/api-keys/verify", Some(body)).await.unwrap();
        (answer["code"] == code).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_hanging_database_stops_changes_and_not_verification() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let (server, _sites, [mut answering, refusing], first) =
        nodes(TestDatabase::durable_postgres().await).await;
    let (client, strict) = (answering.client_of(&first), refusing.client_of(&first));
    let organization = client.organization().await;
    let (key, other) = (client.api_key(&organization).await, client.api_key(&organization).await);
    verifies(&strict, &key, "VALID").await;

    let hanging = server.hang();
    let memory = async {
        for _ in 0..20 {
            assert_eq!(client.verdict(&key.secret).await, "VALID");
            assert_eq!(client.authenticates(&key.secret).await, 200);
        }
        becomes_unready_when_stale(&client).await;
        becomes_unready_when_stale(&strict).await;
        assert_eq!(client.verdict(&key.secret).await, "VALID");
        assert_eq!(client.authenticates(&key.secret).await, 200);
        refuses_to_verify(&strict, &key).await;
    };
    tokio::join!(memory, management_is_unavailable(&client, &organization, &other));
    refusing.stop().await;
    drop(hanging);

    answering.ready().await;
    eventually("a revocation is acknowledged", async || {
        (client.try_revoke(&key).await.unwrap().0 == 200).then_some(())
    })
    .await;
    assert_eq!(client.verdict(&key.secret).await, "REVOKED");
}

#[tokio::test]
async fn nodes_recover_from_a_crash_of_the_database_without_a_restart() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let (server, [site, _], [mut answering, mut refusing], first) =
        nodes(TestDatabase::durable_postgres().await).await;
    let (client, strict) = (answering.client_of(&first), refusing.client_of(&first));
    let organization = client.organization().await;
    let key = client.api_key(&organization).await;
    verifies(&strict, &key, "VALID").await;

    let mut callers = JoinSet::new();
    for _ in 0..4 {
        let (client, organization) = (client.clone(), organization.clone());
        callers.spawn(async move {
            let (mut made, mut revoked) = (Vec::new(), Vec::new());
            loop {
                let (status, answer) = client.try_api_key(&organization).await.unwrap();
                if status != 200 {
                    assert_unavailable((status, answer));
                    return (made, revoked);
                }
                let key = ApiKey::of(&answer);
                if made.len() > revoked.len() {
                    match client.try_revoke(&key).await.unwrap() {
                        (200, _) => revoked.push(key),
                        answer => assert_unavailable(answer),
                    }
                } else {
                    made.push(key);
                }
            }
        });
    }
    eventually("some changes are in the log", async || {
        (client.audited("tesseral.api_keys.revoke").await.len() >= 10).then_some(())
    })
    .await;
    let mut start_again = server.crash();
    let acknowledged = callers.join_all().await;

    assert_eq!(client.verdict(&key.secret).await, "VALID");
    management_is_unavailable(&client, &organization, &key).await;
    becomes_unready_when_stale(&client).await;
    becomes_unready_when_stale(&strict).await;
    assert_eq!(client.authenticates(&key.secret).await, 200);
    refuses_to_verify(&strict, &key).await;

    AGAIN.lock().unwrap().push(start_again.spawn().unwrap());
    answering.ready().await;
    refusing.ready().await;
    let restarted = site.beside().start().await;
    for (made, revoked) in &acknowledged {
        for client in [&client, &strict, &restarted.client_of(&first)] {
            for key in made {
                verifies(client, key, "VALID").await;
            }
            for key in revoked {
                verifies(client, key, "REVOKED").await;
            }
        }
    }
    let added = client.api_key(&organization).await;
    verifies(&strict, &added, "VALID").await;
}

#[tokio::test]
async fn a_node_gives_up_connections_that_went_dead() {
    let database = TestDatabase::postgres().await;
    let (server, _sites, [mut answering, mut refusing], first) = nodes(database).await;
    let (client, strict) = (answering.client_of(&first), refusing.client_of(&first));
    let organization = client.organization().await;
    let done = Arc::new(AtomicBool::new(false));
    let mut callers = JoinSet::new();
    for _ in 0..4 {
        let (client, organization, done) = (client.clone(), organization.clone(), done.clone());
        callers.spawn(async move {
            let mut made = Vec::new();
            while !done.load(SeqCst) {
                match client.try_api_key(&organization).await.unwrap() {
                    (200, answer) => made.push(ApiKey::of(&answer)),
                    answer => assert_unavailable(answer),
                }
            }
            made
        });
    }
    eventually("some keys are in the log", async || {
        (client.audited("tesseral.api_keys.create").await.len() >= 10).then_some(())
    })
    .await;
    let _hanging = server.hang_connections();
    becomes_unready_when_stale(&client).await;
    answering.ready().await;
    refusing.ready().await;
    let key = eventually("a key is made", async || {
        let (status, answer) = client.try_api_key(&organization).await.unwrap();
        (status == 200).then(|| ApiKey::of(&answer))
    })
    .await;
    verifies(&strict, &key, "VALID").await;
    done.store(true, SeqCst);
    for key in callers.join_all().await.into_iter().flatten() {
        assert_eq!(client.verdict(&key.secret).await, "VALID");
        verifies(&strict, &key, "VALID").await;
    }
    answering.stop().await;
}
