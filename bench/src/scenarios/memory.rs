//! Memory for each key: a node that holds many beside one that holds hardly any.

use anyhow::Result;

use crate::{
    chart::number,
    lockwork::Binary,
    peers::loopback,
    results::{Figure, Scenario},
};

const PORT: u16 = 18201;

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    #[command(flatten)]
    binary: Binary,
    /// Keys that the node holds
    #[arg(long, default_value_t = 10_000_000)]
    keys: usize,
}

/// Measures and saves the bytes that a key costs.
///
/// # Errors
/// A node cannot be seeded or started, or the result cannot be written.
pub fn run(options: &Options) -> Result<()> {
    let mut scenario = Scenario::new(
        "memory",
        "Memory for each key",
        &[
            "Memory of a ready node (PSS) with all keys, less that of one with a single key, by the number of keys.",
        ],
    )?;
    let empty = memory_of_node(&options.binary, 1)?;
    let full = memory_of_node(&options.binary, options.keys)?;
    let each = full.saturating_sub(empty) as f64 / options.keys as f64;
    println!("{each:.1} bytes a key: {full} bytes with {} keys, {empty} with one", options.keys);
    scenario.figures = vec![
        Figure::new(&format!("Memory for each of {} keys", number(options.keys as f64)), each, "bytes")
            .budget("≤ 54"),
        Figure::new("Memory of a node with one key", empty as f64 / f64::from(1 << 20), "MiB"),
    ];
    scenario.save()
}

fn memory_of_node(binary: &Binary, keys: usize) -> Result<u64> {
    let seeded = binary.seeded(keys)?;
    let (server, _) = binary.serve(&seeded.storage, loopback(PORT))?;
    server.memory_bytes()
}
