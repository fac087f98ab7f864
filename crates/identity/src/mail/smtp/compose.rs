use crate::mail::{Message, Sender};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message as Mail};
use lockwork_model::error::{Error, Result};
use lockwork_model::time::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// How many mails this process composed; makes their ids different.
static COMPOSED: AtomicU64 = AtomicU64::new(0);

/// The mail as RFC 5322 has it, as text and as HTML.
///
/// # Errors
/// `InvalidArgument` for a recipient that is no address and for control characters in a name or a subject, by
/// which further headers could be smuggled in; `FailedPrecondition` for a sender that is no address.
pub(in crate::mail) fn compose(from: &Sender, message: &Message, now: Timestamp) -> Result<Mail> {
    if from.name.chars().chain(message.subject.chars()).any(char::is_control) {
        return Err(Error::invalid("a mail's sender and subject must not contain control characters"));
    }
    let sender: Address = from.address.parse().map_err(|error| {
        Error::failed_precondition("the address that mail comes from is not legal; set mail.from")
            .because(error)
    })?;
    let recipient: Address = message.to.parse().map_err(|error| {
        Error::invalid_field("email", "is not an address that mail can go to").because(error)
    })?;
    let count = COMPOSED.fetch_add(1, Ordering::Relaxed);
    let id = format!("<{}.{count}.{}@{}>", now.as_micros(), std::process::id(), sender.domain());
    let mut mail = Mail::builder()
        .from(Mailbox::new(Some(from.name.clone()), sender))
        .to(Mailbox::new(None, recipient))
        .subject(message.subject.clone())
        .message_id(Some(id))
        .date(moment(now))
        .multipart(MultiPart::alternative_plain_html(message.text.clone(), message.html.clone()))
        .map_err(Error::internal)?;
    // RFC 3834 §5: nobody's absence notice need answer.
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    mail.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".into()));
    Ok(mail)
}

fn moment(now: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(now.as_micros()).unwrap_or(0))
}
