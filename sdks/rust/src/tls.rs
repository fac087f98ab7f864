use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::Error;

/// TLS 1.2 and 1.3 by ring. Trusts the given CA certificates only or, without any, what the system trusts.
///
/// The provider is named here so that nothing process-wide has to be installed.
pub(crate) fn config(ca_pem: Option<&[u8]>) -> Result<ClientConfig, Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::Tls)?;
    let builder = match ca_pem {
        Some(pem) => builder.with_root_certificates(roots(pem)?),
        None => builder.with_platform_verifier().map_err(Error::Tls)?,
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn roots(pem: &[u8]) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| Error::InvalidCaCertificate)?;
        roots.add(certificate).map_err(|_| Error::InvalidCaCertificate)?;
    }
    if roots.is_empty() { Err(Error::InvalidCaCertificate) } else { Ok(roots) }
}
