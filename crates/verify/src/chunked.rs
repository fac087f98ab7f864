//! Arrays that grow without moving: the millionth entry costs what the first did, and readers need no guard.

use crate::memory::Words;
use std::ops::Deref;
use std::sync::OnceLock;

/// What a chunk is made of.
pub(crate) trait Storage: Deref<Target = [Self::Item]> + Sized {
    /// One entry.
    type Item;
    /// A chunk of `len` entries, or `None` when there is no memory.
    fn with_len(len: usize) -> Option<Self>;
}

impl Storage for Words {
    type Item = std::sync::atomic::AtomicU64;

    fn with_len(len: usize) -> Option<Self> {
        Self::zeroed(len)
    }
}

impl<T: Default> Storage for Box<[T]> {
    type Item = T;

    fn with_len(len: usize) -> Option<Self> {
        Some(std::iter::repeat_with(T::default).take(len).collect())
    }
}

const FIRST_BITS: u32 = 10;
const FIRST: usize = 1 << FIRST_BITS;
const CHUNKS: usize = 24;

/// An array in chunks of 1024, 2048, 4096 … entries, made when they are first needed.
pub(crate) struct Chunked<S> {
    chunks: [OnceLock<S>; CHUNKS],
}

/// Chunk, offset inside it and its length.
#[inline(always)]
fn locate(index: usize) -> (usize, usize, usize) {
    let shifted = index.saturating_add(FIRST);
    let chunk = (shifted.ilog2() - FIRST_BITS) as usize;
    let len = FIRST << chunk;
    (chunk, shifted - len, len)
}

impl<S: Storage> Chunked<S> {
    /// An array without a chunk.
    pub(crate) const fn new() -> Self {
        Self { chunks: [const { OnceLock::new() }; CHUNKS] }
    }

    /// The entry, if its chunk was made.
    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> Option<&S::Item> {
        let (chunk, offset, _) = locate(index);
        self.chunks.get(chunk)?.get()?.get(offset)
    }

    /// Entries that lie behind each other in one chunk.
    #[inline(always)]
    pub(crate) fn get_range(&self, index: usize, count: usize) -> Option<&[S::Item]> {
        let (chunk, offset, _) = locate(index);
        self.chunks.get(chunk)?.get()?.get(offset..offset.checked_add(count)?)
    }

    /// Like [`Self::get_range`], but makes the chunk. `None` if the range crosses into the next chunk, or there is
    /// no memory, or the array has no more chunks.
    pub(crate) fn make_range(&self, index: usize, count: usize) -> Option<&[S::Item]> {
        let (chunk, offset, len) = locate(index);
        let chunk = self.chunks.get(chunk)?;
        let storage = match chunk.get() {
            Some(storage) => storage,
            None => {
                let storage = S::with_len(len)?;
                chunk.get_or_init(|| storage)
            }
        };
        storage.get(offset..offset.checked_add(count)?)
    }

    /// Where the chunk behind the one of `index` begins.
    pub(crate) fn next_chunk(index: usize) -> usize {
        let (_, offset, len) = locate(index);
        index - offset + len
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::Ordering::Relaxed;

    #[test]
    fn chunks_follow_each_other_without_a_gap() {
        assert_eq!(locate(0), (0, 0, 1024));
        assert_eq!(locate(1023), (0, 1023, 1024));
        assert_eq!(locate(1024), (1, 0, 2048));
        assert_eq!(locate(3071), (1, 2047, 2048));
        assert_eq!(locate(3072), (2, 0, 4096));
        assert_eq!(Chunked::<Words>::next_chunk(1000), 1024);
        assert_eq!(Chunked::<Words>::next_chunk(1024), 3072);
        assert!(locate(u32::MAX as usize).0 < CHUNKS);
    }

    #[test]
    fn entries_stay_where_they_are_while_the_array_grows() {
        let array = Chunked::<Words>::new();
        assert!(array.get(0).is_none());
        for index in 0..10_000 {
            array.make_range(index, 1).unwrap()[0].store(index as u64 + 7, Relaxed);
        }
        assert!((0..10_000).all(|index| array.get(index).unwrap().load(Relaxed) == index as u64 + 7));
        assert!(array.make_range(1020, 8).is_none(), "a range never crosses chunks");
        assert!(array.get(usize::MAX).is_none());
    }
}
