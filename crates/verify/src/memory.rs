//! Zeroed memory for tables of millions of keys, on huge pages where the machine has them.
//!
//! The only unsafe code of the product. It stays small and checkable: memory comes zeroed and aligned from the
//! kernel or the allocator, is seen by others as a slice of atomics and as nothing else, and is given back once.
#![expect(unsafe_code, reason = "mmap with madvise(MADV_HUGEPAGE) and prefetching have no safe form in std")]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

/// Size and alignment of a huge page, in bytes.
const HUGE_PAGE: usize = 2 << 20;
const CACHE_LINE: usize = 64;

/// A fixed number of zeroed atomic words.
///
/// From one huge page on, the words begin on a huge page's boundary and ask for huge pages; pages are taken from
/// the machine when they are first written. Smaller ones come from the allocator, aligned to a cache line.
pub struct Words {
    start: NonNull<AtomicU64>,
    len: usize,
    source: Source,
}

#[derive(Clone, Copy)]
enum Source {
    Nothing,
    Allocator(Layout),
    #[cfg(target_os = "linux")]
    Kernel {
        bytes: usize,
    },
}

// SAFETY: `Words` owns its memory, which holds atomics only, and atomics may be shared and sent.
unsafe impl Send for Words {}
// SAFETY: as above; every access through `&Words` goes through an atomic.
unsafe impl Sync for Words {}

impl Words {
    /// No words.
    pub(crate) const fn none() -> Self {
        Self { start: NonNull::dangling(), len: 0, source: Source::Nothing }
    }

    /// `len` words of zero. `None` when the machine has no room for them.
    pub fn zeroed(len: usize) -> Option<Self> {
        if len == 0 {
            return Some(Self::none());
        }
        let bytes = len.checked_mul(size_of::<AtomicU64>())?;
        #[cfg(target_os = "linux")]
        if bytes >= HUGE_PAGE {
            return Self::mapped(len, bytes);
        }
        let layout = Layout::from_size_align(bytes, CACHE_LINE).ok()?;
        // SAFETY: the layout's size is not zero.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        Some(Self { start: start.cast(), len, source: Source::Allocator(layout) })
    }

    #[cfg(target_os = "linux")]
    fn mapped(len: usize, bytes: usize) -> Option<Self> {
        const PAGE: usize = 4096;
        let bytes = bytes.checked_next_multiple_of(PAGE)?;
        let reserved = bytes.checked_add(HUGE_PAGE)?;
        let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a fresh anonymous mapping at an address of the kernel's choice touches no other memory.
        let base = unsafe { libc::mmap(std::ptr::null_mut(), reserved, access, kind, -1, 0) };
        if base == libc::MAP_FAILED {
            return None;
        }
        let base = base.cast::<u8>();
        let skipped = base.align_offset(HUGE_PAGE).min(HUGE_PAGE);
        let rest = HUGE_PAGE - skipped;
        // SAFETY: `skipped + bytes + rest == reserved`, so all three parts lie inside the mapping; the two that
        // are given back are not used again. All are multiples of the page size. The advice changes no contents,
        // and that it may be refused is harmless.
        let start = unsafe {
            let start = base.add(skipped);
            if skipped > 0 {
                libc::munmap(base.cast(), skipped);
            }
            if rest > 0 {
                libc::munmap(start.add(bytes).cast(), rest);
            }
            libc::madvise(start.cast(), bytes, libc::MADV_HUGEPAGE);
            start
        };
        Some(Self { start: NonNull::new(start.cast())?, len, source: Source::Kernel { bytes } })
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Words({})", self.len)
    }
}

impl Deref for Words {
    type Target = [AtomicU64];

    fn deref(&self) -> &[AtomicU64] {
        // SAFETY: `start` is aligned, owns `len` words that were zeroed (a valid `AtomicU64`) and live as long as
        // `self`; for `len` 0 any aligned pointer will do.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        match self.source {
            Source::Nothing => {}
            // SAFETY: allocated with this layout and not freed before.
            Source::Allocator(layout) => unsafe { dealloc(self.start.as_ptr().cast(), layout) },
            #[cfg(target_os = "linux")]
            // SAFETY: mapped with this start and length (what was skipped is gone already), and no slice of it
            // outlives `self`.
            Source::Kernel { bytes } => unsafe {
                libc::munmap(self.start.as_ptr().cast(), bytes);
            },
        }
    }
}

/// Asks the processor to fetch the cache line of `words[index]`; beyond the end it does nothing.
#[inline(always)]
pub(crate) fn prefetch(words: &[AtomicU64], index: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(word) = words.get(index) {
        // SAFETY: the address is that of a live word, and a prefetch reads nothing in the program's sense.
        unsafe {
            std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(
                std::ptr::from_ref(word).cast(),
            );
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (words, index);
}

/// Asks the processor to fetch the cache line at `address`, which need not be one of the program's.
#[inline(always)]
pub(crate) fn prefetch_address(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing in the program's sense, and one of an address without memory does nothing.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(address.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// Keeps the processor from beginning what follows before everything above is done: for measurements, in which
/// one request must not hide behind another.
#[inline(always)]
pub fn serialise() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has SSE2.
    unsafe {
        std::arch::x86_64::_mm_lfence();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::Ordering::Relaxed;

    #[test]
    fn words_begin_as_zero_and_keep_what_is_written() {
        for len in [0, 1, 1000, HUGE_PAGE / 8, HUGE_PAGE / 8 + 1, 3 * HUGE_PAGE / 8 + 77] {
            let words = Words::zeroed(len).unwrap();
            assert_eq!(words.len(), len);
            assert!(words.iter().all(|word| word.load(Relaxed) == 0));
            for (index, word) in words.iter().enumerate() {
                word.store(index as u64, Relaxed);
                prefetch(&words, index + 1);
            }
            assert!(words.iter().enumerate().all(|(index, word)| word.load(Relaxed) == index as u64));
            let alignment = if len >= HUGE_PAGE / 8 { HUGE_PAGE } else { 8 };
            assert_eq!(words.as_ptr() as usize % alignment, 0);
        }
    }

    #[test]
    fn more_than_the_machine_can_map_is_refused() {
        assert!(Words::zeroed(usize::MAX).is_none());
        assert!(Words::zeroed(usize::MAX / 8).is_none());
        assert!(Words::zeroed(1 << 60).is_none());
    }
}
