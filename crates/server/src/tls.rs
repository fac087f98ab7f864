//! Certificates: the operator's, or those of a local CA made for development.

use crate::config::Config;
use crate::files;
use anyhow::{Context, Result};
use lockwork_model::time::{Clock, SystemClock};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{RootCertStore, ServerConfig};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Names of the local machine that a development certificate is good for; one stands for all below `localhost`.
const LOCAL_NAMES: [&str; 4] = ["localhost", "*.localhost", "127.0.0.1", "::1"];
/// A development certificate that ends sooner than this is made anew.
const RENEW_BEFORE: Duration = Duration::from_secs(30 * 24 * 3600);

/// The listener's TLS, if any is configured.
pub(crate) fn server_config(config: &Config, listen_host: &str) -> Result<Option<Arc<ServerConfig>>> {
    let (certificate, key) = match (&config.tls.cert_file, &config.tls.key_file) {
        (Some(certificate), Some(key)) => (certificate.clone(), key.clone()),
        _ if config.tls.dev => {
            let made = Development::find_or_make(&config.server.data_dir().join("tls"), listen_host)?;
            tracing::info!(tls.ca = %made.ca.display(), "https with a development certificate; trust its CA: {}", made.ca.display());
            (made.certificate, made.key)
        }
        _ => return Ok(None),
    };
    let chain = read_certificates(&certificate)?;
    files::ensure_private(&key)?;
    let private_key = PrivateKeyDer::from_pem_file(&key)
        .with_context(|| format!("{} holds no private key in PEM form", key.display()))?;
    let mut tls = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, private_key)
        .with_context(|| format!("{} and {} do not fit", certificate.display(), key.display()))?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some(Arc::new(tls)))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let wrong = || format!("{} holds no certificates in PEM form", path.display());
    let chain = CertificateDer::pem_file_iter(path).with_context(wrong)?.collect::<Result<Vec<_>, _>>();
    chain.ok().filter(|chain| !chain.is_empty()).with_context(wrong)
}

/// A CA that signed one certificate and whose key was then forgotten, so that trusting it trusts nothing else.
struct Development {
    ca: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl Development {
    fn find_or_make(folder: &Path, listen_host: &str) -> Result<Self> {
        let [ca, certificate, key] = ["ca.pem", "cert.pem", "key.pem"].map(|name| folder.join(name));
        let files = Self { ca, certificate, key };
        let names = names(listen_host);
        if !files.serve(&names) {
            files.make(folder, &names)?;
        }
        Ok(files)
    }

    /// Whether the files are there and good for every name for a while.
    fn serve(&self, names: &[String]) -> bool {
        let verify = || -> Result<()> {
            files::ensure_private(&self.key)?;
            let mut roots = RootCertStore::empty();
            for root in read_certificates(&self.ca)? {
                roots.add(root)?;
            }
            let verifier =
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build()?;
            let chain = read_certificates(&self.certificate)?;
            let leaf = chain.first().context("no certificate")?;
            let now = Duration::from_micros(u64::try_from(SystemClock.now().as_micros())?);
            // Many clients, this verifier among them, take no wildcard directly below a top-level name.
            for name in names.iter().filter(|name| !name.starts_with('*')) {
                let name = ServerName::try_from(name.clone())?;
                for time in [now, now + RENEW_BEFORE] {
                    verifier.verify_server_cert(leaf, &[], &name, &[], UnixTime::since_unix_epoch(time))?;
                }
            }
            Ok(())
        };
        verify().is_ok()
    }

    fn make(&self, folder: &Path, names: &[String]) -> Result<()> {
        files::make_private_folder(folder)?;
        let (begin, end) = validity()?;
        let date = |(year, month, day): Date| rcgen::date_time_ymd(year, month, day);
        let mut ca = CertificateParams::new(Vec::new())?;
        ca.distinguished_name.push(DnType::CommonName, "Lockwork development CA");
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        (ca.not_before, ca.not_after) = (date(begin), date(end));
        let ca_key = KeyPair::generate()?;
        let ca_certificate = ca.self_signed(&ca_key)?;

        let mut leaf = CertificateParams::new(names.to_vec())?;
        leaf.distinguished_name.push(DnType::CommonName, "Lockwork development server");
        leaf.use_authority_key_identifier_extension = true;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        (leaf.not_before, leaf.not_after) = (date(begin), date(end));
        let leaf_key = KeyPair::generate()?;
        let certificate = leaf.signed_by(&leaf_key, &Issuer::new(ca, ca_key))?;

        for (path, text) in [
            (&self.key, leaf_key.serialize_pem()),
            (&self.certificate, certificate.pem()),
            (&self.ca, ca_certificate.pem()),
        ] {
            if path.exists() {
                fs::remove_file(path)?;
            }
            files::write_new_private(path, text.as_bytes())?;
        }
        Ok(())
    }
}

fn names(listen_host: &str) -> Vec<String> {
    let mut names: Vec<String> = LOCAL_NAMES.map(str::to_owned).to_vec();
    let everywhere = ["0.0.0.0", "::", ""];
    if !everywhere.contains(&listen_host) && !names.iter().any(|name| name == listen_host) {
        names.push(listen_host.to_owned());
    }
    names
}

type Date = (i32, u8, u8);

/// From today for two years; clients refuse longer ones.
fn validity() -> Result<(Date, Date)> {
    let today = SystemClock.now().to_string();
    let mut parts = today.split(['-', 'T']);
    let mut next = || parts.next().context("the clock shows no date");
    let (year, month, day): Date = (next()?.parse()?, next()?.parse()?, next()?.parse()?);
    Ok(((year, month, day), (year + 2, month, day.min(28))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    fn configured(folder: &Path) -> Config {
        let mut config = Config::default();
        config.server.data_dir = Some(folder.to_owned());
        config.tls.dev = true;
        config
    }

    #[test]
    fn a_development_certificate_is_made_once_for_every_local_name() {
        let folder = tempfile::tempdir().unwrap();
        let config = configured(folder.path());
        assert!(server_config(&config, "127.0.0.1").unwrap().is_some());
        let tls = folder.path().join("tls");
        let first = fs::read(tls.join("ca.pem")).unwrap();
        assert_eq!(fs::metadata(tls.join("key.pem")).unwrap().mode() & 0o777, 0o600);
        server_config(&config, "0.0.0.0").unwrap();
        assert_eq!(fs::read(tls.join("ca.pem")).unwrap(), first);
        // Another name needs another certificate.
        server_config(&config, "lockwork.example").unwrap();
        assert_ne!(fs::read(tls.join("ca.pem")).unwrap(), first);
    }

    #[test]
    fn a_damaged_development_certificate_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let config = configured(folder.path());
        server_config(&config, "localhost").unwrap();
        fs::write(folder.path().join("tls/cert.pem"), "damaged").unwrap();
        assert!(server_config(&config, "localhost").unwrap().is_some());
    }

    #[test]
    fn unusable_files_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        server_config(&configured(folder.path()), "localhost").unwrap();
        let tls = folder.path().join("tls");
        let refusal = |certificate: &str, key: &str| {
            let mut config = Config::default();
            config.tls.cert_file = Some(tls.join(certificate));
            config.tls.key_file = Some(tls.join(key));
            format!("{:#}", server_config(&config, "localhost").unwrap_err())
        };
        assert!(refusal("missing.pem", "key.pem").contains("missing.pem holds no certificates"));
        assert!(refusal("cert.pem", "missing.pem").contains("cannot read"));
        assert!(refusal("cert.pem", "ca.pem").contains("ca.pem holds no private key"));
        assert!(refusal("ca.pem", "key.pem").contains("do not fit"));
    }
}
