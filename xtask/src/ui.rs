//! The apps of `ui/`: their packages, their build, their tests.

use crate::shell::{build_binary, build_server, program, root, run};
use crate::sources;
use anyhow::{Result, bail};
use std::fs;
use std::process::Command;

/// Where it is kept what the packages were installed from, and what the apps were built from.
const INSTALLED: &str = "ui/node_modules/.installed";
const BUILT: &str = "ui/node_modules/.built";
const TYPES: [&str; 3] = ["backend", "frontend", "login"];

/// Builds the apps for the binary to take in, unless they are as their sources want them.
pub(crate) fn build() -> Result<()> {
    install()?;
    let sources = sources::fingerprint(&root().join("ui"));
    let is_there = |app| root().join("ui").join(app).join("dist/index.html").is_file();
    if ["portal", "console"].into_iter().all(is_there) && holds(BUILT, &sources) {
        return Ok(());
    }
    run(&mut npm(&["run", "build"]))?;
    run(program("node").arg("ui/compress.mjs"))?;
    Ok(fs::write(root().join(BUILT), sources)?)
}

/// Checks the types of the apps, and that those of the APIs are what the documents say.
pub(crate) fn check() -> Result<()> {
    build()?;
    let before = types();
    generate()?;
    if types() != before {
        bail!("the clients' types were out of date and are written now: look at the diff of ui/kit/src/api");
    }
    run(&mut npm(&["run", "typecheck"]))
}

/// The same, and the tests of the apps' own rules.
pub(crate) fn test() -> Result<()> {
    check()?;
    run(&mut npm(&["test"]))
}

/// Writes the types of the APIs' clients from the documents.
pub(crate) fn generate() -> Result<()> {
    install()?;
    run(&mut npm(&["run", "generate"]))
}

/// What people do, in Debian's Chromium, with the built binary and an example backend.
pub(crate) fn browser() -> Result<()> {
    build()?;
    let lockwork = build_server()?;
    let example = build_binary("lockwork-example-axum", "lockwork-example-axum")?;
    let mut tests = npm(&["run", "e2e", "--workspace", "e2e"]);
    run(tests.env("LOCKWORK_BIN", lockwork).env("EXAMPLE_BIN", example))
}

/// Installs the packages that `package-lock.json` names, unless they are.
fn install() -> Result<()> {
    let lock = fs::read_to_string(root().join("ui/package-lock.json"))?;
    if holds(INSTALLED, &lock) {
        return Ok(());
    }
    run(&mut npm(&["ci", "--no-audit", "--no-fund"]))?;
    Ok(fs::write(root().join(INSTALLED), lock)?)
}

fn holds(file: &str, text: &str) -> bool {
    fs::read_to_string(root().join(file)).is_ok_and(|kept| kept == text)
}

fn types() -> Vec<Option<String>> {
    TYPES.map(|name| fs::read_to_string(root().join(format!("ui/kit/src/api/{name}.d.ts"))).ok()).into()
}

fn npm(arguments: &[&str]) -> Command {
    let mut command = program("npm");
    command.current_dir(root().join("ui")).args(arguments);
    // The tests use the Chromium that is there.
    command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    command
}
