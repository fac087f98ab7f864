//! What the tests of several crates share.

#[cfg(feature = "app")]
pub mod app;
#[cfg(feature = "app")]
pub mod authenticator_app;
#[cfg(feature = "app")]
pub mod browser;
#[cfg(feature = "app")]
pub mod client;
pub mod databases;
#[cfg(feature = "app")]
pub mod determinism;
#[cfg(feature = "app")]
pub mod document;
pub mod mail_server;
#[cfg(feature = "app")]
mod passkeys;
#[cfg(feature = "app")]
pub mod people;

#[cfg(feature = "app")]
pub use app::TestApp;
#[cfg(feature = "app")]
pub use browser::Browser;
#[cfg(feature = "app")]
pub use client::{Answer, Client};
