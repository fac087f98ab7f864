//! Listens to everything that is logged, at every level, and notes the lines that hold a secret.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static LEAKS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static LINES: AtomicU64 = AtomicU64::new(0);

/// Listens from now on, also for this secret.
pub(crate) fn keep_out_of_logs(secret: &str) {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| tracing::subscriber::set_global_default(Listener).expect("no other listener"));
    SECRETS.lock().expect("a list").push(secret.to_owned());
}

/// The lines so far that held a secret.
pub(crate) fn leaks() -> Vec<String> {
    assert!(LINES.load(Ordering::Relaxed) > 0, "nothing was logged at all: the listener is deaf");
    LEAKS.lock().expect("a list").clone()
}

/// Whether the text holds one of the secrets.
pub(crate) fn holds_secret(text: &str) -> bool {
    SECRETS.lock().expect("a list").iter().any(|secret| text.contains(secret.as_str()))
}

struct Listener;

/// The fields of an event or a span as one line.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, "{}={value} ", field.name());
    }
}

fn heard(line: Line) {
    LINES.fetch_add(1, Ordering::Relaxed);
    if holds_secret(&line.0) {
        LEAKS.lock().expect("a list").push(line.0);
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(span.metadata().name().into());
        span.record(&mut line);
        heard(line);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line(String::new());
        values.record(&mut line);
        heard(line);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(format!("{}: ", event.metadata().target()));
        event.record(&mut line);
        heard(line);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
