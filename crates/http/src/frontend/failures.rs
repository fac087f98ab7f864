//! How requests of the Frontend API may fail.

use crate::error::failures;

failures! {
    /// How a request that reads may fail.
    ReadFailures {
        /// The request is wrong: the text names the parameter and says what to do.
        #[response(status = 400)]
        Invalid,
        /// The access token is missing, wrong or expired, or its session is over.
        #[response(status = 401)]
        Unauthenticated,
        /// The person may not see it.
        #[response(status = 403)]
        Denied,
        /// It does not exist in their organization.
        #[response(status = 404)]
        NotFound,
        /// The database cannot be reached; try again.
        #[response(status = 503)]
        Unavailable,
    }
}

failures! {
    /// How a request that changes something may fail.
    WriteFailures with a body {
        /// The request, or the state of things, is wrong: the text names the field and says what to do.
        #[response(status = 400)]
        Invalid,
        /// The access token is missing, wrong or expired, or its session is over.
        #[response(status = 401)]
        Unauthenticated,
        /// The person may not do it, it is switched off, or the request comes from another site's page.
        #[response(status = 403)]
        Denied,
        /// It does not exist in their organization.
        #[response(status = 404)]
        NotFound,
        /// Too many wrong answers, or too many mails. The header `Retry-After` says when to try again.
        #[response(status = 429)]
        TooMany,
        /// The database cannot be reached; try again.
        #[response(status = 503)]
        Unavailable,
    }
}
