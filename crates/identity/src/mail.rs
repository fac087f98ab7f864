//! Mail to people: through SMTP, or into a mailbox in memory where the product is tried out.

mod mailbox;
mod smtp;
mod texts;

pub use mailbox::{Delivered, Mailbox};
pub use smtp::{Outbox, SmtpWorker};
pub use texts::{email_challenge, invite, new_second_factor, password_changed, password_reset};

use lockwork_model::error::{Error, Result};
use lockwork_model::time::Timestamp;
use std::fmt;

/// Whom a mail comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name to show: the project's.
    pub name: String,
    /// The address.
    pub address: String,
}

/// A mail to one person. Prints neither text nor HTML: they hold codes and links that let people in.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as an HTML document.
    pub html: String,
}

impl Message {
    /// The part of the recipient's address that may be logged.
    fn domain(&self) -> &str {
        self.to.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (subject, domain) = (&self.subject, self.domain());
        f.debug_struct("Message").field("subject", subject).field("domain", &domain).finish_non_exhaustive()
    }
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum Mailer {
    /// To a mail server.
    Smtp(Outbox),
    /// Into a mailbox in memory.
    Mailbox(Mailbox),
    /// Nowhere: none is set up.
    None,
}

impl Mailer {
    /// A mailer to the server of an SMTP URL, and the worker that must run for it.
    ///
    /// `smtps://user:password@host` (TLS from the start, port 465) or `smtp://user:password@host?tls=required`
    /// (STARTTLS, port 587); without a password also `smtp://host` (port 25).
    ///
    /// # Errors
    /// `FailedPrecondition` for a URL that is none of these, or whose password would be sent without TLS.
    pub fn smtp(url: &str) -> Result<(Self, SmtpWorker)> {
        let (outbox, worker) = smtp::open(url)?;
        Ok((Self::Smtp(outbox), worker))
    }

    /// Takes a mail. It only waits in line when this returns, so that an answer takes as long whether or not mail
    /// goes out.
    ///
    /// # Errors
    /// `InvalidArgument` for a recipient or a subject that no mail can have, `FailedPrecondition` when no mail, or
    /// no legal sender, is set up, `Unavailable` when too many mails wait.
    pub fn send(&self, from: &Sender, message: Message, now: Timestamp) -> Result<()> {
        match self {
            Self::Smtp(outbox) => outbox.send(from, &message, now),
            Self::Mailbox(mailbox) => mailbox.take(from, message, now),
            Self::None => {
                let text = "mail is not set up; set mail.smtp_url, or try the product out with serve --dev";
                Err(Error::failed_precondition(text))
            }
        }
    }
}
