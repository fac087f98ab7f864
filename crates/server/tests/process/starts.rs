//! Several processes that start at once on one empty database, and starts that must be refused.

use crate::nodes::{MASTER_KEY, Site, eventually};
use lockwork_testkit::databases::Kind;
use reqwest::Method;
use serde_json::Value;
use std::process::{Child, Stdio};
use std::time::Duration;

fn spawn_init(site: &Site) -> Child {
    let mut command = site.command("init");
    command.arg("--json").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What each printed; one project, and one secret shown once.
fn one_project_of(processes: Vec<Child>) -> Value {
    let outputs: Vec<_> = processes.into_iter().map(|process| process.wait_with_output().unwrap()).collect();
    let objects: Vec<Value> = outputs
        .iter()
        .map(|output| {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            serde_json::from_slice(&output.stdout).unwrap()
        })
        .collect();
    for object in &objects {
        assert_eq!(object["projectId"], objects[0]["projectId"]);
        assert_eq!(object["publishableKey"], objects[0]["publishableKey"]);
    }
    let mut shown = objects.into_iter().filter(|object| object["backendApiKey"].is_string());
    let first = shown.next().expect("a secret");
    assert!(shown.next().is_none());
    first
}

#[tokio::test]
async fn nodes_and_inits_start_at_once_on_an_empty_postgres() {
    let site = Site::new(Kind::Postgres).await;
    let sites: Vec<Site> = (0..4).map(|_| site.beside()).collect();
    let inits = sites.iter().map(spawn_init).collect();
    let nodes: Vec<_> = sites.iter().map(Site::spawn).collect();
    let first = one_project_of(inits);
    for mut node in nodes {
        node.ready().await;
        // A node that was there before the project learns of it by the feed.
        let client = node.client_of(&first);
        eventually("the key is known", async || {
            let answer = client.send(Method::GET, "/v1/project", None).await.unwrap();
            (answer.0 == 200 && answer.1["project"]["id"] == first["projectId"]).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn nodes_and_inits_start_at_once_on_an_empty_data_folder() {
    let site = Site::new(Kind::Sqlite).await;
    let inits = (0..3).map(|_| spawn_init(&site)).collect();
    let mut node = site.spawn();
    let first = one_project_of(inits);
    node.ready().await;
    let client = node.client_of(&first);
    eventually("the key is known", async || {
        (client.send(Method::GET, "/v1/project", None).await.unwrap().0 == 200).then_some(())
    })
    .await;
    node.stop().await;
    // All sealed with the key that was kept.
    site.start().await.stop().await;
}

#[tokio::test]
async fn an_init_that_was_killed_can_be_repeated() {
    for milliseconds in [1, 5, 10, 20, 40, 80] {
        let site = Site::new(Kind::Sqlite).await;
        let mut killed = spawn_init(&site);
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        killed.kill().unwrap();
        let printed = killed.wait_with_output().unwrap().stdout;
        let again = site.init();
        if let Ok(first) = serde_json::from_slice::<Value>(&printed) {
            assert_eq!(first["projectId"], again["projectId"]);
        }
        site.start().await.stop().await;
    }
}

async fn a_second_init_changes_nothing(kind: Kind) {
    let site = Site::new(kind).await;
    let (first, second) = (site.init(), site.init());
    assert!(first["backendApiKey"].is_string() && second["backendApiKey"].is_null());
    assert_eq!(first["projectId"], second["projectId"]);
    assert_eq!(first["publishableKey"], second["publishableKey"]);
}

#[tokio::test]
async fn a_second_init_changes_nothing_sqlite() {
    a_second_init_changes_nothing(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_second_init_changes_nothing_postgres() {
    a_second_init_changes_nothing(Kind::Postgres).await;
}

#[tokio::test]
async fn a_wrong_pepper_or_master_key_is_refused_with_a_sentence() {
    const OTHER: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let mut site = Site::new(kind).await.with("SECRETS__PEPPER", OTHER);
        let first = site.init();
        let node = site.start().await;
        let organization = node.client_of(&first).organization().await;
        let key = node.client_of(&first).api_key(&organization).await;
        // With an image there are two who might notice.
        node.stop().await;

        site.set("SECRETS__PEPPER", MASTER_KEY);
        assert!(
            site.refusal().contains("the pepper is not the one that this database's keys were hashed with")
        );
        site.set("SECRETS__PEPPER", OTHER);

        site.set("SECRETS__MASTER_KEY", OTHER);
        let refusal = site.refusal();
        assert!(refusal.contains("the master key is not the one"), "{refusal}");
        let doctor = site.output("doctor");
        assert_eq!(doctor.status.code(), Some(1));
        let said = String::from_utf8(doctor.stdout).unwrap();
        assert!(said.contains("fail  database: the master key is not the one"), "{said}");
        if kind == Kind::Postgres {
            site.set("SECRETS__MASTER_KEY", MASTER_KEY);
            assert_eq!(site.output("doctor").status.code(), Some(0));
            let node = site.start().await;
            assert_eq!(node.client_of(&first).verdict(&key.secret).await, "VALID");
        }
    }
}

#[tokio::test]
async fn documents_need_no_database_and_the_doctor_says_when_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let lockwork = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lockwork"));
        command.args(arguments).current_dir(&folder);
        command.env("LOCKWORK__DATABASE__URL", "postgres://nobody@127.0.0.1:1/nothing");
        command.env("LOCKWORK__SECRETS__MASTER_KEY", MASTER_KEY);
        command.output().unwrap()
    };
    let document = lockwork(&["openapi", "backend"]);
    assert!(document.status.success());
    assert!(serde_json::from_slice::<Value>(&document.stdout).is_ok());
    let doctor = lockwork(&["doctor"]);
    assert_eq!(doctor.status.code(), Some(1));
    let said = String::from_utf8(doctor.stdout).unwrap();
    assert!(
        said.contains("fail  database: postgres://nobody@127.0.0.1:1/nothing cannot be reached"),
        "{said}"
    );
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}
