//! Verification over HTTP/1.1 keep-alive beside answers that cost nothing to find.

use std::{env, time::Duration};

use anyhow::Result;

use crate::{
    chart::number,
    keys,
    lockwork::{Binary, Credentials, verify_request},
    peers::loopback,
    process::Spec,
    results::{Figure, Row, Scenario},
    rounds::{Answer, Candidate, Plan, Target, compare},
    tools,
};

const EPOLL_PORT: u16 = 18001;
const CONSTANT_PORT: u16 = 18002;
const VERIFY_PORT: u16 = 18003;
const ONE_LIMIT_PORT: u16 = 18004;
const FOUR_LIMITS_PORT: u16 = 18005;

const EPOLL: &str = "epoll loop";
const CONSTANT: &str = "Lockwork constant";
const VERIFY: &str = "Lockwork verify";
const ONE_LIMIT: &str = "Lockwork verify, one limit";
const FOUR_LIMITS: &str = "Lockwork verify, four limits";

/// As many distinct requests as keep the load generator's own share honest.
const KEYS_FOR_CONSTANT_ANSWERS: usize = 100_000;

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    #[command(flatten)]
    plan: Plan,
    #[command(flatten)]
    binary: Binary,
    /// Keys that Lockwork holds
    #[arg(long, default_value_t = 1_000_000)]
    keys: usize,
}

/// Measures and saves the comparison.
///
/// # Errors
/// A tool is missing and cannot be installed, or the result cannot be written. A server that fails gets a
/// row that says so.
pub fn run(options: &Options) -> Result<()> {
    tools::ensure(&["wrk"])?;
    let mut scenario = Scenario::new(
        &format!("http-{}", options.keys),
        &format!("Verification over HTTP/1.1, {} keys", number(options.keys as f64)),
        &[
            "Every server gets the same POST of the same size with a random existing key.",
            "Server on core 0, wrk on core 1, keep-alive connections with one request under way each.",
            "Interleaved rounds; medians over rounds; ratios are medians of the ratio within a round.",
        ],
    )?;
    scenario.reference = Some(EPOLL.to_owned());
    scenario.rows = compare(candidates(options), options.plan);
    scenario.figures = budgets(&scenario.rows);
    scenario.save()
}

/// The servers, floors first.
fn candidates(options: &Options) -> Vec<Candidate> {
    let keys = options.keys;
    let verify = |name, does, limits, port| {
        let binary = options.binary.clone();
        let start = move || binary.verify_target(keys, limits, loopback(port));
        Candidate { name, does, start: Box::new(start) }
    };
    vec![
        Candidate {
            name: EPOLL,
            does: "hand-written loop, constant answer",
            start: Box::new(|| constant_answer("epoll-floor", EPOLL_PORT)),
        },
        Candidate {
            name: CONSTANT,
            does: "Lockwork's own listener, constant answer",
            start: Box::new(|| constant_answer("constant", CONSTANT_PORT)),
        },
        verify(VERIFY, "reads JSON, SHA-256, looks up, writes JSON", 0, VERIFY_PORT),
        verify(ONE_LIMIT, "and counts by one window of each key", 1, ONE_LIMIT_PORT),
        verify(FOUR_LIMITS, "and counts by four windows of each key", 4, FOUR_LIMITS_PORT),
    ]
}

/// A subcommand of this program that answers every request with the same bytes.
fn constant_answer(subcommand: &str, port: u16) -> Result<Target> {
    let address = loopback(port);
    let mut server = Spec::new(subcommand, env::current_exe()?)
        .args([subcommand, "--listen", &address.to_string()])
        .start()?;
    let ready = server.wait_ready(address, "/readyz", 200, Duration::from_secs(10))?;
    // Of the length of a real key, so that the request is as long as the one that Lockwork gets.
    let credentials = Credentials { backend_api_key: format!("tesseral_secret_key_{}", "0".repeat(25)) };
    Ok(Target {
        address,
        request: verify_request(&credentials),
        keys_file: keys::made_up(KEYS_FOR_CONSTANT_ANSWERS)?,
        answer: Answer::Constant,
        ready,
        servers: vec![server],
    })
}

/// What the budget table asks of this scenario.
fn budgets(rows: &[Row]) -> Vec<Figure> {
    let row = |name: &str| rows.iter().find(|row| row.name == name && row.failed.is_none());
    // Work for a second of CPU time, not requests a second: a server that outruns wrk is not slowed down by it.
    let budget = |verify: &str, floor: &str, budget: &str| {
        let capacity = row(verify)?.ratio(row(floor)?, |it| 1.0 / it.cpu_us());
        let name = format!("Requests for a second of CPU time: {verify} ÷ {floor}");
        Some(Figure::new(&name, capacity, "×").budget(budget))
    };
    let of = |verify| [budget(verify, CONSTANT, "≥ 0.94"), budget(verify, EPOLL, "≥ 0.75")];
    [VERIFY, ONE_LIMIT, FOUR_LIMITS].into_iter().flat_map(of).flatten().collect()
}
