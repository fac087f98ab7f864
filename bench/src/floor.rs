//! The in-process floor: one SHA-256 and one dependent random memory access.

use std::{hint::black_box, time::Instant};

use anyhow::{Result, ensure};
use sha2::{Digest, Sha256};

use crate::{huge_pages::HugeTable, stats::median};

/// Length of the token that is hashed, in bytes: one SHA-256 compression.
pub const TOKEN_BYTES: usize = 50;

/// Operations in one round of [`sha_and_memory`].
pub const OPERATIONS_PER_ROUND: usize = 1_000_000;

/// A table as large as an index, and the chain of operations over it.
///
/// Every operation hashes a token that holds the word read by the operation before it, so neither the
/// hash nor the memory access can overlap with the next one.
#[derive(Debug)]
pub struct ShaAndMemory {
    table: HugeTable,
    words_per_key: usize,
    keys: u64,
    carried: u64,
}

impl ShaAndMemory {
    /// Builds and fills a table of `table_bytes` with one slot for each of `keys` keys.
    ///
    /// # Errors
    /// There are no keys, less than 8 bytes for each, or too little memory.
    pub fn new(keys: usize, table_bytes: usize) -> Result<Self> {
        ensure!(keys > 0 && table_bytes / keys >= size_of::<u64>(), "a key needs at least 8 bytes of table");
        let mut table = HugeTable::new(table_bytes)?;
        // Written once, so that every page is backed by memory of its own.
        for (word, value) in table.words_mut().iter_mut().zip(0_u64..) {
            *word = value.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        let words_per_key = table_bytes / keys / size_of::<u64>();
        Ok(Self { table, words_per_key, keys: u64::try_from(keys)?, carried: 0 })
    }

    /// Runs `operations` operations and returns nanoseconds per operation.
    pub fn round(&mut self, operations: usize) -> f64 {
        let words = self.table.words();
        let mut token = [b'k'; TOKEN_BYTES];
        let mut carried = self.carried;
        let begin = Instant::now();
        for _ in 0..operations {
            token[..8].copy_from_slice(&carried.to_le_bytes());
            let hash = Sha256::digest(token);
            let mut head = [0; 8];
            head.copy_from_slice(&hash[..8]);
            let slot = scale(u64::from_le_bytes(head), self.keys);
            carried = words[slot * self.words_per_key].wrapping_add(carried).wrapping_add(1);
        }
        self.carried = black_box(carried);
        begin.elapsed().as_nanos() as f64 / operations as f64
    }
}

/// Maps a uniform 64-bit `hash` to `0..slots` without a division.
fn scale(hash: u64, slots: u64) -> usize {
    ((u128::from(hash) * u128::from(slots)) >> 64) as usize
}

/// Nanoseconds per operation, the median of `rounds` rounds of [`OPERATIONS_PER_ROUND`] after one to warm up.
///
/// # Errors
/// As [`ShaAndMemory::new`].
pub fn sha_and_memory(keys: usize, table_bytes: usize, rounds: usize) -> Result<f64> {
    let mut floor = ShaAndMemory::new(keys, table_bytes)?;
    floor.round(OPERATIONS_PER_ROUND);
    let measured: Vec<f64> = (0..rounds).map(|_| floor.round(OPERATIONS_PER_ROUND)).collect();
    Ok(median(&measured))
}
