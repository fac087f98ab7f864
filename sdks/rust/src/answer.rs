use reqwest::Response;
use serde::Deserialize;

use crate::Error;

/// No answer of the key server comes near it; what is larger is not from a key server.
const MAX_ANSWER_SIZE_BYTES: usize = 1 << 20;

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Vec<RefusalDetail>,
}

#[derive(Deserialize)]
struct RefusalDetail {
    #[serde(default)]
    description: String,
}

/// The body, or `None` if it is too large.
pub(crate) async fn read(mut response: Response) -> Result<Option<Vec<u8>>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > MAX_ANSWER_SIZE_BYTES {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// Without the URL: it says nothing new, and a publishable key may be in it.
pub(crate) fn unreachable(error: reqwest::Error) -> Error {
    Error::Unreachable(error.without_url())
}

/// What the error body of contract §3.4 says, or as much of it as is there.
pub(crate) fn refused(status: u16, body: &[u8]) -> Error {
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    let description = refusal.details.into_iter().next().map(|detail| detail.description).unwrap_or_default();
    Error::Refused { status, message: refusal.message, description }
}
