//! What is shown of a shard's keys, their display names above all, packed behind each other.
//!
//! A text is written before its key's record refers to it and never changes afterwards, so whoever read the
//! reference reads the text without any further care. A dead text keeps its place until its shard is rebuilt.

use crate::chunked::Chunked;
use crate::memory::Words;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Longest text that is kept, in bytes: what fits into any chunk.
pub(crate) const TEXT_MAX_BYTES: usize = 8000;

/// Bytes of a text that share the word with its length.
const FIRST_BYTES: usize = 6;

pub(crate) struct Names {
    words: Chunked<Words>,
    /// Words taken so far; only the writer changes it. Word 0 stays empty, so that 0 can mean "no text".
    used: AtomicU64,
    dead: AtomicU64,
}

/// Words that a text of `len` bytes takes.
const fn words_of(len: usize) -> usize {
    if len == 0 { 0 } else { 1 + len.saturating_sub(FIRST_BYTES).div_ceil(8) }
}

/// A text's words: the first begins with the length.
fn packed(text: &[u8]) -> impl Iterator<Item = u64> {
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, &byte| (word << 8) | u64::from(byte));
    let (first, rest) = text.split_at(text.len().min(FIRST_BYTES));
    let head = word(first) << 16 | text.len() as u64;
    std::iter::once(head).chain(rest.chunks(8).map(word))
}

impl Names {
    pub(crate) const fn new() -> Self {
        Self { words: Chunked::new(), used: AtomicU64::new(1), dead: AtomicU64::new(0) }
    }

    /// Keeps `text` and answers its reference; `None` when there is no room, or it is longer than
    /// [`TEXT_MAX_BYTES`].
    pub(crate) fn append(&self, text: &str) -> Option<u32> {
        let text = text.as_bytes();
        if text.is_empty() {
            return Some(0);
        }
        if text.len() > TEXT_MAX_BYTES {
            return None;
        }
        let count = words_of(text.len());
        let mut at = usize::try_from(self.used.load(Relaxed)).ok()?;
        // A text that does not fit behind the last one goes into the next chunk.
        if Chunked::<Words>::next_chunk(at) < at + count {
            at = Chunked::<Words>::next_chunk(at);
        }
        let reference = u32::try_from(at).ok()?;
        let words = self.words.make_range(at, count)?;
        words.iter().zip(packed(text)).for_each(|(place, word)| place.store(word, Relaxed));
        self.used.store((at + count) as u64, Relaxed);
        Some(reference)
    }

    /// The words of the text behind a reference, and its length in bytes.
    fn words(&self, reference: u32) -> Option<(&[AtomicU64], usize)> {
        if reference == 0 {
            return None;
        }
        let len = (self.words.get(reference as usize)?.load(Relaxed) & 0xFFFF) as usize;
        Some((self.words.get_range(reference as usize, words_of(len))?, len))
    }

    /// Appends the text behind a reference that [`Self::append`] answered; nothing for any other.
    pub(crate) fn read(&self, reference: u32, out: &mut Vec<u8>) {
        let Some((words, len)) = self.words(reference) else { return };
        let end = out.len() + len;
        out.reserve(words.len() * 8);
        let [first, rest @ ..] = words else { return };
        out.extend(first.load(Relaxed).to_le_bytes().into_iter().skip(8 - FIRST_BYTES));
        rest.iter().for_each(|word| out.extend_from_slice(&word.load(Relaxed).to_le_bytes()));
        out.truncate(end);
    }

    /// Whether the text behind `reference` is `text`.
    pub(crate) fn is(&self, reference: u32, text: &str) -> bool {
        match self.words(reference) {
            None => text.is_empty(),
            Some((words, len)) => {
                let same = |(place, word): (&AtomicU64, u64)| place.load(Relaxed) == word;
                len == text.len() && words.iter().zip(packed(text.as_bytes())).all(same)
            }
        }
    }

    /// Counts the text behind `reference` as dead.
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

    fn read(names: &Names, reference: u32) -> String {
        let mut text = b"before".to_vec();
        names.read(reference, &mut text);
        String::from_utf8(text).unwrap().strip_prefix("before").unwrap().to_owned()
    }

    #[test]
    fn the_longest_text_fits_and_a_longer_one_is_refused() {
        let names = Names::new();
        for _ in 0..10 {
            let text = "x".repeat(TEXT_MAX_BYTES);
            let reference = names.append(&text).unwrap();
            assert_eq!(read(&names, reference), text);
        }
        assert_eq!(names.append(&"x".repeat(TEXT_MAX_BYTES + 1)), None);
    }

    #[test]
    fn an_unknown_reference_reads_as_no_text() {
        let names = Names::new();
        for reference in [0, 1, 77, u32::MAX] {
            assert_eq!(read(&names, reference), "");
            names.forget(reference);
        }
    }

    proptest! {
        #[test]
        fn texts_read_back_as_they_were_written(texts in proptest::collection::vec(".{0,80}", 0..200)) {
            let names = Names::new();
            let references: Vec<_> = texts.iter().map(|text| names.append(text).unwrap()).collect();
            for (text, reference) in texts.iter().zip(references) {
                prop_assert_eq!(&read(&names, reference), text);
                prop_assert!(names.is(reference, text));
                let longer = text.clone() + "x";
                prop_assert!(!names.is(reference, &longer));
                let other = text.chars().rev().collect::<String>();
                prop_assert_eq!(names.is(reference, &other), other == *text);
            }
        }
    }
}
