//! Load from wrk, pinned to its own core.

use std::{fs, net::SocketAddr, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{
    client::{KEY, Request},
    keys, paths,
    process::{LOAD_CORE, run},
};

/// What wrk counted in one run; times in microseconds.
#[derive(Debug, Clone, Deserialize)]
pub struct Counted {
    /// Requests answered.
    pub requests: u64,
    /// Length of the run.
    pub duration_us: u64,
    /// Median latency.
    pub p50_us: u64,
    /// 99th percentile of the latency.
    pub p99_us: u64,
    /// Answers with a status of 400 or above.
    pub refused: u64,
    /// Connections that broke or timed out.
    pub broken: u64,
}

/// Sends `request` over `connections` keep-alive connections, each with one request under way.
///
/// # Errors
/// wrk fails, a connection breaks or any request is refused: a run with errors measures nothing.
pub fn run_wrk(
    address: SocketAddr,
    request: &Request,
    keys_file: Option<&Path>,
    connections: usize,
    seconds: u64,
) -> Result<Counted> {
    let key_bytes = keys_file.map(keys::first).transpose()?.map_or(KEY.len(), |key| key.len());
    let request_file = paths::work("load")?.join(format!("{}.http", address.port()));
    fs::write(&request_file, request.render(key_bytes))?;
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", LOAD_CORE, "wrk", "--threads", "1"]);
    command.args(["--connections", &connections.to_string(), "--duration", &format!("{seconds}s")]);
    command.arg("--script").arg(paths::bench().join("lua/load.lua")).arg(format!("http://{address}/"));
    command.env("BENCH_REQUEST", &request_file);
    if let Some(keys_file) = keys_file {
        command.env("BENCH_KEYS", keys_file);
    }
    let output = run(&mut command)?;
    let line = output.lines().find(|line| line.starts_with('{')).context("wrk printed no result")?;
    let counted: Counted = serde_json::from_str(line)?;
    ensure!(counted.requests > 0, "wrk had no answer");
    ensure!(counted.refused == 0 && counted.broken == 0, "errors under load: {counted:?}");
    Ok(counted)
}
