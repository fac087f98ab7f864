//! The only mapping of errors to HTTP (contract §3.4), with the members of RFC 9457 beside the contract's.

use crate::header_lines;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lockwork_model::error::{Error, ErrorCode};
use serde::Serialize;
use std::time::Duration;
use utoipa::{IntoResponses, ToSchema};

/// The problem type of draft-ietf-httpapi-ratelimit-headers.
const QUOTA_EXCEEDED: &str = "https://iana.org/assignments/http-problem-types#quota-exceeded";

/// The result of a handler.
pub(crate) type Result<T> = std::result::Result<T, Refusal>;

/// An error on its way out. The outermost layer writes its body, since only that knows the request's id.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: StatusCode,
    error: Error,
    exceeded: Option<Box<Exceeded>>,
}

/// What the refusal of a limit says beside the error.
#[derive(Debug, Clone)]
struct Exceeded {
    policies: Vec<String>,
    header_lines: Vec<u8>,
}

impl Refusal {
    /// An error with a status of its own.
    #[must_use]
    pub(crate) const fn new(status: StatusCode, error: Error) -> Self {
        Self { status, error, exceeded: None }
    }

    /// Limits are used up: which, by the names that the headers give them, and the header lines, each with its `\r\n`.
    #[must_use]
    pub(crate) fn quota_exceeded(
        message: impl Into<String>,
        policies: Vec<String>,
        header_lines: Vec<u8>,
    ) -> Self {
        let error = Error::new(ErrorCode::ResourceExhausted, message);
        Self { exceeded: Some(Box::new(Exceeded { policies, header_lines })), ..error.into() }
    }

    /// The status.
    #[must_use]
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// What went wrong.
    #[must_use]
    pub(crate) const fn error(&self) -> &Error {
        &self.error
    }

    /// Header lines of its own, each with its `\r\n`.
    #[must_use]
    pub(crate) fn header_lines(&self) -> &[u8] {
        self.exceeded.as_ref().map_or(&[], |exceeded| &exceeded.header_lines)
    }

    /// Writes the body; `request_id` becomes its `instance`.
    pub(crate) fn write(&self, request_id: &str, body: &mut Vec<u8>) {
        let message = self.error.message();
        let (code, slug) = wire(self.error.code());
        let details = ErrorDetail {
            kind: "type.googleapis.com/tesseral.common.v1.ErrorDetail",
            description: message,
            docs_link: "",
        };
        let (kind, title, violated_policies) = match &self.exceeded {
            Some(exceeded) => (QUOTA_EXCEEDED, "Quota Exceeded", exceeded.policies.as_slice()),
            None => ("about:blank", self.status.canonical_reason().unwrap_or("Error"), [].as_slice()),
        };
        let error = ErrorBody {
            code,
            message: slug,
            details: if self.error.code() == ErrorCode::Internal { Vec::new() } else { vec![details] },
            kind,
            title,
            status: self.status.as_u16(),
            detail: message,
            instance: request_id,
            violated_policies,
        };
        // Only plain texts and numbers, which always serialise.
        let _ = serde_json::to_writer(body, &error);
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match error.code() {
            ErrorCode::InvalidArgument
            | ErrorCode::UnauthenticatedApiKey
            | ErrorCode::FailedPrecondition
            | ErrorCode::IncorrectPassword
            | ErrorCode::PasswordCompromised
            | ErrorCode::IncorrectTotpCode => StatusCode::BAD_REQUEST,
            ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
            ErrorCode::PermissionDenied => StatusCode::FORBIDDEN,
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::AlreadyExists => StatusCode::CONFLICT,
            ErrorCode::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
            ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error)
    }
}

impl From<lockwork_model::ids::InvalidId> for Refusal {
    fn from(invalid: lockwork_model::ids::InvalidId) -> Self {
        Error::from(invalid).into()
    }
}

/// A response without a body yet: the outermost layer finds the refusal in the extensions.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if let Some(wait) = self.error.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        header_lines::insert(self.header_lines(), headers);
        response.extensions_mut().insert(self);
        response
    }
}

/// Rounded up, so that who waits for them does not come too early.
fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

/// The contract's numeric code and slug.
const fn wire(code: ErrorCode) -> (u32, &'static str) {
    match code {
        ErrorCode::InvalidArgument => (3, "invalid_argument"),
        ErrorCode::UnauthenticatedApiKey => (3, "unauthenticated_api_key"),
        ErrorCode::FailedPrecondition => (9, "failed_precondition"),
        ErrorCode::IncorrectPassword => (9, "incorrect_password"),
        ErrorCode::PasswordCompromised => (9, "password_compromised"),
        ErrorCode::IncorrectTotpCode => (3, "incorrect_totp_code"),
        ErrorCode::Unauthenticated => (16, "unauthenticated"),
        ErrorCode::PermissionDenied => (7, "permission_denied"),
        ErrorCode::NotFound => (5, "not_found"),
        ErrorCode::AlreadyExists => (6, "already_exists"),
        ErrorCode::ResourceExhausted => (8, "resource_exhausted"),
        ErrorCode::Unavailable => (14, "unavailable"),
        ErrorCode::DeadlineExceeded => (4, "deadline_exceeded"),
        ErrorCode::Internal => (13, "internal server error"),
    }
}

/// The schemas that the failures refer to, by name.
pub(crate) fn schemas() -> [(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>); 2] {
    use utoipa::PartialSchema;
    [("Error".into(), ErrorBody::schema()), ("ErrorDetail".into(), ErrorDetail::schema())]
}

/// What went wrong: for clients of the contract `code`, `message` and `details`; for those of RFC 9457 the rest.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub(crate) struct ErrorBody<'a> {
    /// The gRPC code.
    code: u32,
    /// A stable name for the kind of error; switch on it.
    message: &'a str,
    /// One entry with a text for people; none for internal errors.
    details: Vec<ErrorDetail<'a>>,
    #[serde(rename = "type")]
    kind: &'a str,
    /// The HTTP status in words.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What was wrong and what to do.
    detail: &'a str,
    /// The request's id, also in the header `x-request-id`.
    instance: &'a str,
    /// The limits that are used up, as the header `RateLimit-Policy` names them; only with the status 429.
    #[serde(rename = "violated-policies", skip_serializing_if = "<[_]>::is_empty")]
    violated_policies: &'a [String],
}

#[derive(Serialize, ToSchema)]
#[schema(as = ErrorDetail)]
pub(crate) struct ErrorDetail<'a> {
    #[serde(rename = "@type")]
    kind: &'a str,
    /// What was wrong and what to do.
    description: &'a str,
    #[serde(rename = "docsLink")]
    docs_link: &'a str,
}

/// Declares how requests of one kind may fail: the rows that say something of their own, and those that every request
/// has. Behind `with a body` stand also those of a request that has one.
macro_rules! failures {
    ($(#[$meta:meta])* $name:ident with a body { $($rows:tt)* }) => {
        $crate::error::failures! {
            $(#[$meta])* $name {
                $($rows)*
                /// It exists already.
                #[response(status = 409)]
                Exists,
                /// The body is too large.
                #[response(status = 413)]
                TooLarge,
                /// The body is not `application/json`.
                #[response(status = 415)]
                NotJson,
            }
        }
    };
    ($(#[$meta:meta])* $name:ident { $($(#[$row:meta])* $variant:ident,)* }) => {
        $(#[$meta])*
        #[derive(utoipa::IntoResponses)]
        #[expect(dead_code, reason = "only its schema is used")]
        pub(crate) enum $name<'a> {
            $($(#[$row])* $variant($crate::error::ErrorBody<'a>),)*
            /// Our fault.
            #[response(status = 500)]
            Internal($crate::error::ErrorBody<'a>),
            /// It took too long.
            #[response(status = 504)]
            Late($crate::error::ErrorBody<'a>),
        }
    };
}
pub(crate) use failures;

failures! {
    /// How a request that reads may fail.
    ReadFailures {
        /// The request is wrong: the text names the parameter and says what to do.
        #[response(status = 400)]
        Invalid,
        /// The backend api key is missing, wrong or revoked.
        #[response(status = 401)]
        Unauthenticated,
        /// The backend api key's scope does not allow it.
        #[response(status = 403)]
        Denied,
        /// It does not exist in this project.
        #[response(status = 404)]
        NotFound,
        /// The database cannot be reached; try again.
        #[response(status = 503)]
        Unavailable,
    }
}

failures! {
    /// How a request with a body may fail.
    WriteFailures with a body {
        /// The request, or the state of things, is wrong: the text names the field and says what to do.
        #[response(status = 400)]
        Invalid,
        /// The backend api key is missing, wrong or revoked.
        #[response(status = 401)]
        Unauthenticated,
        /// The backend api key's scope does not allow it, or it is switched off.
        #[response(status = 403)]
        Denied,
        /// It does not exist in this project.
        #[response(status = 404)]
        NotFound,
        /// The database cannot be reached; try again.
        #[response(status = 503)]
        Unavailable,
    }
}

/// How a request that uses up limits may fail beside the other ways.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum LimitFailures<'a> {
    /// Limits or credits are used up; `violated-policies` names them. The header `Retry-After` says when to try again.
    #[response(status = 429)]
    Exceeded(ErrorBody<'a>),
}

/// How a request that sends mail may fail beside the other ways.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum MailFailures<'a> {
    /// The project has sent its mails of the day. The header `Retry-After` says when to try again.
    #[response(status = 429)]
    Exceeded(ErrorBody<'a>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn body(refusal: &Refusal) -> Value {
        let mut body = Vec::new();
        refusal.write("this-one", &mut body);
        serde_json::from_slice(&body).unwrap()
    }

    #[test]
    fn used_up_limits_are_a_429_in_both_shapes_that_names_them() {
        let policies = vec!["daily".to_owned(), "organization.daily".to_owned()];
        let refusal = Refusal::quota_exceeded("slow down", policies, b"retry-after: 7\r\n".to_vec());
        assert_eq!(
            body(&refusal),
            json!({
                "code": 8, "message": "resource_exhausted",
                "details": [{
                    "@type": "type.googleapis.com/tesseral.common.v1.ErrorDetail",
                    "description": "slow down", "docsLink": "",
                }],
                "type": "https://iana.org/assignments/http-problem-types#quota-exceeded",
                "title": "Quota Exceeded", "status": 429, "detail": "slow down", "instance": "this-one",
                "violated-policies": ["daily", "organization.daily"],
            })
        );
        assert_eq!(refusal.header_lines(), b"retry-after: 7\r\n");
        let response = refusal.into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::RETRY_AFTER], "7");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    }

    #[test]
    fn other_refusals_name_no_policies_and_have_no_lines() {
        let refusal = Refusal::from(Error::new(ErrorCode::ResourceExhausted, "slow down"));
        assert_eq!(refusal.status(), StatusCode::TOO_MANY_REQUESTS);
        let body = body(&refusal);
        assert_eq!((&body["type"], &body["title"]), (&json!("about:blank"), &json!("Too Many Requests")));
        assert_eq!(body.get("violated-policies"), None);
        assert_eq!(refusal.header_lines(), b"");
    }

    #[test]
    fn who_must_wait_is_told_for_how_long_in_whole_seconds() {
        for (micros, seconds) in
            [(0, "1"), (1, "1"), (1_000_000, "1"), (1_000_001, "2"), (600_000_000, "600")]
        {
            let error = Error::too_many("slow down", Duration::from_micros(micros));
            let response = Refusal::from(error).into_response();
            assert_eq!(response.headers()[header::RETRY_AFTER], seconds);
        }
        let response = Refusal::from(Error::new(ErrorCode::ResourceExhausted, "slow down")).into_response();
        assert_eq!(response.headers().get(header::RETRY_AFTER), None);
    }
}
