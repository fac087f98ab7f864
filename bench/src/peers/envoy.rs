//! Envoy: `api_key_auth` and `local_ratelimit`.

use std::fmt::Write;

use anyhow::{Result, ensure};

use super::Load;
use crate::{keys, paths, process::Spec, rounds::Target, template::render, tools};

const PORT: u16 = 18104;

/// A million keys took 1.6 GiB once loaded and 20 s to load; more would put the machine's memory at risk.
const KEYS_MAX: usize = 4_000_000;

/// Starts Envoy with every key as a credential of a client of its own.
///
/// # Errors
/// It cannot be started or cannot hold the keys.
pub fn start(load: &Load) -> Result<Target> {
    ensure!(
        load.keys <= KEYS_MAX,
        "not tried with more than {KEYS_MAX} keys: it needs 1.6 KiB of memory for each"
    );
    // Flow style, which YAML shares with JSON: one credential a line would need indentation.
    let mut credentials = String::from("[");
    keys::for_each(&load.keys_file, |number, key| {
        Ok(write!(credentials, "{{\"key\":\"{key}\",\"client\":\"{number}\"}},")?)
    })?;
    credentials.push(']');
    let values =
        [("port", PORT.to_string()), ("keys_count", load.keys.to_string()), ("credentials", credentials)];
    let configuration = paths::work("envoy")?.join("envoy.yaml");
    render(&paths::peer("envoy").join("envoy.yaml"), &configuration, load.limits, &values)?;
    // At level `warning` it writes two lines for every credential.
    let spec = Spec::new("envoy", tools::envoy()?)
        .args(["--concurrency", "1", "--disable-hot-restart", "--log-level", "error", "-c"])
        .args([configuration]);
    super::start(&spec, PORT, &load.keys_file)
}
