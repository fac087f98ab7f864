//! How requests of the Frontend API may fail.

use crate::error::ErrorBody;
use utoipa::IntoResponses;

/// How a request that reads may fail.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum ReadFailures<'a> {
    /// The request is wrong: the text names the parameter and says what to do.
    #[response(status = 400)]
    Invalid(ErrorBody<'a>),
    /// The access token is missing, wrong or expired, or its session is over.
    #[response(status = 401)]
    Unauthenticated(ErrorBody<'a>),
    /// The person may not see it.
    #[response(status = 403)]
    Denied(ErrorBody<'a>),
    /// It does not exist in their organization.
    #[response(status = 404)]
    NotFound(ErrorBody<'a>),
    /// Our fault.
    #[response(status = 500)]
    Internal(ErrorBody<'a>),
    /// The database cannot be reached; try again.
    #[response(status = 503)]
    Unavailable(ErrorBody<'a>),
    /// It took too long.
    #[response(status = 504)]
    Late(ErrorBody<'a>),
}

/// How a request that changes something may fail.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum WriteFailures<'a> {
    /// The request, or the state of things, is wrong: the text names the field and says what to do.
    #[response(status = 400)]
    Invalid(ErrorBody<'a>),
    /// The access token is missing, wrong or expired, or its session is over.
    #[response(status = 401)]
    Unauthenticated(ErrorBody<'a>),
    /// The person may not do it, it is switched off, or the request comes from another site's page.
    #[response(status = 403)]
    Denied(ErrorBody<'a>),
    /// It does not exist in their organization.
    #[response(status = 404)]
    NotFound(ErrorBody<'a>),
    /// It exists already.
    #[response(status = 409)]
    Exists(ErrorBody<'a>),
    /// The body is too large.
    #[response(status = 413)]
    TooLarge(ErrorBody<'a>),
    /// The body is not `application/json`.
    #[response(status = 415)]
    NotJson(ErrorBody<'a>),
    /// Too many wrong answers, or too many mails. The header `Retry-After` says when to try again.
    #[response(status = 429)]
    TooMany(ErrorBody<'a>),
    /// Our fault.
    #[response(status = 500)]
    Internal(ErrorBody<'a>),
    /// The database cannot be reached; try again.
    #[response(status = 503)]
    Unavailable(ErrorBody<'a>),
    /// It took too long.
    #[response(status = 504)]
    Late(ErrorBody<'a>),
}
