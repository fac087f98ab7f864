//! A temporary PostgreSQL for development.

use crate::{setup, shell};
use anyhow::{Context, Result};
use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

/// Starts a server on 127.0.0.1, prints its URL, and stays until a signal comes; then nothing of it is left.
pub(crate) fn run(port: Option<u16>) -> Result<()> {
    setup::ensure()?;
    let binaries = binaries().context("no PostgreSQL server programs")?;
    // PostgreSQL refuses to run as root.
    let user = if shell::is_root()? { Some("postgres") } else { None };
    let port = match port {
        Some(port) => port,
        None => TcpListener::bind("127.0.0.1:0")?.local_addr()?.port(),
    };
    let folder = std::env::temp_dir().join(format!("lockwork-pg-{}", std::process::id()));
    shell::run(as_user(user, "mkdir").args(["-m", "700"]).arg(&folder))?;
    let (data, log) = (folder.join("data"), folder.join("log"));
    shell::capture(
        as_user(user, binaries.join("initdb"))
            .args(["--username=lockwork", "--auth=trust", "--encoding=UTF8", "--no-sync", "-D"])
            .arg(&data),
    )?;
    let options = format!("-p {port} -c listen_addresses=127.0.0.1 -k {}", folder.display());
    shell::capture(
        as_user(user, binaries.join("pg_ctl"))
            .args(["start", "--wait", "-D"])
            .arg(&data)
            .arg("-l")
            .arg(&log)
            .args(["-o", &options]),
    )?;
    println!("postgres://lockwork@127.0.0.1:{port}/postgres\nstop with Ctrl-C");
    let error = as_user(user, "sh").args(["-c", KEEP]).arg(binaries.join("pg_ctl")).arg(&folder).exec();
    Err(error).context("cannot wait for the server's end")
}

/// Shows the log until a signal comes, then stops the server and removes its folder.
const KEEP: &str = r#"
trap 'exit 0' INT TERM
trap '"$0" stop --silent --wait -m fast -D "$1/data"; kill $tail 2>/dev/null; rm -r "$1"' EXIT
tail -n 0 -f "$1/log" & tail=$!
wait $tail
"#;

/// The folder of the server programs: the newest version that Debian has put there, or what the PATH offers.
pub(crate) fn binaries() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<u32> =
        debian.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    let debian = versions.iter().map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// A program to be run as this user, or as ourselves.
fn as_user(user: Option<&str>, program: impl AsRef<OsStr>) -> Command {
    let mut command = match user {
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", user, "--regid", user, "--clear-groups", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    };
    // The repository may lie where the user may not look.
    command.current_dir("/");
    command
}
