//! The one HTTP client for what this product asks of others.

use lockwork_model::error::{Error, Result};
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;
use std::time::Duration;

/// How long one call may take, from the first byte out to the last byte in.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A client that follows no redirects, gives up after five seconds and trusts what the system trusts.
///
/// The TLS provider is named here so that nothing process-wide has to be installed.
///
/// # Errors
/// `Internal`, when TLS cannot be set up.
pub(crate) fn client() -> Result<reqwest::Client> {
    let mut tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(Error::internal)?
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .timeout(TIMEOUT)
        .user_agent("lockwork")
        .build()
        .map_err(Error::internal)
}
