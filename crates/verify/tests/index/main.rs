//! The index from outside.

mod concurrency;
mod image;
mod limits;
mod model;
mod support;
mod verdicts;
