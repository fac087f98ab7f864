//! Where the bench keeps its things.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The `bench/` folder.
#[must_use]
pub fn bench() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder under the git-ignored `bench/.work`, made if missing.
///
/// # Errors
/// It cannot be made.
pub fn work(name: &str) -> Result<PathBuf> {
    let folder = bench().join(".work").join(name);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// The folder of a peer's templates.
#[must_use]
pub fn peer(name: &str) -> PathBuf {
    bench().join("peers").join(name)
}

/// The workspace folder.
#[must_use]
pub fn workspace() -> PathBuf {
    bench().parent().unwrap_or(bench()).to_path_buf()
}
