//! Durable key creation by many callers, beside plain inserts with as many commits.

use std::fs;

use anyhow::Result;

use crate::{
    client::Client,
    load::run_wrk,
    lockwork::{Binary, Seeded, Storage, create_request},
    paths,
    peers::loopback,
    postgres::Postgres,
    process::TemporaryFolder,
    results::{Figure, Scenario},
    sqlite,
    stats::median,
    tools,
};

const PORT: u16 = 18221;
const DATABASE_PORT: u16 = 18222;

/// Plain inserts in one round on SQLite: about as long as a round of creations.
const SQLITE_COMMITS: usize = 30_000;

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    #[command(flatten)]
    binary: Binary,
    /// Callers that create keys at the same time
    #[arg(long, default_value_t = 32)]
    callers: usize,
    /// Seconds of each round
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Rounds; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// Measures and saves the rates.
///
/// # Errors
/// A node or PostgreSQL cannot be started, a creation is refused, or the result cannot be written.
pub fn run(options: &Options) -> Result<()> {
    tools::ensure(&["wrk", "sqlite3", "psql"])?;
    let mut scenario = Scenario::new(
        "creation",
        "Durable key creation",
        &[
            &format!("{} callers create keys; every answer comes after a durable commit.", options.callers),
            "Beside it plain inserts of a key's row, one commit each, interleaved: on PostgreSQL by pgbench with as \
             many connections, on SQLite by the sqlite3 program.",
        ],
    )?;
    let folder = TemporaryFolder(paths::work("creation")?);
    let own = folder.0.join("sqlite");
    let seeded = options.binary.seed(Storage::DataDir(own.join("data")), &own, 1, 0)?;
    let database = sqlite::database_in(&own.join("data"))?;
    let statement = fs::read_to_string(paths::bench().join("sql/insert-sqlite.sql"))?;
    scenario.figures.extend(compare(options, &seeded, "SQLite", || {
        sqlite::commits_per_second(&database, &statement, SQLITE_COMMITS)
    })?);

    let postgres = Postgres::start(DATABASE_PORT)?;
    let own = folder.0.join("postgres");
    let seeded = options.binary.seed(Storage::Postgres(postgres.url(), own.join("data")), &own, 1, 0)?;
    let script = paths::bench().join("sql/insert-postgres.sql");
    scenario.figures.extend(compare(options, &seeded, "PostgreSQL", || {
        postgres.transactions_per_second(&script, options.callers, options.seconds)
    })?);
    for figure in &scenario.figures {
        println!("{}: {:.2} {}", figure.name, figure.value, figure.unit);
    }
    scenario.save()
}

fn compare(
    options: &Options,
    seeded: &Seeded,
    database: &str,
    plain_inserts: impl Fn() -> Result<f64>,
) -> Result<[Figure; 3]> {
    let (mut creations, mut inserts, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        let created = creations_per_second(options, seeded)?;
        let inserted = plain_inserts()?;
        creations.push(created);
        inserts.push(inserted);
        ratios.push(created / inserted);
    }
    Ok([
        Figure::new(&format!("Keys created, {database}"), median(&creations), "a second"),
        Figure::new(&format!("Plain inserts, {database}"), median(&inserts), "a second"),
        Figure::new(&format!("Created ÷ plain inserts, {database}"), median(&ratios), "×").budget("≥ 0.5"),
    ])
}

/// Keys that one node creates in a second.
fn creations_per_second(options: &Options, seeded: &Seeded) -> Result<f64> {
    let address = loopback(PORT);
    let (_server, _) = options.binary.serve(&seeded.storage, address)?;
    let organization = seeded.organization(&mut Client::connect(address)?)?;
    let request = create_request(&organization, &seeded.credentials);
    let counted = run_wrk(address, &request, None, options.callers, options.seconds)?;
    Ok(counted.requests as f64 * 1e6 / counted.duration_us as f64)
}
