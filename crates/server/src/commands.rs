//! The subcommands.

mod backend_key;
mod doctor;
mod init;
mod owner_link;
mod seed;
mod serve;

use crate::cli::{Cli, Command, ConfigArgs, ConfigForm, ServeArgs, Surface};
use crate::config::{self, Config};
use anyhow::Result;
use clap::CommandFactory;
use std::io::Write;
use std::process::ExitCode;

/// Runs the chosen command.
pub(crate) fn run(cli: Cli) -> Result<ExitCode> {
    match cli.command {
        Command::Serve(arguments) => {
            let dev = arguments.dev;
            serve::run(&load(arguments)?, dev)?;
        }
        Command::Init(arguments) => {
            print(&block_on(init::run(&load_storage(arguments.config)?, arguments.json))?)?
        }
        Command::BackendKey(arguments) => {
            print(&block_on(backend_key::run(&load_storage(arguments.config.clone())?, &arguments))?)?
        }
        Command::OwnerLink(arguments) => print(&block_on(owner_link::run(&load_storage(arguments)?))?)?,
        Command::Seed(arguments) => {
            block_on(seed::run(&load_storage(arguments.config.clone())?, &arguments))?
        }
        Command::Doctor(arguments) => return block_on(doctor::run(load_storage(arguments))),
        Command::Openapi { surface: Surface::Backend } => print(&lockwork_http::openapi::backend())?,
        Command::Openapi { surface: Surface::Frontend } => print(&lockwork_http::openapi::frontend())?,
        Command::Openapi { surface: Surface::Login } => print(&lockwork_http::openapi::login())?,
        Command::Openapi { surface: Surface::Config } => print(&lockwork_http::openapi::config())?,
        Command::Config { form: ConfigForm::Default } => print(&config::commented_default())?,
        Command::Config { form: ConfigForm::Reference } => print(&config::reference())?,
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "lockwork", &mut std::io::stdout());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn load(arguments: ServeArgs) -> Result<Config> {
    // Only variables of this prefix are looked at, so others need not be UTF-8.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    config::load(&arguments, variables)
}

fn load_storage(config: ConfigArgs) -> Result<Config> {
    load(ServeArgs { config, ..ServeArgs::default() })
}

fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// Prints a command's result; a reader that has seen enough, such as `head`, is no error.
fn print(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
