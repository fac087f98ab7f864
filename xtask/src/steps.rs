//! The recipes that are lists of steps.

use crate::shell::{cargo, program, run, succeeds};
use crate::{examples, generate, setup, ui, walls};
use anyhow::{Context, Result};
use std::time::Instant;

type Step = (&'static str, fn() -> Result<()>);

/// Everything that must hold, quick things first; what CI runs.
pub(crate) fn test() -> Result<()> {
    in_order(&[
        ("setup", setup::ensure),
        ("format", format),
        ("walls", walls::check),
        ("ui build", ui::build),
        ("clippy", clippy),
        ("build", build_for_tests),
        ("generated files", generate::compare),
        ("ui", ui::test),
        ("cargo test", || run(&mut cargo(&["test", "--workspace", "--locked"]))),
        ("examples", examples::test),
        ("browser", ui::browser),
    ])
}

/// The binary with its pages, as it is given away: `target/release/lockwork`.
pub(crate) fn build() -> Result<()> {
    in_order(&[
        ("ui build", ui::build),
        ("build", || run(&mut cargo(&["build", "--release", "--locked", "--package", "lockwork-server"]))),
    ])
}

/// What can be said without running a test.
pub(crate) fn check() -> Result<()> {
    in_order(&[
        ("format", format),
        ("walls", walls::check),
        ("cargo-deny", deny),
        ("ui build", ui::build),
        ("clippy", clippy),
        ("generated files", generate::compare),
        ("ui", ui::check),
    ])
}

/// Takes what the tests and the binary produce now as right; the diff is what is to be reviewed.
pub(crate) fn accept() -> Result<()> {
    in_order(&[
        ("setup", setup::ensure),
        ("generate", generate::write),
        ("snapshots", || {
            run(cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]).env("INSTA_UPDATE", "always"))
        }),
    ])
}

/// Runs the benchmarks with these arguments.
pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    run(cargo(&["run", "--release", "--locked", "--package", "lockwork-bench", "--"]).args(arguments))
}

fn format() -> Result<()> {
    run(&mut cargo(&["fmt", "--all", "--check"])).context("not formatted: run `cargo fmt --all`")
}

fn clippy() -> Result<()> {
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

// The same targets as `cargo test`, so that features are resolved alike and nothing is built twice.
fn build_for_tests() -> Result<()> {
    run(&mut cargo(&["build", "--workspace", "--lib", "--bins", "--tests", "--locked"]))
}

// Advisories are left out: they need the network, and change without any change of ours.
fn deny() -> Result<()> {
    if !succeeds(program("cargo-deny").arg("--version")) {
        println!("cargo-deny is not installed: only our own walls were checked");
        return Ok(());
    }
    run(&mut cargo(&["deny", "check", "bans", "licenses", "sources"]))
}

fn in_order(steps: &[Step]) -> Result<()> {
    let start = Instant::now();
    for (done, (name, step)) in steps.iter().enumerate() {
        println!("==> {name} ({} of {})", done + 1, steps.len());
        let step_start = Instant::now();
        step().with_context(|| format!("{name} failed"))?;
        println!("    {name}: {:.1} s", step_start.elapsed().as_secs_f64());
    }
    println!("==> all {} steps passed in {:.0} s", steps.len(), start.elapsed().as_secs_f64());
    Ok(())
}
