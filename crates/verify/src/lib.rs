//! Verdicts at speed: every key of every project in memory, found in one memory access.
//!
//! [`Limiter`] counts what keys use, and whatever else a developer names, and takes all or nothing.
//!
//! [`Index`] is told facts by one follower of the change feed and asked by any number of threads. A question
//! allocates nothing, makes no system call and waits for no lock; what the index is made of, and why, is in
//! `docs/decisions/0003-index-layout.md`.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod builder;
mod chunked;
mod details;
mod find;
mod hashing;
mod image;
mod index;
mod keys;
mod limiter;
mod limits;
mod lookup;
mod memory;
mod names;
mod organizations;
mod permission_set;
mod policy;
mod profiles;
mod root;
mod rules;
mod table;

pub use image::{FeedPosition, ImageRefused};
pub use index::{Index, IndexFull, MemoryReport};
pub use limiter::{
    Admission, Counter, Deposit, Held, Leftover, Limiter, LimiterMemory, LimiterOptions, Outcome, Rule, Take,
    Taken,
};
pub use lookup::{Key, Lookup, Presented};
#[doc(hidden)] // For the benchmark, whose floor stands on the same kind of memory.
pub use memory::{Words, serialise};
pub use permission_set::PermissionSet;
pub use root::{BackendKey, ProjectStatus};
pub use rules::{BoundLimit, UnknownPlan};
