//! What is answered to a proof: nothing but the login's new cookie.

use crate::cookies::{Cookie, SetCookies};
use crate::error::Result;
use crate::extract::Json;
use crate::frontend::left;
use crate::wire::Empty;
use lockwork_app::{App, Pages, Proven};

/// The answer to a proof.
pub(super) type ProofAnswer = (SetCookies, Json<Empty>);

/// Sets the login's cookie anew: who knew the earlier one has no share in what was proven.
pub(super) fn answer(app: &App, pages: &Pages, proven: &Proven) -> Result<ProofAnswer> {
    let life = left(proven.ends_at, app.now());
    let cookies = SetCookies::default().set(pages, Cookie::Intermediate, &proven.token, life)?;
    Ok((cookies, Json(Empty {})))
}
