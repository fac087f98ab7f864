//! Files and folders that hold secrets.

use anyhow::{Context, Result, ensure};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

/// Makes a folder, and those above it, for its owner only. A folder that exists stays as it is.
pub(crate) fn make_private_folder(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make the folder {}", path.display()))
}

/// Makes a file that only its owner may read; it must not exist.
pub(crate) fn create_private(path: &Path) -> Result<fs::File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot make {}", path.display()))
}

/// Makes a private file with this content, on disk when it returns.
pub(crate) fn write_new_private(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = create_private(path)?;
    file.write_all(content)
        .and_then(|()| file.sync_all())
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Puts a file's name on disk; its content is not enough after a power failure.
pub(crate) fn sync_folder_of(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("cannot write to the folder {}", folder.display()))
}

/// Reads a file that strangers must not be able to read.
pub(crate) fn read_secret(path: &Path) -> Result<String> {
    ensure_private(path)?;
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.trim().to_owned())
}

/// Refuses a secret that every user of the machine can read.
pub(crate) fn ensure_private(path: &Path) -> Result<()> {
    let metadata = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(
        metadata.mode() & 0o007 == 0,
        "every user of this machine can reach the secret in {path}; run: chmod o= {path}",
        path = path.display()
    );
    Ok(())
}
