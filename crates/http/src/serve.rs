//! The listener: one acceptor, and workers that each run their connections on a runtime of their own.

mod handover;
mod io;
mod worker;

use crate::fast_lane::{HotPath, Limits};
use crate::metrics::METRICS;
use std::future::Future;
use std::io::{ErrorKind, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio_rustls::{TlsAcceptor, rustls};
use worker::{Accepted, Worker};

/// Pause after an error that the next accept would meet again, such as a lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How connections are served.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Threads that serve connections; at least one is started.
    pub workers: usize,
    /// Connections at a time; further ones are refused at once.
    pub max_connections: usize,
    /// From the first byte of a request to the end of its head, and for a TLS handshake.
    pub head_timeout: Duration,
    /// From the end of a head to the end of its body, for requests that are answered from memory; the router
    /// has a timeout of its own.
    pub body_timeout: Duration,
    /// Between two requests on a connection.
    pub idle_timeout: Duration,
    /// How long a client may take none of an answer's bytes.
    pub write_timeout: Duration,
    /// Bytes of a request's head; hyper allows at least 8 KiB.
    pub max_head_bytes: usize,
    /// Bytes of a body that is answered from memory; the router decides about longer ones.
    pub max_body_bytes: usize,
    /// How long requests in flight may take after the shutdown has begun.
    pub shutdown_grace: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            max_connections: 15_000,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(20),
            max_head_bytes: 16 << 10,
            max_body_bytes: 64 << 10,
            shutdown_grace: Duration::from_secs(20),
        }
    }
}

/// What every worker needs.
struct Shared<H> {
    tls: Option<TlsAcceptor>,
    hot: H,
    router: axum::Router,
    /// Where the router's operations run: apart from the workers, so that a busy database never delays an
    /// answer from memory, and database connections outlive every worker.
    operations: tokio::runtime::Handle,
    options: ServeOptions,
    limits: Limits,
}

/// Serves connections until `shutdown`; then accepts no more, closes the idle ones, finishes requests in flight
/// and returns when all are done or `shutdown_grace` is over.
///
/// Hot requests are answered by `hot` on the worker that read them, all others by `router` on the runtime that
/// this function is called on.
///
/// # Errors
/// The listener cannot be watched, or no worker can be started.
pub async fn serve<H: HotPath>(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    hot: H,
    router: axum::Router,
    options: ServeOptions,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let limits = Limits {
        head_timeout: options.head_timeout,
        body_timeout: options.body_timeout,
        idle_timeout: options.idle_timeout,
        max_head_bytes: options.max_head_bytes,
        max_body_bytes: options.max_body_bytes,
    };
    let shared = Arc::new(Shared {
        tls: tls.map(TlsAcceptor::from),
        hot,
        router,
        operations: tokio::runtime::Handle::current(),
        options,
        limits,
    });
    let count = shared.options.workers.max(1);
    let workers =
        (0..count).map(|index| Worker::start(index, &shared)).collect::<std::io::Result<Vec<_>>>()?;
    let mut dealer = Dealer {
        workers,
        next: 0,
        open: Arc::new(AtomicUsize::new(0)),
        max_connections: shared.options.max_connections,
        plain: shared.tls.is_none(),
    };
    accept_until(&listener, &mut dealer, shutdown).await;
    drop(listener);
    // All are told before any is waited for.
    let finishing: Vec<_> = dealer.workers.into_iter().map(Worker::finish).collect();
    for finished in finishing {
        let _ = finished.await;
    }
    Ok(())
}

async fn accept_until(
    listener: &tokio::net::TcpListener,
    dealer: &mut Dealer,
    shutdown: impl Future<Output = ()>,
) {
    let mut shutdown = pin!(shutdown);
    let mut failing = false;
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => return,
            accepted = listener.accept() => accepted,
        };
        // The worker's runtime watches the connection, not this one.
        match accepted.and_then(|(stream, _)| stream.into_std()) {
            Ok(stream) => {
                failing = false;
                dealer.deal(stream);
            }
            // The client changed its mind.
            Err(error)
                if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
            Err(error) => {
                METRICS.accept_failed();
                if !failing {
                    tracing::warn!(%error, "cannot accept connections at the moment; trying again");
                }
                failing = true;
                tokio::select! {
                    () = &mut shutdown => return,
                    () = tokio::time::sleep(ACCEPT_PAUSE) => {}
                }
            }
        }
    }
}

/// Deals connections to the workers in turn.
struct Dealer {
    workers: Vec<Worker>,
    next: usize,
    open: Arc<AtomicUsize>,
    max_connections: usize,
    plain: bool,
}

impl Dealer {
    fn deal(&mut self, stream: TcpStream) {
        if self.open.load(Relaxed) >= self.max_connections {
            METRICS.refused();
            refuse(stream, self.plain);
            return;
        }
        let accepted = Accepted::new(stream, &self.open);
        self.next = (self.next + 1) % self.workers.len();
        self.workers[self.next].take(accepted);
    }
}

/// Closes a connection that is one too many, with a word of explanation if that can be said at once.
fn refuse(mut stream: TcpStream, plain: bool) {
    const BODY: &str = r#"{"code":14,"message":"unavailable","details":[{"@type":"type.googleapis.com/tesseral.common.v1.ErrorDetail","description":"too many connections; try again later","docsLink":""}]}"#;
    if plain {
        let answer = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             retry-after: 1\r\nconnection: close\r\n\r\n{BODY}",
            BODY.len()
        );
        let _ = stream.write_all(answer.as_bytes());
        let _ = stream.shutdown(Shutdown::Write);
    }
}
