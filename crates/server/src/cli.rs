//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

/// Lockwork: issues and verifies API keys.
#[derive(Debug, Parser)]
#[command(name = "lockwork", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answer requests until SIGTERM or Ctrl-C
    Serve(ServeArgs),
    /// Make the database and a first project; does nothing where they are
    Init(InitArgs),
    /// Make a Backend API key and print its secret: the way back in when all are lost
    BackendKey(BackendKeyArgs),
    /// Print a link by which one more owner signs up on the console: the way back in when none can sign in
    OwnerLink(ConfigArgs),
    /// Make organizations and keys for trials and benchmarks
    Seed(SeedArgs),
    /// Check configuration, files, database and machine
    Doctor(ConfigArgs),
    /// Print the OpenAPI document of a surface
    Openapi {
        /// Which surface
        surface: Surface,
    },
    /// Print what can be configured
    Config {
        /// In which form
        form: ConfigForm,
    },
    /// Print a completion script
    Completions {
        /// For which shell
        shell: Shell,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Surface {
    Backend,
    Frontend,
    Login,
    Config,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ConfigForm {
    /// A commented lockwork.toml with the defaults
    Default,
    /// A Markdown table
    Reference,
}

/// Where the configuration comes from: these options, then `LOCKWORK__SECTION__KEY` variables, then the file.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ConfigArgs {
    /// Configuration file [default: lockwork.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder for the embedded database, keys and caches [default: lockwork-data]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Use PostgreSQL: postgres://user:password@host/database
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
}

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Address and port [default: 127.0.0.1:7777]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Certificate chain, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Speak https with a certificate of a self-made CA, kept in the data folder
    #[arg(long, conflicts_with_all = ["tls_cert", "tls_key"])]
    pub(crate) tls_dev: bool,
    /// For development: mail goes nowhere but to /dev/mail, which shows it to everybody
    #[arg(long)]
    pub(crate) dev: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BackendKeyArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Its name
    #[arg(long, default_value = "Made at the command line")]
    pub(crate) name: String,
    /// What it may do: full, read, or verify
    #[arg(long, default_value = "full", value_parser = ["full", "read", "verify"])]
    pub(crate) scope: String,
}

#[derive(Debug, Args)]
pub(crate) struct SeedArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// How many organizations
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) organizations: u64,
    /// How many keys, in equal runs for the organizations
    #[arg(long, default_value_t = 1000)]
    pub(crate) keys: u64,
    /// The action that each key may do
    #[arg(long, default_value = "acme.widgets.read")]
    pub(crate) action: String,
    /// How many rate limits each key has, through a plan
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=16))]
    pub(crate) limits: u64,
    /// New file for the keys' secrets, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) secrets_out: Option<PathBuf>,
}
