//! `lockwork-bench`: see the README of this folder.

use std::net::SocketAddr;

use anyhow::Result;
use clap::{Parser, Subcommand};
use lockwork_bench::{constant, epoll, report, scenarios, tools};

/// Measures Lockwork beside the floor of the machine and beside its peers.
#[derive(Parser)]
struct Arguments {
    /// Without one: everything, then the report
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Answer every request with a constant from a hand-written epoll loop
    EpollFloor {
        /// Address to listen on
        #[arg(long)]
        listen: SocketAddr,
    },
    /// Answer every request with a constant through Lockwork's own listener
    Constant {
        /// Address to listen on
        #[arg(long)]
        listen: SocketAddr,
    },
    /// Measure one SHA-256 and one dependent random memory access
    ShaMemoryFloor(scenarios::sha_memory::Options),
    /// Verify in process beside its floor
    InProcess(scenarios::in_process::Options),
    /// Verify over HTTP/1.1 beside constant answers
    Http(scenarios::http::Options),
    /// Check keys beside nginx, HAProxy, Envoy and Express with PostgreSQL
    Peers(scenarios::peers::Options),
    /// Measure the memory that a key costs
    Memory(scenarios::memory::Options),
    /// Measure the time from start until ready
    Startup(scenarios::startup::Options),
    /// Create keys durably beside plain inserts
    Creation(scenarios::creation::Options),
    /// Revoke keys on one node and ask another
    Revocation(scenarios::revocation::Options),
    /// Install the load generator and the peers
    Install,
    /// Write the report from all results so far
    Report(report::Options),
}

fn main() -> Result<()> {
    let Some(command) = Arguments::parse().command else { return everything() };
    match command {
        Command::EpollFloor { listen } => epoll::serve(listen),
        Command::Constant { listen } => constant::run(listen),
        Command::ShaMemoryFloor(options) => scenarios::sha_memory::run(&options),
        Command::InProcess(options) => scenarios::in_process::run(&options),
        Command::Http(options) => scenarios::http::run(&options),
        Command::Peers(options) => scenarios::peers::run(&options),
        Command::Memory(options) => scenarios::memory::run(&options),
        Command::Startup(options) => scenarios::startup::run(&options),
        Command::Creation(options) => scenarios::creation::run(&options),
        Command::Revocation(options) => scenarios::revocation::run(&options),
        Command::Install => tools::ensure_tools(),
        Command::Report(options) => report::run(&options),
    }
}

/// Every scenario in a process of its own, so that none leaves anything behind for the next, then the report.
fn everything() -> Result<()> {
    let scenarios =
        ["install", "in-process", "http", "peers", "memory", "startup", "creation", "revocation", "report"];
    for scenario in scenarios {
        println!("== {scenario}");
        let status = std::process::Command::new(std::env::current_exe()?).arg(scenario).status()?;
        anyhow::ensure!(status.success(), "{scenario} failed");
    }
    Ok(())
}
