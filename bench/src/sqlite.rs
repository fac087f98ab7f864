//! Plain work on a SQLite file through the `sqlite3` program, to compare with.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, ensure};

use crate::{
    paths,
    process::{SERVER_CORE, run},
};

/// The largest SQLite file in a data directory.
///
/// # Errors
/// There is none.
pub fn database_in(data_dir: &Path) -> Result<PathBuf> {
    let files = fs::read_dir(data_dir)?.flatten().map(|it| it.path()).filter(|it| is_database(it));
    let largest = files.max_by_key(|it| fs::metadata(it).map_or(0, |it| it.len()));
    largest.with_context(|| format!("no SQLite database in {}", data_dir.display()))
}

/// Every database file begins with these bytes (SQLite file format, 1.3.1).
fn is_database(path: &Path) -> bool {
    let mut head = [0; 16];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head == *b"SQLite format 3\0"
}

/// Runs `statement` `count` times, each with a durable commit of its own, and returns how many a second.
///
/// # Errors
/// `sqlite3` refuses it.
pub fn commits_per_second(database: &Path, statement: &str, count: usize) -> Result<f64> {
    let script = paths::work("load")?.join("commits.sql");
    let begin = "PRAGMA journal_mode = WAL;\nPRAGMA synchronous = FULL;\nPRAGMA foreign_keys = ON;\n";
    fs::write(&script, begin.to_owned() + &statement.repeat(count))?;
    let mut sqlite = Command::new("taskset");
    sqlite.args(["--cpu-list", SERVER_CORE, "sqlite3", "-bail"]).arg(database);
    let started = Instant::now();
    let status = sqlite.stdin(File::open(&script)?).stdout(Stdio::null()).status()?;
    ensure!(status.success(), "sqlite3 failed with {status}");
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

/// Seconds to read the rows of `query` once and drop them.
///
/// # Errors
/// `sqlite3` refuses it.
pub fn read_seconds(database: &Path, query: &str) -> Result<f64> {
    let mut sqlite = Command::new("taskset");
    sqlite.args(["--cpu-list", SERVER_CORE, "sqlite3", "-readonly", "-cmd", ".output /dev/null"]);
    let started = Instant::now();
    run(sqlite.arg(database).arg(query))?;
    Ok(started.elapsed().as_secs_f64())
}
