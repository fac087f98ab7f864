//! Load scenarios for Lockwork: what each costs beside the floor of the machine and beside its peers.
//!
//! `README.md` in this folder says what is measured and how to read it.

pub mod chart;
pub mod client;
pub mod constant;
pub mod epoll;
pub mod floor;
pub mod huge_pages;
pub mod keys;
pub mod load;
pub mod lockwork;
pub mod machine;
pub mod paths;
pub mod peers;
pub mod postgres;
pub mod process;
pub mod report;
pub mod results;
pub mod rounds;
pub mod scenarios;
pub mod sqlite;
pub mod stats;
pub mod template;
pub mod tools;
