//! The index as a file, so that a start need not read every row of the database.
//!
//! An image is a cache: versioned, checksummed block by block, tied to a position of the change feed and to the
//! pepper, and refused on any doubt.

mod checksum;
mod format;
mod read;
mod write;

/// A position of the change feed, opaque to the index. An image is the index as of this position.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedPosition(pub Vec<u8>);

/// Why an image cannot be used; the index is then built from rows.
#[derive(Debug, thiserror::Error)]
pub enum ImageRefused {
    /// It could not be read, or ended too early.
    #[error("the index image could not be read")]
    Unreadable(#[from] std::io::Error),
    /// It does not begin as one, or was written by another version.
    #[error("not an index image of this version")]
    OtherFormat,
    /// Its keys were hashed with another pepper.
    #[error("the index image was made with another pepper")]
    OtherPepper,
    /// Its contents contradict its checksums or each other.
    #[error("the index image is damaged")]
    Damaged,
    /// There is not enough memory for it.
    #[error("the index image does not fit into memory")]
    TooLarge(#[from] crate::IndexFull),
}
