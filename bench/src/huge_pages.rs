//! A zeroed block of memory that asks the kernel for 2 MiB pages.

#![expect(unsafe_code, reason = "mmap and madvise have no safe wrapper; each block says why it is sound")]

use std::{io, ptr::NonNull};

use anyhow::{Result, ensure};

/// A table of 64-bit words on its own mapping, advised to use 2 MiB pages.
#[derive(Debug)]
pub struct HugeTable {
    words: NonNull<u64>,
    length: usize,
}

impl HugeTable {
    /// Maps at least `bytes` bytes, rounded up to whole 2 MiB pages.
    ///
    /// # Errors
    /// The kernel refuses the mapping or the advice.
    pub fn new(bytes: usize) -> Result<Self> {
        const PAGE: usize = 2 << 20;
        let bytes = bytes.div_ceil(PAGE).max(1) * PAGE;
        // SAFETY: a fresh anonymous private mapping aliases nothing.
        let address = unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            libc::mmap(std::ptr::null_mut(), bytes, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0)
        };
        ensure!(address != libc::MAP_FAILED, "cannot map {bytes} bytes: {}", io::Error::last_os_error());
        let Some(words) = NonNull::new(address.cast::<u64>()) else { anyhow::bail!("mmap returned null") };
        let table = Self { words, length: bytes / size_of::<u64>() };
        // SAFETY: the range is the mapping made above; the advice changes no content.
        let advised = unsafe { libc::madvise(address, bytes, libc::MADV_HUGEPAGE) };
        ensure!(advised == 0, "cannot advise huge pages: {}", io::Error::last_os_error());
        Ok(table)
    }

    /// The table as words.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        // SAFETY: mapped, page-aligned and zeroed for `length` words, for as long as `self` lives.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr(), self.length) }
    }

    /// The table as words that can be changed.
    #[must_use]
    pub fn words_mut(&mut self) -> &mut [u64] {
        // SAFETY: as in `words`; `&mut self` makes the slice the only one.
        unsafe { std::slice::from_raw_parts_mut(self.words.as_ptr(), self.length) }
    }
}

impl Drop for HugeTable {
    fn drop(&mut self) {
        // SAFETY: exactly the mapping made in `new`; no slice outlives `self`.
        unsafe { libc::munmap(self.words.as_ptr().cast(), self.length * size_of::<u64>()) };
    }
}
