//! A temporary PostgreSQL from the Debian binaries, with its durable defaults.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command},
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{
    process::{Server, Spec, TemporaryFolder, run},
    tools::is_root,
};

/// The user that the Debian package makes; PostgreSQL refuses to run as root.
const USER: &str = "postgres";

/// A running PostgreSQL whose data goes away with it.
#[derive(Debug)]
pub struct Postgres {
    /// The server, for its CPU time and memory.
    pub server: Server,
    port: u16,
    binaries: PathBuf,
}

impl Postgres {
    /// Makes an empty cluster and starts it.
    ///
    /// # Errors
    /// The Debian binaries are missing, or the cluster cannot be made or started.
    pub fn start(port: u16) -> Result<Self> {
        let binaries = binaries()?;
        let user = is_root()?.then_some(USER);
        // Outside the repository: the other user needs a path that it may walk.
        let path = env::temp_dir().join(format!("lockwork-bench-postgres-{}-{port}", process::id()));
        let folder = TemporaryFolder(path.clone());
        let mut initdb = as_user(user, &binaries.join("initdb"));
        initdb.args(["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--pgdata"]);
        run(initdb.arg(&path))?;
        let mut server = Spec::new(&format!("postgres-{port}"), binaries.join("postgres"))
            .args(["-D".as_ref(), path.as_os_str()])
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "max_connections=200", "-c", "shared_buffers=512MB"])
            .args(["-c", &format!("unix_socket_directories={}", path.display())])
            .as_user(user)
            .stop_with("INT")
            .start()?
            .keep(folder);
        let ready = binaries.join("pg_isready");
        server.wait_until(Duration::from_secs(30), || {
            let mut probe = Command::new(&ready);
            probe.args(["--quiet", "--host", "127.0.0.1", "--port", &port.to_string()]);
            probe.status().is_ok_and(|status| status.success())
        })?;
        Ok(Self { server, port, binaries })
    }

    /// The URL of the database `postgres`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Runs a file of SQL and psql commands, all or nothing.
    ///
    /// # Errors
    /// Any statement fails.
    pub fn run_file(&self, file: &Path) -> Result<()> {
        let mut psql = Command::new(self.binaries.join("psql"));
        psql.args(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--file"]).arg(file).arg(self.url());
        run(&mut psql).map(drop)
    }

    /// Runs one query and returns its rows, columns separated by `|`.
    ///
    /// # Errors
    /// The query fails.
    pub fn query(&self, sql: &str) -> Result<String> {
        let mut psql = Command::new(self.binaries.join("psql"));
        psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "--command", sql, &self.url()]);
        run(&mut psql)
    }

    /// Transactions a second of `script` with `callers` connections, from pgbench.
    ///
    /// # Errors
    /// pgbench fails.
    pub fn transactions_per_second(&self, script: &Path, callers: usize, seconds: u64) -> Result<f64> {
        let mut pgbench = Command::new(self.binaries.join("pgbench"));
        pgbench.args(["--no-vacuum", "--protocol", "prepared", "--jobs", "1"]);
        pgbench.args(["--client", &callers.to_string(), "--time", &seconds.to_string(), "--file"]);
        let output = run(pgbench.arg(script).arg(self.url()))?;
        let line =
            output.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench gave no rate")?;
        Ok(line.split(' ').next().unwrap_or_default().parse()?)
    }
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--init-groups"]).arg(program);
    command.current_dir("/");
    command
}

/// The binaries of the newest version that is installed.
fn binaries() -> Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").context("install the Debian package postgresql")?;
    let version =
        |path: &PathBuf| path.file_name().and_then(|it| it.to_str()).and_then(|it| it.parse::<u32>().ok());
    let newest = versions
        .flatten()
        .map(|it| it.path())
        .filter(|it| it.join("bin/initdb").exists())
        .max_by_key(version);
    Ok(newest.context("install the Debian package postgresql")?.join("bin"))
}
