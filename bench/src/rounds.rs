//! Servers side by side: all started, checked, then measured in interleaved rounds.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};

use crate::{
    client::{Request, send_once},
    keys,
    load::run_wrk,
    machine::busy_seconds,
    process::{SERVER_CORE, Server},
    results::{Round, Row},
};

/// How to measure.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Plan {
    /// Rounds; every server once in each
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Seconds of load for each server in each round
    #[arg(long, default_value_t = 3)]
    pub seconds: u64,
    /// Keep-alive connections, each with one request under way
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
}

/// How a server tells an existing key from an unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It does not look at the key.
    Constant,
    /// Status 200 or 401.
    Status,
    /// Status 200 either way and `"valid"` in the body.
    ValidField,
}

/// A server that runs and answers.
#[derive(Debug)]
pub struct Target {
    /// Where it listens.
    pub address: SocketAddr,
    /// What is sent to it.
    pub request: Request,
    /// The keys that stand for the placeholder in the request, one a line.
    pub keys_file: PathBuf,
    /// How it answers.
    pub answer: Answer,
    /// From its start until it answered.
    pub ready: Duration,
    /// All its servers; stopped with it.
    pub servers: Vec<Server>,
}

/// A server that can be started for a comparison.
#[expect(missing_debug_implementations, reason = "holds a closure")]
pub struct Candidate {
    /// Its name in the report.
    pub name: &'static str,
    /// What it does for one request.
    pub does: &'static str,
    /// Starts it and waits until it answers.
    pub start: Box<dyn FnOnce() -> Result<Target>>,
}

/// Starts all candidates and measures them in turn. One that cannot be started, answers wrongly or fails
/// under load gets a row that says why.
pub fn compare(candidates: Vec<Candidate>, plan: Plan) -> Vec<Row> {
    let mut running: Vec<(Row, Option<Target>)> =
        candidates.into_iter().map(|it| prepare(it, plan)).collect();
    for round in 1..=plan.rounds {
        for (row, slot) in &mut running {
            let Some(target) = slot else { continue };
            match measure(target, plan.connections, plan.seconds) {
                Ok(measured) => {
                    let (rate, cpu_us) = (measured.rate(), measured.cpu_us());
                    println!("round {round} {:<28} {rate:>9.0} requests/s {cpu_us:>7.2} µs CPU", row.name);
                    row.rounds.push(measured);
                }
                Err(error) => {
                    row.failed = Some(format!("{error:#}"));
                    *slot = None;
                }
            }
        }
    }
    running.into_iter().map(|(row, _)| row).collect()
}

fn prepare(candidate: Candidate, plan: Plan) -> (Row, Option<Target>) {
    let mut row = Row { name: candidate.name.to_owned(), does: candidate.does.to_owned(), ..Row::default() };
    let started = (candidate.start)().and_then(|target| {
        check(&target)?;
        measure(&target, plan.connections, 1)?;
        row.ready_seconds = target.ready.as_secs_f64();
        row.memory_bytes = target.servers.iter().map(Server::memory_bytes).sum::<Result<u64>>()?;
        Ok(target)
    });
    match started {
        Ok(target) => {
            println!("ready   {:<28} after {:.2} s", row.name, row.ready_seconds);
            (row, Some(target))
        }
        Err(error) => {
            eprintln!("left out: {}: {error:#}", row.name);
            row.failed = Some(format!("{error:#}"));
            (row, None)
        }
    }
}

/// A comparison means something only if every server lets the right keys in and no other.
fn check(target: &Target) -> Result<()> {
    let known = keys::first(&target.keys_file)?;
    let unknown = known.replace(['0', '1', '2', 'a'], "z");
    ensure!(known != unknown, "the first key has no digit to change");
    ensure!(lets_in(target, &known)?, "an existing key was refused");
    if target.answer != Answer::Constant {
        ensure!(!lets_in(target, &unknown)?, "an unknown key was let in");
    }
    Ok(())
}

fn lets_in(target: &Target, key: &str) -> Result<bool> {
    let response = send_once(target.address, &target.request.clone().with_key(key))?;
    let valid = match target.answer {
        Answer::Constant | Answer::Status => response.status == 200,
        Answer::ValidField => response.status == 200 && response.body.contains(r#""valid":true"#),
    };
    let expected = valid || response.status == 401 || target.answer == Answer::ValidField;
    ensure!(expected, "unexpected answer: {} {}", response.status, response.body);
    Ok(valid)
}

/// One round of load on one server.
fn measure(target: &Target, connections: usize, seconds: u64) -> Result<Round> {
    let cpu_seconds = || target.servers.iter().map(Server::cpu_seconds).sum::<Result<f64>>();
    let (cpu_before, busy_before) = (cpu_seconds()?, busy_seconds(SERVER_CORE)?);
    let counted = run_wrk(target.address, &target.request, Some(&target.keys_file), connections, seconds)
        .context("under load")?;
    let own = cpu_seconds()? - cpu_before;
    let busy = busy_seconds(SERVER_CORE)? - busy_before;
    Ok(Round {
        requests: counted.requests,
        seconds: counted.duration_us as f64 / 1e6,
        cpu_seconds: own,
        other_seconds: (busy - own).max(0.0),
        p50_us: counted.p50_us,
        p99_us: counted.p99_us,
    })
}
