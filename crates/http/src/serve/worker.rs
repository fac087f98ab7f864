//! A thread with a runtime of its own, and the connections that were dealt to it.

use super::io::GuardedStream;
use super::{Shared, handover};
use crate::fast_lane::{self, HotPath, Outcome};
use crate::metrics::METRICS;
use lockwork_model::time::{Clock, SystemClock};
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

/// A connection on its way to a worker; counted as open until it is dropped.
pub(super) struct Accepted {
    stream: TcpStream,
    open: Open,
}

struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
        METRICS.closed();
    }
}

impl Accepted {
    pub(super) fn new(stream: TcpStream, open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Relaxed);
        METRICS.opened();
        Self { stream, open: Open(open.clone()) }
    }
}

/// A running worker.
pub(super) struct Worker {
    connections: mpsc::UnboundedSender<Accepted>,
    finished: oneshot::Receiver<()>,
}

impl Worker {
    pub(super) fn start<H: HotPath>(index: usize, shared: &Arc<Shared<H>>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (connections, dealt) = mpsc::unbounded_channel();
        let (finish, finished) = oneshot::channel();
        let shared = shared.clone();
        std::thread::Builder::new().name(format!("http-{index}")).spawn(move || {
            runtime.block_on(work(shared, dealt));
            drop(runtime);
            let _ = finish.send(());
        })?;
        Ok(Self { connections, finished })
    }

    /// Hands a connection over.
    pub(super) fn take(&self, connection: Accepted) {
        // It fails only if the worker is gone; the connection is closed then.
        let _ = self.connections.send(connection);
    }

    /// Tells the worker to end: it gets no more connections and closes those that it has. The receiver resolves
    /// when it is gone.
    pub(super) fn finish(self) -> oneshot::Receiver<()> {
        self.finished
    }
}

async fn work<H: HotPath>(shared: Arc<Shared<H>>, mut dealt: mpsc::UnboundedReceiver<Accepted>) {
    fast_lane::keep_date(SystemClock.now());
    tokio::spawn(async {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        loop {
            seconds.tick().await;
            fast_lane::keep_date(SystemClock.now());
        }
    });
    let (stop, stopped) = watch::channel(false);
    while let Some(accepted) = dealt.recv().await {
        tokio::spawn(connect(shared.clone(), accepted, stopped.clone()));
    }
    drop(stopped);
    stop.send_replace(true);
    // Each connection holds a receiver to its end, so the channel closes with the last of them.
    if timeout(shared.options.shutdown_grace, stop.closed()).await.is_err() {
        tracing::warn!("requests in flight did not finish in time; their connections are closed");
    }
}

async fn connect<H: HotPath>(shared: Arc<Shared<H>>, accepted: Accepted, stop: watch::Receiver<bool>) {
    let Accepted { stream, open } = accepted;
    // Answers are small and whole: there is nothing to wait for.
    let _ = stream.set_nodelay(true);
    let Ok(stream) = tokio::net::TcpStream::from_std(stream) else { return };
    let write_timeout = shared.options.write_timeout;
    match &shared.tls {
        None => speak(&shared, GuardedStream::new(stream, write_timeout), false, &stop).await,
        Some(acceptor) => match timeout(shared.options.head_timeout, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => {
                let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                speak(&shared, GuardedStream::new(stream, write_timeout), is_http2, &stop).await;
            }
            Ok(Err(error)) => {
                METRICS.handshake_failed();
                tracing::debug!(%error, "TLS handshake failed");
            }
            Err(_) => METRICS.timed_out(),
        },
    }
    drop(open);
}

async fn speak<H: HotPath, S>(
    shared: &Arc<Shared<H>>,
    mut stream: GuardedStream<S>,
    is_http2: bool,
    stop: &watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    if !is_http2 {
        match fast_lane::run(stream, &shared.hot, &shared.limits, stop.clone()).await {
            Outcome::Closed => return,
            Outcome::HandOver { stream: unchanged, read } => stream = unchanged.replay(read),
        }
    }
    METRICS.handed_over();
    handover::run(shared, stream, stop.clone()).await;
}
