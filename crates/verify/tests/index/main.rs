//! The index from outside.

mod concurrency;
mod image;
mod model;
mod support;
mod verdicts;
