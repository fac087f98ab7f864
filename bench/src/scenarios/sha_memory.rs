//! The in-process floor on its own.

use anyhow::Result;

use crate::{
    chart::number,
    floor::sha_and_memory,
    results::{Figure, Scenario},
};

/// How large an index the floor reads from.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Keys in the index
    #[arg(long, default_value_t = 10_000_000)]
    keys: usize,
    /// Bytes of index for each key: a 32-byte record at a load of 0.85
    #[arg(long, default_value_t = 38)]
    bytes_per_key: usize,
    /// Rounds of a million operations; the median counts
    #[arg(long, default_value_t = 7)]
    rounds: usize,
}

/// Measures and saves the floor.
///
/// # Errors
/// The table does not fit into memory, or the result cannot be written.
pub fn run(options: &Options) -> Result<()> {
    let mut scenario = Scenario::new(
        "floor",
        "In-process floor",
        &[
            "One SHA-256 of a 50-byte token, then one random read that depends on it, from a table in 2 MiB pages.",
        ],
    )?;
    let nanoseconds = sha_and_memory(options.keys, options.keys * options.bytes_per_key, options.rounds)?;
    let name = format!("SHA-256 and one random read, {} keys", number(options.keys as f64));
    println!("{name}: {nanoseconds:.1} ns");
    scenario.figures.push(Figure::new(&name, nanoseconds, "ns"));
    scenario.save()
}
