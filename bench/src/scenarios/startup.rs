//! From start until ready: out of the rows of both databases, and out of the index image.

use std::{fs, time::Instant};

use anyhow::{Result, ensure};

use crate::{
    chart::number,
    lockwork::{Binary, Seeded, Storage},
    paths,
    peers::loopback,
    postgres::Postgres,
    process::TemporaryFolder,
    results::{Figure, Scenario},
    sqlite,
    stats::median,
    tools,
};

const PORT: u16 = 18211;
const DATABASE_PORT: u16 = 18212;

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    #[command(flatten)]
    binary: Binary,
    /// Keys that the node loads
    #[arg(long, default_value_t = 10_000_000)]
    keys: usize,
    /// Keys that the node on PostgreSQL loads; as many unless given
    #[arg(long)]
    postgres_keys: Option<usize>,
    /// Starts of each kind; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// File name of the index image in the data directory; removed before a start from rows
    #[arg(long, default_value = "index.image")]
    image: String,
}

/// Measures and saves the times.
///
/// # Errors
/// A node or PostgreSQL cannot be seeded or started, or the result cannot be written.
pub fn run(options: &Options) -> Result<()> {
    tools::ensure(&["sqlite3", "psql"])?;
    let mut scenario = Scenario::new(
        "startup",
        "From start until ready",
        &[
            &format!(
                "{} keys on SQLite, {} on PostgreSQL. From the start of the process until `GET /readyz` answers 200.",
                number(options.keys as f64),
                number(options.postgres_keys.unwrap_or(options.keys) as f64)
            ),
            "The file cache is warm. Beside it the same rows, read in plain sequential queries by the database's own client, \
             interleaved with the starts.",
        ],
    )?;
    let query = fs::read_to_string(paths::bench().join("sql/rows.sql"))?;

    let seeded = options.binary.seeded(options.keys)?;
    let database = sqlite::database_in(data_dir(&seeded))?;
    scenario
        .figures
        .extend(from_rows(options, &seeded, "SQLite", || sqlite::read_seconds(&database, &query))?);
    scenario.figures.push(from_image(options, &seeded)?);
    // Seeding the other database takes long; what is measured is kept.
    scenario.save()?;

    let postgres = Postgres::start(DATABASE_PORT)?;
    let folder = TemporaryFolder(paths::work("startup-postgres")?);
    let storage = Storage::Postgres(postgres.url(), folder.0.join("data"));
    let seeded = options.binary.seed(storage, &folder.0, options.postgres_keys.unwrap_or(options.keys), 0)?;
    let queries = query.split(';').map(str::trim).filter(|query| !query.is_empty());
    let copies: Vec<String> =
        queries.map(|query| format!("\\copy ({query}) TO '/dev/null' (FORMAT binary)")).collect();
    scenario.figures.extend(from_rows(options, &seeded, "PostgreSQL", || {
        let begin = Instant::now();
        for copy in &copies {
            postgres.query(copy)?;
        }
        Ok(begin.elapsed().as_secs_f64())
    })?);
    for figure in &scenario.figures {
        println!("{}: {:.2} {}", figure.name, figure.value, figure.unit);
    }
    scenario.save()
}

/// Starts without an image, each beside a plain read of the same rows.
fn from_rows(
    options: &Options,
    seeded: &Seeded,
    database: &str,
    plain_read: impl Fn() -> Result<f64>,
) -> Result<[Figure; 3]> {
    let image = data_dir(seeded).join(&options.image);
    let (mut starts, mut reads, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        if image.exists() {
            fs::remove_file(&image)?;
        }
        let start = start_seconds(options, seeded)?;
        let read = plain_read()?;
        starts.push(start);
        reads.push(read);
        ratios.push(start / read);
    }
    Ok([
        Figure::new(&format!("Start from rows, {database}"), median(&starts), "s"),
        Figure::new(&format!("The same rows in plain queries, {database}"), median(&reads), "s"),
        Figure::new(&format!("Start ÷ plain query, {database}"), median(&ratios), "×").budget("≤ 1.5"),
    ])
}

fn from_image(options: &Options, seeded: &Seeded) -> Result<Figure> {
    // A node writes its image no later than when it stops.
    start_seconds(options, seeded)?;
    ensure!(data_dir(seeded).join(&options.image).exists(), "the node left no index image {}", options.image);
    let starts = (0..options.rounds).map(|_| start_seconds(options, seeded)).collect::<Result<Vec<f64>>>()?;
    Ok(Figure::new("Start from the index image", median(&starts), "s").budget("≤ 2 s at 10 M keys"))
}

fn start_seconds(options: &Options, seeded: &Seeded) -> Result<f64> {
    let (_server, ready) = options.binary.serve(&seeded.storage, loopback(PORT))?;
    Ok(ready.as_secs_f64())
}

fn data_dir(seeded: &Seeded) -> &std::path::Path {
    let (Storage::DataDir(folder) | Storage::Postgres(_, folder)) = &seeded.storage;
    folder
}
