//! Servers under measurement: started pinned to a core, measured by `/proc`, always stopped.

use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{client, paths};

/// The core that servers run on.
pub const SERVER_CORE: &str = "0";
/// The core that the load generator runs on.
pub const LOAD_CORE: &str = "1";

/// Ticks per second in `/proc`: `USER_HZ`, 100 on every Linux that Debian builds for.
pub const TICKS_PER_SECOND: f64 = 100.0;

/// How to start a server.
#[derive(Debug, Clone)]
pub struct Spec {
    name: String,
    program: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(&'static str, String)>,
    user: Option<&'static str>,
    stop_signal: &'static str,
}

impl Spec {
    /// A program without arguments; `name` names its log in `bench/.work/logs`.
    pub fn new(name: &str, program: impl AsRef<OsStr>) -> Self {
        Self {
            name: name.to_owned(),
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
            user: None,
            stop_signal: "TERM",
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// Runs the server as another user (only root can).
    #[must_use]
    pub fn as_user(mut self, user: Option<&'static str>) -> Self {
        self.user = user;
        self
    }

    /// The signal that asks the server to stop; TERM unless told.
    #[must_use]
    pub fn stop_with(mut self, signal: &'static str) -> Self {
        self.stop_signal = signal;
        self
    }

    /// Starts the server on [`SERVER_CORE`].
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start(&self) -> Result<Server> {
        let log = paths::work("logs")?.join(format!("{}.log", self.name));
        let output = fs::File::create(&log)?;
        // setpriv ends the server should this process die without running its destructors.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", self.stop_signal]);
        if let Some(user) = self.user {
            command.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--init-groups"]);
        }
        command.args(["taskset", "--cpu-list", SERVER_CORE]).arg(&self.program).args(&self.arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let child = command.spawn().with_context(|| format!("cannot start {}", self.name))?;
        let (name, stop_signal) = (self.name.clone(), self.stop_signal);
        Ok(Server { name, child, log, stop_signal, begin: Instant::now(), folder: None })
    }
}

/// A running server; stopped when dropped.
#[derive(Debug)]
pub struct Server {
    name: String,
    child: Child,
    log: PathBuf,
    stop_signal: &'static str,
    begin: Instant,
    folder: Option<TemporaryFolder>,
}

/// A folder that goes when this does.
#[derive(Debug)]
pub struct TemporaryFolder(pub PathBuf);

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("cannot remove {}: {error}", self.0.display());
        }
    }
}

impl Server {
    /// Keeps a folder until the server has stopped.
    #[must_use]
    pub fn keep(mut self, folder: TemporaryFolder) -> Self {
        self.folder = Some(folder);
        self
    }

    /// Waits until `GET path` answers with `status` and returns the time since the start.
    ///
    /// # Errors
    /// The server ends before (the end of its log is in the error) or the limit passes.
    pub fn wait_ready(
        &mut self,
        address: SocketAddr,
        path: &str,
        status: u16,
        limit: Duration,
    ) -> Result<Duration> {
        let request = client::Request::get(path);
        self.wait_until(limit, || client::send_once(address, &request).is_ok_and(|it| it.status == status))
    }

    /// Waits until `ready` says so and returns the time since the start.
    ///
    /// # Errors
    /// As [`Server::wait_ready`].
    pub fn wait_until(&mut self, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<Duration> {
        while !ready() {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status}: {}", self.name, end_of(&self.log));
            }
            if self.begin.elapsed() > limit {
                bail!("{} was not ready after {} s: {}", self.name, limit.as_secs(), end_of(&self.log));
            }
            sleep(Duration::from_millis(2));
        }
        Ok(self.begin.elapsed())
    }

    /// CPU seconds that the server and its children have used.
    ///
    /// # Errors
    /// `/proc` cannot be read.
    pub fn cpu_seconds(&self) -> Result<f64> {
        let tree = tree(self.child.id())?;
        // A child that has ended and been waited for is counted by its parent.
        let ticks: u64 = tree.iter().map(|process| process.own_ticks + process.ended_children_ticks).sum();
        Ok(ticks as f64 / TICKS_PER_SECOND)
    }

    /// Memory of the server and its children in bytes, shared pages counted once (PSS).
    ///
    /// # Errors
    /// `/proc` cannot be read.
    pub fn memory_bytes(&self) -> Result<u64> {
        Ok(tree(self.child.id())?.iter().map(|process| proportional_bytes(process.id)).sum())
    }

    fn stop(&mut self) -> Result<()> {
        let all: Vec<u32> = tree(self.child.id())?.iter().map(|process| process.id).collect();
        signal(self.stop_signal, &[self.child.id()]);
        let begin = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begin.elapsed() > Duration::from_secs(10) {
                signal("KILL", &all);
                self.child.wait()?;
            }
            sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("{} may still run: {error:#}", self.name);
        }
    }
}

struct Process {
    id: u32,
    parent: u32,
    own_ticks: u64,
    ended_children_ticks: u64,
}

/// The process `root` and all that descend from it.
fn tree(root: u32) -> Result<Vec<Process>> {
    let entries = fs::read_dir("/proc")?.flatten();
    let mut all: Vec<Process> = entries.filter_map(|entry| parse_stat(&entry.path())).collect();
    let mut members = HashSet::from([root]);
    loop {
        let before = members.len();
        members
            .extend(all.iter().filter(|it| members.contains(&it.parent)).map(|it| it.id).collect::<Vec<_>>());
        if members.len() == before {
            break;
        }
    }
    all.retain(|process| members.contains(&process.id));
    Ok(all)
}

/// Reads `/proc/<pid>/stat`, proc(5); `None` for what is no process or has just ended.
fn parse_stat(folder: &Path) -> Option<Process> {
    let id = folder.file_name()?.to_str()?.parse().ok()?;
    let text = fs::read_to_string(folder.join("stat")).ok()?;
    // The name in parentheses may hold spaces; what follows begins with field 3.
    let (_, fields) = text.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Process {
        id,
        parent: u32::try_from(number(4)?).ok()?,
        own_ticks: number(14)? + number(15)?,
        ended_children_ticks: number(16)? + number(17)?,
    })
}

fn proportional_bytes(process: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

fn signal(name: &str, processes: &[u32]) {
    let ids = processes.iter().map(u32::to_string);
    // Some may have ended meanwhile: what `kill` says of them is of no interest.
    let _ = Command::new("kill").args(["-s", name]).args(ids).stderr(Stdio::null()).status();
}

fn end_of(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().rev().take(3).collect();
    lines.into_iter().rev().map(|line| line.chars().take(300).collect::<String>() + " ").collect()
}

/// Runs a program to its end.
///
/// # Errors
/// It cannot be started or fails; its error output is in the error.
pub fn run(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {program}"))?;
    if !output.status.success() {
        bail!("{program} failed with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
