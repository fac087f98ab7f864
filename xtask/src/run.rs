//! `make run`: Lockwork on this machine, with something in it to try.

use crate::{demo, shell, ui};
use anyhow::{Context, Result};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// The data directory, below the root of the repository.
pub(crate) const DATA: &str = ".lockwork";

/// Builds and serves until a signal comes.
///
/// A helper process waits for the server and greets; this process becomes the server itself, so that every
/// signal reaches it directly.
pub(crate) fn run(listen: SocketAddr) -> Result<()> {
    ensure_free(listen)?;
    ui::build()?;
    let lockwork = shell::build_server()?;
    demo::init(&lockwork, listen)?;
    let listen_text = listen.to_string();
    let myself = std::env::current_exe()?;
    shell::program(myself).args(["greet", "--listen", &listen_text]).spawn()?;
    let error = serve(&lockwork, listen).exec();
    Err(error).context("cannot start the server")
}

/// The command that serves the demo project.
pub(crate) fn serve(lockwork: &Path, listen: SocketAddr) -> Command {
    let mut command = shell::program(lockwork);
    command.args(["serve", "--data-dir", DATA, "--dev", "--listen", &listen.to_string()]);
    command
}

/// Fails clearly when something listens there already.
pub(crate) fn ensure_free(listen: SocketAddr) -> Result<()> {
    TcpListener::bind(listen).map(drop).with_context(|| {
        format!("cannot listen on {listen}; choose another address: make run LISTEN=127.0.0.1:7778")
    })
}
