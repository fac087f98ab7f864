//! What clients do wrong, on every documented operation: refused in the contract's shape, nothing changed, nothing
//! secret logged or echoed.
//!
//! The cases come from the OpenAPI documents, so that a new operation or field is covered by itself.

mod bodies;
mod credentials;
mod fields;
mod ids;
mod judge;
mod logs;
mod pages;
mod queries;
#[path = "../access/requests.rs"]
mod requests;
mod strange_requests;
mod world;
