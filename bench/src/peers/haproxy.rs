//! HAProxy: a map file and a stick table.

use std::{
    fs::File,
    io::{BufWriter, Write},
};

use anyhow::Result;

use super::Load;
use crate::{keys, paths, process::Spec, rounds::Target, template::render};

const PORT: u16 = 18103;

/// Starts HAProxy with every key in a map.
///
/// # Errors
/// It cannot be started or cannot hold the keys.
pub fn start(load: &Load) -> Result<Target> {
    let work = paths::work("haproxy")?;
    let keys_map = work.join("keys.map");
    let mut file = BufWriter::new(File::create(&keys_map)?);
    keys::for_each(&load.keys_file, |number, key| Ok(writeln!(file, "{key} {number}")?))?;
    file.flush()?;
    let values = [
        ("port", PORT.to_string()),
        ("keys_map", keys_map.display().to_string()),
        ("table_entries", (load.keys * 2).to_string()),
    ];
    let configuration = work.join("haproxy.cfg");
    render(&paths::peer("haproxy").join("haproxy.cfg"), &configuration, load.limits, &values)?;
    // -db: in the foreground, as one process.
    let spec =
        Spec::new("haproxy", "haproxy").args(["-db".as_ref(), "-f".as_ref(), configuration.as_os_str()]);
    super::start(&spec, PORT, &load.keys_file)
}
