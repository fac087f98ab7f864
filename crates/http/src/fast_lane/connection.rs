//! One connection's life in the fast lane.

use super::head::{Parsed, parse};
use super::request_id::RequestId;
use super::response::Answer;
use super::{Answered, HotPath, HotRequest, response};
use crate::metrics::METRICS;
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// Room for a typical request, so that ten thousand idle connections cost little.
const INPUT_BYTES: usize = 2 << 10;
/// Buffers above this are given back when the connection falls idle; answers above it are written before more
/// are made.
const BUFFER_BYTES_KEPT: usize = 64 << 10;
/// How often a request waits before it is the router's.
const ROUNDS_MAX: u32 = 8;

/// How long and how much a client may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// From the first byte of a request to the end of its head; on a new connection also until the first byte.
    pub head_timeout: Duration,
    /// From the end of a head to the end of its body.
    pub body_timeout: Duration,
    /// Between two requests: at least this long, at most twice as long.
    pub idle_timeout: Duration,
    /// Bytes of a head.
    pub max_head_bytes: usize,
    /// Bytes of a body that is answered here; the router decides about longer ones.
    pub max_body_bytes: usize,
}

/// How a connection left the fast lane.
#[derive(Debug)]
pub enum Outcome<S> {
    /// It ended.
    Closed,
    /// It goes on elsewhere, beginning with what was read and not answered.
    HandOver {
        /// The connection.
        stream: S,
        /// The bytes that were read from it.
        read: Vec<u8>,
    },
}

/// Serves a connection until it closes, times out or asks for something unusual.
///
/// When `stop` becomes true, an idle connection ends at once, another one with its next answer.
pub async fn run<S, H>(mut stream: S, hot: &H, limits: &Limits, stop: watch::Receiver<bool>) -> Outcome<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: HotPath,
{
    let mut lane = Lane::new(hot, limits);
    // One timer for the whole connection. It is reset when a request arrives in pieces, which is rare; between
    // requests it runs on and looks at the count of answers when it fires, so that a request costs no timer.
    let mut timer = pin!(sleep(limits.of(Phase::New)));
    let mut timed = (Phase::New, 0);
    let mut stops = stop.clone();
    let mut stopped = pin!(async move {
        let _ = stops.wait_for(|stop| *stop).await;
    });
    loop {
        let next = lane.advance();
        if !lane.output.is_empty() {
            if stream.write_all(&lane.output).await.is_err() || stream.flush().await.is_err() {
                return Outcome::Closed;
            }
            lane.output.clear();
        }
        let phase = match next {
            Next::Write => continue,
            Next::HandOver => return Outcome::HandOver { stream, read: lane.into_unanswered() },
            Next::Close => return close(stream).await,
            Next::Later(waiting) => {
                hot.wait(waiting).await;
                lane.stopping |= *stop.borrow();
                continue;
            }
            Next::Wait(phase) => phase,
        };
        if timed.0 != phase || phase != Phase::Idle && timed.1 != lane.answered {
            timer.as_mut().reset(Instant::now() + limits.of(phase));
            timed = (phase, lane.answered);
        }
        lane.make_room(phase);
        loop {
            tokio::select! {
                biased;
                read = stream.read_buf(&mut lane.input) => match read {
                    Ok(0) | Err(_) => return Outcome::Closed,
                    Ok(_) => break,
                },
                () = &mut timer => {
                    if phase != Phase::Idle || timed == (phase, lane.answered) {
                        METRICS.timed_out();
                        return close(stream).await;
                    }
                    timer.as_mut().reset(Instant::now() + limits.idle_timeout);
                    timed = (phase, lane.answered);
                }
                () = &mut stopped, if !lane.stopping => {
                    lane.stopping = true;
                    if lane.input.is_empty() {
                        return close(stream).await;
                    }
                }
            }
        }
    }
}

async fn close<S: AsyncWrite + Unpin>(mut stream: S) -> Outcome<S> {
    let _ = stream.shutdown().await;
    Outcome::Closed
}

/// What the connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The first request.
    New,
    /// Another request.
    Idle,
    Head,
    Body,
}

impl Limits {
    const fn of(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Idle => self.idle_timeout,
            Phase::New | Phase::Head => self.head_timeout,
            Phase::Body => self.body_timeout,
        }
    }
}

/// What to do once the output is written.
enum Next<W> {
    /// Go on with what has been read.
    Write,
    Wait(Phase),
    /// Answer the same request again after this.
    Later(W),
    HandOver,
    Close,
}

struct Lane<'h, H> {
    hot: &'h H,
    limits: &'h Limits,
    input: Vec<u8>,
    /// Where in `input` the first request that is not answered begins.
    start: usize,
    /// Bytes that the request there needs before another look is worth it.
    wanted: usize,
    output: Vec<u8>,
    /// Scratch space of an answer.
    head: Vec<u8>,
    body: Vec<u8>,
    answered: u64,
    /// How often the request at `start` has waited.
    rounds: u32,
    stopping: bool,
}

impl<'h, H: HotPath> Lane<'h, H> {
    const fn new(hot: &'h H, limits: &'h Limits) -> Self {
        Self {
            hot,
            limits,
            input: Vec::new(),
            start: 0,
            wanted: 0,
            output: Vec::new(),
            head: Vec::new(),
            body: Vec::new(),
            answered: 0,
            rounds: 0,
            stopping: false,
        }
    }

    /// Answers every request that has been read whole.
    fn advance(&mut self) -> Next<H::Waiting> {
        loop {
            let unanswered = &self.input[self.start..];
            if unanswered.is_empty() {
                return Next::Wait(if self.answered == 0 { Phase::New } else { Phase::Idle });
            }
            if unanswered.len() < self.wanted {
                return Next::Wait(Phase::Body);
            }
            let head = match parse(unanswered, self.limits.max_body_bytes) {
                Parsed::Hot(head) => head,
                Parsed::Partial if unanswered.len() < self.limits.max_head_bytes => {
                    return Next::Wait(Phase::Head);
                }
                // Its head is awaited here all the same, so that one head timeout covers every first request.
                Parsed::Unusual if unanswered.len() < self.limits.max_head_bytes && may_go_on(unanswered) => {
                    return Next::Wait(Phase::Head);
                }
                Parsed::Partial | Parsed::Unusual => return Next::HandOver,
            };
            let Some(body) = unanswered.get(head.head_bytes..head.head_bytes + head.body_bytes) else {
                self.wanted = head.head_bytes + head.body_bytes;
                return Next::Wait(Phase::Body);
            };
            let request_bytes = head.head_bytes + head.body_bytes;
            let made;
            let request_id = match head.request_id {
                Some(id) => id,
                None => {
                    made = RequestId::next();
                    made.as_str()
                }
            };
            let request = HotRequest {
                route: head.route,
                authorization: head.authorization,
                content_type: head.content_type,
                body,
                request_id,
            };
            self.head.clear();
            self.body.clear();
            let status = match self.hot.answer(&request, &mut self.head, &mut self.body) {
                Answered::Done(status) => status,
                Answered::Later(waiting) if self.rounds < ROUNDS_MAX => {
                    self.rounds += 1;
                    return Next::Later(waiting);
                }
                Answered::Later(_) | Answered::Elsewhere => return Next::HandOver,
            };
            let answer =
                Answer { status, request_id, head: &self.head, body: &self.body, close: self.stopping };
            response::write(&mut self.output, &answer);
            count(&request, status);
            self.start += request_bytes;
            self.wanted = 0;
            self.rounds = 0;
            self.answered += 1;
            if self.stopping {
                return Next::Close;
            }
            if self.output.len() > BUFFER_BYTES_KEPT {
                return Next::Write;
            }
        }
    }

    /// Prepares `input` for the next read.
    fn make_room(&mut self, phase: Phase) {
        if matches!(phase, Phase::New | Phase::Idle) {
            self.input.clear();
            if self.input.capacity() > BUFFER_BYTES_KEPT {
                self.input = Vec::new();
            }
            if self.output.capacity() > 2 * BUFFER_BYTES_KEPT {
                self.output = Vec::new();
            }
        } else if self.start > 0 {
            self.input.drain(..self.start);
        }
        self.start = 0;
        let missing = self.wanted.saturating_sub(self.input.len());
        if self.input.capacity() - self.input.len() < missing.max(1) {
            self.input.reserve(missing.max(INPUT_BYTES));
        }
    }

    fn into_unanswered(mut self) -> Vec<u8> {
        self.input.split_off(self.start)
    }
}

fn count(request: &HotRequest<'_>, status: u16) {
    METRICS.hot_request(request.route, status);
    tracing::debug!(
        http.route = request.route.path(),
        http.status = status,
        request.id = request.request_id,
        "answered"
    );
}

/// Whether an unusual request's head may still be on its way: it begins like a method and has no empty line yet.
fn may_go_on(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_uppercase)
        && memchr::memmem::find(bytes, b"\n\r\n").is_none()
        && memchr::memmem::find(bytes, b"\n\n").is_none()
}

#[cfg(test)]
mod tests;
