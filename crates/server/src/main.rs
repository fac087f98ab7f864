//! The binary `lockwork`.

mod cli;
mod commands;
mod config;
mod files;
mod keys;
mod limits;
mod opening;
mod people;
mod telemetry;
mod tls;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match commands::run(cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("lockwork: {error:#}");
            ExitCode::FAILURE
        }
    }
}
