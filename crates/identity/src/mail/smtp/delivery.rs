use lettre::transport::smtp::{self, AsyncSmtpTransportBuilder};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;

/// How many conversations with the mail server go on at once.
const AT_ONCE: usize = 4;

type Server = AsyncSmtpTransport<Tokio1Executor>;

/// A mail on its way.
pub(super) struct Letter {
    pub(super) mail: Message,
    /// For the log, as is the recipient's domain.
    pub(super) subject: String,
    pub(super) domain: String,
    /// Its place in the queue, free again when it is dropped.
    pub(super) place: OwnedSemaphorePermit,
}

/// What delivers the mails of an [`super::Outbox`]; it must run for them to go out.
pub struct SmtpWorker {
    pub(super) letters: mpsc::UnboundedReceiver<Letter>,
    pub(super) server: AsyncSmtpTransportBuilder,
    pub(super) pauses: [Duration; 3],
}

impl fmt::Debug for SmtpWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpWorker(…)")
    }
}

/// What deliveries share.
struct Post {
    server: Server,
    conversations: Semaphore,
    pauses: [Duration; 3],
    stopping: watch::Receiver<bool>,
}

impl SmtpWorker {
    /// Delivers until `shutdown`; then takes no more, gives every mail that waits one last try, and ends.
    ///
    /// A mail that fails is tried again after 1 s, 10 s and 60 s, unless the server says that it never will take it.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        let (stop, stopping) = watch::channel(false);
        let post = Arc::new(Post {
            server: self.server.build(),
            conversations: Semaphore::new(AT_ONCE),
            pauses: self.pauses,
            stopping,
        });
        let mut deliveries = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = deliveries.join_next() => {}
                letter = self.letters.recv() => match letter {
                    Some(letter) => drop(deliveries.spawn(Arc::clone(&post).deliver(letter))),
                    None => break,
                },
            }
        }
        self.letters.close();
        while let Some(letter) = self.letters.recv().await {
            deliveries.spawn(Arc::clone(&post).deliver(letter));
        }
        stop.send_replace(true);
        while deliveries.join_next().await.is_some() {}
    }
}

impl Post {
    async fn deliver(self: Arc<Self>, letter: Letter) {
        let Letter { mail, subject, domain, place: _place } = letter;
        let mut stopping = self.stopping.clone();
        let mut pauses = self.pauses.iter();
        loop {
            // Read before the try, so that what waited when the end came gets one after it.
            let last = *stopping.borrow();
            let Err(error) = self.attempt(&mail).await else { return };
            let pause = pauses.next().filter(|_| !error.is_permanent() && !last);
            let reason = reason(&error);
            let Some(&pause) = pause else {
                tracing::error!(reason, subject, domain, "a mail could not be delivered; it is given up");
                return;
            };
            tracing::warn!(reason, subject, domain, again_in = ?pause, "a mail could not be delivered yet");
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stopping.wait_for(|stopping| *stopping) => {}
            }
        }
    }

    async fn attempt(&self, mail: &Message) -> Result<(), smtp::Error> {
        // Never closed; were it, the mail would go out all the same.
        let _turn = self.conversations.acquire().await.ok();
        self.server.send(mail.clone()).await.map(drop)
    }
}

/// Of a server's refusal only the number: the text behind it likes to repeat the address.
fn reason(error: &smtp::Error) -> String {
    error.status().map_or_else(|| error.to_string(), |code| format!("the mail server says {code}"))
}
