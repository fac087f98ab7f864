//! `lockwork serve`: wiring, signals and the order of a shutdown.

use crate::config::Config;
use crate::people::Mail;
use crate::{limits, opening, telemetry, tls};
use anyhow::{Context, Result};
use lockwork_app::App;
use lockwork_http::serve::{ServeOptions, serve};
use lockwork_http::{Hot, RouterOptions};
use socket2::{Domain, Protocol, Socket, Type};
use std::future::pending;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Connections that may wait to be accepted; the kernel has a limit of its own (net.core.somaxconn).
const BACKLOG: i32 = 4096;
/// How long a database that does not answer may hold up the end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// What a process that Ctrl-C ended exits with.
const INTERRUPTED: i32 = 130;

/// Serves until a signal comes.
pub(crate) fn run(config: &Config, dev: bool) -> Result<()> {
    telemetry::start(&config.log)?;
    let open_files = limits::raise_open_files();
    if let Some(warning) = limits::open_files_warning(open_files, config.limits.max_connections) {
        tracing::warn!("{warning}");
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().thread_name("operations").enable_all().build()?;
    let served = runtime.block_on(run_node(config, dev));
    // What still runs belongs to clients that are gone.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

async fn run_node(config: &Config, dev: bool) -> Result<()> {
    let stopping = watch_signals()?;
    // First the address: an error that is made often should show at once.
    let address = opening::listen_address(config)?;
    let listener = listen(address).with_context(|| format!("cannot listen on {address}"))?;
    let address = listener.local_addr()?;
    let tls = tls::server_config(config, opening::listen_host(config))?;
    let mut mail = Mail::of(config, dev)?;
    let (app, store) = opening::open(config, &mail).await?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    tracing::info!(server.address = %address, "listening on {scheme}://{address}");

    let drained = watch::Sender::new(false);
    let background = tokio::spawn(keep_index(app.clone(), stopping.clone(), drained.subscribe()));
    if dev {
        tracing::warn!(
            "started with --dev: mail is not sent, and whoever reaches {scheme}://{address}/dev/mail reads it"
        );
    }
    let mailing =
        mail.worker.take().map(|worker| tokio::spawn(worker.run(becomes_true(drained.subscribe()))));
    let router = lockwork_http::router(
        app.clone(),
        RouterOptions {
            request_timeout: Duration::from_secs(config.limits.request_timeout_seconds),
            max_body_bytes: config.limits.max_body_bytes,
            dev_mailbox: mail.mailbox.take(),
        },
    );
    let hot = Hot(app.clone());
    let shutdown = becomes_true(stopping.subscribe());
    let served = serve(listener, tls, hot, router, serve_options(config), shutdown).await;
    // Requests in flight wait for the follower, so it stops after the last of them.
    drained.send_replace(true);
    let loaded = background.await.context("the index task ended early")?;
    if let Some(mailing) = mailing
        && tokio::time::timeout(CLOSE_TIMEOUT, mailing).await.is_err()
    {
        tracing::warn!("the mail server does not answer; mail that waited was not sent");
    }
    if tokio::time::timeout(CLOSE_TIMEOUT, app.settle()).await.is_ok_and(|settled| settled.is_ok()) {
        tracing::debug!("what was drawn and not used was given back");
    } else {
        tracing::warn!("the database does not answer; drawn quotas and credits were not given back");
    }
    let written = if matches!(loaded, Ok(true)) { app.write_image().await } else { Ok(()) };
    if let Err(error) = written {
        tracing::warn!(error = ?error, "the index image was not written; the next start reads the rows");
    }
    if tokio::time::timeout(CLOSE_TIMEOUT, store.close()).await.is_err() {
        tracing::warn!("the database does not answer; its connections were left open");
    }
    tracing::info!("stopped");
    served.context("the listener failed")?;
    loaded.map(drop)
}

/// Loads the index and follows the change feed. True if it was loaded; an error stops the node.
async fn keep_index(app: App, stopping: watch::Sender<bool>, drained: watch::Receiver<bool>) -> Result<bool> {
    let progress = |keys: u64| tracing::info!(index.keys = keys, "loading the index");
    let loaded = tokio::select! {
        loaded = app.load_index(progress) => loaded,
        () = becomes_true(stopping.subscribe()) => return Ok(false),
    };
    let report = match loaded {
        Ok(report) => report,
        Err(error) => {
            stopping.send_replace(true);
            return Err(opening::explain(error).context("the index cannot be loaded"));
        }
    };
    tracing::info!(
        index.keys = report.keys,
        index.from_image = report.from_image,
        index.milliseconds = report.took.as_millis() as u64,
        "the index is loaded"
    );
    tokio::join!(app.clone().follow(becomes_true(drained.clone())), app.run_jobs(becomes_true(drained)));
    Ok(true)
}

/// A channel that says true after SIGTERM or SIGINT. A second signal ends the process at once.
fn watch_signals() -> Result<watch::Sender<bool>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stopping = watch::Sender::new(false);
    let sender = stopping.clone();
    tokio::spawn(async move {
        for first in [true, false] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if first {
                tracing::info!("stopping: finishing requests in flight; a second signal stops at once");
                sender.send_replace(true);
            }
        }
        std::process::exit(INTERRUPTED);
    });
    Ok(stopping)
}

async fn becomes_true(mut value: watch::Receiver<bool>) {
    if value.wait_for(|value| *value).await.is_err() {
        // Whoever could say so is gone without having said it.
        pending::<()>().await;
    }
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A restart need not wait for the old connections' last packets.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn serve_options(config: &Config) -> ServeOptions {
    let limits = &config.limits;
    let defaults = ServeOptions::default();
    ServeOptions {
        workers: config.server.workers.unwrap_or(defaults.workers),
        max_connections: limits.max_connections,
        head_timeout: Duration::from_secs(limits.head_timeout_seconds),
        body_timeout: Duration::from_secs(limits.body_timeout_seconds),
        idle_timeout: Duration::from_secs(limits.idle_timeout_seconds),
        write_timeout: Duration::from_secs(limits.write_timeout_seconds),
        max_head_bytes: limits.max_head_bytes,
        // Larger bodies are not refused by this, they are the router's.
        max_body_bytes: limits.max_body_bytes.min(defaults.max_body_bytes),
        shutdown_grace: Duration::from_secs(limits.shutdown_grace_seconds),
    }
}
