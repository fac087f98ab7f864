//! Judges proofs of who someone is, and talks to the outside about it: passwords, authenticator apps, passkeys,
//! sign-in providers, mail, access tokens. Knows no database, so that no judgement is mixed up with what follows from it.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod access_tokens;
pub mod authenticator_apps;
pub mod breached_passwords;
pub mod mail;
mod outbound;
pub mod passkeys;
pub mod passwords;
pub mod providers;
