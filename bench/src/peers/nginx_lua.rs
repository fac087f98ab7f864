//! nginx with Lua: SHA-256 and shared memory.

use anyhow::Result;

use super::{Load, nginx::zone_mib};
use crate::{paths, process::Spec, rounds::Target, template::render, tools::NGINX_MODULES};

const PORT: u16 = 18102;

/// Starts nginx with the hash of every key in shared memory.
///
/// # Errors
/// It cannot be started or cannot hold the keys.
pub fn start(load: &Load) -> Result<Target> {
    let work = paths::work("nginx-lua")?;
    let values = [
        ("work", work.display().to_string()),
        ("port", PORT.to_string()),
        ("modules", NGINX_MODULES.to_owned()),
        ("peer", paths::peer("nginx-lua").display().to_string()),
        ("keys", load.keys_file.display().to_string()),
        ("keys_mib", zone_mib(load.keys).to_string()),
    ];
    let configuration = work.join("nginx.conf");
    render(&paths::peer("nginx-lua").join("nginx.conf"), &configuration, load.limits, &values)?;
    let spec = Spec::new("nginx-lua", "nginx").args(["-c".as_ref(), configuration.as_os_str()]);
    super::start(&spec, PORT, &load.keys_file)
}
