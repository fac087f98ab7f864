//! `make dev`: like `make run`, restarted when a source file changes.

use crate::{demo, run, shell};
use anyhow::Result;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

const POLL: Duration = Duration::from_millis(300);

/// Builds, serves, and starts over at every change, until Ctrl-C.
pub(crate) fn watch(listen: SocketAddr) -> Result<()> {
    run::ensure_free(listen)?;
    let mut greeted = false;
    loop {
        let sources = Sources::now();
        let mut server = match start(listen) {
            Ok(server) => Some(server),
            Err(error) => {
                eprintln!("{error:#}\nwaiting for a change");
                None
            }
        };
        if let Some(server) = &server
            && !greeted
        {
            greeted = demo::greet(listen, std::process::id()).is_ok();
            println!("watching crates/ (server process {})", server.id());
        }
        while Sources::now() == sources {
            sleep(POLL);
        }
        if let Some(server) = &mut server {
            stop(server)?;
        }
    }
}

fn start(listen: SocketAddr) -> Result<Child> {
    let lockwork = shell::build_server()?;
    demo::init(&lockwork, listen)?;
    let serve = run::serve(&lockwork, listen);
    // The server must not outlive us when we are killed, and only the kernel can promise that.
    let mut guarded = shell::program("setpriv");
    guarded.args(["--pdeathsig", "TERM"]).arg(serve.get_program()).args(serve.get_args());
    Ok(guarded.spawn()?)
}

/// Asks the server to stop, and waits until it has.
fn stop(server: &mut Child) -> Result<()> {
    if server.try_wait()?.is_none() {
        shell::run(Command::new("kill").args(["-TERM", &server.id().to_string()]))?;
        server.wait()?;
    }
    Ok(())
}

/// How many source files there are, and when the newest was changed.
#[derive(Default, PartialEq)]
struct Sources {
    count: usize,
    newest: Option<SystemTime>,
}

impl Sources {
    fn now() -> Self {
        let mut sources = Self::default();
        sources.add(&shell::root().join("crates"));
        sources.add(&shell::root().join("Cargo.toml"));
        sources
    }

    // What cannot be read is no source: an editor's swap file may be gone by the time it is looked at.
    fn add(&mut self, path: &Path) {
        if path.is_dir() {
            for entry in fs::read_dir(path).into_iter().flatten().flatten() {
                self.add(&entry.path());
            }
        } else if let Ok(changed) = path.metadata().and_then(|metadata| metadata.modified()) {
            self.count += 1;
            self.newest = self.newest.max(Some(changed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sources;
    use std::fs;

    #[test]
    fn a_new_file_a_changed_one_and_a_lost_one_are_each_seen() {
        let folder = std::env::temp_dir().join(format!("lockwork-xtask-dev-{}", std::process::id()));
        let below = folder.join("below");
        fs::create_dir_all(&below).unwrap();
        let look = || {
            let mut sources = Sources::default();
            sources.add(&folder);
            sources
        };
        let empty = look();
        fs::write(below.join("a.rs"), "").unwrap();
        let with_a_file = look();
        assert!(empty != with_a_file);
        let later = with_a_file.newest.unwrap() + std::time::Duration::from_secs(1);
        fs::File::options().write(true).open(below.join("a.rs")).unwrap().set_modified(later).unwrap();
        assert!(look() != with_a_file);
        fs::remove_dir_all(&folder).unwrap();
        assert!(look() == empty);
    }
}
