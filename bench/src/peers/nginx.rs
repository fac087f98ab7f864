//! nginx: `map` and `limit_req`.

use std::{
    fs::File,
    io::{BufWriter, Write},
};

use anyhow::Result;

use super::Load;
use crate::{keys, paths, process::Spec, rounds::Target, template::render};

const PORT: u16 = 18101;

/// Starts nginx with every key in a map.
///
/// # Errors
/// It cannot be started or cannot hold the keys.
pub fn start(load: &Load) -> Result<Target> {
    let work = paths::work("nginx")?;
    let keys_map = work.join("keys.map");
    let mut file = BufWriter::new(File::create(&keys_map)?);
    keys::for_each(&load.keys_file, |number, key| Ok(writeln!(file, "\"{key}\" {number};")?))?;
    file.flush()?;
    let values = [
        ("work", work.display().to_string()),
        ("port", PORT.to_string()),
        ("keys_map", keys_map.display().to_string()),
        ("map_size", load.keys.next_power_of_two().max(1024).to_string()),
        ("zone_mib", zone_mib(load.keys).to_string()),
    ];
    let configuration = work.join("nginx.conf");
    render(&paths::peer("nginx").join("nginx.conf"), &configuration, load.limits, &values)?;
    super::start(
        &Spec::new("nginx", "nginx").args(["-c".as_ref(), configuration.as_os_str()]),
        PORT,
        &load.keys_file,
    )
}

/// Room for one limiter state for each key: a quarter KiB each, ample on 64 bit.
pub(super) fn zone_mib(keys: usize) -> usize {
    (keys / 4096).max(8)
}
