//! Installing what the recipes need, beside the toolchains that a developer brings (Rust, Python; see README).

use crate::{pg, shell};
use anyhow::{Result, bail};

/// A Debian package and the test that tells whether what we need of it is there.
struct Need {
    package: &'static str,
    what: &'static str,
    is_there: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need {
        package: "postgresql",
        what: "the PostgreSQL server programs, for tests on both databases",
        is_there: || pg::binaries().is_some(),
    },
    Need {
        package: "python3-venv",
        what: "Python's venv module, for the examples",
        is_there: || shell::succeeds(shell::program("python3").args(["-c", "import venv, ensurepip"])),
    },
    Need {
        package: "nodejs",
        what: "Node.js 20.19 or newer, which builds the pages",
        is_there: || shell::succeeds(shell::program("node").args(["--eval", NODE_IS_NEW_ENOUGH])),
    },
    Need {
        package: "npm",
        what: "npm, for the packages of the pages",
        is_there: || shell::succeeds(shell::program("npm").arg("--version")),
    },
    Need {
        package: "chromium",
        what: "Chromium, for the tests of the pages",
        is_there: || shell::succeeds(shell::program("chromium").arg("--version")),
    },
];

const NODE_IS_NEW_ENOUGH: &str = "const [major, minor] = process.versions.node.split('.').map(Number); process.exit(major * 100 + minor >= 2019 ? 0 : 1)";

/// Makes sure that everything is there: installs it when root, else says in one line what to install.
pub(crate) fn ensure() -> Result<()> {
    for (component, subcommand) in [("clippy", "clippy"), ("rustfmt", "fmt")] {
        if !shell::succeeds(&mut shell::cargo(&[subcommand, "--version"])) {
            bail!("the Rust component {component} is missing: rustup component add {component}");
        }
    }
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    for need in &missing {
        println!("missing: {} ({})", need.what, need.package);
    }
    let can_install = shell::is_root()? && shell::succeeds(shell::program("apt-get").arg("--version"));
    if !can_install {
        bail!("please install: sudo apt-get install {}", packages.join(" "));
    }
    let apt = || {
        let mut command = shell::program("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
        command
    };
    shell::run(apt().arg("update"))?;
    shell::run(apt().args(["install", "--yes", "--no-install-recommends"]).args(&packages))?;
    match missing.iter().find(|need| !(need.is_there)()) {
        Some(need) => bail!("{} was installed, but does not give {}", need.package, need.what),
        None => Ok(()),
    }
}
