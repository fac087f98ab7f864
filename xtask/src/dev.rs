//! `make dev`: like `make run`, restarted when a source file changes.

use crate::sources::Sources;
use crate::{demo, run, shell, ui};
use anyhow::Result;
use std::net::SocketAddr;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

const POLL: Duration = Duration::from_millis(300);
const WATCHED: [&str; 3] = ["Cargo.toml", "crates", "ui"];

/// Builds, serves, and starts over at every change, until Ctrl-C.
pub(crate) fn watch(listen: SocketAddr) -> Result<()> {
    run::ensure_free(listen)?;
    let mut greeted = false;
    loop {
        let sources = Sources::of(&WATCHED);
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
            println!("watching crates/ and ui/ (server process {})", server.id());
        }
        while Sources::of(&WATCHED) == sources {
            sleep(POLL);
        }
        if let Some(server) = &mut server {
            stop(server)?;
        }
    }
}

fn start(listen: SocketAddr) -> Result<Child> {
    ui::build()?;
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
