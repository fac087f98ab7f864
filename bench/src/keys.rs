//! Made-up keys of the same shape as Lockwork's, for the peers.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::paths;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const PREFIX: &str = "bench_secret_key_";
const RANDOM_DIGITS: usize = 55;

/// A file with `count` keys, one a line, all of one length. The same count gives the same file.
///
/// # Errors
/// The file cannot be written.
pub fn made_up(count: usize) -> Result<PathBuf> {
    let path = paths::work("keys")?.join(format!("{count}.txt"));
    if path.exists() {
        return Ok(path);
    }
    let unfinished = path.with_extension("part");
    let mut file = BufWriter::new(File::create(&unfinished)?);
    let mut state = 1;
    for _ in 0..count {
        file.write_all(PREFIX.as_bytes())?;
        for _ in 0..RANDOM_DIGITS {
            file.write_all(&[DIGITS[(next(&mut state) % 36) as usize]])?;
        }
        file.write_all(b"\n")?;
    }
    file.into_inner()?.sync_all()?;
    fs::rename(&unfinished, &path)?;
    Ok(path)
}

/// Visits the keys of a file with their number, beginning at 1.
///
/// # Errors
/// The file cannot be read, or `visit` fails.
pub fn for_each(path: &Path, mut visit: impl FnMut(usize, &str) -> Result<()>) -> Result<()> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    for (index, line) in BufReader::new(file).lines().enumerate() {
        visit(index + 1, &line?)?;
    }
    Ok(())
}

/// The first key of a file.
///
/// # Errors
/// The file cannot be read or is empty.
pub fn first(path: &Path) -> Result<String> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    BufReader::new(file).lines().next().context("the keys file is empty")?.context("unreadable keys file")
}

/// SplitMix64: repeatable, and no secret is made of it.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
