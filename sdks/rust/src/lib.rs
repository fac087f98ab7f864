//! A thin client for Lockwork: who does a request come from, and what may they do? It takes a signed-in user's access
//! token, which it verifies itself, as well as an API key, for which it asks the key server.
//!
//! ```no_run
//! # async fn example(headers: &reqwest::header::HeaderMap) -> Result<(), Box<dyn std::error::Error>> {
//! let lockwork = lockwork::Client::builder("https://localhost:8443", std::env::var("LOCKWORK_BACKEND_API_KEY")?)
//!     .publishable_key(std::env::var("LOCKWORK_PUBLISHABLE_KEY")?)
//!     .ca_certificate_pem(std::fs::read("data/tls/ca.pem")?)
//!     .build()?;
//!
//! // In a request handler: headers in, caller or a ready answer out.
//! match lockwork.authenticate(headers, Some("acme.widgets.create")).await {
//!     Ok(caller) => println!("acting for {}", caller.organization_id()),
//!     Err(rejection) => println!("answer {} {}", rejection.status(), rejection.body()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Where only API keys come in, [`Client::authorize`] and [`Client::verify`] are enough.
//!
//! Build one [`Client`] and clone it: clones share a pool of connections and the access tokens that they know. Neither
//! the Backend API key nor a [`SecretToken`] can be printed, and no error carries them.

mod access_tokens;
mod answer;
mod authentication;
mod authorization;
mod caller;
mod client;
mod credential;
mod error;
mod request;
mod secret;
mod tls;
mod verdict;

pub use access_tokens::{
    AccessTokenClaims, ImpersonatorClaim, InvalidAccessToken, OrganizationClaim, SessionClaim, UserClaim,
};
pub use authorization::Rejection;
pub use caller::{Caller, Credentials, CredentialsType};
pub use client::{Client, ClientBuilder};
pub use credential::access_token_cookie;
pub use error::Error;
pub use request::{NamedLimit, Request};
pub use secret::SecretToken;
pub use verdict::{Code, Credits, LimitScope, LimitState, Verdict};
