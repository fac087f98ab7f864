//! SMTP, by way of a bounded queue.

mod compose;
mod delivery;
#[cfg(test)]
mod tests;

pub(super) use compose::compose;
pub use delivery::SmtpWorker;

use super::{Message, Sender};
use delivery::Letter;
use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use lockwork_model::error::{Error, Result};
use lockwork_model::time::Timestamp;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use url::Url;

/// How many mails may wait, those that are tried again among them.
const QUEUED: usize = 1000;
/// How long one conversation with the mail server may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// How long to wait before each further try.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(10), Duration::from_secs(60)];

/// The slot through which mails are posted; every clone is the same.
#[derive(Clone)]
pub struct Outbox {
    queue: mpsc::UnboundedSender<Letter>,
    /// One for each mail that is neither delivered nor given up; they bound the queue.
    places: Arc<Semaphore>,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("free", &self.places.available_permits()).finish()
    }
}

impl Outbox {
    pub(super) fn send(&self, from: &Sender, message: &Message, now: Timestamp) -> Result<()> {
        let mail = compose(from, message, now)?;
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Error::unavailable(format!("{QUEUED} mails wait")))?;
        let letter =
            Letter { mail, subject: message.subject.clone(), domain: message.domain().to_owned(), place };
        self.queue
            .send(letter)
            .map_err(|_| Error::unavailable("mail is no longer delivered: the server stops"))
    }
}

/// A queue to the server of this URL, and its worker.
pub(super) fn open(url: &str) -> Result<(Outbox, SmtpWorker)> {
    let server = server(url)?.timeout(Some(TIMEOUT));
    let (queue, letters) = mpsc::unbounded_channel();
    let outbox = Outbox { queue, places: Arc::new(Semaphore::new(QUEUED)) };
    Ok((outbox, SmtpWorker { letters, server, pauses: PAUSES }))
}

fn server(url: &str) -> Result<AsyncSmtpTransportBuilder> {
    // Errors must not repeat the URL: it holds the password.
    let wrong = |why: &str| Error::failed_precondition(format!("mail.smtp_url {why}"));
    let forms = "must be smtps://user:password@host or smtp://user:password@host?tls=required";
    let parsed = Url::parse(url).map_err(|_| wrong(forms))?;
    let secure = parsed.scheme() == "smtps"
        || parsed.query_pairs().any(|pair| pair == ("tls".into(), "required".into()));
    if parsed.password().is_some() && !secure && !is_loopback(&parsed) {
        return Err(wrong("would send the password without TLS; use smtps:// or add ?tls=required"));
    }
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| wrong(forms).because(error))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
