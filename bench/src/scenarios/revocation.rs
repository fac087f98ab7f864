//! How long a revoked key lives on at another node.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::{
    client::{Client, Request},
    lockwork::{Binary, Seeded, Storage, backend_request, create_request, text, verify_request},
    paths,
    peers::loopback,
    postgres::Postgres,
    process::TemporaryFolder,
    results::{Figure, Scenario},
    stats::percentile,
    tools,
};

const FIRST_PORT: u16 = 18231;
const SECOND_PORT: u16 = 18232;
const DATABASE_PORT: u16 = 18233;

/// A key that is still let in after this long was never going to be refused.
const LIMIT: Duration = Duration::from_secs(10);

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    #[command(flatten)]
    binary: Binary,
    /// Revocations
    #[arg(long, default_value_t = 1000)]
    revocations: usize,
}

/// Measures and saves the times.
///
/// # Errors
/// PostgreSQL or a node cannot be started, a key lives on for ever, or the result cannot be written.
pub fn run(options: &Options) -> Result<()> {
    tools::ensure(&["psql"])?;
    let mut scenario = Scenario::new(
        "revocation",
        "Revocation between two nodes",
        &[
            "Two nodes on one PostgreSQL. From the moment that the first node acknowledged the revocation until \
           the second one, asked without pause, refused the key.",
        ],
    )?;
    let postgres = Postgres::start(DATABASE_PORT)?;
    let folder = TemporaryFolder(paths::work("revocation")?);
    let storage = Storage::Postgres(postgres.url(), folder.0.join("first"));
    let seeded = options.binary.seed(storage.clone(), &folder.0, 1, 0)?;
    let (_first, _) = options.binary.serve(&storage, loopback(FIRST_PORT))?;
    // Nodes of one database share its master key.
    let second = folder.0.join("second");
    fs::create_dir_all(&second)?;
    fs::copy(folder.0.join("first/master.key"), second.join("master.key"))?;
    let storage = Storage::Postgres(postgres.url(), second);
    let (_second, _) = options.binary.serve(&storage, loopback(SECOND_PORT))?;

    let mut nodes = Nodes::connect(&seeded)?;
    let milliseconds = (0..options.revocations).map(|_| nodes.revoke_one()).collect::<Result<Vec<f64>>>()?;
    scenario.figures = vec![
        Figure::new("Median", percentile(&milliseconds, 50.0), "ms"),
        Figure::new("99th percentile", percentile(&milliseconds, 99.0), "ms").budget("< 50 ms"),
        Figure::new(&format!("Worst of {}", options.revocations), percentile(&milliseconds, 100.0), "ms"),
    ];
    for figure in &scenario.figures {
        println!("{}: {:.2} {}", figure.name, figure.value, figure.unit);
    }
    scenario.save()
}

struct Nodes<'a> {
    first: Client,
    second: Client,
    seeded: &'a Seeded,
    organization: String,
}

impl<'a> Nodes<'a> {
    fn connect(seeded: &'a Seeded) -> Result<Self> {
        let first = Client::connect(loopback(FIRST_PORT))?;
        let second = Client::connect(loopback(SECOND_PORT))?;
        let mut nodes = Self { first, second, seeded, organization: String::new() };
        nodes.organization = seeded.organization(&mut nodes.first)?;
        Ok(nodes)
    }

    /// Creates a key, waits until both nodes let it in, revokes it at the first and returns the milliseconds
    /// until the second refused it.
    fn revoke_one(&mut self) -> Result<f64> {
        let answer = self.change(&create_request(&self.organization, &self.seeded.credentials))?;
        let (id, secret) = (text(&answer, "/apiKey/id")?, text(&answer, "/apiKey/secretToken")?);
        self.wait_for(&secret, true)?;
        let path = format!("/v1/api-keys/{id}/revoke");
        self.change(&backend_request(&path, "{}", &self.seeded.credentials))?;
        self.wait_for(&secret, false)
    }

    fn change(&mut self, request: &Request) -> Result<Value> {
        let response = self.first.send(request)?;
        ensure!(response.status == 200, "a change answered {} {}", response.status, response.body);
        Ok(serde_json::from_str(&response.body)?)
    }

    fn wait_for(&mut self, secret: &str, valid: bool) -> Result<f64> {
        let request = verify_request(&self.seeded.credentials).with_key(secret);
        let begin = Instant::now();
        while self.second.send(&request)?.body.contains(r#""valid":true"#) != valid {
            ensure!(begin.elapsed() < LIMIT, "the second node never learnt of the change");
        }
        Ok(begin.elapsed().as_secs_f64() * 1e3)
    }
}
