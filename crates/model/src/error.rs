//! What can go wrong, free of HTTP.
//!
//! Each error carries a text for the caller and, apart from it, the context for us. The context has no
//! `Display`, so that it cannot reach a caller by accident; logs take it by [`Error::context`].

use std::fmt;
use std::time::Duration;

/// The result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A stable code that clients may switch on; `http::error` maps it to the wire (contract §3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request itself is wrong.
    InvalidArgument,
    /// The presented API key does not authenticate. The contract gives this a code of its own.
    UnauthenticatedApiKey,
    /// The caller's own credentials are missing or wrong.
    Unauthenticated,
    /// The caller is known and may not do this.
    PermissionDenied,
    /// It does not exist, or not for this caller.
    NotFound,
    /// It exists already.
    AlreadyExists,
    /// The request is right, the state of things is not.
    FailedPrecondition,
    /// The password is wrong, or there is none.
    IncorrectPassword,
    /// The password is known to have been stolen elsewhere.
    PasswordCompromised,
    /// The code of the authenticator app is wrong.
    IncorrectTotpCode,
    /// The caller must slow down.
    ResourceExhausted,
    /// Part of the service is down; try again.
    Unavailable,
    /// It took too long.
    DeadlineExceeded,
    /// Our fault.
    Internal,
}

/// An error with its two texts.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    code: ErrorCode,
    message: String,
    field: Option<String>,
    context: Option<String>,
    retry_after: Option<Duration>,
    stored: bool,
}

impl Error {
    /// An error with a text for the caller: what was wrong and what to do.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, context: None, retry_after: None, stored: false }
    }

    /// The request is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidArgument, message)
    }

    /// One field of the request is wrong; the text must make sense behind the field's name.
    pub fn invalid_field(field: impl Into<String>, message: impl fmt::Display) -> Self {
        let field = field.into();
        Self { message: format!("{field}: {message}"), field: Some(field), ..Self::invalid("") }
    }

    /// `noun` does not exist, or not for this caller.
    pub fn not_found(noun: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("{noun} not found"))
    }

    /// The state of things does not allow it.
    pub fn failed_precondition(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::FailedPrecondition, message)
    }

    /// The caller may not do this.
    pub fn permission_denied(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::PermissionDenied, message)
    }

    /// It exists already.
    pub fn already_exists(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::AlreadyExists, message)
    }

    /// The caller must wait for this long.
    pub fn too_many(message: impl Into<String>, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(ErrorCode::ResourceExhausted, message) }
    }

    /// The caller's own credentials are missing or wrong.
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Unauthenticated, message)
    }

    /// Part of the service is down.
    pub fn unavailable(context: impl fmt::Display) -> Self {
        Self::new(ErrorCode::Unavailable, "temporarily unavailable; try again").because(context)
    }

    /// A change was stored, and this node could not put it into effect in time.
    pub fn stored_not_applied() -> Self {
        let message = "the change was stored, but this node could not put it into effect yet; try again";
        Self { stored: true, ..Self::new(ErrorCode::Unavailable, message) }
    }

    /// Our fault; the caller learns no more than that.
    pub fn internal(context: impl fmt::Display) -> Self {
        Self::new(ErrorCode::Internal, "internal server error").because(context)
    }

    /// Adds what we want to know and the caller must not.
    #[must_use]
    pub fn because(mut self, context: impl fmt::Display) -> Self {
        self.context = Some(context.to_string());
        self
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The text for the caller.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The field that was wrong, as the wire names it.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// How long the caller must wait, where that is known.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the change that failed was stored all the same.
    #[must_use]
    pub const fn is_stored(&self) -> bool {
        self.stored
    }

    /// The text for our logs.
    #[must_use]
    pub fn context(&self) -> Option<&str> {
        self.context.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.code, self.message)?;
        self.context.as_ref().map_or(Ok(()), |context| write!(f, " ({context})"))
    }
}

impl std::error::Error for Error {}

impl From<crate::ids::InvalidId> for Error {
    fn from(invalid: crate::ids::InvalidId) -> Self {
        Self::invalid(invalid.to_string())
    }
}
