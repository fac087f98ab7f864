//! Verification in process beside its floor: the bench of `lockwork-verify`, whose figures are taken over.

use std::{fs, process::Command};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{
    chart::number,
    paths,
    process::run as run_to_end,
    results::{Figure, Scenario},
};

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Keys in the index
    #[arg(long, default_value_t = 10_000_000)]
    keys: usize,
    /// Rounds; the medians count
    #[arg(long, default_value_t = 9)]
    rounds: usize,
}

/// What the bench writes.
#[derive(Debug, Deserialize)]
struct Measured {
    organizations: u64,
    floor_ns: f64,
    verify_ns: f64,
    verify_ratio: f64,
    window_ns: f64,
    window_ratio: f64,
    bucket_ns: f64,
    bucket_ratio: f64,
    four_limits_ns: f64,
    four_limits_ratio: f64,
    bytes_per_window: f64,
    bytes_per_bucket: f64,
    miss_ns: f64,
    two_threads_ns: f64,
    bytes_per_key: f64,
    name_bytes_per_key: f64,
    image_bytes: u64,
    image_write_seconds: f64,
    image_read_seconds: f64,
}

/// Measures and saves the figures.
///
/// # Errors
/// The bench fails, or the result cannot be written.
pub fn run(options: &Options) -> Result<()> {
    let out = paths::work("in-process")?.join("figures.json");
    let mut bench = Command::new("cargo");
    bench.args(["bench", "--locked", "--package", "lockwork-verify", "--bench", "verify"]);
    bench
        .env("KEYS", options.keys.to_string())
        .env("ROUNDS", options.rounds.to_string())
        .env("BENCH_OUT", &out);
    run_to_end(&mut bench)?;
    let measured: Measured = serde_json::from_slice(&fs::read(&out)?).context("the bench's figures")?;
    let mut scenario = Scenario::new(
        &format!("in-process-{}", options.keys),
        &format!("Verification in process, {} keys", number(options.keys as f64)),
        &[
            "Token text in, verdict on a required permission out; random existing keys of many organizations.",
            "The floor is one SHA-256 of a 50-byte token and one random memory access that depends on it, in a table \
             of the same size, measured in the same rounds; medians over rounds.",
        ],
    )?;
    let seconds = "s";
    scenario.figures = vec![
        Figure::new("Organizations", measured.organizations as f64, ""),
        Figure::new("Floor: SHA-256 and one memory access", measured.floor_ns, "ns"),
        Figure::new("Verify", measured.verify_ns, "ns"),
        Figure::new("Verify ÷ floor", measured.verify_ratio, "×"),
        Figure::new("Verify and one window", measured.window_ns, "ns"),
        Figure::new("Verify and one window ÷ floor", measured.window_ratio, "×").budget("≤ 1.5 (goal 1.3)"),
        Figure::new("Verify and one bucket", measured.bucket_ns, "ns"),
        Figure::new("Verify and one bucket ÷ floor", measured.bucket_ratio, "×").budget("≤ 1.5 (goal 1.3)"),
        Figure::new("Verify, two windows and two buckets", measured.four_limits_ns, "ns"),
        Figure::new("Verify, two windows and two buckets ÷ floor", measured.four_limits_ratio, "×"),
        Figure::new("Memory per active window, of a million", measured.bytes_per_window, "bytes"),
        Figure::new("Memory per active bucket, of a million", measured.bytes_per_bucket, "bytes"),
        Figure::new("Unknown key", measured.miss_ns, "ns"),
        Figure::new("Verify, two threads at once, each", measured.two_threads_ns, "ns"),
        Figure::new("Memory per key, record and one limiter word", measured.bytes_per_key, "bytes")
            .budget("≤ 54"),
        Figure::new("Names per key, beside it", measured.name_bytes_per_key, "bytes"),
        Figure::new("Index image", measured.image_bytes as f64 / 1e6, "MB"),
        Figure::new("Writing the image", measured.image_write_seconds, seconds),
        Figure::new("Reading the image", measured.image_read_seconds, seconds).budget("≤ 2"),
    ];
    scenario.save()
}
