//! A key server of a few lines: HTTPS, keep-alive, canned answers; it remembers what it was asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::generate_simple_self_signed;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

pub(crate) const BACKEND_API_KEY: &str = "tesseral_secret_key_backendsecret";

pub(crate) struct KeyServer {
    pub(crate) base_url: String,
    pub(crate) ca_pem: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
    /// What configurations are answered with, if not as everything else.
    configuration: Arc<Mutex<Option<String>>>,
    task: JoinHandle<()>,
}

fn answer(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

impl KeyServer {
    /// Answers every request with `status` and `body`.
    pub(crate) async fn answering(status: u16, body: &str) -> Self {
        Self::start(answer(status, body)).await
    }

    /// Answers the next requests for a configuration with `status` and `body`.
    pub(crate) fn configure(&self, status: u16, body: &str) {
        *self.configuration.lock().unwrap() = Some(answer(status, body));
    }

    /// Is away from now on.
    pub(crate) async fn stop(&mut self) {
        self.task.abort();
        assert!((&mut self.task).await.unwrap_err().is_cancelled());
    }

    /// Sends every request to another path of this server.
    pub(crate) async fn redirecting() -> Self {
        Self::start("HTTP/1.1 307 x\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n".to_owned()).await
    }

    /// Accepts connections and never answers.
    pub(crate) async fn silent() -> Self {
        Self::start(String::new()).await
    }

    async fn start(answer: String) -> Self {
        let certified = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key.into())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let (connections, requests, configuration) =
            (Arc::<AtomicUsize>::default(), Arc::<Mutex<Vec<String>>>::default(), Arc::default());
        let (count, seen, configured) =
            (Arc::clone(&connections), Arc::clone(&requests), Arc::clone(&configuration));
        let task = tokio::spawn(async move {
            // Ends with this task, and every connection with it.
            let mut open = JoinSet::new();
            while let Ok((tcp, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (acceptor, seen, answer) = (acceptor.clone(), Arc::clone(&seen), answer.clone());
                let configured: Arc<Mutex<Option<String>>> = Arc::clone(&configured);
                open.spawn(async move {
                    let Ok(tls) = acceptor.accept(tcp).await else { return };
                    let mut stream = BufReader::new(tls);
                    while let Some(request) = read_request(&mut stream).await {
                        let is_configuration = request.starts_with("GET /v1/config/");
                        let configuration = configured.lock().unwrap().clone().filter(|_| is_configuration);
                        seen.lock().unwrap().push(request);
                        let answer = configuration.as_ref().unwrap_or(&answer);
                        if answer.is_empty() {
                            std::future::pending::<()>().await;
                        }
                        if stream.write_all(answer.as_bytes()).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { base_url, ca_pem: certified.cert.pem(), connections, requests, configuration, task }
    }

    pub(crate) fn builder(&self) -> lockwork::ClientBuilder {
        lockwork::Client::builder(&self.base_url, BACKEND_API_KEY).ca_certificate_pem(self.ca_pem.as_bytes())
    }

    pub(crate) fn client(&self) -> lockwork::Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Head and body of one request; `None` when the client is done.
async fn read_request(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut request = String::new();
    let mut length = 0;
    loop {
        let start = request.len();
        if stream.read_line(&mut request).await.ok()? == 0 {
            return None;
        }
        let line = &request[start..];
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    request.push_str(std::str::from_utf8(&body).ok()?);
    Some(request)
}
