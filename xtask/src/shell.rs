//! Running other programs.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A program, to be run in the root of the repository.
///
/// `cargo run` describes xtask to it in variables. They must reach no cargo that the program starts: some build
/// scripts watch them, and would build their crate anew whenever cargo is called once through xtask and once not.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Cargo with these arguments.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs a command to its end; fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", describe(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", describe(command));
    }
    Ok(())
}

/// Runs a command to its end and returns what it printed; fails unless it succeeds.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", describe(command)))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed ({})\n{}", describe(command), output.status, error.trim_end());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} printed no UTF-8", describe(command)))
}

/// Whether a command can be started and succeeds; what it prints is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// Whether these recipes run as root.
pub(crate) fn is_root() -> Result<bool> {
    Ok(capture(program("id").arg("-u"))?.trim() == "0")
}

/// Builds the debug binary `lockwork` and returns its path.
pub(crate) fn build_server() -> Result<PathBuf> {
    build_binary("lockwork-server", "lockwork")
}

/// Builds a debug binary of a package and returns its path.
pub(crate) fn build_binary(package: &str, binary: &str) -> Result<PathBuf> {
    run(&mut cargo(&["build", "--locked", "--package", package]))?;
    Ok(target_directory()?.join("debug").join(binary))
}

fn target_directory() -> Result<PathBuf> {
    let metadata = metadata()?;
    let directory = metadata.get("target_directory").and_then(|path| path.as_str());
    Ok(PathBuf::from(directory.context("cargo metadata names no target directory")?))
}

/// What `cargo metadata` says about the workspace, without the packages from outside.
pub(crate) fn metadata() -> Result<serde_json::Value> {
    let text = capture(&mut cargo(&["metadata", "--format-version", "1", "--locked", "--no-deps"]))?;
    Ok(serde_json::from_str(&text)?)
}

fn describe(command: &Command) -> String {
    let mut words = vec![Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy()];
    words.extend(command.get_args().map(OsStr::to_string_lossy));
    format!("`{}`", words.join(" "))
}
