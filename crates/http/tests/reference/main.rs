//! The API reference that the server serves.

mod commands;
mod files;
mod harness;
mod page;
