//! The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07).

use crate::error::Refusal;
use crate::extract::FromBody;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use lockwork_app::Idempotency;
use lockwork_model::error::Error;

const NAME: &str = "idempotency-key";
const LENGTH_MAX: usize = 255;

/// A body, and whether its sender may send it again.
pub(crate) struct Idempotent<T> {
    pub(crate) body: T,
    pub(crate) idempotency: Option<Idempotency>,
}

impl<T: FromBody, S: Send + Sync> FromRequest<S> for Idempotent<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let key = read(request.headers())?;
        let bytes = T::bytes(request, state).await?;
        let body = T::from_body(&bytes)?;
        let idempotency = key.map(|key| {
            // The same object may be written differently; what is no JSON was refused above.
            let request: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
            Idempotency::new(&key, request.to_string().as_bytes())
        });
        Ok(Self { body, idempotency })
    }
}

fn read(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut values = headers.get_all(NAME).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| (1..=LENGTH_MAX).contains(&text.len()));
    match (text, values.next()) {
        (Some(text), None) => Ok(Some(text.to_owned())),
        _ => {
            let problem = format!("must be sent once, with 1 to {LENGTH_MAX} visible ASCII characters");
            Err(Error::invalid_field("Idempotency-Key", problem).into())
        }
    }
}
