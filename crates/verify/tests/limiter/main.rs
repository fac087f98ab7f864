//! The limiter from outside.

mod buckets;
mod leases;
mod memory;
mod support;
mod threads;
mod together;
mod windows;
