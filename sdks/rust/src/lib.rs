//! A thin client for Lockwork: ask the key server whether the API key
//! that a caller presented is good, and for what.
//!
//! ```no_run
//! # async fn example(authorization: Option<&[u8]>) -> Result<(), Box<dyn std::error::Error>> {
//! let lockwork = lockwork::Client::builder("https://localhost:8443", std::env::var("LOCKWORK_BACKEND_API_KEY")?)
//!     .ca_certificate_pem(std::fs::read("data/tls/ca.pem")?)
//!     .build()?;
//!
//! // In a request handler: header in, verdict or a ready answer out.
//! match lockwork.authorize(authorization, Some("acme.widgets.create")).await {
//!     Ok(verdict) => println!("acting for {:?}", verdict.organization_id),
//!     Err(rejection) => println!("answer {} {}", rejection.status(), rejection.body()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Build one [`Client`] and clone it: clones share a pool of connections. Neither the Backend API key nor a
//! [`SecretToken`] can be printed, and no error carries them.

mod authorization;
mod client;
mod error;
mod request;
mod secret;
mod tls;
mod verdict;

pub use authorization::Rejection;
pub use client::{Client, ClientBuilder};
pub use error::Error;
pub use request::{NamedLimit, Request};
pub use secret::SecretToken;
pub use verdict::{Code, Credits, LimitScope, LimitState, Verdict};
