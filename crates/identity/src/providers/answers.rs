//! What providers answer: bounded, and read as JSON.

use openidconnect::http::StatusCode;
use openidconnect::{HttpRequest, HttpResponse, http};
use serde::de::DeserializeOwned;
use std::fmt;

/// Longest answer, in bytes. Microsoft's keys have some ten thousand.
const MAX_BYTES: usize = 512 * 1024;

/// Sends one request of the library's through our client.
pub(super) async fn send(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let answer = client.execute(request.try_into()?).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    if status.is_server_error() {
        return Err(Failure::Status(status));
    }
    let mut response = http::Response::new(body(answer).await?);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Fetches JSON.
pub(super) async fn fetch<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, Failure> {
    let answer = request.send().await?;
    if !answer.status().is_success() {
        return Err(Failure::Status(answer.status()));
    }
    serde_json::from_slice(&body(answer).await?).map_err(Failure::Json)
}

async fn body(mut answer: reqwest::Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(Failure::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Why there is no answer that could be read. Names no address: one may hold a secret.
#[derive(Debug)]
pub(super) enum Failure {
    Network(reqwest::Error),
    Status(StatusCode),
    TooLong,
    Json(serde_json::Error),
}

impl Failure {
    /// Whether the provider answered, and the answer is no.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Status(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND))
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self::Network(error.without_url())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(error) if error.is_timeout() => f.write_str("no answer in time"),
            Self::Network(error) => {
                // The innermost cause tells most: "connection refused", "certificate expired".
                let mut cause: &dyn std::error::Error = error;
                while let Some(inner) = cause.source() {
                    cause = inner;
                }
                write!(f, "{error}: {cause}")
            }
            Self::Status(status) => write!(f, "it answered with status {status}"),
            Self::TooLong => write!(f, "it answered with more than {MAX_BYTES} bytes"),
            Self::Json(error) => write!(f, "it answered with something else: {error}"),
        }
    }
}

impl std::error::Error for Failure {}
