//! The examples, as a stranger would run them.

use crate::shell::{build_server, program, root, run};
use anyhow::Result;

/// Runs the tests of `examples/` against the built binary, in a Python environment of their own.
pub(crate) fn test() -> Result<()> {
    let lockwork = build_server()?;
    let environment = root().join(".cache/examples-venv");
    let python = environment.join("bin/python");
    if !python.exists() {
        run(program("python3").args(["-m", "venv"]).arg(&environment))?;
    }
    run(program(&python).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
        "examples/requirements-test.txt",
    ]))?;
    run(program(&python).args(["-m", "pytest", "examples", "-q"]).env("LOCKWORK_BIN", lockwork))
}
