//! The developer's recipes: what `make <recipe>` runs. It is built before everything else, so it depends on
//! little.

mod demo;
mod dev;
mod examples;
mod generate;
mod http;
mod pg;
mod run;
mod setup;
mod shell;
mod sources;
mod steps;
mod ui;
mod walls;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::net::SocketAddr;
use std::process::ExitCode;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "The developer's recipes")]
struct Cli {
    #[command(subcommand)]
    recipe: Recipe,
}

#[derive(Subcommand)]
enum Recipe {
    /// Install what the other recipes need
    Setup,
    /// Build the apps and the binary for use
    Build,
    /// Build and start Lockwork with a demo project
    Run(Listen),
    /// The same, restarted when a source file changes
    Dev(Listen),
    /// Run everything that must hold
    Test,
    /// Run the quick part of it: format, lints, walls, generated files
    Check,
    /// Compare what each crate depends on with what it may depend on
    Walls,
    /// Write the files that are derived from the binary
    Generate,
    /// Accept new snapshots and generated files
    Accept,
    /// Run the benchmarks; arguments after `--` are passed on
    Bench {
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Run a temporary PostgreSQL until Ctrl-C
    Pg {
        /// Port on 127.0.0.1; a free one if not given
        #[arg(long)]
        port: Option<u16>,
    },
    /// Wait for the demo server and say how to use it
    #[command(hide = true)]
    Greet(Listen),
}

#[derive(clap::Args)]
struct Listen {
    /// Address to listen on
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:7777")]
    listen: SocketAddr,
}

fn main() -> ExitCode {
    match follow(Cli::parse().recipe) {
        Ok(()) => ExitCode::SUCCESS,
        // One line, whatever RUST_BACKTRACE says: what went wrong is in another program, not in this one.
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn follow(recipe: Recipe) -> Result<()> {
    match recipe {
        Recipe::Setup => setup::ensure(),
        Recipe::Build => steps::build(),
        Recipe::Run(Listen { listen }) => run::run(listen),
        Recipe::Dev(Listen { listen }) => dev::watch(listen),
        Recipe::Test => steps::test(),
        Recipe::Check => steps::check(),
        Recipe::Walls => walls::check(),
        Recipe::Generate => generate::write(),
        Recipe::Accept => steps::accept(),
        Recipe::Bench { arguments } => steps::bench(&arguments),
        Recipe::Pg { port } => pg::run(port),
        Recipe::Greet(Listen { listen }) => demo::greet(listen, std::os::unix::process::parent_id()),
    }
}
