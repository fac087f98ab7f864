//! The display names of a shard's keys, packed behind each other.
//!
//! A name is written before its key's record refers to it and never changes afterwards, so whoever read the
//! reference reads the name without any further care. A dead name keeps its place until its shard is rebuilt.

use crate::chunked::Chunked;
use crate::memory::Words;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Longest name that is kept, in bytes: 256 characters of four bytes, the longest legal one.
pub const NAME_MAX_BYTES: usize = 1024;

/// Room for one display name; make it once and use it for each answer.
#[derive(Clone)]
pub struct NameBuffer([u8; NAME_MAX_BYTES + 8]);

impl Default for NameBuffer {
    fn default() -> Self {
        Self([0; NAME_MAX_BYTES + 8])
    }
}

impl std::fmt::Debug for NameBuffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NameBuffer")
    }
}

/// Bytes of a name that share the word with its length.
const FIRST_BYTES: usize = 6;

pub(crate) struct Names {
    words: Chunked<Words>,
    /// Words taken so far; only the writer changes it. Word 0 stays empty, so that 0 can mean "no name".
    used: AtomicU64,
    dead: AtomicU64,
}

/// Words that a name of `len` bytes takes.
const fn words_of(len: usize) -> usize {
    if len == 0 { 0 } else { 1 + len.saturating_sub(FIRST_BYTES).div_ceil(8) }
}

fn word_of(length: u64, text: &[u8]) -> u64 {
    text.iter().rev().fold(0, |word, &byte| (word << 8) | u64::from(byte)) << 16 | length
}

impl Names {
    pub(crate) const fn new() -> Self {
        Self { words: Chunked::new(), used: AtomicU64::new(1), dead: AtomicU64::new(0) }
    }

    /// Keeps `name`, cut at [`NAME_MAX_BYTES`], and answers its reference; `None` when there is no room.
    pub(crate) fn append(&self, name: &str) -> Option<u32> {
        let mut end = name.len().min(NAME_MAX_BYTES);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        let name = name.as_bytes().get(..end)?;
        if name.is_empty() {
            return Some(0);
        }
        let count = words_of(name.len());
        let mut at = usize::try_from(self.used.load(Relaxed)).ok()?;
        // A name that does not fit behind the last one goes into the next chunk.
        if Chunked::<Words>::next_chunk(at) < at + count {
            at = Chunked::<Words>::next_chunk(at);
        }
        let reference = u32::try_from(at).ok()?;
        let words = self.words.make_range(at, count)?;
        let (first, rest) = name.split_at(name.len().min(FIRST_BYTES));
        let (head, tail) = words.split_first()?;
        head.store(word_of(name.len() as u64, first), Relaxed);
        for (word, bytes) in tail.iter().zip(rest.chunks(8)) {
            let mut padded = [0; 8];
            padded.iter_mut().zip(bytes).for_each(|(padded, byte)| *padded = *byte);
            word.store(u64::from_le_bytes(padded), Relaxed);
        }
        self.used.store((at + count) as u64, Relaxed);
        Some(reference)
    }

    /// The name behind a reference that [`Self::append`] answered; empty for any other.
    pub(crate) fn read<'b>(&self, reference: u32, buffer: &'b mut NameBuffer) -> &'b str {
        let len = self.copy(reference, &mut buffer.0).unwrap_or(0);
        let bytes = buffer.0.get(..len).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    fn copy(&self, reference: u32, bytes: &mut [u8]) -> Option<usize> {
        if reference == 0 {
            return None;
        }
        let head = self.words.get(reference as usize)?.load(Relaxed);
        let len = (head & 0xFFFF) as usize;
        let words = self.words.get_range(reference as usize, words_of(len))?;
        let (first, rest) = bytes.split_at_mut_checked(FIRST_BYTES)?;
        first.copy_from_slice(head.to_le_bytes().get(2..)?);
        for (word, bytes) in words.get(1..)?.iter().zip(rest.as_chunks_mut::<8>().0) {
            *bytes = word.load(Relaxed).to_le_bytes();
        }
        Some(len)
    }

    /// Whether the name behind `reference` is `name`.
    pub(crate) fn is(&self, reference: u32, name: &str, buffer: &mut NameBuffer) -> bool {
        self.read(reference, buffer) == name
    }

    /// Counts the name behind `reference` as dead.
    pub(crate) fn forget(&self, reference: u32) {
        let len = self.words.get(reference as usize).map_or(0, |head| head.load(Relaxed) & 0xFFFF);
        if reference != 0 {
            self.dead.fetch_add(words_of(len as usize) as u64, Relaxed);
        }
    }

    /// Whether a rebuild would win back more than half of a large arena.
    pub(crate) fn is_mostly_dead(&self) -> bool {
        let dead = self.dead.load(Relaxed);
        dead > 4096 && dead > self.used.load(Relaxed) / 2
    }

    /// Bytes taken so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.used.load(Relaxed) * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_over_the_limit_is_cut_between_characters() {
        let names = Names::new();
        let reference = names.append(&"€".repeat(400)).unwrap();
        assert_eq!(names.read(reference, &mut NameBuffer::default()), "€".repeat(341));
    }

    #[test]
    fn an_unknown_reference_reads_as_no_name() {
        let names = Names::new();
        for reference in [0, 1, 77, u32::MAX] {
            assert_eq!(names.read(reference, &mut NameBuffer::default()), "");
            names.forget(reference);
        }
    }

    proptest! {
        #[test]
        fn names_read_back_as_they_were_written(texts in proptest::collection::vec(".{0,80}", 0..200)) {
            let names = Names::new();
            let references: Vec<_> = texts.iter().map(|text| names.append(text).unwrap()).collect();
            let mut buffer = NameBuffer::default();
            for (text, reference) in texts.iter().zip(references) {
                prop_assert_eq!(names.read(reference, &mut buffer), text);
            }
        }
    }
}
