//! Other servers that do the same work: check an API key among many, with one limit for each key.

pub mod envoy;
pub mod express;
pub mod haproxy;
pub mod nginx;
pub mod nginx_lua;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;

use crate::{
    client::{KEY, Request},
    process::Spec,
    rounds::{Answer, Candidate, Target},
};

/// A peer that cannot load its keys in this time is left out.
const READY_LIMIT: Duration = Duration::from_secs(120);

/// What the peers are asked to hold.
#[derive(Debug, Clone)]
pub struct Load {
    /// The keys, one a line.
    pub keys_file: PathBuf,
    /// How many there are.
    pub keys: usize,
    /// Whether a limit for each key, far above the rate, is on.
    pub limits: bool,
}

/// All peers. Ports from 18101.
#[must_use]
pub fn all(load: &Load) -> Vec<Candidate> {
    let candidate = |name, does, start: fn(&Load) -> Result<Target>| {
        let load = load.clone();
        Candidate { name, does, start: Box::new(move || start(&load)) }
    };
    vec![
        candidate("nginx", "plain key in a map, limit_req", nginx::start),
        candidate("nginx + Lua", "SHA-256, shared memory, counter in shared memory", nginx_lua::start),
        candidate("HAProxy", "plain key in a map file, stick table", haproxy::start),
        candidate("Envoy", "plain key in api_key_auth, local_ratelimit", envoy::start),
        candidate("Express + PostgreSQL", "SHA-256, one indexed query, no limit", express::start),
    ]
}

/// A port on the loopback interface.
#[must_use]
pub fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Starts a peer that answers 200 or 401 on `GET /check` by the header `x-api-key`.
fn start(spec: &Spec, port: u16, keys_file: &Path) -> Result<Target> {
    let address = loopback(port);
    let mut server = spec.start()?;
    let ready = server.wait_ready(address, "/check", 401, READY_LIMIT)?;
    Ok(Target {
        address,
        request: Request::get("/check").header("x-api-key", KEY),
        keys_file: keys_file.to_owned(),
        answer: Answer::Status,
        ready,
        servers: vec![server],
    })
}
