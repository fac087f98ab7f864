//! Answers key verification on HTTP/1.1 connections without a framework in between.
//!
//! A connection starts here. While its requests are plain `POST /v1/api-keys/verify` or `…/authenticate` they are
//! parsed in place and answered from memory, pipelined ones in one write. The first request that is anything
//! else, or whose framing leaves the slightest doubt, goes with the whole rest of the connection to hyper and
//! the router, so that there is one authority on everything unusual.

mod connection;
mod date;
mod head;
pub mod request_id;
mod response;

pub use connection::{Limits, Outcome, run};
pub use date::keep_date;
pub use head::{Head, Parsed, parse};

/// A route that is answered from memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HotRoute {
    /// `POST /v1/api-keys/verify`
    Verify,
    /// `POST /v1/api-keys/authenticate`
    Authenticate,
}

impl HotRoute {
    /// Both, in the order of their discriminants.
    pub const ALL: [Self; 2] = [Self::Verify, Self::Authenticate];

    /// The path that requests name.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Verify => "/v1/api-keys/verify",
            Self::Authenticate => "/v1/api-keys/authenticate",
        }
    }

    /// The route of a path without a query.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.path() == path)
    }
}

/// A request for one of the hot routes, whole.
#[derive(Clone, Copy)]
pub struct HotRequest<'a> {
    /// Which route.
    pub route: HotRoute,
    /// The value of its only `Authorization` header.
    pub authorization: Option<&'a [u8]>,
    /// The value of its only `Content-Type` header.
    pub content_type: Option<&'a [u8]>,
    /// The body.
    pub body: &'a [u8],
    /// What the answer's `x-request-id` will say.
    pub request_id: &'a str,
}

/// What became of a hot request.
#[derive(Debug)]
pub enum Answered<W> {
    /// Answered, with this status.
    Done(u16),
    /// It can be answered again after [`HotPath::wait`]. Nothing has happened yet.
    Later(W),
    /// The router answers it.
    Elsewhere,
}

/// Answers hot requests from memory.
pub trait HotPath: Clone + Send + Sync + 'static {
    /// What a request may wait for. Whoever does not wait drops it and gives the request to the router.
    type Waiting: Send;

    /// Appends header lines, each with its `\r\n`, to `head` and the JSON body to `body`, at once: no I/O, no waiting.
    /// Unless the request is done, whatever was appended is dropped.
    fn answer(
        &self,
        request: &HotRequest<'_>,
        head: &mut Vec<u8>,
        body: &mut Vec<u8>,
    ) -> Answered<Self::Waiting>;

    /// Does what an [`Answered::Later`] waits for, for a bounded time; how it went shows when the request is answered
    /// again.
    fn wait(&self, waiting: Self::Waiting) -> impl Future<Output = ()> + Send;
}
