//! How requests of the Login API may fail.

use crate::error::ErrorBody;
use utoipa::IntoResponses;

/// How a request that reads may fail.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum LookFailures<'a> {
    /// The request is wrong: the text names the parameter and says what to do.
    #[response(status = 400)]
    Invalid(ErrorBody<'a>),
    /// There is no login in this browser, or it is over: begin one.
    #[response(status = 401)]
    Unauthenticated(ErrorBody<'a>),
    /// Something must be shown first, such as that the e-mail address is yours.
    #[response(status = 403)]
    Denied(ErrorBody<'a>),
    /// No project is served at this host.
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

/// How a step may fail.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum StepFailures<'a> {
    /// The request, or the state of the login, is wrong: the text says what to do.
    #[response(status = 400)]
    Invalid(ErrorBody<'a>),
    /// There is no login in this browser, or it is over: begin one. Or what was given in its stead does not hold.
    #[response(status = 401)]
    Unauthenticated(ErrorBody<'a>),
    /// It is switched off, something must be shown first, or the request comes from another site's page.
    #[response(status = 403)]
    Denied(ErrorBody<'a>),
    /// It does not exist here.
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
    /// The database or the sign-in provider cannot be reached; try again.
    #[response(status = 503)]
    Unavailable(ErrorBody<'a>),
    /// It took too long.
    #[response(status = 504)]
    Late(ErrorBody<'a>),
}
