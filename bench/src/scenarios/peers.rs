//! Lockwork and its peers side by side.

use anyhow::Result;

use crate::{
    chart::number,
    keys,
    lockwork::Binary,
    peers::{self, Load, loopback},
    results::Scenario,
    rounds::{Candidate, Plan, compare},
    tools,
};

const LOCKWORK_PORT: u16 = 18100;
const LOCKWORK: &str = "Lockwork";

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    #[command(flatten)]
    plan: Plan,
    #[command(flatten)]
    binary: Binary,
    /// Keys that every server holds
    #[arg(long, default_value_t = 100_000)]
    keys: usize,
    /// Leave the peers' rate limits off
    #[arg(long)]
    without_limits: bool,
    /// Measure only servers whose name contains this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// Measures and saves the comparison.
///
/// # Errors
/// A tool is missing and cannot be installed, or the result cannot be written. A server that fails gets a
/// row that says so.
pub fn run(options: &Options) -> Result<()> {
    tools::ensure_tools()?;
    let limits = if options.without_limits { "off" } else { "on, far above the rate, where a peer has them" };
    let suffix = if options.without_limits { "-without-limits" } else { "" };
    let mut scenario = Scenario::new(
        &format!("peers-{}{suffix}", options.keys),
        &format!("Lockwork and its peers, {} keys", number(options.keys as f64)),
        &[
            &format!("Every server gets random existing keys; rate limits are {limits}."),
            "Each refused an unknown key before it was measured.",
            "Server with all its processes (databases too) on core 0, wrk on core 1; one worker each.",
            "With limits on, each Lockwork key has one, a window over all of the last minute, through a plan.",
            "Peers get the key in a header of a GET, Lockwork gets it in the JSON of an authorized POST.",
            "Interleaved rounds; medians over rounds; ratios are medians of the ratio within a round.",
        ],
    )?;
    scenario.reference = Some(LOCKWORK.to_owned());
    let load =
        Load { keys_file: keys::made_up(options.keys)?, keys: options.keys, limits: !options.without_limits };
    let mut candidates = vec![lockwork(options)];
    candidates.extend(peers::all(&load));
    candidates.retain(|it| options.only.as_ref().is_none_or(|text| it.name.contains(text.as_str())));
    scenario.rows = compare(candidates, options.plan);
    scenario.save()
}

fn lockwork(options: &Options) -> Candidate {
    let (binary, keys, limits) = (options.binary.clone(), options.keys, usize::from(!options.without_limits));
    Candidate {
        name: LOCKWORK,
        does: "reads JSON, SHA-256, looks up, counts, writes JSON",
        start: Box::new(move || binary.verify_target(keys, limits, loopback(LOCKWORK_PORT))),
    }
}
