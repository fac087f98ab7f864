use crate::harness::{Server, options, verify};
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use lockwork_http::serve::ServeOptions;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

/// A server's configuration and the only certificate that it can be known by.
fn server_config() -> (Arc<ServerConfig>, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    (Arc::new(config), certificate)
}

async fn connect(
    server: &Server,
    certificate: &CertificateDer<'static>,
    protocol: &[u8],
) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(server.address).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    connector.connect("localhost".try_into().unwrap(), stream).await.unwrap()
}

#[tokio::test]
async fn the_fast_lane_and_the_router_answer_over_tls() {
    let (config, certificate) = server_config();
    let server = Server::start_with(options(), Some(config));
    let mut stream = connect(&server, &certificate, b"http/1.1").await;
    let other = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all((verify("1") + &verify("2") + other).as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let positions: Vec<_> = ["hot Verify k j 1", "hot Verify k j 2", "router GET /x "]
        .iter()
        .map(|body| text.find(body).unwrap_or_else(|| panic!("{body} is not in {text}")))
        .collect();
    assert!(positions.is_sorted());
}

#[tokio::test]
async fn http2_is_agreed_on_over_tls() {
    let (config, certificate) = server_config();
    let server = Server::start_with(options(), Some(config));
    let stream = connect(&server, &certificate, b"h2").await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::post("https://localhost/v1/api-keys/verify").header(header::AUTHORIZATION, "k");
    let response = sender.send_request(request.body(Body::from("a")).unwrap()).await.unwrap();
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "hot Verify k - a");
    drop(sender);
    connection.await.unwrap().unwrap();
}

#[test]
fn a_handshake_that_never_comes_is_cut() {
    let head_timeout = Duration::from_millis(50);
    let server = Server::start_with(ServeOptions { head_timeout, ..options() }, Some(server_config().0));
    server.connect().assert_closed();
}

#[test]
fn plain_http_to_a_tls_port_gets_no_answer_from_behind_it() {
    let server = Server::start_with(options(), Some(server_config().0));
    let mut client = server.connect();
    client.send(verify("a"));
    let mut bytes = Vec::new();
    let _ = std::io::Read::read_to_end(&mut client.stream, &mut bytes);
    assert!(!bytes.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&bytes));
}
