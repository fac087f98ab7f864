use super::{Message, Sender, smtp};
use lockwork_model::error::Result;
use lockwork_model::time::Timestamp;
use serde::Serialize;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// How many mails are kept.
const KEPT: usize = 200;

/// The last 200 mails, in memory; every clone is the same mailbox.
#[derive(Clone, Default)]
pub struct Mailbox {
    delivered: Arc<Mutex<VecDeque<Delivered>>>,
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox(…)")
    }
}

/// A mail in the mailbox, as `/dev/mail.json` shows it. Prints neither text nor HTML.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as an HTML document.
    pub html: String,
    /// When it was sent.
    pub time: Timestamp,
}

impl fmt::Debug for Delivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (subject, time) = (&self.subject, &self.time);
        f.debug_struct("Delivered").field("subject", subject).field("time", time).finish_non_exhaustive()
    }
}

impl Mailbox {
    /// The mails, newest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Delivered> {
        self.lock().iter().rev().cloned().collect()
    }

    pub(super) fn take(&self, from: &Sender, message: Message, now: Timestamp) -> Result<()> {
        // What a mail server would not get, the mailbox does not get either.
        smtp::compose(from, &message, now)?;
        let Message { to, subject, text, html } = message;
        let mut delivered = self.lock();
        delivered.push_back(Delivered { to, subject, text, html, time: now });
        if delivered.len() > KEPT {
            delivered.pop_front();
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Delivered>> {
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Mailer, email_challenge};
    use super::*;
    use lockwork_model::error::ErrorCode;

    fn sender() -> Sender {
        Sender { name: "Acme".into(), address: "noreply@acme.example".into() }
    }

    #[test]
    fn the_mailbox_shows_the_last_two_hundred_newest_first() {
        let mailbox = Mailbox::default();
        let mailer = Mailer::Mailbox(mailbox.clone());
        for count in 0..201 {
            let message = email_challenge("ada@example.com", "Acme", &format!("https://x/{count}"), "123456");
            mailer.send(&sender(), message, Timestamp::from_micros(count)).unwrap();
        }
        let messages = mailbox.messages();
        assert_eq!(messages.len(), 200);
        assert_eq!(messages[0].time, Timestamp::from_micros(200));
        assert!(messages[0].text.contains("https://x/200"));
        assert_eq!(messages[199].time, Timestamp::from_micros(1));
        let shown = serde_json::to_value(&messages[0]).unwrap();
        assert_eq!(
            (&shown["to"], &shown["time"]),
            (&"ada@example.com".into(), &"1970-01-01T00:00:00.000200Z".into())
        );
    }

    #[test]
    fn no_mail_prints_its_code() {
        let message = email_challenge("ada@example.com", "Acme", "https://x/secret", "123456");
        let mailbox = Mailbox::default();
        Mailer::Mailbox(mailbox.clone()).send(&sender(), message.clone(), Timestamp::from_micros(0)).unwrap();
        assert_eq!(
            format!("{message:?} {mailbox:?} {:?}", mailbox.messages()),
            "Message { subject: \"Sign in to Acme\", domain: \"example.com\", .. } Mailbox(…) \
             [Delivered { subject: \"Sign in to Acme\", time: 1970-01-01T00:00:00Z, .. }]"
        );
    }

    #[test]
    fn without_a_mailer_the_error_says_what_to_set() {
        let message = email_challenge("ada@example.com", "Acme", "https://x/", "123456");
        let refused = Mailer::None.send(&sender(), message, Timestamp::from_micros(0)).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::FailedPrecondition);
        assert!(refused.message().contains("mail.smtp_url"));
    }
}
