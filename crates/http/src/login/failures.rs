//! How requests of the Login API may fail.

use crate::error::failures;

failures! {
    /// How a request that reads may fail.
    LookFailures {
        /// The request is wrong: the text names the parameter and says what to do.
        #[response(status = 400)]
        Invalid,
        /// There is no login in this browser, or it is over: begin one.
        #[response(status = 401)]
        Unauthenticated,
        /// Something must be shown first, such as that the e-mail address is yours.
        #[response(status = 403)]
        Denied,
        /// No project is served at this host.
        #[response(status = 404)]
        NotFound,
        /// The database cannot be reached; try again.
        #[response(status = 503)]
        Unavailable,
    }
}

failures! {
    /// How a step may fail.
    StepFailures with a body {
        /// The request, or the state of the login, is wrong: the text says what to do.
        #[response(status = 400)]
        Invalid,
        /// There is no login in this browser, or it is over: begin one. Or what was given in its stead does not hold.
        #[response(status = 401)]
        Unauthenticated,
        /// It is switched off, something must be shown first, or the request comes from another site's page.
        #[response(status = 403)]
        Denied,
        /// It does not exist here.
        #[response(status = 404)]
        NotFound,
        /// Too many wrong answers, or too many mails. The header `Retry-After` says when to try again.
        #[response(status = 429)]
        TooMany,
        /// The database or the sign-in provider cannot be reached; try again.
        #[response(status = 503)]
        Unavailable,
    }
}
