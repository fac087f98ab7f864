//! The Frontend API, in process, for people who signed in with a browser; every answer is checked against the OpenAPI
//! document.

mod access_tokens;
mod api_keys;
mod audit_log;
mod bad_input;
mod cors;
mod me;
mod organization;
mod people;
mod personal_api_keys;
mod sessions;
mod signing_keys;
mod support;
