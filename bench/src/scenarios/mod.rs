//! What is measured: one file for each row, or group of rows, of the budget table.

pub mod creation;
pub mod http;
pub mod in_process;
pub mod memory;
pub mod peers;
pub mod revocation;
pub mod sha_memory;
pub mod startup;
