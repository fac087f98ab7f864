//! A running listener with a small hot path and a small router, and a client that shows every byte.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, Uri};
use axum::routing::{any, get};
use lockwork_http::fast_lane::{Answered, HotPath, HotRequest};
use lockwork_http::serve::{ServeOptions, serve};
use std::convert::Infallible;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio_rustls::rustls::ServerConfig;

/// Longer than anything takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Says what it was asked, so that an answer proves which request it belongs to.
#[derive(Clone)]
struct Mirror;

impl HotPath for Mirror {
    type Waiting = Infallible;

    fn answer(
        &self,
        request: &HotRequest<'_>,
        head: &mut Vec<u8>,
        body: &mut Vec<u8>,
    ) -> Answered<Infallible> {
        if request.body == b"for the router" {
            head.extend_from_slice(b"x-dropped: 1\r\n");
            body.extend_from_slice(b"to be dropped");
            return Answered::Elsewhere;
        }
        if request.body == b"too much" {
            head.extend_from_slice(b"ratelimit: \"a\";r=0;t=7\r\nretry-after: 7\r\n");
            return Answered::Done(429);
        }
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or(b"-")).into_owned();
        let asked = String::from_utf8_lossy(request.body);
        let asked = if asked.len() > 100 { format!("{} bytes", asked.len()) } else { asked.into_owned() };
        let (route, authorization) = (request.route, text(request.authorization));
        write!(body, "hot {route:?} {authorization} {} {asked}", text(request.content_type)).unwrap();
        Answered::Done(if request.body == b"wrong" { 400 } else { 200 })
    }

    async fn wait(&self, waiting: Infallible) {
        match waiting {}
    }
}

/// What the test and the slow route tell each other.
#[derive(Default)]
pub(crate) struct Gate {
    pub(crate) entered: Notify,
    pub(crate) opened: Notify,
}

fn router(gate: Arc<Gate>) -> Router {
    async fn say(method: Method, uri: Uri, body: Bytes) -> String {
        let body = String::from_utf8_lossy(&body).into_owned();
        let body = if body.len() > 100 { format!("{} bytes", body.len()) } else { body };
        format!("router {method} {uri} {body}")
    }
    async fn slow(State(gate): State<Arc<Gate>>) -> &'static str {
        gate.entered.notify_one();
        gate.opened.notified().await;
        "slow"
    }
    async fn large() -> Vec<u8> {
        vec![b'x'; 50 << 20]
    }
    Router::new()
        .route("/slow", get(slow))
        .route("/large", get(large))
        .route("/panic", any(async || -> &'static str { panic!("on purpose") }))
        .fallback(say)
        .with_state(gate)
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) gate: Arc<Gate>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Timeouts that no test reaches by accident.
pub(crate) fn options() -> ServeOptions {
    ServeOptions {
        workers: 2,
        max_connections: 5_000,
        head_timeout: PATIENCE,
        body_timeout: PATIENCE,
        idle_timeout: PATIENCE,
        write_timeout: PATIENCE,
        max_head_bytes: 16 << 10,
        max_body_bytes: 64 << 10,
        shutdown_grace: PATIENCE,
    }
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(options(), None)
    }

    pub(crate) fn start_with(options: ServeOptions, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let gate = Arc::new(Gate::default());
        let router = router(gate.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let shutdown = async {
                let _ = stopped.await;
            };
            runtime.block_on(serve(listener, tls, Mirror, router, options, shutdown)).unwrap();
        });
        Self { address, gate, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn connect(&self) -> Client {
        Client::new(self.address)
    }

    /// Begins the shutdown.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until `serve` has returned.
    pub(crate) fn wait(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.wait();
        }
    }
}

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

impl Client {
    fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// The next answer, which must have a content length.
    pub(crate) fn answer(&mut self) -> Answer {
        let head_bytes = loop {
            if let Some(at) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(self.read_more(), "closed before the head: {:?}", String::from_utf8_lossy(&self.read));
        };
        let head = String::from_utf8(self.read.drain(..head_bytes).collect()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer { status, head, body: String::new() };
        let length: usize = answer.header("content-length").unwrap().parse().unwrap();
        while self.read.len() < length {
            assert!(self.read_more(), "closed within the body");
        }
        answer.body = String::from_utf8(self.read.drain(..length).collect()).unwrap();
        answer
    }

    pub(crate) fn ask(&mut self, request: impl AsRef<[u8]>) -> Answer {
        self.send(request);
        self.answer()
    }

    /// Waits until the server closes; nothing else may come.
    pub(crate) fn assert_closed(&mut self) {
        assert!(!self.read_more(), "got {:?}", String::from_utf8_lossy(&self.read));
    }

    fn read_more(&mut self) -> bool {
        let mut bytes = [0; 4096];
        match self.stream.read(&mut bytes) {
            Ok(0) => false,
            Ok(read) => {
                self.read.extend_from_slice(&bytes[..read]);
                true
            }
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => false,
            Err(error) => panic!("{error}"),
        }
    }
}

/// A hot request.
pub(crate) fn verify(body: &str) -> String {
    format!(
        "POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nAuthorization: k\r\nContent-Type: j\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
